//! The bar along the bottom: play, pause, step, restart, the clock, how far the run has come, and how fast it goes.

use super::icons;
use crate::ui::player::{RunState, Speed};
use crate::ui::state::Action;
use crate::ui::view_model::noted::MarkKind;
use crate::ui::view_model::time_bar::{PlacedMark, TimeBar};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub run: RunState,
    pub speed: Speed,
    pub clock: AttrValue,
    pub seed: u64,
    pub bar: TimeBar,
    pub act: Callback<Action>,
}

#[component]
pub fn Transport(props: &Props) -> Html {
    let on = |action: Action| props.act.reform(move |_: MouseEvent| action.clone());
    let (name, action, icon) = match props.run {
        RunState::Playing => ("Pause", Action::Pause, icons::pause()),
        RunState::Paused | RunState::Done => ("Play", Action::Play, icons::play()),
    };
    html! {
        <footer class="transport">
            <button class="ghost square" aria-label="Restart" title="Restart" onclick={on(Action::Restart)}>{ icons::restart() }</button>
            <button class="play" aria-label={name} title={format!("{name} (Space)")} onclick={on(action)}>{ icon }</button>
            <button class="ghost square" aria-label="Step" title="To the next thing that happens (→)"
                disabled={props.run == RunState::Done} onclick={on(Action::Step)}>{ icons::step() }</button>
            <span class="clock" role="timer" aria-label="Clock">{ props.clock.clone() }</span>
            <TimeTrack bar={props.bar.clone()} />
            <Speeds speed={props.speed} act={props.act.clone()} />
            <span class="muted num seed">{ format!("seed {}", props.seed) }</span>
        </footer>
    }
}

#[derive(Properties, PartialEq)]
struct TrackProps {
    bar: TimeBar,
}

#[component]
fn TimeTrack(props: &TrackProps) -> Html {
    let bar = &props.bar;
    html! {
        <div class="time-bar" aria-hidden="true">
            <i class="whole" />
            <i class="played" style={format!("width:{}%", bar.played_percent)} />
            { for bar.marks.iter().map(mark) }
            <i class="now" style={format!("left:{}%", bar.played_percent)} />
        </div>
    }
}

fn mark(mark: &PlacedMark) -> Html {
    let (class, title) = match mark.kind {
        MarkKind::PodFailed => ("failed", "a pod failed"),
        MarkKind::Condition => ("condition", "a condition changed"),
        MarkKind::Command => ("command", "an act of yours"),
    };
    html! { <i class={classes!("mark", class)} {title} style={format!("left:{}%", mark.percent)} /> }
}

#[derive(Properties, PartialEq)]
struct SpeedProps {
    speed: Speed,
    act: Callback<Action>,
}

#[component]
fn Speeds(props: &SpeedProps) -> Html {
    html! {
        <fieldset class="speeds">
            <legend class="visually-hidden">{ "Speed" }</legend>
            { for Speed::ALL.into_iter().map(|speed| html! {
                <label>
                    <input type="radio" name="speed" checked={speed == props.speed}
                        onchange={props.act.reform(move |_: Event| Action::SetSpeed(speed))} />
                    <span>{ speed.label() }</span>
                </label>
            }) }
        </fieldset>
    }
}
