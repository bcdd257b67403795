//! The text in the editor: what a person types, what is known to be wrong with it, and how it becomes what runs.

use super::{Checked, State, line_number};
use crate::api::manifest::Lines;
use crate::api::problem::{Position, Problem, Severity};
use crate::cluster::Scenario;
use crate::cluster::gallery::{self, GalleryEntry};
use crate::cluster::link::{self, View};
use crate::ui::view_model::by_hand::{Difference, differences, written_into};
use crate::ui::view_model::pods::Can;
use crate::ui::view_model::why::NO_JOB;
use std::rc::Rc;

impl State {
    /// Whether the editor holds something else than what runs.
    pub fn is_edited(&self) -> bool {
        *self.manifest != *self.cluster().scenario().manifest
    }

    /// Whether the scenario is not quite that of the gallery any more whose title it has.
    pub fn is_changed(&self) -> Can {
        let entry = gallery::entries().iter().find(|entry| Some(entry.id) == self.gallery_id);
        Can::when(|| entry.is_some_and(|entry| entry.scenario() != *self.cluster().scenario()))
    }

    /// What a device keeps of the page: a link to the scenario, and in the lines behind it the text that is not applied yet.
    pub fn to_keep(&self) -> String {
        let mut kept = link::encode(self.cluster().scenario(), &View::default());
        if self.is_edited() {
            kept.extend(["\n", &self.manifest]);
        }
        kept
    }

    /// What was changed by hand and is not as the text in the editor has it.
    pub fn changed_by_hand(&self) -> Vec<Difference> {
        let lines = || if self.is_edited() { Rc::new(Lines::of(&self.manifest)) } else { self.noted().lines() };
        differences(self.cluster(), lines)
    }

    /// The text is another now. What was wrong with lines that have changed is known no longer.
    pub(super) fn edit(&mut self, text: &str) {
        let still_there = still_there(&self.problems, &self.manifest, text);
        self.manifest = text.into();
        (self.problems, self.checked) = match self.is_edited() {
            true => (still_there.into(), Checked::Before),
            false => (self.cluster().notes().into(), Checked::AsItIs),
        };
        self.shown_line = None;
    }

    /// Writes what was changed by hand into the text.
    pub(super) fn take_changes(&mut self) {
        match written_into(&self.manifest, &self.changed_by_hand()) {
            Ok(text) => {
                self.edit(&text);
                let words = "The text has it now, and this run goes on. Apply would begin a new run with it.";
                self.tell_good(words.to_owned());
            }
            Err(sentence) => self.tell_bad(sentence),
        }
    }

    pub(super) fn apply(&mut self) {
        self.notice = None;
        if !self.is_edited() && self.problems.iter().all(|problem| problem.severity != Severity::Error) {
            self.tell_good("Unchanged, so the run goes on. Restart begins it anew.".to_owned());
            return;
        }
        let scenario = Scenario { manifest: self.manifest.to_string(), commands: Vec::new(), ..self.opened.clone() };
        match self.start(scenario) {
            Ok(()) => {
                self.gallery_id = None;
                self.tell_of_new_run();
                if self.noted().jobs().is_empty() && self.noted().cron_jobs().is_empty() {
                    self.tell_bad(NO_JOB.to_owned());
                }
            }
            Err(problems) => {
                self.shown_line = problems.first().map(line_number);
                (self.problems, self.checked) = (problems.into(), Checked::AsItIs);
            }
        }
    }
}

/// The problems of a text that begin in lines which another text has too, as that has them.
fn still_there(problems: &[Problem], old: &str, new: &str) -> Vec<Problem> {
    let (old_count, new_count) = (old.lines().count(), new.lines().count());
    let same_before = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    let same_after = old.lines().rev().zip(new.lines().rev()).take_while(|(old, new)| old == new).count();
    let first_after = old_count - same_after.min(old_count.min(new_count) - same_before);
    let moved = |at: Position| match at.line {
        0 => None, // It was about another text.
        line if line <= same_before => Some(at),
        line if line > first_after => Some(Position { line: line + new_count - old_count, ..at }),
        _ => None,
    };
    let kept = |problem: &Problem| {
        Some(Problem { start: moved(problem.start)?, end: problem.end.and_then(moved), ..problem.clone() })
    };
    problems.iter().filter_map(kept).collect()
}

/// The entry of the gallery that a scenario is, or was before something was changed or done beside its text.
pub fn entry_of(scenario: &Scenario) -> Option<&'static GalleryEntry> {
    let is_from = |of_entry: &Scenario| {
        of_entry.manifest == scenario.manifest
            && of_entry.start == scenario.start
            && of_entry.commands.iter().all(|timed| scenario.commands.contains(timed))
    };
    let mut best = None;
    for entry in gallery::entries() {
        let of_entry = entry.scenario();
        let fits = (of_entry == *scenario, of_entry.commands.len());
        if is_from(&of_entry) && best.is_none_or(|(_, other)| other < fits) {
            best = Some((entry, fits));
        }
    }
    best.map(|(entry, _)| entry)
}

