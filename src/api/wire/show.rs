//! From the simulator's objects to wire objects, made only when someone looks.

use super::qos::qos_class;
use super::scheduling::added_tolerations;

use crate::api::defaults::set_defaults_host_ports;
use crate::api::job::UncountedTerminatedPods;
use crate::api::meta::{BlockOwnerDeletion, OwnerReference, OwnerRole};
use crate::api::pod::{ContainerState, Terminated};
use crate::api::types::meta as wire;
use crate::api::types::{batch, core};
use crate::api::{
    Container, ContainerStatus, CronJob, Job, JobCondition, JobReference, JobStatus, Labels, ObjectMeta, Pod,
    PodCondition, Text, Uid, strategy,
};
use crate::sim::{Time, gather};
use std::collections::BTreeMap;

/// The whole Job as the API server would return it.
pub fn job_to_wire(job: &Job) -> batch::Job {
    batch::Job {
        metadata: meta(&job.meta),
        spec: Some(job_spec_to_wire(job)),
        status: Some(job_status_to_wire(&job.status)),
    }
}

/// Jobs of one CronJob share what people wrote; what was generated for this one is added here.
fn job_spec_to_wire(job: &Job) -> batch::JobSpec {
    let mut spec = (*job.wire).clone();
    let is_shared = spec.selector.is_none() && !job.spec.selector.match_labels.is_empty();
    if is_shared && spec.manual_selector != Some(true) {
        strategy::generate_selector(&mut spec, &job.meta.name, &job.meta.uid.to_string());
    }
    spec
}

/// The status of a Job; zero counters are absent, as the API prints them.
pub fn job_status_to_wire(status: &JobStatus) -> batch::JobStatus {
    let counter = |count: i32| (count != 0).then_some(count);
    let uids = |list: &[Uid]| (!list.is_empty()).then(|| list.iter().map(Uid::to_string).collect());
    let uncounted = |pods: &UncountedTerminatedPods| batch::UncountedTerminatedPods {
        succeeded: uids(&pods.succeeded),
        failed: uids(&pods.failed),
    };
    batch::JobStatus {
        active: counter(status.active),
        completed_indexes: (!status.completed_indexes.is_empty()).then(|| status.completed_indexes.clone()),
        completion_time: status.completion_time.map(time),
        conditions: list(&status.conditions, job_condition),
        failed: counter(status.failed),
        failed_indexes: status.failed_indexes.clone(),
        ready: status.ready,
        start_time: status.start_time.map(time),
        succeeded: counter(status.succeeded),
        terminating: status.terminating,
        uncounted_terminated_pods: status.uncounted_terminated_pods.as_ref().map(uncounted),
    }
}

/// The whole CronJob as the API server would return it.
pub fn cron_job_to_wire(cron_job: &CronJob) -> batch::CronJob {
    let status = &cron_job.status;
    batch::CronJob {
        metadata: meta(&cron_job.meta),
        spec: (*cron_job.wire).clone(),
        status: Some(batch::CronJobStatus {
            active: list(&status.active, job_reference),
            last_schedule_time: status.last_schedule_time.map(time),
            last_successful_time: status.last_successful_time.map(time),
        }),
    }
}

fn job_reference(job: &JobReference) -> core::ObjectReference {
    core::ObjectReference {
        api_version: Some("batch/v1".to_owned()),
        kind: Some("Job".to_owned()),
        namespace: Some(job.namespace.to_string()),
        name: Some(job.name.to_string()),
        uid: Some(job.uid.to_string()),
        resource_version: (job.resource_version > 0).then(|| job.resource_version.to_string()),
        ..Default::default()
    }
}

/// The whole pod as the API server would return it.
pub fn pod_to_wire(pod: &Pod) -> core::Pod {
    let mut spec = (*pod.template.wire).clone().spec.unwrap_or_default();
    set_defaults_host_ports(&mut spec);
    spec.node_name = pod.node.as_ref().map(ToString::to_string);
    let added: Vec<core::Toleration> = added_tolerations(&spec).collect();
    spec.tolerations.get_or_insert_default().extend(added);
    spec.priority = Some(pod.template.scheduling.priority);
    spec.hostname = pod.hostname.as_ref().map(ToString::to_string).or(spec.hostname);
    let mut status = pod_status(pod);
    status.qos_class = Some(qos_class(&spec).to_owned());
    show_addresses(&mut status, pod, &spec);
    core::Pod { metadata: meta(&pod.meta), spec: Some(spec), status: Some(status) }
}

/// The kubelet tells the address of its node as soon as it has seen the pod, and that of the pod when it tells of a
/// container for which the network had to be there.
// Models pkg/kubelet/kubelet_pods.go generateAPIPodStatus
fn show_addresses(status: &mut core::PodStatus, pod: &Pod, spec: &core::PodSpec) {
    let Some(host_ip) = pod.host_ip().filter(|_| pod.status.start_time.is_some()) else { return };
    let has_begun = |container: &ContainerStatus| match &container.state {
        ContainerState::Waiting { reason, .. } => !["ContainerCreating", "PodInitializing"].contains(&&**reason),
        ContainerState::Running { .. } | ContainerState::Terminated(_) => true,
    };
    let mut containers = pod.status.init_containers.iter().chain(&pod.status.containers);
    let pod_ip = match containers.any(has_begun) {
        _ if spec.host_network == Some(true) => Some(host_ip.clone()),
        true => pod.ip(),
        false => None,
    };
    status.host_ips = Some(vec![core::HostIP { ip: host_ip.clone() }]);
    status.host_ip = Some(host_ip);
    status.pod_ips = pod_ip.clone().map(|ip| vec![core::PodIP { ip }]);
    status.pod_ip = pod_ip;
}

