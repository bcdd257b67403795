//! The pod garbage collector, as far as pods without nodes need it: one that is deleted before it was bound has no
//! kubelet to end it, so it is marked as failed here. It knows nothing of who waits for that.

use crate::api::{Pod, PodPhase, Uid};
use crate::apiserver::{ApiServer, DeleteGrace};
use crate::client::WorkQueue;
use crate::sim::{SECOND_MS, Time};

/// How often it looks, in milliseconds.
const PERIOD_MS: i64 = 20 * SECOND_MS;

/// The pods at which it is to look.
#[derive(Clone, Debug, Default)]
pub struct PodGc {
    queue: WorkQueue,
}

impl PodGc {
    /// Hears of a pod as it is now.
    pub fn on_pod(&mut self, pod: &Pod, now: Time) {
        if is_lost(pod) {
            self.queue.add_after(pod.meta.uid, PERIOD_MS - now.epoch_ms() % PERIOD_MS, now);
        }
    }

    /// When there is work: `None` when none is in sight.
    pub fn next_due(&self, now: Time) -> Option<Time> {
        self.queue.next_due(now)
    }

    /// Takes the next pod that is due and ends it; false when none is.
    // Models pkg/controller/podgc/gc_controller.go gcUnscheduledTerminating, markFailedAndDeletePod
    pub fn work(&mut self, now: Time, api: &mut ApiServer) -> bool {
        let Some(uid) = self.queue.take(now) else { return false };
        if api.pod(uid).is_some_and(|pod| is_lost(pod)) {
            end(uid, api);
        }
        true
    }
}

fn is_lost(pod: &Pod) -> bool {
    pod.is_terminating() && pod.node.is_none()
}

fn end(uid: Uid, api: &mut ApiServer) {
    let ended = api
        .update_pod(uid, |pod| pod.status.phase = PodPhase::Failed)
        .and_then(|()| api.delete_pod(uid, DeleteGrace::Seconds(0)));
    debug_assert!(ended.is_ok(), "the pod was there a moment ago");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::meta::{BlockOwnerDeletion, OwnerReference, OwnerRole};
    use crate::api::wire;
    use crate::apiserver::NewPod;
    use std::rc::Rc;

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
        collector.on_pod(&api.pod(pod).cloned().unwrap(), api.now());
        assert_eq!(collector.next_due(api.now()), None);
        api.delete_pod(pod, DeleteGrace::Default).unwrap();
        collector.on_pod(&api.pod(pod).cloned().unwrap(), api.now());
        let round = Time::from_epoch_ms(20_000);
        assert_eq!(collector.next_due(api.now()), Some(round));
        assert!(collector.work(round, &mut api) && !collector.work(round, &mut api));
        assert_eq!(api.pod(pod).unwrap().status.phase, PodPhase::Failed);
    }
}
