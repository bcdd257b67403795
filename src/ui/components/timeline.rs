//! The timeline: rows of bars under a time axis. Only the rows in view are in the page, in a box as high as all of them.

use super::on_click;
use crate::ui::browser;
use crate::ui::state::{Action, TimelineScroll};
use crate::ui::view_model::timeline::{Bar, BarKind, Follows, Row, Timeline as Scene};
use yew::prelude::*;

/// The height of a row in pixels, as the style sheet has it.
pub const ROW_PX: usize = 20;
/// How many rows are made: enough for the tallest timeline.
pub const ROWS_SHOWN: usize = 20;
/// Closer to the end than this, and the newest rows are followed again.
const NEAR_END_PX: f64 = 6.0;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub timeline: Scene,
    pub act: Callback<Action>,
}

#[component]
pub fn Timeline(props: &Props) -> Html {
    let scene = &props.timeline;
    let node = use_node_ref();
    let (rows, follows) = (scene.rows_in_all, scene.follows);
    use_effect_with((rows, follows), {
        let node = node.clone();
        move |_| {
            if follows == Follows::Newest {
                browser::scroll_to(&node, (rows * ROW_PX) as f64);
            }
        }
    });
    let last_top = use_mut_ref(|| 0.0);
    let onscroll = {
        let act = props.act.clone();
        Callback::from(move |event: Event| {
            let (top, end) = browser::scroll_top(&event);
            let way = if top < last_top.replace(top) { Way::Up } else { Way::Down };
            if let Some(scroll) = scrolled(top, end, follows, way) {
                act.emit(Action::ScrollTimeline(scroll));
            }
        })
    };
    let height = format!("height:{}px", rows * ROW_PX);
    let offset = format!("transform:translateY({}px)", scene.first * ROW_PX);
    html! {
        <section class="timeline" aria-label="Timeline">
            <div class="axis" aria-hidden="true">
                <div class="track">
                    { for scene.ticks.iter().map(|tick| html! {
                        <span class="tick" style={format!("left:{}%", tick.percent)}>{ tick.label.clone() }</span>
                    }) }
                </div>
            </div>
            <div class="rows" ref={node.clone()} {onscroll} tabindex="0" role="group" aria-label="Rows">
                <div class="all-rows" style={height}>
                    <div style={offset}>
                        { for scene.rows.iter().map(|row| timeline_row(row, &props.act)) }
                    </div>
                </div>
            </div>
            <div class="lines" aria-hidden="true">
                <div class="track">
                    { for scene.ticks.iter().map(|tick| html! { <i class="line" style={format!("left:{}%", tick.percent)} /> }) }
                </div>
            </div>
            <div class="lines over" aria-hidden="true">
                <div class="track"><i class="playhead" style={format!("left:{}%", scene.playhead_percent)} /></div>
            </div>
        </section>
    }
}

/// Which rows are in view now. New rows that move the end away are no scrolling of the person's.
fn scrolled(top: f64, end: f64, follows: Follows, way: Way) -> Option<TimelineScroll> {
    if end - top < NEAR_END_PX {
        return Some(TimelineScroll::Newest);
    }
    let by_person = follows == Follows::Nothing || way == Way::Up;
    by_person.then(|| TimelineScroll::From((top.max(0.0) / ROW_PX as f64) as usize))
}

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Up,
    Down,
}

fn timeline_row(row: &Row, act: &Callback<Action>) -> Html {
    let onclick = on_click(act, Action::SelectPod(row.uid));
    html! {
        <div key={row.uid.map_or(0, |uid| uid.0)} class={classes!("row", row.selected.then_some("selected"))} title={row.title.clone()} {onclick}>
            <span class="name">{ row.name.clone() }</span>
            <span class="track" role="img" aria-label={row.title.clone()}>{ for row.bars.iter().map(bar) }</span>
        </div>
    }
}

fn bar(bar: &Bar) -> Html {
    let style = format!("left:{}%;width:{:.2}%", bar.from_percent, bar.width_percent);
    html! { <i class={classes!("bar", kind(bar.kind))} {style} /> }
}

fn kind(kind: BarKind) -> &'static str {
    match kind {
        BarKind::Backoff => "backoff",
        BarKind::Pending => "pending",
        BarKind::Running => "running",
        BarKind::Succeeded => "succeeded",
        BarKind::Failed => "failed",
        BarKind::Terminating => "terminating",
    }
}
