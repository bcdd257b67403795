//! A Job on creation: its own fields, its selector, and that the generated labels are there.
//! Expects defaults applied and selector generated; changes nothing.

use std::collections::BTreeMap;

use crate::sim::gather;

use crate::api::types::batch::{Job, JobSpec};
use crate::api::types::core::PodSpec;

use super::failure_policy::validate_pod_failure_policy;
use super::field::{ErrorList, FieldError, FieldPath, quote};
use super::labels::{selector_matches, validate_label_selector};
use super::metadata::{validate_nonnegative, validate_object_meta};
use super::names;
use super::pod_template::validate_pod_template_spec;
use super::success_policy::validate_success_policy;

/// Labels that the API server puts on a Job's pods, old names.
pub const LEGACY_CONTROLLER_UID_LABEL: &str = "controller-uid";
pub const LEGACY_JOB_NAME_LABEL: &str = "job-name";
/// Labels that the API server puts on a Job's pods.
pub const CONTROLLER_UID_LABEL: &str = "batch.kubernetes.io/controller-uid";
pub const JOB_NAME_LABEL: &str = "batch.kubernetes.io/job-name";

const MAX_PARALLELISM_FOR_INDEXED_JOB: i32 = 100_000;
const MAX_FAILED_INDEXES_FOR_INDEXED_JOB: i32 = 100_000;
const COMPLETIONS_SOFT_LIMIT: i32 = 100_000;
const PARALLELISM_LIMIT_FOR_HIGH_COMPLETIONS: i32 = 10_000;
const MAX_FAILED_INDEXES_LIMIT_FOR_HIGH_COMPLETIONS: i32 = 10_000;
const MAX_MANAGED_BY_BYTES: usize = 63;

/// Switches of the validator, as the API server sets them from gates and from the stored Job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobValidationOptions {
    /// The pod template must carry the generated `batch.kubernetes.io/` labels too.
    pub require_prefixed_labels: bool,
    /// `completions` of an Indexed Job may change together with `parallelism`.
    pub allow_elastic_indexed_jobs: bool,
    /// Node affinity, node selector, tolerations, scheduling gates, labels and annotations of
    /// the pod template may change.
    pub allow_mutable_scheduling_directives: bool,
    /// Requests, limits and claims of the pod template's containers may change.
    pub allow_mutable_pod_resources: bool,
}

/// Everything wrong with a Job that is about to be stored.
// Models pkg/apis/batch/validation ValidateJob
pub fn validate_job(job: &Job, options: JobValidationOptions) -> ErrorList {
    let mut errors = ErrorList::new();
    let none = JobSpec::default();
    let spec = job.spec.as_ref().unwrap_or(&none);
    let metadata_path = FieldPath::root("metadata");
    validate_object_meta(&job.metadata, &metadata_path, &mut errors);
    validate_generated_selector(job, spec, options, &mut errors);
    validate_job_spec(spec, &FieldPath::root("spec"), &mut errors);
    if let (true, Some(completions @ 1..)) = (is_indexed(spec), spec.completions) {
        let name = job.metadata.name.clone().unwrap_or_default();
        let hostname = format!("{name}-{}", completions - 1);
        if !names::is_dns1123_label(&hostname).is_empty() {
            let text = format!("will not able to create pod with invalid DNS label: {hostname}");
            errors.push(FieldError::invalid(&metadata_path.child("name"), &name, &text));
        }
    }
    errors
}

/// A Job's spec with its selector.
// Models pkg/apis/batch/validation ValidateJobSpec
pub fn validate_job_spec(spec: &JobSpec, path: &FieldPath, errors: &mut ErrorList) {
    validate_fields(spec, path, errors);
    let selector_path = path.child("selector");
    if spec.selector.is_none() {
        errors.push(FieldError::required(&selector_path, ""));
    }
    validate_label_selector(spec.selector.as_ref(), &selector_path, errors);
    let labels = spec.template.metadata.as_ref().and_then(|meta| meta.labels.as_ref());
    let matches = selector_matches(spec.selector.as_ref(), labels.unwrap_or(&BTreeMap::new()));
    if matches == Some(false) {
        errors.push(FieldError::invalid(
            &path.child("template.metadata.labels"),
            &labels,
            "`selector` does not match template `labels`",
        ));
    }
}

/// Whether the spec asks for one pod per index.
pub fn is_indexed(spec: &JobSpec) -> bool {
    spec.completion_mode.as_deref() == Some("Indexed")
}

