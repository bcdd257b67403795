//! How many pods a Job would have active now, if nothing held it back: what the seats on the stage show.

use crate::api::{Job, JobConditionType};

/// What a Job wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Pods that should be active.
    pub active: i32,
    /// Successes still needed; `None` when `completions` is unset.
    pub remaining: Option<i32>,
}

/// What `job` wants, going by its spec and status alone.
pub fn wanted(job: &Job) -> Wanted {
    let remaining = job.spec.completions.map(|completions| (completions - job.status.succeeded).max(0));
    let ending = [JobConditionType::FailureTarget, JobConditionType::SuccessCriteriaMet];
    let idle = job.is_finished()
        || job.spec.suspend
        || job.meta.deletion_time.is_some()
        || job.external_manager().is_some()
        || ending.into_iter().any(|kind| job.has_condition(kind));
    let active = match remaining {
        _ if idle => 0,
        Some(remaining) => remaining.min(job.spec.parallelism),
        None if job.status.succeeded > 0 => job.status.active,
        None => job.spec.parallelism,
    };
    Wanted { active, remaining }
}
