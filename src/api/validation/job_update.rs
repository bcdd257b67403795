//! What an update may change in a stored Job.
//! Decides from the two Jobs alone; which switches are on is the strategy's business.

use crate::api::encode::Encode;
use crate::api::types::batch::{Job, JobSpec};
use crate::api::types::core::{Affinity, Container, PodTemplateSpec};
use serde_json::Value;

use super::failure_policy::render_pod_failure_policy;
use super::field::{ErrorList, FieldError, FieldPath};
use super::job::{JobValidationOptions, is_indexed, validate_job_spec};
use super::metadata::{immutable, validate_object_meta_update};
use super::success_policy::render_success_policy;

use crate::api::encode::encode;

/// Everything wrong with an update of a Job's metadata and spec.
// Models pkg/apis/batch/validation ValidateJobUpdate
pub fn validate_job_update(job: &Job, old: &Job, options: JobValidationOptions) -> ErrorList {
    let mut errors = ErrorList::new();
    let path = FieldPath::root("metadata");
    validate_object_meta_update(&job.metadata, &old.metadata, &path, &mut errors);
    let none = JobSpec::default();
    let (spec, old) = (job.spec.as_ref().unwrap_or(&none), old.spec.as_ref().unwrap_or(&none));
    validate_job_spec_update(spec, old, &FieldPath::root("spec"), options, &mut errors);
    errors
}

// Models pkg/apis/batch/validation ValidateJobSpecUpdate
fn validate_job_spec_update(
    spec: &JobSpec,
    old: &JobSpec,
    path: &FieldPath,
    options: JobValidationOptions,
    errors: &mut ErrorList,
) {
    validate_job_spec(spec, path, errors);
    validate_completions(spec, old, &path.child("completions"), options, errors);
    same(&spec.selector, &old.selector, &path.child("selector"), errors);
    validate_template(&spec.template, &old.template, &path.child("template"), options, errors);
    immutable(&spec.completion_mode, &old.completion_mode, &path.child("completionMode"), errors);
    let policies = (
        render_pod_failure_policy(spec.pod_failure_policy.as_ref()),
        render_pod_failure_policy(old.pod_failure_policy.as_ref()),
    );
    immutable(&policies.0, &policies.1, &path.child("podFailurePolicy"), errors);
    let limits = (spec.backoff_limit_per_index, old.backoff_limit_per_index);
    immutable(&limits.0, &limits.1, &path.child("backoffLimitPerIndex"), errors);
    immutable(&spec.managed_by, &old.managed_by, &path.child("managedBy"), errors);
    let policies =
        (render_success_policy(spec.success_policy.as_ref()), render_success_policy(old.success_policy.as_ref()));
    immutable(&policies.0, &policies.1, &path.child("successPolicy"), errors);
}

// Models pkg/apis/batch/validation validateCompletions
fn validate_completions(
    spec: &JobSpec,
    old: &JobSpec,
    path: &FieldPath,
    options: JobValidationOptions,
    errors: &mut ErrorList,
) {
    if !options.allow_elastic_indexed_jobs || !is_indexed(spec) {
        immutable(&spec.completions, &old.completions, path, errors);
    } else if let Some(completions) = spec.completions
        && spec.completions != old.completions
        && spec.completions != spec.parallelism
    {
        let text = "can only be modified in tandem with spec.parallelism";
        errors.push(FieldError::invalid(path, &completions, text));
    }
}

// Models pkg/apis/batch/validation validatePodTemplateUpdate
fn validate_template(
    template: &PodTemplateSpec,
    old: &PodTemplateSpec,
    path: &FieldPath,
    options: JobValidationOptions,
    errors: &mut ErrorList,
) {
    let mut old = old.clone();
    if options.allow_mutable_scheduling_directives {
        adopt_scheduling_directives(&mut old, template);
    }
    if options.allow_mutable_pod_resources {
        adopt_resources(&mut old, template);
    }
    same(template, &old, path, errors);
}

/// Gives `old` the parts of `new` that may differ while a Job is suspended.
fn adopt_scheduling_directives(old: &mut PodTemplateSpec, new: &PodTemplateSpec) {
    let new = new.clone();
    let new_meta = new.metadata.unwrap_or_default();
    let meta = old.metadata.get_or_insert_default();
    meta.labels = new_meta.labels;
    meta.annotations = new_meta.annotations;
    let new_spec = new.spec.unwrap_or_default();
    let spec = old.spec.get_or_insert_default();
    spec.affinity = adopt_node_affinity(spec.affinity.take(), new_spec.affinity);
    spec.node_selector = new_spec.node_selector;
    spec.tolerations = new_spec.tolerations;
    spec.scheduling_gates = new_spec.scheduling_gates;
}

fn adopt_node_affinity(old: Option<Affinity>, new: Option<Affinity>) -> Option<Affinity> {
    let new_is_absent = new.is_none();
    let mut adopted = old.unwrap_or_default();
    adopted.node_affinity = new.and_then(|new| new.node_affinity);
    Some(adopted).filter(|adopted| !(new_is_absent && *adopted == Affinity::default()))
}

/// Gives the containers of `old` the resources of the containers at the same place in `new`.
fn adopt_resources(old: &mut PodTemplateSpec, new: &PodTemplateSpec) {
    let new = new.clone().spec.unwrap_or_default();
    let old = old.spec.get_or_insert_default();
    let adopt = |old: &mut [Container], new: &[Container]| {
        for (old, new) in old.iter_mut().zip(new) {
            old.resources = new.resources.clone();
        }
    };
    adopt(&mut old.containers, &new.containers);
    let old_init = old.init_containers.as_deref_mut().unwrap_or_default();
    adopt(old_init, new.init_containers.as_deref().unwrap_or_default());
}

/// `field is immutable` unless both mean the same: an empty list is as good as none.
fn same<T: Encode>(new: &T, old: &T, path: &FieldPath, errors: &mut ErrorList) {
    if meaning(new) != meaning(old) {
        errors.push(FieldError::invalid(path, new, "field is immutable"));
    }
}

/// Fields whose empty map is the same as none.
const PLAIN_MAPS: [&str; 9] =
    ["annotations", "labels", "limits", "matchLabels", "metadata", "nodeSelector", "overhead", "requests", "resources"];
/// Fields whose `false` is the same as none.
const PLAIN_FLAGS: [&str; 7] = ["hostIPC", "hostNetwork", "hostPID", "readOnly", "stdin", "stdinOnce", "tty"];
/// Fields whose zero is the same as none.
const PLAIN_NUMBERS: [&str; 2] = ["hostPort", "initialDelaySeconds"];

fn meaning<T: Encode>(object: &T) -> Value {
    let mut value = encode(object);
    drop_meaningless(&mut value);
    value
}

fn drop_meaningless(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for field in fields.values_mut() {
                drop_meaningless(field);
            }
            fields.retain(|name, value| !is_meaningless(name, value));
        }
        Value::Array(entries) => entries.iter_mut().for_each(drop_meaningless),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_meaningless(name: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag && PLAIN_FLAGS.contains(&name),
        Value::Number(number) => number.as_i64() == Some(0) && PLAIN_NUMBERS.contains(&name),
        Value::String(_) => false,
        Value::Array(entries) => entries.is_empty(),
        Value::Object(fields) => fields.is_empty() && PLAIN_MAPS.contains(&name),
    }
}
