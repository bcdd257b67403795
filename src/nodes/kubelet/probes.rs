//! Probes: when a container is started, ready, or has to be ended because it does not answer. What a probe finds is
//! known beforehand (`workload` tells), so only probes that may change something become events.

use super::runtime::{AfterEnd, RunState, Stage};
use super::status;
use super::worker::Worker;
use crate::api::pod::{Probe, ProbeAction, ProbeKind};
use crate::api::{EventReason, EventType};
use crate::nodes::NodeEvent;
use crate::workload::{Health, Verdict};
use std::rc::Rc;

/// A container is probed this long after its start at the earliest: its kubelet has to see it first.
const FIRST_PROBE_MS: u64 = 1_000;

/// A probe of a running container.
#[derive(Clone, Debug)]
pub struct ProbeRun {
    health: Rc<[Health]>,
    /// The moment of the probe that is due, in milliseconds since the start of the run.
    due_ms: u64,
    /// How often in a row it has failed or succeeded.
    failures: i32,
    successes: i32,
}

/// The next probe that is worth an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Any,
    Success,
    Failure,
}

/// Whether a container takes requests.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readiness {
    Ready,
    Unready,
}

impl ProbeRun {
    fn new(health: Vec<Health>) -> Self {
        Self { health: health.into(), due_ms: 0, failures: 0, successes: 0 }
    }

    fn verdict_at(&self, at_ms: u64) -> &Verdict {
        let place = self.health.iter().rposition(|health| health.from_ms <= at_ms).unwrap_or(0);
        &self.health[place].verdict
    }

    /// When the first probe from `from_ms` on is made that finds what is wanted.
    fn next_ms(&self, probe: &Probe, from_ms: u64, wanted: Wanted) -> Option<u64> {
        let (first_ms, period_ms) =
            ((probe.initial_delay_s.max(0) as u64 * 1_000).max(FIRST_PROBE_MS), probe.period_s as u64 * 1_000);
        let tick = |at_ms: u64| first_ms + at_ms.saturating_sub(first_ms).div_ceil(period_ms) * period_ms;
        let ends = self.health.iter().skip(1).map(|health| health.from_ms).chain([u64::MAX]);
        self.health.iter().zip(ends).find_map(|(health, end_ms)| {
            let fits = match wanted {
                Wanted::Any => true,
                Wanted::Success => health.verdict == Verdict::Healthy,
                Wanted::Failure => health.verdict != Verdict::Healthy,
            };
            let at_ms = tick(health.from_ms.max(from_ms));
            (fits && at_ms < end_ms).then_some(at_ms)
        })
    }

    /// Counts one more result, made at `due_ms`; those that were passed over found the opposite of what was wanted.
    fn count(&mut self, probe: &Probe, previous_ms: u64, verdict: &Verdict) {
        let is_next = self.due_ms.saturating_sub(previous_ms) <= probe.period_s as u64 * 1_000;
        let (failures, successes) = if is_next { (self.failures, self.successes) } else { (0, 0) };
        (self.failures, self.successes) =
            if *verdict == Verdict::Healthy { (0, successes + 1) } else { (failures + 1, 0) };
    }
}

impl Worker<'_, '_> {
    /// A container has just started: its startup probe comes first, the others when it has succeeded.
    pub fn begin_probes(&mut self, place: usize) {
        let container = self.container(place);
        if container.probes.is_empty() {
            return;
        }
        let probes = container.probes.clone();
        let Some(record) = &self.runtime.containers[place].runs[0] else { return };
        let run_of =
            |probe| ProbeRun::new(self.turn.workloads.health(&self.pod, &self.runtime.ticket, &record.run, probe));
        self.runtime.containers[place].probes = probes.iter().map(run_of).collect();
        let has_startup = probes.iter().any(|probe| probe.kind == ProbeKind::Startup);
        for (number, probe) in probes.iter().enumerate() {
            if (probe.kind == ProbeKind::Startup) == has_startup {
                self.plan_probe(place, number, 0);
            }
        }
    }

