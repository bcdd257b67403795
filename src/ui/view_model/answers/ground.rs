//! What each reason of a controller stands on: the field of the manifest that decides, and the function of Kubernetes
//! that has the rule. Tables over the closed lists of reasons; no object is looked at here.

use crate::controllers::cronjob::Reason as CronReason;
use crate::controllers::job::{DeleteCause, Reason};
use crate::ui::words::Upstream;

/// A field of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// No field has a say.
    None,
    /// In the spec of a Job, or of what else makes pods.
    Spec(&'static str),
    /// A rule of a policy of the Job.
    Rule(&'static str, u32),
    /// In the spec of its pods.
    Pod(&'static str),
    /// Of the container with that place in that list.
    Container(&'static str, usize, &'static str),
    /// In the spec of a CronJob.
    CronJob(&'static str),
}

/// What a reason is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// How many pods there may be now.
    Seats,
    /// Pods were created.
    Create,
    /// Pods were deleted.
    Delete,
    /// The end of the Job was decided.
    End,
    /// The end is decided, and something has to happen first.
    Ending,
    /// What has ended is counted.
    Count,
    /// All else.
    Life,
}

/// What a reason is about and stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ground {
    pub topic: Topic,
    pub field: Field,
    pub upstream: Upstream,
}

/// The ground of a reason of the Job controller.
pub fn ground(reason: &Reason) -> Ground {
    use Topic::{Count, Create, End, Ending, Life, Seats};
    let (topic, field, upstream) = match reason {
        Reason::Started => (Life, Field::None, Upstream::SyncJob),
        Reason::Resumed => (Life, Field::Spec("suspend"), Upstream::SyncJob),
        Reason::ConditionSet { .. } => (Life, Field::None, Upstream::EnactJobFinished),
        Reason::DeadlineAhead { .. } => (Life, Field::Spec("activeDeadlineSeconds"), Upstream::SyncJob),
        Reason::PodsSucceeded { .. } => (Count, Field::Spec("completions"), Upstream::TrackJobStatus),
        Reason::PodsFailed { .. } => (Count, Field::Spec("backoffLimit"), Upstream::TrackJobStatus),
        Reason::CountedPods { .. } | Reason::UncountedLimit { .. } => (Count, Field::None, Upstream::TrackJobStatus),
        Reason::BackoffReset => (Count, Field::None, Upstream::RemainingTime),
        Reason::FailuresKept { .. } => (Count, Field::Spec("backoffLimitPerIndex"), Upstream::TrackJobStatus),
        Reason::PolicyMatched { rule, .. } => (Count, Field::Rule("podFailurePolicy", *rule), Upstream::FailurePolicy),
        Reason::IndexesFailed { .. } => (Count, Field::Spec("backoffLimitPerIndex"), Upstream::FailedIndexes),
        Reason::ExpectationsPending { .. } | Reason::CacheBehind => (Seats, Field::None, Upstream::Expectations),
        Reason::WantActive { remaining: Some(remaining), parallelism, .. } if remaining < parallelism => {
            (Seats, Field::Spec("completions"), Upstream::ManageJob)
        }
        Reason::WantActive { .. } => (Seats, Field::Spec("parallelism"), Upstream::ManageJob),
        Reason::EnoughActive => (Life, Field::Spec("parallelism"), Upstream::ManageJob),
        Reason::WorkQueueDraining { .. } => (Seats, Field::Spec("completions"), Upstream::ManageJob),
        Reason::Backoff { .. } => (Seats, Field::Pod("restartPolicy"), Upstream::RemainingTime),
        Reason::BackoffPerIndex { .. } => (Seats, Field::Spec("backoffLimitPerIndex"), Upstream::RemainingTimePerIndex),
        Reason::NoIndexLeft => (Seats, Field::Spec("completions"), Upstream::FirstPendingIndexes),
        Reason::WaitsForReplacement { .. } => {
            (Seats, Field::Spec("podReplacementPolicy"), Upstream::OnlyReplaceFailedPods)
        }
        Reason::CreatedPods { .. } => (Create, Field::Spec("parallelism"), Upstream::ManageJob),
        Reason::PerSyncLimit { .. } => (Create, Field::Spec("parallelism"), Upstream::ManageJob),
        Reason::CallFailed { .. } => (Seats, Field::None, Upstream::SyncJob),
        Reason::DeletedPods { because, .. } => deletion(*because),
        Reason::Suspended => (Seats, Field::Spec("suspend"), Upstream::ManageJob),
        Reason::JobDeleting { .. } => (Seats, Field::None, Upstream::SyncJob),
        Reason::ManagedElsewhere { .. } => (Seats, Field::Spec("managedBy"), Upstream::ManagedByExternal),
        Reason::CompletionModeSkipped { .. } => (Seats, Field::Spec("completionMode"), Upstream::SyncJob),
        Reason::BackoffLimitExceeded { .. } => (End, Field::Spec("backoffLimit"), Upstream::SyncJob),
        Reason::RestartsReachedLimit { .. } => (End, Field::Spec("backoffLimit"), Upstream::PastBackoffLimitOnFailure),
        Reason::DeadlineExceeded { .. } => (End, Field::Spec("activeDeadlineSeconds"), Upstream::PastActiveDeadline),
        Reason::MaxFailedIndexesExceeded { .. } => (End, Field::Spec("maxFailedIndexes"), Upstream::SyncJob),
        Reason::AllIndexesEnded { .. } => (End, Field::Spec("backoffLimitPerIndex"), Upstream::SyncJob),
        Reason::PolicyFailsJob { .. } => (End, Field::Spec("podFailurePolicy"), Upstream::FailurePolicy),
        Reason::SuccessPolicyMet { rule, .. } => (End, Field::Rule("successPolicy", *rule), Upstream::SuccessPolicy),
        Reason::CompletionsReached { .. } => (End, Field::Spec("completions"), Upstream::SyncJob),
        Reason::FailureTargetSet { .. } | Reason::SuccessCriteriaSet { .. } => (Ending, Field::None, Upstream::SyncJob),
        Reason::WaitsForActivePods { .. } => (Ending, Field::None, Upstream::SyncJob),
        Reason::WaitsForUncounted { .. } => (Ending, Field::None, Upstream::TrackJobStatus),
        Reason::WaitsForTerminating { .. } => {
            (Ending, Field::Pod("terminationGracePeriodSeconds"), Upstream::DelayTerminalCondition)
        }
    };
    Ground { topic, field, upstream }
}

fn deletion(because: DeleteCause) -> (Topic, Field, Upstream) {
    let (field, upstream) = match because {
        DeleteCause::TooMany => (Field::Spec("parallelism"), Upstream::ManageJob),
        DeleteCause::NoSuchIndex | DeleteCause::DoubleIndex => (Field::Spec("completions"), Upstream::ManageJob),
        DeleteCause::Suspended => (Field::Spec("suspend"), Upstream::ManageJob),
        DeleteCause::JobFailed => (Field::Spec("backoffLimit"), Upstream::DeleteActivePods),
        DeleteCause::JobSucceeded => (Field::Spec("successPolicy"), Upstream::DeleteActivePods),
    };
    (Topic::Delete, field, upstream)
}

/// The field and the function behind a reason of the CronJob controller.
pub fn cron_ground(reason: &CronReason) -> (Field, Upstream) {
    match reason {
        CronReason::DeletedHistory { .. } => {
            (Field::CronJob("successfulJobsHistoryLimit"), Upstream::CleanupFinishedJobs)
        }
        CronReason::JobFinished { .. }
        | CronReason::JobMissing { .. }
        | CronReason::UnexpectedJob { .. }
        | CronReason::Deleting
        | CronReason::JobExists { .. }
        | CronReason::CallFailed { .. } => (Field::None, Upstream::SyncCronJob),
        CronReason::Suspended => (Field::CronJob("suspend"), Upstream::SyncCronJob),
        CronReason::UnknownTimeZone { .. } => (Field::CronJob("timeZone"), Upstream::SyncCronJob),
        CronReason::UnreadableSchedule { .. }
        | CronReason::InvalidSchedule { .. }
        | CronReason::StartedJob { .. }
        | CronReason::AlreadyStarted { .. } => (Field::CronJob("schedule"), Upstream::SyncCronJob),
        CronReason::NotYet { .. } => (Field::CronJob("schedule"), Upstream::NextScheduleTime),
        CronReason::MissedDeadline { .. } => (Field::CronJob("startingDeadlineSeconds"), Upstream::SyncCronJob),
        CronReason::MissedStarts { .. } | CronReason::TooManyMissed { .. } => {
            (Field::CronJob("startingDeadlineSeconds"), Upstream::MostRecentScheduleTime)
        }
        CronReason::SkippedForbid { .. } | CronReason::Replaced { .. } => {
            (Field::CronJob("concurrencyPolicy"), Upstream::SyncCronJob)
        }
    }
}
