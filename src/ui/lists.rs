//! What is too costly, or too restless, to be made anew for every frame: the lists of decisions and events, the marks on the
//! bar, the YAML, the log, a timeline whose rows rush by, and the sentence that is read aloud. It decides when each is made
//! again; time is told to it.

use super::player::Speed;
use super::state::{DetailTab, State};
use super::view_model::answers::{Answer, answer, to_come};
use super::view_model::by_hand;
use super::view_model::cron_timeline::cron_timeline;
use super::view_model::cron_why::cron_why;
use super::view_model::logs::{self, DecisionItem, EventList, LogPanel};
use super::view_model::pods::Can;
use super::view_model::time_bar::{PlacedMark, placed_marks};
use super::view_model::timeline::{Timeline, timeline};
use super::view_model::why::{self, Why};
use super::view_model::yaml_panel::{Selected, YamlPanel, yaml_panel};
use crate::api::Uid;
use std::rc::Rc;

/// While the run plays, lists are made anew this often.
const LISTS_EVERY_MS: f64 = 150.0;
/// The same, when nobody can read along.
const LISTS_AT_FULL_SPEED_EVERY_MS: f64 = 500.0;
/// A timeline that gains more rows than this at once is drawn this often: its rows are all new each time.
const FEW_ROWS: usize = 4;
const RUSHING_ROWS_EVERY_MS: f64 = 100.0;
/// How many rows of the timeline are made: enough for the tallest one.
const ROWS_SHOWN: usize = 30;
/// The sentence is read aloud at most this often.
const SPOKEN_EVERY_MS: f64 = 4_000.0;

/// The sentence of the moment: about the CronJob, or about the Job that was chosen.
pub fn shown_why(state: &State) -> Why {
    let cron_job = state.told_cron_job();
    cron_job.map_or_else(
        || why::why(state.cluster(), state.job_uid()),
        |notes| cron_why(state.cluster(), state.noted(), notes),
    )
}

/// The answer to what was asked, if anything was.
pub fn shown_answer(state: &State) -> Option<Answer> {
    let question = state.asked.as_ref()?;
    let to_come = to_come(&state.timeline, question);
    Some(to_come.unwrap_or_else(|| answer(state.cluster(), state.noted(), question)))
}

/// The things made last, and when.
pub struct Lists {
    pub decisions: Rc<[DecisionItem]>,
    pub events: EventList,
    pub yaml: YamlPanel,
    pub log: LogPanel,
    /// What was changed by hand and is not in the text in the editor, in a few words.
    pub by_hand: Rc<str>,
    pub spoken: Rc<str>,
    pub timeline: Rc<Timeline>,
    pub marks: Rc<[PlacedMark]>,
    made_at_ms: f64,
    timeline_made_at_ms: f64,
    spoken_at_ms: f64,
}

impl Default for Lists {
    fn default() -> Self {
        Self {
            decisions: Rc::new([]),
            events: EventList::default(),
            yaml: YamlPanel::default(),
            log: LogPanel::default(),
            by_hand: Rc::default(),
            spoken: Rc::default(),
            timeline: Rc::default(),
            marks: Rc::new([]),
            made_at_ms: f64::MIN,
            timeline_made_at_ms: f64::MIN,
            spoken_at_ms: f64::MIN,
        }
    }
}

impl Lists {
    /// Makes the timeline anew and, unless that was done a moment ago and the run still plays, the lists.
    pub fn refresh_calmly(&mut self, state: &State, now_ms: f64) {
        self.timeline_calmly(state, now_ms);
        let every_ms = if state.speed == Speed::MAX { LISTS_AT_FULL_SPEED_EVERY_MS } else { LISTS_EVERY_MS };
        if !state.is_playing() || now_ms - self.made_at_ms >= every_ms {
            self.refresh_lists(state, now_ms);
        }
    }

    /// Makes all anew.
    pub fn refresh(&mut self, state: &State, now_ms: f64) {
        self.refresh_timeline(state);
        self.refresh_lists(state, now_ms);
    }

    /// Makes the timeline anew.
    pub fn refresh_timeline(&mut self, state: &State) {
        self.timeline = shown_timeline(state).into();
    }

    /// Makes the timeline anew, unless its rows rush by.
    fn timeline_calmly(&mut self, state: &State, now_ms: f64) {
        let timeline = shown_timeline(state);
        let rushes = timeline.rows_in_all > self.timeline.rows_in_all + FEW_ROWS;
        if !state.is_playing() || !rushes || now_ms - self.timeline_made_at_ms >= RUSHING_ROWS_EVERY_MS {
            self.timeline = timeline.into();
            self.timeline_made_at_ms = now_ms;
        }
    }

    fn refresh_lists(&mut self, state: &State, now_ms: f64) {
        let job = state.job_uid();
        self.made_at_ms = now_ms;
        self.marks = placed_marks(&state.timeline);
        self.by_hand = by_hand::words(&state.changed_by_hand()).into();
        self.decisions = logs::decisions(state.cluster(), job, state.shown_cron_job()).into();
        match state.detail_tab {
            DetailTab::Events => {
                let last = self.events.items.first().map(|event| event.uid);
                self.events =
                    logs::events(state.cluster(), chosen_of_several(state), last.filter(|_| state.is_playing()));
            }
            DetailTab::Yaml => {
                let (cron_job, told) = (state.shown_cron_job(), state.told_cron_job().is_some());
                let selected = Selected { pod: state.pod, cron_job, job, follows_cron_job: Can::when(|| told) };
                self.yaml = yaml_panel(state.cluster(), &selected, state.yaml);
            }
            DetailTab::Logs => self.log = logs::pod_log(state.cluster(), state.pod, state.log),
        }
        let why = shown_answer(state).map_or_else(|| shown_why(state), |answer| answer.why);
        let spoken = format!("{} {}", why.question, why.answer);
        if *spoken != *self.spoken && (!state.is_playing() || now_ms - self.spoken_at_ms >= SPOKEN_EVERY_MS) {
            self.spoken = spoken.into();
            self.spoken_at_ms = now_ms;
        }
    }
}

/// The Job that is shown, where the manifest has several and no CronJob.
fn chosen_of_several(state: &State) -> Option<Uid> {
    let noted = state.noted();
    state.job_uid().filter(|_| noted.cron_jobs().is_empty() && noted.jobs().len() > 1)
}

fn shown_timeline(state: &State) -> Timeline {
    let (cluster, noted, job) = (state.cluster(), state.noted(), state.job_uid());
    let known_end = state.timeline.known_end();
    match state.shown_cron_job() {
        Some(notes) => cron_timeline(cluster, noted, notes, known_end, job, state.scroll, ROWS_SHOWN),
        None => timeline(cluster, noted, known_end, job, state.pod, state.scroll, ROWS_SHOWN),
    }
}
