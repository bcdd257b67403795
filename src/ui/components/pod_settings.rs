//! The form that says what the pods do. A slider shows its value while it is dragged, and takes effect when let go.

use super::close::close_button;
use super::icons;
use super::number_field::NumberField;
use crate::sim::parse_decimal;
use crate::ui::browser;
use crate::ui::state::Action;
use crate::ui::view_model::pod_form as form;
use crate::ui::words::decimal;
use crate::workload::{ExitCode, PodSettings as Settings};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// Whose pods they are, when there are several Jobs.
    pub job: Option<AttrValue>,
    pub settings: Settings,
    pub seed: u64,
    pub act: Callback<Action>,
}

/// What a person does with the form.
#[derive(Clone, PartialEq)]
struct Hands {
    /// The settings as they are while something is dragged.
    shown: Settings,
    drag: Callback<Settings>,
    set: Callback<Settings>,
}

/// The form, and the settings as they are while something is dragged.
pub struct PodSettings {
    dragged: Option<Settings>,
}

/// What the form hears.
pub enum Msg {
    Drag(Settings),
    Set(Settings),
}

impl Component for PodSettings {
    type Message = Msg;
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Self { dragged: None }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Drag(settings) => self.dragged = Some(settings),
            Msg::Set(settings) => {
                self.dragged = None;
                ctx.props().act.emit(Action::SetPods(settings));
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let hands = Hands {
            shown: self.dragged.as_ref().unwrap_or(&props.settings).clone(),
            drag: ctx.link().callback(Msg::Drag),
            set: ctx.link().callback(Msg::Set),
        };
        let title = props.job.as_ref().map_or("What the pods do".into(), |job| format!("What the pods of {job} do"));
        html! {
            <section class="faults" aria-label="What the pods do">
                <h2>{ title }</h2>
                <p class="note">{ "Scripts and commands that are known here do what they say. How all others run and exit is set here, for what starts from now on." }</p>
                { failure_row(&hands) }
                { duration_row(&hands) }
                { exit_code_row(&hands) }
                { pull_row(&hands) }
                { trouble_row(&hands) }
                { missing_row(&hands) }
                { seed_row(props) }
            </section>
        }
    }
}

fn failure_row(hands: &Hands) -> Html {
    let settings = hands.shown.clone();
    let with = move |failure_percent: f64| Settings { failure_percent, ..settings.clone() };
    let percent = |event: &Event| parse_decimal(&browser::input_value(event)).unwrap_or(0.0);
    let number = {
        let with = with.clone();
        hands.set.reform(move |percent: f64| with(percent))
    };
    let change = {
        let with = with.clone();
        hands.set.reform(move |event: Event| with(percent(&event)))
    };
    let input = hands.drag.reform(move |event: InputEvent| with(percent(&event)));
    let shown = decimal(hands.shown.failure_percent);
    html! {
        <div class="form-row"><span class="muted">{ "Fails" }</span>
            <input type="range" aria-label="Fails, percent" min="0" max="100" step="1" value={shown.clone()}
                style={format!("--from:0%;--to:{shown}%")} oninput={input} onchange={change} />
            <span class="field"><NumberField label="Fails" value={shown.clone()} min="0" max="100" on_change={number} />{ " %" }</span>
        </div>
    }
}

fn duration_row(hands: &Hands) -> Html {
    let shown = &hands.shown;
    let (from, to) = (form::slider_place(shown.min_duration_ms), form::slider_place(shown.max_duration_ms));
    let thumb = |label: &'static str, place: u32, with: fn(Settings, u64) -> Settings| {
        let chosen = {
            let settings = shown.clone();
            move |event: &Event| {
                let place = browser::input_value(event).parse().unwrap_or(place);
                with(settings.clone(), form::slider_duration_ms(place))
            }
        };
        let input = {
            let chosen = chosen.clone();
            hands.drag.reform(move |event: InputEvent| chosen(&event))
        };
        let change = hands.set.reform(move |event: Event| chosen(&event));
        html! {
            <input type="range" aria-label={label} min="0" max={form::SLIDER_END.to_string()} value={place.to_string()}
                aria-valuetext={crate::ui::words::duration(form::slider_duration_ms(place) as i64)} oninput={input} onchange={change} />
        }
    };
    let seconds = |label: &'static str, shown_ms: u64, with: fn(Settings, u64) -> Settings| {
        let settings = shown.clone();
        let on_change =
            hands.set.reform(move |seconds: f64| with(settings.clone(), (seconds.max(0.0) * 1_000.0) as u64));
        html! { <NumberField {label} value={form::seconds_text(shown_ms)} min="0" {on_change} /> }
    };
    let percent = |place: u32| f64::from(place) * 100.0 / f64::from(form::SLIDER_END);
    html! {
        <div class="form-row"><span class="muted">{ "Runs for" }</span>
            <span class="two-thumbs" style={format!("--from:{}%;--to:{}%", decimal(percent(from)), decimal(percent(to)))}>
                { thumb("Runs for at least", from, form::with_min_duration) }
                { thumb("Runs for at most", to, form::with_max_duration) }
            </span>
            <span class="field">
                { seconds("Runs for at least, seconds", shown.min_duration_ms, form::with_min_duration) }{ "–" }
                { seconds("Runs for at most, seconds", shown.max_duration_ms, form::with_max_duration) }{ " s" }
            </span>
        </div>
    }
}

