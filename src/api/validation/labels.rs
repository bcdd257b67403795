//! Labels, annotations and label selectors.
//! Knows how a selector matches labels, not whose labels they are.

use std::collections::BTreeMap;

use crate::api::types::meta::{LabelSelector, LabelSelectorRequirement};

use super::field::{ErrorList, FieldError, FieldPath};
use super::names;

const ANNOTATIONS_MAX_BYTES: usize = 256 * 1024;

type StringMap = BTreeMap<String, String>;

/// Keys and values of labels.
// Models k8s.io/apimachinery pkg/apis/meta/v1/validation ValidateLabels
pub fn validate_labels(labels: Option<&StringMap>, path: &FieldPath, errors: &mut ErrorList) {
    for (key, value) in labels.into_iter().flatten() {
        validate_label_name(key, path, errors);
        push_all(names::is_label_value(value), value, path, errors);
    }
}

/// One label key.
// Models k8s.io/apimachinery pkg/apis/meta/v1/validation ValidateLabelName
pub fn validate_label_name(name: &str, path: &FieldPath, errors: &mut ErrorList) {
    push_all(names::is_label_key(name), name, path, errors);
}

/// Keys of annotations, and the size of all of them together.
// Models k8s.io/apimachinery pkg/api/validation ValidateAnnotations
pub fn validate_annotations(annotations: Option<&StringMap>, path: &FieldPath, errors: &mut ErrorList) {
    let mut size = 0;
    for (key, value) in annotations.into_iter().flatten() {
        push_all(names::is_label_key(&key.to_ascii_lowercase()), key, path, errors);
        size += key.len() + value.len();
    }
    if size > ANNOTATIONS_MAX_BYTES {
        errors.push(FieldError::too_long(path, ANNOTATIONS_MAX_BYTES));
    }
}

/// The syntax of a label selector.
// Models k8s.io/apimachinery pkg/apis/meta/v1/validation ValidateLabelSelector
pub fn validate_label_selector(selector: Option<&LabelSelector>, path: &FieldPath, errors: &mut ErrorList) {
    let Some(selector) = selector else { return };
    validate_labels(selector.match_labels.as_ref(), &path.child("matchLabels"), errors);
    let expressions = selector.match_expressions.iter().flatten();
    for (index, requirement) in expressions.enumerate() {
        let path = path.child("matchExpressions").index(index);
        validate_requirement(requirement, &path, errors);
    }
}

fn validate_requirement(requirement: &LabelSelectorRequirement, path: &FieldPath, errors: &mut ErrorList) {
    let values = requirement.values.as_deref().unwrap_or_default();
    let values_path = path.child("values");
    match requirement.operator.as_str() {
        "In" | "NotIn" if values.is_empty() => {
            errors.push(FieldError::required(&values_path, "must be specified when `operator` is 'In' or 'NotIn'"))
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => errors.push(FieldError::forbidden(
            &values_path,
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        )),
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        other => errors.push(FieldError::invalid(&path.child("operator"), other, "not a valid selector operator")),
    }
    validate_label_name(&requirement.key, &path.child("key"), errors);
    for (index, value) in values.iter().enumerate() {
        push_all(names::is_label_value(value), value, &values_path.index(index), errors);
    }
}

/// Whether `selector` matches `labels`; `None` when the selector cannot be read.
/// A selector that is absent matches nothing, an empty one everything.
// Models k8s.io/apimachinery pkg/apis/meta/v1 LabelSelectorAsSelector
pub fn selector_matches(selector: Option<&LabelSelector>, labels: &StringMap) -> Option<bool> {
    let Some(selector) = selector else {
        return Some(false);
    };
    let by_label = |(key, value): (&String, &String)| labels.get(key) == Some(value);
    let mut matches = selector.match_labels.iter().flatten().all(by_label);
    for requirement in selector.match_expressions.iter().flatten() {
        matches &= requirement_matches(requirement, labels)?;
    }
    Some(matches)
}

fn requirement_matches(requirement: &LabelSelectorRequirement, labels: &StringMap) -> Option<bool> {
    let values = requirement.values.as_deref().unwrap_or_default();
    let label = labels.get(&requirement.key);
    let listed = label.is_some_and(|label| values.contains(label));
    match (requirement.operator.as_str(), values.is_empty()) {
        ("In", false) => Some(listed),
        ("NotIn", false) => Some(!listed),
        ("Exists", true) => Some(label.is_some()),
        ("DoesNotExist", true) => Some(label.is_none()),
        _ => None,
    }
}

/// One `Invalid value` for each complaint about `value`.
pub fn push_all(complaints: Vec<String>, value: &str, path: &FieldPath, errors: &mut ErrorList) {
    errors.extend(complaints.iter().map(|text| FieldError::invalid(path, value, text)));
}
