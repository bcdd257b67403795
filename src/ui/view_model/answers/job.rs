//! Answers about a Job: why a seat stays empty, when the next pod comes, why it is not Complete or not Failed, what its
//! conditions and its syncs stand on. They come from the decisions of the controller and from the Job as it is now.

use super::deletion;
use super::ground::{Field, Ground, Topic, ground};
use super::{Found, JobAsk, PodAsk, Question, Scene, pod};
use crate::api::{Job, JobConditionType, RestartPolicy, Uid};
use crate::cluster::{BackoffView, Cluster};
use crate::controllers::job::{Reason, SyncRecord};
use crate::sim::Time;
use crate::ui::view_model::by_hand;
use crate::ui::view_model::decisions::latest_decision;
use crate::ui::view_model::wanted::{failed_indexes, next_backoff, running_backoff};
use crate::ui::view_model::why::{WhyTone, index_wait, is_to_be_suspended, pod_held_back, why, why_ended, why_no_pod};
use crate::ui::words::{Upstream, count, count_i, countdown, decision, duration, indexes_named, reason_lines, weight};
use std::rc::Rc;

/// A sync that comes so soon after a moment comes because of it.
const NEAR_MS: i64 = 1_000;

/// The question in words, and its answer.
pub fn answer(scene: &Scene, uid: Uid, ask: JobAsk) -> (String, Found) {
    let cluster = scene.cluster;
    let Some(job) = cluster.job_last_seen(uid) else {
        let answer = "No record of this Job is left: it went too long ago.";
        let found = Found::plain(answer, uid, Field::None, Upstream::CollectGarbage, cluster.now());
        return ("Where is the Job?".to_owned(), found);
    };
    let question = |text: &str| text.to_owned();
    match ask {
        JobAsk::EmptySeat => (question("Why is no pod created?"), empty_seat(scene, job)),
        JobAsk::Backoff => match pod_held_back(cluster, job) {
            Some(held) => (question("When does the kubelet try again?"), pod::answer(scene, held, PodAsk::Here).1),
            None => (question("When does the next pod come?"), backoff(scene, job)),
        },
        JobAsk::Queue => (question("When does the controller look at the Job next?"), queue(scene, job)),
        JobAsk::Completion if job.has_condition(JobConditionType::Complete) => {
            (question("Why is the Job Complete?"), end(scene, job, ""))
        }
        JobAsk::Completion => (question("Why is the Job not Complete?"), not_complete(scene, job)),
        JobAsk::NotFailed if is_failing(job) && job.is_finished() => {
            (question("Why has the Job failed?"), end(scene, job, ""))
        }
        JobAsk::NotFailed if is_failing(job) => (question("Why does the Job fail?"), end(scene, job, "")),
        JobAsk::NotFailed => (question("Why has the Job not failed?"), not_failed(scene, job)),
        JobAsk::Condition(kind) => (format!("Why the condition {}?", kind.as_str()), condition(scene, job, kind)),
        JobAsk::Deleted => (question("Why is the Job deleted?"), deletion::of_job(scene, job)),
        JobAsk::Decision(number) => of_sync(scene, job, number),
    }
}

