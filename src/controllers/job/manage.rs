//! How many pods a Job should have now, and so which to create or to remove. Purely: the counts and the end of the Job
//! have been decided before.

use super::backoff::{delay_ms, remaining_per_index_ms};
use super::context::SyncContext;
use super::decide::PodActions;
use super::indexes::{first_pending_indexes, split_duplicated_indexes, valid_index};
use super::pods::{has_backoff_limit_per_index, is_suspended, removal_order, replaces_only_failed_pods, sort_pods};
use super::reasons::{DeleteCause, Reason};
use crate::api::Pod;
use std::rc::Rc;

/// So many indexes are named in a reason; the rest is a number.
const NAMED: usize = 3;

/// How many pods there should be, and what that means for those that are there.
// Models pkg/controller/job/job_controller.go manageJob
pub fn manage_pods(context: &mut SyncContext) -> PodActions {
    if is_suspended(&context.job, &context.gates) {
        context.because(Reason::Suspended);
        let pods = pods_for_removal(context, context.active.len());
        return removal(pods, DeleteCause::Suspended);
    }
    let active = context.active_count;
    let want = want_active(context);
    let mut surplus = pods_for_removal(context, usize::try_from(active - want).unwrap_or(0));
    if !surplus.is_empty() {
        let cause = if surplus.iter().any(|pod| is_out_of_range(context, pod)) {
            DeleteCause::NoSuchIndex
        } else if active <= want {
            DeleteCause::DoubleIndex
        } else {
            DeleteCause::TooMany
        };
        let limit = context.tunables.max_pods_per_sync;
        if surplus.len() > limit {
            context.because(Reason::PerSyncLimit { limit: limit as u32 });
            surplus.truncate(limit);
        }
        return removal(surplus, cause);
    }
    let terminating = match replaces_only_failed_pods(&context.job, &context.gates) {
        true => context.terminating_count.unwrap_or(0),
        false => 0,
    };
    let missing = want - terminating - active;
    if missing <= 0 {
        context.because(if want > active { Reason::WaitsForReplacement { terminating } } else { Reason::EnoughActive });
        return PodActions::Keep;
    }
    create(context, usize::try_from(missing).unwrap_or(0))
}

fn is_out_of_range(context: &SyncContext, pod: &Pod) -> bool {
    context.job.is_indexed() && valid_index(pod, context.completions()).is_none()
}

fn removal(pods: Vec<Rc<Pod>>, cause: DeleteCause) -> PodActions {
    if pods.is_empty() { PodActions::Keep } else { PodActions::Remove(pods, cause) }
}

fn want_active(context: &mut SyncContext) -> i32 {
    let (active, parallelism) = (context.active_count, context.job.spec.parallelism);
    let remaining = context.job.spec.completions.map(|completions| (completions - context.succeeded).max(0));
    let want = match remaining {
        Some(remaining) => remaining.min(parallelism),
        None if context.succeeded > 0 => active,
        None => parallelism,
    };
    if remaining.is_none() && context.succeeded > 0 {
        context.because(Reason::WorkQueueDraining { active });
    } else {
        let terminating = context.terminating_count.unwrap_or(0);
        context.because(Reason::WantActive { want, active, terminating, remaining, parallelism });
    }
    want
}

/// At least that many active pods, those first that have come least far; of an Indexed Job also all that are double
/// or out of place.
// Models pkg/controller/job/job_controller.go activePodsForRemoval
fn pods_for_removal(context: &SyncContext, at_least: usize) -> Vec<Rc<Pod>> {
    let (mut remove, mut left) = match context.job.is_indexed() {
        true => split_duplicated_indexes(&context.active, context.completions()),
        false if at_least == 0 => return Vec::new(),
        false => (Vec::new(), context.active.clone()),
    };
    if remove.len() < at_least {
        sort_pods(&mut left, removal_order);
        left.truncate(at_least - remove.len());
        remove.extend(left);
    }
    remove
}

fn create(context: &mut SyncContext, missing: usize) -> PodActions {
    let per_index = has_backoff_limit_per_index(&context.job, &context.gates);
    if !per_index && wait_for_backoff(context) == Waiting::Yes {
        return PodActions::Keep;
    }
    let limit = context.tunables.max_pods_per_sync;
    if missing > limit {
        context.because(Reason::PerSyncLimit { limit: limit as u32 });
    }
    let count = missing.min(limit);
    if !context.job.is_indexed() {
        return PodActions::Create(vec![None; count]);
    }
    let mut indexes = first_pending_indexes(context, count);
    if indexes.is_empty() {
        context.because(Reason::NoIndexLeft);
    }
    if per_index {
        indexes = indexes_free_now(context, indexes);
    }
    if indexes.is_empty() { PodActions::Keep } else { PodActions::Create(indexes.into_iter().map(Some).collect()) }
}

/// Whether something must be waited for.
#[derive(PartialEq)]
enum Waiting {
    Yes,
    No,
}

fn wait_for_backoff(context: &mut SyncContext) -> Waiting {
    let bounds = context.tunables.backoff;
    let remaining_ms = context.new_backoff.remaining_ms(bounds, context.now);
    if remaining_ms <= 0 {
        return Waiting::No;
    }
    let failures = context.new_backoff.failures_after_last_success;
    context.because(Reason::Backoff { failures, delay_ms: delay_ms(failures, bounds), remaining_ms });
    context.requeue_after_ms.push(remaining_ms.max(context.tunables.sync_batch_ms));
    Waiting::Yes
}

/// Those of the indexes whose own back-off is over. When none is, the Job is looked at again when the first is free.
// Models pkg/controller/job/job_controller.go getPodCreationInfoForIndependentIndexes
fn indexes_free_now(context: &mut SyncContext, indexes: Vec<u32>) -> Vec<u32> {
    let (free, remaining_ms) = split_by_backoff(&indexes, context);
    if let Some(remaining_ms) = remaining_ms {
        if free.is_empty() {
            context.requeue_after_ms.push(remaining_ms.max(context.tunables.sync_batch_ms));
        }
        let count = (indexes.len() - free.len()) as u32;
        let indexes = indexes.into_iter().filter(|index| !free.contains(index)).take(NAMED).collect();
        context.because(Reason::BackoffPerIndex { count, indexes, remaining_ms });
    }
    free
}

/// The indexes that need not wait, and the shortest wait of the others, in milliseconds.
pub fn split_by_backoff(indexes: &[u32], context: &SyncContext) -> (Vec<u32>, Option<i64>) {
    let wait = |index: &u32| {
        let last = context.delayed_deletion.get(index).map(|pod| &**pod);
        remaining_per_index_ms(last, context.tunables.backoff, context.now)
    };
    let free = indexes.iter().copied().filter(|index| wait(index) == 0).collect();
    (free, indexes.iter().map(wait).filter(|remaining_ms| *remaining_ms > 0).min())
}
