//! The two lists that grow with the run: decisions and events. Plain data, newest first, and only the newest of them.

use super::cron_notes::CronNotes;
use crate::api::Uid;
use crate::api::event::{Event, EventType};
use crate::cluster::Cluster;
use crate::controllers::cronjob::CronJobSync;
use crate::controllers::job::SyncRecord;
use crate::ui::words::{self, clock, duration};

/// How many decisions are shown.
pub const DECISIONS_SHOWN: usize = 60;
/// How many events are shown.
pub const EVENTS_SHOWN: usize = 80;

/// A decision in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionItem {
    /// `Sync #5`.
    pub title: String,
    pub at: String,
    pub verb: String,
    pub lines: Vec<String>,
}

/// An event in the list, as `kubectl get events` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventItem {
    pub uid: Uid,
    pub age: String,
    pub event_type: EventType,
    pub reason: &'static str,
    pub meaning: &'static str,
    pub object: String,
    pub message: String,
    pub times: u32,
}

/// The newest decisions about that Job, and about the CronJob that is shown.
pub fn decisions(cluster: &Cluster, job: Option<Uid>, cron_job: Option<&CronNotes>) -> Vec<DecisionItem> {
    let of_job = cluster.decisions().iter().rev().filter(|decision| Some(decision.job) == job);
    let mut of_job = of_job.take(DECISIONS_SHOWN).peekable();
    let mut of_cron_job =
        cron_job.into_iter().flat_map(|notes| notes.decisions.iter().rev().map(move |it| (notes, it)));
    let mut next = of_cron_job.next();
    let mut items = Vec::new();
    while items.len() < DECISIONS_SHOWN {
        let cron_is_newer = match (&next, of_job.peek()) {
            (Some((_, decision)), Some(other)) => decision.at >= other.at,
            (decision, _) => decision.is_some(),
        };
        if cron_is_newer {
            items.extend(next.take().map(|(notes, decision)| cron_decision_item(cluster, notes, decision)));
            next = of_cron_job.next();
        } else {
            let Some(decision) = of_job.next() else { break };
            items.push(decision_item(cluster, decision));
        }
    }
    items
}

/// The newest events.
pub fn events(cluster: &Cluster) -> Vec<EventItem> {
    let newest = cluster.api().events().rev().take(EVENTS_SHOWN);
    newest.map(|event| event_item(cluster, event)).collect()
}

fn decision_item(cluster: &Cluster, record: &SyncRecord) -> DecisionItem {
    let words = words::decision(record);
    DecisionItem {
        title: format!("Sync #{}", record.number),
        at: clock(record.at.ms_since(cluster.start())),
        verb: words.verb,
        lines: words.lines,
    }
}

fn cron_decision_item(cluster: &Cluster, notes: &CronNotes, record: &CronJobSync) -> DecisionItem {
    let words = words::cron_decision(record, &notes.zone);
    DecisionItem {
        title: format!("CronJob sync #{}", record.number),
        at: clock(record.at.ms_since(cluster.start())),
        verb: words.verb,
        lines: words.lines,
    }
}

fn event_item(cluster: &Cluster, event: &Event) -> EventItem {
    let age_ms = cluster.now().ms_since(event.last_time).max(0);
    EventItem {
        uid: event.uid,
        age: duration(age_ms / 1_000 * 1_000),
        event_type: event.event_type,
        reason: event.reason.as_str(),
        meaning: words::event_meaning(event.kind, event.reason),
        object: format!("{}/{}", event.kind.as_str().to_ascii_lowercase(), event.name),
        message: event.message().into_owned(),
        times: event.count,
    }
}
