//! A run in which one can move. It owns the cluster at the playhead, and goes to any moment that is known by the nearest
//! checkpoint and replay, which gives the same run again; an act in the past starts another future and keeps the old one.
//! It knows no more of the page than that somebody takes notes.

use super::{Cluster, Command, MOMENT_BUDGET, Progress, TimedCommand};
use crate::sim::Time;

/// With more checkpoints than this, every other one is dropped.
const MOST_CHECKPOINTS: usize = 32;
/// So much is worked off between two checkpoints at first: entries of the agenda and commands.
const FIRST_SPACING: u64 = 4_096;
/// So many other futures are kept.
const MOST_BRANCHES: usize = 8;

/// What somebody notes down while a run goes on. Notes are kept with every checkpoint, so that they follow a seek.
pub trait Notes: Clone {
    /// Takes in what has happened since the last time. That is asked for whenever the trace has grown, entry by entry of
    /// the agenda, and when the run has come to where it was to go.
    fn take_in(&mut self, cluster: &Cluster);
}

impl Notes for () {
    fn take_in(&mut self, _: &Cluster) {}
}

/// A cluster at a moment of its run, with the notes up to then.
#[derive(Clone)]
struct Moment<N> {
    cluster: Cluster,
    notes: N,
    /// How much has been worked off since the start: entries of the agenda and commands.
    work: u64,
}

/// A run, as far as it is known, and the moment at which it is looked at.
pub struct Timeline<N> {
    /// The playhead. Its scenario has all commands of this run, those to come included.
    here: Moment<N>,
    /// How far the run is known, while the playhead stands before that.
    furthest: Option<Moment<N>>,
    /// In order; the first is the start. Where each stands depends only on the run and on how far it is known.
    checkpoints: Vec<Moment<N>>,
    spacing: u64,
    /// The ends of other runs that begin as this one does.
    others: Vec<Moment<N>>,
}

/// Another future, which was left by an act in the past.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Up to then it is the same run.
    pub parted_at: Time,
    /// With what it goes on there; `None`: without an act.
    pub act: Option<Command>,
    /// How far it is known.
    pub known_end: Time,
}

impl<N: Notes> Timeline<N> {
    /// A run that begins with that cluster. `notes` are those of somebody who has seen nothing yet.
    pub fn new(cluster: Cluster, mut notes: N) -> Self {
        notes.take_in(&cluster);
        let here = Moment { cluster, notes, work: 0 };
        Self { checkpoints: vec![here.clone()], here, furthest: None, spacing: FIRST_SPACING, others: Vec::new() }
    }

    /// The cluster at the playhead.
    pub fn cluster(&self) -> &Cluster {
        &self.here.cluster
    }

    /// The notes up to the playhead.
    pub fn notes(&self) -> &N {
        &self.here.notes
    }

    /// The notes on all that is known.
    pub fn known_notes(&self) -> &N {
        &self.furthest.as_ref().unwrap_or(&self.here).notes
    }

    /// The cluster at the end of what is known.
    pub fn known_cluster(&self) -> &Cluster {
        &self.furthest.as_ref().unwrap_or(&self.here).cluster
    }

    /// Up to when the run is known.
    pub fn known_end(&self) -> Time {
        self.known_cluster().now()
    }

    /// Whether the playhead stands before the end of what is known.
    pub fn is_in_past(&self) -> bool {
        self.furthest.is_some()
    }

    /// How much has been worked off up to the playhead: entries of the agenda and commands.
    pub fn work(&self) -> u64 {
        self.here.work
    }

    /// How many checkpoints there are.
    pub fn checkpoints(&self) -> usize {
        self.checkpoints.len()
    }

    /// Goes on to `time`, working off at most `budget` entries. What is known is replayed, then new things happen.
    pub fn run_until(&mut self, time: Time, budget: usize) -> Progress {
        let mut progress = Progress::BudgetSpent;
        for _ in 0..budget {
            match self.here.cluster.next_at() {
                Some(next) if next <= time => self.work_off_next(),
                next => {
                    self.here.cluster.advance_to(time);
                    progress = if next.is_none() { Progress::Idle } else { Progress::Reached };
                    break;
                }
            }
        }
        self.arrive();
        progress
    }

    /// Goes on to the end of the next moment in which something can be seen to happen.
    pub fn step(&mut self) -> Progress {
        let seen = self.here.cluster.trace_count();
        let has_seen = |cluster: &Cluster| cluster.trace_count() > seen;
        while let Some(next) = self.here.cluster.next_at() {
            if has_seen(&self.here.cluster) && next > self.here.cluster.now() {
                break;
            }
            self.work_off_next();
        }
        self.arrive();
        if has_seen(&self.here.cluster) { Progress::Reached } else { Progress::Idle }
    }

