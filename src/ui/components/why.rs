//! The one sentence of the moment. It is told to assistive technology only when it has held still for a while.

use crate::ui::view_model::why::{Why as Words, WhyTone};
use yew::prelude::*;

/// `calm` is the same in words, some time ago when everything changes quickly.
pub fn why(why: &Words, calm: &str) -> Html {
    html! {
        <div class={classes!("why", tone(why.tone))}>
            <b>{ why.question.clone() }</b>
            <span class="answer">{ why.answer.clone() }</span>
            <span class="left num">{ why.left.clone().unwrap_or_default() }</span>
            <span class="visually-hidden" aria-live="polite">{ calm.to_owned() }</span>
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
