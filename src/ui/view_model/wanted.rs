//! How many pods a Job would have active now, if nothing held it back: what the seats on the stage show.

use crate::api::{Job, JobConditionType};
use crate::cluster::{BackoffView, Cluster};
use crate::controllers::job::Reason;
use crate::controllers::job::rules::Intervals;

/// What a Job wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Pods that should be active.
    pub active: i32,
    /// Successes still needed, or indexes that have not ended; `None` when `completions` is unset.
    pub remaining: Option<i32>,
}

/// What `job` wants, going by its spec and status alone.
pub fn wanted(job: &Job) -> Wanted {
    let remaining =
        job.spec.completions.map(|completions| (completions - job.status.succeeded - failed_indexes(job)).max(0));
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

/// The back-off that the Job's next pod waits for: none is wanted once the Job has ended, or is suspended or deleted.
pub fn next_backoff(cluster: &Cluster, job: &Job) -> Option<BackoffView> {
    running_backoff(cluster, job).filter(|_| wanted(job).active > job.status.active)
}

/// The Job's back-off that is not over, whether a pod waits for it or not.
pub fn running_backoff(cluster: &Cluster, job: &Job) -> Option<BackoffView> {
    cluster.job_queue(job.meta.uid).backoff.filter(|backoff| backoff.until > cluster.now())
}

/// How many pods had failed when that was found to be more than `backoffLimit`: those that were stopped because of it,
/// and count as failed too, came later.
pub fn failed_at_limit(cluster: &Cluster, job: &Job) -> Option<i32> {
    let mut decisions = cluster.decisions().iter().rev().filter(|decision| decision.job == job.meta.uid);
    decisions.find_map(|decision| {
        decision.reasons.iter().find_map(|reason| {
            if let Reason::BackoffLimitExceeded { failed, .. } = reason { Some(*failed) } else { None }
        })
    })
}

/// How many indexes get no new pod any more.
pub fn failed_indexes(job: &Job) -> i32 {
    let indexes = job.status.failed_indexes.as_deref().unwrap_or_default();
    i32::try_from(Intervals::parse(indexes, i32::MAX).total()).unwrap_or(0)
}
