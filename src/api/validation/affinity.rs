//! Node and pod affinity.

use crate::api::types::core::{
    Affinity, NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm, PodAffinityTerm, WeightedPodAffinityTerm,
};

use super::field::{ErrorList, FieldError, FieldPath};
use super::labels::{validate_label_name, validate_label_selector};

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

// Models pkg/apis/core/validation validateAffinity
pub fn validate_affinity(affinity: Option<&Affinity>, path: &FieldPath, errors: &mut ErrorList) {
    let Some(affinity) = affinity else { return };
    if let Some(node) = &affinity.node_affinity {
        validate_node_affinity(node, &path.child("nodeAffinity"), errors);
    }
    if let Some(pod) = &affinity.pod_affinity {
        let path = path.child("podAffinity");
        let required = &pod.required_during_scheduling_ignored_during_execution;
        let preferred = &pod.preferred_during_scheduling_ignored_during_execution;
        validate_pod_terms(required, preferred, &path, errors);
    }
    if let Some(pod) = &affinity.pod_anti_affinity {
        let path = path.child("podAntiAffinity");
        let required = &pod.required_during_scheduling_ignored_during_execution;
        let preferred = &pod.preferred_during_scheduling_ignored_during_execution;
        validate_pod_terms(required, preferred, &path, errors);
    }
}

fn validate_node_affinity(affinity: &NodeAffinity, path: &FieldPath, errors: &mut ErrorList) {
    if let Some(selector) = &affinity.required_during_scheduling_ignored_during_execution {
        let path = path.child(REQUIRED).child("nodeSelectorTerms");
        if selector.node_selector_terms.is_empty() {
            let text = "must have at least one node selector term";
            errors.push(FieldError::required(&path, text));
        }
        for (index, term) in selector.node_selector_terms.iter().enumerate() {
            validate_node_term(term, &path.index(index), errors);
        }
    }
    let preferred = affinity.preferred_during_scheduling_ignored_during_execution.iter();
    for (index, term) in preferred.flatten().enumerate() {
        let path = path.child(PREFERRED).index(index);
        validate_weight(term.weight, &path, errors);
        validate_node_term(&term.preference, &path.child("preference"), errors);
    }
}

fn validate_node_term(term: &NodeSelectorTerm, path: &FieldPath, errors: &mut ErrorList) {
    for (index, requirement) in term.match_expressions.iter().flatten().enumerate() {
        let path = path.child("matchExpressions").index(index);
        validate_node_requirement(requirement, &path, errors);
    }
    for (index, requirement) in term.match_fields.iter().flatten().enumerate() {
        let path = path.child("matchFields").index(index);
        if requirement.key != "metadata.name" {
            let text = "not a valid field selector key";
            errors.push(FieldError::invalid(&path.child("key"), &requirement.key, text));
        }
    }
}

// Models pkg/apis/core/validation ValidateNodeSelectorRequirement
fn validate_node_requirement(requirement: &NodeSelectorRequirement, path: &FieldPath, errors: &mut ErrorList) {
    let count = requirement.values.as_deref().unwrap_or_default().len();
    let values_path = path.child("values");
    match requirement.operator.as_str() {
        "In" | "NotIn" if count == 0 => {
            errors.push(FieldError::required(&values_path, "must be specified when `operator` is 'In' or 'NotIn'"))
        }
        "Exists" | "DoesNotExist" if count > 0 => errors.push(FieldError::forbidden(
            &values_path,
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        )),
        "Gt" | "Lt" if count != 1 => errors
            .push(FieldError::required(&values_path, "must be specified single value when `operator` is 'Lt' or 'Gt'")),
        "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" => {}
        other => errors.push(FieldError::invalid(&path.child("operator"), other, "not a valid selector operator")),
    }
    validate_label_name(&requirement.key, &path.child("key"), errors);
}

fn validate_pod_terms(
    required: &Option<Vec<PodAffinityTerm>>,
    preferred: &Option<Vec<WeightedPodAffinityTerm>>,
    path: &FieldPath,
    errors: &mut ErrorList,
) {
    for (index, term) in required.iter().flatten().enumerate() {
        validate_pod_term(term, &path.child(REQUIRED).index(index), errors);
    }
    for (index, term) in preferred.iter().flatten().enumerate() {
        let path = path.child(PREFERRED).index(index);
        validate_weight(term.weight, &path, errors);
        validate_pod_term(&term.pod_affinity_term, &path.child("podAffinityTerm"), errors);
    }
}

// Models pkg/apis/core/validation validatePodAffinityTerm
fn validate_pod_term(term: &PodAffinityTerm, path: &FieldPath, errors: &mut ErrorList) {
    validate_label_selector(term.label_selector.as_ref(), &path.child("labelSelector"), errors);
    let namespaces = term.namespace_selector.as_ref();
    validate_label_selector(namespaces, &path.child("namespaceSelector"), errors);
    let topology_path = path.child("topologyKey");
    if term.topology_key.is_empty() {
        errors.push(FieldError::required(&topology_path, "can not be empty"));
    }
    validate_label_name(&term.topology_key, &topology_path, errors);
}

fn validate_weight(weight: i32, path: &FieldPath, errors: &mut ErrorList) {
    if !(1..=100).contains(&weight) {
        let text = "must be in the range 1-100";
        errors.push(FieldError::invalid(&path.child("weight"), &weight, text));
    }
}
