//! The trace of a run: what happened, in order. It is made from what the API server told and what the controllers
//! decided, and compared, digested and shown; it changes nothing.

use crate::api::job::JobConditionType;
use crate::api::{ConditionStatus, Event, PodPhase, Text, Uid};
use crate::controllers::cronjob::CronJobSync;
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
    Node {
        node: Rc<str>,
        change: NodeChange,
    },
    Event(Rc<Event>),
    Decision(Rc<SyncRecord>),
    /// The command with that place in the scenario's list was carried out.
    Command {
        number: u32,
    },
    CronJobAdded {
        cron_job: Uid,
    },
    CronJobSpecChanged {
        cron_job: Uid,
    },
    CronJobDeleting {
        cron_job: Uid,
    },
    CronJobDeleted {
        cron_job: Uid,
    },
    CronJobDecision(Rc<CronJobSync>),
}

/// What has become of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeChange {
    Added,
    Deleted,
    Cordoned,
    Uncordoned,
    /// Its machine has stopped; nobody has noticed yet.
    Silent,
    /// Its silence was noticed.
    Unreachable,
    /// It is heard of again.
    Back,
    /// Its taints have changed.
    Tainted,
}

impl NodeChange {
    pub fn words(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Deleted => "deleted",
            Self::Cordoned => "is cordoned",
            Self::Uncordoned => "takes pods again",
            Self::Silent => "is silent",
            Self::Unreachable => "counts as unreachable",
            Self::Back => "is back",
            Self::Tainted => "has other taints",
        }
    }
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
            Self::Node { .. } => "Node",
            Self::Event(_) => "Event",
            Self::Decision(_) => "Decision",
            Self::Command { .. } => "Command",
            Self::CronJobAdded { .. } => "CronJobAdded",
            Self::CronJobSpecChanged { .. } => "CronJobSpecChanged",
            Self::CronJobDeleting { .. } => "CronJobDeleting",
            Self::CronJobDeleted { .. } => "CronJobDeleted",
            Self::CronJobDecision(_) => "CronJobDecision",
        }
    }
}
