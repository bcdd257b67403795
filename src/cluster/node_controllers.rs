//! The controllers that see to nodes and to the pods on them, as one: they share a watch of nodes and one place on the
//! agenda, and know nothing of each other.

use crate::api::Node;
use crate::apiserver::{ApiServer, Change};
use crate::controllers::node_lifecycle::NodeLifecycle;
use crate::controllers::pod_gc::PodGc;
use crate::controllers::taint_eviction::TaintEviction;
use crate::sim::Time;

/// The node controllers.
#[derive(Clone, Debug, Default)]
pub struct NodeControllers {
    lifecycle: NodeLifecycle,
    pub taint_eviction: TaintEviction,
    pub pod_gc: PodGc,
}

impl NodeControllers {
    pub fn on_node(&mut self, change: &Change<Node>, api: &mut ApiServer) {
        self.lifecycle.on_node(change, api);
        self.taint_eviction.on_node(change, api);
        self.pod_gc.on_node(change, api);
    }

    /// When there is work: `None` when none is in sight.
    pub fn next_due(&self, now: Time) -> Option<Time> {
        [self.lifecycle.next_due(), self.taint_eviction.next_due(), self.pod_gc.next_due(now)]
            .into_iter()
            .flatten()
            .min()
    }

    /// Does the next piece of work that is due.
    pub fn work(&mut self, api: &mut ApiServer) {
        if !self.lifecycle.work(api) && !self.taint_eviction.work(api) {
            self.pod_gc.work(api);
        }
    }
}
