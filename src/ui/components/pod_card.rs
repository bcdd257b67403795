//! The card of the selected pod: what is known about it, and what can be done to it.

use super::number_field::NumberField;
use super::{icons, on_click};
use crate::cluster::Command;
use crate::ui::state::Action;
use crate::ui::view_model::pods::{Can, PodCard as Card};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub card: Card,
    pub act: Callback<Action>,
}

#[component]
pub fn PodCard(props: &Props) -> Html {
    let exit_code = use_state(|| 1_i32);
    let card = &props.card;
    let command =
        |make: fn(String, i32) -> Command| on_click(&props.act, Action::Act(make(card.name.to_string(), *exit_code)));
    let close = on_click(&props.act, Action::SelectPod(None));
    let set_code = {
        let exit_code = exit_code.clone();
        Callback::from(move |code: f64| exit_code.set(code.clamp(1.0, 255.0) as i32))
    };
    let (no_end, no_delete) = (card.can_end == Can::No, card.can_delete == Can::No);
    html! {
        <div class="pod-card" role="group" aria-label={format!("Pod {}", card.name)}>
            <h2><span>{ card.name.to_string() }</span>
                <button class="ghost square" aria-label="Close" onclick={close}>{ icons::close() }</button>
            </h2>
            <dl class="kv">
                <dt>{ "Status" }</dt><dd>{ card.status.clone() }</dd>
                { for card.facts.iter().map(|(name, value)| html! { <><dt>{ *name }</dt><dd>{ value.clone() }</dd></> }) }
            </dl>
            <div class="acts">
                <button disabled={no_end} onclick={command(|pod, exit_code| Command::FailPod { pod, exit_code })}>{ "Fail pod" }</button>
                <label class="muted">{ "exit code " }
                    <NumberField label="Exit code of the failure" value={exit_code.to_string()} min="1" max="255" on_change={set_code} />
                </label>
                <button disabled={no_end} onclick={command(|pod, _| Command::SucceedPod { pod })}>{ "Succeed pod" }</button>
                <button disabled={no_delete} onclick={command(|pod, _| Command::DeletePod { pod })}>{ "Delete pod" }</button>
            </div>
        </div>
    }
}
