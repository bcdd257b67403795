//! Warnings about a pod template: what is old, has no effect, or is said twice. Left out are paths in volumes that
//! overlap and unusual ways of writing IP addresses.

use crate::api::types::core::{
    Affinity, Container, ContainerPort, EnvVar, NodeSelectorTerm, PodAffinityTerm, PodSpec, PodTemplateSpec, Volume,
    WeightedPodAffinityTerm,
};
use crate::api::types::meta::Quantity as WireQuantity;
use std::collections::BTreeMap;

use super::{ApiWarning, warn};
use crate::api::quantity::Quantity;
use crate::api::validation::FieldPath;
use crate::api::validation::field::quote;
use crate::api::validation::names::is_label_value;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";
const NULL_SELECTOR: &str = "a null labelSelector results in matching no pod";

type Warnings = Vec<ApiWarning>;

// Models pkg/api/pod/warnings.go GetWarningsForPodTemplate
pub fn warnings_for_pod_template(template: &PodTemplateSpec, path: &FieldPath, warnings: &mut Warnings) {
    let Some(spec) = &template.spec else { return };
    let spec_path = path.child("spec");
    let containers = containers_with_path(spec, &spec_path);
    node_labels(spec, &spec_path, warnings);
    annotations(template, spec, &containers, &path.child("metadata.annotations"), warnings);
    for (index, volume) in spec.volumes.iter().flatten().enumerate() {
        old_volume(volume, &spec_path.child("volumes").index(index), warnings);
    }
    repeated_names(spec, &spec_path, warnings);
    fractional_bytes(spec.overhead.as_ref(), &spec_path.child("overhead"), warnings);
    for (path, container) in &containers {
        if let Some(resources) = &container.resources {
            fractional_bytes(resources.limits.as_ref(), &path.child("resources.limits"), warnings);
            fractional_bytes(resources.requests.as_ref(), &path.child("resources.requests"), warnings);
        }
        hidden_env(container.env.as_deref().unwrap_or_default(), &path.child("env"), warnings);
    }
    ports(&containers, warnings);
    if spec.termination_grace_period_seconds.is_some_and(|seconds| seconds < 0) {
        let message = "must be >= 0; negative values are invalid and will be treated as 1";
        warn(warnings, &spec_path.child("terminationGracePeriodSeconds"), message);
    }
    if let Some(affinity) = &spec.affinity {
        null_selectors(affinity, &spec_path.child("affinity"), warnings);
    }
}

/// Init containers first.
// Models pkg/apis/core/pods VisitContainersWithPath
fn containers_with_path<'a>(spec: &'a PodSpec, path: &FieldPath) -> Vec<(FieldPath, &'a Container)> {
    let init = spec.init_containers.as_deref().unwrap_or_default();
    let mut containers = Vec::with_capacity(init.len() + spec.containers.len());
    for (field, list) in [("initContainers", init), ("containers", &spec.containers)] {
        let path = path.child(field);
        containers.extend(list.iter().enumerate().map(|(index, container)| (path.index(index), container)));
    }
    containers
}

// Models pkg/api/node/util.go GetNodeLabelDeprecatedMessage
fn old_node_label(label: &str) -> Option<&'static str> {
    Some(match label {
        "beta.kubernetes.io/arch" => "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
        "beta.kubernetes.io/os" => "deprecated since v1.14; use \"kubernetes.io/os\" instead",
        "failure-domain.beta.kubernetes.io/region" => {
            "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead"
        }
        "failure-domain.beta.kubernetes.io/zone" => {
            "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead"
        }
        "beta.kubernetes.io/instance-type" => {
            "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead"
        }
        "app.kubernetes.io/created-by" => "deprecated since v1.9",
        "scheduler.alpha.kubernetes.io/preferAvoidPods" => "deprecated since v1.22; use Taints and Tolerations instead",
        "node-role.kubernetes.io/master" => "use \"node-role.kubernetes.io/control-plane\" instead",
        _ => return None,
    })
}

