//! What stands below the decisions: the events, an object as YAML, or the log of the selected pod.

use super::moment::{Moment, go_to};
use super::on_click;
use super::tabs::{panel_id, tabs};
use crate::api::event::EventType;
use crate::nodes::WhichRun;
use crate::sim::Time;
use crate::ui::lists::Lists;
use crate::ui::state::{Action, DetailTab, LogChoice};
use crate::ui::view_model::logs::{EventItem, EventList};
use std::rc::Rc;
use yew::prelude::*;

const NAMES: &[&str] = &["Events", "YAML", "Logs"];
const TABS: [DetailTab; 3] = [DetailTab::Events, DetailTab::Yaml, DetailTab::Logs];

pub fn details(tab: DetailTab, log: LogChoice, lists: &Lists, start: Time, act: &Callback<Action>) -> Html {
    let choose = act.reform(|place: usize| Action::ShowDetail(TABS[place]));
    let chosen = TABS.iter().position(|shown| *shown == tab).unwrap_or(0);
    let text = |class: &'static str, text: &Rc<str>| {
        html! {
            <pre id={panel_id(NAMES[chosen])} {class} role="tabpanel" aria-label={NAMES[chosen]} tabindex="0">{ AttrValue::from(text.clone()) }</pre>
        }
    };
    html! {
        <div class="details">
            { tabs("Details", NAMES, chosen, &choose) }
            { match tab {
                DetailTab::Events => html! {
                    <div id={panel_id(NAMES[0])} class="events-panel" role="tabpanel" aria-label="Events">
                        <section class="events" aria-label="Events" tabindex="0"><Events events={lists.events.clone()} {start} act={act.clone()} /></section>
                    </div>
                },
                DetailTab::Yaml => html! { <>{ yaml_choice(lists, act) }{ text("yaml", &lists.yaml.text) }</> },
                DetailTab::Logs => html! { <>{ log_choice(log, lists, act) }{ text("yaml wrap", &lists.log.text) }</> },
            } }
        </div>
    }
}

/// Whose YAML is shown.
fn yaml_choice(lists: &Lists, act: &Callback<Action>) -> Html {
    html! {
        <div class="acts" role="group" aria-label="Whose YAML">
            { for lists.yaml.choices.iter().map(|choice| {
                let onclick = on_click(act, Action::ChooseYaml(choice.of));
                let pressed = (choice.of == lists.yaml.chosen).to_string();
                html! { <button aria-pressed={pressed} {onclick}>{ choice.name.clone() }</button> }
            }) }
        </div>
    }
}

/// Which container's log is shown, and of which run.
fn log_choice(log: LogChoice, lists: &Lists, act: &Callback<Action>) -> Html {
    let shown = &lists.log;
    let is_previous = log.which == WhichRun::Previous;
    let choose = |choice: LogChoice| on_click(act, Action::ChooseLog(choice));
    let other = if is_previous { WhichRun::Current } else { WhichRun::Previous };
    // One may go back from where there is nothing.
    let disabled = !shown.has_previous && !is_previous;
    html! {
        <div class="acts" role="group" aria-label="Which log">
            { for shown.containers.iter().enumerate().map(|(place, name)| {
                let chosen = place == shown.chosen;
                html! {
                    <button aria-pressed={chosen.to_string()} onclick={choose(LogChoice { container: Some(place), ..log })}>{ name.clone() }</button>
                }
            }) }
            if !shown.containers.is_empty() {
                <button {disabled} title="The log of the container before its last restart" aria-pressed={is_previous.to_string()} onclick={choose(LogChoice { which: other, ..log })}>{ "Previous run" }</button>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct EventsProps {
    events: EventList,
    start: Time,
    act: Callback<Action>,
}

/// The list: drawn anew only when it has changed.
struct Events;

impl Component for Events {
    type Message = ();
    type Properties = EventsProps;

    fn create(_ctx: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let EventList { items, are_all } = &props.events;
        html! {
            <>
                <ol>{ for items.iter().map(|item| event_line(item, props)) }</ol>
                if items.is_empty() {
                    <p class="note">{ "None yet." }</p>
                }
                if !are_all {
                    <p class="note">{ format!("Only the newest {} are shown.", items.len()) }</p>
                }
            </>
        }
    }
}

fn event_line(item: &EventItem, EventsProps { start, act, .. }: &EventsProps) -> Html {
    let warning = item.event_type == EventType::Warning;
    let times = if item.times > 1 { format!(" ×{}", item.times) } else { String::new() };
    html! {
        <li key={item.uid.0} class={classes!(warning.then_some("warning"))}>
            <span class="age">{ go_to(Moment { at: item.last_time, start: *start }, item.age.clone(), act) }</span>
            <span class="type">{ item.event_type.as_str() }</span>
            <b title={item.meaning}>{ item.reason }</b>
            <span class="object">{ item.object.clone() }</span>
            <span class="message">{ item.message.clone() }{ times }</span>
        </li>
    }
}
