//! The panel of a CronJob: its schedule in words, its facts and its next runs; and the cards of its Jobs. Plain data.

use super::cron_notes::CronNotes;
use super::cron_why::{next_in_words, waits_for_active};
use super::job_panel::{JobState, Switch, state};
use super::noted::{Noted, NotedJob};
use super::pods::Can;
use crate::api::{CronJob, JobConditionType, Uid};
use crate::cluster::Cluster;
use crate::sim::{Time, Zone};
use crate::ui::state::Refused;
use crate::ui::words::{Calendar, countdown, duration, local_offset, schedule};
use std::rc::Rc;

/// How many of the coming runs are shown.
const RUNS_SHOWN: usize = 5;
/// How many Jobs have a card.
const CARDS_SHOWN: usize = 24;
/// How many active Jobs are named.
const NAMED: usize = 2;

/// The panel of one CronJob.
#[derive(Clone, Debug, PartialEq)]
pub struct CronPanel {
    pub uid: Uid,
    pub name: Rc<str>,
    pub others: Vec<Other>,
    pub there: Can,
    pub state: CronState,
    /// As it is written.
    pub schedule: Rc<str>,
    pub words: String,
    /// A schedule that was to be set instead, and why it was not.
    pub refused: Option<Refused>,
    /// What is left until the next start.
    pub next_in: String,
    pub facts: Vec<(&'static str, String)>,
    /// What heads each column of runs: the CronJob's zone, and the viewer's where it shows something else.
    pub zones: Vec<String>,
    /// The coming runs, each as every zone shows it.
    pub runs: Vec<Vec<String>>,
    /// Why nothing will be started at those moments, as things stand.
    pub passing: Option<Passing>,
    pub switch: Switch,
    /// Whether one Job was chosen, so that newer ones are not shown by themselves.
    pub holds_still: Can,
}

/// How the page looks at a CronJob.
pub struct Looking<'a> {
    /// The name of the zone in which the person lives.
    pub viewer_zone: &'a str,
    /// The schedule that was refused last.
    pub refused: Option<&'a Refused>,
    /// Whether one Job of it was chosen.
    pub holds_still: Can,
}

/// What else there is to be shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Other {
    CronJob(Rc<str>),
    Job(Rc<str>),
}

/// The state of a CronJob in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CronState {
    Scheduled,
    Active,
    Suspended,
    Deleting,
    Deleted,
}

impl CronState {
    pub fn label(self) -> &'static str {
        match self {
            Self::Scheduled => "Scheduled",
            Self::Active => "Active",
            Self::Suspended => "Suspended",
            Self::Deleting => "Deleting",
            Self::Deleted => "Deleted",
        }
    }
}

/// Why starts pass by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passing {
    Suspended,
    NoController,
}

impl Passing {
    /// Whether and why the starts of that CronJob pass by now.
    pub fn of(cluster: &Cluster, cron_job: &CronJob) -> Option<Self> {
        match cluster.cron_job_controller() {
            _ if cron_job.spec.suspend => Some(Self::Suspended),
            None => Some(Self::NoController),
            Some(_) => None,
        }
    }
}

/// The card of one Job of a CronJob.
#[derive(Clone, Debug, PartialEq)]
pub struct JobCard {
    pub uid: Uid,
    pub name: Rc<str>,
    /// When it was created, in the CronJob's zone; a Job of no CronJob has its name here.
    pub title: String,
    pub state: JobState,
    /// Whether it is still there.
    pub there: Can,
    pub selected: bool,
}

/// The panel of that CronJob.
pub fn cron_panel(cluster: &Cluster, noted: &Noted, notes: &CronNotes, looking: &Looking) -> CronPanel {
    let stored = cluster.api().cron_job(notes.uid);
    let cron_job: &CronJob = stored.unwrap_or(&notes.cron_job);
    let there = Can::when(|| stored.is_some());
    let now = cluster.now();
    let words = schedule(&cron_job.spec.schedule);
    let passing = Passing::of(cluster, cron_job);
    let (zones, runs) = coming(notes, now, looking.viewer_zone, passing);
    CronPanel {
        uid: notes.uid,
        name: cron_job.meta.name.clone(),
        others: others(noted),
        there,
        state: match there {
            Can::No => CronState::Deleted,
            Can::Yes if cron_job.meta.deletion_time.is_some() => CronState::Deleting,
            Can::Yes if cron_job.spec.suspend => CronState::Suspended,
            Can::Yes if cron_job.status.active.is_empty() => CronState::Scheduled,
            Can::Yes => CronState::Active,
        },
        schedule: cron_job.spec.schedule.clone(),
        words: words.unwrap_or_else(|| "a schedule that cannot be read".to_owned()),
        refused: looking.refused.filter(|refused| *refused.cron_job == *cron_job.meta.name).cloned(),
        next_in: next_in(cluster, cron_job, notes, there),
        facts: facts(cron_job, notes, now),
        zones,
        runs: if there == Can::Yes { runs } else { Vec::new() },
        passing,
        switch: if cron_job.spec.suspend { Switch::Resume } else { Switch::Suspend },
        holds_still: looking.holds_still,
    }
}

/// The cards of the Jobs of no CronJob, in the order of the manifest.
pub fn cards_of_jobs(cluster: &Cluster, noted: &Noted, selected: Option<Uid>) -> Vec<JobCard> {
    let alone = noted.jobs().iter().filter(|job| job.cron_job.is_none()).take(CARDS_SHOWN);
    alone.map(|job| card(cluster, job, job.name.to_string(), selected)).collect()
}

