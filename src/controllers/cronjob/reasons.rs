//! Why the CronJob controller did what it did, as values with their operands. Nothing here decides anything.

use crate::api::{JobConditionType, Uid};
use crate::sim::Time;
use std::rc::Rc;

/// One sync of one CronJob: what was found, what was done, and why.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct CronJobSync {
    /// Counts the syncs of all CronJobs, from 1.
    pub number: u32,
    pub at: Time,
    pub cron_job: Uid,
    pub cron_job_name: Rc<str>,
    pub reasons: Vec<Reason>,
}

/// One reason, in the order in which the controller came upon it.
#[derive(Clone, Debug, PartialEq, Hash)]
pub enum Reason {
    /// A Job beyond the `limit` that the history keeps was deleted.
    DeletedHistory { job: Rc<str>, limit: i32 },
    /// An active Job has finished.
    JobFinished { job: Rc<str>, condition: JobConditionType },
    /// An active Job is there no more.
    JobMissing { job: Rc<str> },
    /// There is an unfinished Job of this CronJob that it does not remember.
    UnexpectedJob { job: Rc<str> },
    /// The CronJob is being deleted: nothing starts.
    Deleting,
    /// The CronJob is suspended: nothing starts.
    Suspended,
    /// The time zone is not known: nothing starts.
    UnknownTimeZone { zone: Rc<str> },
    /// The schedule cannot be read: nothing starts.
    UnreadableSchedule { complaint: Rc<str> },
    /// The schedule can be read but makes no sense, such as 31 February.
    InvalidSchedule { complaint: Rc<str> },
    /// Nothing is due; the next start is at that moment, unless there is none.
    NotYet { next: Option<Time> },
    /// A start was due `late_ms` ago, for longer than the `deadline_s` by which it may be late.
    MissedDeadline { scheduled: Time, late_ms: i64, deadline_s: i64 },
    /// About so many starts were missed; only the latest is made up for.
    MissedStarts { count: i64 },
    /// As [`MissedStarts`](Self::MissedStarts), but more than 100, of which the controller warns.
    TooManyMissed { count: i64 },
    /// The Job of the latest start was created before.
    AlreadyStarted { scheduled: Time },
    /// The start is skipped because so many Jobs are active and the policy is Forbid.
    SkippedForbid { scheduled: Time, active: u32 },
    /// An active Job was deleted because the policy is Replace.
    Replaced { job: Rc<str> },
    /// A Job was created.
    StartedJob { scheduled: Time, job: Rc<str> },
    /// The Job to be created exists already, and is this CronJob's or not.
    JobExists { job: Rc<str>, owner: JobOwner },
    /// An API call failed; the CronJob is tried again.
    CallFailed { call: ApiCall, error: Rc<str> },
}

impl Reason {
    /// Whether it says no more than that all goes its way.
    pub(super) fn is_quiet(&self) -> bool {
        matches!(self, Self::NotYet { .. } | Self::AlreadyStarted { .. })
    }
}

/// Whose a Job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobOwner {
    ThisCronJob,
    Other,
}

/// The calls the CronJob controller makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApiCall {
    GetCronJob,
    GetJob,
    CreateJob,
    DeleteJob,
    UpdateStatus,
}
