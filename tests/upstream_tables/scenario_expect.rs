//! What a script expects of the cluster: every named key must hold at the same time.

use super::scenario_steps::is_tracked;
use super::scenarios::Script;
use jobscope::api::event::EventSource;
use jobscope::api::job::{JOB_COMPLETION_INDEX, JOB_INDEX_FAILURE_COUNT, Job, JobStatus};
use jobscope::api::pod::Pod;
use jobscope::api::{JobConditionType, ObjectMeta, wire};
use jobscope::controllers::job::Metrics;
use serde_json::{Value, json};
use std::rc::Rc;

/// Which events of the Job controller have been looked at already.
#[derive(Default)]
pub struct Events {
    seen: usize,
}

pub fn check(script: &mut Script, step: &Value, expected: &Value) -> Result<(), String> {
    for (key, wanted) in expected.as_object().into_iter().flatten() {
        check_key(script, step, expected, key, wanted).map_err(|why| format!("{key}: {why}"))?;
    }
    if expected.get("events").is_some() {
        script.events.seen = reasons(script, step).len();
    }
    Ok(())
}

fn check_key(script: &Script, step: &Value, expected: &Value, key: &str, wanted: &Value) -> Result<(), String> {
    let pods = script.pods(step);
    let active: Vec<&Rc<Pod>> = pods.iter().filter(|pod| !pod.is_terminal()).collect();
    let status = || script.job(step).map(|job| job.status.clone());
    match key {
        "withinSeconds" | "conditionsExact" => Ok(()),
        "active" => same(&counter(status()?.active), &counter_wanted(wanted)),
        "failed" => same(&counter(status()?.failed), &counter_wanted(wanted)),
        "succeeded" => same(&counter(status()?.succeeded), &counter_wanted(wanted)),
        "ready" => same(&json!(status()?.ready), wanted),
        "terminating" => same(&json!(status()?.terminating), wanted),
        "completedIndexes" => same(&*status()?.completed_indexes, wanted.as_str().unwrap_or_default()),
        "failedIndexes" => same(&json!(status()?.failed_indexes), wanted),
        "startTime" => same(&json!(status()?.start_time.map_or("unset", |_| "set")), wanted),
        "statusEmpty" => same(&json!(status()? == JobStatus::default()), wanted),
        "conditions" => check_conditions(&*script.job(step)?, wanted, &expected["conditionsExact"]),
        "conditionsAbsent" => check_absent(&*script.job(step)?, wanted),
        "events" => check_events(script, step, wanted),
        "metrics" => check_metrics(&script.counted(), wanted),
        "activePods" => same(&json!(active.len()), wanted),
        "activePodsHaveFinalizer" => same(&json!(active.iter().all(|pod| is_tracked(pod))), wanted),
        "activePodsWithFinalizer" => same(&json!(active.iter().filter(|pod| is_tracked(pod)).count()), wanted),
        "activeIndexes" => {
            let mut indexes: Vec<_> = active.iter().filter_map(|pod| pod.completion_index).collect();
            indexes.sort_unstable();
            same(&json!(indexes), wanted)
        }
        "hostnames" => same(&json!(active.iter().all(|pod| has_hostname(pod))), wanted),
        "indexLabel" => same(&json!(active.iter().all(|pod| has_index_label(pod))), wanted),
        "pods" => same(&json!(pods.len()), wanted),
        "podsWithFinalizer" => same(&json!(pods.iter().filter(|pod| is_tracked(pod)).count()), wanted),
        "podFinalizers" => same(&json!(first(&pods)?.meta.finalizers), wanted),
        "podNodeSelector" => same(&wire_spec(first(&pods)?)["nodeSelector"], wanted),
        "podResources" => check_resources(&pods, wanted),
        "jobs" => same(&json!(script.cluster.api().jobs().count()), wanted),
        "jobOwnerKind" => {
            let jobs: Vec<_> = script.cluster.api().jobs().collect();
            check_owners(jobs.iter().map(|job| &job.meta), wanted)
        }
        "podOwnerKind" => check_owners(pods.iter().map(|pod| &pod.meta), wanted),
        "indexFailureCount" => check_failure_count(&active, wanted),
        "backoff" => check_backoff(script, step, wanted),
        other => Err(format!("expectation {other:?} is not known")),
    }
}

/// Each has one owner, of that kind, and there are some.
fn check_owners<'a>(objects: impl Iterator<Item = &'a ObjectMeta>, wanted: &Value) -> Result<(), String> {
    let owners =
        |meta: &ObjectMeta| -> Vec<_> { meta.owner_references.iter().map(|owner| owner.kind.clone()).collect() };
    let found: Vec<_> = objects.map(owners).collect();
    let holds = !found.is_empty() && found.iter().all(|kinds| json!(kinds) == json!([wanted]));
    if holds { Ok(()) } else { Err(format!("found {found:?}, wanted {wanted}")) }
}

fn check_conditions(job: &Job, wanted: &Value, exact: &Value) -> Result<(), String> {
    let found: Vec<Value> = job
        .status
        .conditions
        .iter()
        .map(|condition| {
            json!({"type": condition.kind.as_str(), "status": condition.status.as_str(),
                   "reason": condition.reason, "message": condition.message})
        })
        .collect();
    let fits = |wanted: &Value, found: &Value| {
        wanted.as_object().into_iter().flatten().all(|(key, value)| found[key] == *value)
    };
    let wanted: Vec<&Value> = wanted.as_array().into_iter().flatten().collect();
    let holds = match exact == true {
        true => wanted.len() == found.len() && wanted.iter().zip(&found).all(|(wanted, found)| fits(wanted, found)),
        false => wanted.iter().all(|wanted| found.iter().any(|found| fits(wanted, found))),
    };
    if holds { Ok(()) } else { Err(format!("found {found:?}, wanted {wanted:?}")) }
}

