//! The trace of a run: what happened, in order. It is made from what the API server told and what the controllers
//! decided, and compared, digested and shown; it changes nothing.

use crate::api::job::JobConditionType;
use crate::api::{ConditionStatus, Event, PodPhase, Text, Uid};
use crate::controllers::job::SyncRecord;
use crate::sim::Time;
use std::rc::Rc;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct TraceEntry {
    pub at: Time,
    pub event: TraceEvent,
}

/// The kinds of things that happen.
#[derive(Clone, Debug, PartialEq, Hash)]
pub enum TraceEvent {
    JobAdded {
        job: Uid,
    },
    JobSpecChanged {
        job: Uid,
    },
    JobCondition {
        job: Uid,
        kind: JobConditionType,
        status: ConditionStatus,
    },
    JobDeleting {
        job: Uid,
    },
    JobDeleted {
        job: Uid,
    },
    PodAdded {
        pod: Uid,
    },
    PodScheduled {
        pod: Uid,
    },
    PodPhase {
        pod: Uid,
        phase: PodPhase,
    },
    PodReady {
        pod: Uid,
    },
    /// A container of the pod waits for a reason such as `CrashLoopBackOff`.
    PodWaiting {
        pod: Uid,
        reason: Rc<Text>,
    },
    PodRestarted {
        pod: Uid,
        restarts: i32,
    },
    PodDeleting {
        pod: Uid,
    },
    PodDeleted {
        pod: Uid,
    },
    Event(Rc<Event>),
    Decision(Rc<SyncRecord>),
    /// The command with that place in the scenario's list was carried out.
    Command {
        number: u32,
    },
}

impl TraceEvent {
    /// The kind of thing that happened, as a name.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::JobAdded { .. } => "JobAdded",
            Self::JobSpecChanged { .. } => "JobSpecChanged",
            Self::JobCondition { .. } => "JobCondition",
            Self::JobDeleting { .. } => "JobDeleting",
            Self::JobDeleted { .. } => "JobDeleted",
            Self::PodAdded { .. } => "PodAdded",
            Self::PodScheduled { .. } => "PodScheduled",
            Self::PodPhase { .. } => "PodPhase",
            Self::PodReady { .. } => "PodReady",
            Self::PodWaiting { .. } => "PodWaiting",
            Self::PodRestarted { .. } => "PodRestarted",
            Self::PodDeleting { .. } => "PodDeleting",
            Self::PodDeleted { .. } => "PodDeleted",
            Self::Event(_) => "Event",
            Self::Decision(_) => "Decision",
            Self::Command { .. } => "Command",
        }
    }
}
