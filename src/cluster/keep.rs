//! What is kept of a run that goes on and on. All that belongs to Jobs that are there stays; of all else - Jobs that are
//! gone, CronJobs, commands - the last day. It knows which Job each entry belongs to, and nothing of what they mean.

use super::TraceEntry;
use super::recorder::Recorder;
use super::trace::TraceEvent;
use crate::api::Uid;
use crate::sim::{Chunks, Time};

/// So long everything is kept.
const KEPT_MS: i64 = 24 * 3_600_000;
/// A sweep comes when the trace has grown by one part in so many, ...
const SWEEP_PARTS: usize = 8;
/// ... and by at least so many entries.
const LEAST_SWEPT: usize = 1_000;

/// The entries of a trace that are kept, in order, and how many there ever were.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    entries: Chunks<TraceEntry>,
    count: usize,
    /// From this place on no entry has been dropped.
    whole_from: usize,
    /// How many entries there ever were when the next sweep is worth it.
    next_sweep: usize,
}

impl Kept {
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &TraceEntry> + Clone {
        self.entries.iter()
    }

    /// How many entries there ever were.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The entries behind the first `count` there ever were. Those that have been dropped since are left out, and so are
    /// others that are as old.
    pub fn since(&self, count: usize) -> impl DoubleEndedIterator<Item = &TraceEntry> + Clone {
        let newer = self.count.saturating_sub(count).min(self.entries.len() - self.whole_from);
        self.entries.from(self.entries.len() - newer)
    }

    pub fn push(&mut self, entry: TraceEntry) {
        self.entries.push(entry);
        self.count += 1;
    }
}

impl Recorder {
    /// Drops what need not be kept, from time to time.
    pub fn sweep(&mut self, now: Time) {
        if self.trace.count < self.trace.next_sweep {
            return;
        }
        let kept_from = now.plus_ms(-KEPT_MS);
        let old = self.trace.entries.partition_point(|entry| entry.at < kept_from);
        if old > 0 {
            self.drop_old(old, kept_from);
        }
        self.trace.next_sweep = self.trace.count + (self.trace.entries.len() / SWEEP_PARTS).max(LEAST_SWEPT);
    }

    /// Drops what is older than `kept_from` and of no Job that is there; `old` entries of the trace are so old.
    fn drop_old(&mut self, old: usize, kept_from: Time) {
        let mut entries = std::mem::take(&mut self.trace.entries);
        let (mut place, mut left) = (0, 0);
        entries.retain(|entry| {
            let stays = place >= old || self.is_of_present_job(&entry.event);
            place += 1;
            left += usize::from(stays && place <= old);
            stays
        });
        self.trace.entries = entries;
        self.trace.whole_from = left;
        let present = &self.present_jobs;
        self.decisions.retain(|decision| decision.at >= kept_from || is_in(present, decision.job));
        self.history
            .drop_pods(|pod| pod.gone_at.is_some_and(|gone_at| gone_at < kept_from) && !is_in(present, pod.job));
    }

    fn is_of_present_job(&self, event: &TraceEvent) -> bool {
        match event {
            TraceEvent::JobAdded { job }
            | TraceEvent::JobSpecChanged { job }
            | TraceEvent::JobCondition { job, .. }
            | TraceEvent::JobDeleting { job }
            | TraceEvent::JobDeleted { job } => is_in(&self.present_jobs, *job),
            TraceEvent::PodAdded { pod }
            | TraceEvent::PodScheduled { pod }
            | TraceEvent::PodPhase { pod, .. }
            | TraceEvent::PodReady { pod }
            | TraceEvent::PodWaiting { pod, .. }
            | TraceEvent::PodRestarted { pod, .. }
            | TraceEvent::PodDeleting { pod }
            | TraceEvent::PodDeleted { pod } => self.is_pod_of_present_job(*pod),
            TraceEvent::Event(event) => {
                is_in(&self.present_jobs, event.object_uid) || self.is_pod_of_present_job(event.object_uid)
            }
            TraceEvent::Decision(decision) => is_in(&self.present_jobs, decision.job),
            TraceEvent::Command { .. }
            | TraceEvent::CronJobAdded { .. }
            | TraceEvent::CronJobSpecChanged { .. }
            | TraceEvent::CronJobDeleting { .. }
            | TraceEvent::CronJobDeleted { .. }
            | TraceEvent::CronJobDecision(_)
            | TraceEvent::Node { .. } => false,
        }
    }

    fn is_pod_of_present_job(&self, pod: Uid) -> bool {
        self.history.pod(pod).is_some_and(|record| is_in(&self.present_jobs, record.job))
    }
}

fn is_in(sorted: &[Uid], uid: Uid) -> bool {
    sorted.binary_search(&uid).is_ok()
}
