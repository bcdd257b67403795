//! What one sync works on: the Job and its pods as the cache shows them, and the counts made from them.

use super::backoff::{BackoffBounds, BackoffRecord};
use super::indexes::Intervals;
use super::pods::has_tracking_finalizer;
use super::reasons::Reason;
use crate::api::job::UncountedTerminatedPods;
use crate::api::{Gates, Job, JobCondition, Pod, Uid};
use crate::sim::{SECOND_MS, Time, gather};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The numbers by which the controller paces itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tunables {
    pub backoff: BackoffBounds,
    pub max_pods_per_sync: usize,
    pub max_uncounted_pods: usize,
    /// Pod events of so many milliseconds are dealt with in one sync.
    pub sync_batch_ms: i64,
}

impl Default for Tunables {
    fn default() -> Self {
        Self {
            backoff: BackoffBounds { first_ms: 10 * SECOND_MS, max_ms: 600 * SECOND_MS },
            max_pods_per_sync: 500,
            max_uncounted_pods: 500,
            sync_batch_ms: SECOND_MS,
        }
    }
}

/// What a sync is given: plain data, nothing to call.
#[derive(Clone, Debug)]
pub struct SyncInput {
    pub job: Job,
    /// The pods of the Job that can still matter, in an order that the uncounted lists follow.
    pub pods: Vec<Rc<Pod>>,
    /// What is awaited to show up in the cache: creations and deletions.
    pub pending_expectations: Option<(i64, i64)>,
    /// Pods whose tracking finalizer is on its way off.
    pub expected_removals: BTreeSet<Uid>,
    pub backoff: BackoffRecord,
    pub gates: Gates,
    pub tunables: Tunables,
    pub now: Time,
}

/// The state of a sync in the making.
// Models pkg/controller/job/job_controller.go syncJobCtx
#[derive(Clone, Debug)]
pub struct SyncContext {
    pub job: Job,
    pub pods: Vec<Rc<Pod>>,
    pub active: Vec<Rc<Pod>>,
    pub pending_expectations: Option<(i64, i64)>,
    pub expected_removals: BTreeSet<Uid>,
    /// Ended pods that were in the status when the sync began, not yet in the counters.
    pub uncounted: Uncounted,
    /// The pods that the sync leaves active, ready and terminating.
    pub active_count: i32,
    pub ready_count: i32,
    /// `None` where nobody asks for it.
    pub terminating_count: Option<i32>,
    pub succeeded: i32,
    pub failed: i32,
    pub previous_succeeded_indexes: Intervals,
    pub succeeded_indexes: Intervals,
    pub failed_indexes: Option<Intervals>,
    /// Pods that have failed and are in no counter and no list yet, until they are told of.
    pub newly_failed: Vec<Rc<Pod>>,
    pub delayed_deletion: BTreeMap<u32, Rc<Pod>>,
    pub finished_condition: Option<JobCondition>,
    pub new_backoff: BackoffRecord,
    pub gates: Gates,
    pub tunables: Tunables,
    pub now: Time,
    pub reasons: Vec<Reason>,
    /// Look again after so many milliseconds, each for a reason of its own.
    pub requeue_after_ms: Vec<i64>,
}

/// Uncounted pods, for looking up.
#[derive(Clone, Debug, Default)]
pub struct Uncounted {
    pub succeeded: BTreeSet<Uid>,
    pub failed: BTreeSet<Uid>,
}

impl Uncounted {
    pub fn of(pods: &UncountedTerminatedPods) -> Self {
        Self { succeeded: gather(pods.succeeded.iter().copied()), failed: gather(pods.failed.iter().copied()) }
    }
}

impl SyncContext {
    /// Completions of an Indexed Job.
    pub fn completions(&self) -> i32 {
        self.job.spec.completions.unwrap_or(0)
    }

    /// Whether the pod still carries the tracking finalizer, as far as is known.
    pub fn is_unprocessed(&self, pod: &Pod) -> bool {
        has_tracking_finalizer(pod) && !self.expected_removals.contains(&pod.meta.uid)
    }

    pub fn expectations_met(&self) -> bool {
        self.pending_expectations.is_none()
    }

    /// The uncounted pods in the status that is being made.
    pub fn uncounted_status(&mut self) -> &mut UncountedTerminatedPods {
        self.job.status.uncounted_terminated_pods.get_or_insert_default()
    }

    pub fn because(&mut self, reason: Reason) {
        self.reasons.push(reason);
    }
}
