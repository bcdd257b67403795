//! The timeline: a row for each pod, or for each index with its attempts, on an axis that stretches with the run. Plain
//! data made from the cluster; only the rows in view are made, however many there are.

mod attempt;

use super::answers::{JobAsk, Question};
use super::decisions::{DECISIONS_SEARCHED, latest_decision};
use super::noted::Noted;
use super::wanted::next_backoff;
use crate::api::{PodPhase, Uid};
use crate::cluster::{Cluster, PodRecord};
use crate::controllers::job::Reason;
use crate::sim::Time;
use crate::ui::state::TimelineScroll;
use crate::ui::words::{clock_at, count, countdown, duration, short_pod_name};
use std::rc::Rc;

/// How much of the axis may lie behind the playhead before the axis stretches.
const FULL_AT: f64 = 0.92;
/// So many rows are made above those in view, for when they are scrolled to.
const ROWS_ABOVE: usize = 8;
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
    /// The pod that was selected, and which of all rows it is in.
    pub selected: Option<(Uid, usize)>,
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

/// A start of a CronJob and what became of it, or a change of clocks among them.
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
    /// It is to come, and nothing will be started for it as things stand.
    WillPass,
    /// No start: clocks in the CronJob's zone change.
    ClocksOn,
    ClocksBack,
}

impl StartKind {
    /// All of them, as the legend has them.
    pub const ALL: [Self; 7] =
        [Self::Fired, Self::Skipped, Self::Missed, Self::ToCome, Self::WillPass, Self::ClocksOn, Self::ClocksBack];

    /// What became of the start, in the legend.
    pub fn words(self) -> &'static str {
        match self {
            Self::Fired => "started",
            Self::Skipped => "skipped",
            Self::Missed => "missed",
            Self::ToCome => "start to come",
            Self::WillPass => "will pass without a start",
            Self::ClocksOn => "clocks go forward",
            Self::ClocksBack => "clocks go back",
        }
    }

    /// What stands for it on the axis.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Fired => "▲",
            Self::Skipped => "–",
            Self::Missed => "×",
            Self::ToCome => "△",
            Self::WillPass => "▽",
            Self::ClocksOn => "»",
            Self::ClocksBack => "«",
        }
    }
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

/// The life of one pod, or of all pods of an index, or the wait for the next pod; or the life of a Job.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub about: About,
    pub name: String,
    pub bars: Vec<Bar>,
    pub selected: bool,
    /// The row in words.
    pub title: String,
}

/// What a row is about: what a press on it selects, or asks.
#[derive(Clone, Debug, PartialEq)]
pub enum About {
    /// Of an index the latest pod.
    Pod(Uid),
    /// By its name.
    Job(Rc<str>),
    /// A pod that is still to come: why it is not there.
    ToCome(Question),
}

/// A stretch of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub kind: BarKind,
    pub from_percent: f64,
    pub width_percent: f64,
    /// The pod that it is of.
    pub pod: Option<Uid>,
    pub selected: bool,
    /// The stretch in words: what, when and how long.
    pub label: String,
}

/// What a stretch of a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarKind {
    /// The Job's, or the index's: before a pod is created.
    Backoff,
    NoNode,
    Pulling,
    /// The image cannot be had.
    NoImage,
    Running,
    Succeeded,
    Failed,
    /// A container's back-off in its pod.
    Restart,
    Terminating,
    /// Its node is silent.
    Lost,
}

impl BarKind {
    /// All of them, as the legend has them.
    pub const ALL: [Self; 10] = [
        Self::Backoff,
        Self::NoNode,
        Self::Pulling,
        Self::NoImage,
        Self::Running,
        Self::Succeeded,
        Self::Failed,
        Self::Restart,
        Self::Terminating,
        Self::Lost,
    ];

    /// What it stands for, in a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Self::Backoff => "back-off",
            Self::NoNode => "no node yet",
            Self::Pulling => "pulling",
            Self::NoImage => "image back-off",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Restart => "restart back-off",
            Self::Terminating => "terminating",
            Self::Lost => "node lost",
        }
    }
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
    let axis = Axis { cluster, noted, now: cluster.now(), scale, selected };
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
    let name = job_name(noted, job);
    let next = axis.next_pod_row(job);
    let (mut pods, mut last_index, mut selected_row) = (0, None, None);
    for record in cluster.history().of_job(job) {
        if selected == Some(record.uid) {
            selected_row = Some((record.uid, record.index.map_or(pods, |index| index as usize)));
        }
        (pods, last_index) = (pods + 1, last_index.max(record.index));
    }
    let indexes = last_index.map(|last| last as usize + 1);
    let rows_in_all = indexes.unwrap_or(pods) + usize::from(next.is_some());
    let (first, follows) = first_row(rows_in_all, scroll, rows_shown);
    let mut rows: Vec<Row> = match indexes {
        Some(indexes) => axis.index_rows(job, &name, first..indexes.min(first + rows_shown)),
        None => {
            let records = cluster.history().of_job(job).skip(first).take(rows_shown);
            records.map(|record| axis.pod_row(record, &name)).collect()
        }
    };
    if rows.len() < rows_shown {
        rows.extend(next);
    }
    Timeline { rows_in_all, first, rows, selected: selected_row, follows, ..base }
}

