//! The page within another page: who is on stage and why it is as it is, the stage, and the way to the whole page.

use super::components::el::text;
use super::components::stage as stage_part;
use super::lists::{shown_answer, shown_why};
use super::state::{Action, State};
use super::view_model::job_panel::job_panel;
use super::view_model::pods;
use super::view_model::stage::{TerminatingLane, stage};
use yew::prelude::*;

/// All but the transport; `whole` is the address of the whole page.
pub fn embed(state: &State, act: &Callback<Action>, whole: String) -> Html {
    let (cluster, noted, job) = (state.cluster(), state.noted(), state.job_uid());
    let terminating = if noted.any_terminating() { TerminatingLane::Shown } else { TerminatingLane::Hidden };
    let card = state.pod.and_then(|pod| pods::card(cluster, pod));
    let panel = job_panel(cluster, noted, state.job_name(), job);
    let title = panel.map(|panel| format!("job/{} · {} {}", panel.name, panel.state.label(), panel.done));
    let why = shown_answer(state).map_or_else(|| shown_why(state), |answer| answer.why);
    html! {
        <>
            <header class="embed-head">
                <h1>{ title.unwrap_or_default() }</h1>
                <a href={whole} target="_blank" rel="noopener">{ "Open in Jobscope" }</a>
                { text("p", "", format!("{} {}", why.question, why.answer)) }
            </header>
            <main class="main">{ stage_part::stage(&stage(cluster, job, state.pod, terminating), card, act) }</main>
        </>
    }
}
