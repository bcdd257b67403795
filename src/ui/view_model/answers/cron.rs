//! Answers about a CronJob: why nothing starts before the next start, what became of each start that was due, and what
//! its syncs stand on.

use super::ground::{Field, cron_ground};
use super::{CronAsk, Found, Scene};
use crate::api::Uid;
use crate::controllers::cronjob::{CronJobSync, Reason};
use crate::sim::Time;
use crate::ui::view_model::clock_change::{ClockChange, Way};
use crate::ui::view_model::cron_notes::{CronNotes, StartOutcome};
use crate::ui::view_model::cron_panel::Passing;
use crate::ui::view_model::cron_why::cron_why;
use crate::ui::view_model::why::WhyTone;
use crate::ui::words::{Upstream, cron_decision, cron_reason, duration, local_offset, schedule};
use std::rc::Rc;

/// The question in words, and its answer.
pub fn answer(scene: &Scene, uid: Uid, ask: CronAsk) -> (String, Found) {
    let Some(notes) = scene.noted.cron_jobs().iter().find(|notes| notes.uid == uid) else {
        let answer = "No record of this CronJob is left.";
        let found = Found::plain(answer, uid, Field::None, Upstream::SyncCronJob, scene.cluster.now());
        return ("Where is the CronJob?".to_owned(), found);
    };
    match ask {
        CronAsk::Next => ("Why no Job now?".to_owned(), next(scene, notes)),
        CronAsk::Tick(at) => tick(scene, notes, at),
        CronAsk::Clocks(at) => clocks(scene, notes, at),
        CronAsk::Decision(number) => of_sync(scene, notes, number),
    }
}

/// An answer that stands on a reason of a decision.
fn on(notes: &CronNotes, record: &CronJobSync, reason: &Reason, answer: String) -> Found {
    let (field, upstream) = cron_ground(reason);
    Found::plain(answer, notes.uid, field, upstream, record.at).with(cron_reason(reason, record.at, notes.calendar()))
}

fn next(scene: &Scene, notes: &CronNotes) -> Found {
    let now = cron_why(scene.cluster, scene.noted, notes);
    let spec = &notes.cron_job.spec;
    let at = notes.decisions.last().map_or(scene.cluster.start(), |record| record.at);
    let (field, upstream) = match notes.starts.last().map(|start| &start.outcome) {
        _ if spec.suspend => ("suspend", Upstream::SyncCronJob),
        Some(StartOutcome::Forbidden) if now.tone == WhyTone::Waiting => ("concurrencyPolicy", Upstream::SyncCronJob),
        Some(StartOutcome::TooLate { .. }) => ("startingDeadlineSeconds", Upstream::SyncCronJob),
        _ => ("schedule", Upstream::NextScheduleTime),
    };
    let said = schedule(&spec.schedule).unwrap_or_default();
    let mut found = Found::plain(now.answer, notes.uid, Field::CronJob(field), upstream, at)
        .with(format!("schedule {}: {said}", spec.schedule));
    if let Some(next) = notes.next(scene.cluster.now()).filter(|_| !spec.suspend) {
        found = found.with(format!("next start {} ({})", notes.calendar().moment(next), notes.zone.name()));
    }
    if !notes.cron_job.status.active.is_empty() || now.tone == WhyTone::Waiting {
        let policy = spec.concurrency_policy.as_str();
        found = found.with(format!("concurrencyPolicy {policy}"));
    }
    Found { left: now.left, tone: now.tone, ..found }
}

/// What a change of clocks does to the starts.
fn clocks(scene: &Scene, notes: &CronNotes, at: Time) -> (String, Found) {
    let Some(change) = ClockChange::find(notes, at.plus_seconds(-1), at) else {
        return ("Why no Job now?".to_owned(), next(scene, notes));
    };
    let comes = match change.way {
        _ if !change.matters() => "No time of the schedule is left out or comes twice for it.",
        Way::On => "The schedule is read by those clocks, so nothing is started for it.",
        Way::Back => "The schedule is read by those clocks, so a Job is started each time.",
    };
    let (zone, field) =
        (notes.zone.name(), if notes.cron_job.spec.time_zone.is_some() { "timeZone" } else { "schedule" });
    let answer = format!("{}. {comes}", change.words());
    let told_at = at.min(scene.cluster.now());
    let found = Found::plain(answer, notes.uid, Field::CronJob(field), Upstream::NextScheduleTime, told_at)
        .with(format!(
            "{zone}: {} before, {} behind",
            local_offset(&notes.zone, at.plus_seconds(-1)),
            local_offset(&notes.zone, at)
        ))
        .with(format!("schedule {}", notes.cron_job.spec.schedule));
    (change.question(), found)
}

