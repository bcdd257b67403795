//! Counting ended pods exactly once: they are first listed in the status, then lose their tracking finalizer, then
//! move from the list into the counters. A controller that dies in between finds all it needs in the status.

use super::conditions::{ensure_condition, new_condition};
use super::context::SyncContext;
use super::decide::is_success;
use super::failure_policy::{Counting, verdict};
use super::indexes::valid_index;
use super::pods::{delays_terminal_condition, has_backoff_limit_per_index, index_order, is_pod_failed, sort_pods};
use super::reasons::Reason;
use crate::api::policy::PodFailureAction;
use crate::api::{ConditionStatus, JobConditionType, JobStatus, Pod, PodPhase, Uid};
use crate::sim::gather;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Whether the status has to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flush {
    Needed,
    NotNeeded,
}

impl Flush {
    /// Needed when the two differ.
    pub fn if_changed<T: PartialEq>(before: &T, after: &T) -> Self {
        if before == after { Self::NotNeeded } else { Self::Needed }
    }

    pub fn or(self, other: Self) -> Self {
        if self == Self::Needed { self } else { other }
    }
}

/// What is to be done to count the pods that have ended.
#[derive(Clone, Debug)]
pub struct TrackingPlan {
    /// Whether the status, with the newly listed pods, must be written before any finalizer is removed.
    pub flush: Flush,
    pub remove_finalizer: Vec<Rc<Pod>>,
    /// How many of the newly listed failures the pod failure policy dealt with, and how.
    pub policy_actions: Vec<PodFailureAction>,
    limit: UncountedLimit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UncountedLimit {
    Reached,
    NotReached,
}

/// How a sync ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The Job now has its terminal condition.
    Finished,
    Goes,
}

/// Lists newly ended pods in the status, brings the indexes in it up to date, and says whose finalizer may go.
// Models pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers
pub fn plan(context: &mut SyncContext, flush: Flush) -> TrackingPlan {
    if context.job.is_indexed() {
        sort_pods(&mut context.pods, index_order);
    }
    // Mostly none are listed yet, and the set is not needed.
    let listed = context.job.status.uncounted_terminated_pods.as_ref();
    let is_any_listed = listed.is_some_and(|listed| !listed.is_empty());
    let unprocessed = context.pods.iter().filter(|pod| is_any_listed && context.is_unprocessed(pod));
    let with_finalizer: BTreeSet<Uid> = gather(unprocessed.map(|pod| pod.meta.uid));
    let flush = flush.or(count_released(&mut context.job.status, &|uid| !with_finalizer.contains(uid)));
    let mut plan = TrackingPlan {
        flush,
        remove_finalizer: Vec::new(),
        policy_actions: Vec::new(),
        limit: UncountedLimit::NotReached,
    };
    let new_succeeded_indexes = list_ended_pods(context, &mut plan);
    plan.flush = plan.flush.or(update_indexes(context, new_succeeded_indexes)).or(announce_finish(context));
    plan
}

/// Moves pods that have lost their finalizer into the counters and, when nothing is left to count, ends the Job.
/// `removed` are the pods whose finalizer is gone.
// Models pkg/controller/job/job_controller.go flushUncountedAndRemoveFinalizers, enactJobFinished
pub fn settle(context: &mut SyncContext, plan: &TrackingPlan, removed: &BTreeSet<Uid>) -> (Flush, Ending) {
    let before = (context.job.status.succeeded, context.job.status.failed);
    let flush = count_released(&mut context.job.status, &|uid| removed.contains(uid));
    tell_counted(context, before);
    let ending = match plan.limit {
        UncountedLimit::Reached => {
            context.because(Reason::UncountedLimit { limit: context.tunables.max_uncounted_pods as u32 });
            Ending::Goes
        }
        UncountedLimit::NotReached => finish(context),
    };
    match ending {
        Ending::Finished => (Flush::Needed, ending),
        Ending::Goes => (flush, ending),
    }
}

/// Counts what could be released although a call failed.
pub fn settle_partly(context: &mut SyncContext, removed: &BTreeSet<Uid>) -> Flush {
    count_released(&mut context.job.status, &|uid| removed.contains(uid))
}

/// Moves listed pods without a finalizer into the counters.
// Models pkg/controller/job/job_controller.go cleanUncountedPodsWithoutFinalizers
fn count_released(status: &mut JobStatus, is_released: &dyn Fn(&Uid) -> bool) -> Flush {
    let Some(uncounted) = &mut status.uncounted_terminated_pods else { return Flush::NotNeeded };
    let before = uncounted.len();
    for (list, counter) in
        [(&mut uncounted.succeeded, &mut status.succeeded), (&mut uncounted.failed, &mut status.failed)]
    {
        let listed = list.len();
        list.retain(|uid| !is_released(uid));
        *counter += (listed - list.len()) as i32;
    }
    Flush::if_changed(&before, &uncounted.len())
}

fn list_ended_pods(context: &mut SyncContext, plan: &mut TrackingPlan) -> Vec<u32> {
    let mut new_succeeded_indexes = Vec::new();
    let pods = std::mem::take(&mut context.pods);
    for pod in &pods {
        if plan.limit == UncountedLimit::NotReached && may_release(context, pod) && context.is_unprocessed(pod) {
            let index = list_ended_pod(context, pod, plan);
            new_succeeded_indexes.extend(index);
            plan.remove_finalizer.push(pod.clone());
            let listed = new_succeeded_indexes.len() + context.uncounted_status().len();
            if listed >= context.tunables.max_uncounted_pods {
                plan.limit = UncountedLimit::Reached;
            }
        }
    }
    context.pods = pods;
    new_succeeded_indexes
}

