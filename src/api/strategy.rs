//! What the API server does to a Job or CronJob between a person's request and the store:
//! defaults, generated selector and labels, and the switches with which it validates.
//! Stores nothing; uid and stored object come from the caller.

use crate::api::types::batch::{CronJob, Job, JobSpec, JobStatus};

use super::defaults::{set_defaults_cronjob, set_defaults_job};
use super::gates::{Gate, Gates};
use super::validation::ErrorList;
use super::validation::job::{
    CONTROLLER_UID_LABEL, JOB_NAME_LABEL, JobValidationOptions, LEGACY_CONTROLLER_UID_LABEL, LEGACY_JOB_NAME_LABEL,
    is_indexed, validate_job,
};
use super::validation::job_status::{
    JobStatusValidationOptions, has_true_condition, is_finished, validate_job_update_status,
};
use super::validation::job_update::validate_job_update;

/// The Job that a create request leads to: defaults, then [`prepare_for_create`].
/// Its name must be final (no `generateName` left to expand) and its namespace set.
pub fn admit_for_create(mut admitted: Job, uid: &str, gates: &Gates) -> Job {
    let has_own_labels = has_labels(&admitted);
    set_defaults_job(&mut admitted, gates);
    // Labels that come from the template are one and the same map, to which the generated ones are added.
    let shares_labels = !has_own_labels && has_labels(&admitted);
    prepare_for_create(&mut admitted, uid, gates);
    if shares_labels {
        admitted.metadata.labels = None;
        label_like_template(&mut admitted);
    }
    admitted
}

/// A Job without labels gets those of its template, the generated ones too, when it is read from the store.
// Models pkg/apis/batch/v1/defaults.go SetDefaults_Job
pub fn label_like_template(job: &mut Job) {
    if !has_labels(job) {
        let template = job.spec.as_ref().and_then(|spec| spec.template.metadata.as_ref());
        job.metadata.labels = template.and_then(|meta| meta.labels.clone());
    }
}

fn has_labels(job: &Job) -> bool {
    job.metadata.labels.as_ref().is_some_and(|labels| !labels.is_empty())
}

/// Sets uid and generation, clears the status, generates selector and labels.
/// Expects defaults applied.
// Models pkg/registry/batch/job/strategy.go PrepareForCreate
pub fn prepare_for_create(job: &mut Job, uid: &str, gates: &Gates) {
    job.metadata.uid = Some(uid.to_string());
    job.metadata.generation = Some(1);
    job.status = None;
    let name = job.metadata.name.clone().unwrap_or_default();
    let spec = job.spec.get_or_insert_default();
    drop_disabled_fields(spec, &JobSpec::default(), gates);
    if let Some(policy) = spec.pod_failure_policy.as_mut().filter(|_| !gates.enabled(Gate::JobBackoffLimitPerIndex)) {
        policy.rules.retain(|rule| rule.action != "FailIndex");
    }
    if spec.manual_selector != Some(true) {
        generate_selector(spec, &name, uid);
    }
}

/// Leaves out the fields of features that are off, but for those that the stored Job has.
// Models pkg/registry/batch/job/strategy.go PrepareForCreate, PrepareForUpdate
pub fn drop_disabled_fields(spec: &mut JobSpec, old: &JobSpec, gates: &Gates) {
    fn drop_new<T>(field: &mut Option<T>, old: &Option<T>) {
        *field = field.take().filter(|_| old.is_some());
    }
    if !gates.enabled(Gate::JobPodFailurePolicy) {
        drop_new(&mut spec.pod_failure_policy, &old.pod_failure_policy);
    }
    if !gates.enabled(Gate::JobManagedBy) {
        drop_new(&mut spec.managed_by, &old.managed_by);
    }
    if !gates.enabled(Gate::JobSuccessPolicy) {
        drop_new(&mut spec.success_policy, &old.success_policy);
    }
    if !gates.enabled(Gate::JobBackoffLimitPerIndex) {
        drop_new(&mut spec.backoff_limit_per_index, &old.backoff_limit_per_index);
        drop_new(&mut spec.max_failed_indexes, &old.max_failed_indexes);
    }
    if !gates.enabled(Gate::JobPodReplacementPolicy) {
        drop_new(&mut spec.pod_replacement_policy, &old.pod_replacement_policy);
    }
}

