//! Playing: how the time of the person's clock becomes simulated time, in slices that are short enough to leave the
//! page alive. It knows no frames and no browser: its caller tells how much time has passed, and when to stop.

use super::state::State;
use crate::cluster::Progress;
use crate::sim::Time;

/// Agenda entries in a slice: few, as a single one may create hundreds of pods.
const SLICE_ENTRIES: usize = 16;
/// A frame never counts for more time than this, however long the page was asleep.
const LONGEST_FRAME_MS: f64 = 100.0;

/// Whether the run is meant to go on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playback {
    Playing,
    Paused,
}

/// How fast simulated time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    Half,
    Normal,
    Ten,
    Hundred,
    /// As fast as the machine goes.
    Max,
}

impl Speed {
    pub const ALL: [Self; 5] = [Self::Half, Self::Normal, Self::Ten, Self::Hundred, Self::Max];

    pub fn label(self) -> &'static str {
        match self {
            Self::Half => "0.5×",
            Self::Normal => "1×",
            Self::Ten => "10×",
            Self::Hundred => "100×",
            Self::Max => "Max",
        }
    }

    /// Whether the eye can follow single pods.
    pub fn is_watchable(self) -> bool {
        match self {
            Self::Half | Self::Normal | Self::Ten => true,
            Self::Hundred | Self::Max => false,
        }
    }

    /// Simulated milliseconds in a real one; `None`: as many as there can be.
    fn factor(self) -> Option<f64> {
        match self {
            Self::Half => Some(0.5),
            Self::Normal => Some(1.0),
            Self::Ten => Some(10.0),
            Self::Hundred => Some(100.0),
            Self::Max => None,
        }
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
            _ if self.cluster.is_done() => RunState::Done,
            Playback::Playing => RunState::Playing,
            Playback::Paused => RunState::Paused,
        }
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
        Some(Goal::Moment(self.cluster.now().plus_ms(whole_ms as i64)))
    }

    /// Does a small part of a frame's work.
    pub fn run_slice(&mut self, goal: Goal) -> Left {
        match goal {
            Goal::Moment(time) => match self.cluster.run_until(time, SLICE_ENTRIES) {
                Progress::BudgetSpent => Left::More,
                Progress::Reached | Progress::Idle => Left::Nothing,
            },
            Goal::AsFarAsItGoes => self.run_moment(),
        }
    }

    /// Takes in what the slices of a frame have brought.
    pub fn end_frame(&mut self) {
        self.noted.take_in(&self.cluster);
        self.arrive();
    }

    pub(super) fn play(&mut self) {
        if self.cluster.is_done() {
            self.restart();
        }
        self.playback = Playback::Playing;
    }

    pub(super) fn step(&mut self) {
        self.playback = Playback::Paused;
        self.cluster.step();
    }

    /// Works off the next moment, or as much of it as a slice has room for.
    fn run_moment(&mut self) -> Left {
        let Some(time) = self.cluster.next_at() else { return Left::Nothing };
        self.cluster.run_until(time, SLICE_ENTRIES);
        if self.cluster.is_done() { Left::Nothing } else { Left::More }
    }
}
