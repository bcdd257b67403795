//! What the page remembers, and the one place where it changes: [`Action`]s go in, [`State::update`] carries them out.
//! It drives the cluster and knows nothing of how anything is drawn, nor of the browser.

mod arrival;
mod choices;
mod editor;
mod left_runs;
mod time;
mod what_if;
mod zones;

pub use choices::{
    Checked, DetailTab, LogChoice, Notice, NoticeTone, Refused, SetupTab, Shared, TimelineScroll, YamlOf, Zones,
};
pub use editor::split_kept;
pub use time::{JumpTo, Move};
pub use what_if::{Asked, WhatIf};

use editor::entry_of;
use left_runs::LeftRun;

use super::player::{Playback, Speed};
use super::view_model::answers::{PodAsk, Question};
use super::view_model::cron_notes::CronNotes;
use super::view_model::noted::Noted;
use crate::api::problem::Problem;
use crate::api::{Gate, GateState, Uid};
use crate::cluster::link::{Link, View};
use crate::cluster::{Cluster, Command, NodeSettings, Scenario, Start, Timeline, gallery, link};
use crate::sim::zone_data;
use crate::workload::PodSettings;
use std::rc::Rc;

/// Everything the page remembers.
pub struct State {
    pub timeline: Timeline<Noted>,
    left_runs: Vec<LeftRun>,
    /// Where "Restart" goes back to: the scenario as it was opened, with the settings chosen since.
    opened: Scenario,
    /// Which entry of the gallery that is, if it is one.
    pub gallery_id: Option<&'static str>,
    /// What stands in the editor; perhaps not applied yet.
    pub manifest: Rc<str>,
    /// What was wrong with the text when it was last applied, in the lines that are still the same.
    pub problems: Rc<[Problem]>,
    /// Whether the text was changed since.
    pub checked: Checked,
    /// The line the editor is asked to show, from 1.
    pub shown_line: Option<u32>,
    pub playback: Playback,
    pub speed: Speed,
    /// The part of a millisecond that playing still owes to the clock.
    pub(super) owed_ms: f64,
    /// What a link shows, while the run is on its way there.
    arrival: Option<View>,
    /// Whether the run goes on by itself where a link has led.
    pub after_arrival: Playback,
    job: Option<Rc<str>>,
    cron_job: Option<Rc<str>>,
    pub zones: Zones,
    /// What is to be done when the time zones are there.
    waiting: Option<Action>,
    /// The name of the time zone in which the person lives.
    pub viewer_zone: Rc<str>,
    pub pod: Option<Uid>,
    /// What was asked, and is answered in place of the moment's why.
    pub asked: Option<Question>,
    pub scroll: TimelineScroll,
    pub setup_tab: SetupTab,
    pub detail_tab: DetailTab,
    pub log: LogChoice,
    /// Which object's YAML is shown; `None`: that of what is selected.
    pub yaml: Option<YamlOf>,
    /// The schedule that was refused last.
    pub refused: Option<Refused>,
    pub notice: Option<Notice>,
    /// What is looked for in the past and in the future.
    pub jump_to: JumpTo,
    /// What would have happened with one thing changed, while that is asked.
    pub what_if: Option<WhatIf>,
    /// Grows with every run, so that what was drawn of the last one is not taken for this one's.
    pub run: u32,
}

/// What a person can do to the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Play,
    Pause,
    /// The one of both that makes sense.
    PlayOrPause,
    Step,
    Restart,
    SetSpeed(Speed),
    Faster,
    Slower,
    /// Goes to another moment of the run.
    Move(Move),
    /// What [`Move::NextMark`] and [`Move::PreviousMark`] look for.
    JumpTo(JumpTo),
    /// Leaves this future, or this run, for the one with that place in the list: futures first, then runs that were left.
    ReturnTo(usize),
    ChooseScenario(String),
    /// The fragment of the page's address, with or without its `#`; or what the device has kept.
    OpenLink(String),
    Edit(String),
    ShowLine(u32),
    Apply,
    /// Writes what was changed by hand into the text in the editor.
    TakeChanges,
    /// How the pods of the selected Job behave from now on.
    SetPods(PodSettings),
    SetSeed(u64),
    /// When the run starts: date and time in UTC.
    SetStart(String),
    SetNodes(NodeSettings),
    SetGate(Gate, GateState),
    Act(Command),
    SelectJob(Rc<str>),
    SelectCronJob(Rc<str>),
    /// The time zones have come, or have not.
    TakeZones(Zones),
    SelectPod(Option<Uid>),
    /// Asks why; `None` closes the answer, and the why of the moment is shown again.
    Ask(Option<Question>),
    /// Asks what would have happened with one thing changed.
    WhatIf(Asked),
    ScrollTimeline(TimelineScroll),
    ShowSetup(SetupTab),
    ShowDetail(DetailTab),
    ChooseLog(LogChoice),
    ChooseYaml(YamlOf),
    Copied {
        what: Shared,
        length: usize,
    },
    DismissNotice,
    /// Takes the notice away unless it tells of something bad.
    DismissGoodNews,
}