/// Refusals of a new Job.
// Models pkg/registry/batch/job/strategy.go Validate
pub fn validate_create(job: &Job, gates: &Gates) -> ErrorList {
    validate_job(job, create_options(gates))
}

/// Refusals of an update of a Job's metadata and spec.
// Models pkg/registry/batch/job/strategy.go ValidateUpdate
pub fn validate_update(job: &Job, old: &Job, gates: &Gates) -> ErrorList {
    let options = update_options(old, gates);
    let mut errors = validate_job(job, options);
    for error in validate_job_update(job, old, options) {
        // Both rounds look at the whole spec; the API server says each thing once.
        if !errors.contains(&error) {
            errors.push(error);
        }
    }
    errors
}

/// What would be refused in the status that the Job controller writes. Left out are two rules that its rules can break,
/// upstream's too: with two pods of one index, that index can end up both completed and failed; and where every status
/// of a Job that ran is lost until it is suspended again, it can fail without a start time.
// Models pkg/registry/batch/job/strategy.go ValidateUpdate (of the status)
pub fn validate_status_update(job: &Job, old: &Job, gates: &Gates) -> ErrorList {
    let options = status_options(job, old, gates);
    let is_suspended = job.spec.as_ref().is_some_and(|spec| spec.suspend == Some(true));
    let options = JobStatusValidationOptions {
        reject_failed_indexes_overlapping_completed: false,
        reject_finished_job_without_start_time: options.reject_finished_job_without_start_time && !is_suspended,
        ..options
    };
    validate_job_update_status(job, old, options)
}

/// The CronJob that a create request leads to: defaults, no status. Its name must be final and its namespace set.
// Models pkg/registry/batch/cronjob/strategy.go PrepareForCreate
pub fn admit_cronjob_for_create(mut admitted: CronJob, uid: &str) -> CronJob {
    set_defaults_cronjob(&mut admitted);
    admitted.metadata.uid = Some(uid.to_string());
    admitted.metadata.generation = Some(1);
    admitted.status = None;
    admitted
}

fn create_options(gates: &Gates) -> JobValidationOptions {
    JobValidationOptions {
        require_prefixed_labels: true,
        allow_elastic_indexed_jobs: gates.enabled(Gate::ElasticIndexedJob),
        allow_mutable_scheduling_directives: false,
        allow_mutable_pod_resources: false,
    }
}

/// The switches for an update of `old`.
// Models pkg/registry/batch/job/strategy.go validationOptionsForJob
pub fn update_options(old: &Job, gates: &Gates) -> JobValidationOptions {
    let (no_spec, no_status) = (JobSpec::default(), JobStatus::default());
    let (spec, status) = (old.spec.as_ref().unwrap_or(&no_spec), old.status.as_ref().unwrap_or(&no_status));
    let suspended = spec.suspend == Some(true);
    let never_started = status.start_time.is_none();
    let settled = suspended
        && status.active.unwrap_or_default() == 0
        && (never_started || has_true_condition(status, "Suspended"));
    let labels = spec.template.metadata.as_ref().and_then(|meta| meta.labels.as_ref());
    let has = |label: &str| labels.is_some_and(|labels| labels.contains_key(label));
    JobValidationOptions {
        require_prefixed_labels: has(JOB_NAME_LABEL) && has(CONTROLLER_UID_LABEL),
        allow_mutable_scheduling_directives: if gates.enabled(Gate::MutableSchedulingDirectivesForSuspendedJobs) {
            settled
        } else {
            suspended && never_started
        },
        allow_mutable_pod_resources: gates.enabled(Gate::MutablePodResourcesForSuspendedJobs) && settled,
        ..create_options(gates)
    }
}

