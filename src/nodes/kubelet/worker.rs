//! The steps of one pod on its node: preparing, starting, ending, and restarting. Pulling stands in `images`, stopping
//! and deletion in `ending`, probing in `probes`.

use super::NodeTurn;
use super::images::NodeImages;
use super::runtime::{AfterEnd, BackOff, PodRuntime, RestartTiming, RunRecord, RunState, Stage};
use super::status::{self, Life};
use crate::api::event::{EventMessage, EventSource};
use crate::api::pod::ProbeKind;
use crate::api::{Container, ContainerState, EventReason, EventType, ObjectKind, Pod, PodTemplate, Terminated};
use crate::apiserver::{DeleteGrace, EventDraft};
use crate::nodes::NodeEvent;
use crate::sim::{Time, go_duration};
use crate::workload::{Exit, Run};
use std::rc::Rc;

/// Volumes, network and sandbox of a pod take from this ...
const MIN_PREPARE_MS: u64 = 300;
/// ... to this long, in milliseconds.
const MAX_PREPARE_MS: u64 = 800;
/// From the end of a container to the kubelet's next look at the pod, in milliseconds.
const RELIST_MS: i64 = 1_000;
/// One pod during one step.
pub struct Worker<'w, 't> {
    /// As it was at the beginning of the step.
    pub pod: Rc<Pod>,
    pub runtime: &'w mut PodRuntime,
    pub images: &'w mut NodeImages,
    pub turn: &'w mut NodeTurn<'t>,
}

impl Worker<'_, '_> {
    /// Takes note of a pod that is new on the node.
    pub fn begin(&mut self) {
        let now = self.now();
        self.write(|pod| status::begin(pod, now));
        let prepare_ms = self.runtime.random.in_range(MIN_PREPARE_MS, MAX_PREPARE_MS);
        self.turn.wakes.push((now.plus_ms(prepare_ms as i64), NodeEvent::PodDue { pod: self.pod.meta.uid }));
    }

    /// What was begun for the whole pod is ready.
    pub fn pod_due(&mut self) {
        match self.runtime.stage {
            Stage::Preparing => {
                self.runtime.stage = Stage::Working;
                self.start_next();
            }
            Stage::CleaningUp => {
                self.runtime.stage = Stage::Done;
                let deleted = self.turn.api.delete_pod(self.pod.meta.uid, DeleteGrace::Seconds(0));
                debug_assert!(deleted.is_ok(), "the pod was there a moment ago");
            }
            Stage::Working | Stage::Finishing { .. } | Stage::Ending { .. } | Stage::Done => {}
        }
    }

    /// What was begun for a container is ready, unless the container has changed since.
    pub fn container_due(&mut self, place: usize, turn: u32) {
        let Some(container) = self.runtime.containers.get(place).filter(|container| container.turn == turn) else {
            return;
        };
        match container.state.clone() {
            RunState::NotStarted | RunState::NoImage => {}
            RunState::Pulling { .. } => self.start_pulled(),
            RunState::PullFailed { retry_at, is_told } => {
                self.retry_pull(place, if is_told { self.now() } else { retry_at });
            }
            RunState::Running { due, exit, question, .. } => match question {
                _ if container.kill_at.is_some_and(|at| at <= self.now()) => self.finish(place, Exit::killed()),
                Some(_) => self.ask(place),
                None if due.is_some_and(|due| due <= self.now()) => self.finish(place, exit),
                None => {}
            },
            RunState::Ended { finished_at, exit_code } => self.restart_or_wait(place, finished_at, exit_code),
        }
    }

    /// The run of a container has ended.
    pub fn finish(&mut self, place: usize, exit: Exit) {
        let now = self.now();
        let Some(container) = self.runtime.containers.get_mut(place) else { return };
        let RunState::Running { started_at, .. } = container.state else { return };
        container.enter(RunState::Ended { finished_at: now, exit_code: exit.code });
        (container.stops_from, container.kill_at) = (None, None);
        if let Some(record) = &mut container.runs[0] {
            record.ended_at = Some(now);
        }
        self.hang_up(place);
        let ended = Terminated {
            exit_code: exit.code,
            message: self.last_message(place, exit.code).into(),
            reason: exit.reason,
            started_at: Some(started_at.truncated_to_second()),
            finished_at: Some(now.truncated_to_second()),
        };
        let life = self.life();
        let is_last = life == Life::Ends && !self.runtime.is_any_running();
        self.write(|pod| {
            if let Some(status) = status::container_mut(pod, place) {
                (status.ready, status.started) = (false, false);
                status.state = ContainerState::Terminated(Rc::new(ended));
            }
            if is_last {
                status::settle(pod);
            }
            status::refresh(pod, life, now);
        });
        match self.runtime.stage {
            Stage::Ending { .. } if is_last => self.clean_up(),
            Stage::Ending { kill_at, .. } => self.stop_next(kill_at),
            Stage::Finishing { kill_at } if self.runtime.is_any_running() => self.stop_next(kill_at),
            Stage::Finishing { .. } => self.runtime.stage = Stage::Done,
            Stage::Preparing | Stage::Working | Stage::CleaningUp | Stage::Done => self.after_end(place),
        }
    }

