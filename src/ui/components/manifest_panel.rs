//! The manifest: its editor, the button that applies it, and what is wrong with it.

use super::on_click;
use crate::api::problem::{Problem, Severity};
use crate::ui::browser::editor::{self, Diagnostic, Editor, Place};
use crate::ui::state::{Action, line_number};
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
}

pub fn manifest_panel(shown: &Shown, act: &Callback<Action>) -> Html {
    let diagnostics: Rc<[Diagnostic]> = shown.problems.iter().map(diagnostic).collect();
    html! {
        <div class="manifest">
            <Editor doc={shown.manifest.to_string()} {diagnostics} lit_line={shown.lit_line} highlight_line={shown.shown_line}
                on_change={act.reform(Action::Edit)} on_apply={act.reform(|()| Action::Apply)} />
            <div class="apply-bar">
                <button class="primary" title="Ctrl+Enter or ⌘+Enter" onclick={on_click(act, Action::Apply)}>{ "Apply" }</button>
                { first(shown, act) }
                <span class="way-out">{ "Esc, then Tab leaves the editor" }</span>
            </div>
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
        Some(problem) => html! { <div role="alert">{ line_button(problem, act) }</div> },
        None if shown.edited => html! { <span class="muted">{ "Edited, not applied" }</span> },
        None => Html::default(),
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

fn diagnostic(problem: &Problem) -> Diagnostic {
    let place = |line: usize, column: usize| Place {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
    };
    Diagnostic {
        from: place(problem.start.line, problem.start.column),
        to: problem.end.map(|end| place(end.line, end.column)),
        severity: match problem.severity {
            Severity::Error => editor::Severity::Error,
            Severity::Warning => editor::Severity::Warning,
            Severity::Info => editor::Severity::Info,
        },
        message: problem.message.clone(),
    }
}
