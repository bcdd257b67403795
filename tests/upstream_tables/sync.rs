//! One sync of a Job, or a few, through the controller's own entry.

use std::rc::Rc;

use jobscope::api::job::JOB_COMPLETION_INDEX;
use jobscope::api::meta::OwnerRole;
use jobscope::api::{Gate, Job, JobConditionType, JobStatus, Pod};
use jobscope::apiserver::{Change, NewPod};
use jobscope::controllers::job::rules::{Memory, Rules, sync_job};
use jobscope::controllers::job::{JobController, Metrics, Tunables};
use jobscope::sim::Time;
use serde_json::Value;

use super::backoff::record;
use super::fake_client::FakeClient;
use super::objects::{Absent, Uids, now, number, read, same_status};
use super::{Case, Outcome, same};

pub fn run(table: &str, case: &Case) -> Outcome {
    match table {
        "TestControllerSyncJob" => Some(sync(case).and_then(|synced| check_all(&synced, case, Absent::IsAbsent))),
        "TestSyncJobPastDeadline"
        | "TestSingleJobFailedCondition"
        | "TestSyncJobWithJobSuccessPolicy"
        | "TestSyncJobWithJobBackoffLimitPerIndex"
        | "TestJobBackoffForOnFailure"
        | "TestJobBackoffOnRestartPolicyNever"
        | "TestSyncJobExpectations" => Some(sync(case).and_then(|synced| check(&synced, case, Absent::IsAbsent))),
        "TestSyncJobWithJobPodFailurePolicy" => {
            Some(sync(case).and_then(|synced| check(&synced, case, Absent::IsZero)))
        }
        "TestSyncJobComplete" | "TestSyncJobDeleted" => {
            Some(sync_by_controller(case).and_then(|synced| check(&synced, case, Absent::IsAbsent)))
        }
        "TestPastDeadlineJobFinished" => Some(past_deadline(case)),
        _ => None,
    }
}

/// What came of a sync.
struct Synced {
    job: Option<Job>,
    client: FakeClient,
    failed: bool,
    /// The last status written, else the one that was there.
    status: JobStatus,
    metrics: Metrics,
    uids: Uids,
}

/// A sync by the rules alone, with the memory that the case sets up.
fn sync(case: &Case) -> Result<Synced, String> {
    let mut uids = Uids::default();
    let (job, mut pods) = (uids.job(case.given("job"))?, uids.pods(case.given("pods"))?);
    // A sync is one moment: what turns up at it is there from its beginning.
    pods.extend(uids.pods(case.given("podsAddedWhenExpectationsAreChecked"))?);
    let mut client = FakeClient::new(case);
    let mut memory = memory(&job, case, &mut uids);
    let gates = case.gates();
    let rules = Rules { gates: &gates, tunables: Tunables::default(), now: now(case) };
    let outcome = sync_job(&job, pods, &mut memory, rules, &mut client);
    let status = client.statuses.last().cloned().unwrap_or_else(|| job.status.clone());
    Ok(Synced { job: Some(job), client, failed: outcome.result.is_err(), status, metrics: memory.metrics, uids })
}

fn memory(job: &Job, case: &Case, uids: &mut Uids) -> Memory {
    let mut memory = Memory::default();
    let key = job.meta.uid;
    if case.given("expectationsSatisfied") == &Value::Bool(false) {
        let awaited = |field: &str| i64::from(number(&case.given("pendingExpectations")[field]));
        let (creations, deletions) = (awaited("creations"), awaited("deletions"));
        // Something is awaited, even where the case does not say what.
        memory.expectations.expect(key, if deletions > 0 { creations } else { creations.max(1) }, deletions, now(case));
    }
    memory.removals.expect(key, uids.list(case.given("expectedRemovedFinalizers")));
    if case.given("backoffRecord").is_object() {
        memory.backoff.insert(key, record(case.given("backoffRecord")));
    }
    memory
}

