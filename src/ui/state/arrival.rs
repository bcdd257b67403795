//! Where a link leads: the moment, what is selected, and the tabs. The run goes to that moment slice by slice, as fast as
//! it can, and then stands still; whatever the person does to the run meanwhile is the end of it.

use super::{Action, DetailTab, SetupTab, State};
use crate::cluster::link::View;
use crate::sim::Time;
use crate::ui::player::Playback;
use crate::ui::query::Query;

impl State {
    /// What a link made now leads to.
    pub fn link_view(&self) -> View {
        let pod = self.pod.and_then(|pod| self.cluster().history().pod(pod));
        let job = self.chosen_job();
        View {
            at_ms: self.cluster().elapsed_ms(),
            job: job.map(|name| name.to_string()).unwrap_or_default(),
            cron_job: self.cron_job.as_ref().map(|name| name.to_string()).unwrap_or_default(),
            pod: pod.map(|pod| pod.name.to_string()).unwrap_or_default(),
            setup: self.setup_tab.name().to_owned(),
            detail: self.detail_tab.name().to_owned(),
        }
    }

    /// The moment to which the run is on its way, if it is.
    pub fn arrives_at(&self) -> Option<Time> {
        let view = self.arrival.as_ref()?;
        Some(self.cluster().start().plus_ms(view.at_ms))
    }

    /// Begins the way to what a link shows. One that shows the start of the run leaves it as it is.
    pub(super) fn set_out(&mut self, view: View) {
        self.setup_tab = SetupTab::ALL.into_iter().find(|tab| tab.name() == view.setup).unwrap_or(SetupTab::Manifest);
        self.detail_tab = DetailTab::ALL.into_iter().find(|tab| tab.name() == view.detail).unwrap_or(DetailTab::Events);
        if view.at_ms == 0 {
            self.select_named(&view);
        } else {
            self.playback = Playback::Playing;
            self.arrival = Some(view);
        }
    }

    /// Ends the way when it has been gone: then the run stands still, and what was selected is selected.
    pub(in crate::ui) fn arrive(&mut self) {
        let there = self.arrives_at().is_some_and(|at| self.cluster().now() >= at || self.cluster().is_done());
        if let Some(view) = self.arrival.take_if(|_| there) {
            self.playback = self.after_arrival;
            self.select_named(&view);
        }
    }

    /// Begins as the query of the address asks for.
    pub fn begin(&mut self, query: &Query) {
        self.speed = query.speed.unwrap_or(self.speed);
        self.after_arrival = query.play.unwrap_or(Playback::Paused);
        if self.arrival.is_none() {
            self.playback = query.begins();
        }
        if let Some(problem) = query.problems.first() {
            self.tell_bad(problem.clone());
        }
    }

    /// Whether that ends the way to what a link shows.
    pub(super) fn ends_the_way(action: &Action) -> bool {
        matches!(
            action,
            Action::Play | Action::Pause | Action::PlayOrPause | Action::Step | Action::Restart | Action::Act(_)
        )
    }

    fn select_named(&mut self, view: &View) {
        let named = |name: &str| (!name.is_empty()).then(|| name.into());
        self.job = named(&view.job);
        self.cron_job = named(&view.cron_job);
        let pod = self.cluster().history().pods().rev().find(|pod| *pod.name == *view.pod);
        self.select_pod(pod.map(|pod| pod.uid));
    }
}

impl SetupTab {
    const ALL: [Self; 2] = [Self::Manifest, Self::Cluster];

    /// As it stands in links; nothing for the tab that a page opens with.
    fn name(self) -> &'static str {
        match self {
            Self::Manifest => "",
            Self::Cluster => "cluster",
        }
    }
}

impl DetailTab {
    const ALL: [Self; 3] = [Self::Events, Self::Yaml, Self::Logs];

    /// As it stands in links; nothing for the tab that a page opens with.
    fn name(self) -> &'static str {
        match self {
            Self::Events => "",
            Self::Yaml => "status",
            Self::Logs => "logs",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Scenario, gallery, link};
    use crate::ui::player::{Left, RunState};
    use crate::ui::state::Notice;

    /// Frames as the page makes them, of few slices each, until nothing plays; how many were needed.
    fn go(state: &mut State, most: usize) -> usize {
        for frame in 0..most {
            let Some(goal) = state.begin_frame(16.0) else { return frame };
            for _ in 0..8 {
                if state.run_slice(goal) == Left::Nothing {
                    break;
                }
            }
            state.end_frame();
        }
        most
    }

