//! What a Job, or the Jobs of a CronJob, came to over time: numbers at the moments at which they changed, bounded however
//! long the run is.

use crate::api::{ConditionStatus, Job, JobConditionType, Uid};
use crate::cluster::{Cluster, TraceEvent};
use crate::sim::Time;
use std::rc::Rc;

/// With more samples than this, every other one is dropped.
const MOST_SAMPLES: usize = 8_192;

/// Whose numbers are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// The pods of the Job of that name.
    Job(Rc<str>),
    /// All Jobs there are.
    Jobs,
}

/// So many pods of a Job, or so many Jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub active: i32,
    pub succeeded: i32,
    pub failed: i32,
}

/// Numbers over time.
pub struct Samples {
    watched: Watched,
    /// The Job of that name, once it was there.
    job: Option<Uid>,
    /// When that Job was complete or failed.
    pub ended_at: Option<Time>,
    kept: Vec<(Time, Counts)>,
    last: Counts,
}

impl Samples {
    pub(super) fn new(watched: &Watched) -> Self {
        Self { watched: watched.clone(), job: None, ended_at: None, kept: Vec::new(), last: Counts::default() }
    }

    pub fn watched(&self) -> &Watched {
        &self.watched
    }

    /// The numbers from each moment on, in order.
    pub fn all(&self) -> &[(Time, Counts)] {
        &self.kept
    }

    /// The latest numbers.
    pub fn last(&self) -> Counts {
        self.last
    }

    /// The numbers at that moment.
    pub fn at(&self, time: Time) -> Counts {
        let behind = self.kept.partition_point(|(at, _)| *at <= time);
        behind.checked_sub(1).map_or(Counts::default(), |place| self.kept[place].1)
    }

    /// The Job that is watched, as it is or was last.
    pub fn job<'a>(&self, cluster: &'a Cluster) -> Option<&'a Rc<Job>> {
        cluster.job_last_seen(self.job?)
    }

    /// Takes the numbers of that moment; the trace behind its first `seen` entries is new.
    pub(super) fn take(&mut self, at: Time, cluster: &Cluster, seen: usize) {
        let counts = match &self.watched {
            Watched::Job(name) => {
                let job = cluster.api().jobs().find(|job| job.meta.name == *name);
                self.job = job.map(|job| job.meta.uid).or(self.job);
                if self.ended_at.is_none() && job.is_some_and(|job| job.is_finished()) {
                    self.ended_at = Some(at);
                }
                job.map(|job| &job.status).map_or(Counts { active: 0, ..self.last }, |status| Counts {
                    active: status.active,
                    succeeded: status.succeeded,
                    failed: status.failed,
                })
            }
            Watched::Jobs => self.jobs(cluster, seen),
        };
        if counts != self.last {
            self.last = counts;
            self.kept.push((at, counts));
        }
        if self.kept.len() > MOST_SAMPLES {
            let mut place = 0;
            self.kept.retain(|_| {
                place += 1;
                place % 2 == 0
            });
        }
    }

    fn jobs(&self, cluster: &Cluster, seen: usize) -> Counts {
        let mut counts = self.last;
        for entry in cluster.trace_since(seen) {
            if let TraceEvent::JobCondition { kind, status: ConditionStatus::True, .. } = entry.event {
                counts.succeeded += i32::from(kind == JobConditionType::Complete);
                counts.failed += i32::from(kind == JobConditionType::Failed);
            }
        }
        let active = cluster.api().jobs().filter(|job| !job.is_finished()).count();
        Counts { active: i32::try_from(active).unwrap_or(i32::MAX), ..counts }
    }
}
