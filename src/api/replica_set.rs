//! A ReplicaSet, with its defaults applied: so many pods of one template.

use super::{ObjectMeta, PodTemplate, Selector};
use std::rc::Rc;

/// A ReplicaSet.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicaSet {
    pub meta: ObjectMeta,
    pub spec: ReplicaSetSpec,
    pub status: ReplicaSetStatus,
}

/// What is wanted of a ReplicaSet.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicaSetSpec {
    pub replicas: i32,
    /// How long a pod must be ready to count as available.
    pub min_ready_s: i32,
    pub selector: Rc<Selector>,
    pub template: Rc<PodTemplate>,
}

/// What has become of a ReplicaSet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplicaSetStatus {
    pub replicas: i32,
    pub fully_labeled_replicas: i32,
    pub ready_replicas: i32,
    pub available_replicas: i32,
    pub observed_generation: i64,
}