    /// Goes back to the end of the last moment before now in which something could be seen to happen, or to the start.
    pub fn step_back(&mut self) {
        let now = self.here.cluster.now();
        let earlier = self.here.cluster.trace().rev().map(|entry| entry.at).find(|at| *at < now);
        self.seek(earlier.unwrap_or(now.min(self.start())));
    }

    /// Goes to the end of the moment `time`, or to the nearest moment that is known: the start, or the end of what is
    /// known. What is there is exactly what was there. Returns how much had to be worked off again for it.
    pub fn seek(&mut self, time: Time) -> u64 {
        let time = time.max(self.start()).min(self.known_end());
        self.take_nearest(time);
        let work = self.here.work;
        self.run_until(time, usize::MAX);
        self.here.work - work
    }

    /// Does what the command says, now. Where another future is known, or commands are still to come, that is kept as a
    /// branch; unless they begin with the very same act, as then it is the same future.
    ///
    /// # Errors
    /// A sentence that says why it cannot be done; nothing has changed then.
    pub fn act(&mut self, command: Command) -> Result<(), String> {
        self.run_until(self.here.cluster.now(), MOMENT_BUDGET);
        let planned = self.commands().to_vec();
        let ends_here = self.furthest.is_none() && self.here.cluster.has_commands_to_come();
        let end = ends_here.then(|| self.here.clone());
        self.here.cluster.act(command)?;
        if planned.starts_with(self.commands()) {
            self.here.cluster.expect_commands(&planned);
        } else {
            let work = self.here.work;
            self.checkpoints.retain(|checkpoint| checkpoint.work <= work);
            if let Some(end) = self.furthest.take().or(end) {
                self.keep_other(end);
            }
        }
        self.count_work();
        self.arrive();
        Ok(())
    }

    /// The other futures that are kept, in the order in which they were left.
    pub fn branches(&self) -> impl Iterator<Item = Branch> {
        self.others.iter().map(|other| {
            let (common, parted_at) = self.parting(other);
            let act = other.cluster.scenario().commands.get(common).map(|timed| timed.command.clone());
            Branch { parted_at, act, known_end: other.cluster.now() }
        })
    }

    /// Leaves this future for the branch with that place in the list, and goes to where they part. This one is kept as
    /// a branch.
    pub fn return_to(&mut self, branch: usize) {
        if branch >= self.others.len() {
            return;
        }
        let other = self.others.remove(branch);
        let (common, parted_at) = self.parting(&other);
        let is_common =
            |moment: &Moment<N>| moment.cluster.commands_done <= common && moment.cluster.now() <= parted_at;
        self.checkpoints.retain(is_common);
        let Some(nearest) = self.checkpoints.last().cloned() else { return };
        let left = std::mem::replace(&mut self.here, nearest);
        let left = self.furthest.replace(other).unwrap_or(left);
        self.keep_other(left);
        self.follow_furthest();
        self.run_until(parted_at, usize::MAX);
    }

    fn start(&self) -> Time {
        self.here.cluster.start()
    }

    fn commands(&self) -> &[TimedCommand] {
        &self.here.cluster.scenario().commands
    }

    /// How many commands the other run has in common with this one, and when they part.
    fn parting(&self, other: &Moment<N>) -> (usize, Time) {
        let (ours, theirs) = (self.commands(), &other.cluster.scenario().commands);
        let common = ours.iter().zip(theirs).take_while(|(our, their)| our == their).count();
        let next = [ours.get(common), theirs.get(common)].into_iter().flatten().map(|timed| timed.at_ms).min();
        (common, next.map_or(other.cluster.now(), |at_ms| self.start().plus_ms(at_ms)))
    }

    fn keep_other(&mut self, end: Moment<N>) {
        if self.others.len() >= MOST_BRANCHES {
            self.others.remove(0);
        }
        self.others.push(end);
    }

    /// Puts the playhead on the last moment that is kept and not behind `time`, unless it stands nearer.
    fn take_nearest(&mut self, time: Time) {
        let now = self.here.cluster.now();
        if let Some(furthest) = self.furthest.take_if(|furthest| furthest.cluster.now() <= time) {
            self.here = furthest;
            return;
        }
        let behind = self.checkpoints.partition_point(|checkpoint| checkpoint.cluster.now() <= time);
        let Some(nearest) = behind.checked_sub(1).map(|place| &self.checkpoints[place]) else { return };
        if now > time || nearest.work > self.here.work {
            let left = std::mem::replace(&mut self.here, nearest.clone());
            self.furthest.get_or_insert(left);
            self.follow_furthest();
        }
    }

