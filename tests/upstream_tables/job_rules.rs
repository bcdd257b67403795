//! Small rules of the Job controller: conditions, newly ended pods, limits, whose pods are whose.

use std::collections::BTreeMap;
use std::rc::Rc;

use jobscope::api::{ConditionStatus, JobCondition, JobConditionType, Pod};
use jobscope::controllers::job::Tunables;
use jobscope::controllers::job::rules::{
    Cache, ConditionChange, SyncInput, ensure_condition, new_condition, observe, pods_for_job, split_by_backoff,
};
use jobscope::sim::Time;
use serde_json::{Value, json};

use super::fake_client::FakeClient;
use super::objects::{Absent, Uids, context, now, number, read, same_status};
use super::{Case, Outcome, same};

pub fn run(table: &str, case: &Case) -> Outcome {
    match table {
        "TestEnsureJobConditions" => Some(conditions(case)),
        "TestFinishedCondition" | "TestIsJobFinished" => Some(finished(case)),
        "TestIsJobSucceeded" => Some(succeeded(case)),
        "TestGetNewFinshedPods" => Some(new_finished_pods(case)),
        "TestGetPodCreationInfoForIndependentIndexes" => Some(creation_info(case)),
        "TestGetPodsForJob" => Some(claimed_pods(case)),
        _ => None,
    }
}

fn conditions(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let mut job = uids.job(&json!({ "status": { "conditions": case.given("conditions") } }))?;
    let text = |field: &str| case.given(field).as_str().unwrap_or_default().to_owned();
    let kind = JobConditionType::parse(&text("type")).ok_or("unknown type of condition")?;
    let status = ConditionStatus::parse(&text("status"));
    let wanted = new_condition(kind, status, text("reason"), text("message"), Time::default());
    let change = ensure_condition(&mut job.status.conditions, wanted);
    same("updated", &Some(change == ConditionChange::Changed), &case.want("updated").as_bool())?;
    same_status(&job.status, &json!({ "conditions": case.want("conditions") }), &uids, Absent::IsAbsent)
}

fn finished(case: &Case) -> Result<(), String> {
    let job = Uids::default().job(case.given("job"))?;
    same("finished", &Some(job.is_finished()), &case.want("finished").as_bool())?;
    let Some(wanted) = case.want("conditionType").as_str() else { return Ok(()) };
    let ends = |kind| matches!(kind, JobConditionType::Complete | JobConditionType::Failed);
    let holds = |condition: &&JobCondition| ends(condition.kind) && condition.status == ConditionStatus::True;
    let found = job.status.conditions.iter().find(holds);
    same("condition", &found.map_or("", |condition| condition.kind.as_str()), &wanted)
}

fn succeeded(case: &Case) -> Result<(), String> {
    let job = Uids::default().job(case.given("job"))?;
    same("succeeded", &Some(job.has_condition(JobConditionType::Complete)), &case.want("succeeded").as_bool())
}

fn new_finished_pods(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let found = observe(SyncInput {
        job: uids.job(case.given("job"))?,
        pods: uids.pods(case.given("pods"))?,
        pending_expectations: None,
        expected_removals: uids.list(case.given("expectedRmFinalizers")).into_iter().collect(),
        backoff: Default::default(),
        gates: case.gates(),
        tunables: Tunables::default(),
        now: now(case),
    });
    let wanted = (number(case.want("succeeded")), number(case.want("failed")));
    same("succeeded and failed", &(found.succeeded, found.failed), &wanted)
}

fn creation_info(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let mut last_failed: BTreeMap<u32, Rc<Pod>> = BTreeMap::new();
    for (index, pod) in case.given("podsWithDelayedDeletionPerIndex").as_object().into_iter().flatten() {
        last_failed.insert(index.parse().map_err(|_| format!("{index}: no index"))?, uids.pod(pod)?);
    }
    let mut context = context(uids.job(&json!({}))?, Vec::new(), case.gates(), now(case));
    context.delayed_deletion = last_failed;
    let indexes: Vec<u32> = read(case.given("indexesToAdd"))?;
    let (free, wait_ms) = split_by_backoff(&indexes, &context);
    same("indexes", &free, &read(case.want("indexesToAdd"))?)?;
    let wait_ms = wait_ms.filter(|_| free.is_empty()).unwrap_or(0);
    same("remaining milliseconds", &wait_ms, &(i64::from(number(case.want("remainingSeconds"))) * 1_000))
}

fn claimed_pods(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let job = Rc::new(uids.job(case.given("job"))?);
    let mut cache = Cache::default();
    for cached in [case.given("cachedJob"), case.given("otherJob")] {
        let cached = uids.job(cached)?;
        cache.put_job(Rc::new(cached));
    }
    for pod in uids.pods(case.given("pods"))? {
        cache.put_pod(pod);
    }
    let mut client = FakeClient::default();
    client.jobs.push(job.clone());
    let claimed = pods_for_job(&job, &cache, &mut client).map_err(|error| error.to_string())?;
    let names = |wanted: &dyn Fn(&Pod) -> bool| {
        let mut names: Vec<_> = claimed.iter().filter(|pod| wanted(pod)).map(|pod| pod.meta.name.to_string()).collect();
        names.sort();
        json!(names)
    };
    same("pods", &names(&|_| true), case.want("pods"))?;
    let tracked = |pod: &Pod| pod.meta.has_finalizer(jobscope::api::job::JOB_TRACKING_FINALIZER);
    match case.want("podsWithFinalizer") {
        Value::Null => Ok(()),
        wanted => same("pods with finalizer", &names(&tracked), wanted),
    }
}