impl State {
    /// The page as it opens: with the scenario of the link, or else the first of the gallery.
    pub fn open(fragment: &str) -> Self {
        let first = &gallery::entries()[0];
        let mut state = Self::of(first.scenario(), first.id);
        if !fragment.trim_start_matches('#').is_empty() {
            state.update(Action::OpenLink(fragment.to_owned()));
        }
        state
    }

    /// Carries out what a person has done.
    pub fn update(&mut self, action: Action) {
        if matches!(action, Action::ChooseScenario(_)) {
            self.speed = Speed::NORMAL; // Nothing of another scenario is to rush by unseen.
        }
        let Some(action) = self.hold_back(action) else { return };
        self.arrival.take_if(|_| Self::ends_the_way(&action));
        match action {
            Action::Play => self.play(),
            Action::Pause => self.playback = Playback::Paused,
            Action::PlayOrPause if self.is_playing() => self.playback = Playback::Paused,
            Action::PlayOrPause => self.play(),
            Action::Move(what) => self.travel(what),
            Action::JumpTo(what) => self.jump_to = what,
            Action::ReturnTo(branch) => self.return_to(branch),
            Action::Step => self.step(),
            Action::Restart => self.restart(),
            Action::SetSpeed(speed) => self.speed = speed,
            Action::Faster => self.speed = self.speed.faster(),
            Action::Slower => self.speed = self.speed.slower(),
            Action::ChooseScenario(id) => self.choose(&id),
            Action::OpenLink(fragment) => self.open_link(&fragment),
            Action::Edit(text) => self.edit(&text),
            Action::ShowLine(line) => (self.shown_line, self.setup_tab) = (Some(line), SetupTab::Manifest),
            Action::Apply => self.apply(),
            Action::TakeChanges => self.take_changes(),
            Action::SetPods(settings) => self.set_pods(settings.within_bounds()),
            Action::SetSeed(seed) => self.start_or_tell(Scenario { seed, ..self.opened.clone() }),
            Action::SetNodes(nodes) => {
                self.start_or_tell(Scenario { nodes: nodes.within_bounds(), ..self.opened.clone() });
            }
            Action::SetGate(gate, state) => self.set_gate(gate, state),
            Action::Act(command) => self.act(command),
            Action::SetStart(text) => self.set_start(text),
            Action::SelectJob(name) => (self.job, self.asked, self.yaml) = (Some(name), None, None),
            Action::SelectCronJob(name) => {
                (self.cron_job, self.job, self.asked, self.yaml) = (Some(name), None, None, None);
            }
            Action::TakeZones(zones) => self.take_zones(zones),
            Action::SelectPod(pod) => self.select_pod(pod),
            Action::Ask(question) => self.asked = question,
            Action::WhatIf(asked) => self.ask_what_if(asked),
            Action::ScrollTimeline(scroll) => self.scroll = scroll,
            Action::ShowSetup(tab) => self.setup_tab = tab,
            Action::ShowDetail(tab) => self.detail_tab = tab,
            Action::ChooseLog(choice) => self.log = choice,
            Action::ChooseYaml(of) => self.yaml = Some(of),
            Action::Copied { what, length } => self.tell_good(copied(what, length)),
            Action::DismissNotice => self.notice = None,
            Action::DismissGoodNews => self.notice = self.notice.take().filter(|notice| notice.tone == NoticeTone::Bad),
        }
        self.what_if_follows();
    }

