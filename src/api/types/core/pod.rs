//! The wire types of a pod as a whole: its template, and where it may run.
//! They know no rules.

use super::{
    AppArmorProfile, Container, EphemeralContainer, PodStatus, ResourceRequirements, SELinuxOptions, SeccompProfile,
    Volume, WindowsSecurityContextOptions,
};
use crate::api::types::meta::{LabelSelector, ObjectMeta, Quantity};
use crate::api::types::types;
use std::collections::BTreeMap;

types! {
    Affinity {
        "nodeAffinity" node_affinity: Option<NodeAffinity>,
        "podAffinity" pod_affinity: Option<PodAffinity>,
        "podAntiAffinity" pod_anti_affinity: Option<PodAntiAffinity>,
    }

    ContainerExtendedResourceRequest {
        "containerName" container_name: String,
        "requestName" request_name: String,
        "resourceName" resource_name: String,
    }

    HostAlias {
        hostnames: Option<Vec<String>>,
        ip: String,
    }

    LocalObjectReference {
        name: String,
    }

    NodeAffinity {
        "preferredDuringSchedulingIgnoredDuringExecution" preferred_during_scheduling_ignored_during_execution: Option<Vec<PreferredSchedulingTerm>>,
        "requiredDuringSchedulingIgnoredDuringExecution" required_during_scheduling_ignored_during_execution: Option<NodeSelector>,
    }

    NodeSelector {
        "nodeSelectorTerms" node_selector_terms: Vec<NodeSelectorTerm>,
    }

    NodeSelectorRequirement {
        key: String,
        operator: String,
        values: Option<Vec<String>>,
    }

    NodeSelectorTerm {
        "matchExpressions" match_expressions: Option<Vec<NodeSelectorRequirement>>,
        "matchFields" match_fields: Option<Vec<NodeSelectorRequirement>>,
    }

    ObjectReference {
        "apiVersion" api_version: Option<String>,
        "fieldPath" field_path: Option<String>,
        kind: Option<String>,
        name: Option<String>,
        namespace: Option<String>,
        "resourceVersion" resource_version: Option<String>,
        uid: Option<String>,
    }

    "v1" Pod {
        metadata: ObjectMeta,
        spec: Option<PodSpec>,
        status: Option<PodStatus>,
    }

    PodAffinity {
        "preferredDuringSchedulingIgnoredDuringExecution" preferred_during_scheduling_ignored_during_execution: Option<Vec<WeightedPodAffinityTerm>>,
        "requiredDuringSchedulingIgnoredDuringExecution" required_during_scheduling_ignored_during_execution: Option<Vec<PodAffinityTerm>>,
    }

    PodAffinityTerm {
        "labelSelector" label_selector: Option<LabelSelector>,
        "matchLabelKeys" match_label_keys: Option<Vec<String>>,
        "mismatchLabelKeys" mismatch_label_keys: Option<Vec<String>>,
        "namespaceSelector" namespace_selector: Option<LabelSelector>,
        namespaces: Option<Vec<String>>,
        "topologyKey" topology_key: String,
    }

    PodAntiAffinity {
        "preferredDuringSchedulingIgnoredDuringExecution" preferred_during_scheduling_ignored_during_execution: Option<Vec<WeightedPodAffinityTerm>>,
        "requiredDuringSchedulingIgnoredDuringExecution" required_during_scheduling_ignored_during_execution: Option<Vec<PodAffinityTerm>>,
    }

    PodDNSConfig {
        nameservers: Option<Vec<String>>,
        options: Option<Vec<PodDNSConfigOption>>,
        searches: Option<Vec<String>>,
    }

    PodDNSConfigOption {
        name: Option<String>,
        value: Option<String>,
    }

    PodOS {
        name: String,
    }

    PodReadinessGate {
        "conditionType" condition_type: String,
    }

    PodResourceClaim {
        name: String,
        "resourceClaimName" resource_claim_name: Option<String>,
        "resourceClaimTemplateName" resource_claim_template_name: Option<String>,
    }

    PodSchedulingGate {
        name: String,
    }

    PodSchedulingGroup {
        "podGroupName" pod_group_name: Option<String>,
    }

    PodSecurityContext {
        "appArmorProfile" app_armor_profile: Option<AppArmorProfile>,
        "fsGroup" fs_group: Option<i64>,
        "fsGroupChangePolicy" fs_group_change_policy: Option<String>,
        "runAsGroup" run_as_group: Option<i64>,
        "runAsNonRoot" run_as_non_root: Option<bool>,
        "runAsUser" run_as_user: Option<i64>,
        "seLinuxChangePolicy" se_linux_change_policy: Option<String>,
        "seLinuxOptions" se_linux_options: Option<SELinuxOptions>,
        "seccompProfile" seccomp_profile: Option<SeccompProfile>,
        "supplementalGroups" supplemental_groups: Option<Vec<i64>>,
        "supplementalGroupsPolicy" supplemental_groups_policy: Option<String>,
        sysctls: Option<Vec<Sysctl>>,
        "windowsOptions" windows_options: Option<WindowsSecurityContextOptions>,
    }

    PodSpec {
        "activeDeadlineSeconds" active_deadline_seconds: Option<i64>,
        affinity: Option<Affinity>,
        "automountServiceAccountToken" automount_service_account_token: Option<bool>,
        containers: Vec<Container>,
        "dnsConfig" dns_config: Option<PodDNSConfig>,
        "dnsPolicy" dns_policy: Option<String>,
        "enableServiceLinks" enable_service_links: Option<bool>,
        "ephemeralContainers" ephemeral_containers: Option<Vec<EphemeralContainer>>,
        "hostAliases" host_aliases: Option<Vec<HostAlias>>,
        "hostIPC" host_ipc: Option<bool>,
        "hostNetwork" host_network: Option<bool>,
        "hostPID" host_pid: Option<bool>,
        "hostUsers" host_users: Option<bool>,
        hostname: Option<String>,
        "hostnameOverride" hostname_override: Option<String>,
        "imagePullSecrets" image_pull_secrets: Option<Vec<LocalObjectReference>>,
        "initContainers" init_containers: Option<Vec<Container>>,
        "nodeName" node_name: Option<String>,
        "nodeSelector" node_selector: Option<BTreeMap<String, String>>,
        os: Option<PodOS>,
        overhead: Option<BTreeMap<String, Quantity>>,
        "preemptionPolicy" preemption_policy: Option<String>,
        priority: Option<i32>,
        "priorityClassName" priority_class_name: Option<String>,
        "readinessGates" readiness_gates: Option<Vec<PodReadinessGate>>,
        "resourceClaims" resource_claims: Option<Vec<PodResourceClaim>>,
        resources: Option<ResourceRequirements>,
        "restartPolicy" restart_policy: Option<String>,
        "runtimeClassName" runtime_class_name: Option<String>,
        "schedulerName" scheduler_name: Option<String>,
        "schedulingGates" scheduling_gates: Option<Vec<PodSchedulingGate>>,
        "schedulingGroup" scheduling_group: Option<PodSchedulingGroup>,
        "securityContext" security_context: Option<PodSecurityContext>,
        "serviceAccount" service_account: Option<String>,
        "serviceAccountName" service_account_name: Option<String>,
        "setHostnameAsFQDN" set_hostname_as_fqdn: Option<bool>,
        "shareProcessNamespace" share_process_namespace: Option<bool>,
        subdomain: Option<String>,
        "terminationGracePeriodSeconds" termination_grace_period_seconds: Option<i64>,
        tolerations: Option<Vec<Toleration>>,
        "topologySpreadConstraints" topology_spread_constraints: Option<Vec<TopologySpreadConstraint>>,
        volumes: Option<Vec<Volume>>,
    }

    PodTemplateSpec {
        metadata: Option<ObjectMeta>,
        spec: Option<PodSpec>,
    }

    PreferredSchedulingTerm {
        preference: NodeSelectorTerm,
        weight: i32,
    }

    ResourceHealth {
        health: Option<String>,
        message: Option<String>,
        "resourceID" resource_id: String,
    }

    Sysctl {
        name: String,
        value: String,
    }

    Toleration {
        effect: Option<String>,
        key: Option<String>,
        operator: Option<String>,
        "tolerationSeconds" toleration_seconds: Option<i64>,
        value: Option<String>,
    }

    TopologySpreadConstraint {
        "labelSelector" label_selector: Option<LabelSelector>,
        "matchLabelKeys" match_label_keys: Option<Vec<String>>,
        "maxSkew" max_skew: i32,
        "minDomains" min_domains: Option<i32>,
        "nodeAffinityPolicy" node_affinity_policy: Option<String>,
        "nodeTaintsPolicy" node_taints_policy: Option<String>,
        "topologyKey" topology_key: String,
        "whenUnsatisfiable" when_unsatisfiable: String,
    }

    WeightedPodAffinityTerm {
        "podAffinityTerm" pod_affinity_term: PodAffinityTerm,
        weight: i32,
    }
}
