//! The panel of a CronJob, and the row of cards of its Jobs.

use super::el::{el, text};
use super::job_panel::{chip, facts};
use super::number_field::NumberField;
use super::select::Select;
use super::why::ask;
use super::{on_click, stop};
use crate::api::Propagation;
use crate::cluster::Command;
use crate::ui::state::Action;
use crate::ui::view_model::answers::{CronAsk, Question};
use crate::ui::view_model::cron_panel::{CronPanel as Panel, CronState, JobCard, Other};
use crate::ui::view_model::job_panel::Switch;
use crate::ui::view_model::pods::Can;
use yew::prelude::*;

pub fn cron_panel(panel: &Panel, act: &Callback<Action>) -> Html {
    let chip = text("span", chip_class(panel.state), panel.state.label().to_owned());
    let why = ask("Why?", Some(Question::CronJob(panel.uid, CronAsk::Next)), act);
    let state = el("p", "", vec![why, chip, text("span", "muted num", format!(" {}", panel.next_in))]);
    let head = vec![text("h2", "", format!("cronjob/{}", panel.name)), state, schedule(panel, act), others(panel, act)];
    html! {
        <section class="job cron" aria-label="CronJob" data-cron-job={panel.name.to_string()} data-state={panel.state.label()}>
            { el("div", "cron-head", head) }
            { facts(&panel.facts) }
            { runs(panel) }
            { acts(panel, act) }
        </section>
    }
}

/// The schedule, in a field as long as it can be changed, and in words; below it what was wrong with the last change.
fn schedule(panel: &Panel, act: &Callback<Action>) -> Html {
    let words = text("span", "", panel.words.clone());
    if panel.there == Can::No {
        return el("p", "schedule", vec![text("code", "", panel.schedule.to_string()), words]);
    }
    let cron_job = panel.name.clone();
    let on_text = act.reform(move |schedule: String| {
        Action::Act(Command::SetSchedule { cron_job: cron_job.to_string(), schedule: schedule.trim().to_owned() })
    });
    let value = panel.refused.as_ref().map_or(&*panel.schedule, |refused| &refused.schedule).to_owned();
    let field = html! { <NumberField label="Schedule" kind="text" {value} {on_text} /> };
    let refused = match &panel.refused {
        Some(refused) => html! { <p class="bad" role="alert">{ refused.sentence.clone() }</p> },
        None => Html::default(),
    };
    el("div", "schedule", vec![field, words, refused])
}

/// The runs to come, in a column per zone.
fn runs(panel: &Panel) -> Html {
    if panel.runs.is_empty() {
        return Html::default();
    }
    let row = |tag: &'static str, cells: &[String]| {
        el("tr", "", cells.iter().map(|cell| text(tag, "", cell.clone())).collect())
    };
    let mut rows = vec![row("th", &panel.zones)];
    rows.extend(panel.runs.iter().map(|run| row("td", run)));
    el("table", if panel.passing.is_some() { "runs passing" } else { "runs" }, rows)
}

/// The row of cards; a click chooses the Job whose pods the stage shows.
pub fn job_cards(label: &'static str, cards: &[JobCard], act: &Callback<Action>) -> Html {
    html! {
        <div class="job-cards" role="group" aria-label={label}>
            if cards.is_empty() {
                <p class="note">{ "No Job yet." }</p>
            }
            <>{ for cards.iter().enumerate().map(|(place, card)| html! {
                <button key={card.uid.0} class={classes!("job-card", chip(card.state), (card.there == Can::No).then_some("gone"))} aria-pressed={card.selected.to_string()}
                    tabindex={stop(place)} title={card.name.to_string()} data-job-card={card.name.to_string()}
                    onclick={on_click(act, Action::SelectJob(card.name.clone()))}>
                    { text("b", "", card.title.clone()) }{ text("span", "", card.label()) }
                </button>
            }) }</>
        </div>
    }
}

/// A list to choose from, when there is more than one CronJob.
fn others(panel: &Panel, act: &Callback<Action>) -> Html {
    if panel.others.is_empty() {
        return Html::default();
    }
    let value = |other: &Other| match other {
        Other::CronJob(name) => format!("cronjob/{name}"),
        Other::Job(name) => format!("job/{name}"),
    };
    let options = panel.others.iter().map(|other| (value(other).into(), value(other).into())).collect();
    let on_choose = act.reform(|chosen: String| match chosen.split_once('/') {
        Some(("job", name)) => Action::SelectJob(name.into()),
        Some((_, name)) => Action::SelectCronJob(name.into()),
        None => Action::SelectPod(None),
    });
    html! { <Select label="Shown" groups={vec![("", options)]} chosen={format!("cronjob/{}", panel.name)} {on_choose} /> }
}

fn acts(panel: &Panel, act: &Callback<Action>) -> Html {
    let disabled = panel.there == Can::No;
    let button = |name: &'static str, text: &'static str, action: Action| {
        html! { <button aria-label={name} title={name} {disabled} onclick={on_click(act, action)}>{ text }</button> }
    };
    let cron_job = || panel.name.to_string();
    let switch = match panel.switch {
        Switch::Suspend => {
            button("Suspend CronJob", "Suspend", Action::Act(Command::SuspendCronJob { cron_job: cron_job() }))
        }
        Switch::Resume => {
            button("Resume CronJob", "Resume", Action::Act(Command::ResumeCronJob { cron_job: cron_job() }))
        }
    };
    let delete = |name, text, propagation| {
        button(name, text, Action::Act(Command::DeleteCronJob { cron_job: cron_job(), propagation }))
    };
    html! {
        <div class="acts">
            { switch }
            { button("Run now", "Run now", Action::Act(Command::RunNow { cron_job: cron_job(), job: None })) }
            if panel.holds_still == Can::Yes {
                { button("Follow the newest Job", "Follow newest", Action::SelectCronJob(panel.name.clone())) }
            }
            { delete("Delete CronJob", "Delete", Propagation::Background) }
            { delete("Delete, orphan CronJob's Jobs", "Delete, orphan", Propagation::Orphan) }
        </div>
    }
}

fn chip_class(state: CronState) -> &'static str {
    match state {
        CronState::Scheduled | CronState::Deleting | CronState::Deleted => "chip is-pending",
        CronState::Active => "chip is-running",
        CronState::Suspended => "chip is-backoff",
    }
}