    /// A checkpoint knows only the commands that were known when it was made.
    fn follow_furthest(&mut self) {
        if let Some(furthest) = &self.furthest {
            self.here.cluster.expect_commands(&furthest.cluster.scenario().commands);
        }
    }

    fn work_off_next(&mut self) {
        let seen = self.here.cluster.trace_count();
        self.here.cluster.take_next();
        if self.here.cluster.trace_count() != seen {
            self.here.notes.take_in(&self.here.cluster);
        }
        self.count_work();
    }

    /// Makes a checkpoint where one is due and none is.
    fn count_work(&mut self) {
        self.here.work += 1;
        let work = self.here.work;
        if work.is_multiple_of(self.spacing) && self.checkpoints.last().is_none_or(|last| last.work < work) {
            self.checkpoints.push(self.here.clone());
            if self.checkpoints.len() > MOST_CHECKPOINTS {
                self.spacing *= 2;
                self.checkpoints.retain(|checkpoint| checkpoint.work.is_multiple_of(self.spacing));
            }
        }
    }

    /// The run has come to where it was to go.
    fn arrive(&mut self) {
        self.here.notes.take_in(&self.here.cluster);
        let (work, now) = (self.here.work, self.here.cluster.now());
        self.furthest.take_if(|furthest| furthest.work <= work && furthest.cluster.now() <= now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Scenario, gallery};
    use crate::sim::Random;

    fn timeline(scenario: Scenario) -> Timeline<()> {
        Timeline::new(Cluster::new(scenario).expect("a good scenario"), ())
    }

    fn job(completions: u32, parallelism: u32) -> Scenario {
        let manifest = format!(
            "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: work}}\nspec:\n  completions: {completions}\n  \
             parallelism: {parallelism}\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n      \
             - {{name: c, image: busybox, command: [sh, -c, sleep 5]}}\n"
        );
        Scenario { manifest, ..Scenario::default() }
    }

    fn set_parallelism(parallelism: i32) -> Command {
        Command::SetParallelism { job: "work".to_owned(), parallelism }
    }

    /// All that there is to a cluster, but the programs of its pods: they stand by the addresses of their templates.
    fn whole(timeline: &Timeline<()>) -> String {
        let text = format!("{:?}", timeline.cluster());
        let Some((before, programs)) = text.split_once("programs: {") else { return text };
        let mut depth = 1;
        let end = programs.find(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0
        });
        format!("{before}{}", &programs[end.expect("it is closed")..])
    }

    fn at(timeline: &Timeline<()>, seconds: i64) -> Time {
        timeline.start().plus_seconds(seconds)
    }

    fn run_to(timeline: &mut Timeline<()>, seconds: i64) {
        timeline.run_until(at(timeline, seconds), usize::MAX);
    }

    #[test]
    fn every_moment_of_the_gallery_is_found_again_whole() {
        for entry in gallery::entries() {
            let mut timeline = timeline(entry.scenario());
            timeline.seek(timeline.start());
            let mut moments = vec![(timeline.cluster().now(), whole(&timeline))];
            while moments.len() < 40 && timeline.step() == Progress::Reached {
                moments.push((timeline.cluster().now(), whole(&timeline)));
            }
            let mut random = Random::stream(7, &[]);
            for _ in 0..12 {
                let place = random.in_range(0, moments.len() as u64 - 1) as usize;
                timeline.seek(moments[place].0);
                assert!(whole(&timeline) == moments[place].1, "{} at {}", entry.id, moments[place].0);
                if let Some((earlier, then)) = place.checked_sub(1).map(|place| &moments[place]) {
                    timeline.step_back();
                    assert!(whole(&timeline) == *then, "{} back to {earlier}", entry.id);
                }
            }
        }
    }

    #[test]
    fn checkpoints_are_few_and_a_seek_replays_little() {
        let mut timeline = timeline(job(4_000, 400));
        let mut moments = Vec::new();
        while !timeline.cluster().is_done() {
            let next = timeline.cluster().now().plus_seconds(1);
            timeline.run_until(next, usize::MAX);
            moments.push((next, timeline.cluster().digest(), timeline.work()));
        }
        let work = timeline.work();
        assert!(work > 4 * FIRST_SPACING && (5..=MOST_CHECKPOINTS).contains(&timeline.checkpoints()), "{work}");
        let mut random = Random::stream(3, &[]);
        for _ in 0..20 {
            let (time, digest, work) = &moments[random.in_range(0, moments.len() as u64 - 1) as usize];
            let replayed = timeline.seek(*time);
            assert!(replayed < FIRST_SPACING, "{replayed}");
            assert_eq!((&timeline.cluster().digest(), timeline.work()), (digest, *work));
        }
        run_to(&mut timeline, 1_000_000);
        assert!(!timeline.is_in_past());
    }

