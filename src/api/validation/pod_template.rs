//! A pod template as Jobs hold it: what is wrong with it before any pod is made.
//! Fields that are not named here are accepted as they are.

use std::collections::BTreeSet;

use crate::api::types::core::{PodSecurityContext, PodSpec, PodTemplateSpec};

use super::affinity::validate_affinity;
use super::container::{validate_containers, validate_init_containers};
use super::field::{ErrorList, FieldError, FieldPath};
use super::labels::{push_all, validate_annotations, validate_labels};
use super::names;
use super::scheduling::{validate_scheduling_gates, validate_tolerations, validate_topology_spread_constraints};
use super::volume::validate_volumes;

const RESTART_POLICIES: [&str; 3] = ["Always", "OnFailure", "Never"];
const DNS_POLICIES: [&str; 4] = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const PREEMPTION_POLICIES: [&str; 2] = ["PreemptLowerPriority", "Never"];
const SYSTEM_PRIORITY_CLASSES: [&str; 2] = ["system-node-critical", "system-cluster-critical"];
const MAX_DNS_NAMESERVERS: usize = 3;

// Models pkg/apis/core/validation ValidatePodTemplateSpec
pub fn validate_pod_template_spec(template: &PodTemplateSpec, path: &FieldPath, errors: &mut ErrorList) {
    // Their paths leave `metadata` out, as upstream's do.
    if let Some(metadata) = &template.metadata {
        validate_labels(metadata.labels.as_ref(), &path.child("labels"), errors);
        validate_annotations(metadata.annotations.as_ref(), &path.child("annotations"), errors);
    }
    let none = PodSpec::default();
    let spec = template.spec.as_ref().unwrap_or(&none);
    validate_pod_spec(spec, &path.child("spec"), errors);
    if spec.ephemeral_containers.as_ref().is_some_and(|containers| !containers.is_empty()) {
        let text = "ephemeral containers not allowed in pod template";
        errors.push(FieldError::forbidden(&path.child("spec.ephemeralContainers"), text));
    }
}

// Models pkg/apis/core/validation ValidatePodSpec
fn validate_pod_spec(spec: &PodSpec, path: &FieldPath, errors: &mut ErrorList) {
    let volumes = spec.volumes.as_deref().unwrap_or_default();
    validate_volumes(volumes, &path.child("volumes"), errors);
    let volume_names: BTreeSet<&str> = crate::sim::gather(volumes.iter().map(|volume| volume.name.as_str()));
    validate_containers(&spec.containers, &volume_names, &path.child("containers"), errors);
    validate_init_containers(spec, &volume_names, &path.child("initContainers"), errors);
    let restart_policy = spec.restart_policy.as_deref();
    one_of(restart_policy, &RESTART_POLICIES, &path.child("restartPolicy"), errors);
    one_of(spec.dns_policy.as_deref(), &DNS_POLICIES, &path.child("dnsPolicy"), errors);
    validate_labels(spec.node_selector.as_ref(), &path.child("nodeSelector"), errors);
    validate_host_network(spec, path, errors);
    if let Some(context) = &spec.security_context {
        validate_pod_security_context(context, &path.child("securityContext"), errors);
    }
    validate_affinity(spec.affinity.as_ref(), &path.child("affinity"), errors);
    validate_dns_config(spec, &path.child("dnsConfig"), errors);
    let gates = spec.readiness_gates.iter().flatten();
    for (index, gate) in gates.enumerate() {
        let path = path.child("readinessGates").index(index).child("conditionType");
        super::labels::validate_label_name(&gate.condition_type, &path, errors);
    }
    validate_scheduling_gates(spec, &path.child("schedulingGates"), errors);
    let constraints = spec.topology_spread_constraints.as_deref().unwrap_or_default();
    let constraints_path = path.child("topologySpreadConstraints");
    validate_topology_spread_constraints(constraints, &constraints_path, errors);
    validate_names(spec, path, errors);
    validate_active_deadline(spec, &path.child("activeDeadlineSeconds"), errors);
    let tolerations = spec.tolerations.as_deref().unwrap_or_default();
    validate_tolerations(tolerations, &path.child("tolerations"), errors);
    validate_host_aliases(spec, &path.child("hostAliases"), errors);
    if let Some(policy) = &spec.preemption_policy {
        let path = path.child("preemptionPolicy");
        one_of(Some(policy), &PREEMPTION_POLICIES, &path, errors);
    }
    if let Some(os) = &spec.os {
        one_of(Some(&os.name), &["linux", "windows"], &path.child("os.name"), errors);
    }
}

