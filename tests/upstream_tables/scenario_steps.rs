//! What the steps of a script do to the cluster.

use super::scenarios::{Script, create_cron_job, create_job, keys, only};
use jobscope::api::job::JOB_TRACKING_FINALIZER;
use jobscope::api::meta::Propagation;
use jobscope::api::pod::{ContainerState, ContainerStatus, Pod, PodCondition, PodPhase, PodStatus, Terminated};
use jobscope::api::types::{batch, core};
use jobscope::api::{ConditionStatus, Gate, GateState, PodConditionType, Uid, wire};
use jobscope::apiserver::{ApiError, DeleteGrace, NewPod};
use jobscope::controllers::job::Metrics;
use jobscope::sim::Time;
use serde_json::Value;
use std::rc::Rc;

const RETRY_S: f64 = 300.0;

/// What steps may say.
const KEYS: [&str; 24] = [
    "condition",
    "count",
    "do",
    "finalizers",
    "finishedAt",
    "gates",
    "graceSeconds",
    "index",
    "job",
    "manifest",
    "merge",
    "note",
    "patch",
    "phase",
    "pod",
    "prefix",
    "propagation",
    "resetMetrics",
    "retry",
    "seconds",
    "status",
    "wantError",
    "wantErrorReason",
    "which",
];

pub fn act(script: &mut Script, step: &Value) -> Result<(), String> {
    only("key", keys(step), &KEYS)?;
    match step["do"].as_str().unwrap_or_default() {
        "setPhase" | "setPhaseForIndex" | "setPodStatus" => set_status(script, step),
        "setRemaining" => {
            let going = |pod: &&Rc<Pod>| matches!(pod.status.phase, PodPhase::Pending | PodPhase::Running);
            let pods: Vec<_> = script.pods(step).iter().filter(going).cloned().collect();
            pods.iter().try_for_each(|pod| write_status(script, pod, step))
        }
        "setReady" => set_ready(script, step),
        "addPodCondition" => add_condition(script, step),
        "failTerminatingPods" => fail_terminating(script, step),
        "removePodFinalizers" => remove_finalizers(script, step),
        "deletePods" => delete_pods(script, step),
        "waitPodFinalizersGone" => script.until(RETRY_S, |script| {
            let free = pod_at(script, step)?.meta.finalizers.is_empty();
            if free { Ok(()) } else { Err("the pod keeps its finalizers".to_owned()) }
        }),
        "createPod" => create_pod(script, step),
        "createJob" => create_job(script, &step["manifest"]).map(|name| script.main_job = name),
        "createCronJob" => create_cron_job(script, &step["manifest"]),
        "updateJob" => update_job(script, step),
        "setJobStatus" => set_job_status(script, step),
        "deleteJob" => delete_job(script, step),
        "stopController" => {
            script.counted_before = script.counted();
            script.cluster.stop_job_controller();
            Ok(())
        }
        "startController" | "restartController" => {
            set_gates(script, step)?;
            let resets = step["resetMetrics"] == Value::Bool(true);
            script.counted_before = if resets { Metrics::default() } else { script.counted() };
            script.cluster.restart_job_controller();
            Ok(())
        }
        "setGates" => set_gates(script, step),
        "advance" => {
            script.advance_ms((step["seconds"].as_f64().unwrap_or(0.0) * 1000.0) as i64);
            Ok(())
        }
        other => Err(format!("step {other:?} is not known")),
    }
}

fn is_going(pod: &Pod) -> bool {
    !matches!(pod.status.phase, PodPhase::Failed | PodPhase::Succeeded)
}

/// Writes a status to `count` pods, to the pod of an index or to the pod at a position.
fn set_status(script: &mut Script, step: &Value) -> Result<(), String> {
    if step["pod"].is_u64() {
        let pod = pod_at(script, step)?;
        return write_status(script, &pod, step);
    }
    let mut left = step["count"].as_u64().unwrap_or(1) as usize;
    let patience_s = if step["retry"] == true { RETRY_S } else { 0.0 };
    script.until(patience_s, |script| {
        let index = step["index"].as_u64().map(|index| index as u32);
        let wanted = |pod: &&Rc<Pod>| is_going(pod) && (index.is_none() || pod.completion_index == index);
        let pods: Vec<_> = script.pods(step).iter().filter(wanted).take(left).cloned().collect();
        for pod in &pods {
            write_status(script, pod, step)?;
        }
        left -= pods.len();
        if left == 0 { Ok(()) } else { Err(format!("{left} pods are missing to write a status to")) }
    })
}

