//! Defaults of a pod template, as a person sees them in `-o yaml`.

use crate::api::encode::encode;
use crate::api::types::core::{
    Container, HTTPGetAction, LifecycleHandler, ObjectFieldSelector, PodSpec, PodTemplateSpec, Probe,
    ResourceRequirements, Volume, VolumeProjection,
};

use crate::api::quantity::canonical;

const FILE_MODE: i32 = 0o644;
const TOKEN_EXPIRATION_SECONDS: i64 = 3600;

/// Fills in the pod of a template. The restart policy becomes `Always`, which Jobs then refuse.
// Models pkg/apis/core/v1/zz_generated.defaults.go SetObjectDefaults_PodTemplate
pub fn set_defaults_pod_template(template: &mut PodTemplateSpec) {
    set_defaults_pod_spec(template.spec.get_or_insert_default());
}

/// Fills in a pod's spec, its containers and its volumes.
// Models pkg/apis/core/v1/defaults.go SetDefaults_PodSpec
pub fn set_defaults_pod_spec(spec: &mut PodSpec) {
    text(&mut spec.dns_policy, "ClusterFirst");
    text(&mut spec.restart_policy, "Always");
    text(&mut spec.scheduler_name, "default-scheduler");
    spec.security_context.get_or_insert_default();
    spec.termination_grace_period_seconds.get_or_insert(30);
    if spec.service_account_name.is_none() {
        spec.service_account_name = spec.service_account.clone();
    }
    spec.service_account = spec.service_account_name.clone();
    let init = spec.init_containers.iter_mut().flatten();
    spec.containers.iter_mut().chain(init).for_each(set_defaults_container);
    spec.volumes.iter_mut().flatten().for_each(set_defaults_volume);
    if let Some(resources) = &mut spec.resources {
        write_quantities(resources);
    }
    for quantity in spec.overhead.iter_mut().flat_map(|overhead| overhead.values_mut()) {
        quantity.0 = canonical(&quantity.0);
    }
}

fn set_defaults_container(container: &mut Container) {
    let pull_policy = pull_policy(container.image.as_deref().unwrap_or_default());
    text(&mut container.image_pull_policy, pull_policy);
    text(&mut container.termination_message_path, "/dev/termination-log");
    text(&mut container.termination_message_policy, "File");
    write_quantities(container.resources.get_or_insert_default());
    for port in container.ports.iter_mut().flatten() {
        text(&mut port.protocol, "TCP");
    }
    for source in container.env.iter_mut().flatten().filter_map(|env| env.value_from.as_mut()) {
        if let Some(field) = &mut source.field_ref {
            set_defaults_field(field);
        }
        if let Some(resource) = &mut source.resource_field_ref {
            let divisor = resource.divisor.get_or_insert_default();
            divisor.0 = if divisor.0.is_empty() { "0".to_string() } else { canonical(&divisor.0) };
        }
    }
    let probes = [&mut container.liveness_probe, &mut container.readiness_probe, &mut container.startup_probe];
    probes.into_iter().flatten().for_each(set_defaults_probe);
    if let Some(lifecycle) = &mut container.lifecycle {
        let hooks = [&mut lifecycle.post_start, &mut lifecycle.pre_stop];
        hooks.into_iter().flatten().for_each(set_defaults_hook);
    }
}

/// `Always` for images that may change under their name, else `IfNotPresent`.
// Models pkg/apis/core/v1/defaults.go SetDefaults_Container
fn pull_policy(image: &str) -> &'static str {
    let (name, digest) = image.split_once('@').map_or((image, None), |(n, d)| (n, Some(d)));
    let last = name.rsplit('/').next().unwrap_or_default();
    match (last.split_once(':'), digest) {
        (Some((_, "latest")), _) | (None, None) => "Always",
        (Some(_), _) | (None, Some(_)) => "IfNotPresent",
    }
}

// Models pkg/apis/core/v1/defaults.go SetDefaults_Probe
fn set_defaults_probe(probe: &mut Probe) {
    for (field, value) in [
        (&mut probe.timeout_seconds, 1),
        (&mut probe.period_seconds, 10),
        (&mut probe.success_threshold, 1),
        (&mut probe.failure_threshold, 3),
    ] {
        if field.unwrap_or_default() == 0 {
            *field = Some(value);
        }
    }
    if let Some(action) = &mut probe.http_get {
        set_defaults_http_get(action);
    }
    if let Some(action) = &mut probe.grpc {
        action.service.get_or_insert_default();
    }
}

fn set_defaults_hook(hook: &mut LifecycleHandler) {
    if let Some(action) = &mut hook.http_get {
        set_defaults_http_get(action);
    }
}

fn set_defaults_http_get(action: &mut HTTPGetAction) {
    text(&mut action.path, "/");
    text(&mut action.scheme, "HTTP");
}

fn set_defaults_field(field: &mut ObjectFieldSelector) {
    text(&mut field.api_version, "v1");
}

