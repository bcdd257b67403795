//! How probes find a run of a container: from which moment on they succeed, fail, or get no answer. An exec probe is
//! really run, beside the container's script and among the files that it makes; all others go by whether the run hangs.

use super::behaviour::Behaviour;
use super::shell::{self, Outcome, Record};
use super::{RunContext, RunPlan};
use crate::api::pod::{Probe, ProbeAction};
use std::rc::Rc;

/// So many changes of a container's files are looked at.
const MAX_CHANGES: usize = 64;

/// What a probe finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Healthy,
    /// It fails, with that output.
    Fails(Rc<str>),
    /// There is no answer in time.
    NoAnswer,
}

/// What a probe finds from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Milliseconds since the start of the run.
    pub from_ms: u64,
    pub verdict: Verdict,
}

/// What that probe finds in the course of a run: the first entry is for its start, each holds until the next.
pub(super) fn health(behaviour: &Behaviour, run: &RunContext, plan: &RunPlan, probe: &Probe) -> Vec<Health> {
    let mut health = match (&probe.action, behaviour) {
        (ProbeAction::Exec(words), Behaviour::Script(script)) => {
            by_files(words, run, &script.record(run, None), probe.timeout_s)
        }
        (ProbeAction::Exec(_) | ProbeAction::Network(_), _) => Vec::new(),
    };
    if health.is_empty() {
        health.push(Health { from_ms: 0, verdict: Verdict::Healthy });
    }
    if let Some(stuck_after_ms) = plan.stuck_after_ms {
        health.retain(|health| health.from_ms < stuck_after_ms);
        health.push(Health { from_ms: stuck_after_ms, verdict: Verdict::NoAnswer });
    }
    health
}

fn by_files(words: &[Rc<str>], run: &RunContext, record: &Record, timeout_s: i32) -> Vec<Health> {
    if record.outcome == Some(Outcome::Unknown) {
        return Vec::new();
    }
    let words: Vec<&str> = words.iter().map(|word| &**word).collect();
    let mut health: Vec<Health> = Vec::new();
    let moments = std::iter::once(0).chain(record.files.iter().map(|change| change.at_ms));
    for from_ms in moments.take(MAX_CHANGES) {
        let verdict = verdict(&shell::run_beside(&words, run, &record.files, from_ms), timeout_s);
        match health.last_mut() {
            Some(last) if last.verdict == verdict => {}
            Some(last) if last.from_ms == from_ms => last.verdict = verdict,
            _ => health.push(Health { from_ms, verdict }),
        }
    }
    health
}

fn verdict(record: &Record, timeout_s: i32) -> Verdict {
    match record.outcome {
        Some(Outcome::Ended { after_ms, .. }) if after_ms > timeout_s as u64 * 1_000 => Verdict::NoAnswer,
        Some(Outcome::Ended { code: 0, .. } | Outcome::Unknown | Outcome::CutOff) | None => Verdict::Healthy,
        Some(Outcome::Ended { .. }) => {
            let output: String = record.log.iter().map(|(_, text)| text.as_str()).collect();
            Verdict::Fails(output.into())
        }
        Some(Outcome::Forever) => Verdict::NoAnswer,
    }
}
