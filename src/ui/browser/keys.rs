//! Keys that work anywhere on the page, unless what has the focus wants them for itself.

use crate::ui::shortcut::{Shift, Shortcut};
use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// Something that listens until it is dropped.
pub struct Listener {
    _inner: EventListener,
}

impl Listener {
    pub(super) fn of(inner: EventListener) -> Self {
        Self { _inner: inner }
    }
}

/// Elements that use Space or the arrows themselves.
const BUSY: &str = "input, textarea, select, button, a, summary, [contenteditable], [role=tab], [tabindex]:not(body)";
/// Elements that use Space, but not the arrows.
const BUTTONS: &str = "button, a, summary";

/// The time bar: there keys do what they do anywhere.
const SCRUBS: &str = ".scrub";
/// Elements that take what is typed.
const TEXTS: &str = "input:not([type=range], [type=radio]), textarea, select, [contenteditable]";

/// Calls back for every shortcut whose key is pressed where nothing else wants it.
pub fn on_shortcut(call: impl Fn(Shortcut) + 'static) -> Option<Listener> {
    let window = web_sys::window()?;
    let options = EventListenerOptions::enable_prevent_default();
    let listener = EventListener::new_with_options(&window, "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        if let Some(shortcut) = shortcut(event) {
            event.prevent_default();
            call(shortcut);
        }
    });
    Some(Listener::of(listener))
}

fn shortcut(event: &KeyboardEvent) -> Option<Shortcut> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
        return None;
    }
    // Over an open dialog all keys are the dialog's.
    if web_sys::window()?.document()?.query_selector("dialog[open]").ok().flatten().is_some() {
        return None;
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let within =
        |selector: &str| target.as_ref().is_some_and(|element| element.closest(selector).ok().flatten().is_some());
    let held = if event.shift_key() { Shift::Down } else { Shift::Up };
    let asked = Shortcut::of(&event.key(), held)?;
    let is_free = match asked {
        _ if within(SCRUBS) => true,
        Shortcut::Close => !within("[contenteditable], select"),
        _ if asked.is_arrow() => !within(BUSY) || (within(BUTTONS) && !within("[role=tab]")),
        Shortcut::SkipWait | Shortcut::Faster | Shortcut::Slower | Shortcut::Keys => !within(TEXTS),
        _ => !within(BUSY),
    };
    is_free.then_some(asked)
}
