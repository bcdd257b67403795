//! Playing: how the time of the person's clock becomes simulated time, in slices that are short enough to leave the
//! page alive. It knows no frames and no browser: its caller tells how much time has passed, and when to stop.

use super::state::State;
use crate::cluster::Progress;
use crate::sim::Time;

/// Agenda entries in a slice: few, as a single one may create hundreds of pods.
const SLICE_ENTRIES: usize = 16;
/// As fast as it goes, so much time passes in a frame when nothing is left to happen but starts that nobody makes.
const IDLE_MS: i64 = 60_000;
/// As fast as it goes, a run with a CronJob, which would never end, pauses each time that so much has passed.
const REST_EVERY_MS: i64 = 7 * 86_400_000;
/// A frame never counts for more time than this, however long the page was asleep.
const LONGEST_FRAME_MS: f64 = 100.0;

/// Whether the run is meant to go on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playback {
    Playing,
    Paused,
}

/// How fast simulated time passes: a place in [`Speed::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Speed(u8);

/// The speeds but the last: what they are called, and how many simulated milliseconds pass in a real one.
const SPEEDS: [(&str, f64); 13] = [
    ("0.1×", 0.1),
    ("0.25×", 0.25),
    ("0.5×", 0.5),
    ("1×", 1.0),
    ("2×", 2.0),
    ("5×", 5.0),
    ("10×", 10.0),
    ("20×", 20.0),
    ("50×", 50.0),
    ("100×", 100.0),
    ("200×", 200.0),
    ("500×", 500.0),
    ("1000×", 1_000.0),
];

impl Speed {
    pub const NORMAL: Self = Self(3);
    /// As fast as the machine goes.
    pub const MAX: Self = Self(SPEEDS.len() as u8);

    /// All speeds, the slowest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=Self::MAX.0).map(Self)
    }

    pub fn label(self) -> &'static str {
        SPEEDS.get(usize::from(self.0)).map_or("Max", |(label, _)| label)
    }

    pub fn faster(self) -> Self {
        Self((self.0 + 1).min(Self::MAX.0))
    }

    pub fn slower(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// Whether the eye can follow single pods.
    pub fn is_watchable(self) -> bool {
        self.factor().is_some_and(|factor| factor <= 20.0)
    }

    /// Simulated milliseconds in a real one; `None`: as many as there can be.
    fn factor(self) -> Option<f64> {
        SPEEDS.get(usize::from(self.0)).map(|(_, factor)| *factor)
    }
}

/// Where a frame is to bring the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    Moment(Time),
    /// On and on.
    AsFarAsItGoes,
}

/// What is left of a frame's work after a slice of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    More,
    Nothing,
}

/// What the page says about the run as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    Playing,
    Paused,
    Done,
}

impl RunState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Playing => "playing",
            Self::Paused => "paused",
            Self::Done => "done",
        }
    }
}

impl State {
    pub fn run_state(&self) -> RunState {
        match self.playback {
            _ if self.is_over() => RunState::Done,
            Playback::Playing => RunState::Playing,
            Playback::Paused => RunState::Paused,
        }
    }

    /// Whether nothing will happen any more, and there is nothing that time alone would do either.
    fn is_over(&self) -> bool {
        self.cluster().is_done() && !self.cluster().lets_starts_pass()
    }

    pub fn is_playing(&self) -> bool {
        self.run_state() == RunState::Playing
    }

    /// What a frame has to do when `real_ms` have passed since the one before; `None` when nothing plays.
    pub fn begin_frame(&mut self, real_ms: f64) -> Option<Goal> {
        if !self.is_playing() {
            return None;
        }
        if let Some(at) = self.arrives_at() {
            return Some(Goal::Moment(at));
        }
        let Some(factor) = self.speed.factor() else { return Some(Goal::AsFarAsItGoes) };
        self.owed_ms += real_ms.clamp(0.0, LONGEST_FRAME_MS) * factor;
        let whole_ms = self.owed_ms.floor();
        self.owed_ms -= whole_ms;
        Some(Goal::Moment(self.cluster().now().plus_ms(whole_ms as i64)))
    }

    /// Does a small part of a frame's work.
    pub fn run_slice(&mut self, goal: Goal) -> Left {
        match goal {
            Goal::Moment(time) => match self.timeline.run_until(time, SLICE_ENTRIES) {
                Progress::BudgetSpent => Left::More,
                Progress::Reached | Progress::Idle => Left::Nothing,
            },
            Goal::AsFarAsItGoes => self.run_moment(),
        }
    }

    /// What there is to do behind the slices of a frame.
    pub fn end_frame(&mut self) {
        self.arrive();
    }

    pub(super) fn play(&mut self) {
        if self.is_over() {
            self.restart();
        }
        self.playback = Playback::Playing;
    }

    pub(super) fn step(&mut self) {
        self.playback = Playback::Paused;
        self.timeline.step();
    }

    /// Works off the next moment, or as much of it as a slice has room for. What never ends pauses now and then.
    fn run_moment(&mut self) -> Left {
        let rests = |state: &Self| state.cluster().elapsed_ms() / REST_EVERY_MS;
        let rests_before = rests(self);
        let left = self.work_off_moment();
        if rests(self) == rests_before || self.cluster().api().cron_jobs().next().is_none() {
            return left;
        }
        self.playback = Playback::Paused;
        self.tell_good("A week has passed, and a CronJob has no end: at Max the run pauses each week.".to_owned());
        Left::Nothing
    }

    fn work_off_moment(&mut self) -> Left {
        let Some(time) = self.cluster().next_at() else {
            if self.cluster().lets_starts_pass() {
                self.timeline.run_until(self.cluster().now().plus_ms(IDLE_MS), SLICE_ENTRIES);
            }
            return Left::Nothing;
        };
        self.timeline.run_until(time, SLICE_ENTRIES);
        if self.is_over() { Left::Nothing } else { Left::More }
    }
}
