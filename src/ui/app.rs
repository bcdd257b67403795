//! The app: it holds the state, asks for frames while the run plays, and gives every part of the page its plain data.
//! It keeps no rule of the simulation, and touches the browser only through `browser`.

mod sharing;

use super::browser::{self, Frame, Later, Listener, Places, RootState};
use super::components::details::details;
use super::components::header::{Tool, header};
use super::components::keys_dialog::keys_dialog;
use super::components::notice::notice;
use super::components::part::Part as Drawn;
use super::components::share_dialog::{ShareAct, Sharing, share_dialog};
use super::components::transport::{self, transport};
use super::embed::embed;
use super::lists::{Lists, shown_answer};
use super::page;
use super::player::{Left, RunState, Speed};
use super::query::{Layout, Query};
use super::shortcut::Shortcut;
use super::state::{Action, Move, NoticeTone, State, Zones};
use super::turns::{Due, Part, Turns};
use super::view_model::answers::Question;
use super::view_model::time_bar::time_bar;
use super::words::clock;
use crate::sim::Time;
use yew::prelude::*;

/// How long a frame may simulate, in milliseconds; the rest of it is for drawing.
const FRAME_WORK_MS: f64 = 10.0;
/// The same, when the run goes as fast as it can and most frames draw nothing.
const FULL_SPEED_WORK_MS: f64 = 30.0;

/// How long a frame may run a twin, in milliseconds.
const TWIN_WORK_MS: f64 = 5.0;

/// As fast as it goes, the page is drawn this often, and less often where drawing takes long: most of the time is the run's.
const DRAWN_EVERY_MS: f64 = 80.0;
const LONGEST_PAUSE_MS: f64 = 400.0;
/// The share of the time that drawing gets then: one part in so many.
const DRAWING_SHARE: f64 = 4.0;

/// More pods than this are a crowd.
const CROWD: usize = 300;

/// How long good news stays.
const GOOD_NEWS_MS: u32 = 8_000;

/// The page.
pub struct App {
    state: State,
    /// Made once: parts that keep something are drawn anew when what they are given changes.
    act: Callback<Action>,
    lists: Lists,
    turns: Turns,
    frame: Option<Frame>,
    /// Where the playhead was last dragged to: frames take it there, each at most once.
    dragged_to: Option<Time>,
    /// When the frame before this one was, if the run was playing then.
    last_frame_ms: Option<f64>,
    drawn_at_ms: f64,
    /// What drawing took the last time, with what the browser does for it.
    drawing_ms: f64,
    /// How long the frame before this one worked, if it was drawn.
    drawn_frame_worked_ms: Option<f64>,
    /// Where the pods stood before the change that is being drawn.
    places: Places,
    shown_on_root: Option<Shown>,
    /// Takes good news away after a while.
    notice_end: Option<Later>,
    zones_asked: ZonesAsked,
    layout: Layout,
    /// The share dialog, while it is open.
    sharing: Option<Sharing>,
    dialog: NodeRef,
    /// The sheet of keys, while it is open.
    keys: Option<NodeRef>,
    /// What was asked when the page was drawn last.
    asked: Option<Question>,
    /// Whether the dialog has just been closed.
    focus_back: bool,
    /// Of what this device remembers.
    remembered: sharing::Remembered,
    _listeners: Vec<Listener>,
}

/// Whether the time zones are on their way.
#[derive(Clone, Copy, PartialEq)]
enum ZonesAsked {
    Yes,
    No,
}

/// Whether a change is drawn at once.
#[derive(Clone, Copy, PartialEq)]
enum Draw {
    Now,
    Later,
}

/// What the root element was last told about.
#[derive(Clone, Copy, PartialEq)]
struct Shown {
    clock_ms: i64,
    run: RunState,
    run_number: u32,
    trace_length: usize,
}

