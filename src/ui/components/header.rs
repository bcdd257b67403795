//! The header: the scenarios to choose from, the theme, and the link to share.

use super::icons;
use super::select::Select;
use crate::cluster::gallery;
use crate::ui::browser;
use crate::ui::state::Action;
use yew::prelude::*;

pub fn header(gallery_id: Option<&'static str>, act: &Callback<Action>, share: Callback<MouseEvent>) -> Html {
    let chosen = gallery_id.and_then(|id| gallery::entries().iter().find(|entry| entry.id == id));
    let own = chosen.is_none().then(|| (AttrValue::from(""), AttrValue::from("Your own")));
    let named = gallery::entries().iter().map(|entry| (entry.id.into(), entry.title.into()));
    let options: Vec<(AttrValue, AttrValue)> = own.into_iter().chain(named).collect();
    html! {
        <header class="top">
            <h1 class="brand">{ icons::brand() }{ "Jobscope" }</h1>
            <Select class="scenario" label="Scenario" {options} chosen={gallery_id.unwrap_or_default()}
                on_choose={act.reform(Action::ChooseScenario)} />
            <div class="summary">
                { for chosen.map(|entry| html! {
                    <>
                        <p>{ entry.summary }</p>
                        <p class="muted">{ entry.watch_for }</p>
                    </>
                }) }
            </div>
            <button class="ghost square" aria-label="Theme" title="Light or dark" onclick={|_| browser::toggle_theme()}>
                { icons::theme() }
            </button>
            <button class="primary" onclick={share}>{ "Share" }</button>
        </header>
    }
}
