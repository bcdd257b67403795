//! What the Job controller reads off a pod: whether it failed, whether it is still to be counted, and which pod goes
//! first when there are too many.

use crate::api::job::JOB_TRACKING_FINALIZER;
use crate::api::{ContainerStatus, Gate, Gates, Job, Pod, PodConditionType, PodPhase, PodReplacementPolicy};
use crate::sim::Time;
use std::cmp::{Ordering, Reverse};
use std::rc::Rc;

pub fn has_tracking_finalizer(pod: &Pod) -> bool {
    pod.meta.has_finalizer(JOB_TRACKING_FINALIZER)
}

/// Whether the pod counts as failed. Unless only ended pods are replaced, one that is being deleted does.
// Models pkg/controller/job/job_controller.go isPodFailed
pub fn is_pod_failed(pod: &Pod, job: &Job, gates: &Gates) -> bool {
    let ends = pod.meta.deletion_time.is_some() && pod.status.phase != PodPhase::Succeeded;
    pod.status.phase == PodPhase::Failed || (ends && !replaces_only_failed_pods(job, gates))
}

/// Whether a pod is replaced only once it has ended.
// Models pkg/controller/job/job_controller.go onlyReplaceFailedPods
pub fn replaces_only_failed_pods(job: &Job, gates: &Gates) -> bool {
    let asked = job.spec.pod_replacement_policy == Some(PodReplacementPolicy::Failed);
    (asked && gates.enabled(Gate::JobPodReplacementPolicy)) || has_failure_policy(job, gates)
}

/// Whether pods on their way out are counted, for the status or to hold back the terminal condition.
// Models pkg/controller/job/job_controller.go trackTerminatingPods
pub fn tracks_terminating_pods(job: &Job, gates: &Gates) -> bool {
    delays_terminal_condition(gates) || has_failure_policy(job, gates)
}

/// Whether Complete and Failed wait until all pods have ended, announced by an interim condition.
// Models pkg/controller/job/job_controller.go delayTerminalCondition
pub fn delays_terminal_condition(gates: &Gates) -> bool {
    gates.enabled(Gate::JobManagedBy) || gates.enabled(Gate::JobPodReplacementPolicy)
}

/// Whether the Job has a pod failure policy that is in force.
pub fn has_failure_policy(job: &Job, gates: &Gates) -> bool {
    job.spec.pod_failure_policy.is_some() && gates.enabled(Gate::JobPodFailurePolicy)
}

/// Whether each index has a back-off limit of its own.
// Models pkg/controller/job/indexed_job_utils.go hasBackoffLimitPerIndex
pub fn has_backoff_limit_per_index(job: &Job, gates: &Gates) -> bool {
    job.spec.backoff_limit_per_index.is_some() && gates.enabled(Gate::JobBackoffLimitPerIndex)
}

pub fn is_suspended(job: &Job, gates: &Gates) -> bool {
    job.spec.suspend && gates.enabled(Gate::SuspendJob)
}

/// Orders pods by which is given up first: unscheduled, pending, not ready, ready for a shorter time, restarted more
/// often (sidecars count where the others are even), younger.
// Models pkg/controller/controller_utils.go ActivePods.Less
pub fn removal_order(a: &Pod, b: &Pod) -> Ordering {
    nearness_order(a, b).then_with(|| youth_order(a, b))
}

/// Orders pods by how far they have come: unscheduled, pending, not ready, ready.
pub fn nearness_order(a: &Pod, b: &Pod) -> Ordering {
    let phase = |pod: &Pod| match pod.status.phase {
        PodPhase::Pending => 0,
        PodPhase::Unknown => 1,
        PodPhase::Running | PodPhase::Succeeded | PodPhase::Failed => 2,
    };
    a.node
        .is_some()
        .cmp(&b.node.is_some())
        .then_with(|| phase(a).cmp(&phase(b)))
        .then_with(|| a.is_ready().cmp(&b.is_ready()))
}

