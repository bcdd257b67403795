//! The list of decisions, newest first.

use super::moment::{Moment, go_to};
use super::{on_click, stop};
use crate::sim::Time;
use crate::ui::state::Action;
use crate::ui::view_model::logs::{DECISIONS_SHOWN, DecisionItem};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub items: Rc<[DecisionItem]>,
    /// When the run started.
    pub start: Time,
    pub act: Callback<Action>,
}

/// The list: drawn anew only when it has changed.
pub struct Decisions;

impl Component for Decisions {
    type Message = ();
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        html! {
            <section class="decisions" aria-label="Decisions">
                <h2 class="section-title">{ "Decisions" }</h2>
                <ol class="log" tabindex="0" aria-label="Newest first">
                    <>{ for props.items.iter().enumerate().map(|(place, item)| decision(place, item, props)) }</>
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
}

/// The decision that has that place in the list.
fn decision(place: usize, item: &DecisionItem, Props { start, act, .. }: &Props) -> Html {
    let newest = place == 0;
    let moment = Moment { at: item.time, start: *start };
    let onclick = on_click(act, Action::Ask(Some(item.question.clone())));
    html! {
        <li key={item.title.clone()} class={classes!(newest.then_some("current"))} aria-current={newest.then_some("true")}>
            <button class="ask" tabindex={stop(place)} aria-label={format!("Why? {}", item.title)} {onclick}>{ "Why?" }</button>
            <time>{ go_to(moment, item.at.clone(), act) }</time>
            <b>{ item.title.clone() }</b>{ format!(" {}", item.verb) }
            <ul>{ for item.lines.iter().map(|line| html! { <li>{ line.clone() }</li> }) }</ul>
        </li>
    }
}