/// Fills in the host's ports of a pod that uses the host's network. Pods only: templates leave them open.
// Models pkg/apis/core/v1/defaults.go defaultHostNetworkPorts
pub fn set_defaults_host_ports(spec: &mut PodSpec) {
    if spec.host_network != Some(true) {
        return;
    }
    let init = spec.init_containers.iter_mut().flatten();
    let containers = spec.containers.iter_mut().chain(init);
    for port in containers.flat_map(|container| container.ports.iter_mut().flatten()) {
        if port.host_port.unwrap_or_default() == 0 {
            port.host_port = Some(port.container_port);
        }
    }
}

fn write_quantities(resources: &mut ResourceRequirements) {
    let maps = [&mut resources.limits, &mut resources.requests];
    for quantity in maps.into_iter().flatten().flat_map(|map| map.values_mut()) {
        quantity.0 = canonical(&quantity.0);
    }
}

// Models pkg/apis/core/v1/defaults.go SetDefaults_Volume and its siblings for each source
fn set_defaults_volume(volume: &mut Volume) {
    let has_only_a_name = encode(volume).as_object().is_none_or(|fields| fields.len() <= 1);
    if has_only_a_name {
        volume.empty_dir = Some(Default::default());
    }
    if let Some(source) = &mut volume.empty_dir
        && let Some(limit) = &mut source.size_limit
    {
        limit.0 = canonical(&limit.0);
    }
    if let Some(source) = &mut volume.secret {
        source.default_mode.get_or_insert(FILE_MODE);
    }
    if let Some(source) = &mut volume.config_map {
        source.default_mode.get_or_insert(FILE_MODE);
    }
    if let Some(source) = &mut volume.downward_api {
        source.default_mode.get_or_insert(FILE_MODE);
        let fields = source.items.iter_mut().flatten().filter_map(|item| item.field_ref.as_mut());
        fields.for_each(set_defaults_field);
    }
    if let Some(source) = &mut volume.projected {
        source.default_mode.get_or_insert(FILE_MODE);
        source.sources.iter_mut().flatten().for_each(set_defaults_projection);
    }
    if let Some(source) = &mut volume.host_path {
        source.type_.get_or_insert_default();
    }
    if let Some(source) = &mut volume.ephemeral
        && let Some(template) = &mut source.volume_claim_template
    {
        text(&mut template.spec.volume_mode, "Filesystem");
    }
    if let Some(source) = &mut volume.image {
        let policy = pull_policy(source.reference.as_deref().unwrap_or_default());
        text(&mut source.pull_policy, policy);
    }
    set_defaults_network_volume(volume);
}

fn set_defaults_network_volume(volume: &mut Volume) {
    if let Some(source) = &mut volume.iscsi {
        text(&mut source.iscsi_interface, "default");
    }
    if let Some(source) = &mut volume.rbd {
        text(&mut source.pool, "rbd");
        text(&mut source.user, "admin");
        text(&mut source.keyring, "/etc/ceph/keyring");
    }
    if let Some(source) = &mut volume.azure_disk {
        text(&mut source.caching_mode, "ReadWrite");
        text(&mut source.kind, "Shared");
        text(&mut source.fs_type, "ext4");
        source.read_only.get_or_insert(false);
    }
    if let Some(source) = &mut volume.scale_io {
        text(&mut source.storage_mode, "ThinProvisioned");
        text(&mut source.fs_type, "xfs");
    }
}

fn set_defaults_projection(projection: &mut VolumeProjection) {
    if let Some(token) = &mut projection.service_account_token {
        token.expiration_seconds.get_or_insert(TOKEN_EXPIRATION_SECONDS);
    }
    if let Some(downward) = &mut projection.downward_api {
        let items = downward.items.iter_mut().flatten();
        items.filter_map(|item| item.field_ref.as_mut()).for_each(set_defaults_field);
    }
}

/// Sets an absent or empty text.
fn text(field: &mut Option<String>, value: &str) {
    if field.as_deref().unwrap_or_default().is_empty() {
        *field = Some(value.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::types::core::ContainerPort;

    #[test]
    fn the_pull_policy_follows_the_tag() {
        let cases = [
            ("busybox", "Always"),
            ("busybox:latest", "Always"),
            ("busybox:1.36", "IfNotPresent"),
            ("registry.example.com:5000/busybox", "Always"),
            ("registry.example.com:5000/busybox:2", "IfNotPresent"),
            ("busybox@sha256:abc", "IfNotPresent"),
        ];
        for (image, want) in cases {
            assert_eq!(pull_policy(image), want, "{image}");
        }
    }
    #[test]
    fn only_pods_on_the_hosts_network_take_its_ports() {
        let cases =
            [(false, None, None), (true, None, Some(80)), (true, Some(0), Some(80)), (true, Some(8080), Some(8080))];
        for (is_on_host, given, want) in cases {
            let port = ContainerPort { container_port: 80, host_port: given, ..Default::default() };
            let container = Container { ports: Some(vec![port]), ..Default::default() };
            let mut spec =
                PodSpec { host_network: Some(is_on_host), containers: vec![container], ..Default::default() };
            set_defaults_pod_spec(&mut spec);
            let host_port = |spec: &PodSpec| spec.containers[0].ports.as_ref().unwrap()[0].host_port;
            assert_eq!(host_port(&spec), given, "a template's ports are left as they are");
            set_defaults_host_ports(&mut spec);
            assert_eq!(host_port(&spec), want, "{is_on_host} {given:?}");
        }
    }
}
