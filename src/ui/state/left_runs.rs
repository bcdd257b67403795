//! The runs that were left for new ones, and the way back to them, so that applying a manifest or choosing a scenario
//! loses nothing. The last few are kept, as they were left. It knows nothing of why a run was left.

use super::{Checked, State, TimelineScroll};
use crate::cluster::{Cluster, Scenario, Timeline, gallery};
use crate::ui::player::Playback;
use crate::ui::view_model::by_hand;
use crate::ui::view_model::noted::Noted;
use crate::ui::words::{clock, command, count};

/// So many runs are kept.
const KEPT: usize = 3;
/// Longer runs, in entries of their traces, are not kept: they take too much room.
const LONGEST_ENTRIES: usize = 200_000;

/// A run that was left.
pub struct LeftRun {
    timeline: Timeline<Noted>,
    /// What it was opened with.
    opened: Scenario,
    gallery_id: Option<&'static str>,
}

impl State {
    /// The runs that can be gone back to, each in a line.
    pub fn left_runs(&self) -> impl Iterator<Item = String> {
        self.left_runs.iter().map(line)
    }

    /// Says that a new run has begun, and where earlier ones are: one that had not moved is not kept.
    pub(super) fn tell_of_new_run(&mut self) {
        let kept = match self.left_runs.len() {
            0 => return,
            1 => "An earlier one is",
            _ => "Earlier ones are",
        };
        self.tell_good(format!("A new run has begun. {kept} kept under Other runs."));
    }

    /// Puts a run in the place of the present one, which is kept if it has moved.
    pub(super) fn replace_run(&mut self, new: LeftRun) {
        let run = LeftRun {
            timeline: std::mem::replace(&mut self.timeline, new.timeline),
            opened: std::mem::replace(&mut self.opened, new.opened),
            gallery_id: std::mem::replace(&mut self.gallery_id, new.gallery_id),
        };
        if run.has_moved() && run.timeline.cluster().trace_count() <= LONGEST_ENTRIES {
            self.left_runs.retain(|other| other.timeline.cluster().scenario() != run.timeline.cluster().scenario());
            self.left_runs.push(run);
            let surplus = self.left_runs.len().saturating_sub(KEPT);
            self.left_runs.drain(..surplus);
        }
        self.problems = self.cluster().notes().into();
        (self.shown_line, self.checked) = (None, Checked::AsItIs);
        if !self.noted().cron_jobs().is_empty() {
            self.job = None; // The Jobs of a CronJob come and go.
        }
        self.owed_ms = 0.0;
        self.arrival = None;
        (self.pod, self.asked, self.refused) = (None, None, None);
        self.scroll = TimelineScroll::Newest;
        self.run += 1;
    }

    /// Goes back to the run with that place among those that were left. What is being edited stays.
    pub(super) fn return_to_run(&mut self, place: usize) {
        if place >= self.left_runs.len() {
            return;
        }
        let edited = self.is_edited();
        let run = self.left_runs.remove(place);
        self.replace_run(run);
        self.playback = Playback::Paused;
        match edited {
            true => self.checked = Checked::Before,
            false => self.manifest = self.cluster().scenario().manifest.as_str().into(),
        }
    }
}

impl LeftRun {
    /// A run that begins.
    pub fn new(timeline: Timeline<Noted>, opened: Scenario, gallery_id: Option<&'static str>) -> Self {
        Self { timeline, opened, gallery_id }
    }

    fn has_moved(&self) -> bool {
        self.timeline.known_end() > self.timeline.cluster().start()
            || !self.timeline.cluster().scenario().commands.is_empty()
    }
}

/// `Parallel with fixed completions, to 00:24.0: 3/10 succeeded, nothing done`.
fn line(run: &LeftRun) -> String {
    let entry = gallery::entries().iter().find(|entry| Some(entry.id) == run.gallery_id);
    let notes = run.timeline.known_notes();
    let name = match (entry, notes.cron_jobs().first(), notes.jobs().first()) {
        (Some(entry), _, _) => entry.title.to_owned(),
        (None, Some(cron_job), _) => format!("cronjob/{}", cron_job.cron_job.meta.name),
        (None, None, Some(job)) => format!("job/{}", job.name),
        (None, None, None) => "No Job".to_owned(),
    };
    let known = run.timeline.known_cluster();
    format!("{name}, to {}: {}{}", clock(known.elapsed_ms()), came_to(known, notes), acts(known))
}

