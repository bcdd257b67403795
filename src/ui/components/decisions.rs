//! The list of decisions, newest first.

use super::{on_click, stop};
use crate::ui::state::Action;
use crate::ui::view_model::logs::{DECISIONS_SHOWN, DecisionItem};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub items: Rc<[DecisionItem]>,
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
                    <>{ for props.items.iter().enumerate().map(|(place, item)| decision(place, item, &props.act)) }</>
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
fn decision(place: usize, item: &DecisionItem, act: &Callback<Action>) -> Html {
    let newest = place == 0;
    let onclick = on_click(act, Action::Ask(Some(item.question.clone())));
    html! {
        <li key={item.title.clone()} class={classes!(newest.then_some("current"))} aria-current={newest.then_some("true")}>
            <button class="ask" tabindex={stop(place)} aria-label={format!("Why? {}", item.title)} {onclick}>{ "Why?" }</button>
            <time>{ item.at.clone() }</time>
            <b>{ item.title.clone() }</b>{ format!(" {}", item.verb) }
            <ul>{ for item.lines.iter().map(|line| html! { <li>{ line.clone() }</li> }) }</ul>
        </li>
    }
}
