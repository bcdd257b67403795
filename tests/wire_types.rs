//! Holds our wire types to those of `k8s-openapi`: the same fields, of the same types, under the same names.
//! Documents in which every field is set, made from that crate's schemas, must come through both unchanged.

use jobscope::api::decode::{Decode, decode};
use jobscope::api::encode::{Encode, encode};
use jobscope::api::types::{apps, batch, core};
use k8s_openapi::api as theirs;
use k8s_openapi::schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Debug;

/// What schemas call each other by.
const REFERENCE: &str = "#/$defs/";

#[test]
fn every_field_comes_through() {
    check::<batch::Job, theirs::batch::v1::Job>(&[("apiVersion", "batch/v1"), ("kind", "Job")]);
    check::<batch::CronJob, theirs::batch::v1::CronJob>(&[("apiVersion", "batch/v1"), ("kind", "CronJob")]);
    check::<core::Pod, theirs::core::v1::Pod>(&[("apiVersion", "v1"), ("kind", "Pod")]);
    check::<core::ServiceSpec, theirs::core::v1::ServiceSpec>(&[]);
    check::<apps::ReplicaSetSpec, theirs::apps::v1::ReplicaSetSpec>(&[]);
    check::<apps::DeploymentSpec, theirs::apps::v1::DeploymentSpec>(&[]);
}

#[test]
fn there_is_no_field_more() {
    let mut generator = SchemaGenerator::default();
    generator.subschema_for::<theirs::batch::v1::CronJob>();
    generator.subschema_for::<theirs::batch::v1::Job>();
    generator.subschema_for::<theirs::core::v1::Pod>();
    generator.subschema_for::<theirs::core::v1::ServiceSpec>();
    generator.subschema_for::<theirs::apps::v1::ReplicaSetSpec>();
    generator.subschema_for::<theirs::apps::v1::DeploymentSpec>();
    let properties = |schema: &Value| schema.get("properties").and_then(Value::as_object).map_or(0, Map::len);
    let in_schemas: usize = generator.definitions().values().map(properties).sum();
    // Whole objects name their version and kind, which are no fields of ours.
    let whole_objects = 3;
    assert_eq!(fields_of_ours(), in_schemas - 2 * whole_objects);
}

/// How many fields the definitions under `src/api/types/` have.
fn fields_of_ours() -> usize {
    let sources = [
        include_str!("../src/api/types/apps.rs"),
        include_str!("../src/api/types/batch.rs"),
        include_str!("../src/api/types/meta.rs"),
        include_str!("../src/api/types/core/container.rs"),
        include_str!("../src/api/types/core/pod.rs"),
        include_str!("../src/api/types/core/service.rs"),
        include_str!("../src/api/types/core/status.rs"),
        include_str!("../src/api/types/core/volume.rs"),
    ];
    let is_field = |line: &&str| line.starts_with("        ") && line.contains(": ") && line.ends_with(',');
    let definitions = sources.iter().map(|source| source.split("\n}\n").next().unwrap_or_default());
    definitions.map(|text| text.lines().filter(is_field).count()).sum()
}

/// Sends a document with every field set through our type and theirs. `head` is what a whole object begins with.
fn check<Ours: Decode + Encode, Theirs: JsonSchema + Serialize + DeserializeOwned + Debug>(head: &[(&str, &str)]) {
    let mut generator = SchemaGenerator::default();
    generator.subschema_for::<Theirs>();
    let definitions: BTreeMap<String, Value> =
        generator.definitions().iter().map(|(name, schema)| (name.clone(), schema.clone())).collect();
    let name = Theirs::schema_name();
    let mut document = full(&definitions[name.as_ref()], &definitions);
    let mut empty = json!({});
    for (field, text) in head {
        (document[field], empty[field]) = (json!(text), json!(text));
    }

    let (object, findings) = decode::<Ours>(&document);
    assert_eq!(findings, [], "{name}");
    let written = encode(&object);
    assert_eq!(written, document, "{name}");
    let theirs: Theirs = serde_json::from_value(written).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(serde_json::to_value(theirs).unwrap(), document, "{name}");
    let theirs: Theirs = serde_json::from_value(empty.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(encode(&decode::<Ours>(&empty).0), serde_json::to_value(theirs).unwrap(), "{name}");
}

/// A value of the schema with all that there can be.
fn full(schema: &Value, definitions: &BTreeMap<String, Value>) -> Value {
    let reference = schema.get("$ref").or_else(|| schema.pointer("/allOf/0/$ref")).and_then(Value::as_str);
    if let Some(name) = reference.and_then(|reference| reference.strip_prefix(REFERENCE)) {
        let name = name.replace("~1", "/").replace("~0", "~");
        return full(&definitions[&name], definitions);
    }
    if schema.get("x-kubernetes-int-or-string").is_some() || schema.get("format") == Some(&json!("int-or-string")) {
        return json!("http");
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") if schema.get("format") == Some(&json!("date-time")) => json!("2026-01-31T08:30:00Z"),
        Some("string") => json!("text"),
        Some("boolean") => json!(true),
        Some("integer") if schema.get("format") == Some(&json!("int64")) => json!(5_000_000_000_i64),
        Some("integer") => json!(7),
        Some("array") => json!([full(&schema["items"], definitions)]),
        Some("object") => match (schema.get("properties"), schema.get("additionalProperties")) {
            (Some(Value::Object(properties)), _) => {
                properties.iter().map(|(name, schema)| (name.clone(), full(schema, definitions))).collect()
            }
            (_, Some(values @ Value::Object(_))) => json!({"key": full(values, definitions)}),
            _ => json!({}),
        },
        other => panic!("a schema of type {other:?}: {schema}"),
    }
}