/// How far the first Job had come, `3/10 succeeded, `; nothing where there are other things to tell by.
fn came_to(cluster: &Cluster, notes: &Noted) -> String {
    let job = notes.jobs().first().filter(|_| notes.cron_jobs().is_empty());
    let Some(job) = job.and_then(|job| cluster.job_last_seen(job.uid)) else { return String::new() };
    let of = job.spec.completions.map_or_else(String::new, |completions| format!("/{completions}"));
    format!("{}{of} succeeded, ", job.status.succeeded)
}

/// The last act, and how many came before it.
fn acts(cluster: &Cluster) -> String {
    let Some(last) = by_hand::done(cluster).last() else { return "nothing done".to_owned() };
    let before = match by_hand::done(cluster).count() {
        ..=1 => String::new(),
        several => format!("{} and ", count(several as u64 - 1, "act")),
    };
    format!("{before}{} at {}", command(&last.command), clock(last.at_ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Command, RUN_START};
    use crate::ui::state::Action;

    fn run_to(state: &mut State, seconds: i64) {
        state.timeline.run_until(RUN_START.plus_seconds(seconds), usize::MAX);
    }

    #[test]
    fn a_run_that_was_left_by_apply_can_be_gone_back_to() {
        let mut state = State::open("");
        run_to(&mut state, 24);
        let edited = state.manifest.replace("completions: 10", "completions: 3");
        state.update(Action::Edit(edited.clone()));
        state.update(Action::Apply);
        assert_eq!(
            state.left_runs().collect::<Vec<_>>(),
            ["Parallel with fixed completions, to 00:24.0: 5/10 succeeded, nothing done"]
        );
        run_to(&mut state, 5);
        state.update(Action::ReturnTo(0));
        assert_eq!((state.cluster().elapsed_ms(), state.gallery_id), (24_000, Some("parallel")));
        assert!(state.manifest.contains("completions: 10\n") && !state.is_edited());
        assert_eq!(state.left_runs().collect::<Vec<_>>(), ["job/parallel, to 00:05.0: 0/3 succeeded, nothing done"]);
        state.update(Action::ReturnTo(0));
        assert_eq!((state.cluster().elapsed_ms(), &*state.manifest), (5_000, &*edited));
    }

    #[test]
    fn runs_are_told_apart_by_what_was_done_and_counted_as_they_are() {
        let mut state = State::open("");
        run_to(&mut state, 20);
        let said = |state: &State| state.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default();
        for (completions, kept) in [(3, "An earlier one is"), (4, "Earlier ones are")] {
            let edited =
                state.manifest.replace("name: parallel", "name: mine").replace("completions: 10", "completions: 3");
            state.update(Action::Edit(edited.replace("completions: 3", &format!("completions: {completions}"))));
            state.update(Action::Apply);
            assert_eq!(said(&state), format!("A new run has begun. {kept} kept under Other runs."));
            run_to(&mut state, 6);
            state.update(Action::Act(Command::SetParallelism { job: "mine".to_owned(), parallelism: completions }));
        }
        state.update(Action::Act(Command::Suspend { job: "mine".to_owned() }));
        state.update(Action::ChooseScenario("one-shot".to_owned()));
        let lines: Vec<String> = state.left_runs().collect();
        assert_eq!(
            lines[1..],
            [
                "job/mine, to 00:06.0: 0/3 succeeded, parallelism 3 at 00:06.0",
                "job/mine, to 00:06.0: 0/4 succeeded, 1 act and Suspend mine at 00:06.0",
            ]
        );
    }

    #[test]
    fn what_is_being_edited_stays_when_a_run_is_gone_back_to() {
        let mut state = State::open("");
        run_to(&mut state, 4);
        state.update(Action::Restart);
        state.update(Action::Edit("kind: Job".to_owned()));
        state.update(Action::ReturnTo(0));
        assert_eq!((state.cluster().elapsed_ms(), &*state.manifest), (4_000, "kind: Job"));
    }

    #[test]
    fn only_runs_that_have_moved_are_kept_and_few_of_them() {
        let mut state = State::open("");
        state.update(Action::Restart);
        assert_eq!(state.left_runs().count(), 0);
        for seed in 1..=5 {
            state.update(Action::SetSeed(seed));
            run_to(&mut state, 2);
        }
        assert_eq!(state.left_runs().count(), KEPT);
        state.update(Action::Restart);
        run_to(&mut state, 3);
        state.update(Action::Restart);
        let lines: Vec<String> = state.left_runs().collect();
        assert_eq!(
            lines.last().map(String::as_str),
            Some("Parallel with fixed completions, to 00:03.0: 0/10 succeeded, nothing done")
        );
        assert_eq!(lines.len(), KEPT, "the same run twice takes one place");
    }
}