    /// What a run that has just ended left to be read.
    fn last_message(&self, place: usize, exit_code: i32) -> String {
        let Some(record) = &self.runtime.containers[place].runs[0] else { return String::new() };
        self.turn.workloads.message(&self.pod, &self.runtime.ticket, &record.run, self.now(), exit_code)
    }

    /// What follows when a container has ended by itself, or because of a probe.
    pub(super) fn after_end(&mut self, place: usize) {
        let is_init = self.is_init(place);
        if self.turn.api.pod(self.pod.meta.uid).is_none_or(|pod| pod.is_terminal()) {
            self.runtime.stage = Stage::Done;
        } else if self.may_restart(place) {
            self.wake_container(place, self.now().plus_ms(RELIST_MS));
        } else if self.is_over() {
            self.end_sidecars();
        } else if is_init {
            self.start_next();
        }
    }

    /// Whether a container that has ended starts again.
    // Models pkg/kubelet/container/helpers.go ShouldContainerBeRestarted
    fn may_restart(&self, place: usize) -> bool {
        let runtime = &self.runtime.containers[place];
        let RunState::Ended { exit_code, .. } = runtime.state else { return false };
        let (container, of_pod) = (self.container(place), self.pod.template.restart_policy);
        let is_done = self.is_init(place) && !container.is_sidecar && exit_code == 0;
        let is_forced = runtime.after_end == AfterEnd::RestartsIfItMay && container.is_restartable(of_pod);
        !is_done && (is_forced || container.restarts_after(exit_code, of_pod))
    }

    /// Whether the pod's work is done, or can never be done: only sidecars may still run.
    fn is_over(&self) -> bool {
        let is_final = |place: usize| {
            matches!(self.runtime.containers[place].state, RunState::Ended { .. }) && !self.may_restart(place)
        };
        let init = self.pod.template.init_containers.len();
        let failed = |place: usize| {
            let state = &self.runtime.containers[place].state;
            is_final(place) && matches!(state, RunState::Ended { exit_code, .. } if *exit_code != 0)
        };
        (init..self.runtime.containers.len()).all(is_final) || (0..init).any(failed)
    }

    /// Restarts a container that has ended, or lets it wait for its back-off.
    fn restart_or_wait(&mut self, place: usize, finished_at: Time, exit_code: i32) {
        let container = &mut self.runtime.containers[place];
        match BackOff::timing(container.back_off, finished_at, self.turn.api.now()) {
            RestartTiming::Now(back_off) => {
                container.back_off = Some(back_off);
                container.restarts += 1;
                self.start_or_pull(place..place + 1);
            }
            RestartTiming::Waits { delay_ms, until } => {
                container.enter(RunState::Ended { finished_at, exit_code });
                self.wake_container(place, until);
                self.show_back_off(place, delay_ms);
            }
        }
    }

    fn show_back_off(&mut self, place: usize, delay_ms: i64) {
        let (now, meta, name) = (self.now(), &self.pod.meta, &self.container(place).name);
        let pod_name = format!("{}_{}({})", meta.name, meta.namespace, meta.uid);
        let event = format!("Back-off restarting failed container {name} in pod {pod_name}");
        let delay = go_duration(delay_ms);
        let message = format!("back-off {delay} restarting failed container={name} pod={pod_name}");
        self.report(EventType::Warning, EventReason::BackOff, event);
        self.write(|pod| {
            if let Some(status) = status::container_mut(pod, place) {
                let waiting = ContainerState::Waiting { reason: "CrashLoopBackOff".into(), message: message.into() };
                if let ContainerState::Terminated(ended) = std::mem::replace(&mut status.state, waiting) {
                    status.last_termination = Some(ended);
                }
            }
            status::refresh(pod, Life::GoesOn, now);
        });
    }

    /// Starts the next init container, or all others when none is left. A sidecar is not waited for longer than until
    /// it has started.
    // Models pkg/kubelet/kuberuntime/kuberuntime_container.go computeInitContainerActions
    pub fn start_next(&mut self) {
        let (init, count) = (self.pod.template.init_containers.len(), self.runtime.containers.len());
        for place in 0..init {
            let is_sidecar = self.container(place).is_sidecar;
            match self.runtime.containers[place].state {
                RunState::NotStarted => return self.start_or_pull(place..place + 1),
                RunState::Ended { exit_code: 0, .. } if !is_sidecar => {}
                RunState::Running { .. } | RunState::Ended { .. } if is_sidecar && self.has_started(place) => {}
                RunState::Pulling { .. }
                | RunState::PullFailed { .. }
                | RunState::NoImage
                | RunState::Running { .. }
                | RunState::Ended { .. } => return,
            }
        }
        if matches!(self.runtime.containers[init].state, RunState::NotStarted) {
            self.start_or_pull(init..count);
        }
    }

