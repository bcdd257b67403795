//! The bar along the bottom: play, pause, the ways through time, the clock, the playhead on what is known of the run, and
//! how fast it goes.

use super::marks::Marks;
use super::select::{Options, Select};
use super::{icons, on_click};
use crate::sim::Time;
use crate::ui::browser;
use crate::ui::player::{RunState, Speed};
use crate::ui::state::{Action, JumpTo, Move};
use crate::ui::view_model::time_bar::{Place, PlacedMark, TimeBar};
use crate::ui::words::decimal;
use std::rc::Rc;
use yew::prelude::*;

/// What the bar shows.
pub struct Shown {
    pub run: RunState,
    pub speed: Speed,
    pub clock: String,
    pub seed: u64,
    pub bar: TimeBar,
    pub marks: Rc<[PlacedMark]>,
    /// The runs that can be gone back to, in words.
    pub left_runs: Vec<String>,
    pub jump_to: JumpTo,
    /// When the run started.
    pub start: Time,
}

pub fn transport(shown: &Shown, act: &Callback<Action>) -> Html {
    let (name, action, icon) = match shown.run {
        RunState::Playing => ("Pause", Action::Pause, icons::pause()),
        RunState::Paused | RunState::Done => ("Play", Action::Play, icons::play()),
    };
    let at_the_end = shown.bar.place == Place::AtTheEnd;
    let at_the_start = shown.bar.now_ms == 0;
    let is_over = shown.run == RunState::Done;
    let button = |label: &'static str, title: &'static str, icon: Html, disabled: bool, action: Action| {
        html! { <button class="ghost square" aria-label={label} {title} {disabled} onclick={on_click(act, action)}>{ icon }</button> }
    };
    html! {
        <footer class="transport">
            <div class="ways">
                { button("Restart", "Start a new run", icons::restart(), false, Action::Restart) }
                { button("Step back", "Back to what happened before (←)", icons::step_back(), at_the_start, Action::Move(Move::StepBack)) }
                <button class="play" aria-label={name} title={format!("{name} (Space)")} onclick={on_click(act, action)}>{ icon }</button>
                { button("Step", "To the next thing that happens (→)", icons::step(), is_over, Action::Step) }
                { button("Skip the wait", "To the next thing that happens (.)", icons::skip(), is_over, Action::Move(Move::SkipWait)) }
            </div>
            <span class="clock" role="timer" aria-label="Clock">{ shown.clock.clone() }</span>
            <button class={classes!("ghost", "known", (!at_the_end).then_some("past"))} disabled={at_the_end} aria-label={format!("/ {}: to the end of what is known", shown.bar.known)}
                title="How far the run is known: go there (End)" onclick={on_click(act, Action::Move(Move::ToEnd))}>{ format!("/ {}", shown.bar.known) }</button>
            { time_track(&shown.bar, shown.marks.clone(), shown.start, act) }
            <div class="jumps">
                { button("Previous mark", "To the mark before (Shift ←)", icons::back(), at_the_start, Action::Move(Move::PreviousMark)) }
                { jumps(shown.jump_to, act) }
                { button("Next mark", "To the next mark (Shift →)", icons::on(), false, Action::Move(Move::NextMark)) }
            </div>
            { other_runs(&shown.bar.futures, &shown.left_runs, act) }
            { speeds(shown.speed, act) }
            <span class="muted num seed">{ format!("seed {}", shown.seed) }</span>
        </footer>
    }
}

/// The bar, and over it a slider that is not to be seen: it does what sliders do, for pointers, keys and readers.
fn time_track(bar: &TimeBar, marks: Rc<[PlacedMark]>, start: Time, act: &Callback<Action>) -> Html {
    let place = |percent: f64| format!("left:{}%", decimal(percent));
    let length = |percent: f64| format!("width:{}%", decimal(percent));
    html! {
        <div class="time-bar">
            <i class="whole" />
            <i class="known" style={length(bar.known_percent)} />
            <i class="played" style={length(bar.played_percent)} />
            <Marks {marks} {start} act={act.clone()} />
            { scrub(bar, start, act) }
            <i class={classes!("now", (bar.place == Place::InThePast).then_some("past"))} style={place(bar.played_percent)} />
        </div>
    }
}

fn scrub(bar: &TimeBar, start: Time, act: &Callback<Action>) -> Html {
    let oninput = act.reform(move |event: InputEvent| Action::seek(start.plus_ms(browser::range_value(&event))));
    html! {
        <input class="scrub" type="range" aria-label="Time" min="0" max={bar.span_ms.to_string()} step="1" value={bar.now_ms.to_string()}
            aria-valuetext={bar.text.clone()} {oninput} />
    }
}

fn jumps(chosen: JumpTo, act: &Callback<Action>) -> Html {
    let place = |jump: JumpTo| JumpTo::ALL.iter().position(|other| *other == jump).unwrap_or(0).to_string();
    let options = JumpTo::ALL.map(|jump| (place(jump).into(), jump.label().into())).to_vec();
    let chose = |value: String| value.parse().ok().and_then(|place: usize| JumpTo::ALL.get(place)).copied();
    let on_choose = act.reform(move |value| Action::JumpTo(chose(value).unwrap_or(JumpTo::Any)));
    html! { <Select label="Jump to" groups={vec![("", options)]} chosen={place(chosen)} {on_choose} /> }
}

/// The futures that were left by acts in the past, and the runs that were left for new ones, to return to.
fn other_runs(futures: &[String], left_runs: &[String], act: &Callback<Action>) -> Html {
    if futures.is_empty() && left_runs.is_empty() {
        return Html::default();
    }
    let options = |lines: &[String], from: usize| {
        (from..).zip(lines).map(|(place, line)| (place.to_string().into(), line.clone().into())).collect()
    };
    let kept = format!("Other runs: {}", futures.len() + left_runs.len());
    let mut groups = vec![("", vec![("".into(), kept.into())])];
    let all = [("Futures", options(futures, 0)), ("Runs before", options(left_runs, futures.len()))];
    groups.extend(all.into_iter().filter(|(_, options): &(_, Options)| !options.is_empty()));
    let on_choose = act.reform(|value: String| Action::ReturnTo(value.parse().unwrap_or(usize::MAX)));
    html! { <Select class="futures" label="Other runs" {groups} chosen="" {on_choose} /> }
}

/// From slow to fast, in steps that are about a factor of two: a mark for each, and the name of the one that is chosen.
fn speeds(chosen: Speed, act: &Callback<Action>) -> Html {
    html! {
        <fieldset class="speeds" title={format!("Speed {} (+ and -)", chosen.label())}>
            <legend class="visually-hidden">{ "Speed" }</legend>
            { for Speed::all().map(|speed| html! {
                <label class={classes!((speed <= chosen).then_some("reached"))}>
                    <input type="radio" name="speed" aria-label={speed.label()} checked={speed == chosen}
                        onchange={act.reform(move |_: Event| Action::SetSpeed(speed))} />
                    <span />
                </label>
            }) }
            <b class="num" aria-hidden="true">{ chosen.label() }</b>
        </fieldset>
    }
}
