//! The rules of a pod failure policy.

use std::collections::BTreeSet;

use crate::api::types::batch::{
    JobSpec, PodFailurePolicy, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyOnPodConditionsPattern,
    PodFailurePolicyRule,
};
use serde_json::{Value, json};

use super::field::{ErrorList, FieldError, FieldPath, quote_list};
use super::labels::validate_label_name;

const MAX_RULES: usize = 20;
const MAX_EXIT_CODES: usize = 255;
const MAX_POD_CONDITIONS: usize = 20;

const ACTIONS: [&str; 4] = ["Count", "FailIndex", "FailJob", "Ignore"];
const OPERATORS: [&str; 2] = ["In", "NotIn"];
const STATUSES: [&str; 3] = ["False", "True", "Unknown"];

// Models pkg/apis/batch/validation validatePodFailurePolicy
pub fn validate_pod_failure_policy(
    policy: &PodFailurePolicy,
    spec: &JobSpec,
    path: &FieldPath,
    errors: &mut ErrorList,
) {
    let rules_path = path.child("rules");
    if policy.rules.len() > MAX_RULES {
        errors.push(FieldError::too_many(&rules_path, policy.rules.len(), MAX_RULES));
    }
    let job = JobFacts { spec, containers: container_names(spec) };
    for (index, rule) in policy.rules.iter().enumerate() {
        validate_rule(rule, &job, &rules_path.index(index), errors);
    }
}

/// The policy as the API server prints it inside of an error.
pub fn render_pod_failure_policy(policy: Option<&PodFailurePolicy>) -> Value {
    let Some(policy) = policy else {
        return Value::Null;
    };
    let rules = policy.rules.iter().map(|rule| {
        let exit_codes = rule.on_exit_codes.as_ref().map(
            |codes| json!({"ContainerName": codes.container_name, "Operator": codes.operator, "Values": codes.values}),
        );
        let conditions = rule.on_pod_conditions.as_ref().map(|conditions| {
            let pattern = |pattern: &PodFailurePolicyOnPodConditionsPattern| {
                json!({"Type": pattern.type_, "Status": pattern.status})
            };
            conditions.iter().map(pattern).collect::<Vec<_>>()
        });
        json!({"Action": rule.action, "OnExitCodes": exit_codes, "OnPodConditions": conditions})
    });
    json!({"Rules": rules.collect::<Vec<_>>()})
}

// Models pkg/apis/batch/validation validatePodFailurePolicyRule
fn validate_rule(rule: &PodFailurePolicyRule, job: &JobFacts, path: &FieldPath, errors: &mut ErrorList) {
    let action_path = path.child("action");
    if rule.action == "FailIndex" {
        if job.spec.backoff_limit_per_index.is_none() {
            let text = "requires the backoffLimitPerIndex to be set";
            errors.push(FieldError::invalid(&action_path, &rule.action, text));
        }
    } else {
        validate_one_of(&rule.action, &ACTIONS, &action_path, errors);
    }
    if let Some(exit_codes) = &rule.on_exit_codes {
        validate_exit_codes(exit_codes, job, &path.child("onExitCodes"), errors);
    }
    let conditions = rule.on_pod_conditions.as_deref().unwrap_or_default();
    validate_pod_conditions(conditions, &path.child("onPodConditions"), errors);
    let complaint = match (rule.on_exit_codes.is_some(), conditions.is_empty()) {
        (true, false) => "specifying both OnExitCodes and OnPodConditions is not supported",
        (false, true) => "specifying one of OnExitCodes and OnPodConditions is required",
        (true, true) | (false, false) => return,
    };
    errors.push(FieldError::invalid_without_value(path, complaint));
}

// Models pkg/apis/batch/validation validatePodFailurePolicyRuleOnPodConditions
fn validate_pod_conditions(
    conditions: &[PodFailurePolicyOnPodConditionsPattern],
    path: &FieldPath,
    errors: &mut ErrorList,
) {
    if conditions.len() > MAX_POD_CONDITIONS {
        errors.push(FieldError::too_many(path, conditions.len(), MAX_POD_CONDITIONS));
    }
    for (index, pattern) in conditions.iter().enumerate() {
        let path = path.index(index);
        validate_label_name(&pattern.type_, &path.child("type"), errors);
        let status = pattern.status.as_deref().unwrap_or_default();
        validate_one_of(status, &STATUSES, &path.child("status"), errors);
    }
}

// Models pkg/apis/batch/validation validatePodFailurePolicyRuleOnExitCodes
fn validate_exit_codes(
    requirement: &PodFailurePolicyOnExitCodesRequirement,
    job: &JobFacts,
    path: &FieldPath,
    errors: &mut ErrorList,
) {
    validate_one_of(&requirement.operator, &OPERATORS, &path.child("operator"), errors);
    if let Some(name) = &requirement.container_name
        && !job.containers.contains(name.as_str())
    {
        let text = "must be one of the container or initContainer names in the pod template";
        errors.push(FieldError::invalid(&path.child("containerName"), name, text));
    }
    let values = &requirement.values;
    let values_path = path.child("values");
    if values.is_empty() {
        errors.push(FieldError::invalid(&values_path, values, "at least one value is required"));
    } else if values.len() > MAX_EXIT_CODES {
        errors.push(FieldError::too_many(&values_path, values.len(), MAX_EXIT_CODES));
    }
    let mut seen = BTreeSet::new();
    for (index, value) in values.iter().enumerate() {
        let path = values_path.index(index);
        if requirement.operator == "In" && *value == 0 {
            errors.push(FieldError::invalid(&path, value, "must not be 0 for the In operator"));
        }
        if !seen.insert(value) {
            errors.push(FieldError::duplicate(&path, value));
        }
    }
    if !values.is_sorted() {
        errors.push(FieldError::invalid(&values_path, values, "must be ordered"));
    }
}

/// What the rules are checked against.
struct JobFacts<'a> {
    spec: &'a JobSpec,
    containers: BTreeSet<&'a str>,
}

fn container_names(spec: &JobSpec) -> BTreeSet<&str> {
    let pod = spec.template.spec.iter();
    let all = pod.flat_map(|pod| pod.containers.iter().chain(pod.init_containers.iter().flatten()));
    crate::sim::gather(all.map(|container| container.name.as_str()))
}

fn validate_one_of(value: &str, supported: &[&str], path: &FieldPath, errors: &mut ErrorList) {
    if value.is_empty() {
        let text = format!("valid values: {}", quote_list(supported));
        errors.push(FieldError::required(path, &text));
    } else if !supported.contains(&value) {
        errors.push(FieldError::not_supported(path, value, supported));
    }
}