    pub fn has_started(&self, place: usize) -> bool {
        let pod = self.turn.api.pod(self.pod.meta.uid);
        pod.and_then(|pod| status::container(pod, place)).is_some_and(|status| status.started)
    }

    /// Starts containers together.
    pub fn start(&mut self, places: &[usize]) {
        let now = self.now();
        for &place in places {
            let container = &mut self.runtime.containers[place];
            let run = Run {
                container: place,
                restart: container.restarts,
                started_at: now,
                term_at: None,
                answers: Vec::new(),
            };
            let (workloads, ticket) = (&mut self.turn.workloads, &self.runtime.ticket);
            let state = RunState::running(workloads.plan(&self.pod, ticket, &run), now);
            if let Some((protocol, port)) = workloads.serves(ticket, place) {
                workloads.queues.serve(self.pod.meta.uid, place as u16, protocol, port);
            }
            container.after_end = AfterEnd::AsItsPolicySays;
            container.runs = [Some(RunRecord { run, ended_at: None }), container.runs[0].take()];
            container.enter(state);
            self.wake_at_due(place);
            self.report(EventType::Normal, EventReason::Created, "Container created");
            self.report(EventType::Normal, EventReason::Started, "Container started");
        }
        self.show_started(places);
        for &place in places {
            self.begin_probes(place);
        }
        if places.iter().any(|&place| self.container(place).is_sidecar) {
            self.start_next();
        }
    }

    fn show_started(&mut self, places: &[usize]) {
        let now = self.now();
        let shown: Vec<_> =
            places.iter().map(|&place| (place, self.runtime.containers[place].restarts as i32)).collect();
        let template = self.pod.template.clone();
        self.write(|pod| {
            for (place, restarts) in shown {
                let has = |kind| container_of(&template, place).probes.iter().any(|probe| probe.kind == kind);
                let Some(status) = status::container_mut(pod, place) else { continue };
                status.restart_count = restarts;
                status.started = !has(ProbeKind::Startup);
                status.ready = status.started && !has(ProbeKind::Readiness);
                let running = ContainerState::Running { started_at: Some(now.truncated_to_second()) };
                if let ContainerState::Terminated(ended) = std::mem::replace(&mut status.state, running) {
                    status.last_termination = Some(ended);
                }
            }
            status::refresh(pod, Life::GoesOn, now);
        });
    }

    pub fn now(&self) -> Time {
        self.turn.api.now()
    }

    fn life(&self) -> Life {
        match self.runtime.stage {
            Stage::Preparing | Stage::Working | Stage::Finishing { .. } => Life::GoesOn,
            Stage::Ending { .. } | Stage::CleaningUp | Stage::Done => Life::Ends,
        }
    }

    pub fn container(&self, place: usize) -> &Container {
        container_of(&self.pod.template, place)
    }

    fn is_init(&self, place: usize) -> bool {
        place < self.pod.template.init_containers.len()
    }

    /// Asks to be woken when the run of a container is due.
    pub fn wake_at_due(&mut self, place: usize) {
        if let RunState::Running { due: Some(due), .. } = self.runtime.containers[place].state {
            self.wake_container(place, due);
        }
    }

    pub fn wake_container(&mut self, place: usize, at: Time) {
        let turn = self.runtime.containers[place].turn;
        let event = NodeEvent::ContainerDue { pod: self.pod.meta.uid, container: place as u16, turn };
        self.turn.wakes.push((at, event));
    }

    pub fn write(&mut self, change: impl FnOnce(&mut Pod)) {
        let written = self.turn.api.update_pod(self.pod.meta.uid, change);
        debug_assert!(written.is_ok(), "the pod was there at the beginning of the step");
    }

    pub fn report(&mut self, event_type: EventType, reason: EventReason, message: impl Into<EventMessage>) {
        let mut draft = EventDraft::about(ObjectKind::Pod, &self.pod.meta, EventSource::Kubelet, reason);
        draft.event_type = event_type;
        self.turn.api.record_event(draft.message(message));
    }
}

/// A container of a template, counted from the init containers.
fn container_of(template: &PodTemplate, place: usize) -> &Container {
    match place.checked_sub(template.init_containers.len()) {
        Some(place) => &template.containers[place],
        None => &template.init_containers[place],
    }
}
