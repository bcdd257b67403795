//! The controller forgets pods that are counted and let go, so that a sync costs no more the longer a Job lives. This
//! compares what it decides then with what it decides over all pods that it was ever told of.

use super::checker::View;
use jobscope::api::{Gates, Job, Pod};
use jobscope::cluster::RUN_START;
use jobscope::controllers::job::rules::{
    BackoffRecord, Cache, Decision, PodActions, SyncInput, Tunables, Uncounted, decide,
};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Compares the decisions for every Job.
///
/// # Errors
/// The two decisions, where they differ.
pub fn compare(view: &View) -> Result<(), String> {
    for job in view.jobs.values().filter(|job| !job.is_finished()) {
        let controls = |pod: &&Rc<Pod>| pod.meta.controller().is_some_and(|owner| owner.uid == job.meta.uid);
        let all: Vec<Rc<Pod>> = view.pods.values().filter(controls).cloned().collect();
        let mut cache = Cache::default();
        all.iter().for_each(|pod| drop(cache.put_pod(pod.clone())));
        cache.drop_settled(job, &Gates::default());
        let kept: Vec<Rc<Pod>> = cache.pods_of(job.meta.uid).cloned().collect();
        let (by_all, by_kept) = (answers(job, all), answers(job, kept));
        if by_all != by_kept {
            return Err(format!("{}: all pods give {by_all}, those kept {by_kept}", job.meta.name));
        }
    }
    Ok(())
}

/// All that a sync finds and decides, but for the pods themselves.
fn answers(job: &Job, pods: Vec<Rc<Pod>>) -> String {
    let Decision { context, actions } = decide(SyncInput {
        job: job.clone(),
        pods,
        pending_expectations: None,
        expected_removals: BTreeSet::new(),
        backoff: BackoffRecord::default(),
        gates: Gates::default(),
        tunables: Tunables::default(),
        now: job.status.start_time.unwrap_or(RUN_START).plus_seconds(30),
    });
    let names = |pods: &[Rc<Pod>]| pods.iter().map(|pod| pod.meta.name.to_string()).collect::<Vec<_>>();
    let actions = match &actions {
        PodActions::Keep => "keep".to_owned(),
        PodActions::HoldBack => "hold back".to_owned(),
        PodActions::EndActive(pods, cause) => format!("end {cause:?} {:?}", names(pods)),
        PodActions::Remove(pods, cause) => format!("remove {cause:?} {:?}", names(pods)),
        PodActions::Create(indexes) => format!("create {indexes:?}"),
    };
    let Uncounted { succeeded, failed } = &context.uncounted;
    format!(
        "{:?} {succeeded:?} {failed:?} {:?} {:?} {:?} {:?} {actions}",
        (context.active_count, context.ready_count, context.terminating_count, context.succeeded, context.failed),
        (context.succeeded_indexes, context.failed_indexes, context.delayed_deletion.keys()),
        context.finished_condition,
        context.new_backoff,
        context.requeue_after_ms,
    )
}
