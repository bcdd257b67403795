//! From wire objects to the simulator's. Lenient: what is missing gets its harmless value.

use super::scheduling::scheduling;
use crate::api::cronjob::{ConcurrencyPolicy, CronJob, CronJobSpec, CronJobStatus, JobReference};

use crate::api::job::{Job, UncountedTerminatedPods};
use crate::api::labels::Requirement;
use crate::api::meta::{BlockOwnerDeletion, OwnerReference, OwnerRole};
use crate::api::pod::{
    ContainerState, ImagePull, MessageSource, PodTemplate, PreStop, Probe, ProbeAction, ProbeKind, Terminated,
};
use crate::api::policy::{
    ExitCodeOperator, OnExitCodes, OnPodCondition, PodFailureAction, PodFailurePolicy, PodFailureRule, SuccessPolicy,
    SuccessRule,
};
use crate::api::types::meta as wire;
use crate::api::types::meta::IntOrString;
use crate::api::types::{batch, core};
use crate::api::{
    CompletionMode, ConditionStatus, Container, ContainerStatus, JobCondition, JobConditionType, JobSpec, JobStatus,
    Labels, ObjectMeta, PodCondition, PodConditionType, PodPhase, PodReplacementPolicy, PodStatus, RestartPolicy,
    Selector, Text, Uid,
};
use crate::sim::Time;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The spec of a Job.
pub fn job_spec(spec: &batch::JobSpec) -> JobSpec {
    JobSpec {
        parallelism: spec.parallelism.unwrap_or(1),
        completions: spec.completions,
        active_deadline_s: spec.active_deadline_seconds,
        backoff_limit: spec.backoff_limit.unwrap_or(6),
        backoff_limit_per_index: spec.backoff_limit_per_index,
        max_failed_indexes: spec.max_failed_indexes,
        selector: Rc::new(spec.selector.as_ref().map_or_else(Selector::nothing, selector)),
        template: Rc::new(pod_template(&spec.template)),
        ttl_after_finished_s: spec.ttl_seconds_after_finished,
        completion_mode: match spec.completion_mode.as_deref() {
            None | Some("NonIndexed") => CompletionMode::NonIndexed,
            Some("Indexed") => CompletionMode::Indexed,
            Some(other) => CompletionMode::Other(other.into()),
        },
        suspend: spec.suspend.unwrap_or(false),
        pod_failure_policy: spec.pod_failure_policy.as_ref().map(|policy| Rc::new(pod_failure_policy(policy))),
        success_policy: spec.success_policy.as_ref().map(|policy| Rc::new(success_policy(policy))),
        pod_replacement_policy: spec.pod_replacement_policy.as_deref().map(|policy| match policy {
            "Failed" => PodReplacementPolicy::Failed,
            _ => PodReplacementPolicy::TerminatingOrFailed,
        }),
        managed_by: spec.managed_by.as_deref().map(Into::into),
    }
}

/// The status of a Job; `uid` gives the identity behind the name of a pod's uid.
pub fn job_status(status: &batch::JobStatus, uid: &mut dyn FnMut(&str) -> Uid) -> JobStatus {
    let mut uids = |names: &Option<Vec<String>>| names.iter().flatten().map(|name| uid(name)).collect();
    JobStatus {
        conditions: status.conditions.iter().flatten().filter_map(job_condition).collect(),
        start_time: status.start_time.as_ref().map(time),
        completion_time: status.completion_time.as_ref().map(time),
        active: status.active.unwrap_or(0),
        ready: status.ready,
        terminating: status.terminating,
        succeeded: status.succeeded.unwrap_or(0),
        failed: status.failed.unwrap_or(0),
        completed_indexes: status.completed_indexes.clone().unwrap_or_default(),
        failed_indexes: status.failed_indexes.clone(),
        uncounted_terminated_pods: status.uncounted_terminated_pods.as_ref().map(|uncounted| UncountedTerminatedPods {
            succeeded: uids(&uncounted.succeeded),
            failed: uids(&uncounted.failed),
        }),
    }
}

/// The spec of a CronJob.
pub fn cron_job_spec(spec: &batch::CronJobSpec) -> CronJobSpec {
    let meta = spec.job_template.metadata.as_ref();
    CronJobSpec {
        schedule: spec.schedule.as_str().into(),
        time_zone: spec.time_zone.as_deref().map(Into::into),
        starting_deadline_s: spec.starting_deadline_seconds,
        concurrency_policy: match spec.concurrency_policy.as_deref() {
            Some("Forbid") => ConcurrencyPolicy::Forbid,
            Some("Replace") => ConcurrencyPolicy::Replace,
            _ => ConcurrencyPolicy::Allow,
        },
        suspend: spec.suspend.unwrap_or(false),
        successful_jobs_history_limit: spec.successful_jobs_history_limit,
        failed_jobs_history_limit: spec.failed_jobs_history_limit,
        job_labels: labels(meta.map_or(&None, |meta| &meta.labels)),
        job_annotations: labels(meta.map_or(&None, |meta| &meta.annotations)),
    }
}