/// The questions that make sense about that Job now, each in a few words.
pub fn offered(cluster: &Cluster, uid: Uid) -> Vec<(&'static str, Question)> {
    let Some(job) = cluster.job_last_seen(uid) else { return Vec::new() };
    let mut asks = Vec::new();
    if cluster.api().job(uid).is_none() || job.meta.deletion_time.is_some() {
        asks.push(("Why deleted?", JobAsk::Deleted));
    }
    let is_held_back = !is_ending(job) && pod_held_back(cluster, job).is_some();
    if is_held_back {
        asks.push(("Next try when?", JobAsk::Backoff));
    } else if !job.is_finished() {
        // Where the moment's why says it already, its rules are left to ask for.
        let is_said = why(cluster, Some(uid)).answer == why_no_pod(cluster, uid).answer;
        asks.push((if is_said { "Which rule?" } else { "Why no pod?" }, JobAsk::EmptySeat));
    }
    if !is_ending(job) && !is_held_back && cluster.job_queue(uid).backoff.is_some() {
        asks.push(("Next pod when?", JobAsk::Backoff));
    }
    let is_complete = job.has_condition(JobConditionType::Complete);
    asks.push((if is_complete { "Why Complete?" } else { "Why not Complete?" }, JobAsk::Completion));
    if !is_complete {
        asks.push((if is_failing(job) { "Why failed?" } else { "Why not failed?" }, JobAsk::NotFailed));
    }
    if !job.is_finished() {
        asks.push(("Next sync?", JobAsk::Queue));
    }
    asks.into_iter().map(|(words, ask)| (words, Question::Job(uid, ask))).collect()
}

/// The latest decision about that Job with a reason on that topic, and the last such reason in it.
pub fn latest(cluster: &Cluster, job: Uid, topic: Topic) -> Option<(&SyncRecord, &Reason)> {
    let mut of_job = cluster.decisions().iter().rev().filter(|decision| decision.job == job);
    of_job.find_map(|decision| {
        let reason = decision.reasons.iter().rev().find(|reason| ground(reason).topic == topic)?;
        Some((&**decision, reason))
    })
}

/// The first decision about that Job from that moment on with a reason that is picked, and that reason.
pub fn first_since(
    cluster: &Cluster,
    job: Uid,
    at: Time,
    pick: impl Fn(&Reason) -> bool,
) -> Option<(&SyncRecord, &Reason)> {
    let decisions = cluster.decisions();
    let from = decisions.partition_point(|decision| decision.at < at);
    let mut of_job = decisions[from..].iter().filter(|decision| decision.job == job);
    of_job.find_map(|decision| Some((&**decision, decision.reasons.iter().find(|reason| pick(reason))?)))
}

/// The lines of the reasons of a decision that are on that topic.
pub fn lines_on(record: &SyncRecord, topic: Topic) -> Vec<String> {
    let mut lines = Vec::new();
    for reason in record.reasons.iter().filter(|reason| ground(reason).topic == topic) {
        match reason {
            // What was left at that time would be taken for what is left now.
            Reason::Backoff { failures, delay_ms, .. } => lines.push(delay_rule(*failures, *delay_ms)),
            Reason::BackoffPerIndex { count, indexes, .. } => {
                lines.push(format!("{}: waits for its own back-off", indexes_named(*count, indexes)));
            }
            _ => lines.extend(reason_lines(reason, &record.job_name)),
        }
    }
    lines
}

/// An answer that stands on the latest decision on that topic.
fn on(scene: &Scene, job: &Job, topic: Topic, answer: String) -> Found {
    let uid = job.meta.uid;
    match latest(scene.cluster, uid, topic) {
        Some((record, reason)) => {
            let Ground { field, upstream, .. } = ground(reason);
            let found =
                Found { rules: lines_on(record, topic), ..Found::plain(answer, uid, field, upstream, record.at) };
            match acted_since(scene, record.at).filter(|_| topic == Topic::Seats) {
                Some(at) => found.with(format!("decided before what was done at {}", scene.clock(at))),
                None => found,
            }
        }
        None => {
            let created_at = job.meta.creation_time.unwrap_or(scene.cluster.start());
            Found::plain(answer, uid, Field::None, Upstream::EnqueueSyncJob, created_at)
        }
    }
}

/// When a person has done something last, if that was after `decided`.
fn acted_since(scene: &Scene, decided: Time) -> Option<Time> {
    let last = by_hand::done(scene.cluster).last()?;
    Some(scene.cluster.start().plus_ms(last.at_ms)).filter(|at| *at > decided)
}

