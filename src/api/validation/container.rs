//! Containers of a pod template: names, images, ports, mounts.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::types::core::{Container, ContainerPort, PodSpec, SecurityContext};

use super::env::{validate_env, validate_env_from};
use super::field::{ErrorList, FieldError, FieldPath};
use super::labels::push_all;
use super::names;
use super::pod_template::{one_of, validate_id};
use super::probe::{ProbeRole, validate_lifecycle, validate_probe};
use super::resources::validate_resource_requirements;
use super::volume::validate_relative_path;

const RESTART_POLICIES: [&str; 3] = ["Always", "Never", "OnFailure"];
const MAX_RESTART_RULES: usize = 20;
const EXIT_CODE_OPERATORS: [&str; 2] = ["In", "NotIn"];
const MAX_EXIT_CODES: usize = 255;
const PULL_POLICIES: [&str; 3] = ["Always", "IfNotPresent", "Never"];
const MESSAGE_POLICIES: [&str; 2] = ["FallbackToLogsOnError", "File"];
const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];
const MOUNT_PROPAGATIONS: [&str; 3] = ["Bidirectional", "HostToContainer", "None"];

// Models pkg/apis/core/validation validateContainers
pub fn validate_containers(
    containers: &[Container],
    volumes: &BTreeSet<&str>,
    path: &FieldPath,
    errors: &mut ErrorList,
) {
    if containers.is_empty() {
        errors.push(FieldError::required(path, ""));
        return;
    }
    let mut seen = BTreeSet::new();
    for (index, container) in containers.iter().enumerate() {
        let path = path.index(index);
        validate_common(container, volumes, &path, errors);
        validate_unique_name(container, &mut seen, &path, errors);
        validate_restart_policy(container, &path, errors);
        validate_hooks(container, &path, errors);
    }
    validate_host_port_conflicts(containers, path, errors);
}

// Models pkg/apis/core/validation validateInitContainers
pub fn validate_init_containers(spec: &PodSpec, volumes: &BTreeSet<&str>, path: &FieldPath, errors: &mut ErrorList) {
    let containers = spec.containers.iter();
    let mut seen = containers.map(|container| container.name.as_str()).collect();
    for (index, container) in spec.init_containers.iter().flatten().enumerate() {
        let path = path.index(index);
        validate_common(container, volumes, &path, errors);
        validate_unique_name(container, &mut seen, &path, errors);
        validate_restart_policy(container, &path, errors);
        if container.restart_policy.as_deref() == Some("Always") {
            validate_hooks(container, &path, errors);
        } else {
            forbid_hooks(container, &path, errors);
        }
    }
}

// Models pkg/apis/core/validation validateContainerRestartPolicy
fn validate_restart_policy(container: &Container, path: &FieldPath, errors: &mut ErrorList) {
    let policy_path = path.child("restartPolicy");
    let rules = container.restart_policy_rules.as_deref().unwrap_or_default();
    match container.restart_policy.as_deref() {
        Some(policy) if !RESTART_POLICIES.contains(&policy) => {
            errors.push(FieldError::not_supported(&policy_path, policy, &RESTART_POLICIES));
        }
        None if !rules.is_empty() => {
            let text = "must specify restartPolicy when restart rules are used";
            errors.push(FieldError::required(&policy_path, text));
        }
        Some(_) | None => {}
    }
    let path = path.child("restartPolicyRules");
    if rules.len() > MAX_RESTART_RULES {
        errors.push(FieldError::too_many(&path, rules.len(), MAX_RESTART_RULES));
    }
    for (index, rule) in rules.iter().enumerate() {
        let path = path.index(index).child("exitCodes");
        let Some(codes) = &rule.exit_codes else {
            errors.push(FieldError::required(&path, "must be specified"));
            continue;
        };
        if !EXIT_CODE_OPERATORS.contains(&codes.operator.as_str()) {
            errors.push(FieldError::not_supported(&path.child("operator"), &codes.operator, &EXIT_CODE_OPERATORS));
        }
        let count = codes.values.as_ref().map_or(0, Vec::len);
        if count > MAX_EXIT_CODES {
            errors.push(FieldError::too_many(&path.child("values"), count, MAX_EXIT_CODES));
        }
    }
}

