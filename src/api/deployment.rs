//! A Deployment, with its defaults applied: pods of a template that may change, through one ReplicaSet for each.

use super::{ObjectMeta, PodTemplate, Selector};
use crate::api::types::apps;
use std::rc::Rc;

/// By this label a Deployment tells the pods of its ReplicaSets apart.
pub const POD_TEMPLATE_HASH: &str = "pod-template-hash";

/// A Deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    pub meta: ObjectMeta,
    pub spec: DeploymentSpec,
    pub status: DeploymentStatus,
    /// The spec as people wrote it.
    pub wire: Rc<apps::DeploymentSpec>,
}

/// What is wanted of a Deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct DeploymentSpec {
    pub replicas: i32,
    /// How long a pod must be ready to count as available.
    pub min_ready_s: i32,
    pub paused: bool,
    pub selector: Rc<Selector>,
    pub template: Rc<PodTemplate>,
    pub strategy: RolloutStrategy,
}

/// How pods of an earlier template give way to those of the present one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolloutStrategy {
    /// All go, then the new ones come.
    Recreate,
    /// Bit by bit, within these bounds (numbers of pods).
    RollingUpdate { max_surge: i32, max_unavailable: i32 },
}

/// What has become of a Deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeploymentStatus {
    pub replicas: i32,
    pub updated_replicas: i32,
    pub ready_replicas: i32,
    pub available_replicas: i32,
    pub unavailable_replicas: i32,
    pub observed_generation: i64,
}
