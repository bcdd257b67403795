//! ReplicaSets, Deployments and Services of a manifest: what Jobs work with. Metadata and spec are decoded strictly,
//! each by itself, for the wire types around them would only cost the page bytes.

use crate::api::types::apps::{DeploymentSpec, ReplicaSetSpec};
use crate::api::types::core::ServiceSpec;
use crate::api::types::meta::ObjectMeta;
use serde_json::Value;

use super::object::{finding_problem, judge, name_finally};
use super::{Sent, Source};
use crate::api::decode::{Decode, Finding, FindingKind, Step, decode};
use crate::api::defaults::{set_defaults_deployment, set_defaults_replica_set, set_defaults_service};
use crate::api::problem::Problem;
use crate::api::validation::ErrorList;
use crate::api::validation::apps::{validate_deployment, validate_replica_set};
use crate::api::validation::service::validate_service;

/// The ReplicaSet as sent, if the API server would take it.
pub fn read_replica_set(source: &Source, value: &Value, problems: &mut Vec<Problem>) -> Option<Sent<ReplicaSetSpec>> {
    let is_old = value.get("apiVersion").is_none_or(|version| version != "apps/v1");
    read(source, value, problems, |meta, spec| {
        set_defaults_replica_set(spec);
        let labels = spec.template.as_ref().and_then(|template| template.metadata.as_ref()?.labels.clone());
        // The versions that were removed took the labels of the template where no selector was given.
        if is_old && spec.selector.match_labels.is_none() && spec.selector.match_expressions.is_none() {
            spec.selector.match_labels = labels;
        }
        validate_replica_set(meta, spec)
    })
}

/// The Deployment as sent, if the API server would take it.
pub fn read_deployment(source: &Source, value: &Value, problems: &mut Vec<Problem>) -> Option<Sent<DeploymentSpec>> {
    read(source, value, problems, |meta, spec| {
        set_defaults_deployment(spec);
        validate_deployment(meta, spec)
    })
}

/// The Service as sent, if the API server would take it.
pub fn read_service(source: &Source, value: &Value, problems: &mut Vec<Problem>) -> Option<Sent<ServiceSpec>> {
    read(source, value, problems, |meta, spec| {
        set_defaults_service(spec);
        validate_service(meta, spec)
    })
}

/// Decodes metadata and spec, and tries them: `admit` fills in defaults and validates.
fn read<S: Decode>(
    source: &Source,
    value: &Value,
    problems: &mut Vec<Problem>,
    admit: impl FnOnce(&ObjectMeta, &mut S) -> ErrorList,
) -> Option<Sent<S>> {
    let mut findings = unknown_fields(value);
    let metadata: ObjectMeta = part(value, "metadata", &mut findings);
    let spec: S = part(value, "spec", &mut findings);
    problems.extend(findings.iter().map(|finding| finding_problem(source, finding)));
    let mut sent = Sent { metadata, spec };
    let mut trial = sent.metadata.clone();
    name_finally(&mut trial);
    let errors = admit(&trial, &mut sent.spec);
    judge(source, &findings, &errors, Vec::new, problems)?;
    Some(sent)
}

fn part<T: Decode>(value: &Value, field: &str, findings: &mut Vec<Finding>) -> T {
    let Some(value) = value.get(field).filter(|value| !value.is_null()) else { return T::default() };
    let (decoded, found) = decode::<T>(value);
    findings.extend(found.into_iter().map(|mut finding| {
        finding.steps.insert(0, Step::Key(field.to_owned()));
        finding
    }));
    decoded
}

fn unknown_fields(value: &Value) -> Vec<Finding> {
    let known = ["apiVersion", "kind", "metadata", "spec", "status"];
    let names = value.as_object().into_iter().flat_map(|fields| fields.keys());
    names
        .filter(|name| !known.contains(&name.as_str()))
        .map(|name| Finding { steps: vec![Step::Key(name.clone())], kind: FindingKind::UnknownField { hint: None } })
        .collect()
}
