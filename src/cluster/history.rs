//! What became of each pod and when, for the timeline: also of pods that are gone, as `keep` has it. Of Jobs that are
//! gone it keeps how they were last.

use crate::api::{Job, PodPhase, Text, Uid};
use crate::sim::{Chunks, Time};
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
    /// When the present run of its containers began, or the last one: later than `running_at` after a restart in place.
    pub run_started_at: Option<Time>,
    /// When it succeeded or failed.
    pub ended_at: Option<Time>,
    pub deletion_asked_at: Option<Time>,
    pub gone_at: Option<Time>,
    /// When its run now going is due to end, if that is known; for the progress ring.
    pub expected_end_at: Option<Time>,
    /// Why it waits now, such as `ContainerCreating` or `CrashLoopBackOff`.
    pub waiting: Option<Rc<Text>>,
}

/// Of so many Jobs that are gone the last state is kept.
const GONE_JOBS_KEPT: usize = 100;

/// The lives of the pods of a run.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// In the order of their creation, which is that of their uids.
    pods: Chunks<PodRecord>,
    gone_jobs: Vec<Rc<Job>>,
}

impl History {
    pub fn pod(&self, uid: Uid) -> Option<&PodRecord> {
        self.pods.get(self.place(uid)?)
    }

    /// Whether that pod has not been created up to now: uids count up.
    pub fn is_to_come(&self, uid: Uid) -> bool {
        self.pods.iter().next_back().is_none_or(|newest| newest.uid < uid)
    }

    /// All pods of which there is a record, in the order of their creation.
    pub fn pods(&self) -> impl DoubleEndedIterator<Item = &PodRecord> {
        self.pods.iter()
    }

    /// The pods of a Job, in the order of their creation.
    pub fn of_job(&self, job: Uid) -> impl DoubleEndedIterator<Item = &PodRecord> {
        self.pods.iter().filter(move |record| record.job == job)
    }

    /// A Job that is gone, as it was last.
    pub fn gone_job(&self, uid: Uid) -> Option<&Rc<Job>> {
        self.gone_jobs.iter().find(|job| job.meta.uid == uid)
    }

    pub(super) fn add_gone_job(&mut self, job: Rc<Job>) {
        if self.gone_jobs.len() >= GONE_JOBS_KEPT {
            self.gone_jobs.remove(0);
        }
        self.gone_jobs.push(job);
    }

    pub(super) fn add(&mut self, record: PodRecord) {
        self.pods.push(record);
    }

    pub(super) fn pod_mut(&mut self, uid: Uid) -> Option<&mut PodRecord> {
        let place = self.place(uid)?;
        self.pods.get_mut(place)
    }

    /// Drops the records of which that is true.
    pub(super) fn drop_pods(&mut self, is_dropped: impl Fn(&PodRecord) -> bool) {
        self.pods.retain(|pod| !is_dropped(pod));
    }

    fn place(&self, uid: Uid) -> Option<usize> {
        let place = self.pods.partition_point(|record| record.uid < uid);
        self.pods.get(place).filter(|record| record.uid == uid).map(|_| place)
    }
}
