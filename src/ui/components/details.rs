//! What stands below the decisions: the events, or the Job as YAML.

use super::tabs::{Tabs, panel_id};
use crate::api::event::EventType;
use crate::ui::state::{Action, DetailTab};
use crate::ui::view_model::logs::{EVENTS_SHOWN, EventItem};
use std::rc::Rc;
use yew::prelude::*;

const NAMES: [&str; 2] = ["Events", "Status YAML"];

#[derive(Properties, PartialEq)]
pub struct Props {
    pub tab: DetailTab,
    pub events: Rc<[EventItem]>,
    pub yaml: AttrValue,
    pub act: Callback<Action>,
}

#[component]
pub fn Details(props: &Props) -> Html {
    let choose = props
        .act
        .reform(|place| Action::ShowDetail(if place == 0 { DetailTab::Events } else { DetailTab::StatusYaml }));
    let chosen = match props.tab {
        DetailTab::Events => 0,
        DetailTab::StatusYaml => 1,
    };
    html! {
        <div class="details">
            <Tabs label="Details" names={NAMES.to_vec()} {chosen} {choose} />
            { match props.tab {
                DetailTab::Events => html! {
                    <div id={panel_id(NAMES[0])} class="events-panel" role="tabpanel" aria-label="Events">
                        <section class="events" aria-label="Events" tabindex="0">{ events(&props.events) }</section>
                    </div>
                },
                DetailTab::StatusYaml => html! {
                    <pre id={panel_id(NAMES[1])} class="yaml" role="tabpanel" aria-label="Status YAML" tabindex="0">{ props.yaml.clone() }</pre>
                },
            } }
        </div>
    }
}

fn events(items: &[EventItem]) -> Html {
    html! {
        <>
            <ol>{ for items.iter().map(|item| html! { <EventLine key={item.uid.0} item={item.clone()} /> }) }</ol>
            if items.is_empty() {
                <p class="note">{ "None yet." }</p>
            }
            if items.len() == EVENTS_SHOWN {
                <p class="note">{ format!("Only the newest {EVENTS_SHOWN} are shown.") }</p>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct LineProps {
    item: EventItem,
}

#[component]
fn EventLine(props: &LineProps) -> Html {
    let item = &props.item;
    let warning = item.event_type == EventType::Warning;
    let times = if item.times > 1 { format!(" ×{}", item.times) } else { String::new() };
    html! {
        <li class={classes!(warning.then_some("warning"))}>
            <span class="age num">{ item.age.clone() }</span>
            <span class="type">{ item.event_type.as_str() }</span>
            <b title={item.meaning}>{ item.reason }</b>
            <span class="object">{ item.object.clone() }</span>
            <span class="message">{ item.message.clone() }{ times }</span>
        </li>
    }
}