// Models pkg/apis/batch/validation validateGeneratedSelector
fn validate_generated_selector(job: &Job, spec: &JobSpec, options: JobValidationOptions, errors: &mut ErrorList) {
    if spec.manual_selector == Some(true) || spec.selector.is_none() {
        return;
    }
    let uid = job.metadata.uid.clone().unwrap_or_default();
    let name = job.metadata.name.clone().unwrap_or_default();
    if uid.is_empty() {
        errors.push(FieldError::required(&FieldPath::root("metadata").child("uid"), ""));
    }
    let mut generated = vec![(LEGACY_CONTROLLER_UID_LABEL, &uid), (LEGACY_JOB_NAME_LABEL, &name)];
    if options.require_prefixed_labels {
        generated.extend([(CONTROLLER_UID_LABEL, &uid), (JOB_NAME_LABEL, &name)]);
    }
    for (label, value) in &generated {
        validate_has_label(spec, label, value, errors);
    }
    let labels = generated.iter().map(|(key, value)| (key.to_string(), value.to_string()));
    if selector_matches(spec.selector.as_ref(), &gather(labels)) == Some(false) {
        errors.push(FieldError::invalid(
            &FieldPath::root("spec").child("selector"),
            &spec.selector,
            "`selector` not auto-generated",
        ));
    }
}

// Models pkg/apis/core/validation ValidateHasLabel
fn validate_has_label(spec: &JobSpec, label: &str, expected: &str, errors: &mut ErrorList) {
    let path = FieldPath::root("spec.template.metadata.labels").key(label);
    let labels = spec.template.metadata.as_ref().and_then(|meta| meta.labels.as_ref());
    let text = format!("must be '{expected}'");
    match labels.and_then(|labels| labels.get(label)) {
        None => errors.push(FieldError::required(&path, &text)),
        // The API server shows all labels here, not the one.
        Some(value) if value != expected => errors.push(FieldError::invalid(&path, &labels, &text)),
        Some(_) => {}
    }
}

/// A Job's spec without its selector, as CronJobs hold it.
// Models pkg/apis/batch/validation validateJobSpec
pub fn validate_fields(spec: &JobSpec, path: &FieldPath, errors: &mut ErrorList) {
    validate_counts(spec, path, errors);
    if let Some(managed_by) = &spec.managed_by {
        validate_managed_by(managed_by, &path.child("managedBy"), errors);
    }
    validate_completion_mode(spec, path, errors);
    if let Some(policy) = &spec.pod_failure_policy {
        validate_pod_failure_policy(policy, spec, &path.child("podFailurePolicy"), errors);
    }
    if let Some(policy) = &spec.success_policy {
        validate_success_policy(policy, spec, &path.child("successPolicy"), errors);
    }
    validate_pod_replacement_policy(spec, &path.child("podReplacementPolicy"), errors);
    validate_pod_template_spec(&spec.template, &path.child("template"), errors);
    validate_restart_policy(spec, &path.child("template.spec.restartPolicy"), errors);
}

fn validate_counts(spec: &JobSpec, path: &FieldPath, errors: &mut ErrorList) {
    validate_nonnegative(spec.parallelism, &path.child("parallelism"), errors);
    validate_nonnegative(spec.completions, &path.child("completions"), errors);
    let deadline = spec.active_deadline_seconds;
    validate_nonnegative(deadline, &path.child("activeDeadlineSeconds"), errors);
    validate_nonnegative(spec.backoff_limit, &path.child("backoffLimit"), errors);
    let ttl = spec.ttl_seconds_after_finished;
    validate_nonnegative(ttl, &path.child("ttlSecondsAfterFinished"), errors);
    let per_index_path = path.child("backoffLimitPerIndex");
    validate_nonnegative(spec.backoff_limit_per_index, &per_index_path, errors);
    validate_nonnegative(spec.max_failed_indexes, &path.child("maxFailedIndexes"), errors);
    if spec.max_failed_indexes.is_some() && spec.backoff_limit_per_index.is_none() {
        errors.push(FieldError::required(&per_index_path, "when maxFailedIndexes is specified"));
    }
}

// Models k8s.io/apimachinery pkg/util/validation IsDomainPrefixedPath
fn validate_managed_by(value: &str, path: &FieldPath, errors: &mut ErrorList) {
    match value.split_once('/') {
        _ if value.is_empty() => errors.push(FieldError::required(path, "")),
        Some((host, rest)) if !host.is_empty() && !rest.is_empty() => {
            super::labels::push_all(names::is_dns1123_subdomain(host), host, path, errors);
            if !names::has_http_path_syntax(rest) {
                let text = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
                errors.push(FieldError::invalid(path, rest, text));
            }
        }
        _ => errors.push(FieldError::invalid(path, value, "must be a domain-prefixed path (such as \"acme.io/foo\")")),
    }
    if value.len() > MAX_MANAGED_BY_BYTES {
        errors.push(FieldError::too_long(path, MAX_MANAGED_BY_BYTES));
    }
}

