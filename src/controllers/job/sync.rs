//! One sync of one Job: observe, decide, act. The deciding is done elsewhere; this carries it out, keeps the books
//! on what is expected to show up, and says what happened.

use super::backoff::BackoffRecord;
use super::client::{JobClient, SOURCE};
use super::conditions::ConditionChange;
use super::context::{SyncContext, SyncInput, Tunables};
use super::decide::{Decision, JobNotice, PodActions, PodOutcome, conclude, decide};
use super::metrics::{FinishedCounts, Metrics, SyncAction};
use super::pods::{has_tracking_finalizer, is_suspended};
use super::reasons::{ApiCall, DeleteCause, Reason};
use super::template::PodMaker;
use super::tracking::{self, Ending, Flush, TrackingPlan};
use crate::api::event::{EventMessage, EventType};
use crate::api::{EventReason, Gate, Gates, Job, JobConditionType, ObjectKind, Pod, Uid, UidMap};
use crate::apiserver::{ApiError, EventDraft};
use crate::client::{Consistency, Expectations, RemovalExpectations};
use crate::sim::Time;
use std::collections::BTreeSet;
use std::rc::Rc;

/// So many created pods are named in a reason.
const NAMED_PODS: usize = 3;
/// So many indexes of created pods are named in a reason.
const NAMED_INDEXES: usize = 20;

/// What the controller knows between syncs. All of it is lost when it dies.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    pub expectations: Expectations,
    pub removals: RemovalExpectations,
    pub consistency: Consistency,
    pub backoff: UidMap<BackoffRecord>,
    /// Jobs that have been given their terminal condition, until the cache shows it.
    pub finished: BTreeSet<Uid>,
    pub metrics: Metrics,
}

impl Memory {
    pub fn forget(&mut self, key: Uid) {
        self.expectations.forget(key);
        self.removals.forget(key);
        self.consistency.forget(key);
        self.backoff.remove(key);
        self.finished.remove(&key);
    }
}

/// What came of a sync.
#[derive(Clone, Debug)]
pub struct SyncOutcome {
    pub reasons: Vec<Reason>,
    /// Look again after so many milliseconds, each for a reason of its own.
    pub requeue_after_ms: Vec<i64>,
    pub result: Result<(), ApiError>,
}

/// The rules by which a sync goes, and when.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    pub gates: &'a Gates,
    pub tunables: Tunables,
    pub now: Time,
}

/// Syncs a Job that is not finished with its pods.
// Models pkg/controller/job/job_controller.go syncJob
pub fn sync_job(
    job: &Job,
    pods: Vec<Rc<Pod>>,
    memory: &mut Memory,
    rules: Rules<'_>,
    client: &mut impl JobClient,
) -> SyncOutcome {
    let key = job.meta.uid;
    let decision = decide(SyncInput {
        job: job.clone(),
        pods,
        pending_expectations: memory.expectations.pending(key, rules.now),
        expected_removals: memory.removals.awaited(key),
        backoff: memory.backoff.get(key).copied().unwrap_or_default(),
        gates: rules.gates.clone(),
        tunables: rules.tunables,
        now: rules.now,
    });
    let action = action_of(&decision);
    let mut sync = Sync { key, memory, client, error: None };
    let context = sync.carry_out(decision);
    let result = sync.error.map_or(Ok(()), Err);
    memory.metrics.synced(job, &result, action);
    SyncOutcome { reasons: context.reasons, requeue_after_ms: context.requeue_after_ms, result }
}

/// Counts the pods that have ended and writes the status: the last part of a sync, for which all has been decided.
///
/// # Errors
/// When a write failed; what could be done before is done.
// Models pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers
pub fn track_status(
    context: &mut SyncContext,
    flush: Flush,
    memory: &mut Memory,
    client: &mut impl JobClient,
) -> Result<(), ApiError> {
    Sync { key: context.job.meta.uid, memory, client, error: None }.track(context, flush)
}

struct Sync<'a, C> {
    key: Uid,
    memory: &'a mut Memory,
    client: &'a mut C,
    /// The first call that failed.
    error: Option<ApiError>,
}

