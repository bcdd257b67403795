//! The heart of the controller: from what is there to what is to be done, purely. Which pods to create or delete is
//! decided by `manage`; [`conclude`] takes how that went into account. Counting ended pods is `tracking`'s part.

use super::conditions::{ConditionChange, ensure_condition, new_condition};
use super::context::{SyncContext, SyncInput, Uncounted};
use super::failure_policy::{Verdict, counts, verdict};
use super::indexes::{
    Intervals, calculate_failed_indexes, calculate_succeeded_indexes, index_failure_count, is_index_failed,
    pods_with_delayed_deletion_per_index, valid_index,
};
use super::manage::manage_pods;
use super::pods::{
    delays_terminal_condition, has_backoff_limit_per_index, has_failure_policy, is_pod_failed, is_suspended,
    tracks_terminating_pods,
};
use super::reasons::{DeleteCause, FailedIndex, FailedPod, Reason};
use super::success_policy::match_success_policy;
use crate::api::pod::ContainerState;
use crate::api::{
    ConditionStatus, EventReason, Gate, JobCondition, JobConditionType, Pod, PodPhase, RestartPolicy, Text, Uid,
};
use crate::apiserver::propagation_of;
use crate::sim::SECOND_MS;
use std::collections::BTreeSet;
use std::rc::Rc;

/// So many failed pods, or indexes, are named in a reason; the rest is a number.
const NAMED: usize = 3;

/// What is to be done to pods, and the state of the sync so far.
#[derive(Clone, Debug)]
pub struct Decision {
    pub context: SyncContext,
    pub actions: PodActions,
}

/// What is to be done to pods.
#[derive(Clone, Debug)]
pub enum PodActions {
    /// Neither more nor fewer.
    Keep,
    /// Nothing may be done before the cache has caught up, or because the Job is being deleted.
    HoldBack,
    /// The Job's end is decided: these are deleted, and counted before they are let go.
    EndActive(Vec<Rc<Pod>>, DeleteCause),
    /// These are too many: they are let go and deleted, and not counted.
    Remove(Vec<Rc<Pod>>, DeleteCause),
    /// One pod for each entry, with the index it is for.
    Create(Vec<Option<u32>>),
}

/// How the actions went.
#[derive(Clone, Debug, Default)]
pub struct PodOutcome {
    pub created: i32,
    pub deleted: i32,
    pub deleted_ready: i32,
}

/// An event about the Job that the sync wants recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobNotice {
    pub reason: EventReason,
    pub message: &'static str,
}

/// Decides what is to be done to the pods of a Job.
// Models pkg/controller/job/job_controller.go syncJob
pub fn decide(input: SyncInput) -> Decision {
    let mut context = observe(input);
    let observed = context.reasons.len();
    decide_finish(&mut context);
    let finish = context.reasons.split_off(observed);
    tell_failures(&mut context);
    context.reasons.extend(finish);
    if context.finished_condition.is_some() {
        let cause = match context.finished_condition.as_ref().is_some_and(is_success) {
            true => DeleteCause::JobSucceeded,
            false => DeleteCause::JobFailed,
        };
        let actions = PodActions::EndActive(context.active.clone(), cause);
        return Decision { context, actions };
    }
    if context.job.meta.deletion_time.is_some() {
        let propagation = propagation_of(&context.job);
        context.because(Reason::JobDeleting { propagation });
        return Decision { context, actions: PodActions::HoldBack };
    }
    if let Some((creations, deletions)) = context.pending_expectations {
        context.because(Reason::ExpectationsPending { creations, deletions });
        return Decision { context, actions: PodActions::HoldBack };
    }
    let actions = manage_pods(&mut context);
    Decision { context, actions }
}

