//! What the page notes down of one CronJob while a run goes on: what became of each start that its schedule asked for,
//! and the latest decisions about it. Bounded, however long the run is. It reads the trace and decides nothing.

use crate::api::{CronJob, Uid};
use crate::controllers::cronjob::rules::Timetable;
use crate::controllers::cronjob::{CronJobSync, Reason};
use crate::sim::{Time, Zone};
use crate::ui::words::Calendar;
use std::rc::Rc;

/// So many starts are kept.
const STARTS_KEPT: usize = 150;
/// So many decisions are kept.
const DECISIONS_KEPT: usize = 60;
/// A start is counted as missed when nothing was done about it for so long.
const GRACE_MS: i64 = 1_000;

/// The notes on one CronJob.
#[derive(Clone, Debug)]
pub struct CronNotes {
    pub uid: Uid,
    /// From when on it was seen.
    since: Time,
    /// As it was seen last.
    pub cron_job: Rc<CronJob>,
    /// In which its schedule counts, as far as that is known.
    pub zone: Zone,
    /// In the order of the schedule.
    pub starts: Vec<CronStart>,
    /// In the order in which they were made.
    pub decisions: Vec<Rc<CronJobSync>>,
    /// `None` when the schedule cannot be read.
    timetable: Option<Timetable>,
    /// The first start that is still to come, or to be told about.
    expected: Option<Time>,
}

/// A start that the schedule asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronStart {
    pub scheduled: Time,
    pub outcome: StartOutcome,
    /// Whether it was skipped when it was due, as a Job was active, whatever became of it since.
    pub was_forbidden: bool,
}

impl CronStart {
    /// When its Job was made; when it was due if there is none.
    pub fn came_at(&self) -> Time {
        match self.outcome {
            StartOutcome::Fired { late_ms, .. } => self.scheduled.plus_ms(late_ms),
            StartOutcome::Forbidden
            | StartOutcome::Suspended
            | StartOutcome::TooLate { .. }
            | StartOutcome::Away
            | StartOutcome::Missed => self.scheduled,
        }
    }
}

/// What became of a start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartOutcome {
    Fired {
        job: Rc<str>,
        late_ms: i64,
    },
    /// A Job was active, and the policy is Forbid.
    Forbidden,
    Suspended,
    /// It came too late for `startingDeadlineSeconds`.
    TooLate {
        deadline_s: i64,
    },
    /// The controller was not there.
    Away,
    /// Nothing was started for it; a later one may have been.
    Missed,
}

impl CronNotes {
    pub fn new(cron_job: Rc<CronJob>, at: Time) -> Self {
        let mut notes = Self {
            uid: cron_job.meta.uid,
            since: at,
            cron_job: cron_job.clone(),
            zone: Zone::utc(),
            starts: Vec::new(),
            decisions: Vec::new(),
            timetable: None,
            expected: None,
        };
        notes.read(cron_job, at);
        notes
    }

