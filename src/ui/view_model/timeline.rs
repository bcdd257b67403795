//! The timeline: one row per pod, on an axis that stretches with the run. Plain data made from the cluster; only the
//! rows in view are made, however many there are.

use super::answers::Question;
use super::noted::{Noted, RunChange};
use super::pods;
use crate::api::{PodPhase, Uid};
use crate::cluster::{Cluster, PodRecord};
use crate::controllers::job::Reason;
use crate::sim::Time;
use crate::ui::state::TimelineScroll;
use crate::ui::words::{clock, countdown, duration};
use std::rc::Rc;

/// How much of the axis may lie behind the playhead before the axis stretches.
const FULL_AT: f64 = 0.92;
/// How many decisions before a pod's creation are searched for the back-off that it waited for.
const DECISIONS_SEARCHED: usize = 64;
/// A pod that was created this soon after a back-off had ended was what waited for it.
const BACKOFF_SLACK_MS: i64 = 1_500;

/// The rows in view, and the axis over them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    pub ticks: Vec<Tick>,
    pub playhead_percent: f64,
    /// How far the run is known.
    pub known_percent: f64,
    /// What the axis shows, in milliseconds since the start of the run.
    pub shown_ms: std::ops::Range<i64>,
    /// How many rows there are in all.
    pub rows_in_all: usize,
    /// Which of them the first in `rows` is, from 0.
    pub first: usize,
    pub rows: Vec<Row>,
    pub follows: Follows,
    /// The starts that a CronJob's schedule asks for, above the rows.
    pub starts: Vec<StartMark>,
}

impl Timeline {
    /// Where the playhead stands, in milliseconds since the start of the run.
    pub fn now_ms(&self) -> i64 {
        let shown_ms = self.shown_ms.end - self.shown_ms.start;
        self.shown_ms.start + (self.playhead_percent / 100.0 * shown_ms as f64) as i64
    }
}

/// A start of a CronJob, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StartMark {
    pub percent: f64,
    pub kind: StartKind,
    /// The start in words.
    pub title: String,
    /// The question what became of it.
    pub question: Question,
}

/// What a mark of a start shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartKind {
    Fired,
    Skipped,
    Missed,
    ToCome,
}

/// Whether the rows in view are always the newest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Follows {
    #[default]
    Newest,
    Nothing,
}

/// A line of the axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub percent: f64,
    pub label: String,
}

/// The life of one pod, or the wait for the next; or the life of a Job.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// `None`: the pod that is still to come.
    pub uid: Option<Uid>,
    /// The Job's name, when the row is a Job's.
    pub job: Option<Rc<str>>,
    pub name: String,
    pub bars: Vec<Bar>,
    pub selected: bool,
    /// The row in words.
    pub title: String,
}

/// A stretch of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    pub kind: BarKind,
    pub from_percent: f64,
    pub width_percent: f64,
}

/// What a stretch of a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarKind {
    Backoff,
    Pending,
    Running,
    Succeeded,
    Failed,
    Terminating,
}

/// How long the axis is when the run has lasted for `elapsed_ms`.
pub fn span_ms(elapsed_ms: i64) -> i64 {
    const SECONDS: [i64; 22] = [
        30, 60, 90, 120, 180, 300, 480, 600, 900, 1_200, 1_800, 2_700, 3_600, 5_400, 7_200, 10_800, 18_000, 28_800,
        43_200, 86_400, 172_800, 604_800,
    ];
    let fits = |span_ms: i64| elapsed_ms as f64 <= span_ms as f64 * FULL_AT;
    let ladder = SECONDS.into_iter().map(|seconds| seconds * 1_000);
    ladder.into_iter().find(|span_ms| fits(*span_ms)).unwrap_or((elapsed_ms as f64 * 1.25) as i64)
}

/// The rows of one Job that are in view: at most `rows_shown`.
pub fn timeline(
    cluster: &Cluster,
    noted: &Noted,
    known_end: Time,
    job: Option<Uid>,
    selected: Option<Uid>,
    scroll: TimelineScroll,
    rows_shown: usize,
) -> Timeline {
    let span = span_ms(known_end.ms_since(cluster.start()));
    let scale = Scale { from: cluster.start(), span_ms: span };
    let axis = Axis { cluster, noted, now: cluster.now(), scale };
    let label = |at: Time| tick_label(at.ms_since(cluster.start()), span);
    let ticks = scale.ticks(cluster.start(), label);
    let base = Timeline {
        ticks,
        playhead_percent: scale.percent(axis.now),
        known_percent: scale.percent(known_end),
        shown_ms: scale.shown_ms(cluster.start()),
        ..Timeline::default()
    };
    let Some(job) = job else { return base };
    let pods = cluster.history().of_job(job).count();
    let next = axis.next_pod_row(job);
    let rows_in_all = pods + usize::from(next.is_some());
    let (first, follows) = first_row(rows_in_all, scroll, rows_shown);
    let name = job_name(noted, job);
    let records = cluster.history().of_job(job).skip(first).take(rows_shown);
    let mut rows: Vec<Row> = records.map(|record| axis.row(record, &name, selected)).collect();
    if rows.len() < rows_shown {
        rows.extend(next);
    }
    Timeline { rows_in_all, first, rows, follows, ..base }
}

