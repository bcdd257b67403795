//! Tolerations, topology spread constraints and scheduling gates.

use std::collections::BTreeSet;

use crate::api::types::core::{PodSpec, Toleration, TopologySpreadConstraint};

use super::field::{ErrorList, FieldError, FieldPath};
use super::labels::{push_all, validate_label_name, validate_label_selector};
use super::names;
use super::pod_template::one_of;

const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
const WHEN_UNSATISFIABLE: [&str; 2] = ["DoNotSchedule", "ScheduleAnyway"];

// Models pkg/apis/core/validation ValidateTolerations
pub fn validate_tolerations(tolerations: &[Toleration], path: &FieldPath, errors: &mut ErrorList) {
    for (index, toleration) in tolerations.iter().enumerate() {
        let path = path.index(index);
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let (key, value) = (text(&toleration.key), text(&toleration.value));
        let (operator, effect) = (text(&toleration.operator), text(&toleration.effect));
        let operator_path = path.child("operator");
        if !key.is_empty() {
            validate_label_name(&key, &path.child("key"), errors);
        } else if operator != "Exists" {
            let text = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
            errors.push(FieldError::invalid(&operator_path, &operator, text));
        }
        if toleration.toleration_seconds.is_some() && effect != "NoExecute" {
            let text = "effect must be 'NoExecute' when `tolerationSeconds` is set";
            errors.push(FieldError::invalid(&path.child("effect"), &effect, text));
        }
        match operator.as_str() {
            "" | "Equal" | "Lt" | "Gt" => {
                push_all(names::is_label_value(&value), &value, &operator_path, errors);
            }
            "Exists" if value.is_empty() => {}
            "Exists" => {
                let text = "value must be empty when `operator` is 'Exists'";
                errors.push(FieldError::invalid(&operator_path, &value, text));
            }
            other => {
                let supported = ["Equal", "Exists"];
                errors.push(FieldError::not_supported(&operator_path, other, &supported));
            }
        }
        if !effect.is_empty() {
            one_of(Some(&effect), &EFFECTS, &path.child("effect"), errors);
        }
    }
}

// Models pkg/apis/core/validation validateTopologySpreadConstraints
pub fn validate_topology_spread_constraints(
    constraints: &[TopologySpreadConstraint],
    path: &FieldPath,
    errors: &mut ErrorList,
) {
    let mut seen = BTreeSet::new();
    for (index, constraint) in constraints.iter().enumerate() {
        let path = path.index(index);
        if constraint.max_skew <= 0 {
            let path = path.child("maxSkew");
            errors.push(FieldError::invalid(&path, &constraint.max_skew, "must be greater than zero"));
        }
        let (topology_key, key_path) = (&constraint.topology_key, path.child("topologyKey"));
        if topology_key.is_empty() {
            errors.push(FieldError::required(&key_path, "can not be empty"));
        } else {
            validate_label_name(topology_key, &key_path, errors);
        }
        let (when, when_path) = (&constraint.when_unsatisfiable, path.child("whenUnsatisfiable"));
        if !WHEN_UNSATISFIABLE.contains(&when.as_str()) {
            errors.push(FieldError::not_supported(&when_path, when, &WHEN_UNSATISFIABLE));
        }
        if !seen.insert((topology_key, when)) {
            let pair = format!("{{{topology_key}, {when}}}");
            errors.push(FieldError::duplicate(&when_path, &pair));
        }
        if let Some(domains) = constraint.min_domains {
            let path = path.child("minDomains");
            if domains <= 0 {
                errors.push(FieldError::invalid(&path, &domains, "must be greater than 0"));
            }
            if when != "DoNotSchedule" {
                let text = format!("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {when}");
                errors.push(FieldError::invalid(&path, &domains, &text));
            }
        }
        let selector = constraint.label_selector.as_ref();
        validate_label_selector(selector, &path.child("labelSelector"), errors);
    }
}

// Models pkg/apis/core/validation validateSchedulingGates
pub fn validate_scheduling_gates(spec: &PodSpec, path: &FieldPath, errors: &mut ErrorList) {
    let mut seen = BTreeSet::new();
    for (index, gate) in spec.scheduling_gates.iter().flatten().enumerate() {
        let path = path.index(index);
        validate_label_name(&gate.name, &path, errors);
        if !seen.insert(&gate.name) {
            errors.push(FieldError::duplicate(&path, &gate.name));
        }
    }
}
