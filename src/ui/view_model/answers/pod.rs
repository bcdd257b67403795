//! Answers about a pod: why it is in its phase, why it was created, why no container of it is started again. Why it was
//! deleted is told in `pod_deletion`.

use super::ground::{Field, Ground, Topic, ground};
use super::job::{first_since, lines_on};
use super::{Found, PodAsk, Question, Scene, pod_deletion};
use crate::api::pod::{Container, ContainerState, ContainerStatus};
use crate::api::{Pod, PodConditionType, PodPhase, RestartPolicy, Uid};
use crate::cluster::{Cluster, NodeChange, PodRecord, TraceEvent};
use crate::controllers::job::{PolicyMatch, Reason};
use crate::nodes::{MAX_BACK_OFF_MS, NextTry};
use crate::ui::view_model::noted::Turn;
use crate::ui::view_model::pods::{PodLook, look};
use crate::ui::view_model::retries::{self, Eviction, Lost, left, next_try};
use crate::ui::view_model::why::WhyTone;
use crate::ui::words::{Upstream, count_i, duration, reason_lines};
use crate::workload;

/// How the lists of containers are called in a manifest.
const CONTAINERS: &str = "containers";
const INIT_CONTAINERS: &str = "initContainers";
/// Within so long a controller has heard of a taint.
const HEARD_MS: i64 = 1_000;

/// The question in words, and its answer.
pub fn answer(scene: &Scene, uid: Uid, ask: PodAsk) -> (String, Found) {
    let Some(record) = scene.cluster.history().pod(uid) else {
        let answer = if scene.cluster.history().is_to_come(uid) {
            "It has not been created up to this moment."
        } else {
            "No record of this pod is left: it went too long ago."
        };
        let found = Found::plain(answer, uid, Field::None, Upstream::CollectGarbage, scene.cluster.now());
        return ("Where is the pod?".to_owned(), found);
    };
    let pod = scene.cluster.api().pod(uid).map(|pod| &**pod);
    let name = &record.name;
    match ask {
        PodAsk::Here => (format!("Why is {name} {}?", state(record)), here(scene, record, pod)),
        PodAsk::Created => (format!("Why was {name} created?"), created(scene, record)),
        PodAsk::Deleted => (format!("Why is {name} deleted?"), pod_deletion::deleted(scene, record, pod)),
        PodAsk::NotRestarted => (format!("Why is {name} not restarted?"), not_restarted(scene, record, pod)),
    }
}

/// The questions that make sense about that pod, each in a few words.
pub fn offered(cluster: &Cluster, uid: Uid) -> Vec<(&'static str, Question)> {
    let Some(record) = cluster.history().pod(uid) else { return Vec::new() };
    let mut asks = vec![("Why this phase?", PodAsk::Here), ("Why created?", PodAsk::Created)];
    if record.deletion_asked_at.is_some() {
        asks.push(("Why deleted?", PodAsk::Deleted));
    }
    if record.ended_at.is_some() {
        asks.push(("Why not restarted?", PodAsk::NotRestarted));
    }
    asks.into_iter().map(|(words, ask)| (words, Question::Pod(uid, ask))).collect()
}

fn state(record: &PodRecord) -> &'static str {
    if record.gone_at.is_some() {
        return "gone";
    }
    match look(record) {
        PodLook::Pending => "Pending",
        PodLook::Running => "Running",
        PodLook::CrashLoop => "waiting",
        PodLook::Succeeded => "Succeeded",
        PodLook::Failed => "Failed",
        PodLook::Terminating => "Terminating",
    }
}

fn here(scene: &Scene, record: &PodRecord, pod: Option<&Pod>) -> Found {
    let Some(pod) = pod.filter(|_| record.gone_at.is_none()) else {
        return with_count(scene, record, pod_deletion::deleted(scene, record, None));
    };
    match look(record) {
        PodLook::Pending if pod.node.is_none() => unscheduled(scene, record, pod),
        PodLook::Pending => starting(scene, record, pod),
        PodLook::Running => lost(scene, record, pod).unwrap_or_else(|| running(scene, record, pod)),
        PodLook::CrashLoop => crash_loop(scene, record, pod),
        PodLook::Succeeded => succeeded(scene, record, pod),
        PodLook::Failed => failed(scene, record, pod),
        PodLook::Terminating => pod_deletion::deleted(scene, record, Some(pod)),
    }
}