fn empty_seat(scene: &Scene, job: &Job) -> Found {
    let cluster = scene.cluster;
    if is_ending(job) {
        return end(scene, job, "Its end is decided, so it needs no pod. ");
    }
    if deletion::is_going(scene, job) {
        let found = deletion::of_job(scene, job);
        return Found { answer: format!("The Job is deleted, so none is created. {}", found.answer), ..found };
    }
    if cluster.job_controller().is_none() {
        let answer = "The Job controller is not running, and nobody else creates pods for a Job.";
        return on(scene, job, Topic::Seats, answer.to_owned()).toned(WhyTone::Bad);
    }
    let now = why_no_pod(cluster, job.meta.uid);
    if is_to_be_suspended(job) {
        let at = acted_since(scene, scene.cluster.start()).unwrap_or(scene.cluster.start());
        let found = Found::plain(now.answer, job.meta.uid, Field::Spec("suspend"), Upstream::ManageJob, at);
        return found.with("suspend is true → want no pod active").toned(now.tone);
    }
    let field_when_unseen = if job.external_manager().is_some() { Field::Spec("managedBy") } else { Field::None };
    let mut found = on(scene, job, Topic::Seats, now.answer);
    if found.rules.is_empty() {
        found.field = field_when_unseen;
    }
    Found { left: now.left, tone: now.tone, ..found }
}

/// The end of the Job, with words before it.
fn end(scene: &Scene, job: &Job, before: &str) -> Found {
    let now = why_ended(scene.cluster, job).unwrap_or_else(|| why(scene.cluster, Some(job.meta.uid)));
    Found { tone: now.tone, ..on(scene, job, Topic::End, format!("{before}{}", now.answer)) }
}

fn backoff(scene: &Scene, job: &Job) -> Found {
    let cluster = scene.cluster;
    if is_ending(job) {
        return end(scene, job, "Its end is decided, so no pod comes next. ");
    }
    let Some(BackoffView { failures, delay_ms, until }) = next_backoff(cluster, job) else {
        let now = why_no_pod(cluster, job.meta.uid);
        let answer = match now.left {
            Some(_) => now.answer,
            None if job.spec.suspend => "None until the Job is resumed.".to_owned(),
            None if running_backoff(cluster, job).is_some() => {
                "A back-off is going on, but no pod is wanted now that would wait for it.".to_owned()
            }
            None => "No back-off is going on now.".to_owned(),
        };
        return Found { tone: now.tone, left: now.left, ..on(scene, job, Topic::Seats, answer) };
    };
    let failed_at = until.plus_ms(-delay_ms);
    let answer = format!(
        "After {} the next pod waits {}; it comes at {}.",
        in_a_row(failures),
        duration(delay_ms),
        scene.clock(until)
    );
    let policy = match job.spec.template.restart_policy {
        RestartPolicy::Never => "restartPolicy Never: a retry is a new pod, and new pods wait",
        RestartPolicy::OnFailure => "restartPolicy OnFailure: this pod could not restart in place, and new pods wait",
        RestartPolicy::Always => "new pods wait",
    };
    let left = Some(countdown(until.ms_since(cluster.now())));
    let is_backoff = |reason: &Reason| matches!(reason, Reason::Backoff { .. });
    let at = first_since(cluster, job.meta.uid, failed_at, is_backoff).map_or(failed_at, |(record, _)| record.at);
    let found = Found::plain(answer, job.meta.uid, Field::Pod("restartPolicy"), Upstream::RemainingTime, at)
        .with(delay_rule(failures, delay_ms))
        .with(format!("last failure at {} + {} = {}", scene.clock(failed_at), duration(delay_ms), scene.clock(until)))
        .with(policy)
        .with("a pod that succeeds sets the number of failures back to 0; no field changes the 10 s or the 10 min");
    Found { left, ..found.toned(WhyTone::Waiting) }
}

