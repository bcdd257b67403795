//! What stands below the decisions: the events, or the Job as YAML.

use super::tabs::{panel_id, tabs};
use crate::api::event::EventType;
use crate::ui::lists::Lists;
use crate::ui::state::{Action, DetailTab};
use crate::ui::view_model::logs::{EVENTS_SHOWN, EventItem};
use std::rc::Rc;
use yew::prelude::*;

const NAMES: [&str; 2] = ["Events", "Status YAML"];

pub fn details(tab: DetailTab, lists: &Lists, act: &Callback<Action>) -> Html {
    let choose =
        act.reform(|place| Action::ShowDetail(if place == 0 { DetailTab::Events } else { DetailTab::StatusYaml }));
    let chosen = match tab {
        DetailTab::Events => 0,
        DetailTab::StatusYaml => 1,
    };
    html! {
        <div class="details">
            { tabs("Details", NAMES, chosen, &choose) }
            { match tab {
                DetailTab::Events => html! {
                    <div id={panel_id(NAMES[0])} class="events-panel" role="tabpanel" aria-label="Events">
                        <section class="events" aria-label="Events" tabindex="0"><Events items={lists.events.clone()} /></section>
                    </div>
                },
                DetailTab::StatusYaml => html! {
                    <pre id={panel_id(NAMES[1])} class="yaml" role="tabpanel" aria-label="Status YAML" tabindex="0">{ AttrValue::from(lists.yaml.clone()) }</pre>
                },
            } }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct EventsProps {
    items: Rc<[EventItem]>,
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
        let items = &props.items;
        html! {
            <>
                <ol>{ for items.iter().map(event_line) }</ol>
                if items.is_empty() {
                    <p class="note">{ "None yet." }</p>
                }
                if items.len() == EVENTS_SHOWN {
                    <p class="note">{ format!("Only the newest {EVENTS_SHOWN} are shown.") }</p>
                }
            </>
        }
    }
}

fn event_line(item: &EventItem) -> Html {
    let warning = item.event_type == EventType::Warning;
    let times = if item.times > 1 { format!(" ×{}", item.times) } else { String::new() };
    html! {
        <li key={item.uid.0} class={classes!(warning.then_some("warning"))}>
            <span class="age num">{ item.age.clone() }</span>
            <span class="type">{ item.event_type.as_str() }</span>
            <b title={item.meaning}>{ item.reason }</b>
            <span class="object">{ item.object.clone() }</span>
            <span class="message">{ item.message.clone() }{ times }</span>
        </li>
    }
}
