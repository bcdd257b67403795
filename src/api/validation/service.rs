//! A Service on creation. Expects defaults applied; changes nothing.

use crate::api::types::core::{ServicePort, ServiceSpec};
use crate::api::types::meta::IntOrString;
use crate::api::types::meta::ObjectMeta;

use super::field::{ErrorList, FieldError, FieldPath};
use super::labels::{push_all, validate_labels};
use super::metadata::validate_object_meta;
use super::names;
use super::pod_template::one_of;

const TYPES: [&str; 4] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];
const FIRST_NODE_PORT: i32 = 30_000;
const LAST_NODE_PORT: i32 = 32_767;

/// Everything wrong with a Service that is about to be stored.
// Models pkg/apis/core/validation ValidateService
pub fn validate_service(meta: &ObjectMeta, spec: &ServiceSpec) -> ErrorList {
    let (mut errors, path) = (ErrorList::new(), FieldPath::root("spec"));
    validate_object_meta(meta, &FieldPath::root("metadata"), &mut errors);
    if let Some(name) = &meta.name
        && names::is_dns1123_subdomain(name).is_empty()
    {
        push_all(names::is_dns1035_label(name), name, &FieldPath::root("metadata").child("name"), &mut errors);
    }
    let kind = spec.type_.as_deref();
    let ports = spec.ports.as_deref().unwrap_or_default();
    let is_headless = spec.cluster_ip.as_deref() == Some("None");
    if ports.is_empty() && !is_headless && kind != Some("ExternalName") {
        errors.push(FieldError::required(&path.child("ports"), ""));
    }
    if kind == Some("ExternalName") && spec.external_name.as_deref().unwrap_or_default().is_empty() {
        errors.push(FieldError::required(&path.child("externalName"), ""));
    }
    for (index, port) in ports.iter().enumerate() {
        let port_path = path.child("ports").index(index);
        if ports.len() > 1 && port.name.as_deref().unwrap_or_default().is_empty() {
            errors.push(FieldError::required(&port_path.child("name"), ""));
        }
        validate_port(port, kind, &port_path, &mut errors);
        let is_same = |other: &&ServicePort| other.port == port.port && other.protocol == port.protocol;
        if ports[..index].iter().any(|other| is_same(&other)) {
            errors.push(FieldError::duplicate(&port_path, &port.port));
        }
    }
    validate_labels(spec.selector.as_ref(), &path.child("selector"), &mut errors);
    one_of(spec.session_affinity.as_deref(), &["ClientIP", "None"], &path.child("sessionAffinity"), &mut errors);
    one_of(kind, &TYPES, &path.child("type"), &mut errors);
    errors
}

// Models pkg/apis/core/validation validateServicePort, pkg/registry/core/service/portallocator
fn validate_port(port: &ServicePort, kind: Option<&str>, path: &FieldPath, errors: &mut ErrorList) {
    if let Some(name) = port.name.as_ref().filter(|name| !name.is_empty()) {
        push_all(names::is_dns1123_label(name), name, &path.child("name"), errors);
    }
    for text in names::is_valid_port_num(i64::from(port.port)) {
        errors.push(FieldError::invalid(&path.child("port"), &port.port, &text));
    }
    one_of(port.protocol.as_deref(), &PROTOCOLS, &path.child("protocol"), errors);
    let target_path = path.child("targetPort");
    match &port.target_port {
        Some(IntOrString::Int(number)) => {
            for text in names::is_valid_port_num(i64::from(*number)) {
                errors.push(FieldError::invalid(&target_path, number, &text));
            }
        }
        Some(IntOrString::String(name)) => push_all(names::is_valid_port_name(name), name, &target_path, errors),
        None => {}
    }
    let Some(node_port) = port.node_port.filter(|number| *number != 0) else { return };
    let path = path.child("nodePort");
    if kind == Some("ClusterIP") || kind == Some("ExternalName") {
        errors.push(FieldError::forbidden(&path, "may not be used when `type` is 'ClusterIP'"));
    } else if !(FIRST_NODE_PORT..=LAST_NODE_PORT).contains(&node_port) {
        let text = format!(
            "provided port is not in the valid range. The range of valid ports is {FIRST_NODE_PORT}-{LAST_NODE_PORT}"
        );
        errors.push(FieldError::invalid(&path, &node_port, &text));
    }
}
