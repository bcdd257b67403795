//! Counting ended pods: what is written, whose finalizer goes, what the counters say.

use jobscope::api::{Job, JobCondition, JobConditionType, JobStatus};
use jobscope::controllers::job::Metrics;
use jobscope::controllers::job::rules::{
    Flush, Intervals, Memory, RemovalExpectations, SyncContext, Uncounted, calculate_failed_indexes,
    calculate_succeeded_indexes, pods_with_delayed_deletion_per_index, track_status,
};
use serde_json::{Value, json};

use super::fake_client::FakeClient;
use super::objects::{Absent, Uids, context, now, same_status};
use super::{Case, Outcome, same};

pub fn run(table: &str, case: &Case) -> Outcome {
    match table {
        "TestTrackJobStatusAndRemoveFinalizers" => Some(track(case)),
        "TestRecordFinishedPodWithTrackingFinalizer" => Some(record_pod(case)),
        "TestUIDTrackingExpectations" => Some(removal_expectations(case)),
        _ => None,
    }
}

fn track(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let mut context = tracking_context(case, &mut uids)?;
    let mode = if context.job.is_indexed() { "Indexed" } else { "NonIndexed" };
    let mut client = FakeClient::new(case);
    let mut memory = Memory::default();
    let flush = match case.given("needsFlush") {
        Value::Bool(true) => Flush::Needed,
        _ => Flush::NotNeeded,
    };
    let result = track_status(&mut context, flush, &mut memory, &mut client);
    let error = result.err().map(|error| error.to_string());
    same("error", &error.as_deref(), &case.want("error").as_str())?;
    let removed = client.finalizers_removed as u64;
    same("finalizers removed", &Some(removed), &case.want("podFinalizersRemoved").as_u64())?;
    same_statuses(&client.statuses, case.want("statusUpdates"), &uids)?;
    for (field, result) in [("succeededPodsMetric", "succeeded"), ("failedPodsMetric", "failed")] {
        if let Some(wanted) = case.want(field).as_u64() {
            same(field, &memory.metrics.count("job_pods_finished_total", &[mode, result]), &wanted)?;
        }
    }
    Ok(())
}

/// The state in which a sync gets to counting.
fn tracking_context(case: &Case, uids: &mut Uids) -> Result<SyncContext, String> {
    let (job, pods) = (uids.job(case.given("job"))?, uids.pods(case.given("pods"))?);
    let status = job.status.clone();
    let mut context = context(job, pods, case.gates(), now(case));
    context.job.status = status;
    context.uncounted = context.job.status.uncounted_terminated_pods.as_ref().map(Uncounted::of).unwrap_or_default();
    context.expected_removals = uids.list(case.given("expectedRemovedFinalizers")).into_iter().collect();
    context.finished_condition = condition(case.given("finishedCondition"), uids)?;
    if context.job.is_indexed() {
        context.succeeded_indexes = calculate_succeeded_indexes(&context.job, &[]).0;
        context.previous_succeeded_indexes = Intervals::default();
        if context.job.spec.backoff_limit_per_index.is_some()
            && context.gates.enabled(jobscope::api::Gate::JobBackoffLimitPerIndex)
        {
            context.failed_indexes = Some(calculate_failed_indexes(&context.job, &context.pods, &context.gates));
            context.delayed_deletion = pods_with_delayed_deletion_per_index(&context);
        }
    }
    Ok(context)
}

fn condition(value: &Value, uids: &mut Uids) -> Result<Option<JobCondition>, String> {
    if value.is_null() {
        return Ok(None);
    }
    let job: Job = uids.job(&json!({ "status": { "conditions": [value] } }))?;
    let kind = value["type"].as_str().and_then(JobConditionType::parse).ok_or("unknown type of condition")?;
    Ok(job.condition(kind).cloned())
}

fn same_statuses(found: &[JobStatus], wanted: &Value, uids: &Uids) -> Result<(), String> {
    let wanted = wanted.as_array().map(Vec::as_slice).unwrap_or_default();
    same("status updates", &found.len(), &wanted.len())?;
    for (place, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        same_status(found, wanted, uids, Absent::IsZero).map_err(|why| format!("update {place}: {why}"))?;
    }
    Ok(())
}

fn record_pod(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let mut pod = |field| match case.given(field) {
        Value::Null => Ok(None),
        pod => uids.pod(pod).map(Some),
    };
    let (old, new) = (pod("oldPod")?, pod("newPod")?);
    let mut metrics = Metrics::default();
    metrics.pod_changed(old.as_deref(), new.as_deref());
    for event in ["add", "delete"] {
        let found = metrics.count("terminated_pods_tracking_finalizer_total", &[event]);
        same(event, &Some(found), &case.want(event).as_u64())?;
    }
    Ok(())
}

fn removal_expectations(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let key = uids.uid(case.given("jobKey").as_str().unwrap_or_default());
    let mut expectations = RemovalExpectations::default();
    let steps = case.given("steps").as_array().into_iter().flatten();
    for (step, wanted) in steps.zip(case.want("afterStep").as_array().into_iter().flatten()) {
        if step["expect"].is_array() {
            expectations.expect(key, uids.list(&step["expect"]));
        }
        for uid in uids.list(&step["observe"]) {
            expectations.observed(key, uid);
        }
        if step["delete"] == Value::Bool(true) {
            expectations.forget(key);
        }
        let awaited: Vec<_> = expectations.awaited(key).into_iter().collect();
        let mut found = uids.names(&awaited);
        found.sort();
        let wanted = if wanted.is_null() { json!([]) } else { wanted.clone() };
        same("awaited", &json!(found), &wanted)?;
    }
    Ok(())
}
