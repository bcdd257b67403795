//! The Job's panel: a ring, its numbers and conditions, and what can be done to the Job.

use super::el::{el, text};
use super::moment::{Moment, go_to};
use super::on_click;
use super::select::Select;
use crate::api::Propagation;
use crate::cluster::Command;
use crate::sim::Time;
use crate::ui::state::Action;
use crate::ui::view_model::answers::{JobAsk, Question};
use crate::ui::view_model::job_panel::{ConditionLine, JobPanel as Panel, JobState, Switch};
use crate::ui::view_model::pods::Can;
use crate::ui::words::{clock, decimal};
use yew::prelude::*;

/// The length of the ring's line.
const RING: f64 = 163.4;
/// What is longer than this does not fit into the ring.
const LONGEST_TEXT: usize = 7;

pub fn job_panel(panel: Option<&Panel>, start: Time, act: &Callback<Action>) -> Html {
    let Some(panel) = panel else {
        return html! { <section class="job" aria-label="Job"><p class="note">{ "No Job yet." }</p></section> };
    };
    let counters = panel.counters;
    html! {
        <section class="job" aria-label="Job" data-job={panel.name.to_string()} data-active={counters.active.to_string()}
            data-succeeded={counters.succeeded.to_string()} data-failed={counters.failed.to_string()}
            data-condition={panel.condition}>
            <div class="sum">
                { ring(panel) }
                <div>
                    <h2>{ format!("job/{}", panel.name) }</h2>
                    <p><span class={classes!("chip", chip(panel.state))}>{ panel.state.label() }</span>
                        <span class="muted num">{ format!(" {}", panel.age) }</span></p>
                    { other_jobs(panel, act) }
                </div>
            </div>
            <p class="muted caption">{ "Status, as the controller last wrote it" }</p>
            { facts(&panel.numbers) }
            { facts(&panel.beside) }
            <ul class="conditions">
                <>{ for panel.conditions.iter().map(|line| condition(panel, line, start, act)) }</>
                if panel.conditions.is_empty() {
                    <li class="muted">{ "No condition yet." }</li>
                }
            </ul>
            { acts(panel, act) }
        </section>
    }
}

