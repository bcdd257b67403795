//! What events mean, and what the entries of the trace say. It knows the values, and nothing of how they are drawn.

use super::count_i;
use crate::api::event::ObjectKind;
use crate::api::{ConditionStatus, EventReason, Uid};
use crate::cluster::TraceEvent;

/// What an event's reason means, for someone who reads it for the first time. What the controllers say alike is told
/// apart by the kind of object that it is about.
pub fn event_meaning(kind: ObjectKind, reason: EventReason) -> &'static str {
    match reason {
        EventReason::SuccessfulCreate if kind == ObjectKind::CronJob => "The CronJob controller has created a Job.",
        EventReason::FailedCreate if kind == ObjectKind::CronJob => "The CronJob controller could not create a Job.",
        EventReason::SuccessfulDelete if kind == ObjectKind::CronJob => "The CronJob controller has deleted a Job.",
        EventReason::FailedDelete if kind == ObjectKind::CronJob => "The CronJob controller could not delete a Job.",
        EventReason::SuccessfulCreate => "The controller has created a pod.",
        EventReason::FailedCreate => "The controller could not create a pod.",
        EventReason::SuccessfulDelete => "The controller has deleted a pod.",
        EventReason::FailedDelete => "The controller could not delete a pod.",
        EventReason::Suspended => "The Job is suspended: its pods are deleted, none is created.",
        EventReason::Resumed => "The Job runs again after a suspension.",
        EventReason::Completed => "The Job is Complete.",
        EventReason::TooManySucceededPods => "More pods have succeeded than completions asks for.",
        EventReason::BackoffLimitExceeded => "More pods have failed, or restarted, than backoffLimit allows.",
        EventReason::DeadlineExceeded => "The Job was active for longer than activeDeadlineSeconds.",
        EventReason::PodFailurePolicy => "A rule of podFailurePolicy has failed the Job.",
        EventReason::MaxFailedIndexesExceeded => "More indexes have failed than maxFailedIndexes allows.",
        EventReason::FailedIndexes => "Every index has ended, and some have failed.",
        EventReason::SuccessPolicy => "A rule of successPolicy is met.",
        EventReason::CompletionsReached => "As many pods have succeeded as completions asks for.",
        EventReason::UnknownCompletionMode => "The controller does not know this completionMode.",
        EventReason::IndexedJobDisabled => "Indexed Jobs are switched off.",
        EventReason::Scheduled => "The scheduler has chosen a node for the pod.",
        EventReason::FailedScheduling => "The scheduler found no node for the pod; the message says why, node by node.",
        EventReason::Preempted => "The pod has to go to make room for one of higher priority.",
        EventReason::Pulling => "The node fetches the image.",
        EventReason::Pulled => "The node has the image.",
        EventReason::Created => "The container is there, but does not run yet.",
        EventReason::Started => "The container runs.",
        EventReason::Killing => "The container is being stopped.",
        EventReason::BackOff => "The kubelet waits before it starts the container again.",
        EventReason::ScalingReplicaSet => "The Deployment has changed the size of a ReplicaSet.",
        EventReason::Unhealthy => "A probe of a container failed.",
        EventReason::InspectFailed => "The name of the image is not one that can be looked for.",
        EventReason::ErrImageNeverPull => "The image is not on the node, and must not be fetched.",
        EventReason::Failed => "The container could not be started.",
        EventReason::SawCompletedJob => "The CronJob controller has seen that a Job has finished.",
        EventReason::UnexpectedJob => "There is a Job of this CronJob that the controller does not remember.",
        EventReason::MissingJob => "An active Job of the CronJob is there no more.",
        EventReason::UnknownTimeZone => "The CronJob's time zone is not known, so nothing starts.",
        EventReason::UnsupportedSchedule => "The schedule names a time zone, which is not supported.",
        EventReason::UnparseableSchedule | EventReason::UnParseableCronJobSchedule => {
            "The schedule cannot be read, so nothing starts."
        }
        EventReason::InvalidSchedule => "The schedule names a moment that never comes.",
        EventReason::TooManyMissedTimes => "More than 100 starts were missed.",
        EventReason::JobAlreadyActive => "The start is skipped: a Job is active and concurrencyPolicy is Forbid.",
        EventReason::FailedGet => "The CronJob controller could not read a Job.",
        EventReason::NodeReady => "The node is heard of again.",
        EventReason::NodeSchedulable => "The node takes new pods again.",
        EventReason::NodeNotSchedulable => "The node is cordoned: it takes no new pods.",
        EventReason::NodeNotReady => "Nothing has been heard of the node for a while, nor of the pods on it.",
        EventReason::RegisteredNode => "A node has joined the cluster.",
        EventReason::RemovingNode => "A node has been deleted.",
        EventReason::TaintManagerEviction => {
            "The pod has to leave its node, for it does not tolerate a taint any longer."
        }
    }
}