// Models pkg/registry/batch/job/strategy.go getStatusValidationOptions
fn status_options(job: &Job, old: &Job, gates: &Gates) -> JobStatusValidationOptions {
    let (no_spec, no_status) = (JobSpec::default(), JobStatus::default());
    let spec = job.spec.as_ref().unwrap_or(&no_spec);
    let (new, old) = (job.status.as_ref().unwrap_or(&no_status), old.status.as_ref().unwrap_or(&no_status));
    if !gates.enabled(Gate::JobManagedBy) {
        return JobStatusValidationOptions {
            allow_for_success_criteria_met_in_extended_scope: gates.enabled(Gate::JobPodReplacementPolicy)
                || has_true_condition(old, "SuccessCriteriaMet"),
            ..Default::default()
        };
    }
    let differs = |kind: &str| has_true_condition(old, kind) != has_true_condition(new, kind);
    let finished = is_finished(old) != is_finished(new);
    let (complete, failed) = (differs("Complete"), differs("Failed"));
    let completed_indexes = old.completed_indexes != new.completed_indexes;
    let failed_indexes = old.failed_indexes != new.failed_indexes;
    let start_time = old.start_time != new.start_time;
    // A suspended Job that needs no success is complete without ever starting.
    let never_starts = spec.suspend == Some(true) && spec.completions == Some(0);
    let completion_time = old.completion_time != new.completion_time;
    JobStatusValidationOptions {
        reject_decreasing_succeeded_counter: !is_indexed(spec) || spec.completions != spec.parallelism,
        reject_decreasing_failed_counter: true,
        reject_disabling_terminal_condition: true,
        reject_invalid_completed_indexes: completed_indexes,
        reject_invalid_failed_indexes: failed_indexes,
        reject_completed_indexes_for_non_indexed_job: completed_indexes,
        reject_failed_indexes_for_no_backoff_limit_per_index: failed_indexes,
        reject_failed_indexes_overlapping_completed: failed_indexes || completed_indexes,
        reject_finished_job_with_active_pods: finished || old.active != new.active,
        reject_finished_job_without_start_time: (finished || start_time) && !never_starts,
        reject_finished_job_with_uncounted_terminated_pods: finished
            || old.uncounted_terminated_pods != new.uncounted_terminated_pods,
        reject_start_time_update_for_unsuspended_job: start_time,
        reject_completion_time_before_start_time: start_time || completion_time,
        reject_mutating_completion_time: true,
        reject_not_complete_job_with_completion_time: complete || completion_time,
        reject_complete_job_without_completion_time: complete || completion_time,
        reject_complete_job_with_failed_condition: complete || failed,
        reject_complete_job_with_failure_target_condition: complete || differs("FailureTarget"),
        reject_failed_job_without_failure_target: failed,
        reject_complete_job_without_success_criteria_met: complete,
        reject_finished_job_with_terminating_pods: finished || old.terminating != new.terminating,
        reject_more_ready_than_active_pods: old.ready != new.ready || old.active != new.active,
        allow_for_success_criteria_met_in_extended_scope: true,
    }
}

