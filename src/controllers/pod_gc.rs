//! The pod garbage collector: ends the pods that no kubelet will end, because they have no node, or their node is gone or
//! out of service. It knows nothing of who waits for that.

use crate::api::node::OUT_OF_SERVICE_TAINT;
use crate::api::{Node, Pod, Uid};
use crate::apiserver::{ApiServer, Change, Disruption};
use crate::client::WorkQueue;
use crate::sim::{SECOND_MS, Time};
use std::rc::Rc;

/// How often it looks, in milliseconds.
const PERIOD_MS: i64 = 20 * SECOND_MS;
/// How long it waits for a missing node to turn up, in milliseconds.
const QUARANTINE_MS: i64 = 40 * SECOND_MS;

/// The pod garbage collector.
// Models pkg/controller/podgc/gc_controller.go
#[derive(Clone, Debug, Default)]
pub struct PodGc {
    /// The pods at which it is to look.
    queue: WorkQueue,
    /// The nodes that are gone, and when their pods are looked for, in order of time.
    missing: Vec<(Time, Rc<str>)>,
}

impl PodGc {
    /// Hears of a change of a node.
    pub fn on_node(&mut self, change: &Change<Node>, api: &ApiServer) {
        let now = api.now();
        match (&change.old, &change.new) {
            (Some(old), None) => self.missing.push((next_look(now).plus_ms(QUARANTINE_MS), old.meta.name.clone())),
            (_, Some(node)) if is_out_of_service(node) => {
                api.pods_on(&node.meta.name).iter().for_each(|pod| self.on_terminating(pod, api));
            }
            (_, _) => {}
        }
    }

    /// Hears of a change of a pod.
    pub fn on_pod(&mut self, change: &Change<Pod>, api: &ApiServer) {
        if let Some(pod) = &change.new {
            self.on_terminating(pod, api);
        }
    }

    /// When there is work: `None` when none is in sight.
    pub fn next_due(&self, now: Time) -> Option<Time> {
        [self.queue.next_due(now), self.missing.first().map(|(due, _)| *due)].into_iter().flatten().min()
    }

    /// Ends the next pod, or the pods of the next node, that is due.
    pub fn work(&mut self, api: &mut ApiServer) {
        let now = api.now();
        if self.missing.first().is_some_and(|(due, _)| *due <= now) {
            let (_, node) = self.missing.remove(0);
            end_orphans(&node, api);
            return;
        }
        let Some(uid) = self.queue.take(now) else { return };
        if api.pod(uid).is_some_and(|pod| is_left_alone(pod, api)) {
            end(uid, None, api);
        }
    }

    fn on_terminating(&mut self, pod: &Pod, api: &ApiServer) {
        if is_left_alone(pod, api) {
            let now = api.now();
            self.queue.add_after(pod.meta.uid, next_look(now).ms_since(now), now);
        }
    }
}

fn next_look(now: Time) -> Time {
    now.plus_ms(PERIOD_MS - now.epoch_ms().rem_euclid(PERIOD_MS))
}

/// Whether the pod is on its way out and nobody is there to end it.
// Models pkg/controller/podgc/gc_controller.go gcUnscheduledTerminating, gcTerminating
fn is_left_alone(pod: &Pod, api: &ApiServer) -> bool {
    let has_no_kubelet = || match &pod.node {
        None => !pod.is_terminal(),
        Some(name) => api.node(name).is_some_and(|node| is_out_of_service(node)),
    };
    pod.meta.deletion_time.is_some() && has_no_kubelet()
}

fn is_out_of_service(node: &Node) -> bool {
    !node.is_ready() && node.taints.iter().any(|taint| &*taint.key == OUT_OF_SERVICE_TAINT)
}

// Models pkg/controller/podgc/gc_controller.go gcOrphaned
fn end_orphans(node: &str, api: &mut ApiServer) {
    if api.node(node).is_none() {
        api.pods_on(node).into_iter().for_each(|pod| end(pod.meta.uid, Some(Disruption::NodeGone), api));
    }
}

fn end(uid: Uid, disruption: Option<Disruption>, api: &mut ApiServer) {
    let ended = api.fail_and_delete_pod(uid, disruption);
    debug_assert!(ended.is_ok(), "the pod was there a moment ago");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::meta::{BlockOwnerDeletion, OwnerReference, OwnerRole};
    use crate::api::{PodPhase, wire};
    use crate::apiserver::{DeleteGrace, NewPod};

    #[test]
    fn a_pod_that_is_deleted_before_it_has_a_node_fails_at_the_next_round() {
        let mut api = ApiServer::new(Time::from_epoch_ms(5_000), 1);
        let owner = OwnerReference {
            api_version: "batch/v1".into(),
            kind: "Job".into(),
            name: "job".into(),
            uid: Uid(99),
            role: OwnerRole::Controller,
            blocks_deletion: BlockOwnerDeletion::Yes,
        };
        let new = NewPod {
            namespace: "default".into(),
            generate_name: "job-".into(),
            template: Rc::new(wire::pod_template(&Default::default())),
            labels: Default::default(),
            annotations: Default::default(),
            finalizers: Rc::new(["example.com/held".into()]),
            owner_references: Rc::new([owner]),
            completion_index: None,
            hostname: None,
        };
        let pod = api.create_pod(new).unwrap().meta.uid;
        let mut collector = PodGc::default();
        let seen = |api: &ApiServer| Change { old: None, new: api.pod(pod).cloned() };
        collector.on_pod(&seen(&api), &api);
        assert_eq!(collector.next_due(api.now()), None);
        api.delete_pod(pod, DeleteGrace::Default).unwrap();
        collector.on_pod(&seen(&api), &api);
        let round = Time::from_epoch_ms(20_000);
        assert_eq!(collector.next_due(api.now()), Some(round));
        api.set_now(round);
        collector.work(&mut api);
        assert_eq!(collector.next_due(round), None);
        assert_eq!(api.pod(pod).unwrap().status.phase, PodPhase::Failed);
    }
}
