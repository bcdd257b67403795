//! The three columns of the page: what is set up, what happens, and what it comes to. Each asks the view models for its
//! plain data and hands that to the components.

use super::components::cluster_panel::cluster_panel;
use super::components::control_loop as loop_strip;
use super::components::cron_panel as cron_part;
use super::components::decisions::Decisions;
use super::components::job_panel as job_part;
use super::components::manifest_panel::{self, manifest_panel};
use super::components::pod_settings::PodSettings;
use super::components::queue_panel::queue_panel;
use super::components::stage as stage_part;
use super::components::tabs::{panel_id, tabs};
use super::components::timeline::Timeline;
use super::components::what_if;
use super::components::why as why_part;
use super::lists::{Lists, shown_why};
use super::state::{Action, SetupTab, State, WhatIf};
use super::view_model::answers::{Answer, offered};
use super::view_model::control_loop::control_loop;
use super::view_model::cron_panel::{Looking, cards_of_jobs, cron_panel, job_cards};
use super::view_model::job_panel::{JobPanel, job_panel, node_lines};
use super::view_model::pods::{self, Can};
use super::view_model::queue_panel::queue_panels;
use super::view_model::stage::stage;
use super::view_model::twin::twin_view;
use yew::prelude::*;

const SETUP_TABS: &[&str] = &["Manifest", "Cluster"];

/// The left column: the manifest or the cluster, and what the pods do.
pub fn setup(state: &State, lists: &Lists, answer: Option<&Answer>, act: &Callback<Action>) -> Html {
    let choose = act.reform(|place| Action::ShowSetup(if place == 0 { SetupTab::Manifest } else { SetupTab::Cluster }));
    let scenario = state.cluster().scenario();
    // The lines of what runs are not those of a text that was edited since.
    let lit_line = answer.filter(|_| !state.is_edited()).and_then(Answer::line);
    let (chosen, panel) = match state.setup_tab {
        SetupTab::Manifest => (
            0,
            manifest_panel(
                &manifest_panel::Shown {
                    manifest: state.manifest.clone(),
                    problems: state.problems.clone(),
                    shown_line: state.shown_line,
                    lit_line,
                    edited: state.is_edited(),
                    checked: state.checked,
                    by_hand: lists.by_hand.clone(),
                },
                act,
            ),
        ),
        SetupTab::Cluster => (1, cluster_panel(state.cluster(), &node_lines(state.cluster()), act)),
    };
    let several = state.has_several_settings();
    let job = state.settings_name().filter(|_| several).map(|name| AttrValue::from(name.to_string()));
    html! {
        <aside class="setup" aria-label="Scenario set-up">
            { tabs("Set-up", SETUP_TABS, chosen, &choose) }
            <div class="setup-panel" role="tabpanel" id={panel_id(SETUP_TABS[chosen])} aria-label={SETUP_TABS[chosen]}>{ panel }</div>
            <PodSettings key={state.run} {job} settings={state.pod_settings()} seed={scenario.seed} act={act.clone()} />
        </aside>
    }
}

/// The middle column, above the stage: the control loop, the reason why, what if, and the cards of Jobs and queues.
pub fn lead(state: &State, lists: &Lists, answer: Option<&Answer>, act: &Callback<Action>) -> Html {
    let (cluster, noted, job) = (state.cluster(), state.noted(), state.job_uid());
    let told = state.told_cron_job().map(|notes| notes.uid);
    let offered = offered(cluster, state.asked.as_ref(), job, told);
    let why = match answer {
        Some(answer) => why_part::answer(answer, &offered, cluster.start(), &lists.spoken, act),
        None => why_part::why(&shown_why(state), &offered, &lists.spoken, act),
    };
    html! {
        <>
            { loop_strip::control_loop(&control_loop(cluster, noted, job, state.told_cron_job()), act) }
            { why }
            { for state.what_if.iter().map(|what_if| what_if_part(state, what_if, act)) }
            if let Some(notes) = state.shown_cron_job() {
                { cron_part::job_cards("Jobs of the CronJob", &job_cards(cluster, noted, notes, job), act) }
            } else if noted.jobs().len() > 1 {
                { cron_part::job_cards("Jobs", &cards_of_jobs(cluster, noted, job), act) }
            }
            { for queue_panels(cluster).iter().map(|panel| queue_panel(panel, act)) }
        </>
    }
}

/// The middle column, below the stage.
pub fn timeline(state: &State, lists: &Lists, act: &Callback<Action>) -> Html {
    html! { <Timeline key={state.run} timeline={lists.timeline.clone()} start={state.cluster().start()} act={act.clone()} /> }
}

/// The stage, with the card of the selected pod.
pub fn board(state: &State, act: &Callback<Action>) -> Html {
    let card = state.pod.and_then(|pod| pods::card(state.cluster(), pod));
    let scene = stage(state.cluster(), state.job_uid(), state.pod);
    stage_part::stage(&scene, card, act)
}

/// What would have happened with one thing changed.
fn what_if_part(state: &State, what_if: &WhatIf, act: &Callback<Action>) -> Html {
    let view = what_if.twin.as_ref().map(|twin| twin_view(twin, state.cluster().now()));
    what_if::what_if(what_if, &state.what_if_offers(), view.as_ref(), act)
}

/// The right column, above the decisions: the Job, or the CronJob and its Job.
pub fn outcome(state: &State, act: &Callback<Action>) -> Html {
    let panel = job_panel(state.cluster(), state.noted(), state.job_name(), state.job_uid());
    let job = job_part::job_panel(panel.as_ref(), state.cluster().start(), act);
    let looking = Looking {
        viewer_zone: &state.viewer_zone,
        refused: state.refused.as_ref(),
        holds_still: Can::when(|| state.told_cron_job().is_none()),
    };
    let Some(notes) = state.chosen_cron_job() else { return job };
    html! {
        <>
            { cron_part::cron_panel(&cron_panel(state.cluster(), state.noted(), notes, &looking), act) }
            <details class="job-fold" open={state.told_cron_job().is_none()}><summary>{ job_title(panel.as_ref()) }</summary>{ job }</details>
        </>
    }
}

/// The decisions, newest first.
pub fn decisions(state: &State, lists: &Lists, act: &Callback<Action>) -> Html {
    html! { <Decisions items={lists.decisions.clone()} start={state.cluster().start()} act={act.clone()} /> }
}

/// The Job in a line: while its panel is folded away below its CronJob's, or where it has none.
pub fn job_title(panel: Option<&JobPanel>) -> String {
    match panel {
        Some(panel) => format!("job/{} · {} {}", panel.name, panel.state.label(), panel.done),
        None => "No Job yet".to_owned(),
    }
}
