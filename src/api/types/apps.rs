//! The wire types of the apps API group: ReplicaSets and Deployments.
//! They know no rules.

use super::core::PodTemplateSpec;
use super::meta::{IntOrString, LabelSelector, ObjectMeta, Time};
use crate::api::types::types;

types! {
    "apps/v1" Deployment {
        metadata: ObjectMeta,
        spec: Option<DeploymentSpec>,
        status: Option<DeploymentStatus>,
    }

    DeploymentCondition {
        "lastTransitionTime" last_transition_time: Option<Time>,
        "lastUpdateTime" last_update_time: Option<Time>,
        message: Option<String>,
        reason: Option<String>,
        status: String,
        "type" type_: String,
    }

    DeploymentSpec {
        "minReadySeconds" min_ready_seconds: Option<i32>,
        paused: Option<bool>,
        "progressDeadlineSeconds" progress_deadline_seconds: Option<i32>,
        replicas: Option<i32>,
        "revisionHistoryLimit" revision_history_limit: Option<i32>,
        selector: LabelSelector,
        strategy: Option<DeploymentStrategy>,
        template: PodTemplateSpec,
    }

    DeploymentStatus {
        "availableReplicas" available_replicas: Option<i32>,
        "collisionCount" collision_count: Option<i32>,
        conditions: Option<Vec<DeploymentCondition>>,
        "observedGeneration" observed_generation: Option<i64>,
        "readyReplicas" ready_replicas: Option<i32>,
        replicas: Option<i32>,
        "terminatingReplicas" terminating_replicas: Option<i32>,
        "unavailableReplicas" unavailable_replicas: Option<i32>,
        "updatedReplicas" updated_replicas: Option<i32>,
    }

    DeploymentStrategy {
        "rollingUpdate" rolling_update: Option<RollingUpdateDeployment>,
        "type" type_: Option<String>,
    }

    "apps/v1" ReplicaSet {
        metadata: ObjectMeta,
        spec: Option<ReplicaSetSpec>,
        status: Option<ReplicaSetStatus>,
    }

    ReplicaSetCondition {
        "lastTransitionTime" last_transition_time: Option<Time>,
        message: Option<String>,
        reason: Option<String>,
        status: String,
        "type" type_: String,
    }

    ReplicaSetSpec {
        "minReadySeconds" min_ready_seconds: Option<i32>,
        replicas: Option<i32>,
        selector: LabelSelector,
        template: Option<PodTemplateSpec>,
    }

    ReplicaSetStatus {
        "availableReplicas" available_replicas: Option<i32>,
        conditions: Option<Vec<ReplicaSetCondition>>,
        "fullyLabeledReplicas" fully_labeled_replicas: Option<i32>,
        "observedGeneration" observed_generation: Option<i64>,
        "readyReplicas" ready_replicas: Option<i32>,
        replicas: i32,
        "terminatingReplicas" terminating_replicas: Option<i32>,
    }

    RollingUpdateDeployment {
        "maxSurge" max_surge: Option<IntOrString>,
        "maxUnavailable" max_unavailable: Option<IntOrString>,
    }
}
