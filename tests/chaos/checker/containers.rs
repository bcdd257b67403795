//! Which runs of containers go on, from what the API server tells and what kubelets are told. A run is known by its pod,
//! its container and how often that has been restarted.

use jobscope::api::{ContainerState, Heartbeat, Node, Pod, Uid};
use jobscope::apiserver::{Change, Notice};
use jobscope::cluster::Stream;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A run of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunId {
    pub pod: Uid,
    pub container: u16,
    pub restart: i32,
}

/// What is known of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    GoesOn,
    /// The API server knows its pod to be over; its kubelet may not have heard.
    MayBeOver,
    Over,
}

/// Before the first run.
const NO_RUN: (i32, bool) = (-1, true);

/// The containers of all pods there ever were.
#[derive(Default)]
pub struct Containers {
    pods: BTreeMap<Uid, PodRuns>,
}

#[derive(Default)]
struct PodRuns {
    node: Option<Rc<str>>,
    is_over: bool,
    /// The last run of each container, counted from the init containers, and whether it has ended.
    last: Vec<(i32, bool)>,
}

impl Containers {
    /// The last run of a container, whatever has become of it.
    pub fn last_run(&self, pod: Uid, container: u16) -> Option<RunId> {
        let (restart, _) = self.pods.get(&pod)?.last.get(usize::from(container))?;
        Some(RunId { pod, container, restart: *restart })
    }

    pub fn life(&self, run: RunId) -> Life {
        let Some(pod) = self.pods.get(&run.pod) else { return Life::Over };
        match pod.last.get(usize::from(run.container)) {
            Some((restart, false)) if *restart == run.restart && pod.is_over => Life::MayBeOver,
            Some((restart, false)) if *restart == run.restart => Life::GoesOn,
            Some(_) | None => Life::Over,
        }
    }

    /// The API server has changed something.
    pub fn changed(&mut self, notice: &Notice) {
        match notice {
            Notice::Pod(change) => self.pod_changed(change),
            Notice::Node(change) => self.node_changed(change),
            Notice::Job(_) | Notice::CronJob(_) | Notice::ReplicaSet(_) | Notice::Deployment(_) | Notice::Event(_) => {}
        }
    }

    /// A kubelet that hears that a pod is over ends what still runs in it.
    pub fn delivered(&mut self, stream: Stream, notice: &Notice) {
        let (Stream::KubeletPods, Notice::Pod(change)) = (stream, notice) else { return };
        if change.new.as_ref().is_some_and(|pod| !pod.is_terminal()) {
            return;
        }
        if let Some(pod) = change.latest().and_then(|pod| self.pods.get_mut(&pod.meta.uid)) {
            pod.end();
        }
    }

    fn pod_changed(&mut self, change: &Change<Pod>) {
        let Some(pod) = change.latest() else { return };
        let file = self.pods.entry(pod.meta.uid).or_default();
        file.node.clone_from(&pod.node);
        file.is_over |= change.new.is_none() || pod.is_terminal();
        let statuses = pod.status.init_containers.iter().chain(&pod.status.containers);
        for (place, status) in statuses.enumerate() {
            let runs = matches!(status.state, ContainerState::Running { .. });
            if place == file.last.len() {
                file.last.push(NO_RUN);
            }
            let last = &mut file.last[place];
            match runs {
                true if last.0 != status.restart_count => *last = (status.restart_count, false),
                true => {}
                false => last.1 = true,
            }
        }
    }

    /// With a machine that fails all stops that runs on it.
    fn node_changed(&mut self, change: &Change<Node>) {
        let Some(node) = change.latest() else { return };
        if change.new.as_ref().is_some_and(|node| node.heartbeat == Heartbeat::Steady) {
            return;
        }
        let is_here = |pod: &&mut PodRuns| pod.node.as_ref() == Some(&node.meta.name) && !pod.is_over;
        self.pods.values_mut().filter(is_here).for_each(PodRuns::end);
    }
}

impl PodRuns {
    fn end(&mut self) {
        self.last.iter_mut().for_each(|last| last.1 = true);
    }
}