/// `3 failures in a row → 10 s, doubled 2 times = 40 s (at most 10 min)`.
fn delay_rule(failures: i32, delay_ms: i64) -> String {
    let doubled = match failures {
        ..=1 => return "1 failure → 10 s (doubled per failure, at most 10 min)".to_owned(),
        2 => "once".to_owned(),
        _ => format!("{} times", failures - 1),
    };
    format!("{} → 10 s, doubled {doubled} = {} (at most 10 min)", in_a_row(failures), duration(delay_ms))
}

fn in_a_row(failures: i32) -> String {
    let row = if failures > 1 { " in a row" } else { "" };
    format!("{}{row}", count_i(failures, "failure"))
}

fn queue(scene: &Scene, job: &Job) -> Found {
    let cluster = scene.cluster;
    let now = cluster.now();
    if cluster.api().job(job.meta.uid).is_none() {
        let found = deletion::of_job(scene, job);
        return Found { answer: format!("None: it is gone. {}", found.answer), ..found };
    }
    if job.is_finished() {
        let found = on(scene, job, Topic::End, "None: it has ended.".to_owned());
        return Found { field: Field::None, upstream: Upstream::EnqueueSyncJob, ..found };
    }
    let view = cluster.job_queue(job.meta.uid);
    let answer = match view.due {
        _ if cluster.job_controller().is_none() => "The Job controller is not running.".to_owned(),
        None => "When a watch tells it of a change. Nothing is queued.".to_owned(),
        Some(due) if due <= now => "Now: it stands first in the work queue.".to_owned(),
        Some(due) => {
            format!("At {}: {}.", scene.clock(due), due_for(cluster, job, due))
        }
    };
    let left = view.due.filter(|due| *due > now).map(|due| countdown(due.ms_since(now)));
    let latest = latest_decision(cluster, job.meta.uid);
    let mut found = on(scene, job, Topic::Seats, answer);
    found.upstream = Upstream::EnqueueSyncJob;
    if view.due.is_some_and(|due| is_deadline(job, due)) {
        found.field = Field::Spec("activeDeadlineSeconds");
    } else if view.backoff.is_none() {
        found.field = Field::None; // No line of the manifest says how long changes are gathered.
    }
    if let Some(record) = latest {
        found.at = record.at;
        found.rules = vec![format!("sync #{} at {} {}", record.number, scene.clock(record.at), decision(record).verb)];
    }
    Found { left, ..found }
}

/// For what the controller looks at the Job then, in words.
fn due_for(cluster: &Cluster, job: &Job, due: Time) -> String {
    let (now, uid) = (cluster.now(), job.meta.uid);
    let is_then = |left_ms: i64| due.ms_since(now.plus_ms(left_ms)).abs() < NEAR_MS;
    let meets_error = |record: &SyncRecord| record.reasons.iter().any(|it| matches!(it, Reason::CallFailed { .. }));
    match (cluster.job_queue(uid).backoff, job.spec.active_deadline_s) {
        (_, Some(deadline_s)) if is_deadline(job, due) => {
            format!("activeDeadlineSeconds {deadline_s} is over then, and a Job that still runs fails")
        }
        (Some(backoff), _) if due >= backoff.until => "when the back-off is over".to_owned(),
        _ if index_wait(cluster, uid).is_some_and(|wait| is_then(wait.left_ms)) => {
            "when the back-off of an index is over".to_owned()
        }
        _ if latest_decision(cluster, uid).is_some_and(meets_error) => "it tries again after an error".to_owned(),
        _ if due.ms_since(now) <= NEAR_MS => "changes are gathered for a second".to_owned(),
        _ => "for a limit of time that it has set itself".to_owned(),
    }
}

/// Whether the Job's deadline is over then.
fn is_deadline(job: &Job, due: Time) -> bool {
    let deadline = job.spec.active_deadline_s.zip(job.status.start_time);
    deadline.is_some_and(|(deadline_s, start)| due.ms_since(start.plus_seconds(deadline_s)).abs() < NEAR_MS)
}

