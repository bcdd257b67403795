//! What a pod waits for when it waits for a moment: its kubelet's next try, or, on a node that is silent, that somebody
//! notices and evicts it. Plain data made from the cluster; what is said about it stands elsewhere.

use crate::api::node::UNREACHABLE_TAINT;
use crate::api::scheduling::Tolerance;
use crate::api::{ContainerState, ContainerStatus, Heartbeat, Node, Pod, PodTemplate, Taint, TaintEffect};
use crate::cluster::Cluster;
use crate::controllers::node_lifecycle::{next_look, noticed_at};
use crate::nodes::NextTry;
use crate::sim::Time;
use crate::ui::words::{clock_at, countdown};

/// The container that its kubelet tries again first, and when.
pub fn next_try<'a>(cluster: &Cluster, pod: &'a Pod) -> Option<(&'a ContainerStatus, NextTry)> {
    let statuses = pod.status.all_containers().enumerate();
    let waiting = statuses.filter(|(_, status)| matches!(status.state, ContainerState::Waiting { .. }));
    let tries = waiting.filter_map(|(place, status)| Some((status, cluster.next_try(pod.meta.uid, place)?)));
    tries.min_by_key(|(_, next)| next.at)
}

/// A pod on a node of which nothing is heard.
pub struct Lost<'a> {
    pub node: &'a Node,
    /// When the node was heard of last.
    pub since: Time,
    /// When the node lifecycle controller notices, or did.
    pub noticed_at: Time,
    pub eviction: Eviction,
}

/// When the taint eviction controller evicts a pod, if the node stays away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eviction {
    At(Time),
    /// The node has not been tainted yet.
    NotBefore(Time),
    /// The pod tolerates the taint for ever.
    Never,
}

/// Whether nothing is heard of the node with that name.
pub fn is_silent(cluster: &Cluster, node: &str) -> bool {
    cluster.api().node(node).is_some_and(|node| matches!(node.heartbeat, Heartbeat::SilentSince(_)))
}

/// Where that pod stands, if nothing is heard of its node.
pub fn lost<'a>(cluster: &'a Cluster, pod: &Pod) -> Option<Lost<'a>> {
    let node = cluster.api().node(pod.node.as_deref()?)?;
    let Heartbeat::SilentSince(since) = node.heartbeat else { return None };
    let now = cluster.now();
    let noticed_at = match node.is_ready() {
        true => noticed_at(since).max(now),
        false => node.ready.last_transition_time.unwrap_or(since),
    };
    let taint = Taint::new(UNREACHABLE_TAINT, TaintEffect::NoExecute);
    let eviction = match (cluster.evicts_at(pod.meta.uid), pod.template.scheduling.tolerance([&taint].into_iter())) {
        (Some(at), _) => Eviction::At(at),
        (None, Tolerance::Forever) => Eviction::Never,
        // The taint comes at one of the looks after the node was noticed.
        (None, Tolerance::Seconds(seconds)) => {
            Eviction::NotBefore(next_look(noticed_at.max(now)).plus_seconds(seconds))
        }
    };
    Some(Lost { node, since, noticed_at, eviction })
}

/// The `NoExecute` taint of that node that such a pod tolerates for the shortest time, and for how many seconds.
pub fn tolerated<'a>(cluster: &'a Cluster, node: &str, template: &PodTemplate) -> Option<(&'a str, i64)> {
    let taints = cluster.api().node(node)?.taints.iter();
    let limits = taints.filter_map(|taint| match template.scheduling.tolerance([taint].into_iter()) {
        Tolerance::Seconds(seconds) => Some((&*taint.key, seconds)),
        Tolerance::Forever => None,
    });
    limits.min_by_key(|(_, seconds)| *seconds)
}

impl Eviction {
    /// What becomes of the pod, as the end of a sentence.
    pub fn words(self, cluster: &Cluster) -> String {
        let moment = |at: Time| clock_at(cluster, at);
        match self {
            Self::At(at) => format!("evicted at {}, unless the node is back", moment(at)),
            Self::NotBefore(at) => format!("evicted at {} at the earliest, unless the node is back", moment(at)),
            Self::Never => "not evicted: it tolerates the taint for ever".to_owned(),
        }
    }

    /// The moment, when it is known.
    pub fn at(self) -> Option<Time> {
        match self {
            Self::At(at) => Some(at),
            Self::NotBefore(_) | Self::Never => None,
        }
    }
}

/// What is left until then; nothing once it has come.
pub fn left(cluster: &Cluster, at: Time) -> Option<String> {
    let left_ms = at.ms_since(cluster.now());
    (left_ms > 0).then(|| countdown(left_ms))
}