    /// The name of the Job that the page shows: the one that was chosen, else the newest active one of the CronJob, else
    /// the first.
    pub fn job_name(&self) -> Option<Rc<str>> {
        let jobs = self.noted().jobs();
        if let Some(chosen) = self.chosen_job() {
            return Some(chosen);
        }
        let Some(cron_job) = self.chosen_cron_job() else { return jobs.first().map(|job| job.name.clone()) };
        let of_cron_job = || self.noted().jobs_of(cron_job.uid).rev();
        let active = of_cron_job().find(|job| job.ended.is_none() && job.gone_at.is_none());
        active.or_else(|| of_cron_job().next()).map(|job| job.name.clone())
    }

    /// The Job that the page shows; of several with that name, the latest.
    pub fn job_uid(&self) -> Option<Uid> {
        let name = self.job_name()?;
        self.noted().jobs().iter().rev().find(|job| job.name == name).map(|job| job.uid)
    }

    /// The CronJob that was chosen, else the first.
    pub fn chosen_cron_job(&self) -> Option<&CronNotes> {
        let all = self.noted().cron_jobs();
        let chosen = all.iter().find(|notes| Some(&notes.cron_job.meta.name) == self.cron_job.as_ref());
        chosen.or(all.first())
    }

    /// The CronJob of the Job that the page shows; also when it has no Job yet.
    pub fn shown_cron_job(&self) -> Option<&CronNotes> {
        match self.job_uid() {
            None => self.chosen_cron_job(),
            Some(job) => {
                let owner = self.noted().cron_job_of(job)?;
                self.noted().cron_jobs().iter().find(|notes| notes.uid == owner)
            }
        }
    }

    /// The CronJob that the page tells about, unless a Job was chosen.
    pub fn told_cron_job(&self) -> Option<&CronNotes> {
        if self.chosen_job().is_some() { None } else { self.chosen_cron_job() }
    }

    /// Whether an action waits for the time zones, which is this one.
    pub fn waiting(&self) -> Option<&Action> {
        self.waiting.as_ref()
    }

    fn chosen_job(&self) -> Option<Rc<str>> {
        self.job.as_ref().filter(|name| self.noted().jobs().iter().any(|job| job.name == **name)).cloned()
    }

    /// By whose name the settings of the shown pods go: the CronJob's, or else the Job's.
    pub fn settings_name(&self) -> Option<Rc<str>> {
        let cron_job = self.shown_cron_job().map(|notes| notes.cron_job.meta.name.clone());
        cron_job.or_else(|| self.job_name())
    }

    /// Whether there are pods of several CronJobs or Jobs, each with settings of their own.
    pub fn has_several_settings(&self) -> bool {
        let alone = self.noted().jobs().iter().filter(|job| job.cron_job.is_none()).count();
        alone + self.noted().cron_jobs().len() > 1
    }

    /// How the pods of the shown Job behave now.
    pub fn pod_settings(&self) -> PodSettings {
        let job = self.settings_name().unwrap_or_default();
        settings_at(self.cluster().scenario(), &job, self.cluster().elapsed_ms()).clone()
    }

    fn of(scenario: Scenario, gallery_id: &'static str) -> Self {
        let cluster = Cluster::new(scenario.clone()).expect("a test opens every entry of the gallery");
        Self {
            problems: cluster.notes().into(),
            manifest: scenario.manifest.as_str().into(),
            checked: Checked::AsItIs,
            timeline: Timeline::new(cluster, Noted::default()),
            left_runs: Vec::new(),
            opened: scenario,
            gallery_id: Some(gallery_id),
            shown_line: None,
            playback: Playback::Playing,
            speed: Speed::NORMAL,
            owed_ms: 0.0,
            arrival: None,
            after_arrival: Playback::Paused,
            job: None,
            cron_job: None,
            zones: if zone_data::are_there() { Zones::There } else { Zones::Coming },
            waiting: None,
            viewer_zone: "UTC".into(),
            pod: None,
            asked: None,
            scroll: TimelineScroll::Newest,
            setup_tab: SetupTab::Manifest,
            detail_tab: DetailTab::Events,
            log: LogChoice::default(),
            yaml: None,
            refused: None,
            notice: None,
            jump_to: JumpTo::Any,
            what_if: None,
            run: 1,
        }
    }

