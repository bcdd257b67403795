//! Why the Job controller did what it did, as values with their operands. The page puts them into words; tests
//! compare them. Nothing here decides anything.

use crate::api::job::JobConditionType;
use crate::api::policy::{ExitCodeOperator, PodFailureAction};
use crate::api::{PodPhase, Propagation, Uid};
use crate::sim::Time;
use std::rc::Rc;

/// One sync of one Job: what was found, what was done, and why.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct SyncRecord {
    /// Counts the syncs of all Jobs, from 1.
    pub number: u32,
    pub at: Time,
    pub job: Uid,
    pub job_name: Rc<str>,
    pub reasons: Vec<Reason>,
}

/// One reason, in the order in which the controller came upon it.
#[derive(Clone, Debug, PartialEq, Hash)]
pub enum Reason {
    /// The Job's clock starts (again).
    Started,
    /// Pods that have succeeded since the last sync. `succeeded` counts them in.
    PodsSucceeded { new: u32, succeeded: i32, completions: Option<i32> },
    /// A success ends the row of failures, and with it the back-off.
    BackoffReset,
    /// Pods that have failed since the last sync and count. `failed` counts them in.
    PodsFailed { pods: Vec<FailedPod>, more: u32, failed: i32, backoff_limit: i32 },
    /// Pods that have failed but are counted only when their index has a new pod, which takes over their failures.
    FailuresKept { pods: Vec<FailedPod>, more: u32 },
    /// The rule of the pod failure policy with that place dealt with `pods` failures; `found` is of the first.
    PolicyMatched { rule: u32, found: PolicyMatch, action: PodFailureAction, pods: u32 },
    /// Indexes that get no new pod any more.
    IndexesFailed { indexes: Vec<FailedIndex>, more: u32, limit: i32 },
    /// What the controller last did has not shown up in its cache yet, so it creates and deletes nothing now.
    ExpectationsPending { creations: i64, deletions: i64 },
    /// The cache does not show yet what the controller has written for this Job, so it does nothing now.
    CacheBehind,
    /// How many pods should be active. `remaining`: successes still needed (`None` for a work queue).
    WantActive { want: i32, active: i32, terminating: i32, remaining: Option<i32>, parallelism: i32 },
    /// A pod of a work queue has succeeded: the others may end, none is added.
    WorkQueueDraining { active: i32 },
    /// Enough pods are there.
    EnoughActive,
    /// New pods wait: after `failures` in a row the delay is `delay_ms`, of which `remaining_ms` are left.
    Backoff { failures: i32, delay_ms: i64, remaining_ms: i64 },
    /// `count` indexes wait for their own back-off, the first of them listed; one is free in `remaining_ms`.
    BackoffPerIndex { count: u32, indexes: Vec<u32>, remaining_ms: i64 },
    /// Pods are wanted, but every index has one or has ended.
    NoIndexLeft,
    /// Pods being deleted must have ended before they are replaced.
    WaitsForReplacement { terminating: i32 },
    /// `count` pods were created; `indexes` lists the first of them for an Indexed Job.
    CreatedPods { count: u32, names: Vec<Rc<str>>, indexes: Vec<u32> },
    /// At most this many pods are created or deleted in one sync; the rest comes next.
    PerSyncLimit { limit: u32 },
    /// `count` pods were deleted; `indexes` lists the first of them for an Indexed Job.
    DeletedPods { count: u32, indexes: Vec<u32>, because: DeleteCause },
    /// The Job is suspended: no pods.
    Suspended,
    /// The Job runs again after a suspension.
    Resumed,
    /// The Job is being deleted: nothing is created.
    JobDeleting { propagation: Propagation },
    /// More pods have failed than the limit allows.
    BackoffLimitExceeded { failed: i32, backoff_limit: i32 },
    /// Containers that restart in place have used up the limit.
    RestartsReachedLimit { restarts: i32, backoff_limit: i32 },
    /// The Job has been active for longer than it may.
    DeadlineExceeded { active_ms: i64, deadline_s: i64 },
    /// The Job may be active for this much longer.
    DeadlineAhead { remaining_ms: i64, deadline_s: i64 },
    /// More indexes have failed than may.
    MaxFailedIndexesExceeded { failed_indexes: u32, max_failed_indexes: i32 },
    /// Every index has ended, some failed.
    AllIndexesEnded { failed_indexes: u32, succeeded_indexes: u32 },
    /// A pod failure policy rule fails the whole Job.
    PolicyFailsJob { message: Rc<str> },
    /// An earlier sync has decided that the Job fails.
    FailureTargetSet { reason: Rc<str> },
    /// An earlier sync has decided that the Job has succeeded.
    SuccessCriteriaSet { reason: Rc<str> },
    /// A success policy rule is met.
    SuccessPolicyMet { rule: u32, indexes: Option<Rc<str>>, count: Option<i32>, succeeded: Rc<str> },
    /// Enough pods have succeeded and none is active.
    CompletionsReached { succeeded: i32, completions: Option<i32> },
    /// The end is decided, but pods still have to be deleted or to show up first.
    WaitsForActivePods { active: i32 },
    /// The end is decided, but ended pods are not in the counters yet.
    WaitsForUncounted { uncounted: u32 },
    /// The end is decided, but pods are still on their way out.
    WaitsForTerminating { terminating: i32 },
    /// Ended pods were put into the counters and let go.
    CountedPods { succeeded: u32, failed: u32 },
    /// So many ended pods are counted at a time; the rest comes next.
    UncountedLimit { limit: u32 },
    /// A condition became true (or false).
    ConditionSet { kind: JobConditionType, reason: Rc<str> },
    /// An API call failed; the Job is tried again.
    CallFailed { call: ApiCall, error: Rc<str> },
    /// The Job is managed by another controller.
    ManagedElsewhere { manager: Rc<str> },
    /// A completion mode this controller does not know, or one that is switched off.
    CompletionModeSkipped { mode: Rc<str> },
}

/// A pod that failed, and how.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct FailedPod {
    pub name: Rc<str>,
    pub index: Option<u32>,
    pub phase: PodPhase,
    /// Of the first container that did not exit with 0.
    pub exit_code: Option<i32>,
}

/// What in a failed pod a rule of the pod failure policy matched.
#[derive(Clone, Debug, PartialEq, Hash)]
pub enum PolicyMatch {
    ExitCode { container: Rc<str>, exit_code: i32, operator: ExitCodeOperator },
    Condition(Rc<str>),
}

/// An index that has failed, and how often its pods have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FailedIndex {
    pub index: u32,
    pub failures: i32,
}

/// Why pods were deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeleteCause {
    TooMany,
    /// The Job has no such index (any more).
    NoSuchIndex,
    /// Their index has another pod.
    DoubleIndex,
    Suspended,
    JobFailed,
    JobSucceeded,
}

/// The calls the Job controller makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApiCall {
    CreatePod,
    DeletePod,
    RemoveFinalizer,
    UpdateStatus,
    AdoptPod,
}
