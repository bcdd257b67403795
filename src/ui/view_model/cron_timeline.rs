//! The timeline of a CronJob: one row per Job, and above them a mark for each start that the schedule asks for. The axis
//! shows the latest stretch of a long run, with the times that clocks in the CronJob's zone show.

use super::answers::{CronAsk, Question};
use super::clock_change::{ClockChange, Way};
use super::cron_notes::{CronNotes, CronStart, StartOutcome};
use super::cron_panel::Passing;
use super::noted::{Noted, NotedJob};
use super::pods::Can;
use super::timeline::{About, Bar, BarKind, Row, Scale, StartKind, StartMark, Timeline, first_row, span_ms};
use crate::api::{JobConditionType, Uid};
use crate::cluster::Cluster;
use crate::sim::Time;
use crate::ui::state::TimelineScroll;
use crate::ui::words::{duration, short_pod_name};

/// About how many starts the axis has room for.
const STARTS_IN_VIEW: i64 = 20;
/// Where on the axis the playhead stays in a long run.
const PLAYHEAD_SHARE: f64 = 0.86;
const DAY_S: i64 = 86_400;

/// The rows of that CronJob's Jobs that are in view: at most `rows_shown`.
pub fn cron_timeline(
    cluster: &Cluster,
    noted: &Noted,
    notes: &CronNotes,
    known_end: Time,
    selected: Option<Uid>,
    scroll: TimelineScroll,
    rows_shown: usize,
) -> Timeline {
    let now = cluster.now();
    let rows_in_all = noted.jobs_of(notes.uid).count();
    let (first, follows) = first_row(rows_in_all, scroll, rows_shown);
    let jobs = || noted.jobs_of(notes.uid).skip(first).take(rows_shown);
    let shown_from = match scroll {
        TimelineScroll::Newest => None,
        TimelineScroll::From(_) => jobs().next().map(|job| job.created_at),
    };
    let scale = scale(cluster, notes, known_end, shown_from);
    let story = Story { cluster, notes, now, scale };
    Timeline {
        ticks: scale.ticks(cluster.start(), |at| story.tick_label(at)),
        playhead_percent: scale.percent(now).clamp(0.0, 100.0),
        known_percent: scale.percent(known_end).clamp(0.0, 100.0),
        shown_ms: scale.shown_ms(cluster.start()),
        rows_in_all,
        first,
        rows: jobs().map(|job| story.row(job, selected)).collect(),
        selected: None, // The Job that is shown changes by itself, and so nothing is brought into view for it.
        follows,
        starts: story.marks(Can::when(|| cluster.api().cron_job(notes.uid).is_some())),
    }
}

fn scale(cluster: &Cluster, notes: &CronNotes, known_end: Time, shown_from: Option<Time>) -> Scale {
    let whole = Scale { from: cluster.start(), span_ms: span_ms(known_end.ms_since(cluster.start())) };
    let Some(period_ms) = notes.period_ms(cluster.now()) else { return whole };
    let window_ms = span_ms(period_ms.saturating_mul(STARTS_IN_VIEW));
    if whole.span_ms <= window_ms {
        return whole;
    }
    let behind_playhead = cluster.now().plus_ms(-((window_ms as f64 * PLAYHEAD_SHARE) as i64));
    let from = shown_from.map_or(behind_playhead, |shown| shown.plus_ms(-window_ms / 50));
    Scale { from: from.max(cluster.start()).min(behind_playhead), span_ms: window_ms }
}

struct Story<'a> {
    cluster: &'a Cluster,
    notes: &'a CronNotes,
    now: Time,
    scale: Scale,
}

