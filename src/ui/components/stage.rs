//! The stage: its lanes, and the card of the selected pod over them.

use super::lane::Lane;
use super::pod_card::PodCard;
use crate::ui::state::Action;
use crate::ui::view_model::pods::PodCard as Card;
use crate::ui::view_model::stage::{LaneKind, Stage as Scene};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub stage: Scene,
    pub card: Option<Card>,
    pub act: Callback<Action>,
}

#[component]
pub fn Stage(props: &Props) -> Html {
    let six = props.stage.lanes.iter().any(|lane| lane.kind == LaneKind::Terminating);
    html! {
        <section class={classes!("stage", six.then_some("with-terminating"))} aria-label="Pods">
            { for props.stage.lanes.iter().map(|lane| html! {
                <Lane key={lane.kind.heading()} lane={lane.clone()} act={props.act.clone()} />
            }) }
            { for props.card.iter().map(|card| html! { <PodCard card={card.clone()} act={props.act.clone()} /> }) }
        </section>
    }
}