fn plain(record: &PodRecord, answer: impl Into<String>, field: Field, upstream: Upstream) -> Found {
    Found::plain(answer, record.job, field, upstream, record.created_at)
}

/// No node has been found for it, or not yet.
fn unscheduled(scene: &Scene, record: &PodRecord, pod: &Pod) -> Found {
    let said = pod.status.condition(PodConditionType::PodScheduled);
    let Some(message) = said.and_then(|said| said.message.as_deref()) else {
        let answer = "It has just been created. The scheduler looks for a node.";
        return plain(record, answer, Field::Pod("nodeSelector"), Upstream::FitError);
    };
    let has = |part: &str| message.contains(part);
    let field = match () {
        () if has("Insufficient") => Field::Container(CONTAINERS, 0, "resources.requests"),
        () if has("untolerated taint") => Field::Pod("tolerations"),
        () if has("node affinity") => Field::Pod("nodeSelector"),
        () => Field::None,
    };
    let found = plain(record, "The scheduler finds no node for it.", field, Upstream::FitError).with(message);
    let said_at = scene.last(&|event| matches!(event, TraceEvent::PodWaiting { pod, .. } if *pod == record.uid));
    Found { at: said_at.unwrap_or(record.created_at), ..found.toned(WhyTone::Waiting) }
}

/// It has a node, and its containers do not run yet.
fn starting(scene: &Scene, record: &PodRecord, pod: &Pod) -> Found {
    let bound_at = record.scheduled_at.unwrap_or(record.created_at);
    let retry = next_try(scene.cluster, pod);
    let node = record.node.as_deref().unwrap_or_default();
    let status = &pod.status;
    let waiting = |list: &[ContainerStatus]| {
        list.iter().position(|status| match &status.state {
            ContainerState::Waiting { reason, .. } => !reason.is_empty() && *reason != "PodInitializing",
            ContainerState::Running { .. } | ContainerState::Terminated(_) => false,
        })
    };
    let (list, place) = match (waiting(&status.init_containers), waiting(&status.containers)) {
        (Some(place), _) => (INIT_CONTAINERS, place),
        (None, place) => (CONTAINERS, place.unwrap_or(0)),
    };
    let containers = if list == CONTAINERS { &pod.template.containers } else { &pod.template.init_containers };
    let image = containers.get(place).map_or("", |container| &*container.image);
    let has_init = !pod.template.init_containers.is_empty();
    let found = match record.waiting.as_ref().map_or("", |reason| &***reason) {
        "PodInitializing" | "" if has_init => {
            let answer = "Its init containers come first, one after the other.";
            plain(record, answer, Field::Container(INIT_CONTAINERS, 0, "name"), Upstream::InitContainers)
        }
        "ContainerCreating" | "PodInitializing" | "" => {
            let answer = format!("The kubelet of {node} gets the image {image} and starts the container.");
            plain(record, answer, Field::Container(list, place, "image"), Upstream::EnsureImageExists)
        }
        "CrashLoopBackOff" => return crash_loop(scene, record, pod),
        reason => {
            let then = match retry {
                Some((_, next)) => format!("The kubelet pulls it again at {}.", scene.clock(next.at)),
                None if matches!(reason, "ErrImageNeverPull" | "InvalidImageName") => {
                    "The kubelet does not pull it.".to_owned()
                }
                None => "The kubelet tries again now.".to_owned(),
            };
            let answer = format!("{reason}: the image {image} could not be had. {then}");
            let found = plain(record, answer, Field::Container(list, place, "image"), Upstream::EnsureImageExists);
            let statuses = if list == CONTAINERS { &status.containers } else { &status.init_containers };
            let said = message(statuses, place).unwrap_or("a Job does not count this as a failure");
            with_retry(scene, found.with(said), retry, "failed pull").toned(WhyTone::Waiting)
        }
    };
    let at = if retry.is_some() { found.at } else { bound_at };
    let found = Found { at, ..found.with(format!("bound to {node} at {}", scene.clock(bound_at))) };
    lost(scene, record, pod).unwrap_or(found)
}

