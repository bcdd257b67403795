//! The header: the scenarios to choose from, the theme, and the link to share.

use super::icons;
use crate::cluster::gallery;
use crate::ui::browser;
use crate::ui::state::Action;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub gallery_id: Option<&'static str>,
    pub act: Callback<Action>,
    pub share: Callback<()>,
}

#[component]
pub fn Header(props: &Props) -> Html {
    let chosen = props.gallery_id.and_then(|id| gallery::entries().iter().find(|entry| entry.id == id));
    let onchange = props.act.reform(|event: Event| Action::ChooseScenario(browser::select_value(&event)));
    let share = props.share.reform(|_: MouseEvent| ());
    html! {
        <header class="top">
            <h1 class="brand">{ icons::brand() }{ "Jobscope" }</h1>
            <select class="scenario" aria-label="Scenario" {onchange}>
                if chosen.is_none() {
                    <option value="" ~selected={true}>{ "Your own" }</option>
                }
                { for gallery::entries().iter().map(|entry| html! {
                    <option value={entry.id} ~selected={Some(entry.id) == props.gallery_id}>{ entry.title }</option>
                }) }
            </select>
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