/// The first row in view, of so many.
pub(super) fn first_row(rows_in_all: usize, scroll: TimelineScroll, rows_shown: usize) -> (usize, Follows) {
    let newest = rows_in_all.saturating_sub(rows_shown);
    match scroll {
        TimelineScroll::Newest => (newest, Follows::Newest),
        TimelineScroll::From(row) => (row.min(newest), Follows::Nothing),
    }
}

/// Which stretch of time the axis shows.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub from: Time,
    pub span_ms: i64,
}

impl Scale {
    pub fn percent(self, time: Time) -> f64 {
        let share = time.ms_since(self.from) as f64 / self.span_ms as f64;
        // Two decimals are finer than any screen, and keep the page's text short.
        (share * 10_000.0).round() / 100.0
    }

    /// What it shows, in milliseconds since `start`.
    pub fn shown_ms(self, start: Time) -> std::ops::Range<i64> {
        let from_ms = self.from.ms_since(start);
        from_ms..from_ms + self.span_ms
    }

    pub fn bar(self, kind: BarKind, from: Time, to: Time) -> Bar {
        let from_percent = self.percent(from).max(0.0);
        Bar { kind, from_percent, width_percent: (self.percent(to).min(100.0) - from_percent).max(0.0) }
    }

    /// How many seconds are between two lines of the axis.
    pub fn step_s(self) -> i64 {
        const STEPS_S: [i64; 17] =
            [5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 604_800];
        STEPS_S.into_iter().find(|step| self.span_ms / (step * 1_000) <= 9).unwrap_or(2_592_000)
    }

    /// The lines of the axis, at whole steps behind `zero`.
    pub fn ticks(self, zero: Time, label: impl Fn(Time) -> String) -> Vec<Tick> {
        let step_ms = self.step_s() * 1_000;
        let before = self.from.ms_since(zero) / step_ms;
        let at = |number: i64| zero.plus_ms(number * step_ms);
        let tick = |number: i64| Tick { percent: self.percent(at(number)), label: label(at(number)) };
        let ticks = (before + 1..=before + self.span_ms / step_ms).map(tick);
        ticks.filter(|tick| tick.percent < 98.0).collect()
    }
}

struct Axis<'a> {
    cluster: &'a Cluster,
    noted: &'a Noted,
    now: Time,
    scale: Scale,
}

