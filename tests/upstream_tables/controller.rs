//! What the Job controller makes of watch events and failed calls: which Job is queued, and when.

use std::collections::BTreeSet;
use std::rc::Rc;

use jobscope::api::{Job, Pod, Uid, wire};
use jobscope::apiserver::Change;
use jobscope::controllers::job::{JobController, Reason, SyncRecord, Tunables};
use jobscope::sim::Time;
use serde_json::{Value, json};

use super::fake_client::FakeClient;
use super::objects::{Uids, now};
use super::{Case, Outcome, same};

pub fn run(table: &str, case: &Case) -> Outcome {
    match table {
        "TestAddPod"
        | "TestAddPodOrphan"
        | "TestUpdatePod"
        | "TestUpdatePodOrphanWithNewLabels"
        | "TestUpdatePodChangeControllerRef"
        | "TestUpdatePodRelease"
        | "TestDeletePod"
        | "TestDeletePodOrphan" => Some(pod_event(case)),
        "TestJobPodLookup" => Some(pod_lookup(case)),
        "TestJobBackoff" => Some(backoff(case)),
        "TestUpdateJobRequeue" => Some(update_job(case)),
        "TestSyncJobUpdateRequeue" => Some(status_write(case)),
        "TestJobApiBackoffReset" => Some(api_backoff(case)),
        "TestSyncJobWhenManagedBy" => Some(managed_by(case)),
        "own: a finished Job whose update has not been delivered" => Some(finished_unseen(case)),
        "TestSyncOrphanPod" | "TestWatchOrphanPods" => Some(orphan(case)),
        "TestWatchJobs" | "TestWatchPods" => Some(watch(case)),
        "TestFinalizerCleanup" => Some(finalizer_cleanup(case)),
        "TestFinalizersRemovedExpectations" => Some(awaited_removals(case)),
        _ => None,
    }
}

/// A controller, its clock and what it calls.
struct Stage {
    controller: JobController,
    client: FakeClient,
    uids: Uids,
    jobs: Vec<Rc<Job>>,
    now: Time,
    /// How many calls failed.
    failed_calls: usize,
}

impl Stage {
    fn new(case: &Case) -> Self {
        let mut tunables = Tunables::default();
        if let Some(seconds) = case.given("batchPeriodSeconds").as_i64() {
            tunables.sync_batch_ms = seconds * 1_000;
        }
        let controller = JobController::new(case.gates(), tunables, 0);
        Self {
            controller,
            client: FakeClient::new(case),
            uids: Uids::default(),
            jobs: Vec::new(),
            now: now(case),
            failed_calls: 0,
        }
    }

    /// A stage whose controller has heard of these Jobs and has nothing to do at once.
    fn with_jobs(case: &Case, jobs: &Value) -> Result<Self, String> {
        let mut stage = Self::new(case);
        for job in jobs.as_array().into_iter().flatten() {
            stage.add_job(job)?;
        }
        stage.drain();
        Ok(stage)
    }

    fn add_job(&mut self, job: &Value) -> Result<Rc<Job>, String> {
        let job = Rc::new(self.uids.job(job)?);
        self.jobs.push(job.clone());
        self.controller.on_job(&Change { old: None, new: Some(job.clone()) }, self.now);
        Ok(job)
    }

    fn change_job(&mut self, old: Rc<Job>, job: Job) {
        self.controller.on_job(&Change { old: Some(old), new: Some(Rc::new(job)) }, self.now);
    }

    /// Tells the controller of a pod's change; `null` means that it was not, or is no more.
    fn change_pod(&mut self, old: &Value, new: &Value) -> Result<(), String> {
        let old = if old.is_null() { None } else { Some(self.uids.pod(old)?) };
        let new = if new.is_null() { None } else { Some(self.uids.pod(new)?) };
        self.controller.on_pod(&Change { old, new }, self.now);
        Ok(())
    }

    fn work(&mut self) -> Option<SyncRecord> {
        let record = self.controller.work(self.now, &mut self.client);
        let failed = |reason: &&Reason| matches!(reason, Reason::CallFailed { .. });
        self.failed_calls += record.iter().flat_map(|record| &record.reasons).filter(failed).count();
        record
    }

    /// Works off all that is due now.
    fn drain(&mut self) {
        while self.controller.next_due(self.now).is_some_and(|due| due <= self.now) {
            self.work();
        }
    }

    /// The keys of the Jobs that are due by then.
    fn queued(&self, by: Time) -> Vec<String> {
        let due = |job: &&Rc<Job>| self.controller.due(job.meta.uid, self.now).is_some_and(|due| due <= by);
        self.jobs.iter().filter(due).map(|job| job.meta.key()).collect()
    }

    /// In how many milliseconds a Job is due.
    fn delay_ms(&self, job: Uid) -> Option<i64> {
        self.controller.due(job, self.now).map(|due| due.ms_since(self.now))
    }
}

