//! What is too costly, or too restless, to be made anew for every frame: the lists of decisions and events, the YAML, the
//! log, and the sentence that is read aloud. It decides when each is made again; time is told to it.

use super::player::Speed;
use super::state::{DetailTab, State};
use super::view_model::answers::{Answer, answer};
use super::view_model::cron_why::cron_why;
use super::view_model::logs::{self, DecisionItem, EventItem, LogPanel};
use super::view_model::pods::Can;
use super::view_model::why::{self, Why};
use super::view_model::yaml_panel::{Selected, YamlPanel, yaml_panel};
use std::rc::Rc;

/// While the run plays, lists are made anew this often.
const LISTS_EVERY_MS: f64 = 100.0;
/// The same, when nobody can read along.
const LISTS_AT_FULL_SPEED_EVERY_MS: f64 = 500.0;
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
    state.asked.as_ref().map(|question| answer(state.cluster(), state.noted(), question))
}

/// The things made last, and when.
pub struct Lists {
    pub decisions: Rc<[DecisionItem]>,
    pub events: Rc<[EventItem]>,
    pub yaml: YamlPanel,
    pub log: LogPanel,
    pub spoken: Rc<str>,
    made_at_ms: f64,
    spoken_at_ms: f64,
}

impl Default for Lists {
    fn default() -> Self {
        Self {
            decisions: Rc::new([]),
            events: Rc::new([]),
            yaml: YamlPanel::default(),
            log: LogPanel::default(),
            spoken: Rc::default(),
            made_at_ms: f64::MIN,
            spoken_at_ms: f64::MIN,
        }
    }
}

impl Lists {
    /// Makes the lists anew, unless that was done a moment ago and the run still plays.
    pub fn refresh_calmly(&mut self, state: &State, now_ms: f64) {
        let every_ms = if state.speed == Speed::MAX { LISTS_AT_FULL_SPEED_EVERY_MS } else { LISTS_EVERY_MS };
        if !state.is_playing() || now_ms - self.made_at_ms >= every_ms {
            self.refresh(state, now_ms);
        }
    }

    /// Makes the lists anew.
    pub fn refresh(&mut self, state: &State, now_ms: f64) {
        let job = state.job_uid();
        self.made_at_ms = now_ms;
        self.decisions = logs::decisions(state.cluster(), job, state.shown_cron_job()).into();
        match state.detail_tab {
            DetailTab::Events => self.events = logs::events(state.cluster()).into(),
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