/// What the app hears.
pub enum Msg {
    Act(Action),
    Frame(f64),
    Press(Shortcut),
    Use(Tool),
    CloseKeys,
    Share(ShareAct),
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let (keys, hash) = (ctx.link().clone(), ctx.link().clone());
        let listeners = [
            browser::on_shortcut(move |shortcut| keys.send_message(Msg::Press(shortcut))),
            browser::on_fragment_change(move |fragment| hash.send_message(Msg::Act(Action::OpenLink(fragment)))),
        ];
        browser::watch_focus();
        let query = Query::parse(&browser::query());
        let mut state = sharing::open(query.layout);
        state.begin(&query);
        state.viewer_zone = browser::zone_name().into();
        let mut lists = Lists::default();
        lists.refresh(&state, browser::now_ms());
        Self {
            remembered: sharing::what_to_remember(&state),
            layout: query.layout,
            sharing: None,
            dialog: NodeRef::default(),
            focus_back: false,
            asked: None,
            keys: None,
            state,
            act: ctx.link().callback(Msg::Act),
            lists,
            turns: Turns::default(),
            frame: None,
            dragged_to: None,
            last_frame_ms: None,
            drawn_at_ms: f64::MIN,
            drawing_ms: 0.0,
            drawn_frame_worked_ms: None,
            places: Places::new(),
            shown_on_root: None,
            notice_end: None,
            zones_asked: ZonesAsked::No,
            _listeners: listeners.into_iter().flatten().collect(),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let (mut draw, mut due) = (Draw::Now, Due::All);
        let good_news = self.good_news();
        match msg {
            Msg::Frame(at_ms) => {
                draw = self.frame(at_ms);
                due = self.due();
                self.run_twin();
            }
            Msg::Act(Action::Move(Move::To(time))) => {
                self.dragged_to = Some(time);
                draw = Draw::Later;
            }
            Msg::Act(action) => {
                if matches!(action, Action::TakeZones(_)) {
                    self.zones_asked = ZonesAsked::No;
                }
                self.act(action);
            }
            Msg::Press(shortcut) => match shortcut.action() {
                Some(action) => self.act(action),
                None => self.keys = Some(NodeRef::default()),
            },
            Msg::Use(Tool::Keys) => self.keys = Some(NodeRef::default()),
            Msg::Use(Tool::Projector) => browser::toggle_projector(),
            Msg::Use(Tool::Share) => self.share(ctx, ShareAct::Open),
            Msg::CloseKeys => {
                self.keys = None;
                browser::give_focus_back();
            }
            Msg::Share(act) => self.share(ctx, act),
        }
        self.remember();
        self.end_good_news(ctx, good_news);
        self.ask_for_frame(ctx);
        if draw == Draw::Now {
            self.turns.draw(due);
        }
        draw == Draw::Now
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let (state, act) = (&self.state, &self.act);
        let shown = transport::Shown {
            run: state.run_state(),
            speed: state.speed,
            clock: clock(state.cluster().elapsed_ms()),
            seed: state.cluster().scenario().seed,
            bar: time_bar(&state.timeline),
            marks: self.lists.marks.clone(),
            left_runs: state.left_runs().collect(),
            jump_to: state.jump_to,
            start: state.cluster().start(),
        };
        if self.layout == Layout::Embed {
            return html! {
                <div class="app embed">
                    { embed(state, act, sharing::whole_page()) }
                    { transport(&shown, act) }
                    { notice(state.notice.as_ref(), act) }
                </div>
            };
        }
        let share = ctx.link().callback(Msg::Share);
        let tools = ctx.link().callback(Msg::Use);
        let (lists, start) = (&self.lists, state.cluster().start());
        let is_answered = self.turns.is_due(Part::Setup) || self.turns.is_due(Part::Lead);
        let answer = is_answered.then(|| shown_answer(state)).flatten();
        html! {
            <div class="app">
                <div class="scroller">
                    { self.part(Part::Header, || header(state.gallery_id, state.is_changed(), act, &tools)) }
                    { self.part(Part::Setup, || page::setup(state, lists, answer.as_ref(), act)) }
                    <main class="main">
                        { self.part(Part::Lead, || page::lead(state, lists, answer.as_ref(), act)) }
                        { self.part(Part::Board, || page::board(state, act)) }
                        { self.part(Part::Timeline, || page::timeline(state, lists, act)) }
                    </main>
                    <aside class="right" aria-label="Outcome">
                        { self.part(Part::Outcome, || page::outcome(state, act)) }
                        { self.part(Part::Decisions, || page::decisions(state, lists, act)) }
                        { self.part(Part::Details, || details(state.detail_tab, state.log, lists, start, act)) }
                    </aside>
                </div>
                { transport(&shown, act) }
                { notice(state.notice.as_ref(), act) }
                <div class="dialogs">
                    { for self.sharing.iter().map(|sharing| share_dialog(sharing, &self.dialog, &share)) }
                    { for self.keys.iter().map(|node| keys_dialog(node, ctx.link().callback(|()| Msg::CloseKeys))) }
                </div>
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first_render: bool) {
        browser::play_moves(&std::mem::take(&mut self.places));
        self.show_on_root();
        self.ask_for_frame(ctx);
        self.ask_for_zones(ctx);
        self.show_dialog();
        self.keys.iter().for_each(browser::open_dialog);
        browser::keep_focus();
        self.show_answer();
        browser::paint_dots();
        self.turns.drawn();
    }
}

impl App {
    /// A part of the page, made anew only when it is due.
    fn part(&self, part: Part, make: impl FnOnce() -> Html) -> Html {
        let html = if self.turns.is_due(part) { make() } else { Html::default() };
        html! { <Drawn {html} stamp={self.turns.stamp(part)} /> }
    }

    fn act(&mut self, action: Action) {
        let run = self.state.run;
        // What has waited for the time zones is carried out when they come.
        let carried_out = if matches!(action, Action::TakeZones(_)) { self.state.waiting() } else { Some(&action) };
        let forgets_link = matches!(carried_out, Some(Action::ChooseScenario(_) | Action::Apply | Action::ReturnTo(_)));
        let lists_stay = matches!(action, Action::ScrollTimeline(_));
        self.state.update(action);
        if self.state.run != run && forgets_link {
            browser::set_fragment("");
        }
        if !self.state.is_playing() {
            self.last_frame_ms = None;
        }
        if lists_stay {
            self.lists.refresh_timeline(&self.state);
        } else {
            self.lists.refresh(&self.state, browser::now_ms());
        }
    }

