//! The rules for a Job's status, which the controller and people with `--subresource=status` meet.

use std::collections::BTreeSet;

use crate::api::types::batch::{Job, JobSpec, JobStatus, UncountedTerminatedPods};

use super::field::{ErrorList, FieldError, FieldPath};
use super::indexes::{validate_failed_indexes_not_overlap_completed, validate_indexes_format};
use super::job::is_indexed;
use super::metadata::{validate_nonnegative, validate_object_meta_update};

/// Switches of the status validator. The API server turns one on when the update touches what
/// it guards, so that a status which was wrong before can still be worked on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobStatusValidationOptions {
    pub reject_decreasing_succeeded_counter: bool,
    pub reject_decreasing_failed_counter: bool,
    pub reject_disabling_terminal_condition: bool,
    pub reject_invalid_completed_indexes: bool,
    pub reject_invalid_failed_indexes: bool,
    pub reject_failed_indexes_overlapping_completed: bool,
    pub reject_completed_indexes_for_non_indexed_job: bool,
    pub reject_failed_indexes_for_no_backoff_limit_per_index: bool,
    pub reject_finished_job_with_active_pods: bool,
    pub reject_finished_job_with_terminating_pods: bool,
    pub reject_finished_job_without_start_time: bool,
    pub reject_finished_job_with_uncounted_terminated_pods: bool,
    pub reject_start_time_update_for_unsuspended_job: bool,
    pub reject_completion_time_before_start_time: bool,
    pub reject_mutating_completion_time: bool,
    pub reject_not_complete_job_with_completion_time: bool,
    pub reject_complete_job_without_completion_time: bool,
    pub reject_complete_job_with_failed_condition: bool,
    pub reject_complete_job_with_failure_target_condition: bool,
    pub reject_failed_job_without_failure_target: bool,
    pub reject_complete_job_without_success_criteria_met: bool,
    pub reject_more_ready_than_active_pods: bool,
    pub allow_for_success_criteria_met_in_extended_scope: bool,
}

/// Everything wrong with an update of a Job's status.
// Models pkg/apis/batch/validation ValidateJobUpdateStatus
pub fn validate_job_update_status(job: &Job, old: &Job, options: JobStatusValidationOptions) -> ErrorList {
    let mut errors = ErrorList::new();
    let path = FieldPath::root("metadata");
    validate_object_meta_update(&job.metadata, &old.metadata, &path, &mut errors);
    let (no_spec, no_status) = (JobSpec::default(), JobStatus::default());
    let spec = job.spec.as_ref().unwrap_or(&no_spec);
    let status = job.status.as_ref().unwrap_or(&no_status);
    let mut check = Check { spec, status, options, errors: &mut errors };
    check.status();
    check.transition(old.status.as_ref().unwrap_or(&no_status));
    errors
}

/// Whether the status has this condition with status `True`.
pub fn has_true_condition(status: &JobStatus, kind: &str) -> bool {
    let mut conditions = status.conditions.iter().flatten();
    conditions.any(|condition| condition.type_ == kind && condition.status == "True")
}

/// Whether the Job has ended.
pub fn is_finished(status: &JobStatus) -> bool {
    has_true_condition(status, "Complete") || has_true_condition(status, "Failed")
}

struct Check<'a> {
    spec: &'a JobSpec,
    status: &'a JobStatus,
    options: JobStatusValidationOptions,
    errors: &'a mut ErrorList,
}