/// Names and values, a pair in a row.
#[inline(never)]
pub fn facts(facts: &[(&'static str, String)]) -> Html {
    let row = |(name, value): &(&'static str, String)| {
        el("div", "", vec![text("dt", "", (*name).to_owned()), text("dd", "", value.clone())])
    };
    el("dl", "kv", facts.iter().map(row).collect())
}

fn ring(panel: &Panel) -> Html {
    let done = if panel.done.len() > LONGEST_TEXT { format!("{} %", panel.done_percent) } else { panel.done.clone() };
    let full = RING * f64::from(panel.done_percent) / 100.0;
    html! {
        <svg class={classes!("ring", chip(panel.state), (panel.done.len() > 5).then_some("long"))} width="62" height="62"
            viewBox="0 0 62 62" role="img" aria-label={format!("{} succeeded", panel.done)}>
            <circle cx="31" cy="31" r="26" fill="none" stroke="var(--line)" stroke-width="7" />
            <circle cx="31" cy="31" r="26" fill="none" stroke="var(--succeeded)" stroke-width="7"
                stroke-dasharray={format!("{} 164", decimal(full))} transform="rotate(-90 31 31)" />
            <text x="31" y="35" text-anchor="middle">{ done }</text>
        </svg>
    }
}

/// A list to choose from, when the manifest has several Jobs.
fn other_jobs(panel: &Panel, act: &Callback<Action>) -> Html {
    if panel.others.is_empty() {
        return Html::default();
    }
    let options = panel.others.iter().map(|name| (name.to_string().into(), name.to_string().into())).collect();
    let groups = vec![("", options)];
    let on_choose = act.reform(|name: String| Action::SelectJob(name.into()));
    html! { <Select label="Job shown" {groups} chosen={panel.name.to_string()} {on_choose} /> }
}

fn condition(panel: &Panel, line: &ConditionLine, start: Time, act: &Callback<Action>) -> Html {
    let kind = line.kind.as_str();
    let question = Question::Job(panel.uid, JobAsk::Condition(line.kind));
    let onclick = on_click(act, Action::Ask(Some(question)));
    html! {
        <li key={kind} title={line.message.clone()}>
            <button class="ask" aria-label={format!("Why? {kind}")} {onclick}>{ "Why?" }</button>
            <b>{ kind }</b>{ format!(" {} ", line.status) }
            { for line.since.map(|at| go_to(Moment { at, start }, clock(at.ms_since(start)), act)) }
            if !line.reason.is_empty() {
                <span class="reason">{ line.reason.clone() }</span>
            }
        </li>
    }
}

fn acts(panel: &Panel, act: &Callback<Action>) -> Html {
    let fixed = panel.can_change == Can::No;
    let named = |name: &'static str, text: &'static str, disabled: bool, command: Command| {
        let onclick = on_click(act, Action::Act(command));
        html! { <button aria-label={name} title={name} {disabled} {onclick}>{ text }</button> }
    };
    let button = |name, disabled, command| named(name, name, disabled, command);
    let job = panel.name.to_string();
    let switch = match panel.suspend {
        Switch::Suspend => button("Suspend", fixed, Command::Suspend { job: job.clone() }),
        Switch::Resume => button("Resume", fixed, Command::Resume { job: job.clone() }),
    };
    let delete = |name, text, propagation| {
        named(name, text, panel.there == Can::No, Command::DeleteJob { job: job.clone(), propagation })
    };
    html! {
        <div class="acts">
            { switch }
            { parallelism(panel, act) }
            { size(panel, act) }
            { button("Restart controller", false, Command::RestartController) }
            <span class="stepper">
                { delete("Delete Job", "Delete", Propagation::Background) }
                { delete("Delete, foreground", "foreground", Propagation::Foreground) }
                { delete("Delete, orphan", "orphan", Propagation::Orphan) }
            </span>
        </div>
    }
}

/// How many seats there are.
fn parallelism(panel: &Panel, act: &Callback<Action>) -> Html {
    let make = |job, parallelism| Command::SetParallelism { job, parallelism };
    stepper(panel, act, "parallelism", panel.parallelism.to_string(), make)
}

/// Completions and parallelism together, when the Job is elastic.
fn size(panel: &Panel, act: &Callback<Action>) -> Html {
    if panel.elastic == Can::No {
        return Html::default();
    }
    let text = format!("{0}/{0}", panel.parallelism);
    stepper(panel, act, "completions and parallelism", text, |job, size| Command::Scale { job, size })
}

fn stepper(
    panel: &Panel,
    act: &Callback<Action>,
    name: &'static str,
    text: String,
    make: fn(String, i32) -> Command,
) -> Html {
    let step = |label: String, sign: &'static str, number: i32| {
        let onclick = on_click(act, Action::Act(make(panel.name.to_string(), number.max(0))));
        let disabled = panel.can_change == Can::No || number < 0;
        html! { <button class="square" aria-label={label} {disabled} {onclick}>{ sign }</button> }
    };
    html! {
        <span class="stepper" role="group" aria-label={name} title={name}>
            { step(format!("Less {name}"), "−", panel.parallelism - 1) }
            <span class="num">{ text }</span>
            { step(format!("More {name}"), "+", panel.parallelism.saturating_add(1)) }
        </span>
    }
}

pub fn chip(state: JobState) -> &'static str {
    match state {
        JobState::Waiting | JobState::Deleting | JobState::Deleted => "is-pending",
        JobState::Running | JobState::Suspending => "is-running",
        JobState::Suspended => "is-backoff",
        JobState::Ending => "is-terminating",
        JobState::Complete => "is-succeeded",
        JobState::Failed => "is-failed",
    }
}
