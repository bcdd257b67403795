//! Events as `kubectl get events` lists them: what a component said about an object.

use super::Uid;
use crate::sim::{Time, go_duration};
use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// One event, perhaps said several times.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub uid: Uid,
    pub kind: ObjectKind,
    pub namespace: Rc<str>,
    pub name: Rc<str>,
    pub object_uid: Uid,
    pub event_type: EventType,
    pub reason: EventReason,
    pub message: EventMessage,
    pub source: EventSource,
    pub count: u32,
    pub first_time: Time,
    pub last_time: Time,
}

impl Event {
    /// What was said, in words.
    pub fn message(&self) -> Cow<'_, str> {
        let text = match &self.message {
            EventMessage::Fixed(text) => return Cow::Borrowed(text),
            EventMessage::Text(text) => return Cow::Borrowed(text),
            EventMessage::CreatedPod { pod } => format!("Created pod: {pod}"),
            EventMessage::Assigned { node } => {
                format!("Successfully assigned {}/{} to {node}", self.namespace, self.name)
            }
            EventMessage::Pulling { image } => format!("Pulling image {image:?}"),
            EventMessage::Pulled { image, waited_ms } => {
                let waited = go_duration(i64::from(*waited_ms));
                format!("Successfully pulled image {image:?} in {waited} ({waited} including waiting)")
            }
            EventMessage::AlreadyPresent { image } => {
                format!("Container image {image:?} already present on machine and can be accessed by the pod")
            }
        };
        Cow::Owned(text)
    }
}

/// The words are hashed, however they are kept.
impl Hash for Event {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.uid, self.kind, &self.namespace, &self.name, self.object_uid, self.event_type).hash(state);
        (self.reason, self.message(), self.source, self.count, self.first_time, self.last_time).hash(state);
    }
}

/// The message of an event. What nearly every pod has said about it is kept without its words.
#[derive(Clone, Debug, PartialEq, Hash)]
pub enum EventMessage {
    Fixed(&'static str),
    Text(Rc<str>),
    CreatedPod {
        pod: Rc<str>,
    },
    /// The object of the event was bound to that node.
    Assigned {
        node: Rc<str>,
    },
    Pulling {
        image: Rc<str>,
    },
    Pulled {
        image: Rc<str>,
        waited_ms: u32,
    },
    AlreadyPresent {
        image: Rc<str>,
    },
}

impl From<&'static str> for EventMessage {
    fn from(text: &'static str) -> Self {
        Self::Fixed(text)
    }
}

impl From<String> for EventMessage {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

/// The kinds of objects in the simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    Job,
    Pod,
    Node,
    CronJob,
}

impl ObjectKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CronJob => "CronJob",
            Self::Job => "Job",
            Self::Pod => "Pod",
            Self::Node => "Node",
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
    CronJobController,
    NodeController,
    TaintEvictionController,
}

impl EventSource {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JobController => "job-controller",
            Self::CronJobController => "cronjob-controller",
            Self::Scheduler => "default-scheduler",
            Self::Kubelet => "kubelet",
            Self::NodeController => "node-controller",
            Self::TaintEvictionController => "taint-eviction-controller",
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
    Preempted = "Preempted",
    // The kubelet's.
    Pulling = "Pulling",
    Pulled = "Pulled",
    Created = "Created",
    Started = "Started",
    Killing = "Killing",
    BackOff = "BackOff",
    Failed = "Failed",
    // The CronJob controller's.
    SawCompletedJob = "SawCompletedJob",
    UnexpectedJob = "UnexpectedJob",
    MissingJob = "MissingJob",
    UnknownTimeZone = "UnknownTimeZone",
    UnsupportedSchedule = "UnsupportedSchedule",
    UnparseableSchedule = "UnparseableSchedule",
    UnParseableCronJobSchedule = "UnParseableCronJobSchedule",
    InvalidSchedule = "InvalidSchedule",
    TooManyMissedTimes = "TooManyMissedTimes",
    JobAlreadyActive = "JobAlreadyActive",
    FailedGet = "FailedGet",
    NodeReady = "NodeReady",
    NodeSchedulable = "NodeSchedulable",
    NodeNotSchedulable = "NodeNotSchedulable",
    // The node controllers'.
    NodeNotReady = "NodeNotReady",
    RegisteredNode = "RegisteredNode",
    RemovingNode = "RemovingNode",
    TaintManagerEviction = "TaintManagerEviction",
    Unhealthy = "Unhealthy",
    InspectFailed = "InspectFailed",
    ErrImageNeverPull = "ErrImageNeverPull",
}
