//! Where two runs part, and why: the first moment whose traces differ in what a person can see, and what each run's
//! controller, or its nodes, had to say at that moment. It compares what was decided, not the numbers behind it.

use super::Side;
use super::samples::Watched;
use crate::api::event::ObjectKind;
use crate::api::pod::ContainerState;
use crate::api::{Job, PodPhase, Uid};
use crate::cluster::{Cluster, TraceEntry, TraceEvent};
use crate::controllers::cronjob::CronJobSync;
use crate::controllers::job::{Reason, SyncRecord};
use crate::sim::{Time, Zone};
use crate::ui::view_model::why::why;
use crate::ui::words::{
    self, Calendar, capital, cron_decision, decision, duration, reason_lines, short_pod_name, weight,
};
use std::mem::discriminant;
use std::rc::Rc;

/// Decisions that weigh no more than this do nothing.
const QUIET: u8 = 2;
/// So many facts are told of a decision.
const FACTS: usize = 3;
/// What a decision comes to that comes to nothing.
const NOTHING: &str = "changes nothing";

/// The moment at which two runs part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    pub at: Time,
    /// What happened in each, and why.
    pub said: [String; 2],
}

/// What a controller decided at that moment.
enum Decided<'a> {
    Job(&'a SyncRecord),
    /// With the zone in which its schedule counts, and when the run began.
    CronJob(&'a CronJobSync, Zone, Time),
}

/// Where both part, if they do at that moment, to whose end both have come.
pub(super) fn find(at: Time, sides: &[Side; 2]) -> Option<Parting> {
    let news = [0, 1].map(|place: usize| sides[place].cluster.trace_since(sides[place].seen));
    let [mut first, mut second] = news.clone().map(|news| news.filter(|entry| can_be_seen(&entry.event)));
    let parted = loop {
        match (first.next(), second.next()) {
            (None, None) => return None,
            (Some(one), Some(other)) if is_same(&one.event, &other.event) => {}
            (one, other) => break [one, other],
        }
    };
    let said = by_nodes(sides, &parted).unwrap_or_else(|| by_controllers(sides, &parted, news));
    Some(Parting { at, said })
}

/// Whether it is more than a look of a controller that comes to nothing.
fn can_be_seen(event: &TraceEvent) -> bool {
    match event {
        TraceEvent::Decision(record) => record.reasons.iter().any(|reason| weight(reason) > QUIET),
        TraceEvent::CronJobDecision(_) => false, // What it starts or deletes is seen.
        _ => true,
    }
}

/// Whether both look alike. Up to where two runs part the names and uids in them are the same.
fn is_same(one: &TraceEvent, other: &TraceEvent) -> bool {
    match (one, other) {
        (TraceEvent::Decision(one), TraceEvent::Decision(other)) => {
            one.job == other.job && decision(one).verb == decision(other).verb
        }
        _ => one == other,
    }
}

/// What is said when it was no controller by which they part, but what became of a pod.
fn by_nodes(sides: &[Side; 2], parted: &[Option<&TraceEntry>; 2]) -> Option<[String; 2]> {
    let pod = parted.iter().flatten().find_map(|entry| pod_of(&entry.event))?;
    Some([0, 1].map(|place: usize| {
        let cluster = &sides[place].cluster;
        let own = parted[place].filter(|entry| pod_of(&entry.event) == Some(pod));
        sentence(&own.map_or_else(|| still(cluster, pod), |entry| what_happened(cluster, &entry.event)))
    }))
}

/// The pod of which a node tells.
fn pod_of(event: &TraceEvent) -> Option<Uid> {
    match event {
        TraceEvent::PodPhase { pod, .. }
        | TraceEvent::PodReady { pod }
        | TraceEvent::PodWaiting { pod, .. }
        | TraceEvent::PodRestarted { pod, .. } => Some(*pod),
        _ => None,
    }
}

fn what_happened(cluster: &Cluster, event: &TraceEvent) -> String {
    if let TraceEvent::PodPhase { pod, phase } = event {
        let code = cluster.history().pod(*pod).and_then(|record| record.exit_code);
        let what = match (phase, code) {
            (PodPhase::Failed, Some(code)) => format!("exits with {code} and is Failed"),
            (phase, _) => format!("is {}", phase.as_str()),
        };
        return format!("pod {} {what}", pod_name(cluster, *pod));
    }
    let name = |kind: ObjectKind, uid: Uid| match kind {
        ObjectKind::Pod => pod_name(cluster, uid),
        _ => cluster.job_last_seen(uid).map_or_else(String::new, |job| job.meta.name.to_string()),
    };
    words::trace(event, name).unwrap_or_default()
}

/// How a pod is of which the other run tells something.
fn still(cluster: &Cluster, pod: Uid) -> String {
    let name = pod_name(cluster, pod);
    let Some(record) = cluster.history().pod(pod) else { return "there is no such pod".to_owned() };
    let status = cluster.api().pod(pod).map(|pod| &pod.status);
    let exit = status.and_then(|status| {
        status.containers.iter().find_map(|container| match &container.state {
            ContainerState::Terminated(ended) => Some(ended.exit_code),
            ContainerState::Waiting { .. } | ContainerState::Running { .. } => None,
        })
    });
    match (record.phase, &record.waiting, exit) {
        (PodPhase::Running, Some(reason), _) => format!("pod {name} stays, and its container waits: {reason}"),
        (PodPhase::Running, None, Some(code)) => format!("pod {name} stays, though its container exits with {code}"),
        (PodPhase::Running, None, None) => format!("pod {name} runs on"),
        (phase, ..) => format!("pod {name} is {}", phase.as_str()),
    }
}

fn pod_name(cluster: &Cluster, pod: Uid) -> String {
    let record = cluster.history().pod(pod);
    record.map_or_else(String::new, |record| {
        let job = cluster.job_last_seen(record.job).map_or("", |job| &*job.meta.name);
        short_pod_name(&record.name, job).to_owned()
    })
}

/// What the controllers decided at that moment: the first decisions that differ.
fn by_controllers<'a>(
    sides: &'a [Side; 2],
    parted: &[Option<&TraceEntry>; 2],
    news: [impl Iterator<Item = &'a TraceEntry> + Clone; 2],
) -> [String; 2] {
    let [first, second] = news;
    let mut first = first.filter_map(|entry| decided(&sides[0].cluster, entry));
    let mut second = second.filter_map(|entry| decided(&sides[1].cluster, entry));
    let decisions = loop {
        match [first.next(), second.next()] {
            [Some(one), Some(other)] if one.lines() == other.lines() => {}
            decisions => break decisions,
        }
    };
    [0, 1].map(|place: usize| {
        let (own, other) = (decisions[place].as_ref(), decisions[1 - place].as_ref());
        let side = &sides[place];
        own.and_then(|own| said(own, other, side)).unwrap_or_else(|| untouched(side, other, parted[place]))
    })
}

fn decided<'a>(cluster: &Cluster, entry: &'a TraceEntry) -> Option<Decided<'a>> {
    if let TraceEvent::Decision(record) = &entry.event {
        return Some(Decided::Job(record));
    }
    let TraceEvent::CronJobDecision(record) = &entry.event else { return None };
    let cron_job = cluster.api().cron_job(record.cron_job);
    let zone = cron_job.and_then(|cron_job| Zone::named(cron_job.spec.time_zone.as_deref()?));
    Some(Decided::CronJob(record, zone.unwrap_or_else(Zone::utc), cluster.start()))
}

