//! The wire types of what a kubelet reports of a pod.
//! They know no rules.

use super::{ContainerExtendedResourceRequest, ResourceHealth, ResourceRequirements, VolumeMountStatus};
use crate::api::types::meta::{Quantity, Time};
use crate::api::types::types;
use std::collections::BTreeMap;

types! {
    ContainerState {
        running: Option<ContainerStateRunning>,
        terminated: Option<ContainerStateTerminated>,
        waiting: Option<ContainerStateWaiting>,
    }

    ContainerStateRunning {
        "startedAt" started_at: Option<Time>,
    }

    ContainerStateTerminated {
        "containerID" container_id: Option<String>,
        "exitCode" exit_code: i32,
        "finishedAt" finished_at: Option<Time>,
        message: Option<String>,
        reason: Option<String>,
        signal: Option<i32>,
        "startedAt" started_at: Option<Time>,
    }

    ContainerStateWaiting {
        message: Option<String>,
        reason: Option<String>,
    }

    ContainerStatus {
        "allocatedResources" allocated_resources: Option<BTreeMap<String, Quantity>>,
        "allocatedResourcesStatus" allocated_resources_status: Option<Vec<ResourceStatus>>,
        "containerID" container_id: Option<String>,
        image: String,
        "imageID" image_id: String,
        "lastState" last_state: Option<ContainerState>,
        name: String,
        ready: bool,
        resources: Option<ResourceRequirements>,
        "restartCount" restart_count: i32,
        started: Option<bool>,
        state: Option<ContainerState>,
        "stopSignal" stop_signal: Option<String>,
        user: Option<ContainerUser>,
        "volumeMounts" volume_mounts: Option<Vec<VolumeMountStatus>>,
    }

    ContainerUser {
        linux: Option<LinuxContainerUser>,
    }

    HostIP {
        ip: String,
    }

    LinuxContainerUser {
        gid: i64,
        "supplementalGroups" supplemental_groups: Option<Vec<i64>>,
        uid: i64,
    }

    NodeAllocatableResourceClaimStatus {
        containers: Option<Vec<String>>,
        "resourceClaimName" resource_claim_name: String,
        resources: BTreeMap<String, Quantity>,
    }

    PodCondition {
        "lastProbeTime" last_probe_time: Option<Time>,
        "lastTransitionTime" last_transition_time: Option<Time>,
        message: Option<String>,
        "observedGeneration" observed_generation: Option<i64>,
        reason: Option<String>,
        status: String,
        "type" type_: String,
    }

    PodExtendedResourceClaimStatus {
        "requestMappings" request_mappings: Vec<ContainerExtendedResourceRequest>,
        "resourceClaimName" resource_claim_name: String,
    }

    PodIP {
        ip: String,
    }

    PodResourceClaimStatus {
        name: String,
        "resourceClaimName" resource_claim_name: Option<String>,
    }

    PodStatus {
        "allocatedResources" allocated_resources: Option<BTreeMap<String, Quantity>>,
        conditions: Option<Vec<PodCondition>>,
        "containerStatuses" container_statuses: Option<Vec<ContainerStatus>>,
        "ephemeralContainerStatuses" ephemeral_container_statuses: Option<Vec<ContainerStatus>>,
        "extendedResourceClaimStatus" extended_resource_claim_status: Option<PodExtendedResourceClaimStatus>,
        "hostIP" host_ip: Option<String>,
        "hostIPs" host_ips: Option<Vec<HostIP>>,
        "initContainerStatuses" init_container_statuses: Option<Vec<ContainerStatus>>,
        message: Option<String>,
        "nodeAllocatableResourceClaimStatuses" node_allocatable_resource_claim_statuses: Option<Vec<NodeAllocatableResourceClaimStatus>>,
        "nominatedNodeName" nominated_node_name: Option<String>,
        "observedGeneration" observed_generation: Option<i64>,
        phase: Option<String>,
        "podIP" pod_ip: Option<String>,
        "podIPs" pod_ips: Option<Vec<PodIP>>,
        "qosClass" qos_class: Option<String>,
        reason: Option<String>,
        resize: Option<String>,
        "resourceClaimStatuses" resource_claim_statuses: Option<Vec<PodResourceClaimStatus>>,
        resources: Option<ResourceRequirements>,
        "startTime" start_time: Option<Time>,
    }

    ResourceStatus {
        name: String,
        resources: Option<Vec<ResourceHealth>>,
    }
}