impl Check<'_> {
    // Models pkg/apis/batch/validation validateJobStatus
    fn status(&mut self) {
        self.counters();
        self.completion();
        self.finished();
        self.indexes();
        self.counts_against_each_other();
        self.success_criteria();
    }

    fn counters(&mut self) {
        let (status, path) = (self.status, FieldPath::root("status"));
        validate_nonnegative(status.active, &path.child("active"), self.errors);
        validate_nonnegative(status.succeeded, &path.child("succeeded"), self.errors);
        validate_nonnegative(status.failed, &path.child("failed"), self.errors);
        validate_nonnegative(status.ready, &path.child("ready"), self.errors);
        validate_nonnegative(status.terminating, &path.child("terminating"), self.errors);
        if let Some(uncounted) = &status.uncounted_terminated_pods {
            validate_uncounted(uncounted, &path.child("uncountedTerminatedPods"), self.errors);
        }
    }

    fn completion(&mut self) {
        let (options, status) = (self.options, self.status);
        let complete = self.has("Complete");
        let (start, completion) = (&status.start_time, &status.completion_time);
        if options.reject_complete_job_with_failed_condition && complete && self.has("Failed") {
            self.refuse_conditions("cannot set Complete=True and Failed=true conditions");
        }
        if options.reject_complete_job_with_failure_target_condition && complete && self.has("FailureTarget") {
            self.refuse_conditions("cannot set Complete=True and FailureTarget=true conditions");
        }
        let path = FieldPath::root("status.completionTime");
        if options.reject_not_complete_job_with_completion_time && completion.is_some() && !complete {
            let text = "cannot set completionTime when there is no Complete=True condition";
            self.errors.push(FieldError::invalid(&path, completion, text));
        }
        if options.reject_complete_job_without_completion_time && completion.is_none() && complete {
            let text = "completionTime is required for Complete jobs";
            self.errors.push(FieldError::required(&path, text));
        }
        if options.reject_completion_time_before_start_time
            && let (Some(start), Some(end)) = (start, completion)
            && end.0 < start.0
        {
            let text = "completionTime cannot be set before startTime";
            self.errors.push(FieldError::invalid(&path, completion, text));
        }
        if options.reject_failed_job_without_failure_target && self.has("Failed") && !self.has("FailureTarget") {
            self.refuse_conditions("cannot set Failed=True condition without the FailureTarget=true condition");
        }
        if options.reject_complete_job_without_success_criteria_met && complete && !self.has("SuccessCriteriaMet") {
            self.refuse_conditions("cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
        }
    }

    fn finished(&mut self) {
        if !is_finished(self.status) {
            return;
        }
        let (options, status, path) = (self.options, self.status, FieldPath::root("status"));
        if options.reject_finished_job_with_active_pods
            && let Some(active @ 1..) = status.active
        {
            let text = "active>0 is invalid for finished job";
            self.errors.push(FieldError::invalid(&path.child("active"), &active, text));
        }
        if options.reject_finished_job_without_start_time && status.start_time.is_none() {
            let text = "startTime is required for finished job";
            self.errors.push(FieldError::required(&path.child("startTime"), text));
        }
        if options.reject_finished_job_with_uncounted_terminated_pods
            && let Some(uncounted) = &status.uncounted_terminated_pods
            && uncounted.failed.iter().chain(&uncounted.succeeded).any(|uids| !uids.is_empty())
        {
            let text = "uncountedTerminatedPods needs to be empty for finished job";
            let path = path.child("uncountedTerminatedPods");
            self.errors.push(FieldError::invalid(&path, uncounted, text));
        }
    }

    fn indexes(&mut self) {
        let (options, spec, status) = (self.options, self.spec, self.status);
        let completed = status.completed_indexes.as_deref().unwrap_or_default();
        let failed = status.failed_indexes.as_deref();
        let completed_path = FieldPath::root("status.completedIndexes");
        let failed_path = FieldPath::root("status.failedIndexes");
        if options.reject_invalid_completed_indexes
            && let Some(completions) = spec.completions
            && let Err(complaint) = validate_indexes_format(completed, completions)
        {
            let text = format!("error parsing completedIndexes: {complaint}");
            self.errors.push(FieldError::invalid(&completed_path, completed, &text));
        }
        if options.reject_invalid_failed_indexes
            && let (Some(completions), Some(_)) = (spec.completions, spec.backoff_limit_per_index)
            && let Some(failed) = failed
            && let Err(complaint) = validate_indexes_format(failed, completions)
        {
            let text = format!("error parsing failedIndexes: {complaint}");
            self.errors.push(FieldError::invalid(&failed_path, failed, &text));
        }
        if options.reject_completed_indexes_for_non_indexed_job && !completed.is_empty() && !is_indexed(spec) {
            let text = "cannot set non-empty completedIndexes when non-indexed completion mode";
            self.errors.push(FieldError::invalid(&completed_path, completed, text));
        }
        if options.reject_failed_indexes_for_no_backoff_limit_per_index
            && spec.backoff_limit_per_index.is_none()
            && let Some(failed) = failed
        {
            let text = "cannot set non-null failedIndexes when backoffLimitPerIndex is null";
            self.errors.push(FieldError::invalid(&failed_path, failed, text));
        }
        if options.reject_failed_indexes_overlapping_completed
            && let (Some(completions), Some(failed)) = (spec.completions, failed)
            && let Err(complaint) = validate_failed_indexes_not_overlap_completed(completed, failed, completions)
        {
            self.errors.push(FieldError::invalid(&failed_path, failed, &complaint));
        }
    }

    fn counts_against_each_other(&mut self) {
        let (options, status, path) = (self.options, self.status, FieldPath::root("status"));
        if options.reject_finished_job_with_terminating_pods
            && is_finished(status)
            && let Some(terminating @ 1..) = status.terminating
        {
            let text = "terminating>0 is invalid for finished job";
            self.errors.push(FieldError::invalid(&path.child("terminating"), &terminating, text));
        }
        if options.reject_more_ready_than_active_pods
            && let Some(ready) = status.ready
            && ready > status.active.unwrap_or_default()
        {
            let text = "cannot set more ready pods than active";
            self.errors.push(FieldError::invalid(&path.child("ready"), &ready, text));
        }
    }

    fn success_criteria(&mut self) {
        let met = self.has("SuccessCriteriaMet");
        let narrow = !self.options.allow_for_success_criteria_met_in_extended_scope;
        let has_policy = self.spec.success_policy.is_some();
        if narrow && met && !is_indexed(self.spec) {
            self.refuse_conditions("cannot set SuccessCriteriaMet to NonIndexed Job");
        }
        if met && self.has("Failed") {
            self.refuse_conditions("cannot set SuccessCriteriaMet=True and Failed=true conditions");
        }
        if met && self.has("FailureTarget") {
            self.refuse_conditions("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
        }
        if narrow && met && !has_policy {
            self.refuse_conditions("cannot set SuccessCriteriaMet=True for Job without SuccessPolicy");
        }
        if has_policy && !met && self.has("Complete") {
            self.refuse_conditions(
                "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True",
            );
        }
    }

    // Models pkg/apis/batch/validation ValidateJobStatusUpdate
    fn transition(&mut self, old: &JobStatus) {
        let (options, status, path) = (self.options, self.status, FieldPath::root("status"));
        for kind in ["Failed", "Complete", "FailureTarget"] {
            let disabled = has_true_condition(old, kind) && !self.has(kind);
            let text = format!("cannot disable the terminal {kind}=True condition");
            if options.reject_disabling_terminal_condition && disabled {
                self.refuse_conditions(&text);
            }
        }
        let failed = status.failed.unwrap_or_default();
        if options.reject_decreasing_failed_counter && failed < old.failed.unwrap_or_default() {
            let text = "cannot decrease the failed counter";
            self.errors.push(FieldError::invalid(&path.child("failed"), &failed, text));
        }
        let succeeded = status.succeeded.unwrap_or_default();
        if options.reject_decreasing_succeeded_counter && succeeded < old.succeeded.unwrap_or_default() {
            let text = "cannot decrease the succeeded counter";
            self.errors.push(FieldError::invalid(&path.child("succeeded"), &succeeded, text));
        }
        if options.reject_mutating_completion_time
            && let (Some(new), Some(old)) = (&status.completion_time, &old.completion_time)
            && new != old
        {
            let text = "completionTime cannot be mutated";
            self.errors.push(FieldError::invalid(&path.child("completionTime"), new, text));
        }
        // Since v1.35 (kubernetes/kubernetes#134769): who resumes a Job starts its clock anew.
        let resumes = has_true_condition(old, "Suspended") && !self.has("Suspended");
        if options.reject_start_time_update_for_unsuspended_job
            && old.start_time.is_some()
            && old.start_time != status.start_time
            && self.spec.suspend != Some(true)
            && !resumes
        {
            let text = "startTime cannot be removed for unsuspended job";
            self.errors.push(FieldError::required(&path.child("startTime"), text));
        }
        let (old_met, met) = (has_true_condition(old, "SuccessCriteriaMet"), self.has("SuccessCriteriaMet"));
        if old_met && !met {
            self.refuse_conditions("cannot disable the SuccessCriteriaMet=True condition");
        }
        if has_true_condition(old, "Complete") && !old_met && met {
            self.refuse_conditions("cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions");
        }
    }

    fn has(&self, kind: &str) -> bool {
        has_true_condition(self.status, kind)
    }

    fn refuse_conditions(&mut self, complaint: &str) {
        let path = FieldPath::root("status.conditions");
        self.errors.push(FieldError::invalid_without_value(&path, complaint));
    }
}

fn validate_uncounted(pods: &UncountedTerminatedPods, path: &FieldPath, errors: &mut ErrorList) {
    let mut seen = BTreeSet::new();
    for (name, uids) in [("succeeded", &pods.succeeded), ("failed", &pods.failed)] {
        for (index, uid) in uids.iter().flatten().enumerate() {
            let path = path.child(name).index(index);
            if uid.is_empty() {
                errors.push(FieldError::invalid(&path, uid, "must not be empty"));
            } else if !seen.insert(uid) {
                errors.push(FieldError::duplicate(&path, uid));
            }
        }
    }
}
