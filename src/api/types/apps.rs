//! The wire types of the apps API group: the specs of ReplicaSets and Deployments, of which nobody reads or is shown more.
//! They know no rules.

use super::core::PodTemplateSpec;
use super::meta::{IntOrString, LabelSelector};
use crate::api::types::types;

types! {
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

    DeploymentStrategy {
        "rollingUpdate" rolling_update: Option<RollingUpdateDeployment>,
        "type" type_: Option<String>,
    }

    ReplicaSetSpec {
        "minReadySeconds" min_ready_seconds: Option<i32>,
        replicas: Option<i32>,
        selector: LabelSelector,
        template: Option<PodTemplateSpec>,
    }

    RollingUpdateDeployment {
        "maxSurge" max_surge: Option<IntOrString>,
        "maxUnavailable" max_unavailable: Option<IntOrString>,
    }
}
