//! The rules of a success policy.

use crate::api::types::batch::{JobSpec, SuccessPolicy, SuccessPolicyRule};
use serde_json::{Value, json};

use super::field::{ErrorList, FieldError, FieldPath};
use super::indexes::validate_indexes_format;
use super::job::is_indexed;
use super::metadata::validate_nonnegative;

const MAX_SUCCEEDED_INDEXES_BYTES: usize = 64 * 1024;
const MAX_RULES: usize = 20;

// Models pkg/apis/batch/validation validateSuccessPolicy
pub fn validate_success_policy(policy: &SuccessPolicy, spec: &JobSpec, path: &FieldPath, errors: &mut ErrorList) {
    if !is_indexed(spec) {
        let value = render_success_policy(Some(policy));
        errors.push(FieldError::invalid(path, &value, "requires indexed completion mode"));
        return;
    }
    let rules_path = path.child("rules");
    if policy.rules.is_empty() {
        let text = "at least one rules must be specified when the successPolicy is specified";
        errors.push(FieldError::required(&rules_path, text));
    }
    if policy.rules.len() > MAX_RULES {
        errors.push(FieldError::too_many(&rules_path, policy.rules.len(), MAX_RULES));
    }
    // An Indexed Job without completions is refused elsewhere; there is nothing to count against.
    let Some(completions) = spec.completions else {
        return;
    };
    for (index, rule) in policy.rules.iter().enumerate() {
        validate_rule(rule, completions, &rules_path.index(index), errors);
    }
}

/// The policy as the API server prints it inside of an error.
pub fn render_success_policy(policy: Option<&SuccessPolicy>) -> Value {
    let Some(policy) = policy else {
        return Value::Null;
    };
    let rules = policy
        .rules
        .iter()
        .map(|rule| json!({"SucceededIndexes": rule.succeeded_indexes, "SucceededCount": rule.succeeded_count}));
    json!({"Rules": rules.collect::<Vec<_>>()})
}

// Models pkg/apis/batch/validation validateSuccessPolicyRule
fn validate_rule(rule: &SuccessPolicyRule, completions: i32, path: &FieldPath, errors: &mut ErrorList) {
    if rule.succeeded_count.is_none() && rule.succeeded_indexes.is_none() {
        let text = "at least one of succeededCount or succeededIndexes must be specified";
        errors.push(FieldError::required(path, text));
    }
    let listed = rule.succeeded_indexes.as_ref().map(|indexes| {
        let path = path.child("succeededIndexes");
        if indexes.len() > MAX_SUCCEEDED_INDEXES_BYTES {
            errors.push(FieldError::too_long(&path, MAX_SUCCEEDED_INDEXES_BYTES));
        }
        validate_indexes_format(indexes, completions).unwrap_or_else(|complaint| {
            let text = format!("error parsing succeededIndexes: {complaint}");
            errors.push(FieldError::invalid(&path, indexes, &text));
            0
        })
    });
    let Some(count) = rule.succeeded_count else {
        return;
    };
    let path = path.child("succeededCount");
    validate_nonnegative(Some(count), &path, errors);
    if count > completions {
        let text = format!("must be less than or equal to {completions} (the number of specified completions)");
        errors.push(FieldError::invalid(&path, &count, &text));
    }
    if let Some(listed) = listed.filter(|listed| count > *listed) {
        let text = format!(
            "must be less than or equal to {listed} (the number of indexes in the specified succeededIndexes field)"
        );
        errors.push(FieldError::invalid(&path, &count, &text));
    }
}