/// Takes into account how the actions went. Returns what is to be said about the Job, and whether its status changed.
// Models pkg/controller/job/job_controller.go syncJob
pub fn conclude(decision: &mut Decision, outcome: &PodOutcome) -> (Vec<JobNotice>, ConditionChange) {
    let context = &mut decision.context;
    let active_before = context.active_count;
    context.active_count += outcome.created - outcome.deleted;
    context.ready_count -= outcome.deleted_ready;
    if let Some(terminating) = &mut context.terminating_count {
        *terminating += outcome.deleted;
    }
    if context.finished_condition.is_some() {
        if outcome.deleted != active_before || !context.expectations_met() {
            context.finished_condition = None;
            context.because(Reason::WaitsForActivePods { active: active_before - outcome.deleted });
        }
        return (Vec::new(), ConditionChange::Unchanged);
    }
    if is_complete(context) {
        let (succeeded, completions) = (context.succeeded, context.job.spec.completions);
        context.because(Reason::CompletionsReached { succeeded, completions });
        context.finished_condition = Some(success_condition(context));
        return (Vec::new(), ConditionChange::Unchanged);
    }
    match decision.actions {
        PodActions::HoldBack => (Vec::new(), ConditionChange::Unchanged),
        PodActions::Keep | PodActions::EndActive(..) | PodActions::Remove(..) | PodActions::Create(_) => {
            update_suspended(context)
        }
    }
}

/// Whether the condition says that the Job has succeeded or is about to.
pub fn is_success(condition: &JobCondition) -> bool {
    matches!(condition.kind, JobConditionType::Complete | JobConditionType::SuccessCriteriaMet)
}

/// Counts what is there, before anything is decided.
pub fn observe(input: SyncInput) -> SyncContext {
    let SyncInput { job, pods, pending_expectations, expected_removals, backoff, gates, tunables, now } = input;
    let active: Vec<Rc<Pod>> = pods.iter().filter(|pod| pod.is_active()).cloned().collect();
    let terminating = pods.iter().filter(|pod| pod.is_terminating()).count() as i32;
    let mut context = SyncContext {
        active_count: active.len() as i32,
        ready_count: active.iter().filter(|pod| pod.is_ready()).count() as i32,
        terminating_count: tracks_terminating_pods(&job, &gates).then_some(terminating),
        uncounted: job.status.uncounted_terminated_pods.as_ref().map(Uncounted::of).unwrap_or_default(),
        job,
        pods,
        active,
        pending_expectations,
        expected_removals,
        succeeded: 0,
        failed: 0,
        previous_succeeded_indexes: Intervals::default(),
        succeeded_indexes: Intervals::default(),
        failed_indexes: None,
        newly_failed: Vec::new(),
        delayed_deletion: Default::default(),
        finished_condition: None,
        new_backoff: backoff,
        gates,
        tunables,
        now,
        reasons: Vec::new(),
        requeue_after_ms: Vec::new(),
    };
    context.uncounted_status();
    count_ended(&mut context);
    if context.job.status.start_time.is_none() && !is_suspended(&context.job, &context.gates) {
        context.job.status.start_time = Some(now.truncated_to_second());
        context.because(Reason::Started);
    }
    context
}

/// Counts the pods that have ended, those of earlier syncs that are not in the counters yet included.
fn count_ended(context: &mut SyncContext) {
    let succeeded =
        newly_ended(context, &context.uncounted.succeeded, |pod, _| pod.status.phase == PodPhase::Succeeded);
    let failed = newly_ended(context, &context.uncounted.failed, |pod, context| {
        is_pod_failed(pod, &context.job, &context.gates)
    });
    let counted = failed.iter().filter(|pod| counts(&context.job, pod, &context.gates)).count();
    let failures_before = context.new_backoff.failures_after_last_success;
    context.new_backoff = context.new_backoff.after(&succeeded, &failed);
    let status = &context.job.status;
    context.succeeded = status.succeeded + (succeeded.len() + context.uncounted.succeeded.len()) as i32;
    context.failed = status.failed + (counted + context.uncounted.failed.len()) as i32;
    if context.job.is_indexed() {
        let (before, all) = calculate_succeeded_indexes(&context.job, &context.pods);
        context.succeeded = all.total() as i32;
        (context.previous_succeeded_indexes, context.succeeded_indexes) = (before, all);
    }
    let succeeded_now = context.succeeded;
    if !succeeded.is_empty() {
        let completions = context.job.spec.completions;
        context.because(Reason::PodsSucceeded { new: succeeded.len() as u32, succeeded: succeeded_now, completions });
        let was_in_row = failures_before > 0 || !failed.is_empty();
        let per_index = has_backoff_limit_per_index(&context.job, &context.gates);
        if was_in_row && !per_index && context.new_backoff.failures_after_last_success == 0 {
            context.because(Reason::BackoffReset);
        }
    }
    context.newly_failed = failed;
}

