//! The question "what if": what is changed, to what, and the twin that answers. The twin goes by the scenario of the run,
//! acts included: when that changes, the same question is asked again. Where the playhead stands makes no difference.

use super::{Action, State};
use crate::cluster::link::View;
use crate::sim::Time;
use crate::ui::player::{Left, Playback};
use crate::ui::twin::{Offer, Target, Twin, Watched, offers, valued};

/// A question, and its twin.
pub struct WhatIf {
    /// By its name, what is changed.
    pub name: String,
    /// To what.
    pub value: String,
    /// Why there is no twin: what the API server says, that nothing would differ, or nothing yet.
    pub refused: Option<String>,
    pub twin: Option<Box<Twin>>,
}

/// What a person does with the question.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    Open,
    Close,
    /// By its name, what is changed.
    Choose(String),
    /// To what.
    Set(String),
    /// Goes to where both part.
    GoThere,
    /// Makes the twin the run.
    Adopt,
}

impl State {
    /// All that can be changed.
    pub fn what_if_offers(&self) -> Vec<Offer> {
        let target = self.what_if_target();
        target.map(|target| offers(self.cluster().scenario(), &self.noted().lines(), &target)).unwrap_or_default()
    }

    /// Whether a twin has something left to run.
    pub fn twin_is_busy(&self) -> bool {
        self.twin().is_some_and(|twin| twin.is_busy(self.cluster().now()))
    }

    /// Lets the twin go on a little.
    pub fn run_twin_slice(&mut self) -> Left {
        let playhead = self.cluster().now();
        let twin = self.what_if.as_mut().and_then(|what_if| what_if.twin.as_mut());
        twin.map_or(Left::Nothing, |twin| twin.run_slice(playhead))
    }

    pub(super) fn ask_what_if(&mut self, asked: Asked) {
        match asked {
            Asked::Open => self.open_what_if(),
            Asked::Close => self.what_if = None,
            Asked::Choose(name) => {
                let value = self.offered(&name).map(|offer| offer.first_value()).unwrap_or_default();
                self.what_if = Some(WhatIf { name, value, refused: None, twin: None });
                self.make_twin();
            }
            Asked::Set(value) => {
                if let Some(what_if) = &mut self.what_if {
                    what_if.value = value;
                    self.make_twin();
                    self.say_if_the_same();
                }
            }
            Asked::GoThere => {
                let parted = self.twin().and_then(|twin| twin.parting.as_ref()).map(|parting| parting.at);
                parted.into_iter().for_each(|at| self.go_there(at));
            }
            Asked::Adopt => self.adopt_twin(),
        }
    }

    /// Asks the same of another run, when it is another now.
    pub(super) fn what_if_follows(&mut self) {
        if self.twin().is_some_and(|twin| twin.base != *self.cluster().scenario()) {
            self.make_twin();
        }
    }

    fn twin(&self) -> Option<&Twin> {
        self.what_if.as_ref()?.twin.as_deref()
    }

    fn open_what_if(&mut self) {
        if self.what_if.is_none()
            && let Some(first) = self.what_if_offers().first()
        {
            self.ask_what_if(Asked::Choose(first.name.to_owned()));
        }
    }

    fn offered(&self, name: &str) -> Option<Offer> {
        self.what_if_offers().into_iter().find(|offer| offer.name == name)
    }

    /// What the page shows is what is changed.
    fn what_if_target(&self) -> Option<Target> {
        match self.shown_cron_job() {
            Some(notes) => Some(Target::CronJob(notes.cron_job.meta.name.clone())),
            None => self.job_name().map(Target::Job),
        }
    }

    fn make_twin(&mut self) {
        let Some(mut what_if) = self.what_if.take() else { return };
        (what_if.twin, what_if.refused) = (None, None);
        let offer = self.offered(&what_if.name);
        if let (Some(offer), Some(target)) = (offer, self.what_if_target())
            && offer.present != what_if.value.trim()
        {
            let watched = match &target {
                Target::Job(name) => Watched::Job(name.clone()),
                Target::CronJob(_) => Watched::Jobs,
            };
            let change = offer.change(&target, &what_if.value);
            match change.and_then(|change| Twin::new(self.cluster().scenario(), &change, &watched)) {
                Ok(twin) => what_if.twin = Some(Box::new(twin)),
                Err(sentence) => what_if.refused = Some(sentence),
            }
        }
        self.what_if = Some(what_if);
    }

    /// To a value that is there already there is no twin.
    fn say_if_the_same(&mut self) {
        if let Some(what_if) = &mut self.what_if
            && what_if.twin.is_none()
            && what_if.refused.is_none()
        {
            let value = valued(&what_if.name, &what_if.value);
            what_if.refused = Some(format!("{value} is how it is already: nothing would differ."));
        }
    }

    /// Where that is not known yet, the run goes there slice by slice.
    fn go_there(&mut self, at: Time) {
        if at <= self.timeline.known_end() {
            self.update(Action::seek(at));
        } else {
            self.after_arrival = Playback::Paused;
            self.set_out(View { at_ms: at.ms_since(self.cluster().start()), ..self.link_view() });
        }
    }