    /// The answer of a probe is there, unless the container has changed since.
    // Models pkg/kubelet/prober/worker.go doProbe
    pub fn probe_due(&mut self, place: usize, turn: u32, number: usize) {
        let container = &self.runtime.containers[place];
        let is_asked = self.runtime.stage == Stage::Working && container.turn == turn && container.stops_from.is_none();
        let Some(probe) = self.container(place).probes.get(number).cloned().filter(|_| is_asked) else { return };
        let run = &mut self.runtime.containers[place].probes[number];
        let verdict = run.verdict_at(run.due_ms).clone();
        match &verdict {
            Verdict::Healthy if run.successes >= probe.success_threshold => self.probe_succeeded(place, &probe),
            Verdict::Healthy => {}
            Verdict::Fails(_) | Verdict::NoAnswer => self.probe_failed(place, number, &probe, &verdict),
        }
        if let RunState::Running { .. } = self.runtime.containers[place].state
            && self.runtime.containers[place].stops_from.is_none()
        {
            let is_over = probe.kind == ProbeKind::Startup && verdict == Verdict::Healthy && self.has_started(place);
            let due_ms = self.runtime.containers[place].probes[number].due_ms;
            if !is_over {
                self.plan_probe(place, number, due_ms + 1);
            }
        }
    }

    fn probe_succeeded(&mut self, place: usize, probe: &Probe) {
        match probe.kind {
            ProbeKind::Startup => self.startup_succeeded(place),
            ProbeKind::Readiness => self.set_ready(place, Readiness::Ready),
            ProbeKind::Liveness => {}
        }
    }

    fn startup_succeeded(&mut self, place: usize) {
        let probes = self.container(place).probes.clone();
        let has_readiness = probes.iter().any(|probe| probe.kind == ProbeKind::Readiness);
        let now = self.now();
        self.write(|pod| {
            if let Some(status) = status::container_mut(pod, place) {
                (status.started, status.ready) = (true, !has_readiness);
            }
            status::refresh(pod, status::Life::GoesOn, now);
        });
        let from_ms = self.runtime.containers[place].probes.iter().map(|run| run.due_ms).max().unwrap_or(0);
        for (number, probe) in probes.iter().enumerate() {
            if probe.kind != ProbeKind::Startup {
                self.plan_probe(place, number, from_ms);
            }
        }
        if self.container(place).is_sidecar {
            self.start_next();
        }
    }

    fn probe_failed(&mut self, place: usize, number: usize, probe: &Probe, verdict: &Verdict) {
        let failures = self.runtime.containers[place].probes[number].failures;
        let output = self.output(probe, verdict);
        let message = format!("{} probe failed: {output}", probe.kind.as_str());
        self.report(EventType::Warning, EventReason::Unhealthy, message);
        if failures < probe.failure_threshold {
            return;
        }
        match probe.kind {
            ProbeKind::Readiness => self.set_ready(place, Readiness::Unready),
            ProbeKind::Startup | ProbeKind::Liveness => self.kill_for(place, probe),
        }
    }

    // Models pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions
    fn kill_for(&mut self, place: usize, probe: &Probe) {
        let container = self.container(place);
        let restarts = container.is_restartable(self.pod.template.restart_policy);
        let what = if probe.kind == ProbeKind::Startup { "startup" } else { "liveness" };
        let then = if restarts { ", will be restarted" } else { "" };
        let message = format!("Container {} failed {what} probe{then}", container.name);
        self.runtime.containers[place].after_end = AfterEnd::RestartsIfItMay;
        self.stop_one(place, probe.termination_grace_s.unwrap_or(self.pod.template.termination_grace_s), message);
    }

    fn set_ready(&mut self, place: usize, readiness: Readiness) {
        if self.readiness(place) == readiness {
            return;
        }
        let now = self.now();
        self.write(|pod| {
            if let Some(status) = status::container_mut(pod, place) {
                status.ready = readiness == Readiness::Ready;
            }
            status::refresh(pod, status::Life::GoesOn, now);
        });
    }

