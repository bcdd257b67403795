//! The TTL-after-finished controller: it deletes a Job, and with it its pods, `ttlSecondsAfterFinished` seconds after the
//! Job has ended. It knows Jobs and the API server, and nothing of the Job controller nor of the garbage collector.

use crate::api::job::JobList;
use crate::api::{ConditionStatus, Job, JobConditionType, Propagation, Uid};
use crate::apiserver::{ApiError, ApiServer, Change};
use crate::client::WorkQueue;
use crate::sim::Time;

/// The controller: its informer's Jobs and its queue.
// Models pkg/controller/ttlafterfinished/ttlafterfinished_controller.go
#[derive(Clone, Debug, Default)]
pub struct TtlAfterFinished {
    jobs: JobList,
    queue: WorkQueue,
}

impl TtlAfterFinished {
    /// Hears of a change of a Job.
    // Models pkg/controller/ttlafterfinished/ttlafterfinished_controller.go addJob, updateJob
    pub fn on_job(&mut self, change: &Change<Job>) {
        match (&change.new, &change.old) {
            (Some(job), _) => {
                if is_wanted(job) {
                    self.queue.add(job.meta.uid);
                }
                self.jobs.put(job.clone());
            }
            (None, Some(old)) => self.jobs.remove(old.meta.uid),
            (None, None) => {}
        }
    }

    /// When there is work: `now` when there is already, `None` when none is in sight.
    pub fn next_due(&self, now: Time) -> Option<Time> {
        self.queue.next_due(now)
    }

    /// Takes the next Job that is due and deletes it, if its time is over.
    // Models pkg/controller/ttlafterfinished/ttlafterfinished_controller.go processNextWorkItem, handleErr
    pub fn work(&mut self, now: Time, api: &mut ApiServer) {
        let Some(job) = self.queue.take(now) else { return };
        match self.process(job, now, api) {
            Ok(()) => self.queue.forget(job),
            Err(_) => self.queue.add_rate_limited(job, now),
        }
    }

    /// The cached Job may be old, so before it is deleted the stored one is asked too. That one is the same Job: they are
    /// known by uid here, which is the precondition that upstream deletes with.
    // Models pkg/controller/ttlafterfinished/ttlafterfinished_controller.go processJob
    fn process(&mut self, uid: Uid, now: Time, api: &mut ApiServer) -> Result<(), String> {
        let cached = self.jobs.get(uid).cloned();
        if !self.has_expired(cached.as_deref(), now)? || !self.has_expired(api.job(uid).map(|job| &**job), now)? {
            return Ok(());
        }
        api.delete_job(uid, Propagation::Foreground).map_err(|error: ApiError| error.to_string())
    }

    /// Whether the Job's time is over. One whose time is still to come is queued for then.
    // Models pkg/controller/ttlafterfinished/ttlafterfinished_controller.go processTTL
    fn has_expired(&mut self, job: Option<&Job>, now: Time) -> Result<bool, String> {
        let Some(job) = job.filter(|job| is_wanted(job)) else { return Ok(false) };
        let left_ms = time_left(job, now)?.left_ms;
        if left_ms > 0 {
            self.queue.add_after(job.meta.uid, left_ms, now);
        }
        Ok(left_ms <= 0)
    }
}

/// How long a finished Job may still be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLeft {
    /// Milliseconds; zero or less when its time is over.
    pub left_ms: i64,
    pub expires_at: Time,
}

/// Whether the Job has ended and has a TTL.
// Models pkg/controller/ttlafterfinished/ttlafterfinished_controller.go needsCleanup
pub fn needs_cleanup(job: &Job) -> bool {
    job.spec.ttl_after_finished_s.is_some() && job.is_finished()
}

/// How long the Job may still be there. A Job that has ended later than `now`, by a clock that is ahead of ours, gets its
/// whole TTL and that difference too.
///
/// # Errors
/// When the Job is not to be deleted, or nothing tells when it ended.
// Models pkg/controller/ttlafterfinished/ttlafterfinished_controller.go timeLeft, getFinishAndExpireTime, jobFinishTime
pub fn time_left(job: &Job, now: Time) -> Result<TimeLeft, String> {
    let Some(ttl_s) = job.spec.ttl_after_finished_s.filter(|_| job.is_finished()) else {
        return Err(format!("job {} should not be cleaned up", job.meta.key()));
    };
    let ended = job.status.conditions.iter().find(|condition| {
        matches!(condition.kind, JobConditionType::Complete | JobConditionType::Failed)
            && condition.status == ConditionStatus::True
    });
    let finished_at = ended
        .and_then(|condition| condition.last_transition_time)
        .ok_or_else(|| format!("unable to find the time when the Job {} finished", job.meta.key()))?;
    let expires_at = finished_at.plus_seconds(i64::from(ttl_s));
    Ok(TimeLeft { left_ms: expires_at.ms_since(now), expires_at })
}

/// Not being deleted yet, but to be.
fn is_wanted(job: &Job) -> bool {
    job.meta.deletion_time.is_none() && needs_cleanup(job)
}