impl Decided<'_> {
    /// What it stands on, in words.
    fn lines(&self) -> Vec<String> {
        match self {
            Self::Job(record) => decision(record).lines,
            Self::CronJob(record, zone, since) => cron_decision(record, Calendar { zone, since: *since }).lines,
        }
    }

    /// The same without what both runs may have counted, and without the names of new pods.
    fn facts(&self, other: Option<&Self>) -> Vec<String> {
        let Self::Job(record) = self else { return self.lines() };
        let decides_end = [Some(self), other].into_iter().flatten().any(|one| one.breach().is_some());
        let told = record.reasons.iter().filter(|reason| !is_count(reason));
        let told = told.filter(|reason| !decides_end || !matches!(reason, Reason::WantActive { .. }));
        told.flat_map(|reason| reason_lines(reason, &record.job_name)).collect()
    }

    fn verb(&self) -> String {
        match self {
            Self::Job(record) => {
                let reasons = record.reasons.iter().filter(|reason| !is_count(reason) || is_act(reason)).cloned();
                decision(&SyncRecord { reasons: reasons.collect(), ..(*record).clone() }).verb
            }
            Self::CronJob(record, zone, since) => cron_decision(record, Calendar { zone, since: *since }).verb,
        }
    }

    /// The limit that it finds passed.
    fn breach(&self) -> Option<&Reason> {
        let Self::Job(record) = self else { return None };
        let limits = record.reasons.iter().filter(|reason| {
            matches!(
                reason,
                Reason::BackoffLimitExceeded { .. }
                    | Reason::RestartsReachedLimit { .. }
                    | Reason::DeadlineExceeded { .. }
                    | Reason::MaxFailedIndexesExceeded { .. }
                    | Reason::CompletionsReached { .. }
                    | Reason::IndexesFailed { .. }
            )
        });
        limits.max_by_key(|reason| weight(reason))
    }
}

/// Whether a reason only says what was counted or done.
fn is_count(reason: &Reason) -> bool {
    is_act(reason)
        || matches!(
            reason,
            Reason::PodsFailed { .. }
                | Reason::PodsSucceeded { .. }
                | Reason::CountedPods { .. }
                | Reason::FailuresKept { .. }
                | Reason::ConditionSet { .. }
                | Reason::WaitsForTerminating { .. }
                | Reason::Started
        )
}

