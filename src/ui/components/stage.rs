//! The stage: its lanes, and the card of the selected pod over them.

use super::lane::lane;
use super::pod_card::PodCard;
use crate::ui::state::Action;
use crate::ui::view_model::pods::PodCard as Card;
use crate::ui::view_model::stage::{LaneKind, Stage as Scene};
use yew::prelude::*;

pub fn stage(stage: &Scene, card: Option<Card>, act: &Callback<Action>) -> Html {
    let six = stage.lanes.iter().any(|lane| lane.kind == LaneKind::Terminating);
    html! {
        <section class={classes!("stage", six.then_some("with-terminating"))} aria-label="Pods">
            <>{ for stage.lanes.iter().map(|shown| lane(shown, stage.job, act)) }</>
            if let Some(card) = card {
                <PodCard {card} act={act.clone()} />
            }
        </section>
    }
}