/// Pods that have ended in that way and are in no counter and no list yet.
// Models pkg/controller/job/job_controller.go getNewFinishedPods, getValidPodsWithFilter
fn newly_ended(
    context: &SyncContext,
    uncounted: &BTreeSet<Uid>,
    ended: impl Fn(&Pod, &SyncContext) -> bool,
) -> Vec<Rc<Pod>> {
    let has_place = |pod: &Pod| !context.job.is_indexed() || valid_index(pod, context.completions()).is_some();
    let is_new = |pod: &Pod| context.is_unprocessed(pod) && !uncounted.contains(&pod.meta.uid) && has_place(pod);
    context.pods.iter().filter(|pod| ended(pod, context) && is_new(pod)).cloned().collect()
}

fn failed_pod(pod: &Pod) -> FailedPod {
    let exit_code = pod.status.containers.iter().find_map(|status| match &status.state {
        ContainerState::Terminated(ended) => (ended.exit_code != 0).then_some(ended.exit_code),
        ContainerState::Waiting { .. } | ContainerState::Running { .. } => None,
    });
    FailedPod { name: pod.meta.name.clone(), index: pod.completion_index, phase: pod.status.phase, exit_code }
}

/// Tells of the pods that have failed: those that count now, those that count later, and what the policy made of them.
fn tell_failures(context: &mut SyncContext) {
    let failed = std::mem::take(&mut context.newly_failed);
    let is_kept = |pod: &Rc<Pod>| {
        let index = pod.completion_index.and_then(|index| context.delayed_deletion.get(&index));
        index.is_some_and(|kept| kept.meta.uid == pod.meta.uid)
    };
    let counted = failed.iter().filter(|pod| counts(&context.job, pod, &context.gates));
    let (kept, counted): (Vec<&Rc<Pod>>, Vec<_>) = counted.partition(|pod| is_kept(pod));
    let (failed_now, backoff_limit) = (context.failed - kept.len() as i32, context.job.spec.backoff_limit);
    let named = |pods: &[&Rc<Pod>]| -> (Vec<FailedPod>, u32) {
        (pods.iter().take(NAMED).map(|pod| failed_pod(pod)).collect(), pods.len().saturating_sub(NAMED) as u32)
    };
    if !counted.is_empty() {
        let (pods, more) = named(&counted);
        context.because(Reason::PodsFailed { pods, more, failed: failed_now, backoff_limit });
    }
    if !kept.is_empty() {
        let (pods, more) = named(&kept);
        context.because(Reason::FailuresKept { pods, more });
    }
    tell_policy_matches(context, &failed);
}

fn tell_policy_matches(context: &mut SyncContext, failed: &[Rc<Pod>]) {
    let mut told: Vec<Reason> = Vec::new();
    for pod in failed {
        let verdict = verdict(&context.job, pod, &context.gates);
        let Some(Verdict { matched: Some((place, found)), action: Some(action), .. }) = verdict else { continue };
        let same = told.iter_mut().find_map(|reason| match reason {
            Reason::PolicyMatched { rule, pods, .. } if *rule == place => Some(pods),
            _ => None,
        });
        match same {
            Some(pods) => *pods += 1,
            None => told.push(Reason::PolicyMatched { rule: place, found, action, pods: 1 }),
        }
    }
    context.reasons.extend(told);
}

/// Tells of the indexes whose pods have failed for the last time.
fn tell_failed_indexes(context: &mut SyncContext) {
    let (job, gates) = (&context.job, &context.gates);
    let mut failed = context.pods.iter().filter(|pod| context.is_unprocessed(pod) && is_index_failed(job, pod, gates));
    let failed_index = |pod: &Rc<Pod>| {
        let index = valid_index(pod, context.completions())?;
        Some(FailedIndex { index, failures: index_failure_count(pod).saturating_add(1) })
    };
    let indexes: Vec<FailedIndex> = failed.by_ref().filter_map(failed_index).take(NAMED).collect();
    let more = failed.count() as u32;
    if !indexes.is_empty() {
        let limit = job.spec.backoff_limit_per_index.unwrap_or(0);
        context.because(Reason::IndexesFailed { indexes, more, limit });
    }
}