/// Gives a Job without a selector of its own one that picks its pods alone, and the labels for it.
// Models pkg/registry/batch/job/strategy.go generateSelector
pub fn generate_selector(spec: &mut JobSpec, name: &str, uid: &str) {
    let metadata = spec.template.metadata.get_or_insert_default();
    let labels = metadata.labels.get_or_insert_default();
    for (label, value) in [
        (LEGACY_JOB_NAME_LABEL, name),
        (JOB_NAME_LABEL, name),
        (LEGACY_CONTROLLER_UID_LABEL, uid),
        (CONTROLLER_UID_LABEL, uid),
    ] {
        labels.entry(label.to_string()).or_insert_with(|| value.to_string());
    }
    let selector = spec.selector.get_or_insert_default();
    let match_labels = selector.match_labels.get_or_insert_default();
    match_labels.entry(CONTROLLER_UID_LABEL.to_string()).or_insert_with(|| uid.to_string());
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn job(spec: Value) -> Job {
        let mut job = json!({
            "metadata": {"name": "pi", "namespace": "default"},
            "spec": {"template": {"spec": {
                "containers": [{"name": "pi", "image": "perl:5"}], "restartPolicy": "Never",
            }}},
        });
        merge(&mut job["spec"], spec);
        serde_json::from_value(job).expect("a Job")
    }

    fn merge(into: &mut Value, from: Value) {
        match from {
            Value::Object(fields) if into.is_object() => {
                for (name, value) in fields {
                    merge(&mut into[name], value);
                }
            }
            other => *into = other,
        }
    }

    fn stored(spec: Value) -> Job {
        let mut job = admit_for_create(job(spec), "1a2b", &Gates::default());
        job.metadata.resource_version = Some("1".to_string());
        job
    }

    fn changed(old: &Job, spec: Value) -> Job {
        let mut new = serde_json::to_value(old).expect("a Job is JSON");
        merge(&mut new["spec"], spec);
        serde_json::from_value(new).expect("a Job")
    }

    #[test]
    fn fields_of_features_that_are_off_are_left_out() {
        let spec = json!({
            "completionMode": "Indexed", "completions": 3, "backoffLimitPerIndex": 1, "maxFailedIndexes": 2,
            "managedBy": "acme.io/foo", "successPolicy": {"rules": [{"succeededCount": 1}]},
            "podReplacementPolicy": "Failed",
            "podFailurePolicy": {"rules": [
                {"action": "FailIndex", "onExitCodes": {"operator": "In", "values": [1]}},
                {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]},
            ]},
        });
        for (gate, fields, rules) in [
            (Gate::JobPodFailurePolicy, &["podFailurePolicy"][..], 0),
            (Gate::JobManagedBy, &["managedBy"], 2),
            (Gate::JobSuccessPolicy, &["successPolicy"], 2),
            (Gate::JobBackoffLimitPerIndex, &["backoffLimitPerIndex", "maxFailedIndexes"], 1),
            (Gate::JobPodReplacementPolicy, &["podReplacementPolicy"], 2),
        ] {
            let mut gates = Gates::default();
            gates.set(gate, crate::api::gates::GateState::Off);
            let admitted = admit_for_create(job(spec.clone()), "1a2b", &gates).spec.unwrap_or_default();
            let shown = serde_json::to_value(&admitted).expect("a spec is JSON");
            let left_out: Vec<&str> = spec
                .as_object()
                .expect("fields")
                .keys()
                .map(|name| &**name)
                .filter(|name| shown[name].is_null())
                .collect();
            assert_eq!(left_out, fields, "{}", gate.name());
            assert_eq!(admitted.pod_failure_policy.map_or(0, |policy| policy.rules.len()), rules, "{}", gate.name());
            let old = stored(spec.clone()).spec.unwrap_or_default();
            let mut new = old.clone();
            drop_disabled_fields(&mut new, &old, &gates);
            assert_eq!(new, old, "what is stored stays: {}", gate.name());
        }
    }

    fn fields(errors: ErrorList) -> Vec<String> {
        errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn selector_and_labels_are_generated() {
        let mut admitted = stored(json!({}));
        assert_eq!(validate_create(&admitted, &Gates::default()), []);
        assert_eq!(admitted.metadata.labels, None, "not before it is read from the store");
        label_like_template(&mut admitted);
        let shown = serde_json::to_value(&admitted).expect("a Job is JSON");
        let labels = json!({
            "batch.kubernetes.io/controller-uid": "1a2b", "batch.kubernetes.io/job-name": "pi",
            "controller-uid": "1a2b", "job-name": "pi",
        });
        assert_eq!(shown["spec"]["template"]["metadata"]["labels"], labels);
        assert_eq!(shown["metadata"]["labels"], labels);
        let selector = json!({"matchLabels": {"batch.kubernetes.io/controller-uid": "1a2b"}});
        assert_eq!(shown["spec"]["selector"], selector);
        assert_eq!(shown["metadata"]["generation"], json!(1));
    }

    #[test]
    fn a_manual_selector_is_left_alone() {
        let labels = json!({"app": "pi"});
        let admitted = stored(json!({
            "manualSelector": true,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}},
        }));
        assert_eq!(validate_create(&admitted, &Gates::default()), []);
        let spec = serde_json::to_value(&admitted.spec).expect("a spec is JSON");
        assert_eq!(spec["template"]["metadata"]["labels"], labels);
    }

    #[test]
    fn a_template_is_shown_with_its_defaults() {
        let admitted = stored(json!({"template": {"spec": {"containers": [{
            "name": "pi", "image": "perl",
            "resources": {"limits": {"cpu": "0.5"}}, "ports": [{"containerPort": 80}],
            "livenessProbe": {"httpGet": {"port": 80}},
        }]}}}));
        let spec = serde_json::to_value(&admitted.spec).expect("a spec is JSON");
        assert_eq!(
            spec["template"]["spec"],
            json!({
                "containers": [{
                    "name": "pi", "image": "perl", "imagePullPolicy": "Always",
                    "resources": {"limits": {"cpu": "500m"}},
                    "ports": [{"containerPort": 80, "protocol": "TCP"}],
                    "livenessProbe": {
                        "httpGet": {"port": 80, "path": "/", "scheme": "HTTP"},
                        "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
                    },
                    "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                }],
                "dnsPolicy": "ClusterFirst", "restartPolicy": "Never", "schedulerName": "default-scheduler",
                "securityContext": {}, "terminationGracePeriodSeconds": 30,
            })
        );
    }

    #[test]
    fn resources_and_scheduling_change_only_while_suspended_and_settled() {
        let containers = |image: &str, cpu: &str| {
            let resources = json!({"requests": {"cpu": cpu}});
            let mut spec = job(json!({})).spec.unwrap_or_default();
            spec.template.spec.get_or_insert_default().containers[0].image = Some(image.to_string());
            let mut spec = serde_json::to_value(spec.template).expect("a template is JSON");
            spec["spec"]["containers"][0]["resources"] = resources;
            json!({"template": {"spec": {"containers": spec["spec"]["containers"]}}})
        };
        let node_selector = json!({"template": {"spec": {"nodeSelector": {"disk": "ssd"}}}});
        let resources = containers("perl:5", "2");
        let image = containers("perl:6", "2");
        let running = stored(json!({}));
        let suspended = stored(json!({"suspend": true}));
        let with_status = |status: Value| {
            let mut job = suspended.clone();
            job.status = serde_json::from_value(status).expect("a status");
            job
        };
        let start = "2024-01-01T00:00:00Z";
        let started = with_status(json!({"startTime": start}));
        let busy = with_status(json!({"active": 1}));
        let condition = json!([{"type": "Suspended", "status": "True"}]);
        let settled = with_status(json!({"startTime": start, "conditions": condition}));
        let refused = vec!["spec.template".to_string()];
        for (old, change, want) in [
            (&running, &node_selector, &refused),
            (&running, &resources, &refused),
            (&suspended, &node_selector, &vec![]),
            (&suspended, &resources, &vec![]),
            (&suspended, &image, &refused),
            (&started, &resources, &refused),
            (&busy, &resources, &refused),
            (&settled, &resources, &vec![]),
            (&settled, &node_selector, &vec![]),
        ] {
            let mut new = changed(old, change.clone());
            set_defaults_job(&mut new, &Gates::default());
            assert_eq!(&fields(validate_update(&new, old, &Gates::default())), want, "{change}");
        }
    }

    #[test]
    fn an_empty_list_is_as_good_as_none() {
        let old = stored(json!({}));
        let new = changed(&old, json!({"template": {"spec": {"volumes": [], "nodeSelector": {}}}}));
        assert_eq!(validate_update(&new, &old, &Gates::default()), []);
    }

    #[test]
    fn a_status_may_not_take_back_what_is_final() {
        let with_status = |status: Value| {
            let mut job = stored(json!({}));
            job.status = serde_json::from_value(status).expect("a status");
            job
        };
        let old = with_status(json!({"failed": 2, "conditions": [{"type": "FailureTarget", "status": "True"}]}));
        let new = with_status(json!({"failed": 1}));
        let found = fields(validate_status_update(&new, &old, &Gates::default()));
        assert_eq!(found, ["status.conditions", "status.failed"]);
        let suspended = |status: &str, time: &str| {
            with_status(json!({"startTime": time, "conditions": [{"type": "Suspended", "status": status}]}))
        };
        let (early, late) = ("2024-01-01T00:00:00Z", "2024-01-01T00:01:00Z");
        for (old, new, want) in [
            (suspended("True", early), suspended("False", late), vec![]),
            (suspended("False", early), suspended("False", late), vec!["status.startTime".to_owned()]),
        ] {
            assert_eq!(fields(validate_status_update(&new, &old, &Gates::default())), want);
        }
    }
}
