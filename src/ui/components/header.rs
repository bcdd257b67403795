//! The header: the scenarios to choose from, and the tools beside them.

use super::select::{Options, Select};
use super::{icons, on_click};
use crate::cluster::gallery;
use crate::ui::browser;
use crate::ui::state::Action;
use crate::ui::view_model::pods::Can;
use yew::prelude::*;

/// The id of the button that opens the share dialog.
pub const SHARE_ID: &str = "share";

/// What the buttons of the header open or switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Keys,
    Projector,
    Share,
}

pub fn header(gallery_id: Option<&'static str>, changed: Can, act: &Callback<Action>, tools: &Callback<Tool>) -> Html {
    let chosen = gallery_id.and_then(|id| gallery::entries().iter().find(|entry| entry.id == id));
    let mut groups: Vec<(&str, Options)> = Vec::new();
    let own = match chosen {
        None => Some("Your own".to_owned()),
        Some(entry) if changed == Can::Yes => Some(format!("{}, changed", entry.title)),
        Some(_) => None,
    };
    let shown = gallery_id.filter(|_| own.is_none()).unwrap_or_default();
    groups.extend(own.map(|own| ("", vec![("".into(), own.into())])));
    for entries in gallery::entries().chunk_by(|a, b| a.theme == b.theme) {
        let options = entries.iter().map(|entry| (entry.id.into(), entry.title.into())).collect();
        groups.push((entries[0].theme.label(), options));
    }
    html! {
        <header class="top">
            <h1 class="brand">{ icons::brand() }{ "Jobscope" }</h1>
            <Select class="scenario" label="Scenario" {groups} chosen={shown}
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
            <button class="ghost square projector" aria-label="Projector" title="Larger type, for a projector"
                aria-pressed={browser::is_projector().to_string()} onclick={on_click(tools, Tool::Projector)}>
                { icons::projector() }
            </button>
            <button class="ghost square" aria-label="Keys" title="Keys (?)" aria-haspopup="dialog" onclick={on_click(tools, Tool::Keys)}>
                <b aria-hidden="true">{ "?" }</b>
            </button>
            <button id={SHARE_ID} class="primary" aria-haspopup="dialog" onclick={on_click(tools, Tool::Share)}>{ "Share" }</button>
        </header>
    }
}
