//! How containers are told to stop: the hook before, SIGTERM in its turn (sidecars after the others, the last one
//! first), and SIGKILL when the time is over.

use super::runtime::{RunState, Stage};
use super::status::{self, Life};
use super::worker::Worker;
use crate::api::{EventReason, EventType};
use crate::nodes::NodeEvent;
use crate::sim::{SECOND_MS, Time};
use crate::workload::{Exit, RunDuration, TermReaction};

/// From the end of the last container of a deleted pod to its removal, in milliseconds.
const CLEAN_UP_MS: i64 = 150;
/// The kubelet gives containers at least this long to end, in seconds.
const MIN_GRACE_S: i64 = 2;

impl Worker<'_, '_> {
    /// The pod is to be gone within `grace_s` seconds.
    // Models pkg/kubelet/kuberuntime/kuberuntime_container.go killContainersWithSyncResult
    pub fn end(&mut self, grace_s: i64) {
        match self.runtime.stage {
            Stage::Preparing | Stage::Working | Stage::Finishing { .. } => {}
            Stage::Ending { grace_s: earlier_s, .. } if grace_s < earlier_s => {}
            Stage::Ending { .. } | Stage::CleaningUp | Stage::Done => return,
        }
        let kill_at = self.now().plus_seconds(grace_s);
        self.runtime.stage = Stage::Ending { grace_s, kill_at };
        for container in self.runtime.containers.iter_mut().filter(|container| !container.is_running()) {
            container.turn += 1;
        }
        self.stop_all(grace_s, kill_at);
        if !self.runtime.is_any_running() {
            let now = self.now();
            self.write(|pod| {
                status::settle(pod);
                status::refresh(pod, Life::Ends, now);
            });
            self.clean_up();
        }
    }

    /// The work of the pod is over; what still runs (its sidecars) is ended.
    pub fn end_sidecars(&mut self) {
        let grace_s = self.pod.template.termination_grace_s;
        let kill_at = self.now().plus_seconds(grace_s);
        self.runtime.stage = Stage::Finishing { kill_at };
        self.stop_all(grace_s, kill_at);
    }

    /// Ends one container, as its probe wants it.
    // Models pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer
    pub fn stop_one(&mut self, place: usize, grace_s: i64, message: String) {
        let kill_at = self.now().plus_seconds(grace_s);
        self.prepare_stop(place, grace_s, message);
        self.send_term(place, kill_at);
    }

    fn stop_all(&mut self, grace_s: i64, kill_at: Time) {
        for place in self.runtime.running() {
            if self.runtime.containers[place].stops_from.is_none() {
                let message = format!("Stopping container {}", self.container(place).name);
                self.prepare_stop(place, grace_s, message);
            }
        }
        self.stop_next(kill_at);
    }

    /// Tells those to stop whose turn it is.
    // Models pkg/kubelet/kuberuntime/kuberuntime_termination_order.go newTerminationOrdering
    pub fn stop_next(&mut self, kill_at: Time) {
        let running = self.runtime.running();
        let (sidecars, mut others): (Vec<usize>, Vec<usize>) =
            running.into_iter().partition(|&place| self.container(place).is_sidecar);
        if others.is_empty() {
            others.extend(sidecars.last());
        }
        for place in others {
            self.send_term(place, kill_at);
        }
    }

    /// Announces the end of a container and runs its hook.
    fn prepare_stop(&mut self, place: usize, grace_s: i64, message: String) {
        self.report(EventType::Normal, EventReason::Killing, message);
        let grace_ms = grace_s.max(0).saturating_mul(SECOND_MS) as u64;
        let container = &self.runtime.containers[place];
        let hook = self.container(place).pre_stop.as_ref().zip(container.runs[0].as_ref());
        let hook_ms = hook.map_or(0, |(hook, record)| {
            let taken_ms = self.turn.workloads.pre_stop_ms(&self.pod, &self.runtime.ticket, &record.run, hook);
            taken_ms.unwrap_or(grace_ms).min(grace_ms)
        });
        self.runtime.containers[place].stops_from = Some(self.now().plus_ms(hook_ms as i64));
    }

    /// Sends SIGTERM as soon as the hook is over, and SIGKILL at `kill_at`.
    fn send_term(&mut self, place: usize, kill_at: Time) {
        let now = self.now();
        let container = &mut self.runtime.containers[place];
        let RunState::Running { started_at, due, on_term, ref exit, ref question } = container.state else { return };
        let (exit, mut asks) = (exit.clone(), question.is_some());
        let Some(record) = &mut container.runs[0] else { return };
        let stops_from = container.stops_from.map_or(now, |at| at.max(now));
        let term_at = *record.run.term_at.get_or_insert(stops_from);
        let kill_at = kill_at.max(term_at.max(now).plus_seconds(MIN_GRACE_S));
        let reaction = match on_term {
            TermReaction::Exits { after_ms, code } => Some((term_at.plus_ms(after_ms as i64), Exit::with_code(code))),
            TermReaction::Ignores => None,
            // It waits for an answer; only then will it notice.
            TermReaction::Traps if asks && due.is_none() => None,
            TermReaction::Traps => {
                let plan = self.turn.workloads.plan(&self.pod, &self.runtime.ticket, &record.run);
                asks = plan.question.is_some();
                if asks {
                    container.state = RunState::running(plan.clone(), started_at);
                }
                match plan.duration {
                    RunDuration::Ms(duration_ms) => Some((started_at.plus_ms(duration_ms as i64).max(now), plan.exit)),
                    RunDuration::Forever => None,
                }
            }
        };
        if asks && !matches!(on_term, TermReaction::Exits { .. }) {
            let kill_at = container.kill_at.map_or(kill_at, |at| at.min(kill_at));
            container.kill_at = Some(kill_at);
            self.wake_at_due(place);
            return self.wake_container(place, kill_at);
        }
        let due = due.filter(|_| on_term != TermReaction::Traps && !asks);
        let (end_at, code) =
            reaction.filter(|(exits_at, _)| *exits_at < kill_at).unwrap_or_else(|| (kill_at, Exit::killed()));
        let (end_at, exit) = match due {
            Some(due) if due <= end_at => (due, exit),
            _ => (end_at, code),
        };
        let container = &mut self.runtime.containers[place];
        container.enter(RunState::Running { started_at, due: Some(end_at), exit, on_term, question: None });
        self.wake_container(place, end_at);
    }

    pub fn clean_up(&mut self) {
        self.runtime.stage = Stage::CleaningUp;
        self.turn.wakes.push((self.now().plus_ms(CLEAN_UP_MS), NodeEvent::PodDue { pod: self.pod.meta.uid }));
    }
}
