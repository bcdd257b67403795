//! Moving in time: to moments, marks and other futures. What is there is the timeline's to know; this decides where to go
//! and what to say about it.

use super::{Action, State};
use crate::cluster::{Cluster, Progress};
use crate::sim::Time;
use crate::ui::player::Playback;
use crate::ui::view_model::noted::{MarkKind, Noted};
use crate::ui::words::clock_at;

/// So much of an unknown future is worked off, in search of a mark, before the page is drawn again.
const SEARCH_ENTRIES: usize = 8_192;

/// A way to another moment of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// To that moment, as far as it is known.
    To(Time),
    ToStart,
    /// To the end of what is known.
    ToEnd,
    StepBack,
    PreviousMark,
    NextMark,
    /// To the next thing that happens, without a pause.
    SkipWait,
}

/// Which marks are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JumpTo {
    Any,
    Failure,
    Decision,
    Condition,
}

impl State {
    /// The cluster at the playhead.
    pub fn cluster(&self) -> &Cluster {
        self.timeline.cluster()
    }

    /// What the page has noted up to the playhead.
    pub fn noted(&self) -> &Noted {
        self.timeline.notes()
    }

    /// Whether the run stands where it began, and nothing else is known of it.
    pub(super) fn has_not_moved(&self) -> bool {
        self.cluster().elapsed_ms() == 0 && !self.timeline.is_in_past()
    }

    pub(super) fn travel(&mut self, to: Move) {
        if to != Move::SkipWait {
            self.playback = Playback::Paused;
        }
        self.owed_ms = 0.0;
        match to {
            Move::To(time) => self.seek(time),
            Move::ToStart => self.seek(self.cluster().start()),
            Move::ToEnd => self.seek(self.timeline.known_end()),
            Move::StepBack => self.timeline.step_back(),
            Move::PreviousMark => self.jump_back(),
            Move::NextMark => self.jump_on(),
            Move::SkipWait => {
                self.timeline.step();
            }
        }
    }

    /// Leaves this future for another, or for a run that was left: those come behind the futures.
    pub(super) fn return_to(&mut self, place: usize) {
        self.notice = None;
        let futures = self.timeline.branches().count();
        if place >= futures {
            return self.return_to_run(place - futures);
        }
        self.playback = Playback::Paused;
        self.timeline.return_to(place);
    }

    /// Says so when an act has parted the future from one that was known.
    pub(super) fn tell_of_branch(&mut self, branches_before: usize) {
        if self.timeline.branches().count() > branches_before {
            let at = clock_at(self.cluster(), self.cluster().now());
            self.tell_good(format!(
                "From {at} on the run goes another way. What was known of the old one is kept under Other runs."
            ));
        }
    }

    fn seek(&mut self, time: Time) {
        self.timeline.seek(time);
    }

    fn jump_back(&mut self) {
        let now = self.cluster().now();
        let marks = self.timeline.known_notes().marks();
        let earlier = marks.from(0).rev().filter(|mark| self.jump_to.takes(mark.kind)).find(|mark| mark.at < now);
        match earlier.map(|mark| mark.at) {
            Some(at) => self.seek(at),
            None => self.tell_good(format!("There is no {} before.", self.jump_to.noun())),
        }
    }

    fn jump_on(&mut self) {
        if let Some(at) = self.next_mark() {
            return self.seek(at);
        }
        self.seek(self.timeline.known_end());
        for _ in 0..SEARCH_ENTRIES {
            let Some(next) = self.cluster().next_at().filter(|_| !self.cluster().is_done()) else { break };
            let known = self.timeline.notes().marks().len();
            let progress = self.timeline.run_until(next, 1);
            let found = self.noted().marks().from(known).any(|mark| self.jump_to.takes(mark.kind));
            if found {
                return self.seek(next);
            }
            if progress == Progress::Idle {
                break;
            }
        }
        let noun = self.jump_to.noun();
        let text = match self.cluster().is_done() {
            true => format!("There is no {noun} after."),
            false => format!("No {noun} up to here. Jump again to look further on."),
        };
        self.tell_good(text);
    }

