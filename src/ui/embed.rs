//! The page within another page: who is on stage and why it is as it is, the stage, and the way to the whole page.

use super::components::el::text;
use super::lists::{shown_answer, shown_why};
use super::page::{board, job_title};
use super::state::{Action, State};
use super::view_model::job_panel::job_panel;
use yew::prelude::*;

/// All but the transport; `whole` is the address of the whole page.
pub fn embed(state: &State, act: &Callback<Action>, whole: String) -> Html {
    let panel = job_panel(state.cluster(), state.noted(), state.job_name(), state.job_uid());
    let why = shown_answer(state).map_or_else(|| shown_why(state), |answer| answer.why);
    html! {
        <>
            <header class="embed-head">
                <h1>{ job_title(panel.as_ref()) }</h1>
                <a href={whole} target="_blank" rel="noopener">{ "Open in Jobscope" }</a>
                { text("p", "", format!("{} {}", why.question, why.answer)) }
            </header>
            <main class="main">{ board(state, act) }</main>
        </>
    }
}