/// Puts one pod into the list it belongs to; a succeeded index is returned instead, for indexes need no list.
fn list_ended_pod(context: &mut SyncContext, pod: &Pod, plan: &mut TrackingPlan) -> Option<u32> {
    let uid = pod.meta.uid;
    let index = valid_index(pod, context.completions());
    let indexed = context.job.is_indexed();
    if pod.status.phase == PodPhase::Succeeded && !context.uncounted.failed.contains(&uid) {
        if indexed {
            let new = index.filter(|index| !context.previous_succeeded_indexes.has(*index));
            plan.flush = plan.flush.or(Flush::if_changed(&None, &new));
            return new;
        }
        if !context.uncounted.succeeded.contains(&uid) {
            plan.flush = Flush::Needed;
            context.uncounted_status().succeeded.push(uid);
        }
        return None;
    }
    let ends_with_job = context.finished_condition.as_ref().is_some_and(|condition| !is_success_criteria(condition));
    let failed = is_pod_failed(pod, &context.job, &context.gates) || ends_with_job;
    if failed && !context.uncounted.failed.contains(&uid) && (!indexed || index.is_some()) {
        list_failed_pod(context, pod, plan);
    }
    None
}

/// Puts a failed pod into its list, unless the pod failure policy ignores it.
fn list_failed_pod(context: &mut SyncContext, pod: &Pod, plan: &mut TrackingPlan) {
    if let Some(verdict) = verdict(&context.job, pod, &context.gates) {
        if let Some(action) = verdict.action {
            plan.policy_actions.push(action);
        }
        if verdict.counting == Counting::Ignored {
            return;
        }
    }
    plan.flush = Flush::Needed;
    context.uncounted_status().failed.push(pod.meta.uid);
}

fn is_success_criteria(condition: &crate::api::JobCondition) -> bool {
    condition.kind == JobConditionType::SuccessCriteriaMet
}

/// Whether a pod's finalizer may go: it has ended or all of the Job has, and no replacement needs it any more.
// Models pkg/controller/job/job_controller.go canRemoveFinalizer
fn may_release(context: &SyncContext, pod: &Pod) -> bool {
    let over = context.job.meta.deletion_time.is_some() || context.finished_condition.is_some();
    if over || pod.status.phase == PodPhase::Succeeded {
        return true;
    }
    if !is_pod_failed(pod, &context.job, &context.gates) {
        return false;
    }
    let kept_for_replacement = has_backoff_limit_per_index(&context.job, &context.gates)
        && pod
            .completion_index
            .and_then(|index| context.delayed_deletion.get(&index))
            .is_some_and(|kept| kept.meta.uid == pod.meta.uid);
    !kept_for_replacement
}

fn update_indexes(context: &mut SyncContext, new_succeeded: Vec<u32>) -> Flush {
    if !context.job.is_indexed() {
        return Flush::NotNeeded;
    }
    context.succeeded_indexes = context.succeeded_indexes.with_ordered(new_succeeded);
    let completed_indexes = context.succeeded_indexes.to_string();
    let failed_indexes = context.failed_indexes.as_ref().map(ToString::to_string);
    let status = &mut context.job.status;
    let flush = Flush::if_changed(&status.completed_indexes, &completed_indexes)
        .or(Flush::if_changed(&status.failed_indexes, &failed_indexes));
    status.succeeded = context.succeeded_indexes.total() as i32;
    status.completed_indexes = completed_indexes;
    status.failed_indexes = failed_indexes;
    flush
}

/// Puts the interim condition into the status, so that it is there before the pods go, and makes the terminal one
/// ready for later.
fn announce_finish(context: &mut SyncContext) -> Flush {
    let Some(condition) = context.finished_condition.clone() else { return Flush::NotNeeded };
    let terminal = match condition.kind {
        JobConditionType::FailureTarget => JobConditionType::Failed,
        JobConditionType::SuccessCriteriaMet => JobConditionType::Complete,
        JobConditionType::Suspended | JobConditionType::Complete | JobConditionType::Failed => return Flush::NotNeeded,
    };
    let (reason, message) = (condition.reason.clone(), condition.message.clone());
    context.finished_condition =
        Some(new_condition(terminal, ConditionStatus::True, reason.clone(), message, context.now));
    if context.job.condition(condition.kind).is_some_and(|found| found.status == ConditionStatus::True) {
        return Flush::NotNeeded;
    }
    context.because(Reason::ConditionSet { kind: condition.kind, reason: (&*reason).into() });
    context.job.status.conditions.push(condition);
    Flush::Needed
}

fn tell_counted(context: &mut SyncContext, before: (i32, i32)) {
    let status = &context.job.status;
    let (succeeded, failed) = (status.succeeded - before.0, status.failed - before.1);
    if succeeded > 0 || failed > 0 {
        context.because(Reason::CountedPods { succeeded: succeeded.max(0) as u32, failed: failed.max(0) as u32 });
    }
}

fn finish(context: &mut SyncContext) -> Ending {
    let Some(condition) = context.finished_condition.clone() else { return Ending::Goes };
    let uncounted = context.uncounted_status().len() as u32;
    if uncounted > 0 {
        context.because(Reason::WaitsForUncounted { uncounted });
        return Ending::Goes;
    }
    let terminating = context.terminating_count.unwrap_or(0);
    if delays_terminal_condition(&context.gates) && terminating > 0 {
        context.because(Reason::WaitsForTerminating { terminating });
        return Ending::Goes;
    }
    context.because(Reason::ConditionSet { kind: condition.kind, reason: (&*condition.reason).into() });
    if is_success(&condition) {
        context.job.status.completion_time = condition.last_transition_time;
    }
    ensure_condition(&mut context.job.status.conditions, condition);
    Ending::Finished
}
