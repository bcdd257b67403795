//! The manifest: its editor, the button that applies it, and what is wrong with it.

use super::on_click;
use crate::api::problem::{Problem, Severity};
use crate::ui::browser::editor::Editor;
use crate::ui::state::{Action, Checked, line_number};
use std::rc::Rc;
use yew::prelude::*;

/// What the panel shows.
pub struct Shown {
    pub manifest: Rc<str>,
    pub problems: Rc<[Problem]>,
    pub shown_line: Option<u32>,
    /// The line that decides what was asked.
    pub lit_line: Option<u32>,
    /// Whether the text is another than what runs.
    pub edited: bool,
    /// Whether the problems are those of a text that was changed since.
    pub checked: Checked,
    /// What was changed by hand and is not in the text; perhaps nothing.
    pub by_hand: Rc<str>,
}

pub fn manifest_panel(shown: &Shown, act: &Callback<Action>) -> Html {
    html! {
        <div class="manifest">
            <Editor doc={AttrValue::from(shown.manifest.clone())} problems={shown.problems.clone()} lit_line={shown.lit_line} highlight_line={shown.shown_line}
                on_change={act.reform(Action::Edit)} on_apply={act.reform(|()| Action::Apply)} />
            <div class="apply-bar">
                <button class="primary" title="Ctrl+Enter or ⌘+Enter" onclick={on_click(act, Action::Apply)}>{ "Apply" }</button>
                { first(shown, act) }
            </div>
            { by_hand(&shown.by_hand, act) }
            if shown.problems.len() > 1 {
                <ul class="problems" aria-label="More problems">
                    { for shown.problems.iter().skip(1).map(|problem| html! { <li>{ line_button(problem, act) }</li> }) }
                </ul>
            }
        </div>
    }
}

fn first(shown: &Shown, act: &Callback<Action>) -> Html {
    match shown.problems.first() {
        Some(problem) => html! {
            <>
                <div role="alert">{ line_button(problem, act) }</div>
                if shown.checked == Checked::Before {
                    <span class="muted">{ "Edited since" }</span>
                }
            </>
        },
        None if shown.edited => html! { <span class="muted">{ "Edited, not applied" }</span> },
        None => Html::default(),
    }
}

/// What the text does not say of the cluster; the text stays as it is unless it is asked for.
fn by_hand(words: &str, act: &Callback<Action>) -> Html {
    if words.is_empty() {
        return Html::default();
    }
    let onclick = on_click(act, Action::TakeChanges);
    html! {
        <p class="by-hand">{ format!("Changed by hand: {words} ") }<button class="ask" {onclick}>{ "Put it into the text" }</button></p>
    }
}

fn line_button(problem: &Problem, act: &Callback<Action>) -> Html {
    let line = line_number(problem);
    let class = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    html! {
        <button class={classes!("problem", class)} title="Show this line"
            onclick={on_click(act, Action::ShowLine(line))}>{ problem.to_string() }</button>
    }
}