// Models pkg/apis/core/validation validateContainerCommon
fn validate_common(container: &Container, volumes: &BTreeSet<&str>, path: &FieldPath, errors: &mut ErrorList) {
    let (name, name_path) = (&container.name, path.child("name"));
    if name.is_empty() {
        errors.push(FieldError::required(&name_path, ""));
    } else {
        push_all(names::is_dns1123_label(name), name, &name_path, errors);
    }
    if container.image.as_deref().unwrap_or_default().is_empty() {
        errors.push(FieldError::required(&path.child("image"), ""));
    }
    let message_policy = container.termination_message_policy.as_deref();
    let message_path = path.child("terminationMessagePolicy");
    one_of(message_policy, &MESSAGE_POLICIES, &message_path, errors);
    validate_ports(container.ports.as_deref().unwrap_or_default(), &path.child("ports"), errors);
    validate_env(container.env.as_deref().unwrap_or_default(), &path.child("env"), errors);
    let env_from = container.env_from.as_deref().unwrap_or_default();
    validate_env_from(env_from, &path.child("envFrom"), errors);
    validate_volume_mounts(container, volumes, &path.child("volumeMounts"), errors);
    validate_volume_devices(container, volumes, &path.child("volumeDevices"), errors);
    let pull_policy = container.image_pull_policy.as_deref();
    one_of(pull_policy, &PULL_POLICIES, &path.child("imagePullPolicy"), errors);
    let resources = container.resources.as_ref();
    validate_resource_requirements(resources, &path.child("resources"), errors);
    if let Some(context) = &container.security_context {
        validate_security_context(context, &path.child("securityContext"), errors);
    }
}

fn validate_unique_name<'a>(
    container: &'a Container,
    seen: &mut BTreeSet<&'a str>,
    path: &FieldPath,
    errors: &mut ErrorList,
) {
    if !container.name.is_empty() && !seen.insert(&container.name) {
        errors.push(FieldError::duplicate(&path.child("name"), &container.name));
    }
}

fn validate_hooks(container: &Container, path: &FieldPath, errors: &mut ErrorList) {
    validate_lifecycle(container.lifecycle.as_ref(), &path.child("lifecycle"), errors);
    for (name, role, probe) in [
        ("livenessProbe", ProbeRole::Liveness, &container.liveness_probe),
        ("readinessProbe", ProbeRole::Readiness, &container.readiness_probe),
        ("startupProbe", ProbeRole::Startup, &container.startup_probe),
    ] {
        if let Some(probe) = probe {
            validate_probe(probe, role, &path.child(name), errors);
        }
    }
}

fn forbid_hooks(container: &Container, path: &FieldPath, errors: &mut ErrorList) {
    let text = "may not be set for init containers without restartPolicy=Always";
    for (name, is_set) in [
        ("lifecycle", container.lifecycle.is_some()),
        ("livenessProbe", container.liveness_probe.is_some()),
        ("readinessProbe", container.readiness_probe.is_some()),
        ("startupProbe", container.startup_probe.is_some()),
    ] {
        if is_set {
            errors.push(FieldError::forbidden(&path.child(name), text));
        }
    }
}

// Models pkg/apis/core/validation validateContainerPorts
fn validate_ports(ports: &[ContainerPort], path: &FieldPath, errors: &mut ErrorList) {
    let mut seen = BTreeSet::new();
    for (index, port) in ports.iter().enumerate() {
        let path = path.index(index);
        let (name, name_path) = (port.name.as_deref().unwrap_or_default(), path.child("name"));
        if !name.is_empty() {
            let complaints = names::is_valid_port_name(name);
            if complaints.is_empty() && !seen.insert(name) {
                errors.push(FieldError::duplicate(&name_path, name));
            }
            push_all(complaints, name, &name_path, errors);
        }
        let port_path = path.child("containerPort");
        if port.container_port == 0 {
            errors.push(FieldError::required(&port_path, ""));
        } else {
            validate_port_number(port.container_port, &port_path, errors);
        }
        if let Some(host_port) = port.host_port.filter(|port| *port != 0) {
            validate_port_number(host_port, &path.child("hostPort"), errors);
        }
        one_of(port.protocol.as_deref(), &PROTOCOLS, &path.child("protocol"), errors);
    }
}

/// A port from 1 to 65535.
pub fn validate_port_number(port: i32, path: &FieldPath, errors: &mut ErrorList) {
    let complaints = names::is_valid_port_num(port.into());
    errors.extend(complaints.iter().map(|text| FieldError::invalid(path, &port, text)));
}