fn node_labels(spec: &PodSpec, path: &FieldPath, warnings: &mut Warnings) {
    for (label, _) in spec.node_selector.iter().flatten() {
        if let Some(message) = old_node_label(label) {
            warn(warnings, &path.child("nodeSelector").key(label), message);
        }
    }
    if let Some(node) = spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref()) {
        let path = path.child("affinity.nodeAffinity");
        let terms = node.required_during_scheduling_ignored_during_execution.iter();
        for (index, term) in terms.flat_map(|selector| &selector.node_selector_terms).enumerate() {
            node_term(term, &path.child(REQUIRED).child("nodeSelectorTerms").index(index), warnings);
        }
        let terms = node.preferred_during_scheduling_ignored_during_execution.iter().flatten();
        for (index, term) in terms.enumerate() {
            let path = path.child(PREFERRED).index(index).child("preference");
            node_term(&term.preference, &path, warnings);
            bad_values(&term.preference, &path, warnings);
        }
    }
    for (index, spread) in spec.topology_spread_constraints.iter().flatten().enumerate() {
        let path = path.child("topologySpreadConstraints").index(index);
        old_key(&spread.topology_key, &path.child("topologyKey"), warnings);
        if spread.label_selector.is_none() {
            warn(warnings, &path.child("labelSelector"), NULL_SELECTOR);
        }
    }
}

// Models pkg/api/node/util.go GetWarningsForNodeSelectorTerm
fn node_term(term: &NodeSelectorTerm, path: &FieldPath, warnings: &mut Warnings) {
    for (index, requirement) in term.match_expressions.iter().flatten().enumerate() {
        old_key(&requirement.key, &path.child("matchExpressions").index(index).child("key"), warnings);
    }
}

/// Values of a mere preference that no label can have.
// Models pkg/api/node/util.go GetWarningsForNodeSelectorTerm (checkLabelValue)
fn bad_values(term: &NodeSelectorTerm, path: &FieldPath, warnings: &mut Warnings) {
    for (index, requirement) in term.match_expressions.iter().flatten().enumerate() {
        let path = path.child("matchExpressions").index(index).child("values");
        for (index, value) in requirement.values.iter().flatten().enumerate() {
            for complaint in is_label_value(value) {
                warn(warnings, &path.index(index), &format!("{value} is invalid, {complaint}"));
            }
        }
    }
}

fn old_key(key: &str, path: &FieldPath, warnings: &mut Warnings) {
    if let Some(message) = old_node_label(key) {
        warn(warnings, path, &format!("{key} is {message}"));
    }
}

fn annotations(
    template: &PodTemplateSpec,
    spec: &PodSpec,
    containers: &[(FieldPath, &Container)],
    path: &FieldPath,
    warnings: &mut Warnings,
) {
    let found = template.metadata.as_ref().and_then(|metadata| metadata.annotations.as_ref());
    let Some(found) = found.filter(|found| !found.is_empty()) else { return };
    let mut check = |key: &str, message: &str| {
        if found.contains_key(key) {
            warn(warnings, &path.key(key), message);
        }
    };
    let priority = "non-functional in v1.16+; use the \"priorityClassName\" field instead";
    let sysctls = "non-functional in v1.11+; use the \"sysctls\" field instead";
    let seccomp = "non-functional in v1.27+; use the \"seccompProfile\" field instead";
    let app_armor = "deprecated since v1.30; use the \"appArmorProfile\" field instead";
    check("scheduler.alpha.kubernetes.io/critical-pod", priority);
    check("security.alpha.kubernetes.io/sysctls", sysctls);
    check("security.alpha.kubernetes.io/unsafe-sysctls", sysctls);
    let pod = spec.security_context.as_ref();
    if pod.is_none_or(|context| context.seccomp_profile.is_none()) {
        check("seccomp.security.alpha.kubernetes.io/pod", seccomp);
    }
    let pod_has_app_armor = pod.is_some_and(|context| context.app_armor_profile.is_some());
    for (_, container) in containers {
        let (name, context) = (&container.name, container.security_context.as_ref());
        if context.is_none_or(|context| context.seccomp_profile.is_none()) {
            check(&format!("container.seccomp.security.alpha.kubernetes.io/{name}"), seccomp);
        }
        if !pod_has_app_armor && context.is_none_or(|context| context.app_armor_profile.is_none()) {
            check(&format!("container.apparmor.security.beta.kubernetes.io/{name}"), app_armor);
        }
    }
}