/// The status of a CronJob; `uid` gives the identity behind a uid's text.
pub fn cron_job_status(status: &batch::CronJobStatus, uid: &mut dyn FnMut(&str) -> Uid) -> CronJobStatus {
    let mut reference = |active: &core::ObjectReference| JobReference {
        namespace: active.namespace.as_deref().unwrap_or("default").into(),
        name: active.name.as_deref().unwrap_or_default().into(),
        uid: uid(active.uid.as_deref().unwrap_or_default()),
        resource_version: active.resource_version.as_ref().and_then(|text| text.parse().ok()).unwrap_or(0),
    };
    CronJobStatus {
        active: status.active.iter().flatten().map(&mut reference).collect(),
        last_schedule_time: status.last_schedule_time.as_ref().map(time),
        last_successful_time: status.last_successful_time.as_ref().map(time),
    }
}

/// The metadata of an object; `uid` gives the identity behind a uid's text.
pub fn meta(meta: &wire::ObjectMeta, uid: &mut dyn FnMut(&str) -> Uid) -> ObjectMeta {
    ObjectMeta {
        namespace: meta.namespace.as_deref().unwrap_or("default").into(),
        name: meta.name.as_deref().unwrap_or_default().into(),
        uid: uid(meta.uid.as_deref().unwrap_or_default()),
        resource_version: meta.resource_version.as_ref().and_then(|text| text.parse().ok()).unwrap_or(0),
        generation: meta.generation.unwrap_or(0),
        creation_time: meta.creation_timestamp.as_ref().map(time),
        deletion_time: meta.deletion_timestamp.as_ref().map(time),
        deletion_grace_s: meta.deletion_grace_period_seconds,
        labels: labels(&meta.labels),
        annotations: labels(&meta.annotations),
        finalizers: finalizers(meta),
        owner_references: meta.owner_references.iter().flatten().map(|owner| owner_reference(owner, uid)).collect(),
    }
}

/// A label selector.
pub fn selector(selector: &wire::LabelSelector) -> Selector {
    let requirement = |line: &wire::LabelSelectorRequirement| {
        let key: Rc<str> = line.key.as_str().into();
        let values = line.values.iter().flatten().map(|value| value.as_str().into()).collect();
        match line.operator.as_str() {
            "In" => Requirement::In(key, values),
            "NotIn" => Requirement::NotIn(key, values),
            "DoesNotExist" => Requirement::DoesNotExist(key),
            _ => Requirement::Exists(key),
        }
    };
    Selector {
        match_labels: labels(&selector.match_labels),
        requirements: selector.match_expressions.iter().flatten().map(requirement).collect(),
    }
}

/// A pod template.
pub fn pod_template(template: &core::PodTemplateSpec) -> PodTemplate {
    let (no_meta, no_spec) = (wire::ObjectMeta::default(), core::PodSpec::default());
    let (meta, spec) = (template.metadata.as_ref().unwrap_or(&no_meta), template.spec.as_ref().unwrap_or(&no_spec));
    PodTemplate {
        labels: labels(&meta.labels),
        annotations: labels(&meta.annotations),
        finalizers: finalizers(meta),
        restart_policy: restart_policy(spec.restart_policy.as_deref().unwrap_or_default()),
        containers: spec.containers.iter().map(container).collect(),
        init_containers: spec.init_containers.iter().flatten().map(init_container).collect(),
        termination_grace_s: spec.termination_grace_period_seconds.unwrap_or(30),
        scheduling: Rc::new(scheduling(spec)),
        wire: Rc::new(template.clone()),
    }
}

/// The status of a pod.
pub fn pod_status(status: &core::PodStatus) -> PodStatus {
    let statuses = |list: &Option<Vec<core::ContainerStatus>>| list.iter().flatten().map(container_status).collect();
    PodStatus {
        phase: PodPhase::parse(status.phase.as_deref().unwrap_or_default()),
        conditions: status.conditions.iter().flatten().map(pod_condition).collect(),
        start_time: status.start_time.as_ref().map(time),
        reason: text(&status.reason),
        message: text(&status.message),
        nominated_node: status.nominated_node_name.as_deref().map(Into::into),
        init_containers: statuses(&status.init_container_statuses),
        containers: statuses(&status.container_statuses),
    }
}

/// A pod failure policy.
pub fn pod_failure_policy(policy: &batch::PodFailurePolicy) -> PodFailurePolicy {
    PodFailurePolicy { rules: policy.rules.iter().map(pod_failure_rule).collect() }
}

