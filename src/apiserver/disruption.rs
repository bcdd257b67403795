//! Pods that are made to go though they did nothing wrong: they are marked with the condition `DisruptionTarget`, and
//! asked to go. Who does so, and when, is not known here.

use super::pods::no_pod;
use super::{ApiResult, ApiServer, DeleteGrace};
use crate::api::{ConditionStatus, Pod, PodCondition, PodConditionType, PodPhase, Uid};
use crate::sim::Time;

/// Why a pod is made to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disruption {
    /// Somebody called the Eviction API, as draining a node does.
    Eviction,
    /// Its node has a `NoExecute` taint that it does not tolerate any longer.
    Taint,
    /// Its node is gone.
    NodeGone,
    /// A pod of higher priority needs its room.
    Preemption,
}

impl Disruption {
    fn reason(self) -> &'static str {
        match self {
            Self::Eviction => "EvictionByEvictionAPI",
            Self::Taint => "DeletionByTaintManager",
            Self::NodeGone => "DeletionByPodGC",
            Self::Preemption => "PreemptionByScheduler",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::Eviction => "Eviction API: evicting",
            Self::Taint => "Taint manager: deleting due to NoExecute taint",
            Self::NodeGone => "PodGC: node no longer exists",
            Self::Preemption => "default-scheduler: preempting to accommodate a higher priority pod",
        }
    }

    fn mark(self, pod: &mut Pod, now: Time) {
        let kind = PodConditionType::DisruptionTarget;
        let earlier = pod.status.condition(kind.clone()).and_then(|condition| condition.last_transition_time);
        pod.status.conditions.retain(|condition| condition.kind != kind);
        pod.status.conditions.push(PodCondition {
            kind,
            status: ConditionStatus::True,
            reason: self.reason().into(),
            message: Some(self.message().into()),
            last_transition_time: Some(earlier.unwrap_or(now.truncated_to_second())),
        });
    }
}

impl ApiServer {
    /// Calls the Eviction API for a pod.
    ///
    /// # Errors
    /// `NotFound` when there is no such pod.
    // Models pkg/registry/core/pod/storage/eviction.go addConditionAndDeletePod
    pub fn evict_pod(&mut self, uid: Uid) -> ApiResult<()> {
        self.disrupt_pod(uid, Disruption::Eviction)
    }

    /// Marks a pod as the target of a disruption and asks for it to go, with the grace of its spec.
    ///
    /// # Errors
    /// `NotFound` when there is no such pod.
    pub fn disrupt_pod(&mut self, uid: Uid, disruption: Disruption) -> ApiResult<()> {
        let now = self.now;
        self.update_pod(uid, |pod| disruption.mark(pod, now))?;
        self.delete_pod(uid, DeleteGrace::Default)
    }

    /// Ends a pod that no kubelet will end: it has failed, unless it had ended before, and is deleted at once.
    ///
    /// # Errors
    /// `NotFound` when there is no such pod.
    // Models pkg/controller/podgc/gc_controller.go markFailedAndDeletePodWithCondition
    pub fn fail_and_delete_pod(&mut self, uid: Uid, disruption: Option<Disruption>) -> ApiResult<()> {
        let now = self.now;
        if !self.pod(uid).ok_or_else(|| no_pod(uid))?.is_terminal() {
            self.update_pod(uid, |pod| {
                pod.status.phase = PodPhase::Failed;
                if let Some(disruption) = disruption {
                    disruption.mark(pod, now);
                }
            })?;
        }
        match self.pod(uid) {
            Some(_) => self.delete_pod(uid, DeleteGrace::Seconds(0)),
            None => Ok(()), // It waited for this.
        }
    }
}