fn not_complete(scene: &Scene, job: &Job) -> Found {
    if is_failing(job) {
        let failure = if job.is_finished() { "It has failed" } else { "Its failure is decided" };
        return end(scene, job, &format!("{failure}, and a Job that fails is never Complete. "));
    }
    let status = &job.status;
    let (succeeded, active) = (status.succeeded, status.active);
    let at = counted_at(scene, job);
    let plain = |answer: String| Found::plain(answer, job.meta.uid, Field::Spec("completions"), Upstream::SyncJob, at);
    let held = deletion::is_going(scene, job) || job.spec.suspend || job.external_manager().is_some();
    let found = match job.spec.completions {
        _ if is_ending(job) => on(scene, job, Topic::Ending, why(scene.cluster, Some(job.meta.uid)).answer),
        Some(completions) if succeeded >= completions => on(
            scene,
            job,
            Topic::Ending,
            "Enough pods have succeeded. What is left must end and be counted.".to_owned(),
        ),
        Some(completions) => {
            let missing = completions - succeeded;
            let found = plain(format!("So far {succeeded} of {completions} have succeeded."))
                .with(format!("{succeeded} succeeded < completions {completions}: {missing} missing"));
            match (failed_indexes(job), status.failed_indexes.as_deref().unwrap_or_default()) {
                (0, _) => found,
                (1, failed) => found.with(failed_for_good(&format!("index {failed} has"), missing - 1)),
                (several, failed) => found.with(failed_for_good(&format!("indexes {failed} have"), missing - several)),
            }
        }
        None if succeeded == 0 => {
            plain("No pod has succeeded yet.".to_owned()).with("completions unset: one success, and all pods ended")
        }
        None => plain(format!("{} still active.", are(active)))
            .with(format!("completions unset: {} succeeded, but {active} active > 0", count_i(succeeded, "pod"))),
    };
    if held { found.with(why(scene.cluster, Some(job.meta.uid)).answer) } else { found }
}

fn failed_for_good(who: &str, left: i32) -> String {
    format!("{who} failed for good, so {left} can still come: when all have ended, the Job fails")
}

/// When pods were counted last, or else when the Job was first looked at.
fn counted_at(scene: &Scene, job: &Job) -> Time {
    let (cluster, uid) = (scene.cluster, job.meta.uid);
    let counted = latest(cluster, uid, Topic::Count).map(|(record, _)| record.at);
    let first = || first_since(cluster, uid, cluster.start(), |_| true).map(|(record, _)| record.at);
    counted.or_else(first).unwrap_or(cluster.start())
}

fn are(active: i32) -> String {
    format!("{} {}", count_i(active, "pod"), if active == 1 { "is" } else { "are" })
}

fn not_failed(scene: &Scene, job: &Job) -> Found {
    let (spec, status) = (&job.spec, &job.status);
    let uid = job.meta.uid;
    let at = counted_at(scene, job);
    let plain = |answer: &str, field| Found::plain(answer, uid, field, Upstream::SyncJob, at);
    let failed = status.failed;
    let mut found = match (spec.max_failed_indexes, spec.backoff_limit_per_index, spec.backoff_limit) {
        _ if job.is_finished() => end(scene, job, "It is Complete, and that is for good. "),
        (Some(limit), _, _) => {
            let indexes = failed_indexes(job);
            plain("Not too many indexes have failed.", Field::Spec("maxFailedIndexes"))
                .with(format!("{} failed ≤ maxFailedIndexes {limit}", count_i(indexes, "index")))
        }
        (None, Some(limit), _) => plain("Each index has a limit of its own.", Field::Spec("backoffLimitPerIndex"))
            .with(format!("backoffLimitPerIndex {limit}; {} failed so far", count_i(failed_indexes(job), "index"))),
        (None, None, i32::MAX) => plain("It has no back-off limit.", Field::Spec("backoffLimit")),
        (None, None, limit) if spec.template.restart_policy == RestartPolicy::OnFailure => {
            let live = scene.cluster.history().of_job(uid).filter(|pod| pod.ended_at.is_none());
            let restarts: i32 = live.map(|pod| pod.restarts).sum();
            plain("Its containers have not restarted too often.", Field::Spec("backoffLimit"))
                .with(format!("{} < backoffLimit {limit}", count_i(restarts, "restart")))
                .with(format!("{failed} failed ≤ backoffLimit {limit}"))
        }
        (None, None, limit) => plain("Not too many pods have failed.", Field::Spec("backoffLimit"))
            .with(format!("{failed} failed ≤ backoffLimit {limit}")),
    };
    if let (Some(deadline_s), Some(start)) = (spec.active_deadline_s, status.start_time)
        && !job.is_finished()
    {
        // Whole seconds that are over: they add up with those that a countdown shows.
        let active = duration(scene.cluster.now().ms_since(start) / 1_000 * 1_000);
        found = found.with(format!("active for {active} < activeDeadlineSeconds {deadline_s}"));
    }
    found
}

