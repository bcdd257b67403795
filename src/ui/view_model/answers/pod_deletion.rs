//! Who deleted a pod, and why: its Job's controller, the scheduler, a taint, an eviction, an act, or the garbage
//! collector after its owner.

use super::ground::{Field, Topic, ground};
use super::job::{first_since, latest};
use super::{Found, Scene, deletion};
use crate::api::{EventReason, Pod};
use crate::cluster::{Command, NodeAct, PodRecord};
use crate::controllers::job::{DeleteCause, Reason};
use crate::sim::Time;
use crate::ui::view_model::retries;
use crate::ui::view_model::why::WhyTone;
use crate::ui::words::{Upstream, reason_lines};

/// Why the pod is or was deleted.
pub fn deleted(scene: &Scene, record: &PodRecord, pod: Option<&Pod>) -> Found {
    let Some(at) = record.deletion_asked_at.or(record.gone_at) else {
        let answer = "It is not: nobody has asked the API server to delete it.";
        return Found::plain(answer, record.job, Field::None, Upstream::GracefulDelete, scene.cluster.now());
    };
    let found = by_job(scene, record, at)
        .or_else(|| by_event(scene, record, pod))
        .or_else(|| by_act(scene, record, at))
        .or_else(|| after_owner(scene, record, at))
        .unwrap_or_else(|| {
            let answer = "A controller of its node or of its owner asked for it.";
            Found::plain(answer, record.job, Field::None, Upstream::GracefulDelete, at)
        });
    let found = with_grace(scene, found, record, pod);
    match record.gone_at {
        Some(gone_at) => found.with(format!("gone at {}", scene.clock(gone_at))),
        None => found,
    }
}

/// The Job's controller deleted it in that moment.
fn by_job(scene: &Scene, record: &PodRecord, at: Time) -> Option<Found> {
    let is_deletion = |reason: &Reason| matches!(reason, Reason::DeletedPods { .. });
    let (decision, reason) =
        first_since(scene.cluster, record.job, at, is_deletion).filter(|(decision, _)| decision.at == at)?;
    let Reason::DeletedPods { because, .. } = reason else { return None };
    let end = || latest(scene.cluster, record.job, Topic::End).map_or(reason, |(_, end)| end);
    let (answer, decides) = match because {
        DeleteCause::TooMany => ("There were more pods than the Job wants.", reason),
        DeleteCause::NoSuchIndex => ("The Job has no such index any more.", reason),
        DeleteCause::DoubleIndex => ("Another pod has the same index.", reason),
        DeleteCause::Suspended => ("The Job is suspended, and a suspended Job keeps no pods.", reason),
        DeleteCause::JobFailed => ("The Job fails, so its active pods are deleted.", end()),
        DeleteCause::JobSucceeded => ("The Job succeeds, so the pods that still run are deleted.", end()),
    };
    let field = ground(decides).field;
    let mut found = Found::plain(answer, record.job, field, ground(reason).upstream, at);
    found.rules = reason_lines(decides, &decision.job_name);
    Some(found.with(format!("sync #{} at {}", decision.number, scene.clock(at))))
}

/// An event about the pod says so.
fn by_event(scene: &Scene, record: &PodRecord, pod: Option<&Pod>) -> Option<Found> {
    let mut events = scene.cluster.api().events().rev().filter(|event| event.object_uid == record.uid);
    let (event, answer, field, upstream) = events.find_map(|event| match event.reason {
        EventReason::Preempted => Some((
            event,
            "It had to make room for a pod of higher priority.".to_owned(),
            "priorityClassName",
            Upstream::PreemptPod,
        )),
        EventReason::TaintManagerEviction => {
            let answer = format!("It does not tolerate a taint of its node any longer{}.", taint(scene, record, pod));
            Some((event, answer, "tolerations", Upstream::EvictByTaint))
        }
        _ => None,
    })?;
    let at = record.deletion_asked_at.unwrap_or(event.last_time);
    let found = Found::plain(answer, record.job, Field::Pod(field), upstream, at);
    Some(found.with(event.message().into_owned()).toned(WhyTone::Bad))
}

/// The taint that made the pod go, if its node still has it, and how long the pod put up with it.
fn taint(scene: &Scene, record: &PodRecord, pod: Option<&Pod>) -> String {
    let cluster = scene.cluster;
    let of_job = || cluster.job_last_seen(record.job).map(|job| &job.spec.template);
    let template = pod.map(|pod| &pod.template).or_else(of_job);
    let node = record.node.as_deref().unwrap_or_default();
    match template.and_then(|template| retries::tolerated(cluster, node, template)) {
        Some((taint, 0)) => format!(": {taint}, not tolerated at all"),
        Some((taint, seconds)) => format!(": {taint}, tolerated for {seconds} s"),
        None => String::new(),
    }
}

/// An act of that moment deletes pods.
fn by_act(scene: &Scene, record: &PodRecord, at: Time) -> Option<Found> {
    let at_ms = at.ms_since(scene.cluster.start());
    let mut acts = scene.cluster.scenario().commands.iter().filter(|timed| timed.at_ms == at_ms);
    let is_it = |name: &str| record.name.starts_with(name);
    let on_its_node = |node: &str| record.node.as_deref() == Some(node);
    let (answer, upstream) = acts.find_map(|timed| match &timed.command {
        Command::DeletePod { pod } if is_it(pod) => {
            Some(("It was deleted by hand, as with kubectl delete pod.".to_owned(), Upstream::GracefulDelete))
        }
        Command::EvictPod { pod } if is_it(pod) => {
            Some(("It was evicted by hand, through the Eviction API.".to_owned(), Upstream::EvictByApi))
        }
        Command::Node { node, act: NodeAct::Drain } if on_its_node(node) => {
            Some((format!("Its node {node} was drained."), Upstream::EvictByApi))
        }
        Command::Node { node, act: NodeAct::Delete } if on_its_node(node) => {
            Some((format!("Its node {node} was deleted."), Upstream::GracefulDelete))
        }
        _ => None,
    })?;
    Some(Found::plain(answer, record.job, Field::None, upstream, at))
}

/// The owner was deleted, and the garbage collector deletes what it leaves.
fn after_owner(scene: &Scene, record: &PodRecord, at: Time) -> Option<Found> {
    let job = scene.cluster.job_last_seen(record.job)?;
    if !deletion::is_going(scene, job) {
        return None;
    }
    let of_job = deletion::of_job(scene, job);
    let answer = format!("Its Job was deleted, and its pods go with it. {}", of_job.answer);
    Some(Found { rules: of_job.rules, ..Found::plain(answer, record.job, of_job.field, Upstream::CollectGarbage, at) })
}

/// How long a pod that shuts down may still take.
fn with_grace(scene: &Scene, found: Found, record: &PodRecord, pod: Option<&Pod>) -> Found {
    let Some(pod) = pod.filter(|_| record.ended_at.is_none()) else { return found };
    if retries::lost(scene.cluster, pod).is_some() {
        return found.with("nothing is heard of its node: the pod goes when that is back or deleted");
    }
    let (Some(grace_s), Some(deadline)) = (pod.meta.deletion_grace_s, pod.meta.deletion_time) else { return found };
    let found = found.with(format!("terminationGracePeriodSeconds: killed after {grace_s} s at the latest"));
    Found { left: retries::left(scene.cluster, deadline), ..found }
}
