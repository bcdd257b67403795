//! The one sentence that says why a CronJob starts no Job at this moment, or which one runs. Plain data made from the
//! cluster.

use super::clock_change::ClockChange;
use super::cron_notes::{CronNotes, StartOutcome};
use super::noted::Noted;
use super::why::{Why, WhyTone};
use crate::api::{ConcurrencyPolicy, CronJob, JobReference};
use crate::cluster::Cluster;
use crate::controllers::cronjob::Reason;
use crate::sim::Time;
use crate::ui::words::{capital, count, countdown, duration, schedule};

/// So long it is said which Job a start has replaced.
const REPLACED_SAID_MS: i64 = 10_000;

/// Why things are as they are with that CronJob.
pub fn cron_why(cluster: &Cluster, noted: &Noted, notes: &CronNotes) -> Why {
    let Some(cron_job) = cluster.api().cron_job(notes.uid) else {
        return why(WhyTone::Plain, "Where is the CronJob?", "It was deleted, and starts nothing any more.".to_owned());
    };
    let scene = Scene { cluster, notes, cron_job, now: cluster.now() };
    let found = scene.hold().or_else(|| scene.skipped()).or_else(|| scene.active());
    found.or_else(|| scene.by_hand(noted)).unwrap_or_else(|| scene.between())
}

struct Scene<'a> {
    cluster: &'a Cluster,
    notes: &'a CronNotes,
    cron_job: &'a CronJob,
    now: Time,
}

impl Scene<'_> {
    /// Nothing starts at all.
    fn hold(&self) -> Option<Why> {
        const QUESTION: &str = "Why does no Job start?";
        let say = |tone, answer: String| Some(why(tone, QUESTION, answer));
        if self.cron_job.meta.deletion_time.is_some() {
            return say(WhyTone::Plain, "The CronJob is being deleted, so nothing is started for it.".to_owned());
        }
        if self.cron_job.spec.suspend {
            let active = match self.cron_job.status.active.len() {
                0 => "",
                _ => " What runs already goes on.",
            };
            let answer = format!("The CronJob is suspended: starts are skipped until it is resumed.{active}");
            return say(WhyTone::Waiting, answer);
        }
        if self.cluster.cron_job_controller().is_none() {
            let answer = "The CronJob controller is not running. When it is back it makes up for the latest start that \
                          it has missed, if startingDeadlineSeconds allows.";
            return say(WhyTone::Bad, answer.to_owned());
        }
        let latest = self.notes.decisions.last()?;
        latest.reasons.iter().find_map(|reason| match reason {
            Reason::UnknownTimeZone { zone } => say(WhyTone::Bad, format!("Its timeZone {zone} is not known.")),
            Reason::UnreadableSchedule { complaint } => {
                say(WhyTone::Bad, format!("Its schedule cannot be read: {complaint}."))
            }
            Reason::InvalidSchedule { .. } => {
                say(WhyTone::Bad, "Its schedule names a moment that never comes.".to_owned())
            }
            _ => None,
        })
    }

    /// The latest start was not made.
    fn skipped(&self) -> Option<Why> {
        let latest = self.notes.starts.last()?;
        let at = self.moment(latest.scheduled);
        match &latest.outcome {
            StartOutcome::Forbidden => {
                let active = self.cron_job.status.active.last()?;
                let answer = match self.has_ended(active) {
                    true => format!("Forbid: {}, so the start of {at} still waits.", not_seen(&active.name)),
                    false => format!(
                        "Forbid: {} is still active, so the start of {at} is skipped, unless that Job ends before the \
                         next.",
                        active.name
                    ),
                };
                Some(self.with_next(WhyTone::Waiting, "Why did no Job start?", answer))
            }
            StartOutcome::TooLate { deadline_s } => {
                let answer = format!(
                    "The start of {at} could not be made within the {deadline_s} s that startingDeadlineSeconds allows."
                );
                Some(self.with_next(WhyTone::Bad, "Why did no Job start?", answer))
            }
            StartOutcome::Fired { .. } | StartOutcome::Suspended | StartOutcome::Away | StartOutcome::Missed => None,
        }
    }

    fn active(&self) -> Option<Why> {
        let active = &self.cron_job.status.active;
        let newest = active.last()?;
        let policy = match self.cron_job.spec.concurrency_policy {
            ConcurrencyPolicy::Allow => "the next start goes beside it",
            ConcurrencyPolicy::Forbid => {
                "a start that is due before it has ended waits for that, and is skipped if another is due first"
            }
            ConcurrencyPolicy::Replace => "the next start deletes it",
        };
        let which = match active.len() {
            1 if self.has_ended(newest) => {
                let answer =
                    format!("{}. A moment later it is no longer on the list of active Jobs.", not_seen(&newest.name));
                return Some(self.with_next(WhyTone::Plain, "What runs now?", answer));
            }
            1 => format!("{} is active", newest.name),
            several => format!("{} are active, the newest is {}", capital(&count(several as u64, "Job")), newest.name),
        };
        if let Some(replaced) = self.just_replaced() {
            let answer =
                format!("{which}. This start deleted {replaced}, which was still active: concurrencyPolicy Replace.");
            return Some(self.with_next(WhyTone::Plain, "What runs now?", answer));
        }
        let name = self.cron_job.spec.concurrency_policy.as_str();
        Some(self.with_next(WhyTone::Plain, "What runs now?", format!("{which}. {name}: {policy}.")))
    }

    /// The Job that was deleted for the latest start, if that was a moment ago.
    fn just_replaced(&self) -> Option<&str> {
        let decisions = self.notes.decisions.iter().rev();
        let recent = decisions.take_while(|record| self.now.ms_since(record.at) < REPLACED_SAID_MS);
        recent.flat_map(|record| &record.reasons).find_map(|reason| match reason {
            Reason::Replaced { job } => Some(&**job),
            _ => None,
        })
    }

    /// Whether that Job has ended, though the CronJob still lists it as active.
    fn has_ended(&self, job: &JobReference) -> bool {
        self.cluster.api().job(job.uid).is_some_and(|job| job.is_finished())
    }

    /// A Job runs that somebody has made of it.
    fn by_hand(&self, noted: &Noted) -> Option<Why> {
        let mut jobs = noted.jobs_of(self.notes.uid).rev();
        let job = jobs.find(|job| job.ended.is_none() && job.gone_at.is_none())?;
        let answer = format!(
            "{} was made by hand. It is no start of the schedule, so it is not on the list of active Jobs.",
            job.name
        );
        Some(self.with_next(WhyTone::Plain, "What runs now?", answer))
    }

    fn between(&self) -> Why {
        let words = schedule(&self.cron_job.spec.schedule).unwrap_or_else(|| self.cron_job.spec.schedule.to_string());
        let last = match self.notes.starts.last() {
            Some(start) => match &start.outcome {
                StartOutcome::Fired { late_ms: ..1_000, .. } => {
                    format!("The Job of {} was started in time.", self.moment(start.scheduled))
                }
                StartOutcome::Fired { late_ms, .. } => {
                    format!("The Job of {} was started {} late.", self.moment(start.scheduled), duration(*late_ms))
                }
                _ => format!("The start of {} was missed.", self.moment(start.scheduled)),
            },
            None => "None was due yet.".to_owned(),
        };
        let answer = format!("The schedule says {words}. {last}{}", self.clocks());
        self.with_next(WhyTone::Plain, "Why no Job now?", answer)
    }

    /// What a change of clocks between the last start and the next one does.
    fn clocks(&self) -> String {
        let last = self.notes.starts.last().map_or(self.cluster.start(), |start| start.scheduled);
        let next = self.notes.next(self.now);
        let change = next.and_then(|next| ClockChange::find(self.notes, last, next));
        change.filter(ClockChange::matters).map_or_else(String::new, |change| format!(" {}.", change.words()))
    }

    fn with_next(&self, tone: WhyTone, question: &str, answer: String) -> Why {
        let in_words = next_in_words(self.cron_job);
        let left = self.notes.next(self.now).map(|next| format!("{in_words} {}", countdown(next.ms_since(self.now))));
        Why { left, ..why(tone, question, answer) }
    }

    fn moment(&self, at: Time) -> String {
        self.notes.calendar().moment(at)
    }
}

