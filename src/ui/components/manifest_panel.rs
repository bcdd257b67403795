//! The manifest: its editor, the button that applies it, and what is wrong with it.

use crate::api::problem::{Problem, Severity};
use crate::ui::browser::editor::{self, Diagnostic, Editor, Place};
use crate::ui::state::{Action, line_number};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub manifest: Rc<str>,
    pub problems: Rc<[Problem]>,
    pub shown_line: Option<u32>,
    /// Whether the text is another than what runs.
    pub edited: bool,
    pub act: Callback<Action>,
}

#[component]
pub fn ManifestPanel(props: &Props) -> Html {
    let diagnostics = use_memo(props.problems.clone(), |problems| problems.iter().map(diagnostic).collect::<Vec<_>>());
    let diagnostics: Rc<[Diagnostic]> = diagnostics.as_slice().into();
    html! {
        <div class="manifest">
            <Editor doc={props.manifest.to_string()} {diagnostics} highlight_line={props.shown_line}
                on_change={props.act.reform(Action::Edit)} on_apply={props.act.reform(|()| Action::Apply)} />
            <div class="apply-bar">
                <button class="primary" title="Ctrl+Enter or ⌘+Enter" onclick={props.act.reform(|_: MouseEvent| Action::Apply)}>{ "Apply" }</button>
                { first(props) }
            </div>
            if props.problems.len() > 1 {
                <ul class="problems" aria-label="More problems">
                    { for props.problems.iter().skip(1).map(|problem| html! { <li>{ line_button(problem, &props.act) }</li> }) }
                </ul>
            }
        </div>
    }
}

fn first(props: &Props) -> Html {
    match props.problems.first() {
        Some(problem) => html! { <div role="alert">{ line_button(problem, &props.act) }</div> },
        None if props.edited => html! { <span class="muted">{ "Edited, not applied" }</span> },
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
            onclick={act.reform(move |_: MouseEvent| Action::ShowLine(line))}>{ problem.to_string() }</button>
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
