//! The objects of the Kubernetes API as the simulator holds them: small, typed, with their defaults applied.
//! Wire objects (`k8s-openapi`) are what manifests are read into and what `-o yaml` shows; [`wire`] goes between.
//! Nothing here knows of stores, clocks or controllers.

pub mod cron;
pub mod cronjob;
pub mod decode;
pub mod defaults;
pub mod deployment;
pub mod encode;
pub mod event;
pub mod gates;
pub mod job;
pub mod labels;
pub mod manifest;
pub mod meta;
pub mod node;
pub mod object_list;
pub mod pod;
pub mod policy;
pub mod problem;
pub mod quantity;
pub mod replica_set;
pub mod scheduling;
pub mod service;
pub mod strategy;
pub mod types;
mod uid_map;
pub mod validation;
pub mod warnings;
pub mod wire;
pub mod yaml;

pub use cronjob::{ConcurrencyPolicy, CronJob, CronJobSpec, CronJobStatus, JobReference};
pub use deployment::{Deployment, DeploymentSpec, DeploymentStatus, RolloutStrategy};
pub use event::{Event, EventReason, EventType, ObjectKind};
pub use gates::{Gate, GateState, Gates};
pub use job::{
    CompletionMode, Job, JobCondition, JobConditionType, JobSpec, JobStatus, PodReplacementPolicy,
    UncountedTerminatedPods,
};
pub use labels::{Labels, Selector};
pub use meta::{ConditionStatus, ObjectMeta, OwnerReference, Propagation, Uid};
pub use node::{Heartbeat, Node, Resources, Taint, TaintEffect};
pub use object_list::{HasMeta, ObjectList};
pub use pod::{
    Container, ContainerState, ContainerStatus, Pod, PodCondition, PodConditionType, PodPhase, PodStatus, PodTemplate,
    RestartPolicy, Terminated,
};
pub use replica_set::{ReplicaSet, ReplicaSetSpec, ReplicaSetStatus};
pub use scheduling::Scheduling;
pub use service::{Service, ServicePort, TargetPort};

/// A short text that is nearly always one of our constants.
pub type Text = std::borrow::Cow<'static, str>;
pub use uid_map::UidMap;
