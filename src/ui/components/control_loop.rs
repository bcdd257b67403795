//! The control loop as a strip of five steps.

use crate::ui::view_model::control_loop::{Light, LoopStep};
use yew::prelude::*;

pub fn control_loop(steps: &[LoopStep]) -> Html {
    html! {
        <section class="loop" aria-label="Control loop">
            { for steps.iter().map(|step| html! {
                <div class={classes!("loop-step", (step.light == Light::On).then_some("on"))} title={step.text.clone()}>
                    <b>{ step.title.clone() }</b>
                    <span>{ step.text.clone() }</span>
                </div>
            }) }
        </section>
    }
}