/// A sync by the controller, for Jobs that it does not get to the rules with.
fn sync_by_controller(case: &Case) -> Result<Synced, String> {
    let mut uids = Uids::default();
    let now = now(case);
    let mut controller = JobController::new(case.gates(), Tunables::default(), 0);
    let job = match case.given("job") {
        Value::Null => None,
        job => Some(uids.job(job)?),
    };
    for pod in uids.pods(case.given("pods"))? {
        controller.on_pod(&Change::<Pod> { old: None, new: Some(pod) }, now);
    }
    let mut client = FakeClient::new(case);
    controller.on_job(&queueing(job.clone(), case, &mut uids)?, now);
    let worked = controller.work(now, &mut client);
    if let Some(record) = worked {
        return Err(format!("the controller found something to do: {:?}", record.reasons));
    }
    let status = job.as_ref().map(|job| job.status.clone()).unwrap_or_default();
    let status = client.statuses.last().cloned().unwrap_or(status);
    Ok(Synced { job, client, failed: false, status, metrics: controller.metrics().clone(), uids })
}

/// The change by which the controller hears of the Job: its coming, or its going when it is not there.
fn queueing(job: Option<Job>, case: &Case, uids: &mut Uids) -> Result<Change<Job>, String> {
    if let Some(job) = job {
        return Ok(Change { old: None, new: Some(Rc::new(job)) });
    }
    let key = case.given("jobKey").as_str().unwrap_or_default();
    let (namespace, name) = key.split_once('/').ok_or("no key of a Job")?;
    let gone = serde_json::json!({ "metadata": { "namespace": namespace, "name": name, "uid": "gone" } });
    Ok(Change { old: Some(Rc::new(uids.job(&gone)?)), new: None })
}

fn check_all(synced: &Synced, case: &Case, absent: Absent) -> Result<(), String> {
    check(synced, case, absent)?;
    let job = synced.job.as_ref().ok_or("no Job")?;
    let index_label = case.gates().enabled(Gate::PodIndexLabel);
    let shows_index_in = if index_label { IndexPlace::Label } else { IndexPlace::Annotation };
    synced.client.created.iter().try_for_each(|pod| check_created(job, pod, shows_index_in))
}

/// Compares all that the case wants.
fn check(synced: &Synced, case: &Case, absent: Absent) -> Result<(), String> {
    let client = &synced.client;
    let count = |field: &str, found: usize, wanted: &Value| same(field, &Some(found as u64), &wanted.as_u64());
    for (field, wanted) in case.wants().as_object().into_iter().flatten() {
        match &**field {
            "error" => same("error", &synced.failed, &!wanted.is_null())?,
            "creations" => count(field, client.created.len(), wanted)?,
            "deletions" => count(field, client.deletions, wanted)?,
            "podFinalizersRemoved" => count(field, client.finalizers_removed, wanted)?,
            "createdIndexes" => same(field, &created_indexes(client), &read(wanted)?)?,
            "maxCreateCalls" => same(field, &(client.create_calls as u64 <= wanted.as_u64().unwrap_or(0)), &true)?,
            "startTimePresent" => same(field, &Some(synced.status.start_time.is_some()), &wanted.as_bool())?,
            "status" => same_status(&synced.status, wanted, &synced.uids, absent)?,
            "statusWritten" => same(field, &Some(!client.statuses.is_empty()), &wanted.as_bool())?,
            "conditionTotal" => count(field, synced.status.conditions.len(), wanted)?,
            "syncMetric" => {
                let labels: Vec<&str> = wanted.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                same(field, &synced.metrics.count("job_syncs_total", &labels), &1)?;
            }
            "conditionCounts" | "conditionStatus" => check_conditions(&synced.status, field, wanted)?,
            _ => return Err(format!("want.{field} is not compared")),
        }
    }
    Ok(())
}

fn created_indexes(client: &FakeClient) -> Vec<u32> {
    let mut indexes: Vec<_> = client.created.iter().filter_map(|pod| pod.completion_index).collect();
    indexes.sort();
    indexes
}

