//! Environment variables of a container, and the fields they may be taken from.

use crate::api::types::core::{EnvFromSource, EnvVar, EnvVarSource, ObjectFieldSelector, ResourceFieldSelector};

use super::field::{ErrorList, FieldError, FieldPath};
use super::labels::push_all;
use super::names;

/// Pod fields that an environment variable may take its value from.
const ENV_FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
/// Pod fields that have a name but are no single value.
const WHOLE_MAP_FIELDS: [&str; 2] = ["metadata.annotations", "metadata.labels"];
const RESOURCE_FIELDS: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

// Models pkg/apis/core/validation ValidateEnv
pub fn validate_env(vars: &[EnvVar], path: &FieldPath, errors: &mut ErrorList) {
    for (index, var) in vars.iter().enumerate() {
        let path = path.index(index);
        let name_path = path.child("name");
        if var.name.is_empty() {
            errors.push(FieldError::required(&name_path, ""));
        } else {
            push_all(names::is_env_var_name(&var.name), &var.name, &name_path, errors);
        }
        if let Some(source) = &var.value_from {
            validate_source(source, var, &path.child("valueFrom"), errors);
        }
    }
}

// Models pkg/apis/core/validation ValidateEnvFrom
pub fn validate_env_from(sources: &[EnvFromSource], path: &FieldPath, errors: &mut ErrorList) {
    for (index, source) in sources.iter().enumerate() {
        let path = path.index(index);
        let prefix = source.prefix.as_deref().unwrap_or_default();
        if !prefix.is_empty() {
            push_all(names::is_env_var_name(prefix), prefix, &path.child("prefix"), errors);
        }
        if let Some(reference) = &source.config_map_ref {
            validate_reference_name(&reference.name, &path.child("configMapRef"), errors);
        }
        if let Some(reference) = &source.secret_ref {
            let name = reference.name.as_str();
            validate_reference_name(name, &path.child("secretRef"), errors);
        }
        match (source.config_map_ref.is_some(), source.secret_ref.is_some()) {
            (false, false) => {
                let text = "must specify one of: `configMapRef` or `secretRef`";
                errors.push(FieldError::invalid(&path, "", text));
            }
            (true, true) => {
                let text = "may not have more than one field specified at a time";
                errors.push(FieldError::invalid(&path, "", text));
            }
            (true, false) | (false, true) => {}
        }
    }
}

// Models pkg/apis/core/validation validateEnvVarValueFrom
fn validate_source(source: &EnvVarSource, var: &EnvVar, path: &FieldPath, errors: &mut ErrorList) {
    let given = [
        source.field_ref.is_some(),
        source.resource_field_ref.is_some(),
        source.config_map_key_ref.is_some(),
        source.secret_key_ref.is_some(),
        source.file_key_ref.is_some(),
    ];
    if let Some(selector) = &source.field_ref {
        validate_field_ref(selector, &path.child("fieldRef"), errors);
    }
    if let Some(selector) = &source.resource_field_ref {
        validate_resource_field_ref(selector, &path.child("resourceFieldRef"), errors);
    }
    if let Some(key) = &source.config_map_key_ref {
        validate_key_ref(&key.name, &key.key, &path.child("configMapKeyRef"), errors);
    }
    if let Some(key) = &source.secret_key_ref {
        validate_key_ref(&key.name, &key.key, &path.child("secretKeyRef"), errors);
    }
    let complaint = match given.iter().filter(|given| **given).count() {
        0 => "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
        _ if !var.value.as_deref().unwrap_or_default().is_empty() => "may not be specified when `value` is not empty",
        1 => return,
        _ => "may not have more than one field specified at a time",
    };
    errors.push(FieldError::invalid(path, "", complaint));
}

// Models pkg/apis/core/validation validateObjectFieldSelector
fn validate_field_ref(selector: &ObjectFieldSelector, path: &FieldPath, errors: &mut ErrorList) {
    if selector.api_version.as_deref().unwrap_or_default().is_empty() {
        errors.push(FieldError::required(&path.child("apiVersion"), ""));
        return;
    }
    let (field, path) = (selector.field_path.as_str(), path.child("fieldPath"));
    let of_map = WHOLE_MAP_FIELDS.iter().any(|map| {
        let key = field.strip_prefix(map).and_then(|rest| rest.strip_prefix("['"));
        key.is_some_and(|key| key.ends_with("']"))
    });
    if field.is_empty() {
        errors.push(FieldError::required(&path, ""));
    } else if WHOLE_MAP_FIELDS.contains(&field) {
        errors.push(FieldError::not_supported(&path, field, &ENV_FIELDS));
    } else if !of_map && !ENV_FIELDS.contains(&field) {
        let text = format!("error converting fieldPath: field label not supported: {field}");
        errors.push(FieldError::invalid(&path, field, &text));
    }
}

// Models pkg/apis/core/validation validateContainerResourceFieldSelector
fn validate_resource_field_ref(selector: &ResourceFieldSelector, path: &FieldPath, errors: &mut ErrorList) {
    let (resource, path) = (selector.resource.as_str(), path.child("resource"));
    let huge_pages = ["limits.hugepages-", "requests.hugepages-"];
    if resource.is_empty() {
        errors.push(FieldError::required(&path, ""));
    } else if !RESOURCE_FIELDS.contains(&resource) && !huge_pages.iter().any(|prefix| resource.starts_with(prefix)) {
        errors.push(FieldError::not_supported(&path, resource, &RESOURCE_FIELDS));
    }
}

fn validate_key_ref(name: &str, key: &str, path: &FieldPath, errors: &mut ErrorList) {
    validate_reference_name(name, path, errors);
    let key_path = path.child("key");
    if key.is_empty() {
        errors.push(FieldError::required(&key_path, ""));
    } else {
        push_all(names::is_config_map_key(key), key, &key_path, errors);
    }
}

fn validate_reference_name(name: &str, path: &FieldPath, errors: &mut ErrorList) {
    let path = path.child("name");
    if name.is_empty() {
        errors.push(FieldError::required(&path, ""));
    } else {
        push_all(names::is_dns1123_subdomain(name), name, &path, errors);
    }
}
