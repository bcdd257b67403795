//! From the states of a pod's containers to its phase and conditions. Pure; it only reads and writes a pod's status.

use crate::api::{
    ConditionStatus, Container, ContainerState, ContainerStatus, Pod, PodCondition, PodConditionType, PodPhase,
    RestartPolicy, Terminated, Text,
};
use crate::sim::Time;
use std::rc::Rc;

/// Whether containers that end may start again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    GoesOn,
    /// The pod is being deleted.
    Ends,
}

/// The status of a pod that its kubelet has just seen.
pub fn begin(pod: &mut Pod, now: Time) {
    let waiting = |reason: &'static str| {
        move |container: &Container| ContainerStatus {
            name: container.name.clone(),
            ready: false,
            restart_count: 0,
            state: ContainerState::Waiting { reason: reason.into(), message: Text::default() },
            last_termination: None,
        }
    };
    let template = pod.template.clone();
    let has_init = !template.init_containers.is_empty();
    let reason = if has_init { "PodInitializing" } else { "ContainerCreating" };
    pod.status.start_time = Some(now.truncated_to_second());
    pod.status.init_containers = template.init_containers.iter().map(waiting("PodInitializing")).collect();
    pod.status.containers = template.containers.iter().map(waiting(reason)).collect();
    refresh(pod, Life::GoesOn, now);
}

/// The status of a container, counted from the init containers.
pub fn container_mut(pod: &mut Pod, place: usize) -> Option<&mut ContainerStatus> {
    pod.status.init_containers.iter_mut().chain(&mut pod.status.containers).nth(place)
}

/// Writes phase and conditions anew, from the states of the containers.
pub fn refresh(pod: &mut Pod, life: Life, now: Time) {
    let is_init_done = is_initialized(pod);
    for status in &mut pod.status.containers {
        status.ready = matches!(status.state, ContainerState::Running { .. });
    }
    for status in &mut pod.status.init_containers {
        status.ready = matches!(&status.state, ContainerState::Terminated(end) if end.exit_code == 0);
    }
    pod.status.phase = phase(pod, life);
    let now = now.truncated_to_second();
    let done = pod.status.phase == PodPhase::Succeeded;
    if is_init_done {
        let reason = if done { "PodCompleted" } else { "" };
        set_condition(pod, PodConditionType::Initialized, ConditionStatus::True, reason, None, now);
    } else {
        let message = format!("containers with incomplete status: [{}]", unready(&pod.status.init_containers));
        let kind = PodConditionType::Initialized;
        set_condition(pod, kind, ConditionStatus::False, "ContainersNotInitialized", Some(message.into()), now);
    }
    let (status, reason, message) = readiness(pod);
    set_condition(pod, PodConditionType::Ready, status, reason, message.clone(), now);
    set_condition(pod, PodConditionType::ContainersReady, status, reason, message, now);
}

/// Whether all init containers have done their work.
pub fn is_initialized(pod: &Pod) -> bool {
    let done =
        |status: &ContainerStatus| matches!(&status.state, ContainerState::Terminated(end) if end.exit_code == 0);
    pod.status.init_containers.iter().all(done)
}

/// How the containers of a pod that is being deleted are left: what waited for its restart shows how it ended, what
/// never ran is said to be unknown.
// Models pkg/kubelet/status/status_manager.go TerminatePod
pub fn settle(pod: &mut Pod) {
    let initialized = is_initialized(pod);
    for status in pod.status.init_containers.iter_mut().chain(&mut pod.status.containers) {
        match (&status.state, status.last_termination.take()) {
            (ContainerState::Terminated(_), last) => status.last_termination = last,
            (_, Some(last)) => status.state = ContainerState::Terminated(last),
            (_, None) if initialized => status.state = ContainerState::Terminated(Rc::new(lost_container())),
            (_, None) => {}
        }
    }
}

fn lost_container() -> Terminated {
    Terminated {
        exit_code: 137,
        reason: "ContainerStatusUnknown".into(),
        message: "The container could not be located when the pod was terminated".into(),
        started_at: None,
        finished_at: None,
    }
}

// Models pkg/kubelet/kubelet_pods.go getPhase
fn phase(pod: &Pod, life: Life) -> PodPhase {
    let is_init_done = is_initialized(pod);
    let policy = pod.template.restart_policy;
    let (mut waiting, mut running, mut stopped, mut succeeded) = (0, 0, 0, 0);
    for status in &pod.status.containers {
        match (&status.state, &status.last_termination) {
            (ContainerState::Running { .. }, _) => running += 1,
            (ContainerState::Terminated(end), _) => {
                stopped += 1;
                succeeded += u32::from(end.exit_code == 0);
            }
            (ContainerState::Waiting { .. }, Some(_)) => stopped += 1,
            (ContainerState::Waiting { .. }, None) => waiting += 1,
        }
    }
    let init = &pod.status.init_containers;
    let init_runs = init.iter().any(|status| matches!(status.state, ContainerState::Running { .. }));
    let init_failed =
        init.iter().any(|status| matches!(&status.state, ContainerState::Terminated(end) if end.exit_code != 0));
    match life {
        Life::Ends if running > 0 => PodPhase::Running,
        Life::Ends if init_runs => PodPhase::Pending,
        Life::Ends if waiting == 0 && stopped == succeeded => PodPhase::Succeeded,
        Life::Ends => PodPhase::Failed,
        Life::GoesOn if init_failed && policy == RestartPolicy::Never => PodPhase::Failed,
        Life::GoesOn if !is_init_done || waiting > 0 => PodPhase::Pending,
        Life::GoesOn if running > 0 || policy == RestartPolicy::Always => PodPhase::Running,
        Life::GoesOn if stopped == succeeded => PodPhase::Succeeded,
        Life::GoesOn if policy == RestartPolicy::Never => PodPhase::Failed,
        Life::GoesOn => PodPhase::Running,
    }
}

// Models pkg/kubelet/status/generate.go GenerateContainersReadyCondition
fn readiness(pod: &Pod) -> (ConditionStatus, &'static str, Option<Rc<str>>) {
    match pod.status.phase {
        PodPhase::Succeeded => (ConditionStatus::False, "PodCompleted", None),
        PodPhase::Failed => (ConditionStatus::False, "PodFailed", None),
        PodPhase::Pending | PodPhase::Running | PodPhase::Unknown => {
            if pod.status.containers.iter().all(|status| status.ready) {
                return (ConditionStatus::True, "", None);
            }
            let message = format!("containers with unready status: [{}]", unready(&pod.status.containers));
            (ConditionStatus::False, "ContainersNotReady", Some(message.into()))
        }
    }
}

fn unready(statuses: &[ContainerStatus]) -> String {
    let names: Vec<&str> = statuses.iter().filter(|status| !status.ready).map(|status| &*status.name).collect();
    names.join(" ")
}

fn set_condition(
    pod: &mut Pod,
    kind: PodConditionType,
    status: ConditionStatus,
    reason: &'static str,
    message: Option<Rc<str>>,
    now: Time,
) {
    let conditions = &mut pod.status.conditions;
    match conditions.iter_mut().find(|condition| condition.kind == kind) {
        Some(condition) => {
            if condition.status != status {
                condition.last_transition_time = Some(now);
            }
            condition.status = status;
            condition.reason = reason.into();
            condition.message = message;
        }
        None => conditions.push(PodCondition {
            kind,
            status,
            reason: reason.into(),
            message,
            last_transition_time: Some(now),
        }),
    }
}
