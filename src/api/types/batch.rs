//! The wire types of the batch API group: Jobs and CronJobs. What they mean stands in `api::job` and `api::cronjob`.
//! They know no rules.

use super::core::{ObjectReference, PodTemplateSpec};
use super::meta::{LabelSelector, ObjectMeta, Time};
use crate::api::types::types;

types! {
    "batch/v1" CronJob {
        metadata: ObjectMeta,
        spec: CronJobSpec,
        status: Option<CronJobStatus>,
    }

    CronJobSpec {
        "concurrencyPolicy" concurrency_policy: Option<String>,
        "failedJobsHistoryLimit" failed_jobs_history_limit: Option<i32>,
        "jobTemplate" job_template: JobTemplateSpec,
        schedule: String,
        "startingDeadlineSeconds" starting_deadline_seconds: Option<i64>,
        "successfulJobsHistoryLimit" successful_jobs_history_limit: Option<i32>,
        suspend: Option<bool>,
        "timeZone" time_zone: Option<String>,
    }

    CronJobStatus {
        active: Option<Vec<ObjectReference>>,
        "lastScheduleTime" last_schedule_time: Option<Time>,
        "lastSuccessfulTime" last_successful_time: Option<Time>,
    }

    "batch/v1" Job {
        metadata: ObjectMeta,
        spec: Option<JobSpec>,
        status: Option<JobStatus>,
    }

    JobCondition {
        "lastProbeTime" last_probe_time: Option<Time>,
        "lastTransitionTime" last_transition_time: Option<Time>,
        message: Option<String>,
        reason: Option<String>,
        status: String,
        "type" type_: String,
    }

    JobSpec {
        "activeDeadlineSeconds" active_deadline_seconds: Option<i64>,
        "backoffLimit" backoff_limit: Option<i32>,
        "backoffLimitPerIndex" backoff_limit_per_index: Option<i32>,
        "completionMode" completion_mode: Option<String>,
        completions: Option<i32>,
        "managedBy" managed_by: Option<String>,
        "manualSelector" manual_selector: Option<bool>,
        "maxFailedIndexes" max_failed_indexes: Option<i32>,
        parallelism: Option<i32>,
        "podFailurePolicy" pod_failure_policy: Option<PodFailurePolicy>,
        "podReplacementPolicy" pod_replacement_policy: Option<String>,
        selector: Option<LabelSelector>,
        "successPolicy" success_policy: Option<SuccessPolicy>,
        suspend: Option<bool>,
        template: PodTemplateSpec,
        "ttlSecondsAfterFinished" ttl_seconds_after_finished: Option<i32>,
    }

    JobStatus {
        active: Option<i32>,
        "completedIndexes" completed_indexes: Option<String>,
        "completionTime" completion_time: Option<Time>,
        conditions: Option<Vec<JobCondition>>,
        failed: Option<i32>,
        "failedIndexes" failed_indexes: Option<String>,
        ready: Option<i32>,
        "startTime" start_time: Option<Time>,
        succeeded: Option<i32>,
        terminating: Option<i32>,
        "uncountedTerminatedPods" uncounted_terminated_pods: Option<UncountedTerminatedPods>,
    }

    JobTemplateSpec {
        metadata: Option<ObjectMeta>,
        spec: Option<JobSpec>,
    }

    PodFailurePolicy {
        rules: Vec<PodFailurePolicyRule>,
    }

    PodFailurePolicyOnExitCodesRequirement {
        "containerName" container_name: Option<String>,
        operator: String,
        values: Vec<i32>,
    }

    PodFailurePolicyOnPodConditionsPattern {
        status: Option<String>,
        "type" type_: String,
    }

    PodFailurePolicyRule {
        action: String,
        "onExitCodes" on_exit_codes: Option<PodFailurePolicyOnExitCodesRequirement>,
        "onPodConditions" on_pod_conditions: Option<Vec<PodFailurePolicyOnPodConditionsPattern>>,
    }

    SuccessPolicy {
        rules: Vec<SuccessPolicyRule>,
    }

    SuccessPolicyRule {
        "succeededCount" succeeded_count: Option<i32>,
        "succeededIndexes" succeeded_indexes: Option<String>,
    }

    UncountedTerminatedPods {
        failed: Option<Vec<String>>,
        succeeded: Option<Vec<String>>,
    }
}