impl Axis<'_> {
    fn bar(&self, kind: BarKind, from: Time, to: Time) -> Bar {
        self.scale.bar(kind, from, to)
    }

    fn row(&self, record: &PodRecord, job: &str, selected: Option<Uid>) -> Row {
        let mut bars = Vec::new();
        if let Some(from) = self.backoff_before(record) {
            bars.push(self.bar(BarKind::Backoff, from, record.created_at));
        }
        let life_ends = record.ended_at.or(record.gone_at).unwrap_or(self.now);
        let out_from = record.deletion_asked_at.filter(|asked| *asked < life_ends);
        let life_ends_well = out_from.unwrap_or(life_ends);
        let runs_from = record.running_at.unwrap_or(life_ends_well).min(life_ends_well);
        bars.push(self.bar(BarKind::Pending, record.created_at, runs_from));
        if record.running_at.is_some() {
            self.add_runs(&mut bars, record, runs_from, life_ends_well);
        }
        if let Some(asked) = out_from {
            bars.push(self.bar(BarKind::Terminating, asked, life_ends));
        }
        Row {
            uid: Some(record.uid),
            job: None,
            name: pods::row_name(record, job),
            title: self.title(record),
            bars,
            selected: selected == Some(record.uid),
        }
    }

    /// The runs of a pod's containers, with the waits between them.
    fn add_runs(&self, bars: &mut Vec<Bar>, record: &PodRecord, from: Time, to: Time) {
        let last = match record.phase {
            // What made it end comes after this run.
            _ if record.deletion_asked_at.is_some_and(|asked| asked <= to) => BarKind::Running,
            PodPhase::Succeeded => BarKind::Succeeded,
            PodPhase::Failed => BarKind::Failed,
            PodPhase::Pending | PodPhase::Running | PodPhase::Unknown => BarKind::Running,
        };
        let mut since = from;
        let mut waits = false;
        for change in self.noted.runs(record.uid) {
            match change {
                RunChange::Waits(at) if !waits => {
                    bars.push(self.bar(BarKind::Failed, since, at.min(to)));
                    (since, waits) = (at.min(to), true);
                }
                RunChange::RunsAgain(at) if waits => {
                    bars.push(self.bar(BarKind::Backoff, since, at.min(to)));
                    (since, waits) = (at.min(to), false);
                }
                // The first restart comes without a wait.
                RunChange::RunsAgain(at) => {
                    bars.push(self.bar(BarKind::Failed, since, at.min(to)));
                    since = at.min(to);
                }
                RunChange::Waits(_) => {}
            }
        }
        bars.push(self.bar(if waits { BarKind::Backoff } else { last }, since, to));
    }

    /// Since when the Job had waited before it created this pod, if it had.
    fn backoff_before(&self, record: &PodRecord) -> Option<Time> {
        let decisions = self.cluster.decisions();
        let made = decisions.partition_point(|decision| decision.at <= record.created_at);
        let earlier = decisions[..made].iter().rev().take(DECISIONS_SEARCHED);
        for decision in earlier.filter(|decision| decision.job == record.job && decision.at < record.created_at) {
            for reason in &decision.reasons {
                if let Reason::Backoff { delay_ms, remaining_ms, .. } = reason {
                    let until = decision.at.plus_ms(*remaining_ms);
                    let late_ms = record.created_at.ms_since(until);
                    return (0..=BACKOFF_SLACK_MS)
                        .contains(&late_ms)
                        .then(|| until.plus_ms(-delay_ms).max(self.cluster.start()));
                }
            }
        }
        None
    }

    /// The row of the pod that waits for the Job's back-off.
    fn next_pod_row(&self, job: Uid) -> Option<Row> {
        let backoff = self.cluster.job_queue(job).backoff.filter(|backoff| backoff.until > self.now)?;
        let from = backoff.until.plus_ms(-backoff.delay_ms).max(self.cluster.start());
        Some(Row {
            uid: None,
            job: None,
            name: "next pod".to_owned(),
            bars: vec![self.bar(BarKind::Backoff, from, backoff.until)],
            selected: false,
            title: format!("The next pod waits {} more", countdown(backoff.until.ms_since(self.now))),
        })
    }

    fn title(&self, record: &PodRecord) -> String {
        let moment = |time: Time| clock(time.ms_since(self.cluster.start()));
        let mut title = format!("{}: created at {}", record.name, moment(record.created_at));
        let mut add = |text: String| title.push_str(&text);
        if let Some(running) = record.running_at {
            add(format!(", ran from {}", moment(running)));
            if let Some(ended) = record.ended_at {
                add(format!(" for {}", duration(ended.ms_since(running))));
            }
        }
        match (record.phase, record.exit_code) {
            (PodPhase::Succeeded, _) => add(", succeeded".to_owned()),
            (PodPhase::Failed, Some(code)) => add(format!(", failed with exit code {code}")),
            (PodPhase::Failed, None) => add(", failed".to_owned()),
            (PodPhase::Pending | PodPhase::Running | PodPhase::Unknown, _) => {}
        }
        title
    }
}

fn tick_label(at_ms: i64, span_ms: i64) -> String {
    let seconds = at_ms / 1_000;
    match span_ms {
        ..120_001 => format!("{seconds} s"),
        120_001..3_600_001 => format!("{}:{:02}", seconds / 60, seconds % 60),
        3_600_001.. => duration(at_ms),
    }
}

fn job_name(noted: &Noted, job: Uid) -> String {
    noted.jobs().iter().find(|noted| noted.uid == job).map(|noted| noted.name.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Notes;

    #[test]
    fn the_axis_stretches_in_steps_and_keeps_room_ahead() {
        for (elapsed_ms, span_s) in [(0, 30), (27_600, 30), (27_700, 60), (80_000, 90), (700_000_000, 875_000)] {
            assert_eq!(span_ms(elapsed_ms), span_s * 1_000, "{elapsed_ms}");
        }
    }

    use crate::cluster::{RUN_START, gallery};

    fn bars(id: &str, seconds: i64) -> Vec<Vec<BarKind>> {
        let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("an entry of the gallery");
        let mut cluster = Cluster::new(entry.scenario()).expect("a good scenario");
        cluster.run_until(RUN_START.plus_seconds(seconds), usize::MAX);
        let mut noted = Noted::default();
        noted.take_in(&cluster);
        let job = noted.jobs().first().map(|job| job.uid);
        let timeline = timeline(&cluster, &noted, cluster.now(), job, None, TimelineScroll::Newest, 3);
        assert!(timeline.rows.len() <= 3);
        timeline.rows.iter().map(|row| row.bars.iter().map(|bar| bar.kind).collect()).collect()
    }

    #[test]
    fn rows_tell_the_lives_of_pods() {
        use BarKind::{Backoff, Failed, Pending, Running, Succeeded};
        assert_eq!(bars("one-shot", 10), [[Pending, Running]]);
        assert_eq!(bars("one-shot", 100), [[Pending, Succeeded]]);
        assert_eq!(bars("one-shot-never", 12), [vec![Pending, Failed], vec![Backoff]]);
        assert_eq!(bars("one-shot-never", 9_000), vec![vec![Backoff, Pending, Failed]; 3]);
        let restarts = &bars("one-shot-on-failure", 40)[0];
        assert_eq!(restarts[..4], [Pending, Failed, Failed, Backoff], "the first restart comes at once");
        let suspended = &bars("suspended-while-running", 25)[0];
        assert_eq!(*suspended, [Pending, Running, BarKind::Terminating]);
    }
}
