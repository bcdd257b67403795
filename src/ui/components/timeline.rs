//! The timeline: rows of bars under a time axis. Only the rows in view are in the page, in a box as high as all of them.
//! What is pointed at, or was gone to by keys, is told beside it; a press selects its pod. Knows nothing of pods.

use super::el::{el, text};
use super::on_click;
use crate::api::Uid;
use crate::sim::Time;
use crate::ui::browser;
use crate::ui::state::{Action, TimelineScroll};
use crate::ui::view_model::timeline::{About, Bar, BarKind, Follows, Row, StartKind, StartMark, Timeline as Scene};
use crate::ui::words::decimal;
use std::rc::Rc;
use yew::prelude::*;

/// The height of a row in pixels, as the style sheet has it.
const ROW_PX: usize = 20;
/// The height of the axis, and that of the starts, in pixels, as the style sheet has them.
const AXIS_PX: usize = 26;
const STARTS_PX: usize = 22;
/// What is told stands below its row down to here, and above it further down, in pixels.
const TOLD_BELOW_PX: f64 = 70.0;
/// Rows are made anew when so many have been scrolled by.
const ROWS_AT_ONCE: usize = 4;
/// So many rows further on by Page Up and Page Down.
const PAGE: usize = 9;
/// Closer to the end than this, and the newest rows are followed again.
const NEAR_END_PX: f64 = 6.0;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub timeline: Rc<Scene>,
    /// When the run started.
    pub start: Time,
    pub act: Callback<Action>,
}

/// The timeline, what its scrolling needs, and what is pointed at.
pub struct Timeline {
    node: NodeRef,
    /// How far it was scrolled down last, in pixels.
    last_top: f64,
    /// The rows and the following that it was last scrolled for.
    scrolled_for: Option<(usize, Follows)>,
    /// The pod that was selected last, and brought into view.
    revealed: Option<Uid>,
    /// The rows that were asked for last.
    asked_for: Option<TimelineScroll>,
    /// What is told about.
    told: Option<Place>,
    /// Where keys go on from.
    place: Place,
}

/// A row, and what in it: its name, or its bars from 1.
#[derive(Clone, Copy, Default, PartialEq)]
pub struct Place {
    row: usize,
    cell: usize,
}

/// What the timeline hears.
pub enum Msg {
    /// How far the rows are scrolled down, and how far they could be, in pixels.
    Scrolled(f64, f64),
    /// The name of the place that is pointed at; nothing when the pointer or the focus leaves.
    Point(Option<String>),
    Press(String),
    Focus,
    Key(KeyboardEvent),
}

impl Component for Timeline {
    type Message = Msg;
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Self {
            node: NodeRef::default(),
            last_top: 0.0,
            scrolled_for: None,
            revealed: None,
            asked_for: None,
            told: None,
            place: Place::default(),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let told = self.told;
        match msg {
            Msg::Scrolled(top, end) => self.scrolled(ctx, top, end),
            Msg::Point(name) => self.tell(name.as_deref().and_then(Place::named)),
            Msg::Press(name) => {
                self.tell(Place::named(&name));
                self.press(ctx);
            }
            Msg::Focus if self.told.is_none() => {
                let first_in_view = (self.last_top / ROW_PX as f64) as usize;
                let in_view = first_in_view..first_in_view + PAGE;
                self.tell(Some(if in_view.contains(&self.place.row) {
                    self.place
                } else {
                    Place { row: first_in_view, cell: 0 }
                }));
            }
            Msg::Focus => {}
            Msg::Key(event) => self.key(ctx, &event),
        }
        self.told != told
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { timeline: scene, act, .. } = ctx.props();
        let link = ctx.link();
        let onscroll = link.callback(|event: Event| {
            let (top, end) = browser::scroll_top(&event);
            Msg::Scrolled(top, end)
        });
        let onmouseover = link.callback(|event: MouseEvent| Msg::Point(browser::attribute(&event, PLACE)));
        let onmouseleave = link.callback(|_: MouseEvent| Msg::Point(None));
        let onblur = link.callback(|_: FocusEvent| Msg::Point(None));
        let onfocus = link.callback(|_: FocusEvent| Msg::Focus);
        let onkeydown = link.callback(Msg::Key);
        let onclick = link.batch_callback(|event: MouseEvent| browser::attribute(&event, PLACE).map(Msg::Press));
        let height = format!("height:{}px", scene.rows_in_all * ROW_PX);
        let offset = format!("transform:translateY({}px)", scene.first * ROW_PX);
        let current = self.told.map(|place| place.id());
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
                <div class="rows" ref={&self.node} {onscroll} {onmouseover} {onmouseleave} {onfocus} {onblur} {onkeydown} {onclick}
                    tabindex="0" role="grid" aria-label="Rows" aria-rowcount={scene.rows_in_all.to_string()} aria-activedescendant={current}>
                    <div class="all-rows" style={height} role="none">
                        <div style={offset} role="none">
                            { for (scene.first..).zip(&scene.rows).map(|(number, row)| timeline_row(number, row, self.told)) }
                        </div>
                    </div>
                </div>
                { legend(scene) }
                <div class="lines" aria-hidden="true">
                    <div class="track">
                        { for scene.ticks.iter().map(|tick| html! { <i class="line" style={format!("left:{}%", decimal(tick.percent))} /> }) }
                    </div>
                </div>
                <div class="lines over" aria-hidden="true">
                    <div class="track">
                        <i class="future" style={stretch(scene.playhead_percent, scene.known_percent - scene.playhead_percent)} />
                        <i class="playhead" style={format!("left:{}%", decimal(scene.playhead_percent))} />
                        { for self.told.map(|place| self.tip(scene, place)) }
                    </div>
                </div>
            </section>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first_render: bool) {
        let Scene { rows_in_all, follows, selected, .. } = *ctx.props().timeline;
        if self.scrolled_for.replace((rows_in_all, follows)) != Some((rows_in_all, follows))
            && follows == Follows::Newest
        {
            browser::scroll_to_last(&self.node, rows_in_all, ROW_PX);
        }
        let pod = selected.map(|(pod, _)| pod);
        if std::mem::replace(&mut self.revealed, pod) != pod
            && let Some((_, row)) = selected
        {
            browser::reveal(&self.node, row, ROW_PX);
        }
    }
}