fn validate_names(spec: &PodSpec, path: &FieldPath, errors: &mut ErrorList) {
    type Rule = fn(&str) -> Vec<String>;
    let subdomain: Rule = names::is_dns1123_subdomain;
    let label: Rule = names::is_dns1123_label;
    let rules = [
        ("serviceAccountName", &spec.service_account_name, subdomain),
        ("nodeName", &spec.node_name, subdomain),
        ("hostname", &spec.hostname, label),
        ("subdomain", &spec.subdomain, label),
        ("runtimeClassName", &spec.runtime_class_name, subdomain),
        ("priorityClassName", &spec.priority_class_name, subdomain),
    ];
    for (name, value, rule) in rules {
        let value = value.as_deref().unwrap_or_default();
        if !value.is_empty() && !SYSTEM_PRIORITY_CLASSES.contains(&value) {
            push_all(rule(value), value, &path.child(name), errors);
        }
    }
}

fn validate_active_deadline(spec: &PodSpec, path: &FieldPath, errors: &mut ErrorList) {
    let max = i64::from(i32::MAX);
    if let Some(seconds) = spec.active_deadline_seconds
        && !(1..=max).contains(&seconds)
    {
        errors.push(FieldError::invalid(path, &seconds, &names::inclusive_range(1, max)));
    }
}

// Models pkg/apis/core/validation validateHostNetwork
fn validate_host_network(spec: &PodSpec, path: &FieldPath, errors: &mut ErrorList) {
    if spec.host_network != Some(true) {
        return;
    }
    for (index, container) in spec.containers.iter().enumerate() {
        let ports_path = path.child("containers").index(index).child("ports");
        for (index, port) in container.ports.iter().flatten().enumerate() {
            // A template may leave the port open: the pod's own defaults fill it in.
            let host_port = port.host_port.unwrap_or_default();
            if host_port != 0 && host_port != port.container_port {
                let path = ports_path.index(index).child("hostPort");
                let text = "must match `containerPort` when `hostNetwork` is true";
                errors.push(FieldError::invalid(&path, &host_port, text));
            }
        }
    }
}

// Models pkg/apis/core/validation ValidatePodSecurityContext
fn validate_pod_security_context(context: &PodSecurityContext, path: &FieldPath, errors: &mut ErrorList) {
    for (name, id) in
        [("fsGroup", context.fs_group), ("runAsUser", context.run_as_user), ("runAsGroup", context.run_as_group)]
    {
        validate_id(id, &path.child(name), errors);
    }
    for (index, id) in context.supplemental_groups.iter().flatten().enumerate() {
        validate_id(Some(*id), &path.child("supplementalGroups").index(index), errors);
    }
}

/// A user or group number.
// Models k8s.io/apimachinery pkg/util/validation IsValidUserID
pub fn validate_id(id: Option<i64>, path: &FieldPath, errors: &mut ErrorList) {
    let max = i64::from(i32::MAX);
    if let Some(id) = id.filter(|id| !(0..=max).contains(id)) {
        errors.push(FieldError::invalid(path, &id, &names::inclusive_range(0, max)));
    }
}

// Models pkg/apis/core/validation validatePodDNSConfig
fn validate_dns_config(spec: &PodSpec, path: &FieldPath, errors: &mut ErrorList) {
    let config = spec.dns_config.clone().unwrap_or_default();
    let nameservers = config.nameservers.unwrap_or_default();
    let nameservers_path = path.child("nameservers");
    if spec.dns_policy.as_deref() == Some("None") {
        if spec.dns_config.is_none() {
            let text = "must provide `dnsConfig` when `dnsPolicy` is None";
            errors.push(FieldError::required(path, text));
        } else if nameservers.is_empty() {
            let text = "must provide at least one DNS nameserver when `dnsPolicy` is None";
            errors.push(FieldError::required(&nameservers_path, text));
        }
    }
    if nameservers.len() > MAX_DNS_NAMESERVERS {
        let text = format!("must not have more than {MAX_DNS_NAMESERVERS} nameservers");
        errors.push(FieldError::invalid(&nameservers_path, &nameservers, &text));
    }
    for (index, address) in nameservers.iter().enumerate() {
        validate_ip(address, &nameservers_path.index(index), errors);
    }
}

// Models pkg/apis/core/validation ValidateHostAliases
fn validate_host_aliases(spec: &PodSpec, path: &FieldPath, errors: &mut ErrorList) {
    for (index, alias) in spec.host_aliases.iter().flatten().enumerate() {
        let path = path.index(index);
        validate_ip(&alias.ip, &path.child("ip"), errors);
        for (index, name) in alias.hostnames.iter().flatten().enumerate() {
            let path = path.child("hostnames").index(index);
            push_all(names::is_dns1123_subdomain(name), name, &path, errors);
        }
    }
}

fn validate_ip(address: &str, path: &FieldPath, errors: &mut ErrorList) {
    if address.parse::<std::net::IpAddr>().is_err() {
        let text = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
        errors.push(FieldError::invalid(path, address, text));
    }
}

/// One of a closed set; nothing at all is `Required value`.
pub fn one_of(value: Option<&str>, supported: &[&str], path: &FieldPath, errors: &mut ErrorList) {
    match value.unwrap_or_default() {
        "" => errors.push(FieldError::required(path, "")),
        value if supported.contains(&value) => {}
        other => errors.push(FieldError::not_supported(path, other, supported)),
    }
}