fn message(list: &[ContainerStatus], place: usize) -> Option<&str> {
    match &list.get(place)?.state {
        ContainerState::Waiting { message, .. } => Some(&**message).filter(|message| !message.is_empty()),
        ContainerState::Running { .. } | ContainerState::Terminated(_) => None,
    }
}

/// Its node is silent, so nobody knows.
fn lost(scene: &Scene, record: &PodRecord, pod: &Pod) -> Option<Found> {
    let Lost { node, since, noticed_at, eviction } = retries::lost(scene.cluster, pod)?;
    let name = &node.meta.name;
    let (noticed, goes) = (scene.clock(noticed_at), eviction.words(scene.cluster));
    let (then, at, rule) = match node.is_ready() {
        true => (
            format!("That is noticed at {noticed}."),
            Some(noticed_at),
            format!("50 s without a heartbeat, then it is {goes}"),
        ),
        false => (format!("It is {goes}."), eviction.at(), format!("{name} counts as unreachable since {noticed}")),
    };
    let silent_at = scene.node_changed(name, NodeChange::Silent).unwrap_or(since);
    let answer = format!(
        "{name} stopped at {}, with its last heartbeat at {}, so the pod counts as it was last. {then}",
        scene.clock(silent_at),
        scene.clock(since)
    );
    let found = Found::plain(answer, record.job, Field::Pod("tolerations"), Upstream::MonitorNodeHealth, silent_at);
    let mut found = found.with(rule);
    found.rules.extend(toleration(scene, pod, eviction));
    Some(Found { left: at.and_then(|at| left(scene.cluster, at)), ..found.toned(WhyTone::Bad) })
}

/// From when on a taint is tolerated, and for how long.
fn toleration(scene: &Scene, pod: &Pod, eviction: Eviction) -> Option<String> {
    let at = eviction.at()?;
    let (taint, seconds) = retries::tolerated(scene.cluster, pod.node.as_deref()?, &pod.template)?;
    let tainted_at = at.plus_seconds(-seconds);
    // Where another taint came meanwhile, the eviction stays as the first one had it.
    scene.first_tainted(pod.node.as_deref()?, |at| (0..HEARD_MS).contains(&tainted_at.ms_since(at)))?;
    let since = scene.clock(tainted_at);
    Some(format!("{taint} since {since} + tolerationSeconds {seconds} = {}", scene.clock(at)))
}

fn running(scene: &Scene, record: &PodRecord, pod: &Pod) -> Found {
    let since = record.run_started_at.unwrap_or(record.created_at);
    let answer = match record.restarts {
        0 => format!("It has run since {}.", scene.clock(since)),
        restarts => format!("It runs again since {}, after {}.", scene.clock(since), count_i(restarts, "restart")),
    };
    let found = Found { at: since, ..plain(record, answer, program(pod, 0), Upstream::PodPhase) };
    let now = scene.cluster.now();
    match record.expected_end_at {
        Some(end) if end > now => {
            let rule = format!("due to end at {}, in {}", scene.clock(end), duration(end.ms_since(now)));
            found.with(rule)
        }
        _ => found.with("a pod is Running while any of its containers is"),
    }
}

/// A container of it, perhaps an init container, waits to be started again.
fn crash_loop(scene: &Scene, record: &PodRecord, pod: &Pod) -> Found {
    let retry = next_try(scene.cluster, pod);
    let is_waiting = |status: &&ContainerStatus| matches!(status.state, ContainerState::Waiting { .. });
    let status = retry.map(|(status, _)| status).or_else(|| pod.status.all_containers().find(is_waiting));
    let last = status.and_then(|status| status.last_termination.as_ref());
    let code = last.map_or(record.exit_code.unwrap_or(1), |last| last.exit_code);
    let name = status.map_or("", |status| &*status.name);
    let when = retry.map_or("in a moment".to_owned(), |(_, next)| format!("at {}", scene.clock(next.at)));
    let answer = format!("Container {name} exited with {code}. The kubelet starts it again in the same pod {when}.");
    let policy = policy(pod.template.restart_policy);
    let found = plain(record, answer, Field::Pod("restartPolicy"), Upstream::RestartBackOff)
        .with(format!("restartPolicy {policy}: {} so far", count_i(record.restarts, "restart")));
    let found = with_retry(scene, found, retry, "restart").toned(WhyTone::Waiting);
    // The pod's status says so a moment after the container has ended.
    let waits = scene.noted.runs(record).filter(|change| change.what == Turn::Waits).last();
    Found { at: waits.map_or(found.at, |change| change.at), ..found }
}