    fn adopt_twin(&mut self) {
        let Some(twin) = self.what_if.take().and_then(|what_if| what_if.twin) else { return };
        let scenario = twin.sides[1].cluster.scenario().clone();
        self.manifest = scenario.manifest.as_str().into();
        self.start_or_tell(scenario);
        self.gallery_id = None;
        self.tell_of_new_run();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Command;

    fn answer(state: &mut State) -> Option<i64> {
        while state.run_twin_slice() == Left::More {}
        let twin = state.twin()?;
        Some(twin.parting.as_ref()?.at.ms_since(twin.sides[0].cluster.start()))
    }

    fn set(state: &mut State, name: &str, value: &str) {
        state.update(Action::WhatIf(Asked::Choose(name.to_owned())));
        state.update(Action::WhatIf(Asked::Set(value.to_owned())));
    }

    #[test]
    fn a_question_is_asked_and_answered_while_the_run_stands() {
        let mut state = State::open("");
        state.update(Action::ChooseScenario("into-the-limit".to_owned()));
        state.update(Action::WhatIf(Asked::Open));
        let shown = state.what_if.as_ref().map(|what_if| (what_if.name.clone(), what_if.value.clone()));
        assert_eq!(shown, Some(("backoffLimit".to_owned(), "3".to_owned())));
        assert!(!state.twin_is_busy(), "nothing is changed yet");
        state.update(Action::WhatIf(Asked::Set("2".to_owned())));
        assert!(state.twin_is_busy());
        let parted_ms = answer(&mut state).expect("they part");
        assert_eq!(state.cluster().elapsed_ms(), 0);
        state.update(Action::WhatIf(Asked::GoThere));
        while let Some(goal) = state.begin_frame(16.0) {
            while state.run_slice(goal) == Left::More {}
            state.end_frame();
        }
        assert_eq!(state.cluster().elapsed_ms(), parted_ms);
        state.update(Action::WhatIf(Asked::Adopt));
        assert!(state.what_if.is_none() && state.manifest.contains("backoffLimit: 2\n") && !state.is_edited());
        assert_eq!((state.gallery_id, state.cluster().elapsed_ms()), (None, 0));
    }

    #[test]
    fn of_a_few_values_another_one_is_asked_about_at_once() {
        let mut state = State::open("");
        for (name, value) in [("JobPodReplacementPolicy", "false"), ("restartPolicy", "OnFailure")] {
            state.update(Action::WhatIf(Asked::Choose(name.to_owned())));
            let asked = state.what_if.as_ref().map(|what_if| (what_if.value.as_str(), what_if.twin.is_some()));
            assert_eq!(asked, Some((value, true)), "{name}");
        }
        let offers = state.what_if_offers();
        let words = |name: &str| offers.iter().find(|offer| offer.name == name).map(Offer::words);
        assert_eq!(words("backoffLimit").as_deref(), Some("backoffLimit (now 6)"));
        assert_eq!(words("activeDeadlineSeconds").as_deref(), Some("activeDeadlineSeconds (not set)"));
        assert_eq!(words("failure rate, %").as_deref(), Some("failure rate, % (now 25)"));
        assert_eq!(valued("failure rate, %", "80"), "failure rate 80 %");
    }

    #[test]
    fn what_the_api_server_refuses_is_said_and_the_run_goes_on() {
        let mut state = State::open("");
        let run = state.run;
        for (name, value, said) in [
            ("backoffLimit", "-1", "must be greater than or equal to 0"),
            ("backoffLimit", "two", "backoffLimit"),
            ("failure rate, %", "101", "0 to 100"),
            ("parallelism", "1.5", "parallelism"),
        ] {
            set(&mut state, name, value);
            let refused = state.what_if.as_ref().and_then(|what_if| what_if.refused.clone()).unwrap_or_default();
            assert!(refused.contains(said), "{name}: {refused}");
            assert!(state.twin().is_none() && state.run == run);
        }
        set(&mut state, "backoffLimit", "6");
        let refused = state.what_if.as_ref().and_then(|what_if| what_if.refused.clone());
        assert_eq!(refused.as_deref(), Some("backoffLimit 6 is how it is already: nothing would differ."));
        assert!(state.twin().is_none());
        set(&mut state, "backoffLimit", "5");
        assert!(state.what_if.as_ref().is_some_and(|what_if| what_if.refused.is_none()));
    }

    #[test]
    fn the_question_is_asked_again_of_another_run() {
        let mut state = State::open("");
        set(&mut state, "backoffLimit", "0");
        let first = answer(&mut state);
        state.update(Action::Restart);
        assert!(first.is_some() && !state.twin_is_busy(), "it is the same run");
        state.update(Action::Act(Command::SetParallelism { job: "parallel".to_owned(), parallelism: 1 }));
        assert!(state.twin_is_busy(), "the act is the twin's too");
        assert_ne!(answer(&mut state), first);
        state.update(Action::WhatIf(Asked::Close));
        assert!(state.what_if.is_none());
        set(&mut state, "backoffLimit", "0");
        state.update(Action::ChooseScenario("one-shot-never".to_owned()));
        assert!(state.what_if.is_none(), "another scenario is another matter");
    }
}