fn pod_status(pod: &Pod) -> core::PodStatus {
    let (status, template) = (&pod.status, &pod.template);
    core::PodStatus {
        phase: Some(status.phase.as_str().to_owned()),
        conditions: list(&status.conditions, pod_condition),
        start_time: status.start_time.map(time),
        reason: text(&status.reason),
        message: text(&status.message),
        nominated_node_name: status.nominated_node.as_ref().map(ToString::to_string),
        init_container_statuses: list(&status.init_containers, |own| container_status(own, &template.init_containers)),
        container_statuses: list(&status.containers, |own| container_status(own, &template.containers)),
        ..Default::default()
    }
}

fn container_status(status: &ContainerStatus, containers: &[Container]) -> core::ContainerStatus {
    let image = containers.iter().find(|container| container.name == status.name).map(|container| &*container.image);
    let last = status
        .last_termination
        .as_ref()
        .map(|last| core::ContainerState { terminated: Some(terminated(last)), ..Default::default() });
    core::ContainerStatus {
        name: status.name.to_string(),
        image: image.unwrap_or_default().to_owned(),
        ready: status.ready,
        restart_count: status.restart_count,
        started: Some(status.started),
        state: Some(container_state(&status.state)),
        last_state: last,
        ..Default::default()
    }
}

fn container_state(state: &ContainerState) -> core::ContainerState {
    let mut shown = core::ContainerState::default();
    match state {
        ContainerState::Waiting { reason, message } => {
            shown.waiting = Some(core::ContainerStateWaiting { reason: text(reason), message: text(message) });
        }
        ContainerState::Running { started_at } => {
            shown.running = Some(core::ContainerStateRunning { started_at: started_at.map(time) });
        }
        ContainerState::Terminated(ended) => shown.terminated = Some(terminated(ended)),
    }
    shown
}

fn terminated(ended: &Terminated) -> core::ContainerStateTerminated {
    core::ContainerStateTerminated {
        exit_code: ended.exit_code,
        reason: text(&ended.reason),
        message: text(&ended.message),
        started_at: ended.started_at.map(time),
        finished_at: ended.finished_at.map(time),
        ..Default::default()
    }
}

fn job_condition(condition: &JobCondition) -> batch::JobCondition {
    batch::JobCondition {
        type_: condition.kind.as_str().to_owned(),
        status: condition.status.as_str().to_owned(),
        reason: text(&condition.reason),
        message: text(&condition.message),
        last_probe_time: condition.last_probe_time.map(time),
        last_transition_time: condition.last_transition_time.map(time),
    }
}

fn pod_condition(condition: &PodCondition) -> core::PodCondition {
    core::PodCondition {
        type_: condition.kind.as_str().to_owned(),
        status: condition.status.as_str().to_owned(),
        reason: text(&condition.reason),
        message: condition.message.as_deref().map(str::to_owned),
        last_transition_time: condition.last_transition_time.map(time),
        ..Default::default()
    }
}

fn meta(meta: &ObjectMeta) -> wire::ObjectMeta {
    wire::ObjectMeta {
        name: Some(meta.name.to_string()),
        namespace: Some(meta.namespace.to_string()),
        uid: Some(meta.uid.to_string()),
        resource_version: Some(meta.resource_version.to_string()),
        generation: (meta.generation > 0).then_some(meta.generation),
        creation_timestamp: meta.creation_time.map(time),
        deletion_timestamp: meta.deletion_time.map(time),
        deletion_grace_period_seconds: meta.deletion_grace_s,
        labels: labels(&meta.labels),
        annotations: labels(&meta.annotations),
        finalizers: list(&meta.finalizers, |finalizer| finalizer.to_string()),
        owner_references: list(&meta.owner_references, owner_reference),
        ..Default::default()
    }
}

fn owner_reference(owner: &OwnerReference) -> wire::OwnerReference {
    wire::OwnerReference {
        api_version: owner.api_version.to_string(),
        kind: owner.kind.to_string(),
        name: owner.name.to_string(),
        uid: owner.uid.to_string(),
        controller: (owner.role == OwnerRole::Controller).then_some(true),
        block_owner_deletion: (owner.blocks_deletion == BlockOwnerDeletion::Yes).then_some(true),
    }
}

fn labels(labels: &Labels) -> Option<BTreeMap<String, String>> {
    let shown = || gather(labels.iter().map(|label| (label.0.to_string(), label.1.to_string())));
    (!labels.is_empty()).then(shown)
}

fn list<T, U>(items: &[T], show: impl FnMut(&T) -> U) -> Option<Vec<U>> {
    (!items.is_empty()).then(|| items.iter().map(show).collect())
}

fn text(text: &Text) -> Option<String> {
    (!text.is_empty()).then(|| text.to_string())
}

fn time(time: Time) -> wire::Time {
    wire::Time(time.truncated_to_second())
}