fn check_absent(job: &Job, wanted: &Value) -> Result<(), String> {
    let kinds = wanted.as_array().into_iter().flatten().filter_map(Value::as_str).filter_map(JobConditionType::parse);
    match kinds.into_iter().find(|kind| job.condition(*kind).is_some()) {
        Some(kind) => Err(format!("{} is there", kind.as_str())),
        None => Ok(()),
    }
}
fn check_metrics(counted: &Metrics, wanted: &Value) -> Result<(), String> {
    for line in wanted.as_array().into_iter().flatten() {
        let name = line["name"].as_str().unwrap_or_default();
        let labels: Vec<&str> = line["labels"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        same(&json!(counted.count(name, &labels)), &line["value"])
            .map_err(|why| format!("{name} {labels:?}: {why}"))?;
    }
    Ok(())
}

fn check_events(script: &Script, step: &Value, wanted: &Value) -> Result<(), String> {
    let found = reasons(script, step);
    let new = &found[script.events.seen.min(found.len())..];
    let missing = wanted.as_array().into_iter().flatten().find(|reason| !new.iter().any(|found| found == reason));
    match missing {
        Some(reason) => Err(format!("no event {reason} among {new:?}")),
        None => Ok(()),
    }
}

/// Reasons of the Job controller's events about the Job, one for each time it was said.
fn reasons(script: &Script, step: &Value) -> Vec<&'static str> {
    let Ok(job) = script.job(step) else { return Vec::new() };
    let of_job = |event: &&jobscope::cluster::TraceEntry| match &event.event {
        jobscope::cluster::TraceEvent::Event(event) => {
            event.object_uid == job.meta.uid && event.source == EventSource::JobController
        }
        _ => false,
    };
    let entries = script.cluster.trace().filter(of_job);
    entries
        .filter_map(|entry| match &entry.event {
            jobscope::cluster::TraceEvent::Event(event) => Some(event.reason.as_str()),
            _ => None,
        })
        .collect()
}

fn has_hostname(pod: &Pod) -> bool {
    let name = pod.meta.labels.get("batch.kubernetes.io/job-name");
    let wanted = name.zip(pod.completion_index).map(|(name, index)| format!("{name}-{index}"));
    pod.hostname.as_deref() == wanted.as_deref()
}

fn has_index_label(pod: &Pod) -> bool {
    let label = pod.meta.labels.get(JOB_COMPLETION_INDEX);
    label.is_some() && label == pod.meta.annotations.get(JOB_COMPLETION_INDEX)
}

fn check_resources(pods: &[Rc<Pod>], wanted: &Value) -> Result<(), String> {
    for pod in pods {
        for container in wire_spec(pod)["containers"].as_array().into_iter().flatten() {
            same(&container["resources"], wanted)?;
        }
    }
    first(pods).map(|_| ())
}

fn check_failure_count(active: &[&Rc<Pod>], wanted: &Value) -> Result<(), String> {
    let index = wanted["index"].as_u64().map(|index| index as u32);
    let pod = active.iter().find(|pod| pod.completion_index == index).ok_or("no active pod of that index")?;
    let count = pod.meta.annotations.get(JOB_INDEX_FAILURE_COUNT).map(|count| count.to_string());
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    same(&count, &Some(text(&wanted["count"])))
}

/// The time between the end of each pod and the creation of the next, in seconds.
fn check_backoff(script: &Script, step: &Value, wanted: &Value) -> Result<(), String> {
    let job = script.job(step)?;
    let index = wanted["index"].as_u64().map(|index| index as u32);
    let records: Vec<_> =
        script.cluster.history().of_job(job.meta.uid).filter(|pod| index.is_none() || pod.index == index).collect();
    for (place, gap) in wanted["gaps"].as_array().into_iter().flatten().enumerate() {
        let (Some(before), Some(after)) = (records.get(place), records.get(place + 1)) else {
            return Err(format!("{} pods so far", records.len()));
        };
        let ended = before.ended_at.ok_or("a pod has not ended")?.truncated_to_second();
        let seconds = after.created_at.truncated_to_second().ms_since(ended) as f64 / 1000.0;
        let (low, high) = (gap[0].as_f64().unwrap_or(0.0), gap[1].as_f64().unwrap_or(f64::MAX));
        if seconds < low || seconds >= high {
            return Err(format!("gap {place} is {seconds} s, wanted {low} to {high}"));
        }
    }
    Ok(())
}

fn first(pods: &[Rc<Pod>]) -> Result<&Rc<Pod>, String> {
    pods.first().ok_or_else(|| "there is no pod".to_owned())
}

fn wire_spec(pod: &Pod) -> Value {
    serde_json::to_value(wire::pod_to_wire(pod).spec).expect("a spec can be written")
}

/// A counter that is zero is absent.
fn counter(count: i32) -> Value {
    json!(count)
}

fn counter_wanted(wanted: &Value) -> Value {
    if wanted.is_null() { json!(0) } else { wanted.clone() }
}

fn same<T: PartialEq + std::fmt::Debug + ?Sized>(found: &T, wanted: &T) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("found {found:?}, wanted {wanted:?}")) }
}