fn write_status(script: &mut Script, pod: &Pod, step: &Value) -> Result<(), String> {
    let now = script.cluster.now();
    let status = match step.get("status") {
        Some(parts) if step["merge"] == true => {
            let mut status = serde_json::to_value(wire::pod_to_wire(pod).status).expect("a status can be written");
            merge_patch(&mut status, parts);
            pod_status(&status)?
        }
        Some(status) => pod_status(status)?,
        None => PodStatus { phase: phase(step)?, ..pod.status.clone() },
    };
    let finished_now = step["finishedAt"] == "now";
    update_pod(script, pod, |pod| {
        pod.status = status;
        if finished_now {
            pod.status.containers = vec![ended(now)];
        }
    })
}

fn ended(now: Time) -> ContainerStatus {
    let finished_at = Some(now.truncated_to_second());
    ContainerStatus {
        name: "".into(),
        ready: false,
        started: false,
        restart_count: 0,
        state: ContainerState::Terminated(Rc::new(Terminated { finished_at, ..Default::default() })),
        last_termination: None,
    }
}

fn phase(step: &Value) -> Result<PodPhase, String> {
    step["phase"].as_str().map(PodPhase::parse).ok_or_else(|| "no phase".to_owned())
}

fn pod_status(value: &Value) -> Result<PodStatus, String> {
    let status: core::PodStatus = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    Ok(wire::pod_status(&status))
}

fn set_ready(script: &mut Script, step: &Value) -> Result<(), String> {
    let count = step["count"].as_u64().unwrap_or(0) as usize;
    let pods: Vec<_> =
        script.pods(step).iter().filter(|pod| is_going(pod) && !pod.is_ready()).take(count).cloned().collect();
    if pods.len() < count {
        return Err(format!("{} pods to make ready, wanted {count}", pods.len()));
    }
    let ready = PodCondition {
        kind: PodConditionType::Ready,
        status: ConditionStatus::True,
        reason: "".into(),
        message: None,
        last_transition_time: None,
    };
    pods.iter().try_for_each(|pod| update_pod(script, pod, |pod| pod.status.conditions.push(ready.clone())))
}

fn add_condition(script: &mut Script, step: &Value) -> Result<(), String> {
    let pod = pod_at(script, step)?;
    let status = serde_json::json!({"conditions": [step["condition"]]});
    let condition = pod_status(&status)?.conditions;
    update_pod(script, &pod, |pod| pod.status.conditions.extend(condition))
}

fn fail_terminating(script: &mut Script, step: &Value) -> Result<(), String> {
    for pod in script.pods(step).iter().filter(|pod| pod.meta.deletion_time.is_some()) {
        update_pod(script, pod, |pod| pod.status.phase = PodPhase::Failed)?;
    }
    Ok(())
}

fn remove_finalizers(script: &mut Script, step: &Value) -> Result<(), String> {
    let names: Vec<&str> = step["finalizers"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for pod in script.pods(step) {
        update_pod(script, &pod, |pod| names.iter().for_each(|name| pod.meta.remove_finalizer(name)))?;
    }
    Ok(())
}

fn delete_pods(script: &mut Script, step: &Value) -> Result<(), String> {
    let pods: Vec<Rc<Pod>> = match step["which"].as_str() {
        Some("all") => script.cluster.api().pods().cloned().collect(),
        Some("index") => {
            let index = step["index"].as_u64().map(|index| index as u32);
            script.pods(step).into_iter().filter(|pod| pod.completion_index == index).take(1).collect()
        }
        _ => vec![pod_at(script, step)?],
    };
    let grace = step["graceSeconds"].as_i64().map_or(DeleteGrace::Default, DeleteGrace::Seconds);
    pods.iter().try_for_each(|pod| done(script.cluster.with_api(|api| api.delete_pod(pod.meta.uid, grace))))
}

fn create_pod(script: &mut Script, step: &Value) -> Result<(), String> {
    let job = script.job(step)?;
    let finalizers = step["finalizers"].as_array().into_iter().flatten();
    let pod = NewPod {
        namespace: job.meta.namespace.clone(),
        generate_name: step["prefix"].as_str().unwrap_or("pod").into(),
        template: job.spec.template.clone(),
        labels: job.spec.template.labels.clone(),
        annotations: job.spec.template.annotations.clone(),
        finalizers: finalizers.filter_map(Value::as_str).map(|name| name.to_owned().into()).collect(),
        owner_references: [jobscope::controllers::job::controller_reference(&job)].into(),
        completion_index: None,
        hostname: None,
    };
    done(script.cluster.with_api(|api| api.create_pod(pod)).map(|_| ()))
}

fn update_job(script: &mut Script, step: &Value) -> Result<(), String> {
    let uid = script.job(step)?.meta.uid;
    only("part of a patch", keys(&step["patch"]), &["spec"])?;
    let patch = step["patch"]["spec"].clone();
    let result = script.cluster.with_api(|api| {
        api.update_job_spec(uid, |spec| {
            let mut value = serde_json::to_value(&*spec).expect("a spec can be written");
            merge_patch(&mut value, &patch);
            *spec = serde_json::from_value(value).expect("a patched spec can be read");
        })
    });
    match (result, step["wantError"].as_str()) {
        (Ok(_), None) => Ok(()),
        (Err(error), None) => Err(error.to_string()),
        (Ok(_), Some(wanted)) => Err(format!("the update was accepted, but {wanted:?} was to refuse it")),
        (Err(error), Some(wanted)) => {
            let reason = step["wantErrorReason"].as_str().is_none_or(|reason| reason == status_reason(&error));
            let fits = reason && (wanted == "any" || error.to_string().contains(wanted));
            if fits { Ok(()) } else { Err(format!("refused with {error}, wanted {wanted:?}")) }
        }
    }
}

/// The reason in the status that the API server answers a refused call with.
fn status_reason(error: &ApiError) -> &'static str {
    match error {
        ApiError::NotFound { .. } => "NotFound",
        ApiError::AlreadyExists { .. } => "AlreadyExists",
        ApiError::Conflict { .. } => "Conflict",
        ApiError::NamespaceTerminating { .. } => "Forbidden",
        ApiError::Invalid { .. } => "Invalid",
        ApiError::Internal(_) => "InternalError",
    }
}

