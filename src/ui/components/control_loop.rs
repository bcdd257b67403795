//! The control loop as a strip of five steps, under the name of the controller whose loop it is.

use super::cluster_panel::controllers_switch;
use super::el::{el, text};
use crate::ui::state::Action;
use crate::ui::view_model::control_loop::{ControlLoop, Light, LoopStep};
use yew::prelude::*;

pub fn control_loop(shown: &ControlLoop, act: &Callback<Action>) -> Html {
    let about = text("span", "muted", shown.about.to_owned());
    let head = vec![text("h2", "", shown.controller.to_owned()), about, controllers_switch(shown.runs, act)];
    html! {
        <section class="loop" aria-label="Control loop">
            { el("div", "loop-head", head) }
            { el("div", "loop-steps", shown.steps.iter().map(step).collect()) }
        </section>
    }
}

fn step(step: &LoopStep) -> Html {
    let class = match step.light {
        Light::On => "on",
        Light::Held => "held",
        Light::Off => "",
    };
    html! {
        <div class={classes!("loop-step", class)} title={step.text.clone()}>
            { text("b", "", step.title.clone()) }{ text("span", "", step.text.clone()) }
        </div>
    }
}
