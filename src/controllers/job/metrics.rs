//! The counters of the Job controller, by upstream's names and labels. They only count: nothing is decided by them,
//! and they go with the controller's memory.

use super::context::SyncContext;
use super::indexes::Intervals;
use super::pods::{has_backoff_limit_per_index, has_tracking_finalizer};
use crate::api::policy::PodFailureAction;
use crate::api::{Gate, Gates, Job, JobCondition, JobConditionType, Pod, PodReplacementPolicy, Text};

const SUCCEEDED: &str = "succeeded";
const FAILED: &str = "failed";

/// What is counted.
// Models pkg/controller/job/metrics/metrics.go
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    JobFinishedIndexes,
    JobPodsCreation,
    JobPodsFinished,
    JobSyncs,
    JobsByExternalController,
    JobsFinished,
    PodFailuresHandledByFailurePolicy,
    TerminatedPodsTrackingFinalizer,
}

impl Metric {
    pub fn name(self) -> &'static str {
        match self {
            Self::JobFinishedIndexes => "job_finished_indexes_total",
            Self::JobPodsCreation => "job_pods_creation_total",
            Self::JobPodsFinished => "job_pods_finished_total",
            Self::JobSyncs => "job_syncs_total",
            Self::JobsByExternalController => "jobs_by_external_controller_total",
            Self::JobsFinished => "jobs_finished_total",
            Self::PodFailuresHandledByFailurePolicy => "pod_failures_handled_by_failure_policy_total",
            Self::TerminatedPodsTrackingFinalizer => "terminated_pods_tracking_finalizer_total",
        }
    }

    /// The names of its labels, in the order in which their values are given.
    pub fn labels(self) -> &'static [&'static str] {
        match self {
            Self::JobFinishedIndexes => &["status", "backoffLimit"],
            Self::JobPodsCreation => &["reason", "status"],
            Self::JobPodsFinished => &["completion_mode", "result"],
            Self::JobSyncs => &["completion_mode", "result", "action"],
            Self::JobsByExternalController => &["controller_name"],
            Self::JobsFinished => &["completion_mode", "result", "reason"],
            Self::PodFailuresHandledByFailurePolicy => &["action"],
            Self::TerminatedPodsTrackingFinalizer => &["event"],
        }
    }
}

/// What a sync did to pods, as syncs are counted by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncAction {
    Reconciling,
    Tracking,
    PodsCreated,
    PodsDeleted,
}

impl SyncAction {
    fn as_str(self) -> &'static str {
        match self {
            Self::Reconciling => "reconciling",
            Self::Tracking => "tracking",
            Self::PodsCreated => "pods_created",
            Self::PodsDeleted => "pods_deleted",
        }
    }
}

/// All counters that have counted something.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    /// In the order of their first counting; there are few.
    counts: Vec<(Metric, Vec<Text>, u64)>,
}

/// The parts of a status from which finished pods are counted.
#[derive(Clone, Debug)]
pub struct FinishedCounts {
    succeeded: i32,
    failed: i32,
    completed_indexes: String,
    failed_indexes: String,
}

impl FinishedCounts {
    pub fn of(job: &Job) -> Self {
        let status = &job.status;
        Self {
            succeeded: status.succeeded,
            failed: status.failed,
            completed_indexes: status.completed_indexes.clone(),
            failed_indexes: status.failed_indexes.clone().unwrap_or_default(),
        }
    }
}

impl Metrics {
    /// The count of a metric under those values of its labels.
    pub fn count(&self, name: &str, labels: &[&str]) -> u64 {
        let mut series = self.counts.iter();
        let found = series.find(|(metric, values, _)| metric.name() == name && values.iter().eq(labels));
        found.map_or(0, |(_, _, count)| *count)
    }

    /// Everything that has been counted, by metric and values of its labels.
    pub fn iter(&self) -> impl Iterator<Item = (Metric, &[Text], u64)> {
        self.counts.iter().map(|(metric, labels, count)| (*metric, labels.as_slice(), *count))
    }

    /// Adds what another controller has counted, such as the one before a restart.
    pub fn absorb(&mut self, other: &Self) {
        for (metric, labels, count) in &other.counts {
            self.add(*metric, labels.clone(), *count);
        }
    }

    fn add(&mut self, metric: Metric, labels: impl IntoIterator<Item = Text>, count: impl TryInto<u64>) {
        let count = count.try_into().unwrap_or(0);
        if count == 0 {
            return;
        }
        let labels: Vec<Text> = labels.into_iter().collect();
        match self.counts.iter_mut().find(|(known, values, _)| *known == metric && *values == labels) {
            Some((_, _, counted)) => *counted += count,
            None => self.counts.push((metric, labels, count)),
        }
    }

