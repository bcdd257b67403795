//! The taint eviction controller: pods leave nodes with `NoExecute` taints once they tolerate them no longer. Who taints
//! nodes, and why, is not its business.

use crate::api::event::EventSource;
use crate::api::scheduling::Tolerance;
use crate::api::{EventReason, Node, ObjectKind, ObjectMeta, Pod, Taint, TaintEffect, Uid};
use crate::apiserver::{ApiServer, Change, Disruption, EventDraft};
use crate::sim::Time;
use std::rc::Rc;

/// The taint eviction controller.
// Models pkg/controller/tainteviction/taint_eviction.go
#[derive(Clone, Debug, Default)]
pub struct TaintEviction {
    /// The nodes that have such a taint.
    tainted: Vec<Rc<str>>,
    /// The pods that will have to go, and when, in order of time.
    evictions: Vec<(Time, Uid)>,
}

impl TaintEviction {
    /// Hears of a change of a node.
    // Models pkg/controller/tainteviction/taint_eviction.go handleNodeUpdate
    pub fn on_node(&mut self, change: &Change<Node>, api: &mut ApiServer) {
        let Some(name) = change.latest().map(|node| node.meta.name.clone()) else { return };
        let taints = no_execute(change.new.as_deref());
        if taints == no_execute(change.old.as_deref()) {
            return;
        }
        self.tainted.retain(|known| *known != name);
        if change.new.is_none() {
            return; // What was begun goes on.
        }
        if !taints.is_empty() {
            self.tainted.push(name.clone());
        }
        for pod in api.pods_on(&name) {
            self.judge(&pod, &taints, api);
        }
    }

    /// Hears of a change of a pod.
    // Models pkg/controller/tainteviction/taint_eviction.go handlePodUpdate
    pub fn on_pod(&mut self, change: &Change<Pod>, api: &mut ApiServer) {
        match (&change.old, &change.new) {
            (Some(old), None) => self.cancel(&old.meta, api),
            (old, Some(new)) => {
                let is_new_here = old.as_ref().is_none_or(|old| old.node != new.node);
                if let Some(name) = new.node.as_ref().filter(|node| is_new_here && self.tainted.contains(node)) {
                    let taints = no_execute(api.node(name).map(|node| &**node));
                    self.judge(new, &taints, api);
                }
            }
            (None, None) => {}
        }
    }

    /// Whether changes of pods can matter to it now.
    pub fn cares_for_pods(&self) -> bool {
        !self.tainted.is_empty() || !self.evictions.is_empty()
    }

    /// When there is work: `None` when none is in sight.
    pub fn next_due(&self) -> Option<Time> {
        self.evictions.first().map(|(due, _)| *due)
    }

    /// When that pod is evicted, if nothing changes until then.
    pub fn evicts_at(&self, pod: Uid) -> Option<Time> {
        self.evictions.iter().find(|(_, known)| *known == pod).map(|(at, _)| *at)
    }

    /// Evicts the next pod that is due; false when none is.
    pub fn work(&mut self, api: &mut ApiServer) -> bool {
        if self.next_due().is_none_or(|due| due > api.now()) {
            return false;
        }
        let (_, uid) = self.evictions.remove(0);
        if let Some(meta) = api.pod(uid).map(|pod| pod.meta.clone()) {
            say("Marking for deletion", &meta, api);
            let evicted = api.disrupt_pod(uid, Disruption::Taint);
            debug_assert!(evicted.is_ok(), "the pod was there a moment ago");
        }
        true
    }

    // Models pkg/controller/tainteviction/taint_eviction.go processPodOnNode
    fn judge(&mut self, pod: &Pod, taints: &[Taint], api: &mut ApiServer) {
        let uid = pod.meta.uid;
        match pod.template.scheduling.tolerance(taints.iter()) {
            Tolerance::Forever => self.cancel(&pod.meta, api),
            Tolerance::Seconds(0) => {
                self.cancel(&pod.meta, api);
                self.evict_at(api.now(), uid);
            }
            Tolerance::Seconds(seconds) => {
                if !self.evictions.iter().any(|(_, known)| *known == uid) {
                    self.evict_at(api.now().plus_seconds(seconds), uid);
                }
            }
        }
    }

    fn evict_at(&mut self, at: Time, uid: Uid) {
        let place = self.evictions.partition_point(|(due, _)| *due <= at);
        self.evictions.insert(place, (at, uid));
    }

    fn cancel(&mut self, pod: &ObjectMeta, api: &mut ApiServer) {
        if let Some(place) = self.evictions.iter().position(|(_, known)| *known == pod.uid) {
            self.evictions.remove(place);
            say("Cancelling deletion of", pod, api);
        }
    }
}

fn no_execute(node: Option<&Node>) -> Vec<Taint> {
    let taints = node.map_or(&[][..], |node| &node.taints);
    taints.iter().filter(|taint| taint.effect == TaintEffect::NoExecute).cloned().collect()
}

fn say(what: &str, pod: &ObjectMeta, api: &mut ApiServer) {
    let source = EventSource::TaintEvictionController;
    let draft = EventDraft::about(ObjectKind::Pod, pod, source, EventReason::TaintManagerEviction);
    api.record_event(draft.message(format!("{what} Pod {}", pod.key())));
}
