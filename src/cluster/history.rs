//! What became of each pod and when, for the timeline: also of pods that are long gone.

use crate::api::{PodPhase, Uid};
use crate::sim::Time;
use std::rc::Rc;

/// The life of one pod.
#[derive(Clone, Debug, PartialEq)]
pub struct PodRecord {
    pub uid: Uid,
    pub name: Rc<str>,
    pub job: Uid,
    pub index: Option<u32>,
    pub node: Option<Rc<str>>,
    pub phase: PodPhase,
    pub restarts: i32,
    /// Of the container that made it fail, or of its last run.
    pub exit_code: Option<i32>,
    pub created_at: Time,
    pub scheduled_at: Option<Time>,
    /// When it first ran.
    pub running_at: Option<Time>,
    /// When it succeeded or failed.
    pub ended_at: Option<Time>,
    pub deletion_asked_at: Option<Time>,
    pub gone_at: Option<Time>,
    /// When its run now going is due to end, if that is known; for the progress ring.
    pub expected_end_at: Option<Time>,
    /// Why it waits now, such as `ContainerCreating` or `CrashLoopBackOff`.
    pub waiting: Option<crate::api::Text>,
}