/// What an entry of the trace says in a few words. `name` finds the name of a Job or pod; `None` is for entries that
/// no watch delivers: decisions and commands.
pub fn trace(event: &TraceEvent, name: impl Fn(ObjectKind, Uid) -> String) -> Option<String> {
    let job = |uid: &Uid| name(ObjectKind::Job, *uid);
    let pod = |uid: &Uid| name(ObjectKind::Pod, *uid);
    Some(match event {
        TraceEvent::JobAdded { job: uid } => format!("job {} added", job(uid)),
        TraceEvent::JobSpecChanged { job: uid } => format!("job {} has a new spec", job(uid)),
        TraceEvent::JobCondition { job: uid, kind, status: ConditionStatus::True } => {
            format!("job {}: {}", job(uid), kind.as_str())
        }
        TraceEvent::JobCondition { job: uid, kind, status } => {
            format!("job {}: {} is {}", job(uid), kind.as_str(), status.as_str())
        }
        TraceEvent::JobDeleting { job: uid } => format!("job {} is being deleted", job(uid)),
        TraceEvent::JobDeleted { job: uid } => format!("job {} deleted", job(uid)),
        TraceEvent::PodAdded { pod: uid } => format!("pod {} added", pod(uid)),
        TraceEvent::PodScheduled { pod: uid } => format!("pod {} has a node", pod(uid)),
        TraceEvent::PodPhase { pod: uid, phase } => format!("pod {} → {}", pod(uid), phase.as_str()),
        TraceEvent::PodReady { pod: uid } => format!("pod {} is ready", pod(uid)),
        TraceEvent::PodWaiting { pod: uid, reason } => format!("pod {}: {reason}", pod(uid)),
        TraceEvent::PodRestarted { pod: uid, restarts } => {
            format!("pod {}: {}", pod(uid), count_i(*restarts, "restart"))
        }
        TraceEvent::PodDeleting { pod: uid } => format!("pod {} is being deleted", pod(uid)),
        TraceEvent::PodDeleted { pod: uid } => format!("pod {} deleted", pod(uid)),
        TraceEvent::Node { node, change } => format!("node {node} {}", change.words()),
        TraceEvent::Event(event) => format!("event {} of {}", event.reason.as_str(), event.name),
        TraceEvent::CronJobAdded { .. } => "CronJob added".to_owned(),
        TraceEvent::CronJobSpecChanged { .. } => "the CronJob has a new spec".to_owned(),
        TraceEvent::CronJobDeleting { .. } => "the CronJob is being deleted".to_owned(),
        TraceEvent::CronJobDeleted { .. } => "CronJob deleted".to_owned(),
        TraceEvent::Decision(_) | TraceEvent::CronJobDecision(_) | TraceEvent::Command { .. } => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::PodPhase;

    #[test]
    fn the_trace_is_said_with_names() {
        let names = |kind: ObjectKind, uid: Uid| format!("{}{}", kind.as_str().to_ascii_lowercase(), uid.0);
        for (event, said) in [
            (TraceEvent::JobAdded { job: Uid(1) }, Some("job job1 added")),
            (TraceEvent::PodPhase { pod: Uid(2), phase: PodPhase::Failed }, Some("pod pod2 → Failed")),
            (TraceEvent::PodRestarted { pod: Uid(2), restarts: 1 }, Some("pod pod2: 1 restart")),
            (TraceEvent::Command { number: 0 }, None),
        ] {
            assert_eq!(trace(&event, names).as_deref(), said);
        }
    }
}
