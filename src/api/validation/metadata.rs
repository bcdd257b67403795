//! Object metadata: name, namespace, labels, annotations, owners, finalizers.
//! Knows no particular kind.

use crate::api::encode::Encode;
use crate::api::types::meta::{ObjectMeta, OwnerReference};

use super::field::{ErrorList, FieldError, FieldPath};
use super::labels::{push_all, validate_annotations, validate_label_name, validate_labels};
use super::names;

/// A Job of a CronJob has 11 more, and a label holds 63.
const CRONJOB_NAME_MAX_BYTES: usize = 52;
const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];

/// The metadata of a new namespaced object.
// Models pkg/apis/core/validation ValidateObjectMeta
pub fn validate_object_meta(meta: &ObjectMeta, path: &FieldPath, errors: &mut ErrorList) {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let (name, generate_name) = (text(&meta.name), text(&meta.generate_name));
    if !generate_name.is_empty() {
        let complaints = names::is_dns1123_subdomain_prefix(&generate_name);
        push_all(complaints, &generate_name, &path.child("generateName"), errors);
    }
    let name_path = path.child("name");
    if name.is_empty() {
        errors.push(FieldError::required(&name_path, "name or generateName is required"));
    } else {
        push_all(names::is_dns1123_subdomain(&name), &name, &name_path, errors);
    }
    let namespace = text(&meta.namespace);
    let namespace_path = path.child("namespace");
    if namespace.is_empty() {
        errors.push(FieldError::required(&namespace_path, ""));
    } else {
        push_all(names::is_dns1123_label(&namespace), &namespace, &namespace_path, errors);
    }
    validate_nonnegative(meta.generation, &path.child("generation"), errors);
    validate_lists(meta, path, errors);
    for (index, finalizer) in meta.finalizers.iter().flatten().enumerate() {
        if !finalizer.contains('/') && !STANDARD_FINALIZERS.contains(&finalizer.as_str()) {
            errors.push(FieldError::invalid(
                &path.child("finalizers").index(index),
                finalizer,
                "name is neither a standard finalizer name nor is it fully qualified",
            ));
        }
    }
}

/// The name of a new CronJob must leave room for the names of its Jobs.
// Models pkg/apis/batch/validation ValidateCronJobCreate
pub fn validate_cronjob_name_length(meta: &ObjectMeta, path: &FieldPath, errors: &mut ErrorList) {
    if let Some(name) = meta.name.as_ref().filter(|name| name.len() > CRONJOB_NAME_MAX_BYTES) {
        let text = format!("must be no more than {CRONJOB_NAME_MAX_BYTES} characters");
        errors.push(FieldError::invalid(&path.child("name"), name, &text));
    }
}

/// What an update may not do to metadata.
// Models k8s.io/apimachinery pkg/api/validation ValidateObjectMetaUpdate
pub fn validate_object_meta_update(meta: &ObjectMeta, old: &ObjectMeta, path: &FieldPath, errors: &mut ErrorList) {
    if old.deletion_timestamp.is_some() {
        validate_no_new_finalizers(meta, old, path, errors);
    }
    if meta.resource_version.as_deref().unwrap_or_default().is_empty() {
        errors.push(FieldError::invalid(&path.child("resourceVersion"), "", "must be specified for an update"));
    }
    let generation = meta.generation.unwrap_or_default();
    if generation < old.generation.unwrap_or_default() {
        let path = path.child("generation");
        errors.push(FieldError::invalid(&path, &generation, "must not be decremented"));
    }
    immutable(&meta.name, &old.name, &path.child("name"), errors);
    immutable(&meta.namespace, &old.namespace, &path.child("namespace"), errors);
    immutable(&meta.uid, &old.uid, &path.child("uid"), errors);
    let (created, old_created) = (&meta.creation_timestamp, &old.creation_timestamp);
    immutable(created, old_created, &path.child("creationTimestamp"), errors);
    let (deleted, old_deleted) = (&meta.deletion_timestamp, &old.deletion_timestamp);
    immutable(deleted, old_deleted, &path.child("deletionTimestamp"), errors);
    let grace = (meta.deletion_grace_period_seconds, old.deletion_grace_period_seconds);
    immutable(&grace.0, &grace.1, &path.child("deletionGracePeriodSeconds"), errors);
    validate_lists(meta, path, errors);
}

