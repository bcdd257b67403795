//! The control loop in five steps: what the watch brought, what waits in the queue, what the latest sync found and
//! did, and what the status says. Plain data made from the cluster.

use super::noted::Noted;
use crate::api::event::ObjectKind;
use crate::api::{Job, Uid};
use crate::cluster::{BackoffView, Cluster, QueueView};
use crate::controllers::job::{Reason, SyncRecord};
use crate::ui::words::{self, count, countdown, duration};

/// For so long after a sync its step is lit.
const LIT_MS: i64 = 700;
/// How many of the latest decisions are searched for one about this Job.
const DECISIONS_SEARCHED: usize = 64;

/// One step of the loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoopStep {
    pub title: String,
    pub text: String,
    pub light: Light,
}

/// Whether a step is where things happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    On,
    Off,
}

/// The five steps for that Job.
pub fn control_loop(cluster: &Cluster, noted: &Noted, job: Option<Uid>) -> [LoopStep; 5] {
    let now = cluster.now();
    let queue = job.map(|uid| cluster.job_queue(uid)).unwrap_or(QueueView { due: None, backoff: None });
    let decisions = cluster.decisions().iter().rev().take(DECISIONS_SEARCHED);
    let latest = decisions.into_iter().find(|decision| Some(decision.job) == job);
    let fresh = latest.is_some_and(|decision| now.ms_since(decision.at) < LIT_MS);
    let stored = job.and_then(|uid| cluster.api().job(uid));
    let step = |title: &str, text: String, light| LoopStep { title: title.to_owned(), text, light };
    let sync_title = latest.map_or_else(|| "Sync".to_owned(), |decision| format!("Sync #{}", decision.number));
    [
        step("Watch", news(cluster, noted), Light::Off),
        step("Work queue", queue_text(cluster, queue), if fresh { Light::Off } else { Light::On }),
        step(&sync_title, latest.map_or_else(String::new, |it| found(it)), if fresh { Light::On } else { Light::Off }),
        step("Act", latest.map_or_else(String::new, |it| acted(it)), Light::Off),
        step("Status", stored.map_or_else(|| "no Job".to_owned(), |job| status(job)), Light::Off),
    ]
}

fn news(cluster: &Cluster, noted: &Noted) -> String {
    let name = |kind: ObjectKind, uid: Uid| match kind {
        ObjectKind::Pod => pod_name(cluster, noted, uid).unwrap_or_default(),
        ObjectKind::Job
        | ObjectKind::Node
        | ObjectKind::CronJob
        | ObjectKind::ReplicaSet
        | ObjectKind::Deployment
        | ObjectKind::Service => {
            noted.jobs().iter().find(|job| job.uid == uid).map(|job| job.name.to_string()).unwrap_or_default()
        }
    };
    noted.latest_news(cluster).and_then(|event| words::trace(event, name)).unwrap_or_else(|| "nothing yet".to_owned())
}

/// A pod's name, short of that of its Job if it has one.
fn pod_name(cluster: &Cluster, noted: &Noted, pod: Uid) -> Option<String> {
    let record = cluster.history().pod(pod)?;
    let job = noted.jobs().iter().find(|job| job.uid == record.job);
    Some(job.map_or(&*record.name, |job| words::short_pod_name(&record.name, &job.name)).to_owned())
}

fn queue_text(cluster: &Cluster, queue: QueueView) -> String {
    let now = cluster.now();
    match (queue.due, queue.backoff) {
        (Some(due), _) if due <= now => "due now".to_owned(),
        (Some(due), Some(BackoffView { until, .. })) if until > now => {
            format!("due in {}, backoff", countdown(due.ms_since(now)))
        }
        (Some(due), _) => format!("due in {}", countdown(due.ms_since(now))),
        (None, _) => "empty".to_owned(),
    }
}

/// What a sync found.
fn found(record: &SyncRecord) -> String {
    for reason in &record.reasons {
        match reason {
            Reason::WantActive { want, active, .. } => return format!("want {want} active, have {active}"),
            Reason::WorkQueueDraining { active } => return format!("draining, {active} active"),
            Reason::Suspended => return "suspended".to_owned(),
            Reason::ExpectationsPending { .. } | Reason::CacheBehind => return "its cache is behind".to_owned(),
            _ => {}
        }
    }
    words::decision(record).verb
}

/// What a sync did about it.
fn acted(record: &SyncRecord) -> String {
    let mut acts = Vec::new();
    // Of several conditions the last one tells most.
    let mut set = None;
    for reason in &record.reasons {
        match reason {
            Reason::CreatedPods { count: pods, .. } => acts.push(format!("created {}", count(u64::from(*pods), "pod"))),
            Reason::DeletedPods { count: pods, .. } => acts.push(format!("deleted {}", count(u64::from(*pods), "pod"))),
            Reason::Backoff { remaining_ms, .. } | Reason::BackoffPerIndex { remaining_ms, .. } => {
                acts.push(format!("waits {}", duration(*remaining_ms)));
            }
            Reason::ConditionSet { kind, .. } => set = Some(format!("set {}", kind.as_str())),
            Reason::CountedPods { succeeded, failed } => {
                acts.push(format!("counted {}", count(u64::from(*succeeded) + u64::from(*failed), "pod")));
            }
            Reason::CallFailed { .. } => acts.push("an API call failed".to_owned()),
            _ => {}
        }
    }
    acts.extend(set);
    if acts.is_empty() { "nothing to do".to_owned() } else { acts.join(", ") }
}

fn status(job: &Job) -> String {
    let status = &job.status;
    format!("active {} · ✓\u{a0}{}\u{a0}✕\u{a0}{}", status.active, status.succeeded, status.failed)
}