    /// When the next mark is that is known.
    fn next_mark(&self) -> Option<Time> {
        let now = self.cluster().now();
        let marks = self.timeline.known_notes().marks();
        let later = marks.from(marks.partition_point(|mark| mark.at <= now));
        let mut wanted = later.filter(|mark| self.jump_to.takes(mark.kind));
        wanted.next().map(|mark| mark.at)
    }
}

impl JumpTo {
    pub const ALL: [Self; 4] = [Self::Any, Self::Failure, Self::Decision, Self::Condition];

    /// What is looked for, in a word.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Any => "mark",
            Self::Failure => "failure",
            Self::Decision => "decision",
            Self::Condition => "condition",
        }
    }

    /// Of which kind the marks are, as the list has it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Any => "all marks",
            Self::Failure => "failures",
            Self::Decision => "decisions",
            Self::Condition => "conditions",
        }
    }

    fn takes(self, kind: MarkKind) -> bool {
        match self {
            Self::Any => true,
            Self::Failure => kind == MarkKind::PodFailed,
            Self::Decision => kind == MarkKind::Decision,
            Self::Condition => kind == MarkKind::Condition,
        }
    }
}

impl Action {
    /// Goes to that moment.
    pub fn seek(time: Time) -> Self {
        Self::Move(Move::To(time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Command, gallery};
    use crate::sim::Random;
    use crate::ui::player::{Left, Speed};
    use crate::ui::view_model::{
        control_loop::control_loop,
        cron_panel::{Looking, cron_panel, job_cards},
        cron_timeline::cron_timeline,
        job_panel::{job_panel, node_lines},
        logs, pods, queue_panel,
        stage::stage,
        time_bar::{Place, time_bar},
        timeline::timeline,
        yaml_panel::{Selected, yaml_panel},
    };

    /// All that the page shows of this moment, but for what it shows of the future.
    fn page(state: &State) -> String {
        let (cluster, noted, job) = (state.cluster(), state.noted(), state.job_uid());
        let now = cluster.now();
        let rows = match state.shown_cron_job() {
            Some(notes) => cron_timeline(cluster, noted, notes, now, job, state.scroll, 20),
            None => timeline(cluster, noted, now, job, state.pod, state.scroll, 20),
        };
        let pod = cluster.history().of_job(job.unwrap_or_default()).next().map(|record| record.uid);
        let of_cron_job = state.shown_cron_job().map(|notes| {
            let looking = Looking { viewer_zone: "UTC", refused: None, holds_still: pods::Can::Yes };
            (cron_panel(cluster, noted, notes, &looking), job_cards(cluster, noted, notes, job), notes.starts.clone())
        });
        let marks: Vec<_> = noted.marks().iter().collect();
        let cron_job = state.shown_cron_job();
        let selected = Selected { pod, cron_job, job, follows_cron_job: pods::Can::No };
        let lists = (
            logs::decisions(cluster, job, state.shown_cron_job()),
            logs::events(cluster, None, None),
            logs::pod_log(cluster, pod, state.log),
            yaml_panel(cluster, &selected, None),
        );
        let middle = (
            control_loop(cluster, noted, job, state.told_cron_job()),
            crate::ui::lists::shown_why(state),
            queue_panel::queue_panels(cluster),
            stage(cluster, job, state.pod),
            pod.and_then(|pod| pods::card(cluster, pod)),
        );
        let panel = job_panel(cluster, noted, state.job_name(), job);
        let shown = (rows, of_cron_job, marks, panel, node_lines(cluster), state.pod_settings());
        format!("{} {shown:?} {middle:?} {lists:?} {:?} {}", now, noted.jobs(), cluster.digest())
    }

    /// Plays in frames of uneven lengths, and keeps every page on the way.
    fn play(state: &mut State, frames: usize) -> Vec<(Time, String)> {
        let mut pages = Vec::new();
        for frame in 0..frames {
            let goal = match frame % 7 {
                0 => {
                    state.timeline.step();
                    None
                }
                rest => state.begin_frame(10.0 + 13.0 * rest as f64),
            };
            while goal.is_some_and(|goal| state.run_slice(goal) == Left::More) {}
            // A moment that is not over is no moment to come back to.
            state.timeline.run_until(state.cluster().now(), usize::MAX);
            pages.push((state.cluster().now(), page(state)));
        }
        pages
    }

    #[test]
    fn the_page_is_the_same_wherever_one_comes_back_to() {
        for entry in gallery::entries() {
            let mut state = State::open("");
            state.update(Action::ChooseScenario(entry.id.to_owned()));
            let speed = if entry.theme == gallery::Theme::CronJobs { 12 } else { 8 };
            state.update(Action::SetSpeed(Speed::all().nth(speed).expect("a speed")));
            let pages = play(&mut state, 36);
            let mut random = Random::stream(11, &[]);
            for _ in 0..8 {
                let (time, then) = &pages[random.in_range(0, pages.len() as u64 - 1) as usize];
                state.update(Action::seek(*time));
                assert!(page(&state) == *then, "{} at {time}", entry.id);
            }
            state.update(Action::Move(Move::ToEnd));
            assert!(Some(&page(&state)) == pages.last().map(|(_, page)| page), "{}", entry.id);
        }
    }

    fn opened() -> State {
        let mut state = State::open("");
        state.update(Action::SetSpeed(Speed::MAX));
        while let Some(goal) = state.begin_frame(16.0) {
            while state.run_slice(goal) == Left::More {}
        }
        state
    }

    #[test]
    fn marks_are_found_in_both_directions() {
        let mut state = opened();
        let end = state.cluster().now();
        state.update(Action::JumpTo(JumpTo::Failure));
        let mut failures = Vec::new();
        loop {
            let before = state.cluster().now();
            state.update(Action::Move(Move::PreviousMark));
            if state.cluster().now() == before {
                break;
            }
            failures.push(state.cluster().now());
        }
        assert!(!failures.is_empty() && state.notice.take().is_some_and(|notice| notice.text.contains("no failure")));
        assert_eq!(state.timeline.known_end(), end);
        for failure in failures.iter().rev().skip(1) {
            state.update(Action::Move(Move::NextMark));
            assert_eq!(state.cluster().now(), *failure);
        }
        state.update(Action::Move(Move::NextMark));
        assert!(state.notice.is_some() && state.cluster().now() == end);
    }

    #[test]
    fn a_mark_is_looked_for_in_what_is_not_known_yet() {
        let mut state = State::open("");
        state.update(Action::JumpTo(JumpTo::Condition));
        for _ in 0..20 {
            state.update(Action::Move(Move::NextMark));
        }
        assert!(state.cluster().is_done() && state.noted().marks().len() > 2);
        assert!(!state.is_playing());
    }

    #[test]
    fn an_act_in_the_past_is_told_and_the_old_future_can_be_returned_to() {
        let mut state = opened();
        let (digest, end) = (state.cluster().digest(), state.cluster().now());
        state.update(Action::Move(Move::ToStart));
        assert_eq!((state.cluster().elapsed_ms(), time_bar(&state.timeline).place), (0, Place::InThePast));
        let settings = crate::workload::PodSettings { failure_percent: 100.0, ..state.pod_settings() };
        state.update(Action::SetPods(settings));
        assert_eq!((state.run, state.timeline.branches().count()), (1, 1), "the old future is not lost");
        state.update(Action::Act(Command::RestartController));
        assert_eq!(state.timeline.branches().count(), 1);
        state.update(Action::ReturnTo(0));
        state.update(Action::Move(Move::ToEnd));
        assert_eq!((state.cluster().digest(), state.cluster().now()), (digest, end));
    }

    #[test]
    fn waits_are_skipped_without_a_pause() {
        let mut state = State::open("");
        let before = state.cluster().now();
        state.update(Action::Move(Move::SkipWait));
        assert!(state.cluster().now() > before && state.is_playing());
        state.update(Action::Move(Move::StepBack));
        assert!(!state.is_playing() && state.timeline.is_in_past());
    }

    #[test]
    fn days_of_a_cron_job_are_found_again_though_the_older_are_forgotten() {
        let mut state = State::open("");
        state.update(Action::ChooseScenario("cron-hello".to_owned()));
        let start = state.cluster().start();
        let mut pages = Vec::new();
        for hour in 0..72 {
            state.timeline.run_until(start.plus_seconds(hour * 3_600 + 31), usize::MAX);
            pages.push((state.cluster().now(), page(&state)));
        }
        for place in [3, 70, 30, 31, 0, 50] {
            state.update(Action::seek(pages[place].0));
            assert!(page(&state) == pages[place].1, "hour {place}");
        }
    }
}