impl<C: JobClient> Sync<'_, C> {
    fn carry_out(&mut self, mut decision: Decision) -> SyncContext {
        let outcome = self.act_on_pods(&mut decision);
        let (notices, suspended) = conclude(&mut decision, &outcome);
        for notice in notices {
            self.tell(&decision.context.job, notice, EventType::Normal);
        }
        let mut context = decision.context;
        let flush = match (update_counts(&mut context), suspended) {
            (_, ConditionChange::Changed) => Flush::Needed,
            (flush, ConditionChange::Unchanged) => flush,
        };
        if let Err(error) = self.track(&mut context, flush) {
            self.error = Some(error);
        }
        context
    }

    fn act_on_pods(&mut self, decision: &mut Decision) -> PodOutcome {
        let context = &mut decision.context;
        match &decision.actions {
            PodActions::Keep | PodActions::HoldBack => PodOutcome::default(),
            PodActions::EndActive(pods, cause) => self.end_active(context, pods, *cause),
            PodActions::Remove(pods, cause) => self.remove(context, pods, *cause),
            PodActions::Create(indexes) => self.create(context, indexes),
        }
    }

    /// Deletes pods that are to be counted: they keep their finalizer.
    // Models pkg/controller/job/job_controller.go deleteActivePods
    fn end_active(&mut self, context: &mut SyncContext, pods: &[Rc<Pod>], cause: DeleteCause) -> PodOutcome {
        let mut outcome = PodOutcome::default();
        for pod in pods {
            match self.delete_pod(&context.job, pod) {
                Err(error) if !error.is_not_found() => self.failed(context, ApiCall::DeletePod, error),
                Ok(()) | Err(_) => outcome.deleted += 1,
            }
            outcome.deleted_ready += i32::from(pod.is_ready());
        }
        tell_deleted(context, pods, &outcome, cause);
        outcome
    }

    /// Lets pods go and deletes them: they are not counted.
    // Models pkg/controller/job/job_controller.go deleteJobPods
    fn remove(&mut self, context: &mut SyncContext, pods: &[Rc<Pod>], cause: DeleteCause) -> PodOutcome {
        let mut outcome = PodOutcome::default();
        self.memory.expectations.expect(self.key, 0, pods.len() as i64, context.now);
        for pod in pods {
            if let Err((call, error)) = self.let_go_and_delete(&context.job, pod) {
                self.memory.expectations.deletion_observed(self.key);
                if !error.is_not_found() {
                    self.failed(context, call, error);
                    outcome.deleted_ready += i32::from(pod.is_ready() && call == ApiCall::DeletePod);
                    continue;
                }
            }
            outcome.deleted += 1;
            outcome.deleted_ready += i32::from(pod.is_ready());
        }
        tell_deleted(context, pods, &outcome, cause);
        outcome
    }

    fn let_go_and_delete(&mut self, job: &Job, pod: &Pod) -> Result<(), (ApiCall, ApiError)> {
        if has_tracking_finalizer(pod) {
            self.client.remove_tracking_finalizer(pod).map_err(|error| (ApiCall::RemoveFinalizer, error))?;
            self.wrote_pod();
        }
        self.delete_pod(job, pod).map_err(|error| (ApiCall::DeletePod, error))
    }

    /// Creates pods in batches of 1, 2, 4 …; a failed batch is the last.
    // Models pkg/controller/job/job_controller.go manageJob
    fn create(&mut self, context: &mut SyncContext, indexes: &[Option<u32>]) -> PodOutcome {
        self.memory.expectations.expect(self.key, indexes.len() as i64, 0, context.now);
        let job = context.job.clone();
        let gates = context.gates.clone();
        let maker = PodMaker::new(&job, &gates);
        let (mut created, mut left, mut batch): (Vec<Rc<Pod>>, &[Option<u32>], usize) = (Vec::new(), indexes, 1);
        let mut failed = 0;
        while !left.is_empty() {
            let (now, later) = left.split_at(batch.min(left.len()));
            let before = created.len();
            for index in now {
                let replaced = index.and_then(|index| context.delayed_deletion.get(&index)).cloned();
                match self.create_pod(&job, maker.pod(*index, replaced.as_deref())) {
                    Ok(pod) => {
                        self.wrote_pod();
                        created.push(pod);
                    }
                    Err(error) => {
                        self.memory.expectations.creation_observed(self.key);
                        self.failed(context, ApiCall::CreatePod, error);
                    }
                }
            }
            left = later;
            failed += now.len() - (created.len() - before);
            if failed > 0 {
                break;
            }
            batch *= 2;
        }
        self.memory.metrics.pods_created(context, created.len(), failed);
        for _ in left {
            self.memory.expectations.creation_observed(self.key);
        }
        tell_created(context, &created);
        PodOutcome { created: created.len() as i32, ..Default::default() }
    }

    // Models pkg/controller/controller_utils.go RealPodControl.createPods
    fn create_pod(&mut self, job: &Job, pod: crate::apiserver::NewPod) -> Result<Rc<Pod>, ApiError> {
        let created = self.client.create_pod(pod);
        self.client.record_event(match &created {
            Ok(pod) => about(job, EventReason::SuccessfulCreate)
                .message(EventMessage::CreatedPod { pod: pod.meta.name.clone() }),
            Err(error) => about(job, EventReason::FailedCreate).warning().message(format!("Error creating: {error}")),
        });
        created
    }

    // Models pkg/controller/controller_utils.go RealPodControl.DeletePod
    fn delete_pod(&mut self, job: &Job, pod: &Pod) -> Result<(), ApiError> {
        let deleted = self.client.delete_pod(pod);
        match &deleted {
            Ok(()) => {
                let message = format!("Deleted pod: {}", pod.meta.name);
                self.client.record_event(about(job, EventReason::SuccessfulDelete).message(message));
            }
            Err(error) if error.is_not_found() => {}
            Err(error) => {
                let message = format!("Error deleting: {error}");
                self.client.record_event(about(job, EventReason::FailedDelete).warning().message(message));
            }
        }
        deleted
    }

    fn track(&mut self, context: &mut SyncContext, flush: Flush) -> Result<(), ApiError> {
        let mut before = FinishedCounts::of(&context.job);
        let plan = tracking::plan(context, flush);
        if plan.flush == Flush::Needed {
            self.write_status(context)?;
            self.memory.backoff.insert(self.key, context.new_backoff);
            self.memory.metrics.pods_finished(&context.job, &before, &context.gates);
            before = FinishedCounts::of(&context.job);
        }
        self.memory.metrics.failures_handled(&plan.policy_actions);
        let (removed, failure) = self.remove_finalizers(context, &plan);
        if let Some(error) = failure {
            if tracking::settle_partly(context, &removed) == Flush::Needed {
                self.write_status(context)?;
            }
            return Err(error);
        }
        let (flush, ending) = tracking::settle(context, &plan, &removed);
        if flush == Flush::Needed {
            self.write_status(context)?;
            self.memory.metrics.pods_finished(&context.job, &before, &context.gates);
        }
        if ending == Ending::Finished {
            self.memory.finished.insert(self.key);
            self.tell_finished(context);
        }
        Ok(())
    }

    fn write_status(&mut self, context: &mut SyncContext) -> Result<(), ApiError> {
        match self.client.update_job_status(&context.job) {
            Ok(stored) => {
                self.memory.consistency.wrote_job(self.key, stored.meta.resource_version);
                context.job.meta = stored.meta.clone();
                Ok(())
            }
            Err(error) => {
                let (call, text) = (ApiCall::UpdateStatus, error.to_string().as_str().into());
                context.because(Reason::CallFailed { call, error: text });
                Err(error)
            }
        }
    }

    // Models pkg/controller/job/job_controller.go removeTrackingFinalizerFromPods
    fn remove_finalizers(
        &mut self,
        context: &mut SyncContext,
        plan: &TrackingPlan,
    ) -> (BTreeSet<Uid>, Option<ApiError>) {
        let uids = plan.remove_finalizer.iter().map(|pod| pod.meta.uid);
        if !plan.remove_finalizer.is_empty() {
            self.memory.removals.expect(self.key, uids);
        }
        let (mut removed, mut failure) = (BTreeSet::new(), None);
        for pod in &plan.remove_finalizer {
            if let Err(error) = self.client.remove_tracking_finalizer(pod) {
                // A pod that is gone stays awaited until the watch says so: a late watch must not have it counted again.
                if !error.is_not_found() {
                    self.memory.removals.observed(self.key, pod.meta.uid);
                    let (call, text) = (ApiCall::RemoveFinalizer, error.to_string().as_str().into());
                    context.because(Reason::CallFailed { call, error: text });
                    failure.get_or_insert(error);
                    continue;
                }
            } else {
                self.wrote_pod();
            }
            removed.insert(pod.meta.uid);
        }
        (removed, failure)
    }

    // Models pkg/controller/job/job_controller.go recordJobFinished
    fn tell_finished(&mut self, context: &SyncContext) {
        let Some(condition) = &context.finished_condition else { return };
        let job = &context.job;
        self.memory.metrics.job_finished(job, condition);
        if condition.kind == JobConditionType::Complete {
            if job.spec.completions.is_some_and(|completions| job.status.succeeded > completions) {
                let message = "Too many succeeded pods running after completion count reached";
                self.tell(job, JobNotice { reason: EventReason::TooManySucceededPods, message }, EventType::Warning);
            }
            self.tell(job, JobNotice { reason: EventReason::Completed, message: "Job completed" }, EventType::Normal);
        } else if let Some(reason) = EventReason::parse(&condition.reason) {
            self.client.record_event(about(job, reason).warning().message(condition.message.to_string()));
        }
    }

    fn wrote_pod(&mut self) {
        self.memory.consistency.wrote_pod(self.key, self.client.written_version());
    }

    fn failed(&mut self, context: &mut SyncContext, call: ApiCall, error: ApiError) {
        context.because(Reason::CallFailed { call, error: error.to_string().as_str().into() });
        self.error.get_or_insert(error);
    }

    fn tell(&mut self, job: &Job, notice: JobNotice, event_type: EventType) {
        let draft = about(job, notice.reason).message(notice.message);
        self.client.record_event(EventDraft { event_type, ..draft });
    }
}

