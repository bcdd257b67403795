//! The card of the selected pod: what is known about it, and what can be done to it.

use super::close::close_button;
use super::job_panel::facts;
use super::number_field::NumberField;
use super::on_click;
use crate::cluster::Command;
use crate::ui::state::{Action, DetailTab};
use crate::ui::view_model::pods::{Can, PodCard as Card};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub card: Card,
    pub act: Callback<Action>,
}

/// The card, and the exit code that a failure is to have.
pub struct PodCard {
    exit_code: i32,
}

impl Component for PodCard {
    /// Another exit code.
    type Message = f64;
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Self { exit_code: 1 }
    }

    fn update(&mut self, _ctx: &Context<Self>, code: f64) -> bool {
        self.exit_code = code.clamp(1.0, 255.0) as i32;
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { card, act } = ctx.props();
        let command =
            |make: fn(String, i32) -> Command| on_click(act, Action::Act(make(card.name.to_string(), self.exit_code)));
        let close = on_click(act, Action::SelectPod(None));
        let set_code = ctx.link().callback(|code: f64| code);
        let (no_end, no_delete) = (card.can_end == Can::No, card.can_delete == Can::No);
        let no_evict = card.can_evict == Can::No;
        html! {
            <div class="pod-card" role="group" aria-label={format!("Pod {}", card.name)}>
                <h2><span>{ card.name.to_string() }</span>
                    { close_button("Close", close) }
                </h2>
                { facts(&card.facts) }
                <div class="acts">
                    <button disabled={no_end} onclick={command(|pod, exit_code| Command::FailPod { pod, exit_code })}>{ "Fail pod" }</button>
                    <label class="muted">{ "exit code " }
                        <NumberField label="Exit code of the failure" value={self.exit_code.to_string()} min="1" max="255" on_change={set_code} />
                    </label>
                    <button disabled={no_end} onclick={command(|pod, _| Command::SucceedPod { pod })}>{ "Succeed pod" }</button>
                    <button disabled={no_delete} onclick={command(|pod, _| Command::DeletePod { pod })}>{ "Delete pod" }</button>
                    <button onclick={on_click(act, Action::ShowDetail(DetailTab::Logs))}>{ "Logs" }</button>
                    <button disabled={no_evict} onclick={command(|pod, _| Command::EvictPod { pod })}>{ "Evict pod" }</button>
                </div>
            </div>
        }
    }
}
