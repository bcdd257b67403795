//! Sets of completion indexes, and the rules of Indexed Jobs over them.

use std::rc::Rc;

use jobscope::api::Pod;
use jobscope::api::job::JOB_COMPLETION_INDEX;
use jobscope::controllers::job::rules::{
    calculate_failed_indexes, calculate_succeeded_indexes, first_pending_indexes, index_failure_count, is_index_failed,
    new_index_failure_counts, pod_generate_name_with_index, pods_with_delayed_deletion_per_index,
    split_duplicated_indexes,
};
use serde_json::Value;

use super::objects::{Uids, context, intervals, now, number, pairs, read};
use super::{Case, Outcome, same};

pub fn run(table: &str, case: &Case) -> Outcome {
    match table {
        "TestAppendDuplicatedIndexPodsForRemoval" => Some(duplicated(case)),
        "TestCalculateFailedIndexes" => Some(failed_indexes(case)),
        "TestCalculateSucceededIndexes" => Some(succeeded_indexes(case)),
        "TestFirstPendingIndexes" => Some(first_pending(case)),
        "TestGetIndexFailureCount" => Some(failure_count(case)),
        "TestIntervalsHaveIndex" => Some(has_index(case)),
        "TestIsIndexFailed" => Some(index_failed(case)),
        "TestGetNewIndexFailureCountValue" => Some(new_failure_count(case)),
        "TestPodGenerateNameWithIndex" => Some(generate_name(case)),
        "TestGetPodsWithDelayedDeletionPerIndex" => Some(delayed_deletion(case)),
        _ => None,
    }
}

fn duplicated(case: &Case) -> Result<(), String> {
    let pods = Uids::default().pods(case.given("pods"))?;
    let (remove, left) = split_duplicated_indexes(&pods, number(case.given("completions")));
    let line = |pod: &Rc<Pod>| {
        let index = pod.meta.annotations.get(JOB_COMPLETION_INDEX).map(ToString::to_string);
        (index, pod.status.phase.as_str().to_owned())
    };
    let wanted_line = |pod: &Value| {
        let text = |field: &str| pod[field].as_str().map(str::to_owned);
        (text("index"), text("phase").unwrap_or_default())
    };
    for (field, found) in [("remove", remove), ("left", left)] {
        let wanted: Vec<_> = case.want(field).as_array().into_iter().flatten().map(wanted_line).collect();
        same(field, &found.iter().map(line).collect(), &wanted)?;
    }
    Ok(())
}

fn failed_indexes(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let (job, pods) = (uids.job(case.given("job"))?, uids.pods(case.given("pods"))?);
    let found = calculate_failed_indexes(&job, &pods, &case.gates());
    same("failed indexes", &found, &intervals(case.want("failedIntervals")))
}

fn succeeded_indexes(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let (job, pods) = (uids.job(case.given("job"))?, uids.pods(case.given("pods"))?);
    let (before, all) = calculate_succeeded_indexes(&job, &pods);
    same("before", before.as_slice(), &pairs(case.want("statusIntervals")))?;
    same("all", all.as_slice(), &pairs(case.want("intervals")))
}

fn first_pending(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let (job, pods) = (uids.job(case.given("job"))?, uids.pods(case.given("activePods"))?);
    let mut context = context(job, pods.clone(), case.gates(), now(case));
    context.job.spec.completions = Some(number(case.given("completions")));
    context.active = pods;
    context.succeeded_indexes = intervals(case.given("succeededIntervals"));
    context.failed_indexes = case.given("failedIntervals").is_array().then(|| intervals(case.given("failedIntervals")));
    let found = first_pending_indexes(&context, usize::try_from(number(case.given("count"))).unwrap_or(0));
    same("indexes", &found, &read(case.want("indexes"))?)
}

fn failure_count(case: &Case) -> Result<(), String> {
    let pod = Uids::default().pod(case.given("pod"))?;
    same("count", &index_failure_count(&pod), &number(case.want("indexFailureCount")))
}

fn has_index(case: &Case) -> Result<(), String> {
    let found = intervals(case.given("intervals")).has(number(case.given("index")) as u32);
    same("has", &Some(found), &case.want("has").as_bool())
}

fn index_failed(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let (job, pod) = (uids.job(case.given("job"))?, uids.pod(case.given("pod"))?);
    same("failed", &Some(is_index_failed(&job, &pod, &case.gates())), &case.want("failed").as_bool())
}

fn new_failure_count(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let job = uids.job(case.given("job"))?;
    let replaced = match case.given("pod") {
        Value::Null => None,
        pod => Some(uids.pod(pod)?),
    };
    let wanted = (number(case.want("indexFailureCount")), number(case.want("indexIgnoredFailureCount")));
    same("counts", &new_index_failure_counts(&job, replaced.as_deref(), &case.gates()), &wanted)
}

fn generate_name(case: &Case) -> Result<(), String> {
    let job_name = case.given("jobName").as_str().unwrap_or_default();
    let found = pod_generate_name_with_index(job_name, number(case.given("index")) as u32);
    same("name", &Some(&*found), &case.want("generateName").as_str())
}

fn delayed_deletion(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let (job, pods) = (uids.job(case.given("job"))?, uids.pods(case.given("pods"))?);
    let gates = case.gates();
    let mut context = context(job, pods, gates.clone(), now(case));
    context.expected_removals = uids.list(case.given("expectedRmFinalizers")).into_iter().collect();
    context.failed_indexes = Some(calculate_failed_indexes(&context.job, &context.pods, &gates));
    context.succeeded_indexes = calculate_succeeded_indexes(&context.job, &context.pods).1;
    let kept = pods_with_delayed_deletion_per_index(&context);
    let mut found: Vec<_> = kept.values().map(|pod| uids.name(pod.meta.uid).to_owned()).collect();
    found.sort();
    same("pods", &found, &read(case.want("podUids"))?)
}
