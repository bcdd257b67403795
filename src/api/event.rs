//! Events as `kubectl get events` lists them: what a component said about an object.

use super::{Text, Uid};
use crate::sim::Time;
use std::rc::Rc;

/// One event, perhaps said several times.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct Event {
    pub uid: Uid,
    pub kind: ObjectKind,
    pub namespace: Rc<str>,
    pub name: Rc<str>,
    pub object_uid: Uid,
    pub event_type: EventType,
    pub reason: EventReason,
    pub message: Text,
    pub source: EventSource,
    pub count: u32,
    pub first_time: Time,
    pub last_time: Time,
}

/// The kinds of objects in the simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    Job,
    Pod,
    Node,
    ReplicaSet,
    Deployment,
    Service,
}

impl ObjectKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Job => "Job",
            Self::Pod => "Pod",
            Self::Node => "Node",
            Self::ReplicaSet => "ReplicaSet",
            Self::Deployment => "Deployment",
            Self::Service => "Service",
        }
    }
}

/// How grave an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventType {
    Normal,
    Warning,
}

impl EventType {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Warning => "Warning",
        }
    }
}

/// The component that said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventSource {
    JobController,
    Scheduler,
    Kubelet,
    ReplicaSetController,
    DeploymentController,
}

impl EventSource {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JobController => "job-controller",
            Self::Scheduler => "default-scheduler",
            Self::Kubelet => "kubelet",
            Self::ReplicaSetController => "replicaset-controller",
            Self::DeploymentController => "deployment-controller",
        }
    }
}

macro_rules! reasons {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// The reason of an event, in upstream's words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventReason { $($name),* }

        impl EventReason {
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The reason with that text, if it is one of ours.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

reasons! {
    // The Job controller's.
    SuccessfulCreate = "SuccessfulCreate",
    FailedCreate = "FailedCreate",
    SuccessfulDelete = "SuccessfulDelete",
    FailedDelete = "FailedDelete",
    Suspended = "Suspended",
    Resumed = "Resumed",
    Completed = "Completed",
    TooManySucceededPods = "TooManySucceededPods",
    BackoffLimitExceeded = "BackoffLimitExceeded",
    DeadlineExceeded = "DeadlineExceeded",
    PodFailurePolicy = "PodFailurePolicy",
    MaxFailedIndexesExceeded = "MaxFailedIndexesExceeded",
    FailedIndexes = "FailedIndexes",
    SuccessPolicy = "SuccessPolicy",
    CompletionsReached = "CompletionsReached",
    UnknownCompletionMode = "UnknownCompletionMode",
    IndexedJobDisabled = "IndexedJobDisabled",
    // The scheduler's.
    Scheduled = "Scheduled",
    FailedScheduling = "FailedScheduling",
    // The kubelet's.
    Pulling = "Pulling",
    Pulled = "Pulled",
    Created = "Created",
    Started = "Started",
    Killing = "Killing",
    BackOff = "BackOff",
    Failed = "Failed",
    // The Deployment controller's.
    ScalingReplicaSet = "ScalingReplicaSet",
}