    fn select_pod(&mut self, pod: Option<Uid>) {
        self.pod = pod;
        self.asked = pod.map(|pod| Question::Pod(pod, PodAsk::Here));
        (self.log, self.yaml) = (LogChoice::default(), None);
    }

    pub(super) fn restart(&mut self) {
        self.start_or_tell(self.opened.clone());
    }

    fn set_start(&mut self, text: String) {
        match Start::try_from(text) {
            Ok(start) => self.start_or_tell(Scenario { start, ..self.opened.clone() }),
            Err(sentence) => self.tell_bad(sentence),
        }
    }

    fn choose(&mut self, id: &str) {
        if let Some(entry) = gallery::entries().iter().find(|entry| entry.id == id) {
            (self.notice, self.what_if) = (None, None);
            self.start_or_tell(entry.scenario());
            self.gallery_id = Some(entry.id);
            self.manifest = self.cluster().scenario().manifest.as_str().into();
        }
    }

    fn open_link(&mut self, fragment: &str) {
        let (fragment, draft) = split_kept(fragment);
        match link::decode(fragment) {
            Ok(Link { scenario, view }) => {
                (self.notice, self.what_if) = (None, None);
                let manifest = scenario.manifest.as_str().into();
                let entry = entry_of(&scenario);
                if let Err(problems) = self.start(scenario) {
                    self.tell_bad(format!("The link's manifest has a problem. {}", first_line(&problems)));
                } else {
                    self.gallery_id = entry.map(|entry| entry.id);
                    self.manifest = manifest;
                    self.set_out(view);
                    draft.into_iter().for_each(|draft| self.edit(draft));
                }
            }
            Err(error) => self.tell_bad(error.to_string()),
        }
    }

    /// Starts a run, or leaves everything as it is.
    fn start(&mut self, scenario: Scenario) -> Result<(), Vec<Problem>> {
        let cluster = Cluster::new(scenario.clone())?;
        let timeline = Timeline::new(cluster, Noted::default());
        self.replace_run(LeftRun::new(timeline, scenario, self.gallery_id));
        Ok(())
    }

    fn start_or_tell(&mut self, scenario: Scenario) {
        if let Err(problems) = self.start(scenario) {
            self.tell_bad(first_line(&problems));
        }
    }

    /// Before the run has moved the scenario itself is changed; later on it is an act at this moment. Either way the
    /// next restart begins with these settings.
    fn set_pods(&mut self, settings: PodSettings) {
        let name = self.settings_name().unwrap_or_default();
        let alone = !self.has_several_settings() && !self.opened.jobs.contains_key(&*name);
        let job = if alone { String::new() } else { name.to_string() };
        if job.is_empty() {
            self.opened.pods = settings.clone();
        } else {
            self.opened.jobs.insert(job.clone(), settings.clone());
        }
        if self.has_not_moved() {
            self.start_or_tell(self.opened.clone());
        } else {
            self.act(Command::SetPods { job, settings });
        }
    }

    /// As [`set_pods`](Self::set_pods), for a feature gate.
    fn set_gate(&mut self, gate: Gate, state: GateState) {
        self.opened.gates.set(gate, state);
        if self.has_not_moved() {
            self.start_or_tell(self.opened.clone());
        } else {
            self.act(Command::SetGate { gate, state });
        }
    }

    fn act(&mut self, command: Command) {
        (self.notice, self.refused) = (None, None);
        let known = self.cluster().notes().len();
        let branches = self.timeline.branches().count();
        match self.timeline.act(command.clone()) {
            Err(sentence) => match command {
                // Its field says it.
                Command::SetSchedule { cron_job, schedule } => {
                    self.refused = Some(Refused { cron_job, schedule, sentence });
                }
                _ => self.tell_bad(sentence),
            },
            Ok(()) => {
                self.tell_of_branch(branches);
                let warning = self.cluster().notes().get(known).map(|note| format!("Warning: {}", note.message));
                warning.into_iter().for_each(|warning| self.tell_bad(warning));
            }
        }
    }

    pub(super) fn tell_good(&mut self, text: String) {
        self.notice = Some(Notice { tone: NoticeTone::Good, text });
    }