/// Brings the numbers of active, ready and terminating pods in the status up to date.
fn update_counts(context: &mut SyncContext) -> Flush {
    let terminating = context.terminating_count.filter(|_| context.gates.enabled(Gate::JobPodReplacementPolicy));
    let after = (context.active_count, Some(context.ready_count), terminating);
    let status = &mut context.job.status;
    let before = (status.active, status.ready, status.terminating);
    (status.active, status.ready, status.terminating) = after;
    Flush::if_changed(&before, &after)
}

/// As what the sync is counted.
fn action_of(decision: &Decision) -> SyncAction {
    let context = &decision.context;
    let wants_more = |reason: &Reason| {
        matches!(reason, Reason::Backoff { .. } | Reason::BackoffPerIndex { .. } | Reason::NoIndexLeft)
    };
    match decision.actions {
        PodActions::HoldBack | PodActions::EndActive(..) => SyncAction::Reconciling,
        PodActions::Remove(..) => SyncAction::PodsDeleted,
        PodActions::Create(_) => SyncAction::PodsCreated,
        PodActions::Keep if is_suspended(&context.job, &context.gates) => SyncAction::PodsDeleted,
        PodActions::Keep if context.reasons.iter().any(wants_more) => SyncAction::PodsCreated,
        PodActions::Keep => SyncAction::Tracking,
    }
}

fn about(job: &Job, reason: EventReason) -> EventDraft {
    EventDraft::about(ObjectKind::Job, &job.meta, SOURCE, reason)
}

fn tell_deleted(context: &mut SyncContext, pods: &[Rc<Pod>], outcome: &PodOutcome, because: DeleteCause) {
    if outcome.deleted > 0 {
        context.because(Reason::DeletedPods { count: outcome.deleted as u32, indexes: indexes_of(pods), because });
    }
}

fn tell_created(context: &mut SyncContext, created: &[Rc<Pod>]) {
    if created.is_empty() {
        return;
    }
    context.because(Reason::CreatedPods {
        count: created.len() as u32,
        names: created.iter().take(NAMED_PODS).map(|pod| pod.meta.name.clone()).collect(),
        indexes: indexes_of(created),
    });
}

/// The indexes of the first pods.
fn indexes_of(pods: &[Rc<Pod>]) -> Vec<u32> {
    pods.iter().filter_map(|pod| pod.completion_index).take(NAMED_INDEXES).collect()
}