/// Decides whether the Job is over, and how.
fn decide_finish(context: &mut SyncContext) {
    context.finished_condition =
        decided_before(context).or_else(|| failed_by_policy(context)).or_else(|| failed_by_limit(context));
    if !context.job.is_indexed() {
        return;
    }
    if has_backoff_limit_per_index(&context.job, &context.gates) {
        let failed = calculate_failed_indexes(&context.job, &context.pods, &context.gates);
        context.failed_indexes = Some(failed);
        tell_failed_indexes(context);
        if context.finished_condition.is_none() {
            context.finished_condition = failed_by_indexes(context);
        }
        context.delayed_deletion = pods_with_delayed_deletion_per_index(context);
    }
    if context.finished_condition.is_none() {
        context.finished_condition = succeeded_by_policy(context);
    }
}

/// An interim condition of an earlier sync decides.
fn decided_before(context: &mut SyncContext) -> Option<JobCondition> {
    let found = |kind| context.job.condition(kind).filter(|found| found.status == ConditionStatus::True).cloned();
    let heeds_criteria = context.gates.enabled(Gate::JobSuccessPolicy) || delays_terminal_condition(&context.gates);
    if let Some(criteria) = found(JobConditionType::SuccessCriteriaMet).filter(|_| heeds_criteria) {
        context.because(Reason::SuccessCriteriaSet { reason: (&*criteria.reason).into() });
        return Some(criteria);
    }
    let target = found(JobConditionType::FailureTarget)?;
    context.because(Reason::FailureTargetSet { reason: (&*target.reason).into() });
    let now = context.now;
    Some(new_condition(JobConditionType::Failed, ConditionStatus::True, target.reason, target.message, now))
}

// Models pkg/controller/job/job_controller.go getFailJobMessage
fn failed_by_policy(context: &mut SyncContext) -> Option<JobCondition> {
    if !has_failure_policy(&context.job, &context.gates) {
        return None;
    }
    let (job, gates) = (&context.job, &context.gates);
    let mut failed = context.pods.iter().filter(|pod| is_pod_failed(pod, job, gates));
    let message = failed.find_map(|pod| verdict(job, pod, gates)?.job_failure_message)?;
    context.because(Reason::PolicyFailsJob { message: message.as_str().into() });
    let kind = JobConditionType::FailureTarget;
    Some(new_condition(kind, ConditionStatus::True, "PodFailurePolicy", message, context.now))
}

fn failed_by_limit(context: &mut SyncContext) -> Option<JobCondition> {
    let (failed, backoff_limit) = (context.failed, context.job.spec.backoff_limit);
    let restarts = restarts_in_place(context);
    if failed > backoff_limit {
        context.because(Reason::BackoffLimitExceeded { failed, backoff_limit });
    } else if restarts.is_some_and(|restarts| restarts >= backoff_limit.max(1)) {
        context.because(Reason::RestartsReachedLimit { restarts: restarts.unwrap_or(0), backoff_limit });
    } else {
        return failed_by_deadline(context);
    }
    Some(failure_condition(context, "BackoffLimitExceeded", "Job has reached the specified backoff limit"))
}

/// Restarts of containers in pods that are still going, when they restart in place.
// Models pkg/controller/job/job_controller.go pastBackoffLimitOnFailure
fn restarts_in_place(context: &SyncContext) -> Option<i32> {
    if context.job.spec.template.restart_policy != RestartPolicy::OnFailure {
        return None;
    }
    let going = |pod: &&Rc<Pod>| matches!(pod.status.phase, PodPhase::Running | PodPhase::Pending);
    Some(context.pods.iter().filter(going).map(|pod| pod.restarts()).sum())
}

// Models pkg/controller/job/job_controller.go pastActiveDeadline
fn failed_by_deadline(context: &mut SyncContext) -> Option<JobCondition> {
    let deadline_s = context.job.spec.active_deadline_s?;
    let start = context.job.status.start_time?;
    if is_suspended(&context.job, &context.gates) {
        return None;
    }
    let active_ms = context.now.ms_since(start);
    let remaining_ms = deadline_s.saturating_mul(SECOND_MS).saturating_sub(active_ms);
    if remaining_ms > 0 {
        context.requeue_after_ms.push(remaining_ms);
        context.because(Reason::DeadlineAhead { remaining_ms, deadline_s });
        return None;
    }
    context.because(Reason::DeadlineExceeded { active_ms, deadline_s });
    Some(failure_condition(context, "DeadlineExceeded", "Job was active longer than specified deadline"))
}