/// What became of the start that was due then.
fn tick(scene: &Scene, notes: &CronNotes, at: Time) -> (String, Found) {
    let moment = notes.calendar().moment(at);
    let Some(start) = notes.starts.iter().rev().find(|start| start.scheduled == at) else {
        let asked = match Passing::of(scene.cluster, &notes.cron_job) {
            None => format!("Why a start at {moment}?"),
            Some(_) => format!("Why no start at {moment}?"),
        };
        return (asked, next(scene, notes));
    };
    let asked = match start.outcome {
        StartOutcome::Fired { .. } => format!("Why did a Job start at {moment}?"),
        _ => format!("Why did no Job start at {moment}?"),
    };
    let plain = |answer: String, field, upstream| Found::plain(answer, notes.uid, Field::CronJob(field), upstream, at);
    let words = || schedule(&notes.cron_job.spec.schedule).unwrap_or_default();
    let found = match &start.outcome {
        StartOutcome::Fired { job, late_ms } => {
            let late = if *late_ms >= 1_000 { format!(", {} late", duration(*late_ms)) } else { String::new() };
            plain(format!("The schedule says {}: {job} was started{late}.", words()), "schedule", Upstream::SyncCronJob)
                .toned(WhyTone::Good)
        }
        StartOutcome::Forbidden => plain(
            "A Job was still active, and Forbid starts none beside it.".to_owned(),
            "concurrencyPolicy",
            Upstream::SyncCronJob,
        )
        .toned(WhyTone::Waiting),
        StartOutcome::Suspended => {
            plain("The CronJob was suspended, so the start was skipped.".to_owned(), "suspend", Upstream::SyncCronJob)
        }
        StartOutcome::TooLate { deadline_s } => plain(
            format!("The controller came more than {deadline_s} s too late."),
            "startingDeadlineSeconds",
            Upstream::SyncCronJob,
        )
        .toned(WhyTone::Bad),
        StartOutcome::Away => {
            plain("The CronJob controller was not running.".to_owned(), "schedule", Upstream::SyncCronJob)
                .with("when it is back it makes up for the latest start only, within startingDeadlineSeconds")
                .toned(WhyTone::Bad)
        }
        StartOutcome::Missed => plain(
            "When the controller looked, a later start was due: only the latest is made up for.".to_owned(),
            "schedule",
            Upstream::MostRecentScheduleTime,
        ),
    };
    (asked, with_decision(notes, at, found))
}

/// The line and the moment of the decision that dealt with the start.
fn with_decision(notes: &CronNotes, scheduled_at: Time, found: Found) -> Found {
    let deals = |reason: &&Reason| {
        matches!(reason, Reason::StartedJob { scheduled, .. } | Reason::SkippedForbid { scheduled, .. }
            | Reason::MissedDeadline { scheduled, .. } if *scheduled == scheduled_at)
    };
    let of = |record: &Rc<CronJobSync>| {
        Some((record.at, cron_reason(record.reasons.iter().find(deals)?, record.at, notes.calendar())))
    };
    match notes.decisions.iter().rev().find_map(of) {
        Some((at, line)) => Found { at, ..found.with(line) },
        None => found.with(format!("schedule {}", notes.cron_job.spec.schedule)),
    }
}

/// A sync, by the reason that tells most.
fn of_sync(scene: &Scene, notes: &CronNotes, number: u32) -> (String, Found) {
    let asked = format!("Why did CronJob sync #{number} do that?");
    let Some(record) = notes.decisions.iter().rev().find(|record| record.number == number) else {
        let answer = "No record of that sync is left.";
        return (asked, Found::plain(answer, notes.uid, Field::None, Upstream::SyncCronJob, scene.cluster.now()));
    };
    let words = cron_decision(record, notes.calendar());
    let answer = format!("It {}.", words.verb);
    let found = match record.reasons.last() {
        Some(reason) => Found { rules: words.lines, ..on(notes, record, reason, answer) },
        None => Found::plain(answer, notes.uid, Field::CronJob("schedule"), Upstream::SyncCronJob, record.at)
            .with("nothing was due, and nothing had ended"),
    };
    (asked, found)
}