impl Story<'_> {
    fn moment(&self, at: Time) -> String {
        self.notes.calendar().moment(at)
    }

    fn tick_label(&self, at: Time) -> String {
        let moment = self.moment(at);
        let Some((day, time)) = moment.rsplit_once(' ') else { return moment };
        if self.scale.step_s() >= DAY_S || time == "00:00" { day.to_owned() } else { time.to_owned() }
    }

    fn row(&self, job: &NotedJob, selected: Option<Uid>) -> Row {
        let deleted_at = job.deleting_at.or(job.gone_at);
        let over = job.ended.map(|(at, _)| at).or(deleted_at);
        let end = over.unwrap_or(self.now);
        let (kind, became) = match (&job.ended, deleted_at) {
            (Some((_, JobConditionType::Complete)), _) => (BarKind::Succeeded, "Complete after"),
            (Some(_), _) => (BarKind::Failed, "Failed after"),
            (None, Some(_)) => (BarKind::Running, "deleted after"),
            (None, None) => (BarKind::Running, "active for"),
        };
        let lasted = duration(end.ms_since(job.created_at));
        let title =
            format!("{}: created {}, {became} {lasted}", job.name, self.moment(job.created_at.truncated_to_second()));
        let name = short_pod_name(&job.name, &self.notes.cron_job.meta.name);
        let bar = |kind, from, to| Bar { label: title.clone(), ..self.scale.bar(kind, from, to) };
        let mut bars = vec![bar(kind, job.created_at, end)];
        let gone_at = if job.ended.is_none() { over.map(|asked_at| self.all_gone_at(job, asked_at)) } else { None };
        bars.extend(gone_at.map(|gone_at| bar(BarKind::Terminating, end, gone_at)));
        let from = bars[0].from_percent;
        if gone_at.is_some() {
            bars.retain(|bar| bar.width_percent > 0.0);
        }
        let (name, bars) = match self.scale.percent(gone_at.unwrap_or(end)) {
            ..0.0 => (format!("‹ {name}"), Vec::new()),
            _ if from > 100.0 => (format!("{name} ›"), Vec::new()),
            _ => (name.to_owned(), bars),
        };
        Row { about: About::Job(job.name.clone()), name, bars, selected: selected == Some(job.uid), title }
    }

    /// When a Job whose deletion was asked for then is gone with the pods that go with it; now, as long as they are there.
    fn all_gone_at(&self, job: &NotedJob, asked_at: Time) -> Time {
        let going = self.cluster.history().of_job(job.uid).filter(|pod| pod.deletion_asked_at.is_some());
        let gone = going.map(|pod| pod.gone_at).chain([job.gone_at]).map(|gone_at| gone_at.unwrap_or(self.now));
        gone.fold(asked_at, Time::max)
    }

    /// The starts on the axis: those that were, and the next.
    fn marks(&self, starts_more: Can) -> Vec<StartMark> {
        let in_view = |mark: &StartMark| (0.0..=100.0).contains(&mark.percent);
        let next = self.notes.next(self.now).filter(|_| starts_more == Can::Yes).map(|next| {
            let (kind, what) = match Passing::of(self.cluster, &self.notes.cron_job) {
                None => (StartKind::ToCome, "to come"),
                Some(Passing::Suspended) => (StartKind::WillPass, "will be skipped: suspended"),
                Some(Passing::NoController) => (StartKind::WillPass, "to come, but the controller is stopped"),
            };
            let title = format!("{}: {what}", self.moment(next));
            StartMark { percent: self.scale.percent(next), kind, title, question: self.question(next) }
        });
        let Scale { from, span_ms } = self.scale;
        let to = from.plus_ms(span_ms);
        let near = self.notes.starts.iter().filter(|start| start.scheduled <= to && start.came_at() >= from);
        let starts = near.flat_map(|start| self.marks_of(start));
        // A start at the same moment covers the change.
        self.clocks().into_iter().chain(starts).chain(next).filter(in_view).collect()
    }

    /// The change of clocks that falls into what is shown.
    fn clocks(&self) -> Option<StartMark> {
        let Scale { from, span_ms } = self.scale;
        let change = ClockChange::find(self.notes, from, from.plus_ms(span_ms))?;
        let kind = match change.way {
            Way::On => StartKind::ClocksOn,
            Way::Back => StartKind::ClocksBack,
        };
        let question = Question::CronJob(self.notes.uid, CronAsk::Clocks(change.at));
        Some(StartMark { percent: self.scale.percent(change.at), kind, title: change.words(), question })
    }

    /// A start that was skipped and then made up for has two marks: when it was due, and when its Job came.
    fn marks_of(&self, start: &CronStart) -> Vec<StartMark> {
        let mut marks = vec![self.mark(start)];
        if let StartOutcome::Fired { late_ms, .. } = start.outcome
            && start.was_forbidden
        {
            marks[0].percent = self.scale.percent(start.came_at());
            let what = "skipped: a Job was active, and concurrencyPolicy is Forbid; made up for";
            let title = format!("{}: {what} {} later", self.moment(start.scheduled), duration(late_ms));
            let percent = self.scale.percent(start.scheduled);
            marks
                .insert(0, StartMark { percent, kind: StartKind::Skipped, title, question: marks[0].question.clone() });
        }
        marks
    }

    fn mark(&self, start: &CronStart) -> StartMark {
        let (kind, what) = match &start.outcome {
            StartOutcome::Fired { job, late_ms: ..1_000 } => (StartKind::Fired, format!("started {job}")),
            StartOutcome::Fired { job, late_ms } => {
                (StartKind::Fired, format!("started {job}, {} late", duration(*late_ms)))
            }
            StartOutcome::Forbidden => {
                (StartKind::Skipped, "skipped: a Job was active, and concurrencyPolicy is Forbid".to_owned())
            }
            StartOutcome::Suspended => (StartKind::Skipped, "skipped: suspended".to_owned()),
            StartOutcome::TooLate { deadline_s } => {
                (StartKind::Missed, format!("missed: later than startingDeadlineSeconds {deadline_s} allows"))
            }
            StartOutcome::Away => (StartKind::Missed, "missed: the controller was not running".to_owned()),
            StartOutcome::Missed => (StartKind::Missed, "missed: no Job was started for it".to_owned()),
        };
        let title = format!("{}: {what}", self.moment(start.scheduled));
        let question = self.question(start.scheduled);
        StartMark { percent: self.scale.percent(start.scheduled), kind, title, question }
    }

    fn question(&self, scheduled: Time) -> Question {
        Question::CronJob(self.notes.uid, CronAsk::Tick(scheduled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Notes;
    use crate::cluster::{Command, Scenario};
    use crate::ui::view_model::cron_panel::{CronState, Looking, cron_panel, job_cards};
    use crate::ui::view_model::cron_why::cron_why;
    use crate::ui::view_model::job_panel::JobState;

    fn scenario(lines: &str, sleep_s: u32) -> Scenario {
        let manifest = format!(
            "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: tick}}\nspec:\n  schedule: '* * * * *'\n{lines}  \
             jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          \
             containers:\n          - {{name: tick, image: busybox, command: [sh, -c, sleep {sleep_s}]}}\n"
        );
        Scenario { manifest, ..Scenario::default() }
    }

    fn from(viewer_zone: &str) -> Looking<'_> {
        Looking { viewer_zone, refused: None, holds_still: Can::No }
    }

    struct Run {
        cluster: Cluster,
        noted: Noted,
    }

    impl Run {
        fn new(lines: &str, sleep_s: u32) -> Self {
            let cluster = Cluster::new(scenario(lines, sleep_s)).expect("a good manifest");
            Self { cluster, noted: Noted::default() }
        }

        /// Goes on to that second of the run, in steps as a page does.
        fn to(&mut self, second: i64) {
            let end = self.cluster.start().plus_seconds(second);
            while self.cluster.now() < end {
                let next = self.cluster.now().plus_seconds(1).min(end);
                self.cluster.run_until(next, usize::MAX);
                self.noted.take_in(&self.cluster);
            }
        }

        fn act(&mut self, command: Command) {
            self.cluster.act(command).expect("it can be done");
            self.noted.take_in(&self.cluster);
        }

        fn notes(&self) -> &CronNotes {
            &self.noted.cron_jobs()[0]
        }

        fn timeline(&self) -> Timeline {
            cron_timeline(&self.cluster, &self.noted, self.notes(), self.cluster.now(), None, TimelineScroll::Newest, 5)
        }

        fn titles(&self) -> Vec<String> {
            self.timeline().starts.into_iter().map(|mark| mark.title).collect()
        }

        fn why(&self) -> (String, Option<String>) {
            let why = cron_why(&self.cluster, &self.noted, self.notes());
            (format!("{} {}", why.question, why.answer), why.left)
        }
    }

    #[test]
    fn starts_and_jobs_are_told() {
        let mut run = Run::new("", 5);
        run.to(30);
        assert_eq!(run.why().1.as_deref(), Some("next in 30 s"));
        assert!(run.why().0.contains("The schedule says every minute. None was due yet."), "{:?}", run.why());
        run.to(150);
        let titles = run.titles();
        assert!(titles[0].starts_with("Thu 1 Jan 00:01: started tick-") && !titles[0].contains("late"), "{titles:?}");
        assert_eq!((titles.len(), titles[2].as_str()), (3, "Thu 1 Jan 00:03: to come"));
        let timeline = run.timeline();
        assert_eq!(timeline.rows.len(), 2);
        assert!(timeline.rows[0].title.contains("Complete after"), "{}", timeline.rows[0].title);
        assert!(
            timeline
                .rows
                .iter()
                .all(|row| matches!(row.about, About::Job(_)) && row.bars[0].kind == BarKind::Succeeded)
        );
        let panel = cron_panel(&run.cluster, &run.noted, run.notes(), &from("Asia/Kolkata"));
        assert_eq!(
            (panel.state, panel.words.as_str(), panel.next_in.as_str()),
            (CronState::Scheduled, "every minute", "next in 30 s")
        );
        assert_eq!(panel.zones, ["Next, UTC", "Next, Asia/Kolkata"]);
        assert_eq!(panel.runs[0], ["Thu 1 Jan 00:03 Z", "Thu 1 Jan 05:33 +05:30"]);
        assert_eq!((panel.runs.len(), panel.others.len()), (5, 0));
        assert_eq!(panel.facts[3], ("Last schedule", "Thu 1 Jan 00:02, 30 s ago".to_owned()));
        let same = cron_panel(&run.cluster, &run.noted, run.notes(), &from("Europe/London"));
        assert_eq!(same.zones, ["Next, UTC"], "London shows the same in winter");
        let cards = job_cards(&run.cluster, &run.noted, run.notes(), None);
        assert_eq!((cards.len(), cards[0].title.as_str(), cards[0].state), (2, "Thu 1 Jan 00:02", JobState::Complete));
    }

    #[test]
    fn what_was_skipped_says_why() {
        let mut run = Run::new("  concurrencyPolicy: Forbid\n", 90);
        run.to(90);
        let panel = |run: &Run| cron_panel(&run.cluster, &run.noted, run.notes(), &from("UTC")).next_in;
        assert_eq!(run.why().1.as_deref(), Some("next due in 30 s"));
        assert_eq!(panel(&run), "next due in 30 s; it waits while a Job is active");
        assert!(run.why().0.ends_with("waits for that, and is skipped if another is due first."), "{:?}", run.why());
        run.to(125);
        assert!(run.titles()[1].ends_with("00:02: skipped: a Job was active, and concurrencyPolicy is Forbid"));
        assert!(run.why().0.starts_with("Why did no Job start? Forbid: tick-"), "{:?}", run.why());
        run.to(170);
        // It was made up for when the first had ended.
        assert!(run.titles()[1].ends_with("concurrencyPolicy is Forbid; made up for 34 s later"), "{:?}", run.titles());
        assert!(run.titles()[2].contains("late"), "{:?}", run.titles());
        let marks = run.timeline().starts;
        assert!(marks[1].kind == StartKind::Skipped && marks[2].kind == StartKind::Fired);
        assert!(marks[1].percent < marks[2].percent, "{marks:?}");
        run.act(Command::SuspendCronJob { cron_job: "tick".to_owned() });
        run.to(250);
        assert!(run.why().0.contains("suspended: starts are skipped"), "{:?}", run.why());
        assert!(run.titles().iter().any(|title| title.ends_with("00:04: skipped: suspended")), "{:?}", run.titles());
        let panel = cron_panel(&run.cluster, &run.noted, run.notes(), &from("UTC"));
        assert_eq!((panel.state, panel.next_in.as_str()), (CronState::Suspended, "skipped while suspended"));
        assert_eq!((panel.passing, panel.zones[0].as_str()), (Some(Passing::Suspended), "Skipped, UTC"));
        let timeline = run.timeline();
        let next = timeline.starts.last().expect("a start to come");
        assert_eq!(
            (next.kind, next.title.as_str()),
            (StartKind::WillPass, "Thu 1 Jan 00:05: will be skipped: suspended")
        );
    }

    #[test]
    fn a_replaced_job_ran_until_it_was_deleted() {
        let mut run = Run::new("  concurrencyPolicy: Replace\n", 90);
        let bars = |run: &Run| {
            let timeline = run.timeline();
            let at_s = |percent: f64| (percent / 100.0 * timeline.shown_ms.end as f64 / 1_000.0).round() as i64;
            let bars = timeline.rows[0].bars.iter();
            bars.map(|bar| (bar.kind, at_s(bar.from_percent), at_s(bar.width_percent))).collect::<Vec<_>>()
        };
        run.to(110);
        assert_eq!(bars(&run), [(BarKind::Running, 60, 50)]);
        run.to(135);
        assert_eq!(bars(&run), [(BarKind::Running, 60, 60), (BarKind::Terminating, 120, 15)], "its pod is still there");
        run.to(200);
        assert_eq!(bars(&run), [(BarKind::Running, 60, 60), (BarKind::Terminating, 120, 30)]);
        let title = &run.timeline().rows[0].title;
        assert!(title.ends_with("created Thu 1 Jan 00:01, deleted after 1 min"), "{title}");
    }

    #[test]
    fn what_was_missed_says_why() {
        let mut run = Run::new("  startingDeadlineSeconds: 20\n", 5);
        run.act(Command::StopControllers);
        run.to(100);
        assert!(run.titles()[0].ends_with("missed: the controller was not running"), "{:?}", run.titles());
        assert!(run.why().0.contains("The CronJob controller is not running."));
        assert_eq!(run.timeline().starts.last().map(|mark| mark.kind), Some(StartKind::WillPass));
        run.act(Command::StartControllers);
        run.to(110);
        let titles = run.titles();
        assert!(titles[0].ends_with("missed: later than startingDeadlineSeconds 20 allows"), "{titles:?}");
    }

    #[test]
    fn a_deleted_cron_job_is_shown_as_it_was_last() {
        let mut run = Run::new("", 5);
        run.to(70);
        let propagation = crate::api::Propagation::Background;
        run.act(Command::DeleteCronJob { cron_job: "tick".to_owned(), propagation });
        run.to(100);
        let panel = cron_panel(&run.cluster, &run.noted, run.notes(), &from("UTC"));
        assert_eq!((panel.state, panel.runs.len()), (CronState::Deleted, 0));
        assert_eq!(panel.facts[3].1, "Thu 1 Jan 00:01, 40 s ago");
        let cards = job_cards(&run.cluster, &run.noted, run.notes(), None);
        assert_eq!(cards[0].label(), "Complete, deleted");
    }

    #[test]
    fn it_does_not_matter_how_long_a_frame_is() {
        let story = |second: i64| {
            let mut run = Run::new("  startingDeadlineSeconds: 90\n", 5);
            let mut scenario = run.cluster.scenario().clone();
            let timed = |at_ms, command| crate::cluster::TimedCommand { at_ms, command };
            scenario.commands =
                vec![timed(70_000, Command::StopControllers), timed(250_000, Command::StartControllers)];
            run.cluster = Cluster::new(scenario).expect("a good scenario");
            while run.cluster.elapsed_ms() < 400_000 {
                let next = run.cluster.now().plus_seconds(second).min(run.cluster.start().plus_seconds(400));
                run.cluster.run_until(next, usize::MAX);
                run.noted.take_in(&run.cluster);
            }
            run.titles()
        };
        assert_eq!(story(1), story(400));
        let away = |title: &&String| title.ends_with("missed: the controller was not running");
        assert_eq!(story(400).iter().filter(away).count(), 2, "{:?}", story(400));
    }

    #[test]
    fn a_long_run_shows_its_latest_stretch() {
        let mut run = Run::new("", 5);
        run.to(3 * 3_600);
        let timeline = run.timeline();
        assert_eq!(timeline.rows.len(), 5);
        assert!((80.0..90.0).contains(&timeline.playhead_percent), "{}", timeline.playhead_percent);
        assert!(timeline.starts.len() > 10 && timeline.starts.len() < 40, "{}", timeline.starts.len());
        assert!(timeline.ticks.iter().any(|tick| tick.label.starts_with("02:5")), "{:?}", timeline.ticks);
        let all = run.noted.jobs_of(run.notes().uid).count();
        let older =
            cron_timeline(&run.cluster, &run.noted, run.notes(), run.cluster.now(), None, TimelineScroll::From(0), 5);
        assert_eq!((older.rows_in_all, older.first), (all, 0));
        assert!(older.rows.iter().all(|row| row.bars[0].width_percent > 0.0));
    }

    #[test]
    fn a_job_beside_the_axis_has_no_bar() {
        let mut run = Run::new("", 5);
        run.to(3 * 3_600);
        let shown = |scroll| {
            let now = run.cluster.now();
            let timeline = cron_timeline(&run.cluster, &run.noted, run.notes(), now, None, scroll, 60);
            timeline.rows.into_iter().map(|row| (row.name, row.bars)).collect::<Vec<_>>()
        };
        let newest = shown(TimelineScroll::Newest);
        let (first, last) = (&newest[0], &newest[59]);
        assert!(first.0.starts_with("‹ ") && first.1.is_empty(), "{first:?}");
        assert!(!last.0.contains('‹') && last.1.len() == 1, "{last:?}");
        let oldest = shown(TimelineScroll::From(0));
        assert!(oldest[0].1.len() == 1 && oldest[59].0.ends_with(" ›") && oldest[59].1.is_empty(), "{oldest:?}");
    }

    #[test]
    fn what_became_of_many_starts_is_the_same_seen_at_once_or_bit_by_bit() {
        let mut watched = Run::new("  suspend: true\n", 5);
        watched.to(4 * 3_600);
        let mut skipped = Run::new("  suspend: true\n", 5);
        skipped.cluster.run_until(watched.cluster.now(), usize::MAX);
        skipped.noted.take_in(&skipped.cluster);
        assert_eq!((skipped.notes().starts.len(), &skipped.notes().starts), (150, &watched.notes().starts));
        assert_eq!(skipped.timeline(), watched.timeline());
    }
}