    /// The text of a notice that goes by itself.
    fn good_news(&self) -> Option<String> {
        self.state.notice.as_ref().filter(|notice| notice.tone == NoticeTone::Good).map(|notice| notice.text.clone())
    }

    /// Sees to it that new good news goes after a while.
    fn end_good_news(&mut self, ctx: &Context<Self>, before: Option<String>) {
        let now = self.good_news();
        if now.is_some() && now != before {
            let link = ctx.link().clone();
            let dismiss = move || link.send_message(Msg::Act(Action::DismissGoodNews));
            self.notice_end = Some(browser::later(GOOD_NEWS_MS, dismiss));
        }
    }

    /// The time zones are fetched once the page has been drawn, and again when somebody tries again.
    fn ask_for_zones(&mut self, ctx: &Context<Self>) {
        if self.state.zones == Zones::Coming && self.zones_asked == ZonesAsked::No {
            self.zones_asked = ZonesAsked::Yes;
            ctx.link().send_future(async {
                let zones = if browser::load_zones().await { Zones::There } else { Zones::Failed };
                Msg::Act(Action::TakeZones(zones))
            });
        }
    }

    fn ask_for_frame(&mut self, ctx: &Context<Self>) {
        let moves = self.state.is_playing() || self.dragged_to.is_some() || self.state.twin_is_busy();
        if self.frame.is_none() && moves {
            let link = ctx.link().clone();
            self.frame = Some(browser::next_frame(move |at_ms| link.send_message(Msg::Frame(at_ms))));
        }
    }

    fn frame(&mut self, at_ms: f64) -> Draw {
        self.frame = None;
        if let Some(time) = self.dragged_to.take() {
            self.act(Action::seek(time));
            return Draw::Now;
        }
        let passed_ms = self.last_frame_ms.map_or(0.0, |last_ms| at_ms - last_ms);
        self.last_frame_ms = Some(at_ms);
        if let Some(worked_ms) = self.drawn_frame_worked_ms.take() {
            self.drawing_ms = (passed_ms - worked_ms).max(0.0);
        }
        let Some(goal) = self.state.begin_frame(passed_ms) else { return Draw::Now };
        let noticed = self.state.cluster().trace_count();
        let full_speed = self.state.speed == Speed::MAX || self.state.arrives_at().is_some();
        let begun_ms = browser::now_ms();
        let deadline_ms = begun_ms + if full_speed { FULL_SPEED_WORK_MS } else { FRAME_WORK_MS };
        while self.state.run_slice(goal) == Left::More && browser::now_ms() < deadline_ms {}
        self.state.end_frame();
        if self.state.cluster().trace_count() != noticed && self.state.speed.is_watchable() {
            self.places = browser::pod_places();
        }
        if !self.state.is_playing() {
            self.last_frame_ms = None;
        }
        let pause_ms = (DRAWING_SHARE * self.drawing_ms).clamp(DRAWN_EVERY_MS, LONGEST_PAUSE_MS);
        if self.state.is_playing() && full_speed && at_ms - self.drawn_at_ms < pause_ms {
            return Draw::Later;
        }
        self.drawn_at_ms = at_ms;
        self.drawn_frame_worked_ms = Some(browser::now_ms() - begun_ms);
        self.lists.refresh_calmly(&self.state, at_ms);
        Draw::Now
    }

    /// What a frame of a run draws.
    fn due(&self) -> Due {
        let crowd = self.state.cluster().api().pods().nth(CROWD).is_some();
        if crowd && self.state.is_playing() && self.state.speed != Speed::MAX { Due::InTurn } else { Due::All }
    }

    /// What a frame has left for the twin.
    fn run_twin(&mut self) {
        let deadline_ms = browser::now_ms() + TWIN_WORK_MS;
        while self.state.run_twin_slice() == Left::More && browser::now_ms() < deadline_ms {}
    }

    /// What was asked just now is answered in view, wherever on the page it was asked. Afterwards the focus goes back.
    fn show_answer(&mut self) {
        if self.asked != self.state.asked {
            self.asked.clone_from(&self.state.asked);
            match self.asked {
                Some(_) => browser::show_answer(),
                None => browser::give_focus_back(),
            }
        }
    }

    fn show_on_root(&mut self) {
        let (clock_ms, run) = (self.state.cluster().elapsed_ms(), self.state.run_state());
        let trace_length = self.state.cluster().trace_count();
        let shown = Shown { clock_ms, run, run_number: self.state.run, trace_length };
        if self.shown_on_root == Some(shown) {
            return;
        }
        let trace_digest = (run == RunState::Done).then(|| self.state.cluster().digest());
        browser::show_on_root(&RootState { clock_ms, state: run.as_str(), trace_digest });
        self.shown_on_root = Some(shown);
    }
}