    fn readiness(&self, place: usize) -> Readiness {
        let pod = self.turn.api.pod(self.pod.meta.uid);
        match pod.and_then(|pod| status::container(pod, place)) {
            Some(status) if status.ready => Readiness::Ready,
            Some(_) | None => Readiness::Unready,
        }
    }

    /// Plans the next probe that may change something, made at `from_ms` after the start or later. A container that
    /// stays unready is not reported for ever.
    fn plan_probe(&mut self, place: usize, number: usize, from_ms: u64) {
        let probe = self.container(place).probes[number].clone();
        let readiness = self.readiness(place);
        let container = &mut self.runtime.containers[place];
        let Some(record) = &container.runs[0] else { return };
        let run = &mut container.probes[number];
        let wanted = match probe.kind {
            ProbeKind::Startup => Wanted::Any,
            ProbeKind::Liveness => Wanted::Failure,
            ProbeKind::Readiness if readiness == Readiness::Ready => Wanted::Failure,
            ProbeKind::Readiness if run.successes > 0 || run.failures < probe.failure_threshold => Wanted::Any,
            ProbeKind::Readiness => Wanted::Success,
        };
        let Some(due_ms) = run.next_ms(&probe, from_ms, wanted) else { return };
        let previous_ms = std::mem::replace(&mut run.due_ms, due_ms);
        let verdict = run.verdict_at(due_ms).clone();
        run.count(&probe, previous_ms, &verdict);
        let answer_ms = if verdict == Verdict::NoAnswer { probe.timeout_s as u64 * 1_000 } else { 0 };
        let event = NodeEvent::ProbeDue {
            pod: self.pod.meta.uid,
            container: place as u16,
            turn: container.turn,
            probe: number as u16,
        };
        self.turn.wakes.push((record.run.started_at.plus_ms((due_ms + answer_ms) as i64), event));
    }

    /// What a failing probe says, in the words of the kubelet's probers.
    fn output(&self, probe: &Probe, verdict: &Verdict) -> String {
        let after = format!("{}s", probe.timeout_s);
        match (verdict, &probe.action) {
            (Verdict::Fails(output), _) => output.to_string(),
            (Verdict::NoAnswer, ProbeAction::Exec(words)) => {
                format!("command timed out: {:?} timed out after {after}", words.join(" "))
            }
            (Verdict::NoAnswer, ProbeAction::Network(target)) => {
                let address = format!("{}{target}", self.pod.ip().unwrap_or_default());
                if target.contains('/') {
                    let late = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
                    format!("Get \"http://{address}\": {late}")
                } else {
                    format!("dial tcp {address}: i/o timeout")
                }
            }
            (Verdict::Healthy, _) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_probe_is_found_without_making_all_of_them() {
        let probe = Probe {
            kind: ProbeKind::Liveness,
            action: ProbeAction::Network("".into()),
            initial_delay_s: 5,
            period_s: 10,
            timeout_s: 1,
            failure_threshold: 3,
            success_threshold: 1,
            termination_grace_s: None,
        };
        let run = ProbeRun::new(vec![
            Health { from_ms: 0, verdict: Verdict::Healthy },
            Health { from_ms: 16_000, verdict: Verdict::NoAnswer },
            Health { from_ms: 20_000, verdict: Verdict::Healthy },
            Health { from_ms: 1_000_000, verdict: Verdict::NoAnswer },
        ]);
        for (from_ms, wanted, due_ms) in [
            (0, Wanted::Any, Some(5_000)),
            (5_001, Wanted::Any, Some(15_000)),
            (0, Wanted::Failure, Some(1_005_000)),
            (1_005_001, Wanted::Failure, Some(1_015_000)),
            (15_001, Wanted::Success, Some(25_000)),
            (1_000_000, Wanted::Success, None),
        ] {
            assert_eq!(run.next_ms(&probe, from_ms, wanted), due_ms, "{from_ms}");
        }
    }
}
