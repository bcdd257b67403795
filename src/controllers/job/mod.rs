//! The Job controller. From here: `handlers` hears the watches and queues Jobs; [`JobController::work`] takes one from
//! the queue; `sync` carries out what `decide` decides; `tracking` counts the pods that have ended.

mod backoff;
mod cache;
mod claim;
mod client;
mod conditions;
mod context;
mod decide;
mod failure_policy;
mod handlers;
mod indexes;
mod manage;
mod metrics;
mod orphans;
mod pods;
mod reasons;
mod success_policy;
mod sync;
mod template;
mod tracking;

/// The pure parts, for the tests that replay upstream's tables.
pub mod rules {
    pub use super::backoff::{BackoffBounds, BackoffRecord, delay_ms, finished_time, remaining_per_index_ms};
    pub use super::cache::Cache;
    pub use super::claim::pods_for_job;
    pub use super::conditions::{ConditionChange, ensure_condition, new_condition};
    pub use super::context::{SyncContext, SyncInput, Tunables, Uncounted};
    pub use super::decide::{Decision, PodActions, decide, observe};
    pub use super::failure_policy::{Counting, Verdict, match_pod_failure_policy};
    pub use super::indexes::{
        Intervals, calculate_failed_indexes, calculate_succeeded_indexes, first_pending_indexes, index_failure_count,
        is_index_failed, new_index_failure_counts, pod_generate_name_with_index, pods_with_delayed_deletion_per_index,
        split_duplicated_indexes,
    };
    pub use super::manage::split_by_backoff;
    pub use super::pods::{nearness_order, sort_pods, youth_order};
    pub use super::success_policy::match_success_policy;
    pub use super::sync::{Memory, Rules, SyncOutcome, sync_job, track_status};
    pub use super::tracking::Flush;
    pub use crate::client::RemovalExpectations;
}

pub use backoff::{BackoffBounds, BackoffRecord};
pub use client::{JobClient, controller_reference};
pub use context::Tunables;
pub use metrics::{Metric, Metrics};
pub use reasons::{ApiCall, DeleteCause, FailedIndex, FailedPod, PolicyMatch, Reason, SyncRecord};

use crate::api::{CompletionMode, EventReason, Gate, Gates, Job, ObjectKind, Uid};
use crate::apiserver::EventDraft;
use crate::client::WorkQueue;
use crate::sim::Time;
use cache::Cache;
use metrics::SyncAction;
use std::collections::BTreeSet;
use std::rc::Rc;
use sync::{Memory, Rules, SyncOutcome};

/// The controller: all that it holds is memory, and lost when it is restarted.
#[derive(Clone, Debug)]
pub struct JobController {
    pub gates: Gates,
    tunables: Tunables,
    cache: Cache,
    queue: WorkQueue,
    /// Pods that no Job counts any more, and Jobs, finished or gone, all of whose pods are to be looked at.
    orphan_queue: WorkQueue,
    memory: Memory,
    syncs: u32,
}

impl JobController {
    /// A controller that knows nothing yet; `syncs` is how many syncs there were before it, for numbering.
    pub fn new(gates: Gates, tunables: Tunables, syncs: u32) -> Self {
        Self {
            gates,
            tunables,
            cache: Cache::default(),
            queue: WorkQueue::default(),
            orphan_queue: WorkQueue::default(),
            memory: Memory::default(),
            syncs,
        }
    }

    pub fn tunables(&self) -> Tunables {
        self.tunables
    }

    /// How many syncs there were.
    pub fn syncs(&self) -> u32 {
        self.syncs
    }

    /// The Job's pods whose tracking finalizer it has taken off without having seen so yet.
    pub fn awaited_removals(&self, job: Uid) -> BTreeSet<Uid> {
        self.memory.removals.awaited(job)
    }

    /// Creations and deletions of the Job's pods that it has asked for without having seen them yet.
    pub fn expectations(&self, job: Uid, now: Time) -> Option<(i64, i64)> {
        self.memory.expectations.pending(job, now)
    }

    /// What it has counted since it was started.
    pub fn metrics(&self) -> &Metrics {
        &self.memory.metrics
    }

    /// When there is work: `now` when there is already, `None` when none is in sight.
    pub fn next_due(&self, now: Time) -> Option<Time> {
        [self.queue.next_due(now), self.orphan_queue.next_due(now)].into_iter().flatten().min()
    }

    /// When the Job will be looked at next.
    pub fn due(&self, job: Uid, now: Time) -> Option<Time> {
        self.queue.due(job, now)
    }

    /// Failures in a row of the Job's pods, as far as the controller remembers.
    pub fn backoff(&self, job: Uid) -> Option<BackoffRecord> {
        self.memory.backoff.get(job).copied()
    }