fn pod_event(case: &Case) -> Result<(), String> {
    let mut stage = Stage::with_jobs(case, case.given("jobs"))?;
    stage.change_pod(case.given("oldPod"), case.given("newPod"))?;
    let batch_s = case.given("batchPeriodSeconds").as_i64().unwrap_or(1);
    let later = stage.queued(stage.now.plus_seconds(batch_s));
    let length = |queued: &Vec<String>| Some(queued.len() as u64);
    if let Some(wanted) = case.want("queueLengthAtOnce").as_u64() {
        same("queued at once", &length(&stage.queued(stage.now)), &Some(wanted))?;
    }
    if let Some(wanted) = case.want("queueLengthAfterBatchPeriod").as_u64() {
        same("queued after a batch period", &length(&later), &Some(wanted))?;
    }
    match case.want("key").as_str() {
        Some(key) => same("key", &later.first().map(String::as_str), &Some(key)),
        None => Ok(()),
    }
}

fn pod_lookup(case: &Case) -> Result<(), String> {
    let mut stage = Stage::with_jobs(case, case.given("jobs"))?;
    stage.change_pod(&Value::Null, case.given("pod"))?;
    let queued = stage.queued(stage.now.plus_seconds(60));
    let names: Vec<_> = queued.iter().filter_map(|key| key.split_once('/')).map(|(_, name)| name).collect();
    same("Jobs", &names, &case.want("job").as_str().into_iter().collect())
}

fn backoff(case: &Case) -> Result<(), String> {
    let mut stage = Stage::with_jobs(case, &json!([case.given("job")]))?;
    stage.change_pod(case.given("oldPod"), case.given("newPod"))?;
    let wanted_ms = case.want("delaySeconds").as_f64().map(|seconds| (seconds * 1_000.0) as i64);
    same("delay", &stage.delay_ms(stage.jobs[0].meta.uid), &wanted_ms)
}

fn update_job(case: &Case) -> Result<(), String> {
    let mut stage = Stage::with_jobs(case, &json!([case.given("oldJob")]))?;
    let (old, new) = (stage.jobs[0].clone(), stage.uids.job(case.given("newJob"))?);
    stage.change_job(old, new);
    let queued = !stage.queued(stage.now).is_empty();
    same("requeued", &Some(queued), &case.want("requeuedImmediately").as_bool())
}

fn status_write(case: &Case) -> Result<(), String> {
    let mut stage = Stage::new(case);
    let job = stage.add_job(case.given("job"))?;
    for pod in case.given("pods").as_array().into_iter().flatten() {
        stage.change_pod(&Value::Null, pod)?;
    }
    stage.drain();
    let backoff_s = case.document("constants")["defaultJobApiBackoffSeconds"].as_i64().unwrap_or(1);
    let wanted_ms = (case.want("requeued") == &Value::Bool(true)).then_some(backoff_s * 1_000);
    same("delay", &stage.delay_ms(job.meta.uid), &wanted_ms)
}

/// Each turn of the queue is at the time at which the Job is due.
fn api_backoff(case: &Case) -> Result<(), String> {
    let mut stage = Stage::new(case);
    let job = stage.add_job(case.given("job"))?;
    for pod in case.given("pods").as_array().into_iter().flatten() {
        stage.change_pod(&Value::Null, pod)?;
    }
    let steps = case.given("steps").as_array().into_iter().flatten();
    for (step, wanted) in steps.zip(case.want("steps").as_array().into_iter().flatten()) {
        stage.now = stage.controller.due(job.meta.uid, stage.now).ok_or("the Job is not queued")?;
        stage.client.set_pod_error(pod_error(step));
        stage.work();
        let found = stage.delay_ms(job.meta.uid);
        let requeues = wanted["numRequeues"].as_u64().filter(|times| *times > 0);
        let wanted_ms = requeues.map(|times| (1_000 << (times - 1).min(6)).min(60_000));
        same("delay", &found, &wanted_ms)?;
        if let Some(length) = wanted["queueLengthAfterBackoff"].as_u64() {
            same("queued later", &(stage.queued(stage.now.plus_seconds(60)).len() as u64), &length)?;
        }
        if let Some(length) = wanted["queueLengthAtOnce"].as_u64() {
            same("queued at once", &(stage.queued(stage.now).len() as u64), &length)?;
        }
    }
    Ok(())
}

fn managed_by(case: &Case) -> Result<(), String> {
    let mut stage = Stage::new(case);
    let job = stage.add_job(case.given("job"))?;
    for pod in case.given("pods").as_array().into_iter().flatten() {
        stage.change_pod(&Value::Null, pod)?;
    }
    stage.drain();
    same("error", &(stage.failed_calls > 0), &!case.want("error").is_null())?;
    let status = stage.client.statuses.last().unwrap_or(&job.status);
    let found = serde_json::to_value(wire::job_status_to_wire(status)).map_err(|error| error.to_string())?;
    same("status", &found, case.want("status"))
}