    #[test]
    fn the_spacing_doubles_when_checkpoints_are_many() {
        let mut timeline = timeline(job(100, 10));
        timeline.spacing = 4;
        run_to(&mut timeline, 1_000);
        assert!((MOST_CHECKPOINTS / 2..=MOST_CHECKPOINTS).contains(&timeline.checkpoints()));
        assert!(timeline.checkpoints.iter().zip(0..).all(|(made, place)| made.work == place * timeline.spacing));
    }

    #[test]
    fn an_act_in_the_past_parts_two_futures_and_each_can_be_returned_to() {
        let mut timeline = timeline(job(40, 2));
        timeline.spacing = 16;
        run_to(&mut timeline, 20);
        timeline.act(set_parallelism(4)).expect("it can be done");
        run_to(&mut timeline, 60);
        let first = whole(&timeline);
        timeline.seek(at(&timeline, 10));
        assert!(timeline.is_in_past() && timeline.commands().len() == 1);
        assert!(timeline.act(Command::Suspend { job: "nobody".to_owned() }).is_err());
        assert_eq!((timeline.known_end(), timeline.branches().count()), (at(&timeline, 60), 0), "nothing has changed");
        timeline.act(set_parallelism(1)).expect("it can be done");
        run_to(&mut timeline, 90);
        let second = whole(&timeline);
        let branch = |timeline: &Timeline<()>, act, known_end| Branch {
            parted_at: at(timeline, 10),
            act: Some(set_parallelism(act)),
            known_end: at(timeline, known_end),
        };
        let kept = Branch { act: Some(set_parallelism(4)), ..branch(&timeline, 0, 60) };
        assert_eq!(timeline.branches().collect::<Vec<_>>(), [kept]);
        timeline.return_to(0);
        assert_eq!(timeline.cluster().now(), at(&timeline, 10));
        assert_eq!(timeline.branches().collect::<Vec<_>>(), [branch(&timeline, 1, 90)]);
        timeline.seek(at(&timeline, 60));
        assert!(whole(&timeline) == first, "what was left is as it was");
        timeline.seek(at(&timeline, 30));
        run_to(&mut timeline, 60);
        assert!(whole(&timeline) == first, "and replays to the same");
        timeline.return_to(0);
        run_to(&mut timeline, 90);
        assert!(whole(&timeline) == second && !timeline.is_in_past());
        timeline.return_to(9);
        assert!(whole(&timeline) == second, "there is no such branch");
    }

    #[test]
    fn the_same_act_again_is_the_same_future() {
        let mut timeline = timeline(job(40, 2));
        run_to(&mut timeline, 20);
        timeline.act(set_parallelism(4)).expect("it can be done");
        run_to(&mut timeline, 60);
        let end = whole(&timeline);
        run_to(&mut timeline, 20);
        timeline.seek(at(&timeline, 19));
        timeline.run_until(at(&timeline, 20), 0);
        timeline.act(set_parallelism(4)).expect("it can be done");
        assert_eq!(timeline.branches().count(), 1, "a second earlier is another future");
        timeline.return_to(0);
        timeline.seek(at(&timeline, 60));
        assert!(whole(&timeline) == end);
    }

    #[test]
    fn what_a_scenario_still_plans_is_kept_when_somebody_acts_before() {
        let planned = TimedCommand { at_ms: 30_000, command: set_parallelism(5) };
        let mut timeline = timeline(Scenario { commands: vec![planned.clone()], ..job(40, 2) });
        run_to(&mut timeline, 10);
        timeline.act(set_parallelism(1)).expect("it can be done");
        assert_eq!(timeline.commands().len(), 1);
        timeline.return_to(0);
        run_to(&mut timeline, 40);
        assert_eq!(timeline.commands(), [planned]);
    }

    #[test]
    fn only_so_many_branches_are_kept() {
        let mut timeline = timeline(job(10, 1));
        for number in 0..MOST_BRANCHES as i32 + 5 {
            run_to(&mut timeline, 10);
            timeline.seek(at(&timeline, 5));
            timeline.act(set_parallelism(2 + number)).expect("it can be done");
        }
        assert_eq!(timeline.branches().count(), MOST_BRANCHES);
    }
}
