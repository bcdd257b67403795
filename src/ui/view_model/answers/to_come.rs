//! Answers about what is not there yet at the playhead, but comes later in the run as far as that is known: somebody has
//! asked about it, and gone back in time since.

use super::ground::Field;
use super::{Answer, CronAsk, Found, JobAsk, PodAsk, Question, Scene};
use crate::api::{ConditionStatus, JobConditionType, Uid};
use crate::cluster::{Timeline, TraceEvent};
use crate::sim::Time;
use crate::ui::view_model::noted::Noted;
use crate::ui::words::Upstream;

/// When what was asked about comes; `None` when it is there, or nothing is known of it.
pub fn to_come(timeline: &Timeline<Noted>, question: &Question) -> Option<Answer> {
    if !timeline.is_in_past() {
        return None;
    }
    let (now, known) = (timeline.cluster().now(), timeline.known_cluster());
    let (asked, what, owner, upstream, at) = match question {
        Question::Pod(uid, PodAsk::Here | PodAsk::Created | PodAsk::Deleted | PodAsk::NotRestarted) => {
            let record = known.history().pod(*uid)?;
            let asked = format!("Where is {}?", record.name);
            (asked, "The pod is created later".to_owned(), record.job, Upstream::ManageJob, record.created_at)
        }
        Question::Job(uid, ask) => match ask {
            _ if timeline.cluster().job_last_seen(*uid).is_none() => {
                let job = timeline.known_notes().jobs().iter().find(|job| job.uid == *uid)?;
                let asked = format!("Where is {}?", job.name);
                let upstream = if job.cron_job.is_some() { Upstream::SyncCronJob } else { Upstream::EnqueueSyncJob };
                (asked, "The Job is created later".to_owned(), *uid, upstream, job.created_at)
            }
            JobAsk::Decision(number) => {
                let record = known.decisions().iter().find(|it| it.number == *number && it.job == *uid)?;
                (sync(*number), "That sync comes later".to_owned(), *uid, Upstream::SyncJob, record.at)
            }
            JobAsk::Condition(kind) => {
                let at = condition_comes(timeline, *uid, *kind)?;
                let name = kind.as_str();
                let what = format!("The Job gets the condition {name} later");
                (format!("Why the condition {name}?"), what, *uid, Upstream::SyncJob, at)
            }
            JobAsk::EmptySeat
            | JobAsk::Backoff
            | JobAsk::Queue
            | JobAsk::Completion
            | JobAsk::NotFailed
            | JobAsk::Deleted => return None,
        },
        Question::CronJob(uid, CronAsk::Decision(number)) => {
            let notes = timeline.known_notes().cron_jobs().iter().find(|notes| notes.uid == *uid)?;
            let record = notes.decisions.iter().find(|record| record.number == *number)?;
            (sync(*number), "That sync comes later".to_owned(), *uid, Upstream::SyncCronJob, record.at)
        }
        Question::CronJob(_, CronAsk::Next | CronAsk::Tick(_) | CronAsk::Clocks(_))
        | Question::Node(_)
        | Question::Queue { .. } => {
            return None;
        }
    };
    if at <= now {
        return None;
    }
    let scene = Scene { cluster: timeline.cluster(), noted: timeline.notes() };
    let said = format!("{what}, at {}.", scene.clock(at));
    Some(Answer::of(asked, Found::plain(said, owner, Field::None, upstream, at), None))
}

fn sync(number: u32) -> String {
    format!("Where is sync #{number}?")
}

/// When the Job gets that condition next.
fn condition_comes(timeline: &Timeline<Noted>, uid: Uid, asked: JobConditionType) -> Option<Time> {
    if timeline.cluster().job_last_seen(uid)?.condition(asked).is_some() {
        return None;
    }
    let mut to_come = timeline.known_cluster().trace_since(timeline.cluster().trace_count());
    let comes = to_come.find(|entry| {
        matches!(entry.event, TraceEvent::JobCondition { job, kind, status: ConditionStatus::True }
            if job == uid && kind == asked)
    });
    comes.map(|entry| entry.at)
}
