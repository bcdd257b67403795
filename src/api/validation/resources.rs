//! Resource requests and limits.

use std::collections::BTreeMap;

use crate::api::types::core::ResourceRequirements;
use crate::api::types::meta::Quantity as WireQuantity;

use super::field::{ErrorList, FieldError, FieldPath};
use super::labels::validate_label_name;
use crate::api::quantity::{Quantity, SYNTAX_ERROR};

type Resources = BTreeMap<String, WireQuantity>;

/// Requests and limits of one container.
// Models pkg/apis/core/validation ValidateContainerResourceRequirements
pub fn validate_resource_requirements(
    resources: Option<&ResourceRequirements>,
    path: &FieldPath,
    errors: &mut ErrorList,
) {
    let Some(resources) = resources else { return };
    let (none, limits_path, requests_path) = (Resources::new(), path.child("limits"), path.child("requests"));
    let limits = resources.limits.as_ref().unwrap_or(&none);
    let requests = resources.requests.as_ref().unwrap_or(&none);
    for (name, quantity) in limits {
        validate_resource(name, quantity, &limits_path, errors);
    }
    for (name, quantity) in requests {
        validate_resource(name, quantity, &requests_path, errors);
        validate_request_against_limit(name, quantity, limits.get(name), path, errors);
    }
}

/// Zero or more; complains about texts that are no quantity too.
// Models pkg/apis/core/validation ValidateNonnegativeQuantity
pub fn validate_nonnegative_quantity(quantity: &WireQuantity, path: &FieldPath, errors: &mut ErrorList) {
    match Quantity::parse(&quantity.0) {
        None => errors.push(FieldError::invalid(path, &quantity.0, SYNTAX_ERROR)),
        Some(parsed) if parsed.nanos() < 0 => {
            let text = "must be greater than or equal to 0";
            errors.push(FieldError::invalid(path, &parsed.to_string(), text));
        }
        Some(_) => {}
    }
}

fn validate_resource(name: &str, quantity: &WireQuantity, path: &FieldPath, errors: &mut ErrorList) {
    let path = path.key(name);
    validate_label_name(name, &path, errors);
    if !name.contains('/') && !is_standard(name) {
        let text = "must be a standard resource type or fully qualified";
        errors.push(FieldError::invalid(&path, name, text));
        let text = "must be a standard resource for containers";
        errors.push(FieldError::invalid(&path, name, text));
    }
    validate_nonnegative_quantity(quantity, &path, errors);
    if let Some(parsed) = Quantity::parse(&quantity.0)
        && is_extended(name)
        && !parsed.is_whole()
    {
        errors.push(FieldError::invalid(&path, &parsed.to_string(), "must be an integer"));
    }
}

fn validate_request_against_limit(
    name: &str,
    request: &WireQuantity,
    limit: Option<&WireQuantity>,
    path: &FieldPath,
    errors: &mut ErrorList,
) {
    let overcommit = !is_extended(name) && !name.starts_with("hugepages-");
    let Some(limit) = limit else {
        if !overcommit {
            let text = "Limit must be set for non overcommitable resources";
            errors.push(FieldError::required(&path.child("limits"), text));
        }
        return;
    };
    let (Some(request), Some(limit)) = (Quantity::parse(&request.0), Quantity::parse(&limit.0)) else {
        return;
    };
    let path = path.child("requests");
    if !overcommit && request.nanos() != limit.nanos() {
        let text = format!("must be equal to {name} limit of {limit}");
        errors.push(FieldError::invalid(&path, &request.to_string(), &text));
    } else if overcommit && request.nanos() > limit.nanos() {
        let text = format!("must be less than or equal to {name} limit of {limit}");
        errors.push(FieldError::invalid(&path, &request.to_string(), &text));
    }
}

fn is_standard(name: &str) -> bool {
    matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("hugepages-")
}

/// A resource of some vendor, such as `nvidia.com/gpu`.
fn is_extended(name: &str) -> bool {
    name.contains('/') && !name.contains("kubernetes.io/")
}
