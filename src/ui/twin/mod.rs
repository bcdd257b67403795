//! The twin of a run: the same seed and the same acts with one thing changed. Both run beside each other from the start,
//! slice by slice and ahead of the playhead, and the first moment at which they part is noted with its reasons. It knows
//! nothing of the page's run but the scenario.

mod change;
mod parting;
mod samples;

pub use change::{Change, Offer, Target, offers, valued};
pub use parting::Parting;
pub use samples::{Counts, Samples, Watched};

use super::player::Left;
use crate::cluster::{Cluster, Progress, Scenario};
use crate::sim::Time;

/// So much time both runs go ahead by themselves, in milliseconds (a day): some runs have no end.
const AHEAD_MS: i64 = 86_400_000;
/// So many slices both may take, whatever they show.
const MOST_SLICES: usize = 1_000_000;
/// Agenda entries of a slice, of each run.
const SLICE_ENTRIES: usize = 32;

/// Two runs beside each other: as it is, and with one thing changed.
pub struct Twin {
    /// What both begin with, but for the change.
    pub base: Scenario,
    /// As it is, and with the change.
    pub sides: [Side; 2],
    /// Where they part; `None` as long as they do not.
    pub parting: Option<Parting>,
    slices: usize,
}

/// One of both runs.
pub struct Side {
    pub cluster: Cluster,
    /// What the Job, or the CronJob, had at each moment.
    pub samples: Samples,
    /// How many entries of the trace were compared.
    seen: usize,
}

impl Twin {
    /// The twin of the run of `base`, at its start.
    ///
    /// # Errors
    /// A sentence that says why the change cannot be made: the API server's, when the manifest would be invalid.
    pub fn new(base: &Scenario, change: &Change, watched: &Watched) -> Result<Self, String> {
        let side = |scenario: Scenario| {
            let cluster = Cluster::new(scenario)
                .map_err(|problems| problems.first().map_or_else(String::new, |problem| problem.message.clone()))?;
            Ok::<_, String>(Side { cluster, samples: Samples::new(watched), seen: 0 })
        };
        let sides = [side(base.clone())?, side(change.apply(base)?)?];
        Ok(Self { base: base.clone(), sides, parting: None, slices: 0 })
    }

    /// Up to when both have run.
    pub fn reached(&self) -> Time {
        let [first, second] = &self.sides;
        first.cluster.now().max(second.cluster.now())
    }

    /// Whether both have run to their end.
    pub fn is_done(&self) -> bool {
        self.sides.iter().all(|side| side.cluster.is_done())
    }

    /// Whether there is something left to run; both go at least to `playhead`.
    pub fn is_busy(&self, playhead: Time) -> bool {
        self.slices < MOST_SLICES && self.next_at(playhead).is_some()
    }

    /// Lets both runs go on a little.
    pub fn run_slice(&mut self, playhead: Time) -> Left {
        let Some(moment) = self.next_at(playhead).filter(|_| self.slices < MOST_SLICES) else { return Left::Nothing };
        self.slices += 1;
        let run = |side: &mut Side| side.cluster.run_until(moment, SLICE_ENTRIES) == Progress::BudgetSpent;
        let mut open = self.sides.iter_mut().filter(|side| !side.cluster.is_done());
        // Both, whatever the first comes to.
        if open.by_ref().map(run).filter(|is_spent| *is_spent).count() == 0 {
            self.look(moment);
        }
        Left::More
    }

    /// The next moment of either run.
    fn next_at(&self, playhead: Time) -> Option<Time> {
        let until = playhead.max(self.sides[0].cluster.start().plus_ms(AHEAD_MS));
        let open = self.sides.iter().filter(|side| !side.cluster.is_done());
        open.filter_map(|side| side.cluster.next_at()).min().filter(|next| *next <= until)
    }

    /// Both have come to the end of that moment.
    fn look(&mut self, moment: Time) {
        for side in &mut self.sides {
            side.samples.take(moment, &side.cluster, side.seen);
        }
        if self.parting.is_none() {
            self.parting = parting::find(moment, &self.sides);
        }
        for side in &mut self.sides {
            side.seen = side.cluster.trace_count();
        }
    }
}