    fn tell_bad(&mut self, text: String) {
        self.notice = Some(Notice { tone: NoticeTone::Bad, text });
    }
}

/// The line of a problem, from 1; the first, if it is about the text as a whole.
pub fn line_number(problem: &Problem) -> u32 {
    u32::try_from(problem.start.line.max(1)).unwrap_or(u32::MAX)
}

/// How the pods of `job` behave at that moment of a run.
fn settings_at<'a>(scenario: &'a Scenario, job: &str, elapsed_ms: i64) -> &'a PodSettings {
    let mut own = scenario.jobs.contains_key(job);
    let mut settings = scenario.pod_settings(job);
    for timed in scenario.commands.iter().filter(|timed| timed.at_ms <= elapsed_ms) {
        if let Command::SetPods { job: named, settings: set } = &timed.command
            && (named == job || (named.is_empty() && !own))
        {
            own |= !named.is_empty();
            settings = set;
        }
    }
    settings
}

fn first_line(problems: &[Problem]) -> String {
    problems.first().map(ToString::to_string).unwrap_or_default()
}

fn copied(what: Shared, length: usize) -> String {
    let length = super::words::count(length as u64, "character");
    match what {
        Shared::Link => format!("The link is copied: {length}, with the scenario, all acts so far, and this moment."),
        Shared::Frame => format!("The HTML of the frame is copied: {length}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::player::{Goal, Left, RunState};
    use crate::ui::view_model::answers::JobAsk;

    const QUICK: &str = "\
apiVersion: batch/v1
kind: Job
metadata:
  name: quick
spec:
  completions: 2
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: main
        image: busybox
        command: [sh, -c, sleep 5]
";

    fn run_to_the_end(state: &mut State) {
        state.update(Action::SetSpeed(Speed::MAX));
        while let Some(goal) = state.begin_frame(16.0) {
            while state.run_slice(goal) == Left::More {}
        }
    }

    fn run_for(state: &mut State, real_ms: usize) {
        for _ in 0..real_ms / 16 {
            let goal = state.begin_frame(16.0).expect("the run plays");
            while state.run_slice(goal) == Left::More {}
        }
    }

    fn apply(state: &mut State, manifest: &str) {
        state.update(Action::Edit(manifest.to_owned()));
        state.update(Action::Apply);
    }

    #[test]
    fn it_opens_playing_and_the_clock_follows_the_speed() {
        let mut state = State::open("");
        assert_eq!((state.run_state(), state.cluster().elapsed_ms()), (RunState::Playing, 0));
        run_for(&mut state, 1_600);
        assert_eq!(state.cluster().elapsed_ms(), 1_600);
        state.update(Action::SetSpeed(Speed::all().nth(6).expect("ten times")));
        run_for(&mut state, 160);
        assert_eq!(state.cluster().elapsed_ms(), 3_200);
        state.update(Action::PlayOrPause);
        assert_eq!((state.run_state(), state.begin_frame(16.0)), (RunState::Paused, None::<Goal>));
    }

    #[test]
    fn every_entry_of_the_gallery_plays_to_its_end_and_again() {
        for entry in gallery::entries().iter().filter(|entry| entry.theme != gallery::Theme::CronJobs) {
            let mut state = State::open("");
            state.update(Action::ChooseScenario(entry.id.to_owned()));
            assert_eq!(state.gallery_id, Some(entry.id));
            run_to_the_end(&mut state);
            assert_eq!(state.run_state(), RunState::Done, "{}", entry.id);
            let digest = state.cluster().digest();
            state.update(Action::Play);
            run_to_the_end(&mut state);
            assert_eq!(state.cluster().digest(), digest, "{}", entry.id);
        }
    }

    #[test]
    fn a_cron_job_at_max_pauses_each_week_and_the_next_scenario_does_not_rush_by() {
        let mut state = State::open("");
        state.update(Action::ChooseScenario("cron-spring".to_owned()));
        for weeks in 1..=2 {
            state.update(Action::Play);
            run_to_the_end(&mut state);
            let days = state.cluster().elapsed_ms() / 86_400_000;
            assert_eq!((state.run_state(), days), (RunState::Paused, 7 * weeks));
            assert!(state.notice.take().is_some_and(|notice| notice.text.contains("pauses each week")));
        }
        state.update(Action::ChooseScenario("parallel".to_owned()));
        assert_eq!(state.speed, Speed::NORMAL);
    }

    #[test]
    fn a_speed_that_is_chosen_while_a_scenario_waits_for_the_zones_stays() {
        let mut state = State::open("");
        (state.zones, state.speed) = (Zones::Coming, Speed::MAX);
        state.update(Action::ChooseScenario("cron-spring".to_owned()));
        assert!(state.waiting().is_some() && state.speed == Speed::NORMAL);
        state.update(Action::Faster);
        state.update(Action::TakeZones(Zones::There));
        assert_eq!((state.gallery_id, state.speed), (Some("cron-spring"), Speed::NORMAL.faster()));
    }

    #[test]
    fn an_act_that_raises_a_warning_shows_it() {
        let mut state = State::open("");
        let many = "spec:\n  completionMode: Indexed\n  suspend: true\n  parallelism: 1\n  completions: 100001";
        apply(&mut state, &QUICK.replacen("spec:\n  completions: 2", many, 1));
        assert_eq!((&*state.problems, state.notice.clone()), (&[] as &[Problem], None));
        run_for(&mut state, 160);
        let command = Command::SetParallelism { job: "quick".to_owned(), parallelism: 10_001 };
        state.update(Action::Act(command));
        let told = state.notice.clone().map(|notice| notice.text).unwrap_or_default();
        assert!(told.starts_with("Warning: spec: In Indexed Jobs"), "{told}");
        state.update(Action::Act(Command::SetParallelism { job: "quick".to_owned(), parallelism: 10_002 }));
        assert_eq!(state.notice, None, "it is told once");
    }

    #[test]
    fn gates_are_switched_at_the_start_or_by_an_act() {
        let mut state = State::open("");
        state.update(Action::SetGate(Gate::SuspendJob, GateState::Off));
        assert!(
            state.cluster().scenario().commands.is_empty()
                && state.cluster().scenario().gates.is_changed(Gate::SuspendJob)
        );
        run_for(&mut state, 1_600);
        state.update(Action::SetGate(Gate::JobSuccessPolicy, GateState::Off));
        let switched = Command::SetGate { gate: Gate::JobSuccessPolicy, state: GateState::Off };
        assert_eq!(state.cluster().scenario().commands.last().map(|timed| &timed.command), Some(&switched));
        let changed: Vec<Gate> = state.cluster().api().gates.changed().map(|(gate, _)| gate).collect();
        assert_eq!(changed, [Gate::JobSuccessPolicy, Gate::SuspendJob]);
        assert_eq!(
            state.cluster().job_controller().map(|controller| &controller.gates),
            Some(&state.cluster().api().gates)
        );
    }

    #[test]
    fn a_bad_manifest_leaves_the_run_alone() {
        let mut state = State::open("");
        run_for(&mut state, 1_600);
        apply(&mut state, &QUICK.replace("Never", "Always"));
        assert_eq!(state.problems.len(), 1, "{:?}", state.problems);
        assert_eq!((state.shown_line, state.cluster().elapsed_ms(), state.run), (Some(9), 1_600, 1));
        state.update(Action::Edit(QUICK.replace("Never", "Sometimes")));
        assert_eq!((state.problems.len(), state.shown_line, state.checked), (0, None, Checked::Before));
        apply(&mut state, QUICK);
        assert_eq!((state.problems.len(), state.cluster().elapsed_ms(), state.run), (0, 0, 2));
        assert_eq!(state.job_name().as_deref(), Some("quick"));
    }

    #[test]
    fn what_is_changed_by_hand_gets_into_the_text_when_it_is_asked_for() {
        let mut state = State::open("");
        apply(&mut state, QUICK);
        run_for(&mut state, 1_600);
        state.update(Action::Act(Command::SetParallelism { job: "quick".to_owned(), parallelism: 2 }));
        assert_eq!((state.changed_by_hand().len(), &*state.manifest), (1, QUICK), "the text stays as it is");
        state.update(Action::TakeChanges);
        assert_eq!(&*state.manifest, QUICK.replace("  completions", "  parallelism: 2\n  completions"));
        assert_eq!((state.changed_by_hand().len(), state.run, state.is_edited()), (0, 2, true));
        state.update(Action::Apply);
        assert_eq!((state.run, state.changed_by_hand().len()), (3, 0));
        assert_eq!(state.cluster().api().jobs().next().map(|job| job.spec.parallelism), Some(2));
    }

    #[test]
    fn settings_chosen_during_the_run_are_an_act_and_hold_after_a_restart() {
        let mut state = State::open("");
        let settings = PodSettings { failure_percent: 80.0, ..state.pod_settings() };
        state.update(Action::SetPods(settings.clone()));
        assert!(state.cluster().scenario().commands.is_empty());
        run_for(&mut state, 160);
        let calm = PodSettings { failure_percent: 0.0, ..settings };
        state.update(Action::SetPods(calm.clone()));
        assert_eq!(state.cluster().scenario().commands.len(), 1);
        assert_eq!(state.pod_settings(), calm);
        state.update(Action::Restart);
        assert!(state.cluster().scenario().commands.is_empty());
        assert_eq!(state.pod_settings(), calm);
    }

    #[test]
    fn a_link_brings_the_same_run_and_a_bad_one_a_sentence() {
        let mut state = State::open("");
        apply(&mut state, QUICK);
        run_for(&mut state, 1_600);
        state.update(Action::Act(Command::SetParallelism { job: "quick".to_owned(), parallelism: 2 }));
        run_to_the_end(&mut state);
        let mut opened = State::open(&link::encode(state.cluster().scenario(), &View::default()));
        run_to_the_end(&mut opened);
        assert_eq!(opened.cluster().digest(), state.cluster().digest());
        assert_eq!((opened.notice.as_ref(), &*opened.manifest), (None, QUICK));
        let damaged = State::open("#v1:nonsense");
        assert!(damaged.notice.is_some_and(|notice| notice.tone == NoticeTone::Bad));
        assert_eq!(damaged.gallery_id, Some(gallery::entries()[0].id));
    }

    const NIGHTLY: &str = "\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: nightly
spec:
  schedule: '* * * * *'
  timeZone: Europe/Berlin
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: main
            image: busybox
            command: [sh, -c, sleep 5]
";

    #[test]
    fn a_manifest_that_names_a_zone_waits_for_the_zones() {
        let mut state = State::open("");
        state.zones = Zones::Coming;
        apply(&mut state, NIGHTLY);
        let notice = |state: &State| state.notice.clone().map(|notice| notice.text).unwrap_or_default();
        assert_eq!((notice(&state).as_str(), state.run), ("Loading time zones…", 1));
        state.update(Action::TakeZones(Zones::Failed));
        assert!(notice(&state).contains("could not be loaded") && state.run == 1);
        state.update(Action::Apply);
        assert_eq!((state.zones, state.run), (Zones::Coming, 1), "it is tried again");
        state.update(Action::TakeZones(Zones::There));
        assert_eq!((state.run, state.notice.clone(), state.waiting()), (2, None, None));
        let linked = link::encode(state.cluster().scenario(), &View::default());
        state.zones = Zones::Coming;
        state.update(Action::OpenLink(linked));
        assert_eq!(state.run, 2);
        // Something else is chosen meanwhile, which needs no zone.
        state.update(Action::ChooseScenario(gallery::entries()[0].id.to_owned()));
        state.update(Action::TakeZones(Zones::There));
        assert_eq!((state.run, state.gallery_id), (3, Some(gallery::entries()[0].id)));
    }

    #[test]
    fn the_newest_active_job_of_a_cron_job_is_shown_until_one_is_chosen() {
        let mut state = State::open("");
        apply(&mut state, NIGHTLY);
        assert_eq!((state.job_name(), state.shown_cron_job().is_some()), (None, true));
        state.timeline.run_until(state.cluster().now().plus_seconds(130), usize::MAX);
        let names: Vec<Rc<str>> = state.noted().jobs().iter().map(|job| job.name.clone()).collect();
        assert_eq!(names.len(), 2);
        assert_eq!(state.job_name(), Some(names[1].clone()));
        assert!(state.told_cron_job().is_some());
        state.update(Action::SelectJob(names[0].clone()));
        assert_eq!(state.job_name(), Some(names[0].clone()));
        assert!(state.told_cron_job().is_none() && state.shown_cron_job().is_some());
        assert_eq!((state.settings_name().as_deref(), state.has_several_settings()), (Some("nightly"), false));
        state.update(Action::SelectCronJob("nightly".into()));
        assert_eq!(state.job_name(), Some(names[1].clone()));
    }

    #[test]
    fn a_run_starts_when_it_is_told_to() {
        let mut state = State::open("");
        state.update(Action::SetStart("2026-03-28T23:30:00Z".to_owned()));
        assert_eq!(state.cluster().now().to_string(), "2026-03-28T23:30:00Z");
        state.update(Action::SetStart("soon".to_owned()));
        assert!(state.notice.is_some() && state.run == 2);
    }

    #[test]
    fn what_is_asked_is_answered_until_something_else_is_looked_at() {
        let mut state = State::open("");
        run_for(&mut state, 1_600);
        let pod = state.cluster().history().pods().next().map(|pod| pod.uid);
        state.update(Action::SelectPod(pod));
        assert_eq!(state.asked, pod.map(|pod| Question::Pod(pod, PodAsk::Here)));
        let job = state.job_uid().expect("a Job");
        let question = Some(Question::Job(job, JobAsk::Completion));
        state.update(Action::Ask(question.clone()));
        assert_eq!((state.asked.clone(), state.pod), (question, pod));
        state.setup_tab = SetupTab::Cluster;
        state.update(Action::ShowLine(7));
        assert_eq!((state.setup_tab, state.shown_line), (SetupTab::Manifest, Some(7)));
        state.update(Action::Restart);
        assert_eq!((state.asked.clone(), state.pod), (None, None));
    }

    #[test]
    fn a_schedule_that_is_refused_says_why_and_the_run_goes_on() {
        let mut state = State::open("");
        apply(&mut state, NIGHTLY);
        run_for(&mut state, 1_600);
        let set = |schedule: &str| {
            Action::Act(Command::SetSchedule { cron_job: "nightly".to_owned(), schedule: schedule.to_owned() })
        };
        state.update(set("61 * * * *"));
        let refused = state.refused.clone().expect("it is refused");
        assert!(refused.sentence.contains("spec.schedule"), "{}", refused.sentence);
        assert_eq!(
            (refused.schedule.as_str(), state.notice.clone(), state.cluster().elapsed_ms()),
            ("61 * * * *", None, 1_600)
        );
        state.update(set("*/5 * * * *"));
        assert_eq!((state.refused.clone(), state.cluster().scenario().commands.len()), (None, 1));
        let cron_job = state.cluster().api().cron_jobs().next().expect("the CronJob");
        assert_eq!(&*cron_job.spec.schedule, "*/5 * * * *");
    }

    #[test]
    fn time_goes_on_while_starts_pass_by_and_ends_with_the_cron_job() {
        let mut state = State::open("");
        apply(&mut state, NIGHTLY);
        state.update(Action::SetSpeed(Speed::all().nth(9).expect("a hundred times")));
        state.update(Action::Act(Command::StopControllers));
        run_for(&mut state, 3_200);
        let starts = &state.shown_cron_job().expect("the CronJob").starts;
        assert!(state.cluster().is_done() && state.is_playing() && starts.len() >= 4, "{starts:?}");
        state.update(Action::SetSpeed(Speed::MAX));
        let before_ms = state.cluster().elapsed_ms();
        run_for(&mut state, 160);
        assert!(state.cluster().elapsed_ms() > before_ms + 300_000);
        state.update(Action::Act(Command::StartControllers));
        let propagation = crate::api::Propagation::Background;
        state.update(Action::Act(Command::DeleteCronJob { cron_job: "nightly".to_owned(), propagation }));
        run_to_the_end(&mut state);
        assert_eq!(state.run_state(), RunState::Done, "no start is waited for any more");
    }

    #[test]
    fn what_cannot_be_done_is_said() {
        let mut state = State::open("");
        state.update(Action::Act(Command::DeletePod { pod: "nobody".to_owned() }));
        assert!(state.notice.is_some());
        state.update(Action::DismissNotice);
        assert_eq!(state.notice, None);
    }
}
