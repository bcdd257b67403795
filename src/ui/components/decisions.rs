//! The list of decisions, newest first.

use crate::ui::view_model::logs::{DECISIONS_SHOWN, DecisionItem};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub items: Rc<[DecisionItem]>,
}

#[component]
pub fn Decisions(props: &Props) -> Html {
    html! {
        <section class="decisions" aria-label="Decisions">
            <h2 class="section-title">{ "Decisions" }</h2>
            <ol class="log" tabindex="0" aria-label="Newest first">
                { for props.items.iter().enumerate().map(|(place, item)| html! {
                    <Decision key={item.number} item={item.clone()} newest={place == 0} />
                }) }
                if props.items.is_empty() {
                    <li class="muted">{ "None yet." }</li>
                }
                if props.items.len() == DECISIONS_SHOWN {
                    <li class="muted">{ format!("Only the newest {DECISIONS_SHOWN} are shown.") }</li>
                }
            </ol>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct ItemProps {
    item: DecisionItem,
    newest: bool,
}

#[component]
fn Decision(props: &ItemProps) -> Html {
    let item = &props.item;
    html! {
        <li class={classes!(props.newest.then_some("current"))} aria-current={props.newest.then_some("true")}>
            <time>{ item.at.clone() }</time>
            <b>{ format!("Sync #{}", item.number) }</b>{ format!(" {}", item.verb) }
            <ul>{ for item.lines.iter().map(|line| html! { <li>{ line.clone() }</li> }) }</ul>
        </li>
    }
}