    /// How its moments are dated.
    pub fn calendar(&self) -> Calendar<'_> {
        Calendar { zone: &self.zone, since: self.since }
    }

    /// The first start behind that moment, by the schedule alone.
    pub fn next(&self, after: Time) -> Option<Time> {
        self.timetable.as_ref()?.next(after)
    }

    /// `None` when the schedule cannot be read.
    pub fn timetable(&self) -> Option<&Timetable> {
        self.timetable.as_ref()
    }

    /// About how far apart starts are now, in milliseconds.
    pub fn period_ms(&self, now: Time) -> Option<i64> {
        let next = self.next(now)?;
        Some(self.next(next)?.ms_since(next))
    }

    /// The CronJob has a new spec from now on.
    pub fn changed(&mut self, cron_job: Rc<CronJob>, at: Time) {
        self.pass(at, Controller::There);
        self.read(cron_job, at);
    }

    /// The CronJob as it is, so that its last state is known when it is gone.
    pub fn seen(&mut self, cron_job: Option<&Rc<CronJob>>) {
        if let Some(cron_job) = cron_job {
            self.cron_job = cron_job.clone();
        }
    }

    /// Time has passed: starts that nothing was done about are put down as such.
    pub fn pass(&mut self, now: Time, controller: Controller) {
        let outcome = match controller {
            _ if self.cron_job.spec.suspend => StartOutcome::Suspended,
            Controller::There => StartOutcome::Missed,
            Controller::Away => StartOutcome::Away,
        };
        self.leave_out_old(now);
        while let Some(scheduled) = self.expected.filter(|expected| now.ms_since(*expected) > GRACE_MS) {
            self.put(scheduled, outcome.clone());
            self.expected = self.next(scheduled);
        }
    }

    /// Of the starts that have passed only about as many are looked at as are kept.
    fn leave_out_old(&mut self, now: Time) {
        let Some(expected) = self.expected else { return };
        let mut stretch_ms = GRACE_MS;
        while expected < now.plus_ms(-stretch_ms) {
            let from = now.plus_ms(-stretch_ms);
            let passed = std::iter::successors(self.next(from), |start| self.next(*start));
            if passed.take_while(|start| now.ms_since(*start) > GRACE_MS).take(STARTS_KEPT).count() == STARTS_KEPT {
                self.expected = self.next(from);
                return;
            }
            stretch_ms *= 2;
        }
    }

    /// Notes what was decided.
    pub fn decided(&mut self, record: &Rc<CronJobSync>) {
        self.pass(record.at, Controller::There);
        for reason in &record.reasons {
            match reason {
                Reason::StartedJob { scheduled, job } => {
                    let late_ms = record.at.ms_since(*scheduled);
                    self.put(*scheduled, StartOutcome::Fired { job: job.clone(), late_ms });
                }
                Reason::SkippedForbid { scheduled, .. } => self.put(*scheduled, StartOutcome::Forbidden),
                Reason::MissedDeadline { scheduled, deadline_s, .. } => {
                    self.put(*scheduled, StartOutcome::TooLate { deadline_s: *deadline_s });
                }
                Reason::DeletedHistory { .. }
                | Reason::JobFinished { .. }
                | Reason::JobMissing { .. }
                | Reason::UnexpectedJob { .. }
                | Reason::Deleting
                | Reason::Suspended
                | Reason::UnknownTimeZone { .. }
                | Reason::UnreadableSchedule { .. }
                | Reason::InvalidSchedule { .. }
                | Reason::NotYet { .. }
                | Reason::MissedStarts { .. }
                | Reason::TooManyMissed { .. }
                | Reason::AlreadyStarted { .. }
                | Reason::Replaced { .. }
                | Reason::JobExists { .. }
                | Reason::CallFailed { .. } => {}
            }
        }
        keep_newest(&mut self.decisions, DECISIONS_KEPT);
        self.decisions.push(record.clone());
    }

    fn read(&mut self, cron_job: Rc<CronJob>, at: Time) {
        self.timetable = Timetable::of(&cron_job).ok();
        let named = cron_job.spec.time_zone.as_deref().and_then(Zone::named);
        let zone = named.or_else(|| self.timetable.as_ref().map(|timetable| timetable.zone().clone()));
        self.zone = zone.unwrap_or_else(Zone::utc);
        self.expected = self.next(at);
        self.cron_job = cron_job;
    }

    /// What is told of a start later replaces what was told before.
    fn put(&mut self, scheduled: Time, outcome: StartOutcome) {
        let place = self.starts.iter().rposition(|start| start.scheduled <= scheduled);
        match place.map(|place| &mut self.starts[place]) {
            Some(start) if start.scheduled == scheduled => {
                start.was_forbidden |= outcome == StartOutcome::Forbidden;
                start.outcome = outcome;
            }
            _ => {
                let was_forbidden = outcome == StartOutcome::Forbidden;
                let start = CronStart { scheduled, outcome, was_forbidden };
                self.starts.insert(place.map_or(0, |place| place + 1), start);
                keep_newest(&mut self.starts, STARTS_KEPT);
            }
        }
        if self.expected.is_some_and(|expected| expected <= scheduled) {
            self.expected = self.next(scheduled);
        }
    }
}

/// Whether there is someone to start Jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Controller {
    #[default]
    There,
    Away,
}

/// Drops the oldest beyond that number.
fn keep_newest<T>(items: &mut Vec<T>, kept: usize) {
    let too_many = items.len().saturating_sub(kept);
    items.drain(..too_many);
}