fn condition(scene: &Scene, job: &Job, kind: JobConditionType) -> Found {
    let Some(condition) = job.condition(kind) else {
        let answer = format!("The Job does not have the condition {}.", kind.as_str());
        return on(scene, job, Topic::Seats, answer);
    };
    let topic = match kind {
        JobConditionType::Suspended => Topic::Seats,
        JobConditionType::Complete
        | JobConditionType::Failed
        | JobConditionType::FailureTarget
        | JobConditionType::SuccessCriteriaMet => Topic::End,
    };
    let message = if condition.message.is_empty() { &condition.reason } else { &condition.message };
    let mut found = on(scene, job, topic, format!("{}.", message.trim_end_matches('.')));
    found.at = scene.noted.condition_since(job.meta.uid, kind).unwrap_or(found.at);
    if kind == JobConditionType::Suspended {
        found.field = Field::Spec("suspend");
        found.upstream = Upstream::SyncJob;
        found.rules = vec![format!("suspend is {}", job.spec.suspend)];
    }
    found.with(format!("{} is {}: {}", kind.as_str(), condition.status.as_str(), condition.reason))
}

/// A sync, by its weightiest reason.
fn of_sync(scene: &Scene, job: &Job, number: u32) -> (String, Found) {
    let asked = format!("Why did sync #{number} do that?");
    let record: Option<&Rc<SyncRecord>> = scene.cluster.decisions().iter().rev().find(|it| it.number == number);
    let Some(record) = record else {
        return (asked, on(scene, job, Topic::Seats, "No record of that sync is left.".to_owned()));
    };
    let words = decision(record);
    // Of equal ones the last, which tells more.
    let weightiest = record.reasons.iter().max_by_key(|reason| weight(reason));
    let Ground { field, upstream, .. } = match (weightiest, latest(scene.cluster, record.job, Topic::End)) {
        (Some(Reason::DeletedPods { .. } | Reason::ConditionSet { .. }), Some((_, end))) if is_ending(job) => {
            ground(end)
        }
        (Some(reason), _) => ground(reason),
        (None, _) => Ground { topic: Topic::Life, field: Field::None, upstream: Upstream::SyncJob },
    };
    let answer = format!("It {}.", words.verb);
    let found = Found::plain(answer, record.job, field, upstream, record.at);
    let rules = match words.lines.is_empty() {
        true => vec![format!("{} looked at, none of it new", count(1, "Job"))],
        false => words.lines,
    };
    (asked, Found { rules, ..found })
}

/// Whether the end of the Job is decided.
fn is_ending(job: &Job) -> bool {
    job.is_finished() || job.has_condition(JobConditionType::SuccessCriteriaMet) || is_failing(job)
}

/// Whether the Job has failed or is about to.
fn is_failing(job: &Job) -> bool {
    job.has_condition(JobConditionType::Failed) || job.has_condition(JobConditionType::FailureTarget)
}