fn old_volume(volume: &Volume, path: &FieldPath, warnings: &mut Warnings) {
    for (is_used, field, message) in [
        (
            volume.photon_persistent_disk.is_some(),
            "photonPersistentDisk",
            "deprecated in v1.11, non-functional in v1.16+",
        ),
        (volume.git_repo.is_some(), "gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
        (volume.scale_io.is_some(), "scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
        (volume.flocker.is_some(), "flocker", "deprecated in v1.22, non-functional in v1.25+"),
        (volume.storageos.is_some(), "storageOS", "deprecated in v1.22, non-functional in v1.25+"),
        (volume.quobyte.is_some(), "quobyte", "deprecated in v1.22, non-functional in v1.25+"),
        (volume.glusterfs.is_some(), "glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
        (volume.cephfs.is_some(), "cephfs", "deprecated in v1.28, non-functional in v1.31+"),
        (volume.rbd.is_some(), "rbd", "deprecated in v1.28, non-functional in v1.31+"),
    ] {
        if is_used {
            warn(warnings, &path.child(field), message);
        }
    }
}

fn repeated_names(spec: &PodSpec, path: &FieldPath, warnings: &mut Warnings) {
    let aliases: Vec<&str> = spec.host_aliases.iter().flatten().map(|alias| alias.ip.as_str()).collect();
    let secrets: Vec<&str> = spec.image_pull_secrets.iter().flatten().map(|secret| secret.name.as_str()).collect();
    for (values, list, field) in [(&aliases, "hostAliases", "ip"), (&secrets, "imagePullSecrets", "name")] {
        for (index, value) in values.iter().enumerate().filter(|(index, value)| values[..*index].contains(value)) {
            let message = format!("duplicate {field} {}", quote(value));
            warn(warnings, &path.child(list).index(index).child(field), &message);
        }
    }
    for (index, _) in secrets.iter().enumerate().filter(|(_, name)| name.is_empty()) {
        let path = path.child("imagePullSecrets").index(index).child("name");
        warn(warnings, &path, "invalid empty name \"\"");
    }
}

fn fractional_bytes(resources: Option<&BTreeMap<String, WireQuantity>>, path: &FieldPath, warnings: &mut Warnings) {
    for name in ["memory", "ephemeral-storage"] {
        let quantity = resources.and_then(|resources| Quantity::parse(&resources.get(name)?.0));
        if let Some(quantity) = quantity.filter(|quantity| !quantity.is_whole()) {
            let value = quote(&quantity.to_string());
            let message = format!("fractional byte value {value} is invalid, must be an integer");
            warn(warnings, &path.key(name), &message);
        }
    }
}

/// A second variable of a name is good only if it builds on the first.
fn hidden_env(env: &[EnvVar], path: &FieldPath, warnings: &mut Warnings) {
    for (index, variable) in env.iter().enumerate() {
        let name = &variable.name;
        if env[..index].iter().all(|earlier| earlier.name != *name) {
            continue;
        }
        let value = variable.value.as_deref().unwrap_or_default();
        let reference = format!("$({name})");
        if variable.value_from.is_some() || value == reference || !value.contains(&reference) {
            let message =
                format!("hides previous definition of {}, which may be dropped when using apply", quote(name));
            warn(warnings, &path.index(index), &message);
        }
    }
}

fn ports(containers: &[(FieldPath, &Container)], warnings: &mut Warnings) {
    let mut ports: Vec<(FieldPath, &ContainerPort)> = Vec::new();
    for (path, container) in containers {
        let path = path.child("ports");
        ports.extend(container.ports.iter().flatten().enumerate().map(|(index, port)| (path.index(index), port)));
    }
    for (place, (path, port)) in ports.iter().enumerate() {
        let (host_port, host_ip) = host(port);
        if !host_ip.is_empty() && host_port == 0 {
            let name = port.name.as_deref().unwrap_or_default();
            let (number, protocol) = (port.container_port, port.protocol.as_deref().unwrap_or_default());
            let message = format!(
                "hostIP set without hostPort: {{Name:{name} HostPort:0 ContainerPort:{number} Protocol:{protocol} HostIP:{host_ip}}}"
            );
            warn(warnings, path, &message);
        }
        for (other_path, other) in &ports[..place] {
            if let Some(how) = clash(port, other) {
                warn(warnings, path, &format!("{how} port definition with {other_path}"));
            }
        }
    }
    for (place, (path, port)) in ports.iter().enumerate().filter(|(_, (_, port))| port_name(port).is_some()) {
        if let Some((other, _)) = ports[..place].iter().find(|(_, earlier)| port_name(earlier) == port_name(port)) {
            let name = quote(port_name(port).unwrap_or_default());
            let message = format!(
                "duplicate port name {name} with {other}, services and probes that select ports by name will use {other}"
            );
            warn(warnings, path, &message);
        }
    }
}

fn host(port: &ContainerPort) -> (i32, &str) {
    (port.host_port.unwrap_or_default(), port.host_ip.as_deref().unwrap_or_default())
}

fn port_name(port: &ContainerPort) -> Option<&str> {
    port.name.as_deref().filter(|name| !name.is_empty())
}

/// How a port gets in the way of an earlier one.
fn clash(port: &ContainerPort, other: &ContainerPort) -> Option<&'static str> {
    if port.container_port != other.container_port || port.protocol != other.protocol {
        return None;
    }
    let ((host_port, host_ip), (other_port, other_ip)) = (host(port), host(other));
    if (host_port, host_ip) == (other_port, other_ip) {
        Some("duplicate")
    } else if host_port == 0 || other_port == 0 {
        Some("overlapping")
    } else if host_port == other_port && host_ip.is_empty() != other_ip.is_empty() {
        Some("dangerously ambiguous")
    } else {
        None
    }
}

fn null_selectors(affinity: &Affinity, path: &FieldPath, warnings: &mut Warnings) {
    let mut check =
        |required: Option<&Vec<PodAffinityTerm>>, preferred: Option<&Vec<WeightedPodAffinityTerm>>, path: FieldPath| {
            for (index, term) in required.into_iter().flatten().enumerate() {
                if term.label_selector.is_none() {
                    warn(warnings, &path.child(REQUIRED).index(index).child("labelSelector"), NULL_SELECTOR);
                }
            }
            for (index, term) in preferred.into_iter().flatten().enumerate() {
                if term.pod_affinity_term.label_selector.is_none() {
                    let path = path.child(PREFERRED).index(index).child("podAffinityTerm.labelSelector");
                    warn(warnings, &path, NULL_SELECTOR);
                }
            }
        };
    if let Some(pods) = &affinity.pod_affinity {
        check(
            pods.required_during_scheduling_ignored_during_execution.as_ref(),
            pods.preferred_during_scheduling_ignored_during_execution.as_ref(),
            path.child("podAffinity"),
        );
    }
    if let Some(pods) = &affinity.pod_anti_affinity {
        check(
            pods.required_during_scheduling_ignored_during_execution.as_ref(),
            pods.preferred_during_scheduling_ignored_during_execution.as_ref(),
            path.child("podAntiAffinity"),
        );
    }
}