/// How long the back-off is, since when, and what is left of it; `per` names what it doubles with.
fn with_retry(scene: &Scene, found: Found, retry: Option<(&ContainerStatus, NextTry)>, per: &str) -> Found {
    let Some((_, NextTry { at, delay_ms })) = retry else { return found };
    let failed_at = at.plus_ms(-delay_ms);
    let next = duration((delay_ms * 2).min(MAX_BACK_OFF_MS));
    let found = found
        .with(format!("failed at {} + {} = {}", scene.clock(failed_at), duration(delay_ms), scene.clock(at)))
        .with(format!("10 s, doubled per {per}, at most 5 min: the next wait is {next}"));
    Found { left: left(scene.cluster, at), at: failed_at, ..found }
}

fn succeeded(scene: &Scene, record: &PodRecord, pod: &Pod) -> Found {
    let at = record.ended_at.unwrap_or(record.created_at);
    let found = plain(record, "Every container exited with 0.", program(pod, 0), Upstream::PodPhase);
    let found = Found { at, ..found.toned(WhyTone::Good) };
    with_count(scene, record, after_deletion(scene, record, pod, found))
}

/// What a pod came to that was being deleted when it ended: the deletion comes first.
fn after_deletion(scene: &Scene, record: &PodRecord, pod: &Pod, end: Found) -> Found {
    let ended_at = record.ended_at;
    if record.deletion_asked_at.is_none_or(|asked_at| ended_at.is_some_and(|ended_at| ended_at < asked_at)) {
        return end;
    }
    let deletion = pod_deletion::deleted(scene, record, Some(pod));
    Found { answer: format!("{} {}", deletion.answer, end.answer), tone: end.tone, ..deletion }
}

fn failed(scene: &Scene, record: &PodRecord, pod: &Pod) -> Found {
    let bad = pod.status.containers.iter().enumerate().find_map(|(place, status)| match &status.state {
        ContainerState::Terminated(ended) if ended.exit_code != 0 => Some((place, status, ended)),
        ContainerState::Terminated(_) | ContainerState::Waiting { .. } | ContainerState::Running { .. } => None,
    });
    let (answer, field) = match (bad, record.exit_code) {
        (Some((place, status, ended)), _) => {
            let reason = if ended.reason.is_empty() { "Error" } else { &ended.reason };
            let answer = format!("Container {} exited with {} ({reason}).", status.name, ended.exit_code);
            (answer, program(pod, place))
        }
        (None, _) if !pod.status.reason.is_empty() => {
            (format!("{}: {}", pod.status.reason, pod.status.message), Field::None)
        }
        (None, Some(code)) => (format!("It exited with {code}."), program(pod, 0)),
        (None, None) => ("It was ended before its containers had run.".to_owned(), Field::None),
    };
    let mut found = plain(record, answer, field, Upstream::PodPhase).toned(WhyTone::Bad);
    found.at = record.ended_at.unwrap_or(record.created_at);
    if pod.template.restart_policy == RestartPolicy::Never {
        found = found.with("restartPolicy Never: not started again, so the pod has failed");
        if bad.is_some_and(|(place, ..)| pod.template.containers.get(place).is_some_and(|it| !workload::is_known(it))) {
            found = found.with("this program is not known here: how often it fails is set under What the pods do");
        }
    }
    with_count(scene, record, after_deletion(scene, record, pod, found))
}

/// How the Job counts the pod, once it has.
fn with_count(scene: &Scene, record: &PodRecord, found: Found) -> Found {
    let Some(ended_at) = record.ended_at else { return found };
    let counts = |reason: &Reason| counts(reason, record);
    let Some((decision, _)) = first_since(scene.cluster, record.job, ended_at, counts) else {
        return if record.gone_at.is_some() { found } else { found.with("the Job has not counted it yet") };
    };
    let mut found = found;
    for reason in decision.reasons.iter().filter(|reason| counts(reason)) {
        let rule = reason_lines(reason, &decision.job_name).pop().unwrap_or_default();
        found = found.with(format!("sync #{}: {rule}", decision.number));
        let Ground { field, upstream, .. } = ground(reason);
        if let Field::Rule(..) = field {
            found.field = field;
            found.upstream = if record.gone_at.is_none() { upstream } else { found.upstream };
        }
    }
    found
}