/// Compares how many conditions of some types there are, or what they say.
fn check_conditions(status: &JobStatus, field: &str, wanted: &Value) -> Result<(), String> {
    for (kind, wanted) in wanted.as_object().into_iter().flatten() {
        let kind = JobConditionType::parse(kind).ok_or("unknown type of condition")?;
        let mut found = status.conditions.iter().filter(|condition| condition.kind == kind);
        match field {
            "conditionCounts" => same(field, &Some(found.count() as u64), &wanted.as_u64())?,
            _ => same(field, &found.next().map(|condition| condition.status.as_str()), &wanted.as_str())?,
        }
    }
    Ok(())
}

/// Where a pod carries its index for its containers to read; it is always in an annotation.
#[derive(Clone, Copy, PartialEq)]
enum IndexPlace {
    Label,
    Annotation,
}

/// What holds of every pod that a Job creates.
fn check_created(job: &Job, pod: &NewPod, index_is_in: IndexPlace) -> Result<(), String> {
    let owner = &pod.owner_references[0];
    same("owner", &(&*owner.api_version, &*owner.kind, &*owner.name), &("batch/v1", "Job", &*job.meta.name))?;
    same("owner uid", &(owner.uid, owner.role), &(job.meta.uid, OwnerRole::Controller))?;
    let Some(index) = pod.completion_index.filter(|_| job.is_indexed()) else {
        return same("hostname", &pod.hostname, &None);
    };
    let (name, text) = (&job.meta.name, index.to_string());
    let label = (index_is_in == IndexPlace::Label).then_some(&*text);
    same("label", &pod.labels.get(JOB_COMPLETION_INDEX).map(|text| &**text), &label)?;
    same("annotation", &pod.annotations.get(JOB_COMPLETION_INDEX).map(|text| &**text), &Some(&*text))?;
    same("hostname", &pod.hostname.as_deref(), &Some(&*format!("{name}-{index}")))?;
    same("name", &*pod.generate_name, &*format!("{name}-{index}-"))?;
    let spec = pod.template.wire.spec.as_ref().ok_or("the template has no spec")?;
    for container in &spec.containers {
        let mut variables = container.env.iter().flatten();
        let variable = variables.find(|variable| variable.name == "JOB_COMPLETION_INDEX").ok_or("no variable")?;
        let field = variable.value_from.as_ref().and_then(|source| source.field_ref.as_ref()).ok_or("no field")?;
        let place = if index_is_in == IndexPlace::Label { "labels" } else { "annotations" };
        same("field", &*field.field_path, &*format!("metadata.{place}['{JOB_COMPLETION_INDEX}']"))?;
    }
    Ok(())
}

/// Syncs one Job at some moments, each time with the status that the sync before left.
fn past_deadline(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let (mut job, pods) = (uids.job(case.given("job"))?, uids.pods(case.given("pods"))?);
    let gates = case.gates();
    for step in case.want("steps").as_array().into_iter().flatten() {
        let now = at_offset(now(case), &step["clockOffsetSeconds"]);
        let mut client = FakeClient::new(case);
        let mut memory = memory(&job, case, &mut uids);
        let rules = Rules { gates: &gates, tunables: Tunables::default(), now };
        sync_job(&job, pods.clone(), &mut memory, rules, &mut client).result.map_err(|error| error.to_string())?;
        job.status = client.statuses.pop().unwrap_or(job.status);
        let failed = job.condition(JobConditionType::Failed).filter(|_| job.has_condition(JobConditionType::Failed));
        let by_deadline = failed.is_some_and(|condition| condition.reason == "DeadlineExceeded");
        same("start time", &Some(job.status.start_time.is_some()), &step["startTimePresent"].as_bool())?;
        same("failed", &Some(by_deadline), &step["failedDeadlineExceeded"].as_bool())?;
    }
    Ok(())
}

fn at_offset(now: Time, offset_s: &Value) -> Time {
    now.plus_ms((offset_s.as_f64().unwrap_or(0.0) * 1_000.0).round() as i64)
}