/// A change of the exit codes, with what stands in the field that asks for it.
type CodesChange = Box<dyn Fn(&mut Vec<ExitCode>, f64)>;

fn exit_code_row(hands: &Hands) -> Html {
    let codes = &hands.shown.exit_codes;
    let with = |change: CodesChange| {
        let settings = hands.shown.clone();
        move |number: f64| {
            let mut settings = settings.clone();
            change(&mut settings.exit_codes, number);
            settings
        }
    };
    let add = with(Box::new(|codes, _| codes.push(form::next_exit_code(codes))));
    html! {
        <div class="form-row exit-codes"><span class="muted">{ "Exit code" }</span>
            <span class="codes">
                { for codes.iter().enumerate().map(|(place, exit)| {
                    let set_code = hands.set.reform(with(Box::new(move |codes, code| codes[place].code = code as i32)));
                    let set_weight = hands.set.reform(with(Box::new(move |codes, weight| codes[place].weight = weight.max(1.0) as u32)));
                    let remove = with(Box::new(move |codes, _| {
                        codes.remove(place);
                    }));
                    html! {
                        <span class="code">
                            <NumberField label="Exit code" value={exit.code.to_string()} min="1" max="255" step="1" on_change={set_code} />
                            if codes.len() > 1 {
                                <span class="muted">{ "weight " }</span>
                                <NumberField label="How often, as a weight" value={exit.weight.to_string()} min="1" step="1" on_change={set_weight} />
                                <span class="muted num">{ format!("{} %", form::share_percent(codes, place)) }</span>
                                { close_button("Remove this exit code", hands.set.reform(move |_: MouseEvent| remove(0.0))) }
                            }
                        </span>
                    }
                }) }
            </span>
            <button class="ghost" aria-label="Add an exit code" onclick={hands.set.reform(move |_: MouseEvent| add(0.0))}>{ "+ add" }</button>
        </div>
    }
}

fn pull_row(hands: &Hands) -> Html {
    let settings = hands.shown.clone();
    let on_change = hands.set.reform(move |seconds: f64| {
        let image_pull_ms = (seconds.max(0.0) * 1_000.0) as u64;
        Settings { image_pull_ms, ..settings.clone() }
    });
    html! {
        <div class="form-row"><span class="muted">{ "Image pull" }</span>
            <span class="field"><NumberField label="Image pull, seconds" value={form::seconds_text(hands.shown.image_pull_ms)}
                min="0" {on_change} />{ " s" }</span>
            <span />
        </div>
    }
}

/// How often runs hang, and how often they take too much memory.
fn trouble_row(hands: &Hands) -> Html {
    let percent = |label: &'static str, shown: f64, with: fn(&mut Settings, f64)| {
        let settings = hands.shown.clone();
        let on_change = hands.set.reform(move |percent: f64| {
            let mut settings = settings.clone();
            with(&mut settings, percent);
            settings
        });
        html! { <NumberField {label} value={decimal(shown)} min="0" max="100" {on_change} /> }
    };
    html! {
        <div class="form-row"><span class="muted">{ "Hangs" }</span>
            <span class="field">{ percent("Hangs, percent", hands.shown.stuck_percent, |settings, percent| settings.stuck_percent = percent) }{ " %" }</span>
            <span class="field"><span class="muted">{ "OOMKilled " }</span>
                { percent("OOMKilled, percent", hands.shown.oom_percent, |settings, percent| settings.oom_percent = percent) }{ " %" }</span>
        </div>
    }
}

/// The images that no registry has.
fn missing_row(hands: &Hands) -> Html {
    let settings = hands.shown.clone();
    let onchange = hands.set.reform(move |event: Event| Settings {
        missing_images: browser::input_value(&event).split([',', ' ']).map(str::to_owned).collect(),
        ..settings.clone()
    });
    html! {
        <div class="form-row"><span class="muted">{ "No image" }</span>
            <input type="text" aria-label="Images that cannot be pulled" placeholder="images that cannot be pulled" value={hands.shown.missing_images.join(", ")} {onchange} />
            <span />
        </div>
    }
}

fn seed_row(props: &Props) -> Html {
    let set = props.act.reform(|seed: f64| Action::SetSeed(seed.max(0.0) as u64));
    let throw = props.act.reform(|_: MouseEvent| Action::SetSeed(browser::new_seed()));
    html! {
        <div class="form-row"><span class="muted">{ "Seed" }</span>
            <span class="field"><NumberField label="Seed" value={props.seed.to_string()} min="0" step="1" on_change={set} />
                <button class="ghost square" aria-label="New seed" title="A new seed, a new run" onclick={throw}>{ icons::dice() }</button></span>
            <span />
        </div>
    }
}