/// Whether that reason may be about that pod.
fn counts(reason: &Reason, record: &PodRecord) -> bool {
    match reason {
        Reason::PodsSucceeded { .. } => record.phase == PodPhase::Succeeded,
        Reason::PodsFailed { pods, more, .. } | Reason::FailuresKept { pods, more } => {
            *more > 0 || pods.iter().any(|pod| pod.name == record.name)
        }
        Reason::PolicyMatched { found: PolicyMatch::ExitCode { exit_code, .. }, .. } => {
            record.phase == PodPhase::Failed && record.exit_code == Some(*exit_code)
        }
        Reason::PolicyMatched { found: PolicyMatch::Condition(_), .. } => record.deletion_asked_at.is_some(),
        _ => false,
    }
}

/// Why the Job, or who else made it, created it.
fn created(scene: &Scene, record: &PodRecord) -> Found {
    let is_creation = |reason: &Reason| matches!(reason, Reason::CreatedPods { .. });
    let decision = first_since(scene.cluster, record.job, record.created_at, is_creation);
    let Some((decision, reason)) = decision.filter(|(decision, _)| decision.at == record.created_at) else {
        if scene.cluster.api().replica_set(record.job).is_some() {
            let answer = "Its ReplicaSet wanted one more pod.";
            return plain(record, answer, Field::Spec("replicas"), Upstream::ManageReplicas);
        }
        return plain(record, "No decision about it is on record.", Field::None, Upstream::ManageJob);
    };
    let answer = match record.index {
        Some(index) => format!("Index {index} had no pod, and the Job wanted more pods than were active."),
        None => "The Job wanted more pods than were active.".to_owned(),
    };
    // What decided how many were wanted decided this one.
    let seats = decision.reasons.iter().find(|reason| matches!(reason, Reason::WantActive { .. }));
    let Ground { field, upstream, .. } = ground(seats.unwrap_or(reason));
    let mut found = plain(record, answer, field, upstream);
    found.rules = lines_on(decision, Topic::Seats);
    found.rules.extend(lines_on(decision, Topic::Create));
    found
}

fn not_restarted(scene: &Scene, record: &PodRecord, pod: Option<&Pod>) -> Found {
    let of_job = || scene.cluster.job_last_seen(record.job).map(|job| job.spec.template.restart_policy);
    let restart = pod.map(|pod| pod.template.restart_policy).or_else(of_job).unwrap_or(RestartPolicy::Never);
    let (answer, rule) = match (look(record), restart) {
        _ if record.ended_at.is_none() => ("It has not ended.", format!("restartPolicy {}", policy(restart))),
        (PodLook::Succeeded, _) => {
            ("It has succeeded: nothing is left to do in it.", "exit code 0: only Always starts it again".to_owned())
        }
        (_, RestartPolicy::Never) => (
            "With Never a container is not started again. The Job makes a new pod instead, if it may.",
            format!("restartPolicy Never, exit code {}", record.exit_code.unwrap_or(0)),
        ),
        (_, RestartPolicy::OnFailure | RestartPolicy::Always) => (
            "The pod was ended as a whole, so its containers are not started again.",
            format!("restartPolicy {}: only while the pod is wanted", policy(restart)),
        ),
    };
    let found = plain(record, answer, Field::Pod("restartPolicy"), Upstream::ShouldRestart).with(rule);
    Found { at: record.ended_at.unwrap_or(record.created_at), ..found }
}

/// What a container runs: its command, or its arguments.
fn program(pod: &Pod, place: usize) -> Field {
    let Some(Container { command, args, .. }) = pod.template.containers.get(place) else { return Field::None };
    let name = if command.is_empty() && !args.is_empty() { "args" } else { "command" };
    Field::Container(CONTAINERS, place, name)
}

fn policy(restart: RestartPolicy) -> &'static str {
    match restart {
        RestartPolicy::Always => "Always",
        RestartPolicy::OnFailure => "OnFailure",
        RestartPolicy::Never => "Never",
    }
}
