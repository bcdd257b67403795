//! A Job, with its defaults applied.

use super::policy::{PodFailurePolicy, SuccessPolicy};
use super::{ConditionStatus, ObjectList, ObjectMeta, PodTemplate, Selector, Text, Uid};
use crate::api::types::batch;
use crate::sim::Time;
use std::rc::Rc;

/// The finalizer that keeps a terminated pod until its Job has counted it.
pub const JOB_TRACKING_FINALIZER: &str = "batch.kubernetes.io/job-tracking";
/// Where a pod of an Indexed Job says its index (annotation and label).
pub const JOB_COMPLETION_INDEX: &str = "batch.kubernetes.io/job-completion-index";
/// How often an index has failed and the failure counted.
pub const JOB_INDEX_FAILURE_COUNT: &str = "batch.kubernetes.io/job-index-failure-count";
/// How often an index has failed and the failure was ignored.
pub const JOB_INDEX_IGNORED_FAILURE_COUNT: &str = "batch.kubernetes.io/job-index-ignored-failure-count";
/// The name by which the built-in controller is meant in `managedBy`.
pub const JOB_CONTROLLER_NAME: &str = "kubernetes.io/job-controller";

/// A Job.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub meta: ObjectMeta,
    pub spec: JobSpec,
    pub status: JobStatus,
    /// The spec as people wrote it, with all that is not simulated; shown back by `-o yaml`.
    pub wire: Rc<batch::JobSpec>,
}

impl Job {
    pub fn condition(&self, kind: JobConditionType) -> Option<&JobCondition> {
        self.status.conditions.iter().find(|condition| condition.kind == kind)
    }

    pub fn has_condition(&self, kind: JobConditionType) -> bool {
        self.condition(kind).is_some_and(|condition| condition.status == ConditionStatus::True)
    }

    /// Complete or Failed.
    // Models pkg/controller/job/util/utils.go IsJobFinished
    pub fn is_finished(&self) -> bool {
        self.has_condition(JobConditionType::Complete) || self.has_condition(JobConditionType::Failed)
    }

    pub fn is_indexed(&self) -> bool {
        self.spec.completion_mode == CompletionMode::Indexed
    }

    /// The other controller that looks after this Job, if `managedBy` names one.
    pub fn external_manager(&self) -> Option<&str> {
        self.spec.managed_by.as_deref().filter(|manager| *manager != JOB_CONTROLLER_NAME)
    }
}

/// Jobs in the order in which they were put in.
pub type JobList = ObjectList<Job>;

/// What is wanted of a Job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobSpec {
    pub parallelism: i32,
    /// `None`: the Job is done when one pod has succeeded and all have ended.
    pub completions: Option<i32>,
    pub active_deadline_s: Option<i64>,
    pub backoff_limit: i32,
    pub backoff_limit_per_index: Option<i32>,
    pub max_failed_indexes: Option<i32>,
    pub selector: Rc<Selector>,
    pub template: Rc<PodTemplate>,
    pub ttl_after_finished_s: Option<i32>,
    pub completion_mode: CompletionMode,
    pub suspend: bool,
    pub pod_failure_policy: Option<Rc<PodFailurePolicy>>,
    pub success_policy: Option<Rc<SuccessPolicy>>,
    pub pod_replacement_policy: Option<PodReplacementPolicy>,
    pub managed_by: Option<Rc<str>>,
}

/// How completions are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompletionMode {
    NonIndexed,
    Indexed,
    /// A mode this version does not know; such Jobs are left alone.
    Other(Rc<str>),
}

impl CompletionMode {
    pub fn as_str(&self) -> &str {
        match self {
            Self::NonIndexed => "NonIndexed",
            Self::Indexed => "Indexed",
            Self::Other(name) => name,
        }
    }
}

/// When a pod that goes away may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodReplacementPolicy {
    /// As soon as it is being deleted.
    TerminatingOrFailed,
    /// Only once it has ended.
    Failed,
}

/// What has become of a Job.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobStatus {
    pub conditions: Vec<JobCondition>,
    pub start_time: Option<Time>,
    pub completion_time: Option<Time>,
    pub active: i32,
    pub ready: Option<i32>,
    pub terminating: Option<i32>,
    pub succeeded: i32,
    pub failed: i32,
    /// Interval text such as `0-3,7`.
    pub completed_indexes: String,
    pub failed_indexes: Option<String>,
    pub uncounted_terminated_pods: Option<UncountedTerminatedPods>,
}

/// Pods that have ended but are not yet in the counters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UncountedTerminatedPods {
    pub succeeded: Vec<Uid>,
    pub failed: Vec<Uid>,
}

impl UncountedTerminatedPods {
    pub fn len(&self) -> usize {
        self.succeeded.len() + self.failed.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One condition of a Job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobCondition {
    pub kind: JobConditionType,
    pub status: ConditionStatus,
    pub reason: Text,
    pub message: Text,
    pub last_probe_time: Option<Time>,
    pub last_transition_time: Option<Time>,
}

/// The types of a Job's conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobConditionType {
    Suspended,
    Complete,
    Failed,
    /// The Job is going to fail; its pods are being ended.
    FailureTarget,
    /// The Job is going to be complete; its remaining pods are being ended.
    SuccessCriteriaMet,
}

impl JobConditionType {
    pub const ALL: [Self; 5] =
        [Self::Suspended, Self::Complete, Self::Failed, Self::FailureTarget, Self::SuccessCriteriaMet];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suspended => "Suspended",
            Self::Complete => "Complete",
            Self::Failed => "Failed",
            Self::FailureTarget => "FailureTarget",
            Self::SuccessCriteriaMet => "SuccessCriteriaMet",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