/// What a device keeps, or a link alone: the link, and the text that was not applied.
pub fn split_kept(kept: &str) -> (&str, Option<&str>) {
    kept.split_once('\n').map_or((kept, None), |(link, draft)| (link, Some(draft)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Command, RUN_START};
    use crate::ui::state::Action;

    fn apply(state: &mut State, text: &str) -> Option<String> {
        state.update(Action::Edit(text.to_owned()));
        state.update(Action::Apply);
        state.notice.as_ref().map(|notice| notice.text.clone())
    }

    #[test]
    fn the_notice_of_one_apply_goes_with_the_next() {
        let mut state = State::open("");
        state.timeline.run_until(RUN_START.plus_seconds(3), usize::MAX);
        let text = state.manifest.replace("completions: 10", "completions: 9");
        assert!(apply(&mut state, &text).is_some_and(|said| said.starts_with("A new run has begun.")));
        assert_eq!(apply(&mut state, &text.replace("completions: 9", "completions: ten")), None);
        assert!(!state.problems.is_empty());
    }

    #[test]
    fn a_text_without_a_job_is_said_to_have_none() {
        const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: \
            {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: c, \
            image: nginx}]}\n";
        let mut state = State::open("");
        assert_eq!(apply(&mut state, DEPLOYMENT).as_deref(), Some(NO_JOB));
        let both = format!("{DEPLOYMENT}---\n{}", State::open("").manifest);
        assert_eq!(apply(&mut state, &both), None);
    }

    #[test]
    fn what_is_put_into_the_text_is_said_to_wait_for_apply() {
        let mut state = State::open("");
        state.timeline.run_until(RUN_START.plus_seconds(3), usize::MAX);
        state.update(Action::Act(Command::SetParallelism { job: "parallel".to_owned(), parallelism: 2 }));
        state.update(Action::TakeChanges);
        let said = state.notice.as_ref().map(|notice| notice.text.as_str()).unwrap_or_default();
        assert!(said.contains("this run goes on") && said.contains("Apply would begin a new run"), "{said}");
        assert!(state.is_edited() && state.cluster().elapsed_ms() == 3_000);
    }

    #[test]
    fn what_a_device_keeps_brings_back_the_text_and_the_title() {
        let mut state = State::open("");
        assert_eq!(split_kept(&state.to_keep()).1, None);
        state.update(Action::ChooseScenario("indexed".to_owned()));
        state.timeline.run_until(RUN_START.plus_seconds(3), usize::MAX);
        state.update(Action::Act(Command::Suspend { job: "indexed".to_owned() }));
        let text = format!("{}# more\n\n", state.manifest);
        state.update(Action::Edit(text.clone()));
        let again = State::open(&state.to_keep());
        assert_eq!((again.gallery_id, again.is_changed()), (Some("indexed"), Can::Yes));
        assert_eq!((&*again.manifest, again.is_edited()), (&*text, true));
        assert!(*again.cluster().scenario() == *state.cluster().scenario());
        state.update(Action::Apply);
        let own = State::open(&state.to_keep());
        assert_eq!((own.gallery_id, own.is_changed(), own.is_edited()), (None, Can::No, false));
        // Nights are told apart by their dates, and a plain scenario from one with acts.
        for entry in gallery::entries() {
            let kept = State::of(entry.scenario(), entry.id).to_keep();
            let again = State::open(&kept);
            assert_eq!((again.gallery_id, again.is_changed()), (Some(entry.id), Can::No));
        }
    }

    #[test]
    fn problems_of_changed_lines_go_and_the_others_stay_where_they_are() {
        let problem = |line: usize| Problem {
            severity: Severity::Error,
            start: Position { line, column: 3 },
            end: Some(Position { line, column: 9 }),
            field_path: None,
            message: "wrong".to_owned(),
        };
        let problems = [problem(1), problem(3), problem(5)];
        for (new, lines) in [
            ("a\nb\nc\nd\ne\n", vec![1, 3, 5]),
            ("a\nb\nX\nd\ne\n", vec![1, 5]),
            ("X\nb\nc\nd\ne\n", vec![3, 5]),
            ("a\nb\nc\nX\nY\nd\ne\n", vec![1, 3, 7]),
            ("a\nd\ne\n", vec![1, 3]),
            ("a\nb\nc\nd\nX\n", vec![1, 3]),
            ("a\na\nb\nc\nd\ne\n", vec![1, 4, 6]),
            ("", vec![]),
        ] {
            let kept = still_there(&problems, "a\nb\nc\nd\ne\n", new);
            let ends = kept.iter().filter_map(|problem| problem.end).map(|end| end.line);
            assert_eq!(kept.iter().map(|problem| problem.start.line).collect::<Vec<_>>(), lines, "{new:?}");
            assert_eq!(ends.collect::<Vec<_>>(), lines, "{new:?}");
        }
    }
}