fn not_seen(job: &str) -> String {
    format!("{job} has ended, which the CronJob's controller has not seen yet")
}

/// Words before what is left until the next start: with Forbid none comes as long as a Job is active.
pub fn next_in_words(cron_job: &CronJob) -> &'static str {
    if waits_for_active(cron_job) { "next due in" } else { "next in" }
}

/// Whether a start that is due now would have to wait.
pub fn waits_for_active(cron_job: &CronJob) -> bool {
    cron_job.spec.concurrency_policy == ConcurrencyPolicy::Forbid && !cron_job.status.active.is_empty()
}

fn why(tone: WhyTone, question: &str, answer: String) -> Why {
    Why { question: question.to_owned(), answer, left: None, tone }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Notes, gallery};

    #[test]
    fn a_job_that_has_ended_is_not_said_to_run_before_its_controller_has_seen_it() {
        let entry = gallery::entries().iter().find(|entry| entry.id == "cron-forbid").expect("an entry");
        let mut cluster = Cluster::new(entry.scenario()).expect("a good scenario");
        let mut noted = Noted::default();
        let mut not_seen = 0;
        while cluster.elapsed_ms() < 230_000 {
            cluster.step();
            noted.take_in(&cluster);
            let told = cron_why(&cluster, &noted, &noted.cron_jobs()[0]).answer;
            let ended = cluster.api().jobs().any(|job| job.is_finished() && told.contains(&*job.meta.name));
            not_seen += u32::from(ended);
            assert_eq!(told.contains("has not seen yet"), ended, "{told}");
        }
        assert!(not_seen > 0);
    }

    #[test]
    fn a_start_that_has_replaced_a_job_says_so_for_a_moment() {
        let entry = gallery::entries().iter().find(|entry| entry.id == "cron-replace").expect("an entry");
        let mut cluster = Cluster::new(entry.scenario()).expect("a good scenario");
        let mut noted = Noted::default();
        let mut told = |second: i64| {
            cluster.run_until(cluster.start().plus_seconds(second), usize::MAX);
            noted.take_in(&cluster);
            let names: Vec<_> = noted.jobs().iter().map(|job| job.name.to_string()).collect();
            (cron_why(&cluster, &noted, &noted.cron_jobs()[0]).answer, names)
        };
        for (second, is_said) in [(62, false), (110, false), (122, true), (128, true), (132, false), (183, true)] {
            let (answer, names) = told(second);
            let newest = names.last().expect("a Job");
            let policy = match names.iter().rev().nth(1).filter(|_| is_said) {
                Some(replaced) => {
                    format!("This start deleted {replaced}, which was still active: concurrencyPolicy Replace.")
                }
                None => "Replace: the next start deletes it.".to_owned(),
            };
            assert_eq!(answer, format!("{newest} is active. {policy}"), "at {second} s");
        }
    }
}
