//! A decision of the CronJob controller in words: what it came to, and a line for each reason with its operands.
//! Moments are said as clocks in the CronJob's zone show them. It knows the reasons, and nothing of how they are drawn.

use super::decision::DecisionWords;
use super::{Calendar, count, count_i, duration};
use crate::api::JobConditionType;
use crate::controllers::cronjob::{ApiCall, CronJobSync, JobOwner, Reason};
use crate::sim::Time;

/// Puts a decision on a CronJob into words.
pub fn cron_decision(record: &CronJobSync, calendar: Calendar) -> DecisionWords {
    let mut verb = (0, "has nothing to do".to_owned());
    let mut lines = Vec::new();
    for reason in &record.reasons {
        let (weight, found) = headline(reason);
        if weight > verb.0 {
            verb = (weight, found.to_owned());
        }
        lines.push(cron_reason(reason, record.at, calendar));
    }
    DecisionWords { verb: verb.1, lines }
}

/// What a reason makes of its sync as a whole, and how much that weighs against the other reasons.
fn headline(reason: &Reason) -> (u8, &'static str) {
    match reason {
        Reason::StartedJob { .. } => (9, "starts a Job"),
        Reason::CallFailed { .. } => (8, "meets an error"),
        Reason::SkippedForbid { .. } => (7, "skips a start"),
        Reason::MissedDeadline { .. } => (7, "is too late for a start"),
        Reason::Suspended => (6, "starts nothing: suspended"),
        Reason::Deleting => (6, "starts nothing: it is being deleted"),
        Reason::UnknownTimeZone { .. } | Reason::UnreadableSchedule { .. } | Reason::InvalidSchedule { .. } => {
            (6, "cannot start anything")
        }
        Reason::JobExists { .. } => (5, "finds that the Job exists"),
        Reason::JobFinished { .. } => (4, "sees that a Job has finished"),
        Reason::JobMissing { .. } => (4, "misses a Job"),
        Reason::UnexpectedJob { .. } => (3, "finds a Job it does not know"),
        Reason::DeletedHistory { .. } => (3, "clears old Jobs away"),
        Reason::NotYet { .. } | Reason::AlreadyStarted { .. } => (2, "waits for the next start"),
        Reason::Replaced { .. } | Reason::MissedStarts { .. } | Reason::TooManyMissed { .. } => {
            (1, "makes up for a start")
        }
    }
}

/// One reason, of a decision made at that moment.
pub fn cron_reason(reason: &Reason, at: Time, calendar: Calendar) -> String {
    let moment = |time: &Time| calendar.moment(*time);
    match reason {
        Reason::DeletedHistory { job, limit } => format!("history keeps {limit}: {job} is deleted"),
        Reason::JobFinished { job, condition: JobConditionType::Complete } => format!("{job} is Complete"),
        Reason::JobFinished { job, condition } => format!("{job} has finished: {}", condition.as_str()),
        Reason::JobMissing { job } => format!("{job} was active and is gone"),
        Reason::UnexpectedJob { job } => format!("{job} is not on the list of active Jobs"),
        Reason::Deleting => "the CronJob is being deleted".to_owned(),
        Reason::Suspended => "suspend is true".to_owned(),
        Reason::UnknownTimeZone { zone } => format!("timeZone {zone} is not known"),
        Reason::UnreadableSchedule { complaint } => format!("the schedule cannot be read: {complaint}"),
        Reason::InvalidSchedule { complaint } => format!("the schedule makes no sense: {complaint}"),
        Reason::NotYet { next: None } => "nothing is due, and no start is in sight".to_owned(),
        Reason::NotYet { next: Some(next) } => {
            format!("nothing is due; next start {} (in {})", moment(next), duration(next.ms_since(at)))
        }
        Reason::MissedDeadline { scheduled, late_ms, deadline_s } => format!(
            "the start of {} is {} late > startingDeadlineSeconds {deadline_s}",
            moment(scheduled),
            duration(*late_ms)
        ),
        Reason::MissedStarts { count: missed } => format!("about {}: only the latest is made up for", starts(*missed)),
        Reason::TooManyMissed { count: missed } => {
            format!("about {}, more than 100: only the latest is made up for, with a warning", starts(*missed))
        }
        Reason::AlreadyStarted { scheduled } => format!("the Job of {} was created before", moment(scheduled)),
        Reason::SkippedForbid { scheduled, active } => {
            let verb = if *active == 1 { "is" } else { "are" };
            let jobs = count(u64::from(*active), "Job");
            format!("{} is due, but {jobs} {verb} active: concurrencyPolicy Forbid", moment(scheduled))
        }
        Reason::Replaced { job } => format!("concurrencyPolicy Replace: {job} is deleted"),
        Reason::StartedJob { scheduled, job } => {
            let late_ms = at.ms_since(*scheduled);
            let late = if late_ms >= 1_000 { format!(", {} late", duration(late_ms)) } else { String::new() };
            format!("created {job} for {}{late}", moment(scheduled))
        }
        Reason::JobExists { job, owner: JobOwner::ThisCronJob } => {
            format!("{job} exists already: it was created before")
        }
        Reason::JobExists { job, owner: JobOwner::Other } => format!("{job} exists already, and is not this CronJob's"),
        Reason::CallFailed { call, error } => format!("could not {}: {error}; tries again", api_call(*call)),
    }
}