fn failed_by_indexes(context: &mut SyncContext) -> Option<JobCondition> {
    let failed_indexes = context.failed_indexes.as_ref().map_or(0, Intervals::total);
    let succeeded_indexes = context.succeeded_indexes.total();
    if let Some(max_failed_indexes) = context.job.spec.max_failed_indexes
        && i64::from(failed_indexes) > i64::from(max_failed_indexes)
    {
        context.because(Reason::MaxFailedIndexesExceeded { failed_indexes, max_failed_indexes });
        let message = "Job has exceeded the specified maximal number of failed indexes";
        return Some(failure_condition(context, "MaxFailedIndexesExceeded", message));
    }
    let all_ended = i64::from(failed_indexes) + i64::from(succeeded_indexes) >= i64::from(context.completions());
    if failed_indexes > 0 && all_ended {
        context.because(Reason::AllIndexesEnded { failed_indexes, succeeded_indexes });
        return Some(failure_condition(context, "FailedIndexes", "Job has failed indexes"));
    }
    None
}

fn succeeded_by_policy(context: &mut SyncContext) -> Option<JobCondition> {
    let policy = context.job.spec.success_policy.clone();
    let (succeeded, gates) = (&context.succeeded_indexes, &context.gates);
    let rule = match_success_policy(policy.as_deref(), context.completions(), succeeded, gates)?;
    let asked = policy.as_deref().and_then(|policy| policy.rules.get(rule as usize)).cloned().unwrap_or_default();
    let (indexes, count) = (asked.succeeded_indexes, asked.succeeded_count);
    let succeeded = succeeded.to_string().into();
    context.because(Reason::SuccessPolicyMet { rule, indexes, count, succeeded });
    let message = format!("Matched rules at index {rule}");
    let kind = JobConditionType::SuccessCriteriaMet;
    Some(new_condition(kind, ConditionStatus::True, "SuccessPolicy", message, context.now))
}

fn is_complete(context: &SyncContext) -> bool {
    let enough = match context.job.spec.completions {
        Some(completions) => context.succeeded >= completions,
        None => context.succeeded > 0,
    };
    enough && context.active_count == 0
}

fn failure_condition(context: &SyncContext, reason: &'static str, message: &'static str) -> JobCondition {
    let kind = match delays_terminal_condition(&context.gates) {
        true => JobConditionType::FailureTarget,
        false => JobConditionType::Failed,
    };
    new_condition(kind, ConditionStatus::True, reason, message, context.now)
}

// Models pkg/controller/job/job_controller.go newSuccessCondition
fn success_condition(context: &SyncContext) -> JobCondition {
    let kind = match delays_terminal_condition(&context.gates) {
        true => JobConditionType::SuccessCriteriaMet,
        false => JobConditionType::Complete,
    };
    let (reason, message): (Text, Text) = match context.gates.enabled(Gate::JobSuccessPolicy) {
        true => ("CompletionsReached".into(), "Reached expected number of succeeded pods".into()),
        false => Default::default(),
    };
    new_condition(kind, ConditionStatus::True, reason, message, context.now)
}

/// Sets or lifts the Suspended condition. A Job that is suspended has no start any more, and one that is resumed starts
/// its clock anew.
fn update_suspended(context: &mut SyncContext) -> (Vec<JobNotice>, ConditionChange) {
    let suspended = is_suspended(&context.job, &context.gates);
    let (status, condition_reason, notice) = match suspended {
        true => (ConditionStatus::True, "JobSuspended", (EventReason::Suspended, "Job suspended")),
        false => (ConditionStatus::False, "JobResumed", (EventReason::Resumed, "Job resumed")),
    };
    let wanted = new_condition(JobConditionType::Suspended, status, condition_reason, notice.1, context.now);
    let change = ensure_condition(&mut context.job.status.conditions, wanted);
    if change == ConditionChange::Unchanged {
        return (Vec::new(), change);
    }
    context.because(Reason::ConditionSet { kind: JobConditionType::Suspended, reason: condition_reason.into() });
    if !suspended {
        context.job.status.start_time = Some(context.now.truncated_to_second());
        context.because(Reason::Resumed);
    } else if context.gates.enabled(Gate::MutableSchedulingDirectivesForSuspendedJobs) {
        context.job.status.start_time = None;
    }
    (vec![JobNotice { reason: notice.0, message: notice.1 }], change)
}