impl Timeline {
    fn scrolled(&mut self, ctx: &Context<Self>, top: f64, end: f64) {
        let way = if top < self.last_top { Way::Up } else { Way::Down };
        self.last_top = top;
        let scroll = scrolled(top, end, ctx.props().timeline.follows, way);
        if scroll != self.asked_for
            && let Some(scroll) = scroll
        {
            self.asked_for = Some(scroll);
            ctx.props().act.emit(Action::ScrollTimeline(scroll));
        }
    }

    fn tell(&mut self, place: Option<Place>) {
        self.place = place.unwrap_or(self.place);
        self.told = place;
    }

    /// Selects what is told about, wherever it is shown; of a pod that is to come it asks why.
    fn press(&self, ctx: &Context<Self>) {
        let Props { timeline: scene, act, .. } = ctx.props();
        let Some(row) = self.told.and_then(|place| row_at(scene, place)) else { return };
        let of_bar = self.told.and_then(|place| row.bars.get(place.cell.checked_sub(1)?)).and_then(|bar| bar.pod);
        act.emit(match (of_bar, &row.about) {
            (Some(pod), _) => Action::SelectPod(Some(pod)),
            (None, About::Pod(pod)) => Action::SelectPod(Some(*pod)),
            (None, About::Job(name)) => Action::SelectJob(name.clone()),
            (None, About::ToCome(question)) => Action::Ask(Some(question.clone())),
        });
    }

    /// Arrows go from row to row and from bar to bar.
    fn key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent) {
        let scene = &ctx.props().timeline;
        let last_row = scene.rows_in_all.saturating_sub(1);
        let last_cell = row_at(scene, self.place).map_or(0, |row| row.bars.len());
        let Place { row, cell } = self.place;
        let cell = cell.min(last_cell);
        let (row, cell) = match event.key().as_str() {
            "ArrowDown" => (row + 1, cell),
            "ArrowUp" => (row.saturating_sub(1), cell),
            "PageDown" => (row + PAGE, cell),
            "PageUp" => (row.saturating_sub(PAGE), cell),
            "Home" if event.ctrl_key() => (0, cell),
            "End" if event.ctrl_key() => (last_row, cell),
            "Home" => (row, 0),
            "End" => (row, last_cell),
            "ArrowRight" => (row, (cell + 1).min(last_cell)),
            "ArrowLeft" => (row, cell.saturating_sub(1)),
            "Enter" | " " => {
                event.prevent_default();
                return self.press(ctx);
            }
            _ => return,
        };
        event.prevent_default();
        let row = row.min(last_row);
        self.tell(Some(Place { row, cell }));
        browser::reveal(&self.node, row, ROW_PX);
    }

    /// What there is to tell, below its row or above it.
    fn tip(&self, scene: &Scene, place: Place) -> Html {
        let Some(row) = row_at(scene, place) else { return Html::default() };
        let bar = row.bars.get(place.cell.wrapping_sub(1));
        let words = bar.map(|bar| bar.label.as_str()).filter(|label| !label.is_empty()).unwrap_or(&row.title);
        let at_percent = bar.map_or(0.0, |bar| bar.from_percent + bar.width_percent / 2.0);
        let head_px = if scene.starts.is_empty() { AXIS_PX } else { AXIS_PX + STARTS_PX } as f64;
        let row_px = (place.row * ROW_PX) as f64 - self.last_top;
        let (class, top_px) =
            if row_px < TOLD_BELOW_PX { ("tip", row_px + ROW_PX as f64 + 3.0) } else { ("tip above", row_px - 2.0) };
        let side = if at_percent < 50.0 { "left" } else { "right" };
        let from_side = at_percent.min(100.0 - at_percent).max(0.0);
        let style = format!("top:{}px;{side}:{}%", decimal(head_px + top_px), decimal(from_side));
        html! { <span {class} {style}>{ words.to_owned() }</span> }
    }
}

