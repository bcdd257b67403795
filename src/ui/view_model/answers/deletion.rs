//! Who deleted a Job, and why: its TTL, the history limits or the policy of its CronJob, or an act.

use super::ground::Field;
use super::{Found, Scene};
use crate::api::{Job, JobConditionType, Propagation};
use crate::apiserver::propagation_of;
use crate::cluster::{Command, TraceEvent};
use crate::controllers::cronjob::Reason;
use crate::controllers::ttl_after_finished::time_left;
use crate::sim::Time;
use crate::ui::words::{Upstream, cron_reason};

/// Whether the Job is gone or on its way out.
pub fn is_going(scene: &Scene, job: &Job) -> bool {
    scene.cluster.api().job(job.meta.uid).is_none() || job.meta.deletion_time.is_some()
}

/// Why the Job is deleted.
pub fn of_job(scene: &Scene, job: &Job) -> Found {
    let uid = job.meta.uid;
    if !is_going(scene, job) {
        let answer = "It is not: nobody has asked the API server to delete it.";
        return Found::plain(answer, uid, Field::None, Upstream::SyncJob, scene.cluster.now());
    }
    let at = asked_at(scene, job);
    let act = act(scene, job, at);
    // A Job that is gone has lost the finalizers that would tell.
    let how = match act.unwrap_or_else(|| propagation_of(job)) {
        Propagation::Background => "background: the Job goes, and its pods after it",
        Propagation::Foreground => "foreground: its pods go first",
        Propagation::Orphan => "orphan: its pods are left",
    };
    let known = by_ttl(scene, job, at).or_else(|| by_cron_job(scene, job));
    let found = known.unwrap_or_else(|| {
        let answer = match (act, job.meta.controller()) {
            (None, Some(owner)) => format!("Its owner {} was deleted, and it goes with it.", owner.name),
            (Some(_) | None, _) => format!("Somebody asked for it: kubectl delete job {}.", job.meta.name),
        };
        Found::plain(answer, uid, Field::None, Upstream::CollectGarbage, at)
    });
    found.with(how)
}

/// When the deletion was asked for, or was done.
fn asked_at(scene: &Scene, job: &Job) -> Time {
    let uid = job.meta.uid;
    let is_it = |event: &TraceEvent| matches!(event, TraceEvent::JobDeleting { job } | TraceEvent::JobDeleted { job } if *job == uid);
    let entry = scene.cluster.trace().find(|entry| is_it(&entry.event));
    entry.map(|entry| entry.at).or(job.meta.deletion_time).unwrap_or(scene.cluster.now())
}

fn by_ttl(scene: &Scene, job: &Job, at: Time) -> Option<Found> {
    let ttl_s = job.spec.ttl_after_finished_s?;
    let expires_at = time_left(job, at).ok().filter(|left| left.left_ms <= 0)?.expires_at;
    let answer = format!("It ended, and ttlSecondsAfterFinished {ttl_s} was over.");
    let ended = if job.has_condition(JobConditionType::Complete) { "Complete" } else { "Failed" };
    let ended_at = expires_at.plus_seconds(-i64::from(ttl_s));
    let rule = format!("{ended} at {} + {ttl_s} s = {}", scene.clock(ended_at), scene.clock(expires_at));
    Some(
        Found::plain(answer, job.meta.uid, Field::Spec("ttlSecondsAfterFinished"), Upstream::ProcessTtl, at).with(rule),
    )
}

/// A CronJob deletes Jobs that its history does not keep, and those that it replaces.
fn by_cron_job(scene: &Scene, job: &Job) -> Option<Found> {
    let owner = job.meta.controller()?.uid;
    let notes = scene.noted.cron_jobs().iter().find(|notes| notes.uid == owner)?;
    let name = &job.meta.name;
    let (record, reason) = notes.decisions.iter().rev().find_map(|record| {
        let is_it = |reason: &&Reason| {
            matches!(reason, Reason::DeletedHistory { job, .. } | Reason::Replaced { job } if job == name)
        };
        Some((record, record.reasons.iter().find(is_it)?))
    })?;
    let (field, upstream) = match reason {
        Reason::Replaced { .. } => ("concurrencyPolicy", Upstream::SyncCronJob),
        _ if job.has_condition(JobConditionType::Failed) => ("failedJobsHistoryLimit", Upstream::CleanupFinishedJobs),
        _ => ("successfulJobsHistoryLimit", Upstream::CleanupFinishedJobs),
    };
    let answer = format!("Its CronJob deleted it: {}.", cron_reason(reason, record.at, notes.calendar()));
    Some(Found::plain(answer, job.meta.uid, Field::CronJob(field), upstream, record.at))
}

/// How an act of that moment asked for it, if one did.
fn act(scene: &Scene, job: &Job, at: Time) -> Option<Propagation> {
    let at_ms = at.ms_since(scene.cluster.start());
    let mut acts = scene.cluster.scenario().commands.iter().filter(|timed| timed.at_ms == at_ms);
    acts.find_map(|timed| match &timed.command {
        Command::DeleteJob { job: name, propagation } if **name == *job.meta.name => Some(*propagation),
        _ => None,
    })
}
