//! The bar along the bottom: play, pause, step, restart, the clock, how far the run has come, and how fast it goes.

use super::{icons, on_click};
use crate::ui::player::{RunState, Speed};
use crate::ui::state::Action;
use crate::ui::view_model::noted::MarkKind;
use crate::ui::view_model::time_bar::{PlacedMark, TimeBar};
use crate::ui::words::decimal;
use yew::prelude::*;

/// What the bar shows.
pub struct Shown {
    pub run: RunState,
    pub speed: Speed,
    pub clock: String,
    pub seed: u64,
    pub bar: TimeBar,
}

pub fn transport(shown: &Shown, act: &Callback<Action>) -> Html {
    let (name, action, icon) = match shown.run {
        RunState::Playing => ("Pause", Action::Pause, icons::pause()),
        RunState::Paused | RunState::Done => ("Play", Action::Play, icons::play()),
    };
    html! {
        <footer class="transport">
            <button class="ghost square" aria-label="Restart" title="Restart" onclick={on_click(act, Action::Restart)}>{ icons::restart() }</button>
            <button class="play" aria-label={name} title={format!("{name} (Space)")} onclick={on_click(act, action)}>{ icon }</button>
            <button class="ghost square" aria-label="Step" title="To the next thing that happens (→)"
                disabled={shown.run == RunState::Done} onclick={on_click(act, Action::Step)}>{ icons::step() }</button>
            <span class="clock" role="timer" aria-label="Clock">{ shown.clock.clone() }</span>
            { time_track(&shown.bar) }
            { speeds(shown.speed, act) }
            <span class="muted num seed">{ format!("seed {}", shown.seed) }</span>
        </footer>
    }
}

fn time_track(bar: &TimeBar) -> Html {
    html! {
        <div class="time-bar" aria-hidden="true">
            <i class="whole" />
            <i class="played" style={format!("width:{}%", decimal(bar.played_percent))} />
            { for bar.marks.iter().map(mark) }
            <i class="now" style={format!("left:{}%", decimal(bar.played_percent))} />
        </div>
    }
}

fn mark(mark: &PlacedMark) -> Html {
    let (class, title) = match mark.kind {
        MarkKind::PodFailed => ("failed", "a pod failed"),
        MarkKind::Condition => ("condition", "a condition changed"),
        MarkKind::Command => ("command", "an act of yours"),
    };
    html! { <i class={classes!("mark", class)} {title} style={format!("left:{}%", decimal(mark.percent))} /> }
}

fn speeds(chosen: Speed, act: &Callback<Action>) -> Html {
    html! {
        <fieldset class="speeds">
            <legend class="visually-hidden">{ "Speed" }</legend>
            { for Speed::ALL.into_iter().map(|speed| html! {
                <label>
                    <input type="radio" name="speed" checked={speed == chosen}
                        onchange={act.reform(move |_: Event| Action::SetSpeed(speed))} />
                    <span>{ speed.label() }</span>
                </label>
            }) }
        </fieldset>
    }
}
