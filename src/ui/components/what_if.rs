//! The question "what if" and its answer: what is changed, and both runs under each other on one time axis, with a line
//! where they part.

use super::close::close_button;
use super::el::{el, text};
use super::number_field::NumberField;
use super::on_click;
use super::select::{Options, Select};
use crate::ui::state::{Action, Asked, WhatIf};
use crate::ui::twin::{Offer, valued};
use crate::ui::view_model::twin::{STRIP, SideView, TwinView, most_line};
use crate::ui::view_model::why::WhyTone;
use crate::ui::words::{decimal, grouped};
use yew::prelude::*;

/// The classes of the lines, in the order in which they are given.
const LINES: [&str; 3] = ["active", "succeeded", "failed"];

pub fn what_if(what_if: &WhatIf, offers: &[Offer], view: Option<&TwinView>, act: &Callback<Action>) -> Html {
    let offer = offers.iter().find(|offer| offer.name == what_if.name);
    let present = offer.map(|offer| offer.present.as_str()).unwrap_or_default();
    html! {
        <section class="what-if" aria-label="What if">
            { question(what_if, offers, offer, act) }
            <p class="refused" role="alert">{ what_if.refused.clone() }</p>
            if let Some(view) = view {
                { answer(view, &[present, &what_if.value].map(|value| valued(&what_if.name, value)), act) }
            }
        </section>
    }
}

/// The button that opens it.
pub fn what_if_button(act: &Callback<Action>) -> Html {
    html! { <button class="ask what-if-open" onclick={on_click(act, Action::WhatIf(Asked::Open))}>{ "What if…?" }</button> }
}

fn question(what_if: &WhatIf, offers: &[Offer], offer: Option<&Offer>, act: &Callback<Action>) -> Html {
    let list = |gates: &dyn Fn(&&Offer) -> bool| -> Options {
        offers.iter().filter(gates).map(|offer| (offer.name.into(), offer.words().into())).collect()
    };
    let groups = vec![
        ("Manifest and pods", list(&|offer: &&Offer| !offer.is_gate())),
        ("Feature gates", list(&|offer: &&Offer| offer.is_gate())),
    ];
    let on_choose = act.reform(|name| Action::WhatIf(Asked::Choose(name)));
    let set = act.reform(|value| Action::WhatIf(Asked::Set(value)));
    let choices = offer.map(|offer| offer.choices).unwrap_or_default();
    html! {
        <div class="question">
            <b>{ "What if" }</b>
            <Select label="What to change" {groups} chosen={what_if.name.clone()} {on_choose} />
            <span>{ "were" }</span>
            if choices.is_empty() {
                <NumberField label="New value" kind="text" value={what_if.value.clone()} on_text={set} />
                <button class="primary" onclick={on_click(act, Action::WhatIf(Asked::Set(what_if.value.clone())))}>{ "Compare" }</button>
            } else {
                <Select label="New value" groups={vec![("", choices.iter().map(|choice| ((*choice).into(), (*choice).into())).collect())]}
                    chosen={what_if.value.clone()} on_choose={set} />
            }
            { close_button("Close the question", on_click(act, Action::WhatIf(Asked::Close))) }
        </div>
    }
}

fn answer(view: &TwinView, names: &[String; 2], act: &Callback<Action>) -> Html {
    let mut legend = LINES.map(|line| text("span", line, line.to_owned())).to_vec();
    if view.parted.is_some() {
        legend.push(text("span", "parting", "where they part".to_owned()));
    }
    let side = |title: &str, place: usize| run(format!("{title}: {}", names[place]), &view.sides[place], view);
    let asked = |name: &'static str, asked: Asked| {
        html! { <button class="ask" onclick={on_click(act, Action::WhatIf(asked))}>{ name }</button> }
    };
    let mut asks = Vec::new();
    if view.parted.is_some() {
        asks.push(asked("Go there", Asked::GoThere));
    }
    asks.push(asked("Run it this way", Asked::Adopt));
    html! {
        <>
            { side("As it is", 0) }
            { side("What if", 1) }
            <div class="foot">
                <div class="legend" aria-hidden="true"><>{ for legend }</></div>
                <p class="summary" aria-live="polite">{ view.summary.clone() }</p>
                { el("div", "asks", asks) }
            </div>
        </>
    }
}

fn run(title: String, side: &SideView, view: &TwinView) -> Html {
    let tone = match side.tone {
        WhyTone::Good => "good",
        WhyTone::Bad => "bad",
        WhyTone::Plain | WhyTone::Waiting => "plain",
    };
    let (width, height) = STRIP;
    let told = format!("{title}. {}", side.outcome);
    let lines = LINES.iter().zip(&side.lines).map(|(class, line)| html! { <path class={*class} d={line.clone()} /> });
    html! {
        <div class="run">
            <div class="head"><b>{ title }</b>{ text("span", tone, side.outcome.clone()) }{ text("span", "now-counts", format!("Now: {}", side.now)) }</div>
            <div class="strip" role="img" aria-label={told}>
                <svg viewBox={format!("0 0 {width} {height}")} preserveAspectRatio="none" aria-hidden="true">
                    <path class="most" d={most_line()} />
                    <>{ for lines }</>
                </svg>
                <span class="most" aria-hidden="true">{ grouped(u64::try_from(view.most).unwrap_or(0)) }</span>
                if let Some(percent) = view.now_percent {
                    <i class="playhead" style={left(percent)} />
                }
                if let Some(parted) = view.parted {
                    <i class="parting" style={left(parted.percent)} />
                }
            </div>
            <div class="ticks" aria-hidden="true">
                { for view.ticks.iter().map(|tick| html! { <span style={left(tick.percent)}>{ tick.label.clone() }</span> }) }
            </div>
            { text("p", "said", side.said.clone()) }
        </div>
    }
}

fn left(percent: f64) -> String {
    format!("left:{}%", decimal(percent))
}
