//! What kubectl makes of the state of a pod: the texts of its STATUS, READY and RESTARTS columns.

use crate::api::types::core::{ContainerState, ContainerStateTerminated, ContainerStatus, Pod, PodStatus};
use crate::sim::Time;

/// What the columns say of a pod.
pub struct Standing {
    pub ready: usize,
    pub total: usize,
    pub status: String,
    pub restarts: i32,
    /// When a container last ended before it was started again.
    pub last_restart: Option<Time>,
}

/// Reason and message of the condition `Completed` that the API server puts on the row of a pod that is over.
// Models pkg/printers/internalversion/printers.go printPod
pub fn row_condition(pod: &Pod) -> Option<(&'static str, &'static str)> {
    match pod.status.as_ref()?.phase.as_deref()? {
        "Succeeded" => Some(("Succeeded", "The pod has completed successfully.")),
        "Failed" => Some(("Failed", "The pod failed.")),
        _ => None,
    }
}

/// Counts containers and restarts, and finds the one word that tells most about the pod.
// Models pkg/printers/internalversion/printers.go printPod
pub fn standing(pod: &Pod) -> Standing {
    let no_status = PodStatus::default();
    let status = pod.status.as_ref().unwrap_or(&no_status);
    let mut standing = Standing {
        ready: 0,
        total: pod.spec.as_ref().map_or(0, |spec| spec.containers.len()) + sidecars(pod).count(),
        status: some_text(&status.reason).or(some_text(&status.phase)).unwrap_or_default().to_owned(),
        restarts: 0,
        last_restart: None,
    };
    let is_gated = |status: &PodStatus| {
        let mut conditions = status.conditions.iter().flatten();
        conditions.any(|condition| {
            condition.type_ == "PodScheduled" && condition.reason.as_deref() == Some("SchedulingGated")
        })
    };
    if is_gated(status) {
        standing.status = "SchedulingGated".to_owned();
    }
    let initializing = tell_init_containers(pod, status, &mut standing);
    if !initializing || is_true(status, "Initialized") {
        tell_containers(pod, status, &mut standing);
    }
    if pod.metadata.deletion_timestamp.is_some() {
        if status.reason.as_deref() == Some("NodeLost") {
            standing.status = "Unknown".to_owned();
        } else if !["Succeeded", "Failed"].contains(&status.phase.as_deref().unwrap_or_default()) {
            standing.status = "Terminating".to_owned();
        }
    }
    standing
}

/// Goes over the init containers up to the first that is not done. Whether there is one.
fn tell_init_containers(pod: &Pod, status: &PodStatus, standing: &mut Standing) -> bool {
    for (place, container) in status.init_container_statuses.iter().flatten().enumerate() {
        standing.count_restarts(container);
        let state = container.state.as_ref();
        let terminated = state.and_then(|state| state.terminated.as_ref());
        if terminated.is_some_and(|end| end.exit_code == 0) {
            continue;
        }
        if is_sidecar(pod, container) && container.started == Some(true) {
            standing.ready += usize::from(container.ready);
            continue;
        }
        standing.status = match (terminated, waiting_reason(state)) {
            (Some(end), _) => format!("Init:{}", how_it_ended(end)),
            (None, Some(reason)) if reason != "PodInitializing" => format!("Init:{reason}"),
            _ => {
                let init_containers = pod.spec.as_ref().and_then(|spec| spec.init_containers.as_ref());
                format!("Init:{place}/{}", init_containers.map_or(0, Vec::len))
            }
        };
        return true;
    }
    false
}

/// Goes over the containers from the last to the first; of the init containers only sidecars still count.
fn tell_containers(pod: &Pod, status: &PodStatus, standing: &mut Standing) {
    (standing.restarts, standing.last_restart) = (0, None);
    let init_containers = status.init_container_statuses.iter().flatten();
    init_containers.filter(|container| is_sidecar(pod, container)).for_each(|sidecar| standing.count_restarts(sidecar));
    let mut has_running = false;
    for container in status.container_statuses.iter().flatten().rev() {
        standing.count_restarts(container);
        let state = container.state.as_ref();
        if let Some(reason) = waiting_reason(state) {
            standing.status = reason.to_owned();
        } else if let Some(end) = state.and_then(|state| state.terminated.as_ref()) {
            standing.status = how_it_ended(end);
        } else if container.ready && state.is_some_and(|state| state.running.is_some()) {
            has_running = true;
            standing.ready += 1;
        }
    }
    if has_running && standing.status == "Completed" {
        standing.status = if is_true(status, "Ready") { "Running" } else { "NotReady" }.to_owned();
    }
}

impl Standing {
    fn count_restarts(&mut self, container: &ContainerStatus) {
        self.restarts += container.restart_count;
        let last = container.last_state.as_ref().and_then(|state| state.terminated.as_ref()?.finished_at);
        self.last_restart = self.last_restart.max(last.map(|at| at.0));
    }
}

fn sidecars(pod: &Pod) -> impl Iterator<Item = &str> {
    let init_containers = pod.spec.iter().flat_map(|spec| spec.init_containers.iter().flatten());
    let sidecars = init_containers.filter(|container| container.restart_policy.as_deref() == Some("Always"));
    sidecars.map(|container| &*container.name)
}

fn is_sidecar(pod: &Pod, container: &ContainerStatus) -> bool {
    sidecars(pod).any(|name| name == container.name)
}

fn is_true(status: &PodStatus, type_: &str) -> bool {
    let mut conditions = status.conditions.iter().flatten();
    conditions.any(|condition| condition.type_ == type_ && condition.status == "True")
}

fn waiting_reason(state: Option<&ContainerState>) -> Option<&str> {
    some_text(&state?.waiting.as_ref()?.reason)
}

/// The reason, else the signal, else the exit code.
fn how_it_ended(end: &ContainerStateTerminated) -> String {
    match (some_text(&end.reason), end.signal.unwrap_or_default()) {
        (Some(reason), _) => reason.to_owned(),
        (None, 0) => format!("ExitCode:{}", end.exit_code),
        (None, signal) => format!("Signal:{signal}"),
    }
}

fn some_text(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}
