//! The timeline: rows of bars under a time axis. Only the rows in view are in the page, in a box as high as all of them.

use super::{on_click, stop};
use crate::sim::Time;
use crate::ui::browser;
use crate::ui::state::{Action, TimelineScroll};
use crate::ui::view_model::timeline::{Bar, BarKind, Follows, Row, StartKind, StartMark, Timeline as Scene};
use crate::ui::words::decimal;
use yew::prelude::*;

/// The height of a row in pixels, as the style sheet has it.
pub const ROW_PX: usize = 20;
/// How many rows are made: enough for the tallest timeline.
pub const ROWS_SHOWN: usize = 22;
/// So many of them are above those in view, for the keyboard to go to.
const ROWS_ABOVE: usize = 3;
/// Closer to the end than this, and the newest rows are followed again.
const NEAR_END_PX: f64 = 6.0;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub timeline: Scene,
    /// When the run started.
    pub start: Time,
    pub act: Callback<Action>,
}

/// The timeline, and what its scrolling needs.
pub struct Timeline {
    node: NodeRef,
    /// How far it was scrolled down last, in pixels.
    last_top: f64,
    /// The rows and the following that it was last scrolled for.
    scrolled_for: Option<(usize, Follows)>,
}

/// How far the rows are scrolled down, and how far they could be, in pixels.
pub struct Scrolled {
    top: f64,
    end: f64,
}

impl Component for Timeline {
    type Message = Scrolled;
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Self { node: NodeRef::default(), last_top: 0.0, scrolled_for: None }
    }

    fn update(&mut self, ctx: &Context<Self>, Scrolled { top, end }: Scrolled) -> bool {
        let way = if top < self.last_top { Way::Up } else { Way::Down };
        self.last_top = top;
        if let Some(scroll) = scrolled(top, end, ctx.props().timeline.follows, way) {
            ctx.props().act.emit(Action::ScrollTimeline(scroll));
        }
        false
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { timeline: scene, act, .. } = ctx.props();
        let onscroll = ctx.link().callback(|event: Event| {
            let (top, end) = browser::scroll_top(&event);
            Scrolled { top, end }
        });
        let height = format!("height:{}px", scene.rows_in_all * ROW_PX);
        let offset = format!("transform:translateY({}px)", scene.first * ROW_PX);
        html! {
            <section class="timeline" aria-label="Timeline">
                <div class="axis">
                    <div class="track">
                        { scrub(scene, ctx.props().start, act) }
                        <>{ for scene.ticks.iter().map(|tick| html! {
                            <span class="tick" style={format!("left:{}%", decimal(tick.percent))}>{ tick.label.clone() }</span>
                        }) }</>
                    </div>
                </div>
                if !scene.starts.is_empty() {
                    <div class="axis starts">
                        <span class="name">{ "starts" }</span>
                        <div class="track">{ for scene.starts.iter().map(|mark| start(mark, act)) }</div>
                    </div>
                }
                <div class="rows" ref={&self.node} {onscroll} role="group" aria-label="Rows">
                    <div class="all-rows" style={height}>
                        <div style={offset}>
                            { for scene.rows.iter().enumerate().map(|(place, row)| timeline_row(place, row, act)) }
                        </div>
                    </div>
                </div>
                <div class="lines" aria-hidden="true">
                    <div class="track">
                        { for scene.ticks.iter().map(|tick| html! { <i class="line" style={format!("left:{}%", decimal(tick.percent))} /> }) }
                    </div>
                </div>
                <div class="lines over" aria-hidden="true">
                    <div class="track">
                        <i class="future" style={stretch(scene.playhead_percent, scene.known_percent - scene.playhead_percent)} />
                        <i class="playhead" style={format!("left:{}%", decimal(scene.playhead_percent))} />
                    </div>
                </div>
            </section>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first_render: bool) {
        let Scene { rows_in_all, follows, .. } = ctx.props().timeline;
        if self.scrolled_for.replace((rows_in_all, follows)) != Some((rows_in_all, follows))
            && follows == Follows::Newest
        {
            browser::scroll_to(&self.node, (rows_in_all * ROW_PX) as f64);
        }
    }
}

/// Which rows are in view now. New rows that move the end away are no scrolling of the person's.
fn scrolled(top: f64, end: f64, follows: Follows, way: Way) -> Option<TimelineScroll> {
    if end - top < NEAR_END_PX {
        return Some(TimelineScroll::Newest);
    }
    let by_person = follows == Follows::Nothing || way == Way::Up;
    by_person.then(|| TimelineScroll::From(((top.max(0.0) / ROW_PX as f64) as usize).saturating_sub(ROWS_ABOVE)))
}

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Up,
    Down,
}

/// The row that has that place among those that are made.
fn timeline_row(place: usize, row: &Row, act: &Callback<Action>) -> Html {
    let onclick = on_click(act, row.job.clone().map_or(Action::SelectPod(row.uid), Action::SelectJob));
    html! {
        <button key={row.uid.map_or(0, |uid| uid.0)} class={classes!("row", row.selected.then_some("selected"))} aria-label={row.title.clone()}
            title={row.title.clone()} tabindex={stop(place)} {onclick}>
            <span class="name">{ row.name.clone() }</span>
            <span class="track">{ for row.bars.iter().map(bar) }</span>
        </button>
    }
}

/// The axis takes the playhead to where it is pressed or dragged. The bar below does the same for keys and readers.
fn scrub(scene: &Scene, start: Time, act: &Callback<Action>) -> Html {
    let oninput = act.reform(move |event: InputEvent| Action::seek(start.plus_ms(browser::range_value(&event))));
    let (min, max) = (scene.shown_ms.start.to_string(), scene.shown_ms.end.to_string());
    let value = scene.now_ms().to_string();
    html! { <input class="scrub" type="range" aria-hidden="true" tabindex="-1" {min} {max} step="1" {value} {oninput} /> }
}

fn stretch(from_percent: f64, width_percent: f64) -> String {
    format!("left:{}%;width:{}%", decimal(from_percent), decimal(width_percent.max(0.0)))
}

/// A start of a CronJob: what became of it is told by shape and colour, and in words.
fn start(mark: &StartMark, act: &Callback<Action>) -> Html {
    let (class, sign) = match mark.kind {
        StartKind::Fired => ("fired", "▲"),
        StartKind::Skipped => ("skipped", "–"),
        StartKind::Missed => ("missed", "×"),
        StartKind::ToCome => ("to-come", "△"),
    };
    let style = format!("left:{}%", decimal(mark.percent));
    let onclick = on_click(act, Action::Ask(Some(mark.question.clone())));
    let label = format!("{}. Why?", mark.title);
    // Those that were can be asked about in the list of decisions too: one stop for the keyboard is enough.
    let tabindex = if mark.kind == StartKind::ToCome { "0" } else { "-1" };
    html! { <button class={classes!("start", class)} {style} {tabindex} title={mark.title.clone()} aria-label={label} {onclick}>{ sign }</button> }
}

fn bar(bar: &Bar) -> Html {
    let style = stretch(bar.from_percent, bar.width_percent);
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
