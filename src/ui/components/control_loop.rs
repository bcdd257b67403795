//! The control loop as a strip of five steps.

use crate::ui::view_model::control_loop::{Light, LoopStep};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub steps: [LoopStep; 5],
}

#[component]
pub fn ControlLoop(props: &Props) -> Html {
    html! {
        <section class="loop" aria-label="Control loop">
            { for props.steps.iter().map(|step| html! {
                <div class={classes!("loop-step", (step.light == Light::On).then_some("on"))} title={step.text.clone()}>
                    <b>{ step.title.clone() }</b>
                    <span>{ step.text.clone() }</span>
                </div>
            }) }
        </section>
    }
}