/// The attribute that names a place.
const PLACE: &str = "data-place";

impl Place {
    /// `12.1`: the first bar of row 12.
    fn name(self) -> String {
        format!("{}.{}", self.row, self.cell)
    }

    fn named(name: &str) -> Option<Self> {
        let (row, cell) = name.split_once('.')?;
        Some(Self { row: row.parse().ok()?, cell: cell.parse().ok()? })
    }

    fn id(self) -> String {
        format!("place-{}", self.name())
    }
}

/// The row of that place, if it is among those in the page.
fn row_at(scene: &Scene, place: Place) -> Option<&Row> {
    scene.rows.get(place.row.checked_sub(scene.first)?)
}

/// Which rows are in view now. New rows that move the end away are no scrolling of the person's.
fn scrolled(top: f64, end: f64, follows: Follows, way: Way) -> Option<TimelineScroll> {
    if end - top < NEAR_END_PX {
        return Some(TimelineScroll::Newest);
    }
    let by_person = follows == Follows::Nothing || way == Way::Up;
    by_person.then(|| TimelineScroll::From((top.max(0.0) / ROW_PX as f64) as usize / ROWS_AT_ONCE * ROWS_AT_ONCE))
}

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Up,
    Down,
}

fn timeline_row(number: usize, row: &Row, told: Option<Place>) -> Html {
    let place = Place { row: number, cell: 0 };
    let current = |cell: usize| (told == Some(Place { row: number, cell })).then_some("current");
    html! {
        <div key={number} class={classes!("row", row.selected.then_some("selected"))} role="row" aria-rowindex={(number + 1).to_string()}
            aria-selected={row.selected.to_string()} data-place={place.name()}>
            <span class={classes!("name", current(0))} id={place.id()} role="rowheader" aria-label={row.title.clone()}>{ row.name.clone() }</span>
            <span class="track" role="none">{ for (1..).zip(&row.bars).map(|(cell, shown)| bar(Place { row: number, cell }, shown, current(cell))) }</span>
        </div>
    }
}

/// What the bars in view stand for.
fn legend(scene: &Scene) -> Html {
    let is_there = |kind: &BarKind| scene.rows.iter().any(|row| row.bars.iter().any(|bar| bar.kind == *kind));
    let entry = |shown: BarKind| {
        html! { <span><i class={classes!("bar", kind(shown))} />{ shown.words() }</span> }
    };
    let mut entries: Vec<Html> = BarKind::ALL.into_iter().filter(is_there).map(entry).collect();
    let starts = StartKind::ALL.into_iter().filter(|kind| scene.starts.iter().any(|start| start.kind == *kind));
    entries.extend(starts.map(|kind| text("span", "", format!("{} {}", kind.sign(), kind.words()))));
    if scene.known_percent > scene.playhead_percent {
        entries.push(el(
            "span",
            "",
            vec![el("i", "bar future", Vec::new()), text("span", "", "known future".to_owned())],
        ));
    }
    el("div", "legend", entries)
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
    let style = format!("left:{}%", decimal(mark.percent));
    let onclick = on_click(act, Action::Ask(Some(mark.question.clone())));
    let label = format!("{}. Why?", mark.title);
    // Those that were can be asked about in the list of decisions too: one stop for the keyboard is enough.
    let tabindex =
        if matches!(mark.kind, StartKind::Fired | StartKind::Skipped | StartKind::Missed) { "-1" } else { "0" };
    html! { <button class={classes!("start", class(mark.kind))} {style} {tabindex} title={mark.title.clone()} aria-label={label} {onclick}>{ mark.kind.sign() }</button> }
}

/// The class of a start.
fn class(kind: StartKind) -> &'static str {
    match kind {
        StartKind::Fired => "fired",
        StartKind::Skipped => "skipped",
        StartKind::Missed => "missed",
        StartKind::ToCome | StartKind::WillPass | StartKind::ClocksOn | StartKind::ClocksBack => "to-come",
    }
}

fn bar(place: Place, bar: &Bar, current: Option<&'static str>) -> Html {
    let style = stretch(bar.from_percent, bar.width_percent);
    let class = classes!("bar", kind(bar.kind), current, bar.selected.then_some("selected"));
    html! { <i id={place.id()} {class} {style} role="gridcell" aria-label={bar.label.clone()} data-place={place.name()} /> }
}

fn kind(kind: BarKind) -> &'static str {
    match kind {
        BarKind::Backoff => "backoff",
        BarKind::NoNode => "no-node",
        BarKind::Pulling => "pulling",
        BarKind::NoImage => "no-image",
        BarKind::Running => "running",
        BarKind::Succeeded => "succeeded",
        BarKind::Failed => "failed",
        BarKind::Restart => "restart",
        BarKind::Terminating => "terminating",
        BarKind::Lost => "lost",
    }
}