fn validate_completion_mode(spec: &JobSpec, path: &FieldPath, errors: &mut ErrorList) {
    match spec.completion_mode.as_deref() {
        Some("Indexed") => validate_indexed(spec, path, errors),
        None | Some("NonIndexed") => {
            let text = "requires indexed completion mode";
            if let Some(limit) = spec.backoff_limit_per_index {
                let path = path.child("backoffLimitPerIndex");
                errors.push(FieldError::invalid(&path, &limit, text));
            }
            if let Some(max) = spec.max_failed_indexes {
                errors.push(FieldError::invalid(&path.child("maxFailedIndexes"), &max, text));
            }
        }
        Some(other) => {
            errors.push(FieldError::not_supported(&path.child("completionMode"), other, &["NonIndexed", "Indexed"]))
        }
    }
}

fn validate_indexed(spec: &JobSpec, path: &FieldPath, errors: &mut ErrorList) {
    let completions_path = path.child("completions");
    let max_failed_path = path.child("maxFailedIndexes");
    if spec.completions.is_none() {
        let text = "when completion mode is Indexed";
        errors.push(FieldError::required(&completions_path, text));
    }
    if let Some(parallelism) = above(spec.parallelism, MAX_PARALLELISM_FOR_INDEXED_JOB) {
        let text =
            format!("must be less than or equal to {MAX_PARALLELISM_FOR_INDEXED_JOB} when completion mode is Indexed");
        errors.push(FieldError::invalid(&path.child("parallelism"), &parallelism, &text));
    }
    if let (Some(completions), Some(max)) = (spec.completions, spec.max_failed_indexes)
        && max > completions
    {
        let text = "must be less than or equal to completions";
        errors.push(FieldError::invalid(&max_failed_path, &max, text));
    }
    if let Some(max) = above(spec.max_failed_indexes, MAX_FAILED_INDEXES_FOR_INDEXED_JOB) {
        let text = format!("must be less than or equal to {MAX_FAILED_INDEXES_FOR_INDEXED_JOB}");
        errors.push(FieldError::invalid(&max_failed_path, &max, &text));
    }
    if above(spec.completions, COMPLETIONS_SOFT_LIMIT).is_some() && spec.backoff_limit_per_index.is_some() {
        validate_high_completions(spec, path, errors);
    }
}

fn validate_high_completions(spec: &JobSpec, path: &FieldPath, errors: &mut ErrorList) {
    let max_failed_path = path.child("maxFailedIndexes");
    let bound = |limit: i32| {
        format!(
            "must be less than or equal to {limit} when completions are above {COMPLETIONS_SOFT_LIMIT} and used with backoff limit per index"
        )
    };
    if spec.max_failed_indexes.is_none() {
        let text = format!("must be specified when completions is above {COMPLETIONS_SOFT_LIMIT}");
        errors.push(FieldError::required(&max_failed_path, &text));
    }
    if let Some(parallelism) = above(spec.parallelism, PARALLELISM_LIMIT_FOR_HIGH_COMPLETIONS) {
        let text = bound(PARALLELISM_LIMIT_FOR_HIGH_COMPLETIONS);
        errors.push(FieldError::invalid(&path.child("parallelism"), &parallelism, &text));
    }
    let limit = MAX_FAILED_INDEXES_LIMIT_FOR_HIGH_COMPLETIONS;
    if let Some(max) = above(spec.max_failed_indexes, limit) {
        errors.push(FieldError::invalid(&max_failed_path, &max, &bound(limit)));
    }
}

// Models pkg/apis/batch/validation validatePodReplacementPolicy
fn validate_pod_replacement_policy(spec: &JobSpec, path: &FieldPath, errors: &mut ErrorList) {
    let supported: &[&str] = match spec.pod_failure_policy {
        Some(_) => &["Failed"],
        None => &["Failed", "TerminatingOrFailed"],
    };
    match spec.pod_replacement_policy.as_deref() {
        Some(policy) if !supported.contains(&policy) => {
            errors.push(FieldError::not_supported(path, policy, supported));
        }
        Some(_) | None => {}
    }
}

fn validate_restart_policy(spec: &JobSpec, path: &FieldPath, errors: &mut ErrorList) {
    let policy = spec.template.spec.as_ref().and_then(|spec: &PodSpec| spec.restart_policy.clone());
    match policy.as_deref().unwrap_or_default() {
        "" | "Always" => {
            let text = format!("valid values: {}, {}", quote("OnFailure"), quote("Never"));
            errors.push(FieldError::required(path, &text));
        }
        "Never" => {}
        "OnFailure" if spec.pod_failure_policy.is_none() => {}
        "OnFailure" => errors.push(FieldError::invalid(
            path,
            "OnFailure",
            "only \"Never\" is supported when podFailurePolicy is specified",
        )),
        other => errors.push(FieldError::not_supported(path, other, &["OnFailure", "Never"])),
    }
}

fn above(value: Option<i32>, limit: i32) -> Option<i32> {
    value.filter(|value| *value > limit)
}
