//! Volumes of a pod: that each has one source, and the sources that Jobs commonly use.
//! Other sources are accepted as they are.

use std::collections::BTreeSet;

use crate::api::types::core::{HostPathVolumeSource, KeyToPath, NFSVolumeSource, Volume};
use serde_json::Value;

use super::field::{ErrorList, FieldError, FieldPath};
use super::labels::push_all;
use super::names;
use super::resources::validate_nonnegative_quantity;

const HOST_PATH_TYPES: [&str; 8] =
    ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];

// Models pkg/apis/core/validation ValidateVolumes
pub fn validate_volumes(volumes: &[Volume], path: &FieldPath, errors: &mut ErrorList) {
    let mut seen = BTreeSet::new();
    for (index, volume) in volumes.iter().enumerate() {
        let path = path.index(index);
        validate_source(volume, &path, errors);
        let name_path = path.child("name");
        let complaints = names::is_dns1123_label(&volume.name);
        if volume.name.is_empty() {
            errors.push(FieldError::required(&name_path, ""));
        } else if complaints.is_empty() && !seen.insert(&volume.name) {
            errors.push(FieldError::duplicate(&name_path, &volume.name));
        } else {
            push_all(complaints, &volume.name, &name_path, errors);
        }
    }
}

/// A path below some folder: relative and without `..`; empty is fine.
// Models pkg/apis/core/validation validateLocalDescendingPath
pub fn validate_relative_path(value: &str, path: &FieldPath, errors: &mut ErrorList) {
    if value.starts_with('/') {
        errors.push(FieldError::invalid(path, value, "must be a relative path"));
    }
    validate_no_backsteps(value, path, errors);
}

// Models pkg/apis/core/validation validateVolumeSource
fn validate_source(volume: &Volume, path: &FieldPath, errors: &mut ErrorList) {
    let fields = crate::api::encode::encode(volume);
    let sources: Vec<&String> = match &fields {
        Value::Object(fields) => fields.keys().filter(|field| *field != "name").collect(),
        _ => Vec::new(),
    };
    if sources.is_empty() {
        errors.push(FieldError::required(path, "must specify a volume type"));
    }
    for source in sources.iter().skip(1) {
        let text = "may not specify more than 1 volume type";
        errors.push(FieldError::forbidden(&path.child(source), text));
    }
    if let Some(source) = &volume.empty_dir
        && let Some(limit) = &source.size_limit
    {
        validate_nonnegative_quantity(limit, &path.child("emptyDir.sizeLimit"), errors);
    }
    if let Some(source) = &volume.host_path {
        validate_host_path(source, &path.child("hostPath"), errors);
    }
    if let Some(source) = &volume.nfs {
        validate_nfs(source, &path.child("nfs"), errors);
    }
    if let Some(source) = &volume.persistent_volume_claim {
        required(&source.claim_name, &path.child("persistentVolumeClaim.claimName"), errors);
    }
    if let Some(source) = &volume.config_map {
        let path = path.child("configMap");
        required(&source.name, &path.child("name"), errors);
        let items = source.items.as_deref().unwrap_or_default();
        validate_files(source.default_mode, items, &path, errors);
    }
    if let Some(source) = &volume.secret {
        let path = path.child("secret");
        let name = source.secret_name.as_deref().unwrap_or_default();
        required(name, &path.child("secretName"), errors);
        let items = source.items.as_deref().unwrap_or_default();
        validate_files(source.default_mode, items, &path, errors);
    }
    if let Some(source) = &volume.ephemeral
        && source.volume_claim_template.is_none()
    {
        errors.push(FieldError::required(&path.child("ephemeral.volumeClaimTemplate"), ""));
    }
}

fn validate_host_path(source: &HostPathVolumeSource, path: &FieldPath, errors: &mut ErrorList) {
    required(&source.path, &path.child("path"), errors);
    validate_no_backsteps(&source.path, &path.child("path"), errors);
    let kind = source.type_.as_deref().unwrap_or_default();
    if !HOST_PATH_TYPES.contains(&kind) {
        errors.push(FieldError::not_supported(&path.child("type"), kind, &HOST_PATH_TYPES));
    }
}

fn validate_nfs(source: &NFSVolumeSource, path: &FieldPath, errors: &mut ErrorList) {
    required(&source.server, &path.child("server"), errors);
    let place = path.child("path");
    required(&source.path, &place, errors);
    if !source.path.starts_with('/') {
        errors.push(FieldError::invalid(&place, &source.path, "must be an absolute path"));
    }
}

fn validate_files(default_mode: Option<i32>, items: &[KeyToPath], path: &FieldPath, errors: &mut ErrorList) {
    validate_mode(default_mode, &path.child("defaultMode"), errors);
    for (index, item) in items.iter().enumerate() {
        let path = path.child("items").index(index);
        required(&item.key, &path.child("key"), errors);
        let place = path.child("path");
        required(&item.path, &place, errors);
        validate_relative_path(&item.path, &place, errors);
        validate_mode(item.mode, &path.child("mode"), errors);
    }
}

fn validate_mode(mode: Option<i32>, path: &FieldPath, errors: &mut ErrorList) {
    if let Some(mode) = mode.filter(|mode| !(0..=0o777).contains(mode)) {
        let text = "must be a number between 0 and 0777 (octal), both inclusive";
        errors.push(FieldError::invalid(path, &mode, text));
    }
}

fn validate_no_backsteps(value: &str, path: &FieldPath, errors: &mut ErrorList) {
    if value.split('/').any(|part| part == "..") {
        errors.push(FieldError::invalid(path, value, "must not contain '..'"));
    }
}

fn required(value: &str, path: &FieldPath, errors: &mut ErrorList) {
    if value.is_empty() {
        errors.push(FieldError::required(path, ""));
    }
}