/// The Job is synced, its pods change, and it is synced again although the controller still sees it as it was.
fn finished_unseen(case: &Case) -> Result<(), String> {
    let mut stage = Stage::new(case);
    let job = stage.add_job(case.given("job"))?;
    for pod in case.given("pods").as_array().into_iter().flatten() {
        stage.change_pod(&Value::Null, pod)?;
    }
    stage.drain();
    let written = stage.client.statuses.len();
    let last = stage.client.statuses.last().ok_or("no status was written")?;
    let ended = last.conditions.last().map(|condition| condition.kind.as_str());
    same("condition", &ended, &case.want("condition").as_str())?;
    for pod in case.given("pods").as_array().into_iter().flatten() {
        stage.change_pod(pod, &changed(pod, &json!({ "finalizers": [] })))?;
    }
    stage.now = stage.controller.due(job.meta.uid, stage.now).ok_or("the Job is not queued again")?;
    stage.drain();
    same("created", &json!(stage.client.created.len()), case.want("creations"))?;
    same("written again", &json!(stage.client.statuses.len() - written), case.want("laterStatusUpdates"))
}

fn orphan(case: &Case) -> Result<(), String> {
    let mut stage = Stage::with_jobs(case, case.given("storedJobs"))?;
    stage.change_pod(&Value::Null, case.given("pod"))?;
    stage.drain();
    same("removed", &Some(stage.client.finalizers_removed > 0), &case.want("finalizerRemoved").as_bool())
}

fn watch(case: &Case) -> Result<(), String> {
    let mut stage = Stage::with_jobs(case, case.given("storedJobs"))?;
    if case.given("job").is_object() {
        stage.add_job(case.given("job"))?;
    } else {
        stage.change_pod(&Value::Null, case.given("pod"))?;
    }
    stage.now = stage.controller.next_due(stage.now).ok_or("nothing is queued")?;
    let record = stage.work().ok_or("nothing was synced")?;
    let synced = stage.jobs.iter().find(|job| job.meta.uid == record.job).map(|job| job.meta.key());
    same("synced", &synced.as_deref(), &case.want("syncedKey").as_str())
}

fn finalizer_cleanup(case: &Case) -> Result<(), String> {
    let mut stage = Stage::new(case);
    for step in case.given("steps").as_array().into_iter().flatten() {
        if step["createJob"] == Value::Bool(true) {
            stage.add_job(case.given("job"))?;
            stage.drain();
        }
        if let Some(wanted) = step["awaitPods"].as_u64() {
            let pods = std::mem::take(&mut stage.client.stored);
            same("pods", &(pods.len() as u64), &wanted)?;
            for pod in pods {
                stage.controller.on_pod(&Change::<Pod> { old: None, new: Some(pod) }, stage.now);
            }
        }
        if step["setCondition"].is_object() {
            let (old, mut job) = (stage.jobs[0].clone(), (*stage.jobs[0]).clone());
            let status = json!({ "status": { "conditions": [step["setCondition"]] } });
            job.status = stage.uids.job(&status)?.status;
            stage.change_job(old, job);
            stage.drain();
        }
    }
    same("removed", &Some(stage.client.finalizers_removed > 0), &case.want("podFinalizerRemoved").as_bool())
}

fn awaited_removals(case: &Case) -> Result<(), String> {
    let mut stage = Stage::new(case);
    let pods = case.given("pods").as_array().map(Vec::as_slice).unwrap_or_default();
    for pod in pods {
        stage.change_pod(&Value::Null, pod)?;
    }
    let job = stage.add_job(case.given("job"))?;
    let steps = case.given("steps").as_array().into_iter().flatten();
    for (step, wanted) in steps.zip(case.want("steps").as_array().into_iter().flatten()) {
        if step["sync"].is_object() {
            stage.now = stage.controller.due(job.meta.uid, stage.now).ok_or("the Job is not queued")?;
            stage.client.set_pod_error(pod_error(&step["sync"]));
            stage.work();
        }
        for event in step["podEvents"].as_array().into_iter().flatten() {
            let pod = pods.iter().find(|pod| pod["metadata"]["uid"] == event["pod"]).ok_or("no such pod")?;
            stage.change_pod(pod, &changed(pod, event))?;
        }
        let awaited: BTreeSet<Uid> = stage.controller.awaited_removals(job.meta.uid);
        let mut found = stage.uids.names(&awaited.into_iter().collect::<Vec<_>>());
        found.sort();
        same("awaited", &json!(found), &wanted["awaitedUids"])?;
    }
    Ok(())
}

/// With what all calls on pods fail in a step.
fn pod_error(step: &Value) -> Option<&'static str> {
    (step["podControlError"] == Value::Bool(true)).then_some("pod calls fail")
}

/// The pod after an event.
fn changed(pod: &Value, event: &Value) -> Value {
    if event["type"] == "Deleted" {
        return Value::Null;
    }
    let mut pod = pod.clone();
    for field in ["finalizers", "deletionTimestamp"] {
        if let Some(value) = event.get(field) {
            pod["metadata"][field] = value.clone();
        }
    }
    pod["metadata"]["resourceVersion"] = json!("1");
    pod
}
