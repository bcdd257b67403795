//! The marks on the bar along the bottom: failures, decisions, conditions, and what was done. A press goes there.

use super::moment::Moment;
use super::on_click;
use crate::sim::Time;
use crate::ui::state::Action;
use crate::ui::view_model::noted::MarkKind;
use crate::ui::view_model::time_bar::PlacedMark;
use crate::ui::words::decimal;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub marks: Rc<[PlacedMark]>,
    /// When the run started.
    pub start: Time,
    pub act: Callback<Action>,
}

/// All marks: hundreds, drawn anew only when there is another one.
pub struct Marks;

impl Component for Marks {
    type Message = ();
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        ctx.props().marks.iter().map(|shown| mark(shown, ctx.props())).collect()
    }
}

fn mark(mark: &PlacedMark, Props { start, act, .. }: &Props) -> Html {
    let class = match mark.kind {
        MarkKind::PodFailed => "failed",
        MarkKind::Condition => "condition",
        MarkKind::Command => "command",
        MarkKind::Decision => "decision",
    };
    let style = format!("left:{}%", decimal(mark.percent));
    let title = Moment { at: mark.at, start: *start }.title();
    let onclick = on_click(act, Action::seek(mark.at));
    // A place and a kind are told apart, so that one mark more leaves the others alone.
    let key = (mark.percent * 100.0) as u64 * 4 + mark.kind as u64;
    // Keys and readers have the jumps to marks beside the bar.
    html! { <button {key} class={classes!("mark", class)} {style} {title} {onclick} tabindex="-1" aria-hidden="true" /> }
}