/// A success policy.
pub fn success_policy(policy: &batch::SuccessPolicy) -> SuccessPolicy {
    let rule = |rule: &batch::SuccessPolicyRule| SuccessRule {
        succeeded_indexes: rule.succeeded_indexes.as_deref().map(Into::into),
        succeeded_count: rule.succeeded_count,
    };
    SuccessPolicy { rules: policy.rules.iter().map(rule).collect() }
}

fn operator(text: &str) -> ExitCodeOperator {
    match text {
        "In" => ExitCodeOperator::In,
        "NotIn" => ExitCodeOperator::NotIn,
        other => ExitCodeOperator::Other(other.into()),
    }
}

fn pod_failure_rule(rule: &batch::PodFailurePolicyRule) -> PodFailureRule {
    PodFailureRule {
        action: match rule.action.as_str() {
            "FailJob" => PodFailureAction::FailJob,
            "FailIndex" => PodFailureAction::FailIndex,
            "Ignore" => PodFailureAction::Ignore,
            "Count" => PodFailureAction::Count,
            other => PodFailureAction::Other(other.into()),
        },
        on_exit_codes: rule.on_exit_codes.as_ref().map(|codes| OnExitCodes {
            container_name: codes.container_name.as_deref().map(Into::into),
            operator: operator(&codes.operator),
            values: codes.values.clone(),
        }),
        on_pod_conditions: rule
            .on_pod_conditions
            .iter()
            .flatten()
            .map(|pattern| OnPodCondition {
                kind: pattern.type_.as_str().into(),
                status: pattern.status.as_deref().map_or(ConditionStatus::True, ConditionStatus::parse),
            })
            .collect(),
    }
}

fn job_condition(condition: &batch::JobCondition) -> Option<JobCondition> {
    Some(JobCondition {
        kind: JobConditionType::parse(&condition.type_)?,
        status: ConditionStatus::parse(&condition.status),
        reason: text(&condition.reason),
        message: text(&condition.message),
        last_probe_time: condition.last_probe_time.as_ref().map(time),
        last_transition_time: condition.last_transition_time.as_ref().map(time),
    })
}

fn pod_condition(condition: &core::PodCondition) -> PodCondition {
    PodCondition {
        kind: PodConditionType::parse(&condition.type_),
        status: ConditionStatus::parse(&condition.status),
        reason: text(&condition.reason),
        message: condition.message.as_deref().map(Into::into),
        last_transition_time: condition.last_transition_time.as_ref().map(time),
    }
}

fn restart_policy(text: &str) -> RestartPolicy {
    match text {
        "OnFailure" => RestartPolicy::OnFailure,
        "Never" => RestartPolicy::Never,
        _ => RestartPolicy::Always,
    }
}

fn restart_rule(rule: &core::ContainerRestartRule) -> Option<OnExitCodes> {
    let codes = rule.exit_codes.as_ref().filter(|_| rule.action == "Restart")?;
    let values = codes.values.clone().unwrap_or_default();
    Some(OnExitCodes { container_name: None, operator: operator(&codes.operator), values })
}

fn container(container: &core::Container) -> Container {
    let list = |words: &Option<Vec<String>>| words.iter().flatten().map(|word| word.as_str().into()).collect();
    Container {
        name: container.name.as_str().into(),
        image: container.image.as_deref().unwrap_or_default().into(),
        image_pull: match container.image_pull_policy.as_deref() {
            Some("Always") => ImagePull::Always,
            Some("Never") => ImagePull::Never,
            _ => ImagePull::IfNotPresent,
        },
        command: list(&container.command),
        args: list(&container.args),
        is_sidecar: false,
        restart_policy: container.restart_policy.as_deref().map(restart_policy),
        restart_rules: container.restart_policy_rules.iter().flatten().filter_map(restart_rule).collect(),
        probes: [
            (ProbeKind::Startup, &container.startup_probe),
            (ProbeKind::Readiness, &container.readiness_probe),
            (ProbeKind::Liveness, &container.liveness_probe),
        ]
        .into_iter()
        .filter_map(|(kind, wire)| Some(probe(kind, wire.as_ref()?)))
        .collect(),
        pre_stop: container.lifecycle.as_ref().and_then(|lifecycle| pre_stop(lifecycle.pre_stop.as_ref()?)),
        message_source: match container.termination_message_policy.as_deref() {
            Some("FallbackToLogsOnError") => MessageSource::FileOrLog,
            _ => MessageSource::File,
        },
        message_path: container.termination_message_path.as_deref().unwrap_or("/dev/termination-log").into(),
    }
}

fn init_container(wire: &core::Container) -> Container {
    Container { is_sidecar: wire.restart_policy.as_deref() == Some("Always"), ..container(wire) }
}

fn words(exec: &core::ExecAction) -> Vec<Rc<str>> {
    exec.command.iter().flatten().map(|word| word.as_str().into()).collect()
}

