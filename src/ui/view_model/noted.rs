//! What the page notes down while a run goes on, entry by entry of the trace, so that no frame has to read the whole
//! trace again: the Jobs there were, the latest news, restarts in place, and the moments that earn a mark.

use crate::api::{PodPhase, Uid};
use crate::cluster::{Cluster, TraceEvent};
use crate::sim::Time;
use std::rc::Rc;

/// The notes of one run.
#[derive(Clone, Debug, Default)]
pub struct Noted {
    /// How many entries of the trace were taken in.
    seen: usize,
    jobs: Vec<NotedJob>,
    /// How many entries stood before the latest that a watch delivers.
    latest_news: Option<usize>,
    marks: Vec<Mark>,
    runs: Vec<(Uid, RunChange)>,
    any_terminating: bool,
}

/// A Job that is or was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotedJob {
    pub uid: Uid,
    pub name: Rc<str>,
}

/// A moment to mark on the time bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub at: Time,
    pub kind: MarkKind,
}

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    PodFailed,
    Condition,
    Command,
}

/// A container that is restarted in place: when it stopped to wait, and when it ran again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunChange {
    Waits(Time),
    RunsAgain(Time),
}

impl Noted {
    /// Reads what the trace has gained since the last time.
    pub fn take_in(&mut self, cluster: &Cluster) {
        let unseen = cluster.trace_since(self.seen);
        self.seen = cluster.trace_count();
        for (entry, behind) in unseen.iter().zip((0..unseen.len()).rev()) {
            self.note(cluster, self.seen - 1 - behind, entry.at, &entry.event);
        }
    }

    /// All Jobs there ever were, in the order in which they came.
    pub fn jobs(&self) -> &[NotedJob] {
        &self.jobs
    }

    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The latest thing that a watch delivers.
    pub fn latest_news<'a>(&self, cluster: &'a Cluster) -> Option<&'a TraceEvent> {
        cluster.trace_since(self.latest_news?).first().map(|entry| &entry.event).filter(|event| is_news(event))
    }

    /// When the containers of that pod waited to be started again, and ran again.
    pub fn runs(&self, pod: Uid) -> impl Iterator<Item = RunChange> {
        self.runs.iter().filter(move |(changed, _)| *changed == pod).map(|(_, change)| *change)
    }

    /// Whether any pod of a Job was ever on its way out.
    pub fn any_terminating(&self) -> bool {
        self.any_terminating
    }

    fn note(&mut self, cluster: &Cluster, place: usize, at: Time, event: &TraceEvent) {
        match event {
            TraceEvent::JobAdded { job } => self.note_job(cluster, *job),
            TraceEvent::JobCondition { .. } => self.mark(at, MarkKind::Condition),
            TraceEvent::PodPhase { pod, phase: PodPhase::Failed } if !is_being_deleted(cluster, *pod) => {
                self.mark(at, MarkKind::PodFailed);
            }
            TraceEvent::PodWaiting { pod, reason } if **reason == "CrashLoopBackOff" => {
                self.runs.push((*pod, RunChange::Waits(at)));
            }
            TraceEvent::PodRestarted { pod, .. } => {
                self.runs.push((*pod, RunChange::RunsAgain(at)));
                self.mark(at, MarkKind::PodFailed);
            }
            TraceEvent::PodDeleting { pod } => self.any_terminating |= !is_of_replica_set(cluster, *pod),
            TraceEvent::Command { .. } => self.mark(at, MarkKind::Command),
            TraceEvent::JobSpecChanged { .. }
            | TraceEvent::JobDeleting { .. }
            | TraceEvent::JobDeleted { .. }
            | TraceEvent::PodAdded { .. }
            | TraceEvent::PodScheduled { .. }
            | TraceEvent::PodPhase { .. }
            | TraceEvent::PodReady { .. }
            | TraceEvent::PodWaiting { .. }
            | TraceEvent::PodDeleted { .. }
            | TraceEvent::Node { .. }
            | TraceEvent::Event(_)
            | TraceEvent::Decision(_)
            | TraceEvent::CronJobAdded { .. }
            | TraceEvent::CronJobSpecChanged { .. }
            | TraceEvent::CronJobDeleting { .. }
            | TraceEvent::CronJobDeleted { .. }
            | TraceEvent::CronJobDecision(_) => {}
        }
        if is_news(event) {
            self.latest_news = Some(place);
        }
    }

    fn note_job(&mut self, cluster: &Cluster, uid: Uid) {
        if let Some(job) = cluster.job_last_seen(uid) {
            self.jobs.push(NotedJob { uid, name: job.meta.name.clone() });
        }
    }

    fn mark(&mut self, at: Time, kind: MarkKind) {
        let mark = Mark { at, kind };
        if self.marks.last() != Some(&mark) {
            self.marks.push(mark);
        }
    }
}

fn is_being_deleted(cluster: &Cluster, pod: Uid) -> bool {
    cluster.history().pod(pod).is_some_and(|record| record.deletion_asked_at.is_some())
}

/// Pods of ReplicaSets are not on the stage.
fn is_of_replica_set(cluster: &Cluster, pod: Uid) -> bool {
    cluster.history().pod(pod).is_some_and(|record| cluster.api().replica_set(record.job).is_some())
}

/// What the Job controller's watches deliver: changes of Jobs and pods.
fn is_news(event: &TraceEvent) -> bool {
    !matches!(
        event,
        TraceEvent::Node { .. }
            | TraceEvent::Event(_)
            | TraceEvent::Decision(_)
            | TraceEvent::Command { .. }
            | TraceEvent::CronJobAdded { .. }
            | TraceEvent::CronJobSpecChanged { .. }
            | TraceEvent::CronJobDeleting { .. }
            | TraceEvent::CronJobDeleted { .. }
            | TraceEvent::CronJobDecision(_)
    )
}
