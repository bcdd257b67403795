//! The steps of one pod on its node: preparing, pulling, starting, ending, restarting, and being deleted. Each step
//! writes the pod's status at most once.

use super::NodeTurn;
use super::runtime::{BackOff, PodRuntime, RestartTiming, RunState, Stage, Talk};
use super::status::{self, Life};
use crate::api::event::{EventMessage, EventSource};
use crate::api::pod::ImagePull;
use crate::api::{Container, ContainerState, EventReason, EventType, ObjectKind, Pod, RestartPolicy, Terminated, Text};
use crate::apiserver::{DeleteGrace, EventDraft};
use crate::nodes::NodeEvent;
use crate::sim::{Time, go_duration};
use crate::workload::{Answer, Exit, RunDuration, RunPlan, TermReaction};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// Volumes, network and sandbox of a pod take from this ...
const MIN_PREPARE_MS: u64 = 300;
/// ... to this long, in milliseconds.
const MAX_PREPARE_MS: u64 = 800;
/// Asking the registry for an image that the node has already, in milliseconds.
const QUICK_PULL_MS: i64 = 300;
/// The shortest run of a process, in milliseconds.
const MIN_RUN_MS: u64 = 10;
/// From the end of a container to the kubelet's next look at the pod, in milliseconds.
const RELIST_MS: i64 = 1_000;
/// From the end of the last container of a deleted pod to its removal, in milliseconds.
const CLEAN_UP_MS: i64 = 150;
/// The kubelet gives containers at least this long to end, in seconds.
const MIN_GRACE_S: i64 = 2;
/// The exit code of a process that was killed by SIGKILL.
const KILLED: i32 = 137;