/// The cards of the Jobs of that CronJob, the newest first.
pub fn job_cards(cluster: &Cluster, noted: &Noted, notes: &CronNotes, selected: Option<Uid>) -> Vec<JobCard> {
    let newest = noted.jobs_of(notes.uid).rev().take(CARDS_SHOWN);
    let title = |job: &NotedJob| notes.calendar().moment(job.created_at.truncated_to_second());
    newest.map(|job| card(cluster, job, title(job), selected)).collect()
}

fn card(cluster: &Cluster, job: &NotedJob, title: String, selected: Option<Uid>) -> JobCard {
    JobCard {
        uid: job.uid,
        name: job.name.clone(),
        title,
        state: job_state(cluster, job),
        there: Can::when(|| job.gone_at.is_none()),
        selected: selected == Some(job.uid),
    }
}

impl JobCard {
    /// What became of it, and whether it has been deleted since.
    pub fn label(&self) -> String {
        let gone = if self.there == Can::No && self.state != JobState::Deleted { ", deleted" } else { "" };
        format!("{}{gone}", self.state.label())
    }
}

fn job_state(cluster: &Cluster, job: &NotedJob) -> JobState {
    match (cluster.api().job(job.uid), &job.ended) {
        (_, Some((_, JobConditionType::Complete))) => JobState::Complete,
        (_, Some(_)) => JobState::Failed,
        (Some(job), None) => state(job),
        (None, None) => JobState::Deleted,
    }
}

/// What there is beside the CronJob that is shown; nothing when it is alone.
fn others(noted: &Noted) -> Vec<Other> {
    let cron_jobs = noted.cron_jobs().iter().map(|notes| Other::CronJob(notes.cron_job.meta.name.clone()));
    let mut others: Vec<Other> = cron_jobs.collect();
    let alone = noted.jobs().iter().filter(|job| job.cron_job.is_none());
    others.extend(alone.map(|job| Other::Job(job.name.clone())));
    others.dedup();
    if others.len() < 2 { Vec::new() } else { others }
}

fn next_in(cluster: &Cluster, cron_job: &CronJob, notes: &CronNotes, there: Can) -> String {
    let now = cluster.now();
    match notes.next(now) {
        _ if there == Can::No || cron_job.meta.deletion_time.is_some() => String::new(),
        None => "no start in sight".to_owned(),
        Some(next) => match Passing::of(cluster, cron_job) {
            Some(Passing::Suspended) => "skipped while suspended".to_owned(),
            Some(Passing::NoController) => "its controller is stopped".to_owned(),
            None => {
                let waits = if waits_for_active(cron_job) { "; it waits while a Job is active" } else { "" };
                format!("{} {}{waits}", next_in_words(cron_job), countdown(next.ms_since(now)))
            }
        },
    }
}

fn facts(cron_job: &CronJob, notes: &CronNotes, now: Time) -> Vec<(&'static str, String)> {
    let (spec, status) = (&cron_job.spec, &cron_job.status);
    let moment = |at: Option<Time>| match at {
        Some(at) => {
            let ago = duration(now.ms_since(at).max(0) / 1_000 * 1_000);
            // The larger unit is enough here.
            let end = ago.match_indices(' ').nth(1).map_or(ago.len(), |(end, _)| end);
            format!("{}, {} ago", notes.calendar().moment(at), &ago[..end])
        }
        None => "never".to_owned(),
    };
    let mut facts = vec![
        ("Now", notes.calendar().moment(now.truncated_to_second())),
        ("Concurrency policy", spec.concurrency_policy.as_str().to_owned()),
        ("Active Jobs", active(cron_job)),
        ("Last schedule", moment(status.last_schedule_time)),
        ("Last success", moment(status.last_successful_time)),
    ];
    facts.extend(spec.starting_deadline_s.map(|deadline_s| ("Starting deadline", format!("{deadline_s} s"))));
    let kept = |limit: Option<i32>| limit.map_or_else(|| "all".to_owned(), |limit| limit.to_string());
    let (complete, failed) = (kept(spec.successful_jobs_history_limit), kept(spec.failed_jobs_history_limit));
    facts.push(("History keeps", format!("{complete} Complete, {failed} Failed")));
    facts
}

fn active(cron_job: &CronJob) -> String {
    let active = &cron_job.status.active;
    let mut text = String::new();
    for job in active.iter().rev().take(NAMED) {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&job.name);
    }
    match active.len() {
        0 => "none".to_owned(),
        few if few <= NAMED => text,
        many => format!("{text} and {} more", many - NAMED),
    }
}

/// The zones and the runs to come, as each shows them.
fn coming(
    notes: &CronNotes,
    now: Time,
    viewer_zone: &str,
    passing: Option<Passing>,
) -> (Vec<String>, Vec<Vec<String>>) {
    // There is no room for a year that is the present one.
    let starts = || std::iter::successors(notes.next(now), |start| notes.next(*start)).take(RUNS_SHOWN);
    let shown =
        |zone: &Zone, at: Time| format!("{} {}", Calendar { zone, since: now }.moment(at), local_offset(zone, at));
    let viewer =
        Zone::named(viewer_zone).filter(|viewer| starts().any(|at| shown(viewer, at) != shown(&notes.zone, at)));
    let zones: Vec<&Zone> = std::iter::once(&notes.zone).chain(&viewer).collect();
    let runs = starts().map(|at| zones.iter().map(|zone| shown(zone, at)).collect()).collect();
    let head = match passing {
        None => "Next",
        Some(Passing::Suspended) => "Skipped",
        Some(Passing::NoController) => "Passing by",
    };
    (zones.iter().map(|zone| format!("{head}, {}", zone.name())).collect(), runs)
}