/// `field is immutable` unless both values are equal.
// Models k8s.io/apimachinery pkg/api/validation ValidateImmutableField
pub fn immutable<T: Encode + PartialEq>(new: &T, old: &T, path: &FieldPath, errors: &mut ErrorList) {
    if new != old {
        errors.push(FieldError::invalid(path, new, "field is immutable"));
    }
}

/// Zero or more; absent is fine.
// Models pkg/apis/core/validation ValidateNonnegativeField
pub fn validate_nonnegative<T: Into<i64>>(value: Option<T>, path: &FieldPath, errors: &mut ErrorList) {
    let value = value.map_or(0, Into::into);
    if value < 0 {
        errors.push(FieldError::invalid(path, &value, "must be greater than or equal to 0"));
    }
}

fn validate_lists(meta: &ObjectMeta, path: &FieldPath, errors: &mut ErrorList) {
    validate_labels(meta.labels.as_ref(), &path.child("labels"), errors);
    validate_annotations(meta.annotations.as_ref(), &path.child("annotations"), errors);
    let owners = meta.owner_references.as_deref().unwrap_or_default();
    validate_owner_references(owners, &path.child("ownerReferences"), errors);
    let finalizers = meta.finalizers.as_deref().unwrap_or_default();
    let finalizers_path = path.child("finalizers");
    for finalizer in finalizers {
        validate_label_name(finalizer, &finalizers_path, errors);
    }
    let has = |name: &str| finalizers.iter().any(|finalizer| finalizer == name);
    if has("orphan") && has("foregroundDeletion") {
        errors.push(FieldError::invalid(
            &finalizers_path,
            finalizers,
            "finalizer orphan and foregroundDeletion cannot be both set",
        ));
    }
}

// Models k8s.io/apimachinery pkg/api/validation ValidateOwnerReferences
fn validate_owner_references(owners: &[OwnerReference], path: &FieldPath, errors: &mut ErrorList) {
    for (index, owner) in owners.iter().enumerate() {
        validate_owner_reference(owner, &path.index(index), errors);
    }
    let controllers: Vec<_> = owners.iter().filter(|owner| owner.controller == Some(true)).collect();
    if let [first, second, ..] = controllers[..] {
        let text = format!(
            "Only one reference can have Controller set to true. Found \"true\" in references for {}/{} and {}/{}",
            first.kind, first.name, second.kind, second.name
        );
        errors.push(FieldError::invalid(path, owners, &text));
    }
}

fn validate_owner_reference(owner: &OwnerReference, path: &FieldPath, errors: &mut ErrorList) {
    let needed =
        [("apiVersion", &owner.api_version), ("kind", &owner.kind), ("name", &owner.name), ("uid", &owner.uid)];
    for (field, value) in needed {
        if value.is_empty() {
            let text = format!("{field} must not be empty");
            errors.push(FieldError::invalid(&path.child(field), value, &text));
        }
    }
}

fn validate_no_new_finalizers(meta: &ObjectMeta, old: &ObjectMeta, path: &FieldPath, errors: &mut ErrorList) {
    let had = old.finalizers.as_deref().unwrap_or_default();
    let added: Vec<String> = meta
        .finalizers
        .iter()
        .flatten()
        .filter(|finalizer| !had.contains(finalizer))
        .map(|finalizer| super::field::quote(finalizer))
        .collect();
    if !added.is_empty() {
        let text = format!(
            "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
            added.join(", ")
        );
        errors.push(FieldError::forbidden(&path.child("finalizers"), &text));
    }
}
