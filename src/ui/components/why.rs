//! The sentence of the moment, or the answer to what was asked: with its rules, the line of the manifest that decides, the
//! moment it was decided and the function of Kubernetes behind it. It is told to assistive technology only when it has
//! held still for a while.

use super::el::{el, text};
use super::moment::{Moment, go_to};
use super::on_click;
use super::what_if::what_if_button;
use crate::sim::Time;
use crate::ui::state::Action;
use crate::ui::view_model::answers::{Answer, Lit, Question};
use crate::ui::view_model::why::{Why as Words, WhyTone};
use crate::ui::words::clock;
use yew::prelude::*;

/// What else may be asked, each in a few words.
type Offered = [(&'static str, Question)];

/// `calm` is the same in words, some time ago when everything changes quickly.
pub fn why(why: &Words, offered: &Offered, calm: &str, act: &Callback<Action>) -> Html {
    part(why, el("div", "asks", asks(offered, act)), Html::default(), calm)
}

/// As [`why`], of an answer; `start` is when the run started.
pub fn answer(answer: &Answer, offered: &Offered, start: Time, calm: &str, act: &Callback<Action>) -> Html {
    let rules = answer.rules.iter().map(|rule| text("li", "", rule.clone())).collect();
    let mut ground = vec![el("ul", "rules", rules)];
    let mut sources: Vec<Html> = answer.lit.iter().map(|lit| line(lit, act)).collect();
    let decided = format!("decided at {}", clock(answer.at.ms_since(start)));
    sources.push(go_to(Moment { at: answer.at, start }, decided, act));
    sources.push(text("code", "", answer.upstream.as_str().to_owned()));
    ground.push(el("div", "sources", sources));
    let mut asks = asks(offered, act);
    asks.push(ask("Close answer", None, act));
    part(&answer.why, el("div", "asks", asks), el("div", "ground", ground), calm)
}

/// The buttons that ask those, and what if.
fn asks(offered: &Offered, act: &Callback<Action>) -> Vec<Html> {
    let asks = offered.iter().map(|(words, question)| ask(words, Some(question.clone()), act));
    asks.chain([what_if_button(act)]).collect()
}

/// The button that asks that.
pub fn ask(words: &'static str, question: Option<Question>, act: &Callback<Action>) -> Html {
    html! { <button class="ask" onclick={on_click(act, Action::Ask(question))}>{ words }</button> }
}

fn line(lit: &Lit, act: &Callback<Action>) -> Html {
    let onclick = on_click(act, Action::ShowLine(lit.line));
    html! { <button class="ask" title="Show this line" {onclick}>{ lit.words() }</button> }
}

fn part(why: &Words, asks: Html, ground: Html, calm: &str) -> Html {
    html! {
        <div class={classes!("why", tone(why.tone))}>
            <b>{ why.question.clone() }</b>
            <span class="answer">{ why.answer.clone() }</span>
            <span class="left num">{ why.left.clone().unwrap_or_default() }</span>
            { ground }
            { asks }
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
