//! The wire types of containers.
//! They know no rules.

use crate::api::types::meta::{IntOrString, Quantity};
use crate::api::types::types;
use std::collections::BTreeMap;

types! {
    AppArmorProfile {
        "localhostProfile" localhost_profile: Option<String>,
        "type" type_: String,
    }

    Capabilities {
        add: Option<Vec<String>>,
        drop: Option<Vec<String>>,
    }

    ConfigMapEnvSource {
        name: String,
        optional: Option<bool>,
    }

    ConfigMapKeySelector {
        key: String,
        name: String,
        optional: Option<bool>,
    }

    Container {
        args: Option<Vec<String>>,
        command: Option<Vec<String>>,
        env: Option<Vec<EnvVar>>,
        "envFrom" env_from: Option<Vec<EnvFromSource>>,
        image: Option<String>,
        "imagePullPolicy" image_pull_policy: Option<String>,
        lifecycle: Option<Lifecycle>,
        "livenessProbe" liveness_probe: Option<Probe>,
        name: String,
        ports: Option<Vec<ContainerPort>>,
        "readinessProbe" readiness_probe: Option<Probe>,
        "resizePolicy" resize_policy: Option<Vec<ContainerResizePolicy>>,
        resources: Option<ResourceRequirements>,
        "restartPolicy" restart_policy: Option<String>,
        "restartPolicyRules" restart_policy_rules: Option<Vec<ContainerRestartRule>>,
        "securityContext" security_context: Option<SecurityContext>,
        "startupProbe" startup_probe: Option<Probe>,
        stdin: Option<bool>,
        "stdinOnce" stdin_once: Option<bool>,
        "terminationMessagePath" termination_message_path: Option<String>,
        "terminationMessagePolicy" termination_message_policy: Option<String>,
        tty: Option<bool>,
        "volumeDevices" volume_devices: Option<Vec<VolumeDevice>>,
        "volumeMounts" volume_mounts: Option<Vec<VolumeMount>>,
        "workingDir" working_dir: Option<String>,
    }

    ContainerPort {
        "containerPort" container_port: i32,
        "hostIP" host_ip: Option<String>,
        "hostPort" host_port: Option<i32>,
        name: Option<String>,
        protocol: Option<String>,
    }

    ContainerResizePolicy {
        "resourceName" resource_name: String,
        "restartPolicy" restart_policy: String,
    }

    ContainerRestartRule {
        action: String,
        "exitCodes" exit_codes: Option<ContainerRestartRuleOnExitCodes>,
    }

    ContainerRestartRuleOnExitCodes {
        operator: String,
        values: Option<Vec<i32>>,
    }

    EnvFromSource {
        "configMapRef" config_map_ref: Option<ConfigMapEnvSource>,
        prefix: Option<String>,
        "secretRef" secret_ref: Option<SecretEnvSource>,
    }

    EnvVar {
        name: String,
        value: Option<String>,
        "valueFrom" value_from: Option<EnvVarSource>,
    }

    EnvVarSource {
        "configMapKeyRef" config_map_key_ref: Option<ConfigMapKeySelector>,
        "fieldRef" field_ref: Option<ObjectFieldSelector>,
        "fileKeyRef" file_key_ref: Option<FileKeySelector>,
        "resourceFieldRef" resource_field_ref: Option<ResourceFieldSelector>,
        "secretKeyRef" secret_key_ref: Option<SecretKeySelector>,
    }

    EphemeralContainer {
        args: Option<Vec<String>>,
        command: Option<Vec<String>>,
        env: Option<Vec<EnvVar>>,
        "envFrom" env_from: Option<Vec<EnvFromSource>>,
        image: Option<String>,
        "imagePullPolicy" image_pull_policy: Option<String>,
        lifecycle: Option<Lifecycle>,
        "livenessProbe" liveness_probe: Option<Probe>,
        name: String,
        ports: Option<Vec<ContainerPort>>,
        "readinessProbe" readiness_probe: Option<Probe>,
        "resizePolicy" resize_policy: Option<Vec<ContainerResizePolicy>>,
        resources: Option<ResourceRequirements>,
        "restartPolicy" restart_policy: Option<String>,
        "restartPolicyRules" restart_policy_rules: Option<Vec<ContainerRestartRule>>,
        "securityContext" security_context: Option<SecurityContext>,
        "startupProbe" startup_probe: Option<Probe>,
        stdin: Option<bool>,
        "stdinOnce" stdin_once: Option<bool>,
        "targetContainerName" target_container_name: Option<String>,
        "terminationMessagePath" termination_message_path: Option<String>,
        "terminationMessagePolicy" termination_message_policy: Option<String>,
        tty: Option<bool>,
        "volumeDevices" volume_devices: Option<Vec<VolumeDevice>>,
        "volumeMounts" volume_mounts: Option<Vec<VolumeMount>>,
        "workingDir" working_dir: Option<String>,
    }

    ExecAction {
        command: Option<Vec<String>>,
    }

    FileKeySelector {
        key: String,
        optional: Option<bool>,
        path: String,
        "volumeName" volume_name: String,
    }

    GRPCAction {
        port: i32,
        service: Option<String>,
    }

    HTTPGetAction {
        host: Option<String>,
        "httpHeaders" http_headers: Option<Vec<HTTPHeader>>,
        path: Option<String>,
        port: IntOrString,
        scheme: Option<String>,
    }

    HTTPHeader {
        name: String,
        value: String,
    }

    Lifecycle {
        "postStart" post_start: Option<LifecycleHandler>,
        "preStop" pre_stop: Option<LifecycleHandler>,
        "stopSignal" stop_signal: Option<String>,
    }

    LifecycleHandler {
        exec: Option<ExecAction>,
        "httpGet" http_get: Option<HTTPGetAction>,
        sleep: Option<SleepAction>,
        "tcpSocket" tcp_socket: Option<TCPSocketAction>,
    }

    ObjectFieldSelector {
        "apiVersion" api_version: Option<String>,
        "fieldPath" field_path: String,
    }

    Probe {
        exec: Option<ExecAction>,
        "failureThreshold" failure_threshold: Option<i32>,
        grpc: Option<GRPCAction>,
        "httpGet" http_get: Option<HTTPGetAction>,
        "initialDelaySeconds" initial_delay_seconds: Option<i32>,
        "periodSeconds" period_seconds: Option<i32>,
        "successThreshold" success_threshold: Option<i32>,
        "tcpSocket" tcp_socket: Option<TCPSocketAction>,
        "terminationGracePeriodSeconds" termination_grace_period_seconds: Option<i64>,
        "timeoutSeconds" timeout_seconds: Option<i32>,
    }

    ResourceClaim {
        name: String,
        request: Option<String>,
    }

    ResourceFieldSelector {
        "containerName" container_name: Option<String>,
        divisor: Option<Quantity>,
        resource: String,
    }

    ResourceRequirements {
        claims: Option<Vec<ResourceClaim>>,
        limits: Option<BTreeMap<String, Quantity>>,
        requests: Option<BTreeMap<String, Quantity>>,
    }

    SELinuxOptions {
        level: Option<String>,
        role: Option<String>,
        "type" type_: Option<String>,
        user: Option<String>,
    }

    SeccompProfile {
        "localhostProfile" localhost_profile: Option<String>,
        "type" type_: String,
    }

    SecretEnvSource {
        name: String,
        optional: Option<bool>,
    }

    SecretKeySelector {
        key: String,
        name: String,
        optional: Option<bool>,
    }

    SecurityContext {
        "allowPrivilegeEscalation" allow_privilege_escalation: Option<bool>,
        "appArmorProfile" app_armor_profile: Option<AppArmorProfile>,
        capabilities: Option<Capabilities>,
        privileged: Option<bool>,
        "procMount" proc_mount: Option<String>,
        "readOnlyRootFilesystem" read_only_root_filesystem: Option<bool>,
        "runAsGroup" run_as_group: Option<i64>,
        "runAsNonRoot" run_as_non_root: Option<bool>,
        "runAsUser" run_as_user: Option<i64>,
        "seLinuxOptions" se_linux_options: Option<SELinuxOptions>,
        "seccompProfile" seccomp_profile: Option<SeccompProfile>,
        "windowsOptions" windows_options: Option<WindowsSecurityContextOptions>,
    }

    SleepAction {
        seconds: i64,
    }

    TCPSocketAction {
        host: Option<String>,
        port: IntOrString,
    }

    VolumeDevice {
        "devicePath" device_path: String,
        name: String,
    }

    VolumeMount {
        "mountPath" mount_path: String,
        "mountPropagation" mount_propagation: Option<String>,
        name: String,
        "readOnly" read_only: Option<bool>,
        "recursiveReadOnly" recursive_read_only: Option<String>,
        "subPath" sub_path: Option<String>,
        "subPathExpr" sub_path_expr: Option<String>,
    }

    WindowsSecurityContextOptions {
        "gmsaCredentialSpec" gmsa_credential_spec: Option<String>,
        "gmsaCredentialSpecName" gmsa_credential_spec_name: Option<String>,
        "hostProcess" host_process: Option<bool>,
        "runAsUserName" run_as_user_name: Option<String>,
    }
}
