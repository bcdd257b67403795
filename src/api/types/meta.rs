//! The wire types that all API groups share: metadata, selectors, moments and quantities.
//! They know no rules.

use crate::api::decode::{Cursor, Decode};
use crate::api::encode::Encode;
use crate::api::types::{by_serde, types};
use crate::sim;
use serde_json::Value;
use std::collections::BTreeMap;

types! {
    LabelSelector {
        "matchExpressions" match_expressions: Option<Vec<LabelSelectorRequirement>>,
        "matchLabels" match_labels: Option<BTreeMap<String, String>>,
    }

    LabelSelectorRequirement {
        key: String,
        operator: String,
        values: Option<Vec<String>>,
    }

    ManagedFieldsEntry {
        "apiVersion" api_version: Option<String>,
        "fieldsType" fields_type: Option<String>,
        "fieldsV1" fields_v1: Option<FieldsV1>,
        manager: Option<String>,
        operation: Option<String>,
        subresource: Option<String>,
        time: Option<Time>,
    }

    ObjectMeta {
        annotations: Option<BTreeMap<String, String>>,
        "creationTimestamp" creation_timestamp: Option<Time>,
        "deletionGracePeriodSeconds" deletion_grace_period_seconds: Option<i64>,
        "deletionTimestamp" deletion_timestamp: Option<Time>,
        finalizers: Option<Vec<String>>,
        "generateName" generate_name: Option<String>,
        generation: Option<i64>,
        labels: Option<BTreeMap<String, String>>,
        "managedFields" managed_fields: Option<Vec<ManagedFieldsEntry>>,
        name: Option<String>,
        namespace: Option<String>,
        "ownerReferences" owner_references: Option<Vec<OwnerReference>>,
        "resourceVersion" resource_version: Option<String>,
        "selfLink" self_link: Option<String>,
        uid: Option<String>,
    }

    OwnerReference {
        "apiVersion" api_version: String,
        "blockOwnerDeletion" block_owner_deletion: Option<bool>,
        controller: Option<bool>,
        kind: String,
        name: String,
        uid: String,
    }
}

/// A moment, in whole seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub sim::Time);

impl Decode for Time {
    fn decode(cursor: &mut Cursor) -> Self {
        let time = sim::Time::parse(cursor.text());
        if let (None, Value::String(_)) = (time, cursor.value()) {
            cursor.reject(format!("must be a time, such as \"2026-01-31T08:30:00Z\"; it is {}", cursor.value()));
        }
        Self(time.unwrap_or_default())
    }
}

impl Encode for Time {
    fn encode(&self) -> Option<Value> {
        self.0.to_string().encode()
    }
}

/// An amount with its unit, as written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quantity(pub String);

impl Decode for Quantity {
    fn decode(cursor: &mut Cursor) -> Self {
        Self(match cursor.value() {
            Value::Null => "0".to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => String::decode(cursor),
        })
    }
}

impl Encode for Quantity {
    fn encode(&self) -> Option<Value> {
        self.0.encode()
    }
}

/// A port or a share, by number or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntOrString {
    Int(i32),
    String(String),
}

impl Default for IntOrString {
    fn default() -> Self {
        Self::Int(0)
    }
}

impl Decode for IntOrString {
    fn decode(cursor: &mut Cursor) -> Self {
        match cursor.value() {
            Value::Null | Value::Number(_) => Self::Int(i32::decode(cursor)),
            Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                Self::String(String::decode(cursor))
            }
        }
    }
}

impl Encode for IntOrString {
    fn encode(&self) -> Option<Value> {
        match self {
            Self::Int(number) => number.encode(),
            Self::String(text) => text.encode(),
        }
    }
}

/// Which fields a manager of an object has set: kept as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldsV1(pub Value);

impl Decode for FieldsV1 {
    fn decode(cursor: &mut Cursor) -> Self {
        Self(cursor.value().clone())
    }
}

impl Encode for FieldsV1 {
    fn encode(&self) -> Option<Value> {
        Some(self.0.clone())
    }
}

by_serde! { Time }
by_serde! { IntOrString }