/// The first row in view, of so many.
pub(super) fn first_row(rows_in_all: usize, scroll: TimelineScroll, rows_shown: usize) -> (usize, Follows) {
    let newest = rows_in_all.saturating_sub(rows_shown);
    match scroll {
        TimelineScroll::Newest => (newest, Follows::Newest),
        TimelineScroll::From(row) => (row.saturating_sub(ROWS_ABOVE).min(newest), Follows::Nothing),
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
        let width_percent = (self.percent(to).min(100.0) - from_percent).max(0.0);
        Bar { kind, from_percent, width_percent, pod: None, selected: false, label: String::new() }
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
    selected: Option<Uid>,
}

impl Axis<'_> {
    fn backoff_bar(&self, from: Time, to: Time) -> Bar {
        let moment = |at: Time| clock_at(self.cluster, at);
        let label = format!("back-off {} to {}, {}", moment(from), moment(to), duration(to.ms_since(from)));
        Bar { label, ..self.scale.bar(BarKind::Backoff, from, to) }
    }

    fn pod_row(&self, record: &PodRecord, job: &str) -> Row {
        let name = short_pod_name(&record.name, job);
        let waited = self.backoff_before(record).map(|from| self.backoff_bar(from, record.created_at));
        let mut bars: Vec<Bar> = waited.into_iter().collect();
        bars.extend(attempt::bars(self, record, name));
        let selected = self.selected == Some(record.uid);
        Row { about: About::Pod(record.uid), name: name.to_owned(), bars, selected, title: self.title(record) }
    }

    /// The rows of those indexes, each with all its attempts.
    fn index_rows(&self, job: Uid, job_name: &str, indexes: std::ops::Range<usize>) -> Vec<Row> {
        let mut attempts: Vec<Vec<&PodRecord>> = indexes.clone().map(|_| Vec::new()).collect();
        for record in self.cluster.history().of_job(job) {
            let place = record.index.and_then(|index| (index as usize).checked_sub(indexes.start));
            if let Some(of_index) = place.and_then(|place| attempts.get_mut(place)) {
                of_index.push(record);
            }
        }
        let rows = indexes.zip(&attempts);
        rows.map(|(index, attempts)| self.index_row(job, index, attempts, job_name)).collect()
    }

    fn index_row(&self, job: Uid, index: usize, attempts: &[&PodRecord], job_name: &str) -> Row {
        let mut bars = Vec::new();
        let mut failed_at = None;
        for record in attempts {
            bars.extend(failed_at.and_then(|from| self.index_wait(record.job, from, record.created_at)));
            bars.extend(attempt::bars(self, record, short_pod_name(&record.name, job_name)));
            failed_at = record.ended_at.filter(|_| record.phase == PodPhase::Failed);
        }
        let last = attempts.last();
        let waits = last.zip(failed_at).filter(|(record, _)| self.still_waits(record));
        bars.extend(waits.map(|(_, from)| self.backoff_bar(from, self.now)));
        let failed = attempts.iter().filter(|record| record.phase == PodPhase::Failed).count();
        let title = match last {
            None => format!("index {index}: no pod yet"),
            Some(last) => format!(
                "index {index}: {}, {failed} failed; {}",
                count(attempts.len() as u64, "attempt"),
                self.title(last)
            ),
        };
        let to_come = About::ToCome(Question::Job(job, JobAsk::EmptySeat));
        Row {
            about: last.map_or(to_come, |record| About::Pod(record.uid)),
            name: format!("index {index}"),
            selected: attempts.iter().any(|record| self.selected == Some(record.uid)),
            bars,
            title,
        }
    }

    /// The wait between two attempts, if the Job had to wait then.
    fn index_wait(&self, job: Uid, from: Time, to: Time) -> Option<Bar> {
        let decisions = self.cluster.decisions();
        let made = decisions.partition_point(|decision| decision.at <= to);
        let between =
            decisions[..made].iter().rev().take(DECISIONS_SEARCHED).take_while(|decision| decision.at >= from);
        let waits = |reason: &Reason| matches!(reason, Reason::Backoff { .. } | Reason::BackoffPerIndex { .. });
        let mut of_job = between.filter(|decision| decision.job == job);
        of_job.any(|decision| decision.reasons.iter().any(waits)).then(|| self.backoff_bar(from, to))
    }

    /// Whether the index of that pod waits for its own back-off, as the Job's latest decision has it.
    fn still_waits(&self, record: &PodRecord) -> bool {
        latest_decision(self.cluster, record.job).is_some_and(|decision| {
            decision.reasons.iter().any(|reason| {
                matches!(reason, Reason::BackoffPerIndex { indexes, .. } if record.index.is_some_and(|index| indexes.contains(&index)))
            })
        })
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
        let backoff = next_backoff(self.cluster, self.cluster.api().job(job)?)?;
        let from = backoff.until.plus_ms(-backoff.delay_ms).max(self.cluster.start());
        Some(Row {
            about: About::ToCome(Question::Job(job, JobAsk::Backoff)),
            name: "next pod".to_owned(),
            bars: vec![self.backoff_bar(from, backoff.until)],
            selected: false,
            title: format!("The next pod waits {} more", countdown(backoff.until.ms_since(self.now))),
        })
    }

    fn title(&self, record: &PodRecord) -> String {
        let moment = |at: Time| clock_at(self.cluster, at);
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

/// `45 s`, `2:00` or `1 h 30 min`, as an axis of that length wants it.
pub(super) fn tick_label(at_ms: i64, span_ms: i64) -> String {
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
    use crate::ui::view_model::pods::is_crash_loop;

    /// That entry of the gallery so many seconds on, with its newest rows.
    fn seen(id: &str, seconds: i64, rows_shown: usize) -> Timeline {
        let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("an entry of the gallery");
        let mut cluster = Cluster::new(entry.scenario()).expect("a good scenario");
        cluster.run_until(RUN_START.plus_seconds(seconds), usize::MAX);
        let mut noted = Noted::default();
        noted.take_in(&cluster);
        let job = noted.jobs().first().map(|job| job.uid);
        timeline(&cluster, &noted, cluster.now(), job, None, TimelineScroll::Newest, rows_shown)
    }

    fn kinds(row: &Row) -> Vec<BarKind> {
        row.bars.iter().map(|bar| bar.kind).collect()
    }

    fn bars(id: &str, seconds: i64) -> Vec<Vec<BarKind>> {
        let timeline = seen(id, seconds, 3);
        assert!(timeline.rows.len() <= 3);
        timeline.rows.iter().map(kinds).collect()
    }

    #[test]
    fn rows_tell_the_lives_of_pods() {
        use BarKind::{Backoff, Failed, Lost, NoImage, NoNode, Pulling, Restart, Running, Succeeded, Terminating};
        assert_eq!(bars("one-shot", 10), [[Pulling, Running]]);
        assert_eq!(bars("one-shot", 100), [[Pulling, Succeeded]]);
        assert_eq!(bars("one-shot-never", 12), [vec![Pulling, Failed], vec![Backoff]]);
        for after_the_end in [672, 9_000] {
            assert_eq!(
                bars("one-shot-never", after_the_end),
                vec![vec![Backoff, Pulling, Failed]; 3],
                "{after_the_end}"
            );
        }
        let restarts = &bars("one-shot-on-failure", 40)[0];
        assert_eq!(restarts[..4], [Pulling, Failed, Failed, Restart], "the first restart comes at once");
        let suspended = &bars("suspended-while-running", 25)[0];
        assert_eq!(*suspended, [Pulling, Running, Terminating]);
        assert_eq!(bars("image-missing", 60)[0], [Pulling, NoImage]);
        assert!(bars("no-room", 30).iter().any(|row| *row == [NoNode]), "{:?}", bars("no-room", 30));
        let of_lost_node = |seconds| seen("node-dies", seconds, 30).rows.iter().any(|row| kinds(row).contains(&Lost));
        assert!(!of_lost_node(1) && of_lost_node(100));
    }

    #[test]
    fn attempts_of_an_index_stand_in_one_row() {
        for (id, seconds) in [("bad-index", 100), ("bad-index-on-its-own", 100), ("indexed", 60)] {
            let timeline = seen(id, seconds, 30);
            for (index, row) in timeline.rows.iter().filter(|row| row.name != "next pod").enumerate() {
                assert_eq!(row.name, format!("index {index}"));
                let ends: Vec<f64> = row.bars.iter().map(|bar| bar.from_percent + bar.width_percent).collect();
                let starts = row.bars.iter().skip(1).map(|bar| bar.from_percent);
                assert!(ends.iter().zip(starts).all(|(end, start)| *end <= start + 0.02), "{id}: {row:?}");
            }
        }
        let bad = seen("bad-index", 100, 30);
        let row = bad.rows.iter().find(|row| kinds(row).contains(&BarKind::Failed)).expect("an index fails");
        let mut pods: Vec<Uid> = row.bars.iter().filter_map(|bar| bar.pod).collect();
        pods.dedup();
        assert!(pods.len() > 1 && pods.last().is_some_and(|pod| row.about == About::Pod(*pod)), "{row:?}");
        assert!(row.title.contains(" attempts, ") && row.title.contains("failed"), "{}", row.title);
    }

    #[test]
    fn a_row_of_a_pod_to_come_asks_why_it_is_not_there() {
        let last = |id, seconds| seen(id, seconds, 30).rows.pop().map(|row| (row.name, row.about)).expect("a row");
        let (name, about) = last("one-shot-never", 12);
        assert!(name == "next pod" && matches!(about, About::ToCome(Question::Job(_, JobAsk::Backoff))), "{about:?}");
        let (name, about) = last("one-shot-never", 5);
        assert!(name != "next pod" && matches!(about, About::Pod(_)), "{name} {about:?}");
    }

    #[test]
    fn an_index_waits_in_its_row() {
        let waits = |seconds| {
            let timeline = seen("bad-index-on-its-own", seconds, 30);
            timeline.rows.iter().filter(|row| kinds(row).contains(&BarKind::Backoff)).count()
        };
        assert_eq!(waits(3), 0);
        assert!((10..=100).any(|seconds| waits(seconds) > 0));
    }

    #[test]
    fn a_run_before_a_wait_has_failed_as_soon_as_it_ends() {
        let entry = gallery::entries().iter().find(|entry| entry.id == "one-shot-on-failure");
        let mut cluster = Cluster::new(entry.expect("an entry of the gallery").scenario()).expect("a good scenario");
        let (mut noted, mut just_failed) = (Noted::default(), 0);
        for _ in 0..1_000 {
            cluster.step();
            noted.take_in(&cluster);
            let Some(pod) = cluster.history().pods().next() else { continue };
            let row =
                &timeline(&cluster, &noted, cluster.now(), Some(pod.job), None, TimelineScroll::Newest, 3).rows[0];
            let last = kinds(row).pop();
            if is_crash_loop(pod) {
                let at_ms = cluster.elapsed_ms();
                assert!(matches!(last, Some(BarKind::Failed | BarKind::Restart)), "{last:?} at {at_ms} ms");
                just_failed += usize::from(last == Some(BarKind::Failed));
            }
        }
        assert!(just_failed > 2, "{just_failed}");
    }

    #[test]
    fn the_row_of_the_selected_pod_is_known() {
        for (id, place, row) in [("one-shot-never", 2, 2), ("indexed", 3, 3), ("bad-index", 6, 1)] {
            let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("an entry of the gallery");
            let mut cluster = Cluster::new(entry.scenario()).expect("a good scenario");
            cluster.run_until(RUN_START.plus_seconds(300), usize::MAX);
            let pod = cluster.history().pods().nth(place).expect("so many pods");
            let (noted, newest) = (Noted::default(), TimelineScroll::Newest);
            let shown = |selected| timeline(&cluster, &noted, cluster.now(), Some(pod.job), selected, newest, 30);
            let found = shown(Some(pod.uid));
            assert_eq!(found.selected, Some((pod.uid, row)), "{id}: {:?}", pod.name);
            assert!(found.rows[row].selected && shown(None).selected.is_none());
        }
    }

    #[test]
    fn bars_say_what_when_and_how_long() {
        let running = &seen("one-shot", 10, 3).rows[0];
        assert!(running.bars[1].label.contains(": running since 00:0") && running.bars[1].label.contains(" so far"));
        let failed = &seen("one-shot-never", 12, 3).rows[0].bars[1].label;
        assert!(failed.contains(": failed 00:0") && failed.ends_with(", exit code 1"), "{failed}");
        let waits = &seen("one-shot-never", 12, 3).rows[1].bars[0].label;
        assert!(waits.starts_with("back-off 00:") && waits.ends_with(", 10 s"), "{waits}");
    }
}