fn probe(kind: ProbeKind, probe: &core::Probe) -> Probe {
    let action = match &probe.exec {
        Some(exec) => ProbeAction::Exec(words(exec)),
        None => ProbeAction::Network(target(probe).into()),
    };
    Probe {
        kind,
        action,
        initial_delay_s: probe.initial_delay_seconds.unwrap_or(0),
        period_s: probe.period_seconds.unwrap_or(10).max(1),
        timeout_s: probe.timeout_seconds.unwrap_or(1).max(1),
        failure_threshold: probe.failure_threshold.unwrap_or(3).max(1),
        success_threshold: probe.success_threshold.unwrap_or(1).max(1),
        termination_grace_s: probe.termination_grace_period_seconds,
    }
}

/// The port and path that a probe asks, as `:8080/healthz`.
fn target(probe: &core::Probe) -> String {
    let port = |port: &IntOrString| match port {
        IntOrString::Int(number) => number.to_string(),
        IntOrString::String(name) => name.clone(),
    };
    match (&probe.http_get, &probe.tcp_socket, &probe.grpc) {
        (Some(http), ..) => format!(":{}{}", port(&http.port), http.path.as_deref().unwrap_or("/")),
        (_, Some(tcp), _) => format!(":{}", port(&tcp.port)),
        (.., Some(grpc)) => format!(":{}", grpc.port),
        (None, None, None) => String::new(),
    }
}

fn pre_stop(handler: &core::LifecycleHandler) -> Option<PreStop> {
    let sleep = handler.sleep.as_ref().map(|sleep| PreStop::Sleep { seconds: sleep.seconds });
    sleep.or_else(|| Some(PreStop::Exec(words(handler.exec.as_ref()?))))
}

fn container_status(status: &core::ContainerStatus) -> ContainerStatus {
    let last = status.last_state.as_ref().and_then(|state| state.terminated.as_ref());
    ContainerStatus {
        name: status.name.as_str().into(),
        ready: status.ready,
        started: status.started.unwrap_or(false),
        restart_count: status.restart_count,
        state: status.state.as_ref().map_or_else(waiting, container_state),
        last_termination: last.map(|terminated| Rc::new(self::terminated(terminated))),
    }
}

fn waiting() -> ContainerState {
    ContainerState::Waiting { reason: "".into(), message: "".into() }
}

fn container_state(state: &core::ContainerState) -> ContainerState {
    if let Some(ended) = &state.terminated {
        ContainerState::Terminated(Rc::new(terminated(ended)))
    } else if let Some(running) = &state.running {
        ContainerState::Running { started_at: running.started_at.as_ref().map(time) }
    } else if let Some(waiting) = &state.waiting {
        ContainerState::Waiting { reason: text(&waiting.reason), message: text(&waiting.message) }
    } else {
        waiting()
    }
}

fn terminated(state: &core::ContainerStateTerminated) -> Terminated {
    Terminated {
        exit_code: state.exit_code,
        reason: text(&state.reason),
        message: text(&state.message),
        started_at: state.started_at.as_ref().map(time),
        finished_at: state.finished_at.as_ref().map(time),
    }
}

fn owner_reference(owner: &wire::OwnerReference, uid: &mut dyn FnMut(&str) -> Uid) -> OwnerReference {
    OwnerReference {
        api_version: owner.api_version.clone().into(),
        kind: owner.kind.clone().into(),
        name: owner.name.as_str().into(),
        uid: uid(&owner.uid),
        role: if owner.controller == Some(true) { OwnerRole::Controller } else { OwnerRole::Owner },
        blocks_deletion: match owner.block_owner_deletion {
            Some(true) => BlockOwnerDeletion::Yes,
            Some(false) | None => BlockOwnerDeletion::No,
        },
    }
}

fn finalizers(meta: &wire::ObjectMeta) -> Rc<[Text]> {
    meta.finalizers.iter().flatten().map(|finalizer| finalizer.clone().into()).collect()
}

/// Labels or annotations.
pub fn labels(labels: &Option<BTreeMap<String, String>>) -> Labels {
    labels.iter().flatten().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

fn text(text: &Option<String>) -> Text {
    text.clone().unwrap_or_default().into()
}

fn time(time: &wire::Time) -> Time {
    time.0
}

impl Job {
    /// Replaces the spec by `wire` and its simulated part with it.
    pub fn set_spec(&mut self, wire: batch::JobSpec) {
        self.spec = job_spec(&wire);
        self.wire = Rc::new(wire);
    }
}

impl CronJob {
    /// Replaces the spec by `wire` and its simulated part with it.
    pub fn set_spec(&mut self, wire: batch::CronJobSpec) {
        self.spec = cron_job_spec(&wire);
        self.wire = Rc::new(wire);
    }
}
