//! Whether a Job of a CronJob starts now, and if not, why. Pure: it sees the CronJob and the moment.

use super::client::SOURCE;
use super::reasons::Reason;
use super::template::job_name;
use super::timetable::{Deadline, Missed, Timetable, names_zone};
use crate::api::validation::field::quote;
use crate::api::{ConcurrencyPolicy, CronJob, EventReason, ObjectKind};
use crate::apiserver::EventDraft;
use crate::sim::{Time, Zone};

/// What to do, what to say, and when to look again.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// The start for which a Job is to be created.
    pub start: Option<Start>,
    pub events: Vec<EventDraft>,
    pub reasons: Vec<Reason>,
    /// In how many milliseconds to look again, when nothing starts.
    pub look_again_ms: Option<i64>,
}

/// A start that is due.
#[derive(Clone, Debug)]
pub struct Start {
    pub scheduled: Time,
    pub timetable: Timetable,
}

/// Decides on a CronJob whose status has been brought up to date.
///
/// Upstream's check for a start that is later than `startingDeadlineSeconds` allows, with its event `MissSchedule`, is
/// left out: its search finds no such start, as it begins where the deadline allows.
// Models pkg/controller/cronjob/cronjob_controllerv2.go syncCronJob
pub fn decide(cron_job: &CronJob, now: Time) -> Decision {
    let mut decision = Decision::default();
    if let Some(timetable) = decision.timetable(cron_job) {
        decision.find_start(cron_job, timetable, now);
    }
    decision
}

/// An event about the CronJob.
pub fn event(cron_job: &CronJob, reason: EventReason, message: String) -> EventDraft {
    EventDraft::about(ObjectKind::CronJob, &cron_job.meta, SOURCE, reason).message(message)
}

impl Decision {
    /// The CronJob's timetable, unless it is not to start anything at all.
    fn timetable(&mut self, cron_job: &CronJob) -> Option<Timetable> {
        if cron_job.meta.deletion_time.is_some() {
            self.reasons.push(Reason::Deleting);
            return None;
        }
        if let Some(zone) = cron_job.spec.time_zone.as_ref().filter(|zone| Zone::named(zone).is_none()) {
            self.warn(
                cron_job,
                EventReason::UnknownTimeZone,
                format!("invalid timeZone: {}: unknown time zone {zone}", quote(zone)),
            );
            self.reasons.push(Reason::UnknownTimeZone { zone: zone.clone() });
            return None;
        }
        if cron_job.spec.suspend {
            self.reasons.push(Reason::Suspended);
            return None;
        }
        let schedule = &cron_job.spec.schedule;
        if names_zone(cron_job) {
            let more = "is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details";
            let message = format!("CRON_TZ or TZ used in schedule {} {more}", quote(schedule));
            self.warn(cron_job, EventReason::UnsupportedSchedule, message);
        }
        match Timetable::of(cron_job) {
            Ok(timetable) => Some(timetable),
            Err(complaint) => {
                let message = format!("unparseable schedule: {} : {complaint}", quote(schedule));
                self.warn(cron_job, EventReason::UnparseableSchedule, message);
                self.reasons.push(Reason::UnreadableSchedule { complaint: complaint.into() });
                None
            }
        }
    }

    fn find_start(&mut self, cron_job: &CronJob, timetable: Timetable, now: Time) {
        let recent = match timetable.most_recent(cron_job, now, Deadline::Counts) {
            Ok(recent) => recent,
            Err(complaint) => {
                let message = format!("invalid schedule: {} : {complaint}", cron_job.spec.schedule);
                self.warn(cron_job, EventReason::InvalidSchedule, message);
                self.reasons.push(Reason::InvalidSchedule { complaint: complaint.into() });
                return;
            }
        };
        let Some(scheduled) = recent.due else {
            self.note_missed_deadline(cron_job, &timetable, now);
            self.reasons.push(Reason::NotYet { next: timetable.next(now) });
            self.look_again_ms = Some(timetable.next_delay_ms(cron_job, now));
            return;
        };
        self.note_missed(cron_job, recent.missed);
        if self.is_held_back(cron_job, scheduled) {
            self.look_again_ms = Some(timetable.next_delay_ms(cron_job, now));
        } else {
            self.start = Some(Start { scheduled, timetable });
        }
    }

    // Models pkg/controller/cronjob/utils.go nextScheduleTime
    fn note_missed(&mut self, cron_job: &CronJob, missed: Missed) {
        match missed {
            Missed::None => {}
            Missed::Few { count } => self.reasons.push(Reason::MissedStarts { count }),
            Missed::Many { count } => {
                let message =
                    "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew";
                self.warn(cron_job, EventReason::TooManyMissedTimes, message.to_owned());
                self.reasons.push(Reason::TooManyMissed { count });
            }
        }
    }

    /// Says so when a start would be due, were it not for the deadline.
    fn note_missed_deadline(&mut self, cron_job: &CronJob, timetable: &Timetable, now: Time) {
        if let Some(deadline_s) = cron_job.spec.starting_deadline_s
            && let Ok(recent) = timetable.most_recent(cron_job, now, Deadline::Ignored)
            && let Some(scheduled) = recent.due
        {
            let late_ms = now.ms_since(scheduled);
            self.reasons.push(Reason::MissedDeadline { scheduled, late_ms, deadline_s });
        }
    }

    fn is_held_back(&mut self, cron_job: &CronJob, scheduled: Time) -> bool {
        let (meta, status) = (&cron_job.meta, &cron_job.status);
        let name = job_name(cron_job, scheduled);
        let is_active = status.active.iter().any(|job| *job.name == *name && job.namespace == meta.namespace);
        if is_active || status.last_schedule_time == Some(scheduled) {
            self.reasons.push(Reason::AlreadyStarted { scheduled });
            return true;
        }
        if cron_job.spec.concurrency_policy == ConcurrencyPolicy::Forbid && !status.active.is_empty() {
            let message = "Not starting job because prior execution is running and concurrency policy is Forbid";
            self.events.push(event(cron_job, EventReason::JobAlreadyActive, message.to_owned()));
            self.reasons.push(Reason::SkippedForbid { scheduled, active: status.active.len() as u32 });
            return true;
        }
        false
    }

    fn warn(&mut self, cron_job: &CronJob, reason: EventReason, message: String) {
        self.events.push(event(cron_job, reason, message).warning());
    }
}