/// RFC 7386.
fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Default::default());
    }
    let target = target.as_object_mut().expect("it is an object now");
    for (key, value) in fields {
        if value.is_null() {
            target.remove(key);
        } else {
            merge_patch(target.entry(key).or_insert(Value::Null), value);
        }
    }
}

fn set_job_status(script: &mut Script, step: &Value) -> Result<(), String> {
    let job = script.job(step)?;
    let now = script.cluster.now().to_string();
    let text = step["status"].to_string().replace("\"now\"", &format!("{now:?}"));
    let given: batch::JobStatus = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let mut parts: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    parts.as_object_mut().ok_or("no status")?.remove("conditions");
    let mut status = serde_json::to_value(wire::job_status_to_wire(&job.status)).expect("a status can be written");
    merge_patch(&mut status, &parts);
    let mut status: batch::JobStatus = serde_json::from_value(status).map_err(|error| error.to_string())?;
    status.conditions.get_or_insert_default().extend(given.conditions.into_iter().flatten());
    let mut merged = wire::job_status(&status, &mut |_| Uid::default());
    if parts["uncountedTerminatedPods"].is_null() {
        merged.uncounted_terminated_pods = job.status.uncounted_terminated_pods.clone();
    }
    let (uid, version) = (job.meta.uid, job.meta.resource_version);
    done(script.cluster.with_api(|api| api.update_job_status(uid, version, merged)).map(|_| ()))
}

fn delete_job(script: &mut Script, step: &Value) -> Result<(), String> {
    let uid = script.job(step)?.meta.uid;
    let propagation = match step["propagation"].as_str() {
        Some("Foreground") => Propagation::Foreground,
        Some("Background") => Propagation::Background,
        // What the API server does for batch/v1 when a caller names no policy; kubectl always names one.
        _ => Propagation::Orphan,
    };
    done(script.cluster.with_api(|api| api.delete_job(uid, propagation)))
}

fn set_gates(script: &mut Script, step: &Value) -> Result<(), String> {
    for (name, enabled) in step["gates"].as_object().into_iter().flatten() {
        let gate = Gate::try_from(name.clone())?;
        script.cluster.set_gate(gate, if *enabled == true { GateState::On } else { GateState::Off });
    }
    Ok(())
}

/// The pod that stood at that place when it was first meant.
fn pod_at(script: &mut Script, step: &Value) -> Result<Rc<Pod>, String> {
    let place = step["pod"].as_u64().unwrap_or(0);
    let uid = match script.places.get(&place) {
        Some(uid) => *uid,
        None => script.pods(step).get(place as usize).ok_or("there is no pod at that place")?.meta.uid,
    };
    script.places.insert(place, uid);
    script.cluster.api().pod(uid).cloned().ok_or_else(|| format!("pod {place} is gone"))
}

fn update_pod(script: &mut Script, pod: &Pod, change: impl FnOnce(&mut Pod)) -> Result<(), String> {
    done(script.cluster.with_api(|api| api.update_pod(pod.meta.uid, change)))
}

fn done(result: Result<(), ApiError>) -> Result<(), String> {
    result.map_err(|error| error.to_string())
}

/// Whether the pod still waits to be counted.
pub fn is_tracked(pod: &Pod) -> bool {
    pod.meta.has_finalizer(JOB_TRACKING_FINALIZER)
}