fn is_act(reason: &Reason) -> bool {
    matches!(reason, Reason::CreatedPods { .. } | Reason::DeletedPods { .. })
}

/// A decision in a sentence: what it stands on, and what it comes to.
fn said(own: &Decided, other: Option<&Decided>, side: &Side) -> Option<String> {
    let theirs = other.map(|other| other.facts(Some(own))).unwrap_or_default();
    let kept = kept_limit(own, other, side);
    let facts = own.facts(other).into_iter().filter(|fact| !theirs.contains(fact));
    let facts: Vec<String> = kept.into_iter().chain(facts).take(FACTS).collect();
    let verb = own.verb();
    match (facts.is_empty(), verb == NOTHING) {
        (true, true) => None,
        (true, false) => Some(format!("The controller {verb}.")),
        (false, true) => Some(sentence(&format!("{}, so the run goes on", facts.join(", ")))),
        (false, false) => Some(sentence(&format!("{}, so the controller {verb}", facts.join(", ")))),
    }
}

/// The words as a sentence; the names of fields keep their small letter.
fn sentence(words: &str) -> String {
    let first = words.split(' ').next().unwrap_or_default();
    let is_name = first.bytes().any(|byte| byte.is_ascii_uppercase());
    (if is_name { words.to_owned() } else { capital(words) }) + "."
}

/// What there is to say where no controller decided anything, or nothing that differs.
fn untouched(side: &Side, other: Option<&Decided>, entry: Option<&TraceEntry>) -> String {
    let job = side.samples.job(&side.cluster);
    if let Some(kept) =
        job.and_then(|job| other.and_then(|other| limit_not_passed(other.breach()?, job, &side.cluster)))
    {
        return sentence(&format!("{kept}, so the run goes on"));
    }
    let happened = entry.map(|entry| what_happened(&side.cluster, &entry.event)).filter(|words| !words.is_empty());
    match (happened, side.samples.watched()) {
        (Some(words), _) => sentence(&words),
        (None, Watched::Job(_)) => why(&side.cluster, job.map(|job| job.meta.uid)).answer,
        (None, Watched::Jobs) => "Nothing happens at this moment.".to_owned(),
    }
}

/// The limit that the other run has passed at this moment, and this one has not.
fn kept_limit(own: &Decided, other: Option<&Decided>, side: &Side) -> Option<String> {
    let theirs = other?.breach()?;
    if own.breach().is_some_and(|own| discriminant(own) == discriminant(theirs)) {
        return None;
    }
    let job: &Rc<Job> = side.samples.job(&side.cluster)?;
    limit_not_passed(theirs, job, &side.cluster)
}

/// That a limit which another run has passed is not passed by this Job.
fn limit_not_passed(breach: &Reason, job: &Job, cluster: &Cluster) -> Option<String> {
    let spec = &job.spec;
    let limited = |limit: Option<i32>, field: &str, holds: &dyn Fn(i32) -> bool, said: String| match limit {
        None => Some(format!("no {field} is set")),
        Some(limit) => holds(limit).then(|| format!("{said} {field} {limit}")),
    };
    match breach {
        Reason::BackoffLimitExceeded { failed, .. } => {
            limited(Some(spec.backoff_limit), "backoffLimit", &|limit| *failed <= limit, format!("{failed} failed ≤"))
        }
        Reason::RestartsReachedLimit { restarts, .. } => {
            let said = format!("{} <", words::count_i(*restarts, "restart"));
            limited(Some(spec.backoff_limit), "backoffLimit", &|limit| *restarts < limit, said)
        }
        Reason::DeadlineExceeded { .. } => match spec.active_deadline_s {
            None => Some("no activeDeadlineSeconds is set".to_owned()),
            Some(deadline_s) => {
                let active_ms = cluster.now().ms_since(job.status.start_time?);
                let said = format!("active for {} < activeDeadlineSeconds {deadline_s}", duration(active_ms));
                (active_ms < deadline_s.saturating_mul(1_000)).then_some(said)
            }
        },
        Reason::MaxFailedIndexesExceeded { failed_indexes, .. } => {
            let said = format!("{} failed ≤", words::count(u64::from(*failed_indexes), "index"));
            let failed = i32::try_from(*failed_indexes).unwrap_or(i32::MAX);
            limited(spec.max_failed_indexes, "maxFailedIndexes", &|limit| failed <= limit, said)
        }
        Reason::CompletionsReached { succeeded, .. } => {
            let said = format!("{succeeded} succeeded <");
            limited(spec.completions, "completions", &|completions| *succeeded < completions, said)
        }
        Reason::IndexesFailed { indexes, .. } => {
            let failed = indexes.first()?;
            let said = format!("index {}: {} ≤", failed.index, words::count_i(failed.failures, "failure"));
            limited(spec.backoff_limit_per_index, "backoffLimitPerIndex", &|limit| failed.failures <= limit, said)
        }
        _ => None,
    }
}