    /// The page with that entry of the gallery, halted at that moment.
    fn halted(id: &str, at_ms: i64) -> State {
        let mut state = State::open("");
        state.update(Action::ChooseScenario(id.to_owned()));
        state.timeline.run_until(state.cluster().start().plus_ms(at_ms), usize::MAX);
        state.end_frame();
        state.update(Action::Pause);
        state
    }

    #[test]
    fn a_link_leads_to_the_moment_and_what_was_selected() {
        let mut state = halted("parallel", 30_000);
        let pod = state.cluster().history().pods().nth(3).map(|pod| pod.uid);
        state.update(Action::SelectPod(pod));
        state.update(Action::ShowDetail(DetailTab::Logs));
        state.update(Action::ShowSetup(SetupTab::Cluster));
        let mut opened = State::open(&link::encode(state.cluster().scenario(), &state.link_view()));
        assert!(opened.is_playing() && opened.pod.is_none());
        go(&mut opened, 1_000);
        assert_eq!((opened.run_state(), opened.cluster().elapsed_ms()), (RunState::Paused, 30_000));
        assert_eq!((opened.pod, opened.detail_tab, opened.setup_tab), (pod, DetailTab::Logs, SetupTab::Cluster));
        assert_eq!(opened.cluster().digest(), state.cluster().digest());
        assert_eq!(opened.gallery_id, Some("parallel"));
    }

    #[test]
    fn the_query_says_whether_it_goes_on_from_there() {
        let state = halted("parallel", 30_000);
        let link = link::encode(state.cluster().scenario(), &state.link_view());
        for (query, run) in [("?embed", RunState::Paused), ("?embed&play&speed=10", RunState::Playing)] {
            let mut opened = State::open(&link);
            opened.begin(&Query::parse(query));
            while opened.arrives_at().is_some() {
                go(&mut opened, 1);
            }
            assert_eq!((opened.run_state(), opened.cluster().elapsed_ms()), (run, 30_000), "{query}");
        }
        let mut opened = State::open("");
        opened.begin(&Query::parse("?embed&speed=soon"));
        assert_eq!((opened.run_state(), opened.notice.is_some()), (RunState::Paused, true));
    }

    #[test]
    fn a_moment_far_away_leaves_the_page_alive() {
        let scenario = halted("cron-hello", 0).cluster().scenario().clone();
        let view = View { at_ms: i64::MAX, ..View::default() };
        let mut opened = State::open(&link::encode(&scenario, &view));
        assert_eq!(go(&mut opened, 200), 200, "the way is long, and gone in small steps");
        opened.update(Action::Pause);
        assert_eq!((opened.run_state(), opened.arrives_at()), (RunState::Paused, None));
    }

    #[test]
    fn whatever_is_done_to_the_run_ends_the_way() {
        let scenario = halted("parallel", 0).cluster().scenario().clone();
        let view = View { at_ms: 60_000, pod: "nobody".to_owned(), ..View::default() };
        for action in [Action::Restart, Action::Step, Action::ChooseScenario("one-shot".to_owned())] {
            let mut opened = State::open(&link::encode(&scenario, &view));
            opened.update(action);
            assert_eq!(opened.arrives_at(), None);
        }
    }

    #[test]
    fn a_damaged_link_leaves_everything_as_it_is() {
        let mut state = halted("parallel", 30_000);
        state.update(Action::OpenLink("#v1:AAAA".to_owned()));
        assert_eq!((state.cluster().elapsed_ms(), state.gallery_id), (30_000, Some("parallel")));
        assert!(matches!(state.notice, Some(Notice { .. })));
    }

    /// The longest typical link: an entry of the gallery in the middle of its run, with a pod selected.
    #[test]
    fn links_to_the_gallery_are_short() {
        for entry in gallery::entries() {
            let mut state = halted(entry.id, 47_300);
            let pod = state.cluster().history().pods().next_back().map(|pod| pod.uid);
            state.update(Action::SelectPod(pod));
            state.update(Action::ShowDetail(DetailTab::Yaml));
            let scenario: &Scenario = state.cluster().scenario();
            let length = link::encode(scenario, &state.link_view()).len();
            assert!(length < 950, "{}: {length} characters without the page's address", entry.id);
        }
    }
}
