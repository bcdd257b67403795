//! The one sentence of the moment. It is told to assistive technology only when it has held still for a while.

use crate::ui::view_model::why::{Why as Words, WhyTone};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub why: Words,
    /// The same, some time ago when everything changes quickly.
    pub calm: AttrValue,
}

#[component]
pub fn Why(props: &Props) -> Html {
    let why = &props.why;
    html! {
        <div class={classes!("why", tone(why.tone))}>
            <b>{ why.question.clone() }</b>
            <span class="answer">{ why.answer.clone() }</span>
            <span class="left num">{ why.left.clone().unwrap_or_default() }</span>
            <span class="visually-hidden" aria-live="polite">{ props.calm.clone() }</span>
        </div>
    }
}

fn tone(tone: WhyTone) -> &'static str {
    match tone {
        WhyTone::Plain => "plain",
        WhyTone::Waiting => "waiting",
        WhyTone::Good => "good",
        WhyTone::Bad => "bad",
    }
}
