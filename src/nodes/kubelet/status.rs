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
            started: false,
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
pub fn container(pod: &Pod, place: usize) -> Option<&ContainerStatus> {
    statuses(pod).nth(place)
}

/// The same, to be changed.
pub fn container_mut(pod: &mut Pod, place: usize) -> Option<&mut ContainerStatus> {
    pod.status.init_containers.iter_mut().chain(&mut pod.status.containers).nth(place)
}

/// Writes phase and conditions anew, from the states of the containers.
pub fn refresh(pod: &mut Pod, life: Life, now: Time) {
    let is_init_done = is_initialized(pod);
    let template = pod.template.clone();
    for (status, container) in pod.status.init_containers.iter_mut().zip(&template.init_containers) {
        if !container.is_sidecar {
            status.ready = is_done(status);
        }
    }
    let phase = phase(pod, life);
    let is_any_running = statuses(pod).any(|status| matches!(status.state, ContainerState::Running { .. }));
    if !(is_any_running && matches!(phase, PodPhase::Succeeded | PodPhase::Failed)) {
        pod.status.phase = phase;
    }
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

/// Whether all init containers have done their work, and all sidecars have started; once one of the other containers has
/// started it stays so.
// Models pkg/kubelet/status/generate.go GeneratePodInitializedCondition
pub fn is_initialized(pod: &Pod) -> bool {
    let has_started = |status: &ContainerStatus| {
        !matches!(status.state, ContainerState::Waiting { .. }) || status.last_termination.is_some()
    };
    let mut init = pod.status.init_containers.iter().zip(&pod.template.init_containers);
    pod.status.containers.iter().any(has_started)
        || init.all(|(status, container)| if container.is_sidecar { status.started } else { is_done(status) })
}

fn is_done(status: &ContainerStatus) -> bool {
    matches!(&status.state, ContainerState::Terminated(end) if end.exit_code == 0)
}

fn statuses(pod: &Pod) -> impl Iterator<Item = &ContainerStatus> {
    pod.status.init_containers.iter().chain(&pod.status.containers)
}

/// How the containers of a pod that is being deleted are left: what waited for its restart shows how it ended, what
/// never ran is said to be unknown.
// Models pkg/kubelet/status/status_manager.go TerminatePod
pub fn settle(pod: &mut Pod) {
    let initialized = is_initialized(pod);
    for status in pod.status.init_containers.iter_mut().chain(&mut pod.status.containers) {
        (status.ready, status.started) = (false, false);
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

/// How many containers are in which state.
#[derive(Default)]
struct Counts {
    /// Init containers that have not done their work, and sidecars that have not started.
    init_pending: u32,
    /// Init containers that have failed and do not start again.
    init_failed: u32,
    waiting: u32,
    running: u32,
    stopped: u32,
    succeeded: u32,
    /// Those of the stopped ones that start again.
    restarting: u32,
}

impl Counts {
    fn of(pod: &Pod) -> Self {
        let mut counts = Self::default();
        for (status, container) in pod.status.init_containers.iter().zip(&pod.template.init_containers) {
            if container.is_sidecar {
                counts.add_sidecar(status);
            } else {
                counts.add_init(status, container, pod.template.restart_policy);
            }
        }
        for (status, container) in pod.status.containers.iter().zip(&pod.template.containers) {
            counts.add(status, container, pod.template.restart_policy);
        }
        counts
    }

    fn add_init(&mut self, status: &ContainerStatus, container: &Container, of_pod: RestartPolicy) {
        match (&status.state, &status.last_termination) {
            (ContainerState::Terminated(end), _) | (ContainerState::Waiting { .. }, Some(end)) => {
                let is_final = end.exit_code != 0 && !container.restarts_after(end.exit_code, of_pod);
                self.init_failed += u32::from(is_final);
            }
            (ContainerState::Running { .. }, _) | (ContainerState::Waiting { .. }, None) => self.init_pending += 1,
        }
    }

    /// A sidecar that has ended does not count.
    fn add_sidecar(&mut self, status: &ContainerStatus) {
        match (&status.state, &status.last_termination) {
            (ContainerState::Running { .. }, _) => {
                self.init_pending += u32::from(!status.started);
                self.running += 1;
            }
            (ContainerState::Waiting { .. }, None) => {
                self.init_pending += 1;
                self.waiting += 1;
            }
            (ContainerState::Terminated(_), _) | (ContainerState::Waiting { .. }, Some(_)) => {}
        }
    }

    fn add(&mut self, status: &ContainerStatus, container: &Container, of_pod: RestartPolicy) {
        match (&status.state, &status.last_termination) {
            (ContainerState::Running { .. }, _) => self.running += 1,
            (ContainerState::Terminated(end), _) => {
                self.stopped += 1;
                self.succeeded += u32::from(end.exit_code == 0);
                self.restarting += u32::from(container.restarts_after(end.exit_code, of_pod));
            }
            (ContainerState::Waiting { .. }, Some(_)) => {
                self.stopped += 1;
                self.restarting += 1;
            }
            (ContainerState::Waiting { .. }, None) => self.waiting += 1,
        }
    }
}

// Models pkg/kubelet/kubelet_pods.go getPhase
fn phase(pod: &Pod, life: Life) -> PodPhase {
    let counts = Counts::of(pod);
    let is_init_done = is_initialized(pod);
    let all_succeeded = counts.stopped == counts.succeeded;
    match life {
        Life::Ends if counts.running > 0 && is_init_done => PodPhase::Running,
        Life::Ends if statuses(pod).any(|status| matches!(status.state, ContainerState::Running { .. })) => {
            PodPhase::Pending
        }
        Life::Ends if counts.waiting == 0 && all_succeeded => PodPhase::Succeeded,
        Life::Ends => PodPhase::Failed,
        Life::GoesOn if counts.init_failed > 0 => PodPhase::Failed,
        Life::GoesOn if !is_init_done || counts.waiting > 0 => PodPhase::Pending,
        Life::GoesOn if counts.running > 0 || counts.restarting > 0 => PodPhase::Running,
        Life::GoesOn if all_succeeded => PodPhase::Succeeded,
        Life::GoesOn => PodPhase::Failed,
    }
}

// Models pkg/kubelet/status/generate.go GenerateContainersReadyCondition
fn readiness(pod: &Pod) -> (ConditionStatus, &'static str, Option<Rc<str>>) {
    match pod.status.phase {
        PodPhase::Succeeded => (ConditionStatus::False, "PodCompleted", None),
        PodPhase::Failed => (ConditionStatus::False, "PodFailed", None),
        PodPhase::Pending | PodPhase::Running | PodPhase::Unknown => {
            let sidecars = pod.status.init_containers.iter().zip(&pod.template.init_containers);
            let sidecars = sidecars.filter(|(_, container)| container.is_sidecar).map(|(status, _)| status);
            let unready = unready(sidecars.chain(&pod.status.containers));
            if unready.is_empty() {
                return (ConditionStatus::True, "", None);
            }
            let message = format!("containers with unready status: [{unready}]");
            (ConditionStatus::False, "ContainersNotReady", Some(message.into()))
        }
    }
}

fn unready<'s>(statuses: impl IntoIterator<Item = &'s ContainerStatus>) -> String {
    let names: Vec<&str> = statuses.into_iter().filter(|status| !status.ready).map(|status| &*status.name).collect();
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
