//! ReplicaSets and Deployments on creation and update. Expects defaults applied; changes nothing.

use std::collections::BTreeMap;

use crate::api::types::apps::{DeploymentSpec, DeploymentStrategy, ReplicaSetSpec};
use crate::api::types::core::PodTemplateSpec;
use crate::api::types::meta::IntOrString;
use crate::api::types::meta::{LabelSelector, ObjectMeta};

use super::field::{ErrorList, FieldError, FieldPath};
use super::labels::{selector_matches, validate_label_selector};
use super::metadata::{immutable, validate_nonnegative, validate_object_meta};
use super::pod_template::{one_of, validate_pod_template_spec};

/// Everything wrong with a ReplicaSet that is about to be stored.
// Models pkg/apis/apps/validation ValidateReplicaSet
pub fn validate_replica_set(meta: &ObjectMeta, spec: &ReplicaSetSpec) -> ErrorList {
    let (mut errors, path) = (ErrorList::new(), FieldPath::root("spec"));
    validate_object_meta(meta, &FieldPath::root("metadata"), &mut errors);
    validate_nonnegative(spec.replicas, &path.child("replicas"), &mut errors);
    validate_nonnegative(spec.min_ready_seconds, &path.child("minReadySeconds"), &mut errors);
    let template = spec.template.as_ref();
    validate_template(&spec.selector, template, &path, &mut errors);
    errors
}

/// Everything wrong with a Deployment that is about to be stored.
// Models pkg/apis/apps/validation ValidateDeployment
pub fn validate_deployment(meta: &ObjectMeta, spec: &DeploymentSpec) -> ErrorList {
    let (mut errors, path) = (ErrorList::new(), FieldPath::root("spec"));
    validate_object_meta(meta, &FieldPath::root("metadata"), &mut errors);
    validate_nonnegative(spec.replicas, &path.child("replicas"), &mut errors);
    validate_template(&spec.selector, Some(&spec.template), &path, &mut errors);
    if let Some(strategy) = &spec.strategy {
        validate_strategy(strategy, &path.child("strategy"), &mut errors);
    }
    validate_nonnegative(spec.min_ready_seconds, &path.child("minReadySeconds"), &mut errors);
    validate_nonnegative(spec.revision_history_limit, &path.child("revisionHistoryLimit"), &mut errors);
    if let Some(deadline_s) = spec.progress_deadline_seconds {
        let path = path.child("progressDeadlineSeconds");
        validate_nonnegative(Some(deadline_s), &path, &mut errors);
        if deadline_s <= spec.min_ready_seconds.unwrap_or(0) {
            errors.push(FieldError::invalid(&path, &deadline_s, "must be greater than minReadySeconds"));
        }
    }
    errors
}

/// Everything wrong with an update of a Deployment's spec.
// Models pkg/registry/apps/deployment/strategy.go ValidateUpdate
pub fn validate_deployment_update(meta: &ObjectMeta, spec: &DeploymentSpec, old: &DeploymentSpec) -> ErrorList {
    let mut errors = validate_deployment(meta, spec);
    immutable(&spec.selector, &old.selector, &FieldPath::root("spec").child("selector"), &mut errors);
    errors
}

/// The selector, the template, and that the one picks the other.
// Models pkg/apis/apps/validation ValidatePodTemplateSpecForReplicaSet
fn validate_template(
    selector: &LabelSelector,
    template: Option<&PodTemplateSpec>,
    path: &FieldPath,
    errors: &mut ErrorList,
) {
    let selector_path = path.child("selector");
    validate_label_selector(Some(selector), &selector_path, errors);
    let is_empty = selector.match_labels.iter().flatten().next().is_none()
        && selector.match_expressions.iter().flatten().next().is_none();
    if is_empty {
        errors.push(FieldError::invalid(&selector_path, selector, "empty selector is invalid for deployment"));
    }
    let path = path.child("template");
    let Some(template) = template else {
        errors.push(FieldError::required(&path, ""));
        return;
    };
    let labels = template.metadata.as_ref().and_then(|meta| meta.labels.as_ref());
    let matches = selector_matches(Some(selector), labels.unwrap_or(&BTreeMap::new()));
    if !is_empty && matches == Some(false) {
        let text = "`selector` does not match template `labels`";
        errors.push(FieldError::invalid(&path.child("metadata.labels"), &labels, text));
    }
    validate_pod_template_spec(template, &path, errors);
    let Some(spec) = &template.spec else { return };
    let policy = spec.restart_policy.as_deref();
    if policy.is_some_and(|policy| matches!(policy, "OnFailure" | "Never")) {
        errors.push(FieldError::not_supported(&path.child("spec.restartPolicy"), &policy, &["Always"]));
    }
    if spec.active_deadline_seconds.is_some() {
        let text = "activeDeadlineSeconds in ReplicaSet is not Supported";
        errors.push(FieldError::forbidden(&path.child("spec.activeDeadlineSeconds"), text));
    }
}

// Models pkg/apis/apps/validation ValidateDeploymentStrategy, ValidateRollingUpdateDeployment
fn validate_strategy(strategy: &DeploymentStrategy, path: &FieldPath, errors: &mut ErrorList) {
    let kind = strategy.type_.as_deref();
    one_of(kind, &["Recreate", "RollingUpdate"], &path.child("type"), errors);
    let path = path.child("rollingUpdate");
    match (kind, &strategy.rolling_update) {
        (Some("Recreate"), Some(_)) => {
            let text = "may not be specified when strategy `type` is 'Recreate'";
            errors.push(FieldError::forbidden(&path, text));
        }
        (Some("RollingUpdate"), Some(bounds)) => {
            validate_bound(bounds.max_unavailable.as_ref(), &path.child("maxUnavailable"), errors);
            validate_bound(bounds.max_surge.as_ref(), &path.child("maxSurge"), errors);
            let is_zero = |bound: &Option<IntOrString>| bound.as_ref().and_then(whole_part) == Some(0);
            let unavailable_path = path.child("maxUnavailable");
            if is_zero(&bounds.max_unavailable) && is_zero(&bounds.max_surge) {
                let text = "may not be 0 when `maxSurge` is 0";
                errors.push(FieldError::invalid(&unavailable_path, &bounds.max_unavailable, text));
            }
            let share = bounds.max_unavailable.as_ref().filter(|bound| matches!(bound, IntOrString::String(_)));
            if share.and_then(whole_part).is_some_and(|percent| percent > 100) {
                errors.push(FieldError::invalid(&unavailable_path, &share, "must not be greater than 100%"));
            }
        }
        _ => {}
    }
}

// Models pkg/apis/apps/validation ValidatePositiveIntOrPercent
fn validate_bound(bound: Option<&IntOrString>, path: &FieldPath, errors: &mut ErrorList) {
    let Some(bound) = bound else { return };
    match whole_part(bound) {
        None => {
            let text = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or \
                        '93%', regex used for validation is '[0-9]+%')";
            errors.push(FieldError::invalid(path, bound, text));
        }
        Some(number) if number < 0 => {
            errors.push(FieldError::invalid(path, bound, "must be greater than or equal to 0"));
        }
        Some(_) => {}
    }
}

/// The number, or that before `%`; `None` for other texts.
pub fn whole_part(bound: &IntOrString) -> Option<i64> {
    match bound {
        IntOrString::Int(number) => Some(i64::from(*number)),
        IntOrString::String(text) => {
            let digits = text.strip_suffix('%')?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits)?.parse().ok()
        }
    }
}