/// Orders pods by how long they have been at it: ready for a shorter time, restarted more often, younger.
pub fn youth_order(a: &Pod, b: &Pod) -> Ordering {
    let restarts = |pod: &Pod| {
        let sidecars = pod.status.init_containers.iter().filter(|status| pod.is_sidecar(&status.name));
        let most = |count: i32, status: &ContainerStatus| count.max(status.restart_count);
        (pod.status.containers.iter().fold(0, most), sidecars.fold(0, most))
    };
    unknown_or_later_first(ready_since(a), ready_since(b))
        .then_with(|| Reverse(restarts(a)).cmp(&Reverse(restarts(b))))
        .then_with(|| unknown_or_later_first(a.meta.creation_time, b.meta.creation_time))
}

/// Orders pods by their index, those without one first; pods of one index keep their order.
pub fn index_order(a: &Pod, b: &Pod) -> Ordering {
    a.completion_index.cmp(&b.completion_index)
}

/// Sorts pods. The order is a value, so that sorting exists once on the page.
pub fn sort_pods(pods: &mut [Rc<Pod>], order: fn(&Pod, &Pod) -> Ordering) {
    pods.sort_by(|a, b| order(a, b));
}

fn ready_since(pod: &Pod) -> Option<Time> {
    let ready = pod.status.condition(PodConditionType::Ready).filter(|_| pod.is_ready())?;
    ready.last_transition_time
}

fn unknown_or_later_first(a: Option<Time>, b: Option<Time>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => b.cmp(&a),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::pod::ContainerState;
    use crate::api::wire;

    fn pod(node: Option<&str>, phase: PodPhase, created_s: i64) -> Pod {
        Pod {
            meta: crate::api::ObjectMeta {
                creation_time: Some(Time::default().plus_seconds(created_s)),
                ..Default::default()
            },
            template: Rc::new(wire::pod_template(&Default::default())),
            completion_index: None,
            hostname: None,
            node: node.map(Into::into),
            status: crate::api::PodStatus { phase, ..Default::default() },
        }
    }

    #[test]
    fn restarts_of_sidecars_count_where_those_of_containers_are_even() {
        let restarted = |times: i32, sidecar_times: i32, init_times: i32| {
            let status = |name: &str, restart_count| crate::api::ContainerStatus {
                name: name.into(),
                ready: true,
                started: true,
                restart_count,
                state: ContainerState::Running { started_at: None },
                last_termination: None,
            };
            let spec = serde_json::json!({"spec": {"containers": [{"name": "a"}], "initContainers": [
                {"name": "sidecar", "restartPolicy": "Always"}, {"name": "init"},
            ]}});
            let mut pod = pod(Some("n"), PodPhase::Running, 1);
            pod.template = Rc::new(wire::pod_template(&serde_json::from_value(spec).expect("a template")));
            pod.status.containers = vec![status("a", times)];
            pod.status.init_containers = vec![status("sidecar", sidecar_times), status("init", init_times)];
            pod
        };
        for (a, b, order) in [
            (restarted(2, 0, 0), restarted(1, 9, 0), Ordering::Less),
            (restarted(1, 2, 0), restarted(1, 1, 0), Ordering::Less),
            (restarted(1, 1, 9), restarted(1, 1, 0), Ordering::Equal),
        ] {
            assert_eq!(removal_order(&a, &b), order);
        }
    }

    #[test]
    fn the_pod_that_has_come_least_far_goes_first() {
        let in_order = [
            pod(None, PodPhase::Pending, 1),
            pod(Some("n"), PodPhase::Pending, 9),
            pod(Some("n"), PodPhase::Pending, 1),
            pod(Some("n"), PodPhase::Running, 9),
            pod(Some("n"), PodPhase::Running, 1),
        ];
        for (place, pair) in in_order.windows(2).enumerate() {
            assert_eq!(removal_order(&pair[0], &pair[1]), Ordering::Less, "{place}");
        }
    }
}