// Models pkg/apis/core/validation checkHostPortConflicts
fn validate_host_port_conflicts(containers: &[Container], path: &FieldPath, errors: &mut ErrorList) {
    let mut seen = BTreeSet::new();
    for (index, container) in containers.iter().enumerate() {
        let ports_path = path.index(index).child("ports");
        for (index, port) in container.ports.iter().flatten().enumerate() {
            let Some(host_port) = port.host_port.filter(|port| *port != 0) else {
                continue;
            };
            let protocol = port.protocol.as_deref().unwrap_or_default();
            let host_ip = port.host_ip.as_deref().unwrap_or_default();
            let text = format!("{protocol}/{host_ip}/{host_port}");
            let path = ports_path.index(index).child("hostPort");
            if !seen.insert(text.clone()) {
                errors.push(FieldError::duplicate(&path, &text));
            }
        }
    }
}

// Models pkg/apis/core/validation ValidateVolumeMounts
fn validate_volume_mounts(container: &Container, volumes: &BTreeSet<&str>, path: &FieldPath, errors: &mut ErrorList) {
    let devices = container.volume_devices.iter().flatten();
    let devices: BTreeSet<&str> = crate::sim::gather(devices.map(|device| device.device_path.as_str()));
    let mut seen = BTreeSet::new();
    for (index, mount) in container.volume_mounts.iter().flatten().enumerate() {
        let path = path.index(index);
        validate_volume_name(&mount.name, volumes, &path, errors);
        let (mount_path, place) = (mount.mount_path.as_str(), path.child("mountPath"));
        if mount_path.is_empty() {
            errors.push(FieldError::required(&place, ""));
        }
        if !seen.insert(mount_path) {
            errors.push(FieldError::invalid(&place, mount_path, "must be unique"));
        }
        if devices.contains(mount_path) {
            let text = "must not already exist as a path in volumeDevices";
            errors.push(FieldError::invalid(&place, mount_path, text));
        }
        let sub_path = mount.sub_path.as_deref().unwrap_or_default();
        let expr = mount.sub_path_expr.as_deref().unwrap_or_default();
        validate_relative_path(sub_path, &path.child("subPath"), errors);
        let expr_path = path.child("subPathExpr");
        if !expr.is_empty() && !sub_path.is_empty() {
            let text = "subPathExpr and subPath are mutually exclusive";
            errors.push(FieldError::invalid(&expr_path, expr, text));
        }
        validate_relative_path(expr, &expr_path, errors);
        if let Some(propagation) = &mount.mount_propagation {
            let path = path.child("mountPropagation");
            one_of(Some(propagation), &MOUNT_PROPAGATIONS, &path, errors);
        }
    }
}

// Models pkg/apis/core/validation ValidateVolumeDevices
fn validate_volume_devices(container: &Container, volumes: &BTreeSet<&str>, path: &FieldPath, errors: &mut ErrorList) {
    let mut seen = BTreeMap::new();
    for (index, device) in container.volume_devices.iter().flatten().enumerate() {
        let path = path.index(index);
        validate_volume_name(&device.name, volumes, &path, errors);
        let (device_path, place) = (device.device_path.as_str(), path.child("devicePath"));
        if device_path.is_empty() {
            errors.push(FieldError::required(&place, ""));
        } else if seen.insert(device_path, index).is_some() {
            errors.push(FieldError::invalid(&place, device_path, "must be unique"));
        }
    }
}

fn validate_volume_name(name: &str, volumes: &BTreeSet<&str>, path: &FieldPath, errors: &mut ErrorList) {
    let path = path.child("name");
    if name.is_empty() {
        errors.push(FieldError::required(&path, ""));
    }
    if !volumes.contains(name) {
        errors.push(FieldError::not_found(&path, name));
    }
}

// Models pkg/apis/core/validation ValidateSecurityContext
fn validate_security_context(context: &SecurityContext, path: &FieldPath, errors: &mut ErrorList) {
    validate_id(context.run_as_user, &path.child("runAsUser"), errors);
    validate_id(context.run_as_group, &path.child("runAsGroup"), errors);
    if context.allow_privilege_escalation == Some(false) && context.privileged == Some(true) {
        let text = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
        errors.push(FieldError::invalid(path, context, text));
    }
}