/// Since when the images of a node are there, or from when on they will be.
pub type NodeImages = BTreeMap<Rc<str>, Time>;

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
            Stage::Working | Stage::Ending { .. } | Stage::Done => {}
        }
    }

    /// What was begun for a container is ready, unless the container has changed since.
    pub fn container_due(&mut self, place: usize, turn: u32) {
        let Some(container) = self.runtime.containers.get(place).filter(|container| container.turn == turn) else {
            return;
        };
        match container.state.clone() {
            RunState::NotStarted => {}
            RunState::Pulling { .. } => self.start_pulled(),
            RunState::Running { talk, .. } if talk.question.is_some() => self.ask(place),
            RunState::Running { exit, .. } => self.finish(place, exit),
            RunState::Ended { finished_at } => self.restart_or_wait(place, finished_at),
        }
    }

    /// The run of a container has ended.
    pub fn finish(&mut self, place: usize, exit: Exit) {
        let now = self.now();
        let Some(container) = self.runtime.containers.get_mut(place) else { return };
        let RunState::Running { started_at, .. } = container.state else { return };
        container.enter(RunState::Ended { finished_at: now });
        self.hang_up(place);
        let ended = Terminated {
            exit_code: exit.code,
            reason: exit.reason,
            message: Text::default(),
            started_at: Some(started_at.truncated_to_second()),
            finished_at: Some(now.truncated_to_second()),
        };
        let life = self.life();
        let is_last = life == Life::Ends && !self.runtime.is_any_running();
        self.write(|pod| {
            if let Some(status) = status::container_mut(pod, place) {
                status.state = ContainerState::Terminated(Rc::new(ended));
            }
            if is_last {
                status::settle(pod);
            }
            status::refresh(pod, life, now);
        });
        match life {
            Life::Ends if is_last => self.clean_up(),
            Life::Ends => {}
            Life::GoesOn => self.after_end(place, exit.code),
        }
    }

    /// The pod is to be gone within `grace_s` seconds.
    // Models pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer
    pub fn end(&mut self, grace_s: i64) {
        let is_first = match self.runtime.stage {
            Stage::Preparing | Stage::Working => true,
            Stage::Ending { grace_s: earlier_s } if grace_s < earlier_s => false,
            Stage::Ending { .. } | Stage::CleaningUp | Stage::Done => return,
        };
        self.runtime.stage = Stage::Ending { grace_s };
        for place in 0..self.runtime.containers.len() {
            if is_first && self.runtime.containers[place].is_running() {
                let message = format!("Stopping container {}", self.container(place).name);
                self.report(EventType::Normal, EventReason::Killing, message);
            }
            self.stop(place, grace_s);
        }
        if !self.runtime.is_any_running() {
            let now = self.now();
            self.write(|pod| {
                status::settle(pod);
                status::refresh(pod, Life::Ends, now);
            });
            self.clean_up();
        }
    }

    /// Sends SIGTERM, and SIGKILL when the grace period is over.
    fn stop(&mut self, place: usize, grace_s: i64) {
        let now = self.now();
        let kill_at = now.plus_seconds(grace_s.max(MIN_GRACE_S));
        let container = &mut self.runtime.containers[place];
        let RunState::Running { started_at, due, on_term, .. } = container.state else {
            container.turn += 1;
            return;
        };
        let (end_at, code) = match on_term {
            TermReaction::Exits { after_ms, code } => {
                let exits_at = now.plus_ms(after_ms as i64);
                if exits_at < kill_at { (exits_at, code) } else { (kill_at, KILLED) }
            }
            TermReaction::Ignores => (kill_at, KILLED),
        };
        if due.is_none_or(|due| end_at < due) {
            let exit = Exit::with_code(code);
            let talk = Talk::default();
            container.enter(RunState::Running { started_at, due: Some(end_at), exit, on_term, talk });
            self.wake_container(place, end_at);
        }
    }

    fn clean_up(&mut self) {
        self.runtime.stage = Stage::CleaningUp;
        self.turn.wakes.push((self.now().plus_ms(CLEAN_UP_MS), NodeEvent::PodDue { pod: self.pod.meta.uid }));
    }

    /// What follows when a container has ended by itself.
    // Models pkg/kubelet/container/helpers.go ShouldContainerBeRestarted
    fn after_end(&mut self, place: usize, exit_code: i32) {
        let is_init = place < self.pod.template.init_containers.len();
        let restarts = match self.pod.template.restart_policy {
            RestartPolicy::Always => !is_init || exit_code != 0,
            RestartPolicy::OnFailure => exit_code != 0,
            RestartPolicy::Never => false,
        };
        if self.turn.api.pod(self.pod.meta.uid).is_none_or(|pod| pod.is_terminal()) {
            self.runtime.stage = Stage::Done;
        } else if restarts {
            self.wake_container(place, self.now().plus_ms(RELIST_MS));
        } else if is_init && exit_code == 0 {
            self.start_next();
        }
    }

    /// Restarts a container that has ended, or lets it wait for its back-off.
    fn restart_or_wait(&mut self, place: usize, finished_at: Time) {
        let container = &mut self.runtime.containers[place];
        match BackOff::timing(container.back_off, finished_at, self.turn.api.now()) {
            RestartTiming::Now(back_off) => {
                container.back_off = Some(back_off);
                container.restarts += 1;
                self.start_or_pull(place..place + 1);
            }
            RestartTiming::Waits { delay_ms, until } => {
                container.enter(RunState::Ended { finished_at });
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

    /// Starts the next init container, or all others when none is left.
    fn start_next(&mut self) {
        let init = self.pod.template.init_containers.len();
        let places = 0..self.runtime.containers.len();
        let next = places.clone().find(|&place| matches!(self.runtime.containers[place].state, RunState::NotStarted));
        match next {
            Some(place) if place < init => self.start_or_pull(place..place + 1),
            Some(_) => self.start_or_pull(init..places.end),
            None => {}
        }
    }

    /// Starts the containers whose images are there, and pulls those of the others.
    fn start_or_pull(&mut self, places: Range<usize>) {
        let now = self.now();
        let mut ready = Vec::with_capacity(places.len());
        for place in places {
            match self.image_wait(place) {
                None => ready.push(place),
                Some(until) => {
                    self.runtime.containers[place].enter(RunState::Pulling { since: now, until });
                    self.wake_container(place, until);
                }
            }
        }
        if !ready.is_empty() {
            self.start(&ready);
        }
    }

    /// When the image of a container will be there; `None` when it is. Images that must not be pulled are taken to
    /// be there. A node pulls an image once for all who ask for it meanwhile.
    // Models pkg/kubelet/images/image_manager.go EnsureImageExists
    fn image_wait(&mut self, place: usize) -> Option<Time> {
        let now = self.now();
        let (image, policy) = (self.container(place).image.clone(), self.container(place).image_pull);
        let there_at = self.images.get(&image).copied();
        let is_there = there_at.is_some_and(|at| at <= now);
        if policy == ImagePull::Never || (policy == ImagePull::IfNotPresent && is_there) {
            self.report_present(place);
            return None;
        }
        if policy == ImagePull::IfNotPresent
            && let Some(until) = self.sibling_pulls(&image)
        {
            return Some(until);
        }
        self.report(EventType::Normal, EventReason::Pulling, EventMessage::Pulling { image: image.clone() });
        let pull_ms = self.turn.workloads.settings(&self.pod).image_pull_ms;
        let until = there_at.map_or(now.plus_ms(pull_ms as i64), |at| at.max(now).plus_ms(QUICK_PULL_MS));
        self.images.entry(image).or_insert(until);
        Some(until)
    }

    /// Until when another container of the pod pulls that image.
    fn sibling_pulls(&self, image: &Rc<str>) -> Option<Time> {
        self.runtime.containers.iter().enumerate().find_map(|(place, container)| match container.state {
            RunState::Pulling { until, .. } => (self.container(place).image == *image).then_some(until),
            RunState::NotStarted | RunState::Running { .. } | RunState::Ended { .. } => None,
        })
    }

    /// Starts the containers whose images have come.
    fn start_pulled(&mut self) {
        let now = self.now();
        let mut ready = Vec::new();
        let mut pulled: Vec<Rc<str>> = Vec::new();
        for place in 0..self.runtime.containers.len() {
            let RunState::Pulling { since, until } = self.runtime.containers[place].state else { continue };
            if until > now {
                continue;
            }
            let (image, policy) = (self.container(place).image.clone(), self.container(place).image_pull);
            if policy == ImagePull::IfNotPresent && pulled.contains(&image) {
                self.report_present(place);
            } else {
                self.report_pulled(place, now.ms_since(since));
                pulled.push(image);
            }
            ready.push(place);
        }
        self.start(&ready);
    }

    fn report_present(&mut self, place: usize) {
        let image = self.container(place).image.clone();
        self.report(EventType::Normal, EventReason::Pulled, EventMessage::AlreadyPresent { image });
    }

    fn report_pulled(&mut self, place: usize, waited_ms: i64) {
        let image = self.container(place).image.clone();
        let waited_ms = waited_ms.clamp(0, i64::from(u32::MAX)) as u32;
        self.report(EventType::Normal, EventReason::Pulled, EventMessage::Pulled { image, waited_ms });
    }

    /// Starts containers together.
    fn start(&mut self, places: &[usize]) {
        let now = self.now();
        for &place in places {
            let container = &mut self.runtime.containers[place];
            let ticket = &self.runtime.ticket;
            let plan = self.turn.workloads.plan(&self.pod, ticket, place, container.restarts, now, &[]);
            let state = running(plan, now, Vec::new());
            if let Some((protocol, port)) = self.turn.workloads.serves(ticket, place) {
                self.turn.workloads.queues.serve(self.pod.meta.uid, place as u16, protocol, port);
            }
            container.enter(state);
            self.wake_at_due(place);
            self.report(EventType::Normal, EventReason::Created, "Container created");
            self.report(EventType::Normal, EventReason::Started, "Container started");
        }
        let restarts: Vec<i32> = places.iter().map(|&place| self.runtime.containers[place].restarts as i32).collect();
        self.write(|pod| {
            for (&place, restarts) in places.iter().zip(restarts) {
                let Some(status) = status::container_mut(pod, place) else { continue };
                status.restart_count = restarts;
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
            Stage::Preparing | Stage::Working => Life::GoesOn,
            Stage::Ending { .. } | Stage::CleaningUp | Stage::Done => Life::Ends,
        }
    }

    fn container(&self, place: usize) -> &Container {
        let template = &self.pod.template;
        match place.checked_sub(template.init_containers.len()) {
            Some(place) => &template.containers[place],
            None => &template.init_containers[place],
        }
    }

    /// Asks to be woken when the run of a container is due.
    pub fn wake_at_due(&mut self, place: usize) {
        if let RunState::Running { due: Some(due), .. } = self.runtime.containers[place].state {
            self.wake_container(place, due);
        }
    }

    fn wake_container(&mut self, place: usize, at: Time) {
        let turn = self.runtime.containers[place].turn;
        let event = NodeEvent::ContainerDue { pod: self.pod.meta.uid, container: place as u16, turn };
        self.turn.wakes.push((at, event));
    }

    fn write(&mut self, change: impl FnOnce(&mut Pod)) {
        let written = self.turn.api.update_pod(self.pod.meta.uid, change);
        debug_assert!(written.is_ok(), "the pod was there at the beginning of the step");
    }

    fn report(&mut self, event_type: EventType, reason: EventReason, message: impl Into<EventMessage>) {
        let mut draft = EventDraft::about(ObjectKind::Pod, &self.pod.meta, EventSource::Kubelet, reason);
        draft.event_type = event_type;
        self.turn.api.record_event(draft.message(message));
    }
}

/// A container that runs by a plan, made for the answers it has had.
pub fn running(plan: RunPlan, started_at: Time, answers: Vec<Answer>) -> RunState {
    let due = match plan.duration {
        RunDuration::Ms(duration_ms) => Some(started_at.plus_ms(duration_ms.max(MIN_RUN_MS) as i64)),
        RunDuration::Forever => None,
    };
    let talk = Talk { question: plan.question, answers };
    RunState::Running { started_at, due, exit: plan.exit, on_term: plan.on_term, talk }
}