    /// Counts the pods and indexes that have ended since `before`. An index that is out of range by now does not count.
    // Models pkg/controller/job/job_controller.go recordJobPodFinished
    pub(super) fn pods_finished(&mut self, job: &Job, before: &FinishedCounts, gates: &Gates) {
        let (mode, after) = (completion_mode(job), FinishedCounts::of(job));
        let mut succeeded = after.succeeded - before.succeeded;
        if job.is_indexed() {
            let completions = job.spec.completions.unwrap_or(0);
            let grown = |now: &str, before: &str| {
                let total = |text| Intervals::parse(text, completions).total() as i32;
                if now == before { 0 } else { total(now) - total(before) }
            };
            succeeded = grown(&after.completed_indexes, &before.completed_indexes);
            let per_index = has_backoff_limit_per_index(job, gates);
            let limit = if per_index { "perIndex" } else { "global" };
            self.add(Metric::JobFinishedIndexes, [SUCCEEDED.into(), limit.into()], succeeded);
            if per_index {
                let failed = grown(&after.failed_indexes, &before.failed_indexes);
                self.add(Metric::JobFinishedIndexes, [FAILED.into(), limit.into()], failed);
            }
        }
        self.add(Metric::JobPodsFinished, [mode.into(), SUCCEEDED.into()], succeeded);
        self.add(Metric::JobPodsFinished, [mode.into(), FAILED.into()], after.failed - before.failed);
    }

    // Models pkg/controller/job/job_controller.go recordJobFinished
    pub(super) fn job_finished(&mut self, job: &Job, condition: &JobCondition) {
        let result = if condition.kind == JobConditionType::Complete { SUCCEEDED } else { FAILED };
        let labels = [completion_mode(job).into(), result.into(), condition.reason.clone()];
        self.add(Metric::JobsFinished, labels, 1_u64);
    }

    // Models pkg/controller/job/job_controller.go recordJobPodFailurePolicyActions
    pub(super) fn failures_handled(&mut self, actions: &[PodFailureAction]) {
        for action in actions {
            self.add(Metric::PodFailuresHandledByFailurePolicy, [action.as_str().to_owned().into()], 1_u64);
        }
    }

    // Models pkg/controller/job/job_controller.go recordJobPodsCreationTotal
    pub(super) fn pods_created(&mut self, context: &SyncContext, succeeded: usize, failed: usize) {
        let only_failed = context.job.spec.pod_replacement_policy == Some(PodReplacementPolicy::Failed);
        let reason = if !context.gates.enabled(Gate::JobPodReplacementPolicy) {
            "new"
        } else if only_failed && context.failed > 0 {
            "recreate_failed"
        } else if context.failed > 0 || context.terminating_count.unwrap_or(0) > 0 {
            "recreate_terminating_or_failed"
        } else {
            "new"
        };
        self.add(Metric::JobPodsCreation, [reason.into(), SUCCEEDED.into()], succeeded);
        self.add(Metric::JobPodsCreation, [reason.into(), FAILED.into()], failed);
    }

    pub(super) fn synced<T, E>(&mut self, job: &Job, result: &Result<T, E>, action: SyncAction) {
        let result = if result.is_ok() { "success" } else { "error" };
        self.add(Metric::JobSyncs, [completion_mode(job).into(), result.into(), action.as_str().into()], 1_u64);
    }

    /// Counts ended pods that come to carry the tracking finalizer, and those that lose it.
    // Models pkg/controller/job/tracking_utils.go recordFinishedPodWithTrackingFinalizer
    pub fn pod_changed(&mut self, old: Option<&Pod>, new: Option<&Pod>) {
        let held = |pod: Option<&Pod>| pod.is_some_and(|pod| pod.is_terminal() && has_tracking_finalizer(pod));
        let event = match (held(old), held(new)) {
            (false, true) => "add",
            (true, false) => "delete",
            (true, true) | (false, false) => return,
        };
        self.add(Metric::TerminatedPodsTrackingFinalizer, [event.into()], 1_u64);
    }

    pub(super) fn job_of_other_controller(&mut self, name: &str) {
        self.add(Metric::JobsByExternalController, [name.to_owned().into()], 1_u64);
    }
}

fn completion_mode(job: &Job) -> &'static str {
    if job.is_indexed() { "Indexed" } else { "NonIndexed" }
}