fn starts(missed: i64) -> String {
    let missed = i32::try_from(missed).unwrap_or(i32::MAX);
    format!("{} due since the last", count_i(missed, "start"))
}

fn api_call(call: ApiCall) -> &'static str {
    match call {
        ApiCall::GetCronJob => "read the CronJob",
        ApiCall::GetJob => "read a Job",
        ApiCall::CreateJob => "create a Job",
        ApiCall::DeleteJob => "delete a Job",
        ApiCall::UpdateStatus => "write the status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Uid;
    use crate::sim::Zone;

    #[test]
    fn reasons_read_well() {
        let at = Time::parse("2026-01-05T00:05:00Z").expect("a time");
        let scheduled = at.plus_ms(-100);
        let job = || "hello-29461925".into();
        for (reasons, verb, last) in [
            (vec![], "has nothing to do", ""),
            (
                vec![Reason::StartedJob { scheduled, job: job() }],
                "starts a Job",
                "created hello-29461925 for Mon 5 Jan 00:04:59",
            ),
            (
                vec![
                    Reason::MissedStarts { count: 12 },
                    Reason::StartedJob { scheduled: at.plus_seconds(-300), job: job() },
                ],
                "starts a Job",
                "created hello-29461925 for Mon 5 Jan 00:00, 5 min late",
            ),
            (
                vec![
                    Reason::JobFinished { job: job(), condition: JobConditionType::Complete },
                    Reason::NotYet { next: Some(at.plus_seconds(55)) },
                ],
                "sees that a Job has finished",
                "nothing is due; next start Mon 5 Jan 00:05:55 (in 55 s)",
            ),
            (
                vec![Reason::SkippedForbid { scheduled: at, active: 1 }],
                "skips a start",
                "Mon 5 Jan 00:05 is due, but 1 Job is active: concurrencyPolicy Forbid",
            ),
            (
                vec![Reason::MissedDeadline { scheduled: at.plus_seconds(-60), late_ms: 60_000, deadline_s: 30 }],
                "is too late for a start",
                "the start of Mon 5 Jan 00:04 is 1 min late > startingDeadlineSeconds 30",
            ),
            (
                vec![Reason::TooManyMissed { count: 1_440 }],
                "makes up for a start",
                "about 1,440 starts due since the last, more than 100: only the latest is made up for, with a warning",
            ),
            (vec![Reason::Suspended], "starts nothing: suspended", "suspend is true"),
        ] {
            let record = CronJobSync { number: 1, at, cron_job: Uid(1), cron_job_name: "hello".into(), reasons };
            let words = cron_decision(&record, Calendar { zone: &Zone::utc(), since: at });
            assert_eq!((words.verb.as_str(), words.lines.last().map_or("", String::as_str)), (verb, last));
        }
    }
}
