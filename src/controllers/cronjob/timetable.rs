//! When a CronJob's Jobs are due: the latest start that is due, how many were missed, and how long to wait for the
//! next. Pure arithmetic on a CronJob and a moment.

use crate::api::CronJob;
use crate::api::cron::{Schedule, SpecSchedule};
use crate::sim::{SECOND_MS, Time, Zone};

/// The controller looks so much later than a start is due, in case clocks differ.
pub const NEXT_SCHEDULE_DELTA_MS: i64 = 100;
/// Missing more starts than this is worth a warning.
const MANY_MISSED: i64 = 100;
/// 0001-01-01T00:00:00Z, which stands for no time.
const NO_TIME: Time = Time::from_epoch_ms(-62_135_596_800_000);

/// The schedule of a CronJob in its time zone.
#[derive(Clone, Debug)]
pub struct Timetable {
    schedule: Schedule,
    /// In which a schedule without a zone counts: that of the controller.
    local: Zone,
}

/// Whether a search leaves out the starts for which `startingDeadlineSeconds` says it is too late.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    Counts,
    Ignored,
}

/// What a search for the latest start finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recent {
    /// Where the search began: the last start, or the creation, or where the deadline allows.
    pub earliest: Time,
    /// The latest start that is due; `None` when none is, or it was not found although some were missed.
    pub due: Option<Time>,
    pub missed: Missed,
}

/// How many starts were missed, roughly: as many as would fit if all were as far apart as the first two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    None,
    Few { count: i64 },
    Many { count: i64 },
}

impl Timetable {
    /// # Errors
    /// Why the schedule cannot be read.
    // Models pkg/controller/cronjob/cronjob_controllerv2.go formatSchedule
    pub fn of(cron_job: &CronJob) -> Result<Self, String> {
        let schedule = &*cron_job.spec.schedule;
        let zone = cron_job.spec.time_zone.as_deref().filter(|zone| Zone::named(zone).is_some());
        match zone.filter(|_| !names_zone(cron_job)) {
            Some(zone) => Self::parse(&format!("TZ={zone} {schedule}")),
            None => Self::parse(schedule),
        }
    }

    /// # Errors
    /// Why the schedule cannot be read.
    pub fn parse(schedule: &str) -> Result<Self, String> {
        Ok(Self { schedule: Schedule::parse(schedule)?, local: Zone::utc() })
    }

    /// The zone in which the schedule counts.
    pub fn zone(&self) -> &Zone {
        match &self.schedule {
            Schedule::Spec(spec) => spec.zone.as_ref().unwrap_or(&self.local),
            Schedule::Every { .. } => &self.local,
        }
    }

    /// The same by clocks of another zone; `None` when it does not go by clocks.
    pub fn by_clocks_of(&self, zone: Zone) -> Option<Self> {
        match &self.schedule {
            Schedule::Spec(spec) => {
                let schedule = Schedule::Spec(SpecSchedule { zone: Some(zone), ..spec.clone() });
                Some(Self { schedule, local: self.local.clone() })
            }
            Schedule::Every { .. } => None,
        }
    }

    /// The first start behind that moment; `None` when there is none within five years.
    pub fn next(&self, after: Time) -> Option<Time> {
        self.schedule.next(after, &self.local)
    }

    /// The latest start that is due.
    ///
    /// # Errors
    /// When the schedule makes no sense.
    // Models pkg/controller/cronjob/utils.go mostRecentScheduleTime
    pub fn most_recent(&self, cron_job: &CronJob, now: Time, deadline: Deadline) -> Result<Recent, String> {
        let earliest = earliest(cron_job, now, deadline);
        let found = |due, missed| Ok(Recent { earliest, due, missed });
        let senseless = || "time difference between two schedules is less than 1 second".to_owned();
        let first = self.next(earliest).ok_or_else(senseless)?;
        if now < first {
            return found(None, Missed::None);
        }
        let second = self.next(first).ok_or_else(senseless)?;
        if now < second {
            return found(Some(first), Missed::None);
        }
        let between_s = (second.ms_since(first) / SECOND_MS).max(1);
        let count = now.ms_since(first) / SECOND_MS / between_s + 1;
        // From one start before the last that a regular schedule would have, so that an irregular one is found too.
        let near = first.plus_seconds((count - 2) * between_s);
        let starts = std::iter::successors(self.next(near), |start| self.next(*start));
        let due = starts.take_while(|start| *start <= now).last();
        found(due, if count > MANY_MISSED { Missed::Many { count } } else { Missed::Few { count } })
    }

    /// How long to wait for the next start, in milliseconds. When there is none, it is time to find that out.
    // Models pkg/controller/cronjob/utils.go nextScheduleTimeDuration
    pub fn next_delay_ms(&self, cron_job: &CronJob, now: Time) -> i64 {
        let latest = match self.most_recent(cron_job, now, Deadline::Ignored) {
            Ok(Recent { due: Some(due), .. }) => due,
            Ok(Recent { earliest, due: None, missed: Missed::None }) => earliest,
            Ok(Recent { due: None, missed: Missed::Few { .. } | Missed::Many { .. }, .. }) | Err(_) => now,
        };
        self.next(latest).map_or(0, |next| next.plus_ms(NEXT_SCHEDULE_DELTA_MS).ms_since(now))
    }
}

/// Whether the schedule's text names a zone itself.
pub fn names_zone(cron_job: &CronJob) -> bool {
    cron_job.spec.schedule.contains("TZ")
}

fn earliest(cron_job: &CronJob, now: Time, deadline: Deadline) -> Time {
    let earliest = cron_job.status.last_schedule_time.or(cron_job.meta.creation_time).unwrap_or(NO_TIME);
    match (deadline, cron_job.spec.starting_deadline_s) {
        (Deadline::Counts, Some(deadline_s)) => earliest.max(now.plus_seconds(deadline_s.saturating_neg())),
        (Deadline::Counts, None) | (Deadline::Ignored, _) => earliest,
    }
}