    /// Takes the next piece of work that is due and does it. `None` when there was none, or none worth telling.
    pub fn work(&mut self, now: Time, client: &mut impl JobClient) -> Option<SyncRecord> {
        if let Some(key) = self.orphan_queue.take(now) {
            self.work_on_orphan(key, now, client);
            return None;
        }
        let key = self.queue.take(now)?;
        if self.is_behind(key) {
            self.queue.add_rate_limited(key, now);
            let job = self.cache.job(key).cloned()?;
            return Some(self.record(&job, vec![Reason::CacheBehind], now));
        }
        let (job, outcome) = self.sync(key, now, client)?;
        for delay_ms in &outcome.requeue_after_ms {
            self.queue.add_after(key, *delay_ms, now);
        }
        match outcome.result {
            Ok(()) => self.queue.forget(key),
            Err(_) => self.queue.add_rate_limited(key, now),
        }
        Some(self.record(&job, outcome.reasons, now))
    }

    fn record(&mut self, job: &Job, reasons: Vec<Reason>, now: Time) -> SyncRecord {
        self.syncs += 1;
        SyncRecord { number: self.syncs, at: now, job: job.meta.uid, job_name: job.meta.name.clone(), reasons }
    }

    /// Whether the cache does not show yet what was written for the Job.
    fn is_behind(&self, key: Uid) -> bool {
        self.gates.enabled(Gate::StaleControllerConsistencyJob) && self.memory.consistency.is_behind(key)
    }

    // Models pkg/controller/job/job_controller.go syncJob
    fn sync(&mut self, key: Uid, now: Time, client: &mut impl JobClient) -> Option<(Rc<Job>, SyncOutcome)> {
        let Some(job) = self.cache.job(key).cloned() else {
            self.memory.forget(key);
            self.queue.forget(key);
            return None;
        };
        if let Some(reason) = self.passed_over(&job, client) {
            return Some((job, SyncOutcome { reasons: vec![reason], requeue_after_ms: Vec::new(), result: Ok(()) }));
        }
        if job.is_finished() {
            self.memory.backoff.remove(key);
            self.memory.finished.remove(&key);
            self.queue.forget(key);
            return None;
        }
        if self.memory.finished.contains(&key) {
            // Ended by an earlier sync, of which the cache does not know yet: by its pods alone it would go on.
            self.queue.forget(key);
            return None;
        }
        let version = client.written_version();
        let claimed = claim::pods_for_job(&job, &self.cache, client);
        if client.written_version() != version {
            self.memory.consistency.wrote_pod(key, client.written_version());
        }
        let outcome = match claimed {
            Ok(pods) => {
                let rules = Rules { gates: &self.gates, tunables: self.tunables, now };
                sync::sync_job(&job, pods, &mut self.memory, rules, client)
            }
            Err(error) => {
                let reasons = vec![Reason::CallFailed { call: ApiCall::AdoptPod, error: error.to_string().into() }];
                let result = Err(error);
                self.memory.metrics.synced(&job, &result, SyncAction::Reconciling);
                SyncOutcome { reasons, requeue_after_ms: Vec::new(), result }
            }
        };
        self.cache.drop_settled(&job, &self.gates);
        Some((job, outcome))
    }

    /// Why the Job is not this controller's to sync, if so.
    fn passed_over(&self, job: &Job, client: &mut impl JobClient) -> Option<Reason> {
        if let Some(manager) = self.external_manager(job) {
            return Some(Reason::ManagedElsewhere { manager: manager.into() });
        }
        let (reason, message) = match &job.spec.completion_mode {
            CompletionMode::NonIndexed => return None,
            CompletionMode::Indexed if self.gates.enabled(Gate::IndexedJob) => return None,
            CompletionMode::Indexed => {
                (EventReason::IndexedJobDisabled, "Skipped Indexed Job sync because feature is disabled.")
            }
            CompletionMode::Other(_) => {
                (EventReason::UnknownCompletionMode, "Skipped Job sync because completion mode is unknown")
            }
        };
        if job.is_finished() {
            return None;
        }
        let draft = EventDraft::about(ObjectKind::Job, &job.meta, client::SOURCE, reason);
        client.record_event(draft.warning().message(message));
        Some(Reason::CompletionModeSkipped { mode: job.spec.completion_mode.as_str().into() })
    }

    // Models pkg/controller/job/job_controller.go managedByExternalController
    fn external_manager<'a>(&self, job: &'a Job) -> Option<&'a str> {
        job.external_manager().filter(|_| self.gates.enabled(Gate::JobManagedBy))
    }
}
