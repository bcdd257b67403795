//! The root element of the page (its state and theme), form fields, scrolling, and a fresh seed.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlDialogElement, HtmlElement, HtmlInputElement, HtmlSelectElement};
use yew::NodeRef;

/// Where the chosen theme is kept; `static/theme.js` reads it before the page is drawn.
const THEME_KEY: &str = "jobscope-theme";
/// Where it is kept that the page is on a projector.
const PROJECTOR_KEY: &str = "jobscope-projector";
/// What says so on the root element.
const PROJECTOR: &str = "data-projector";
/// The largest seed that is made up: short enough to be said aloud.
const LARGEST_SEED: f64 = 99_999.0;

/// What the root element tells about the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootState {
    /// Simulated milliseconds since the start of the run.
    pub clock_ms: i64,
    pub state: &'static str,
    /// A digest of the whole run, once it is over.
    pub trace_digest: Option<String>,
}

/// Writes the state of the run onto the root element.
pub fn show_on_root(state: &RootState) {
    if let Some(root) = root() {
        // Setting an attribute fails only for malformed names.
        let _ = root.set_attribute("data-clock-ms", &state.clock_ms.to_string());
        let _ = root.set_attribute("data-state", state.state);
        let _ = match &state.trace_digest {
            Some(digest) => root.set_attribute("data-trace-digest", digest),
            None => root.remove_attribute("data-trace-digest"),
        };
    }
}

/// Goes from light to dark or back, and remembers it.
pub fn toggle_theme() {
    let Some(root) = root() else { return };
    let theme = if is_dark() { "light" } else { "dark" };
    let _ = root.set_attribute("data-theme", theme);
    remember(THEME_KEY, theme);
    // Canvases know colours only from when they were painted.
    super::paint_dots();
}

/// Goes to the larger type for projectors or back, and remembers it.
pub fn toggle_projector() {
    let Some(root) = root() else { return };
    let wanted = if is_projector() { "no" } else { "yes" };
    let _ = root.set_attribute(PROJECTOR, wanted);
    remember(PROJECTOR_KEY, wanted);
}

/// Whether the page is on a projector.
pub fn is_projector() -> bool {
    root().and_then(|root| root.get_attribute(PROJECTOR)).as_deref() == Some("yes")
}

/// Whether the page is dark now.
pub fn is_dark() -> bool {
    root().and_then(|root| root.get_attribute("data-theme")).as_deref() == Some("dark")
}

/// Opens a dialog over the page, unless it is open.
pub fn open_dialog(node: &NodeRef) {
    if let Some(dialog) = node.cast::<HtmlDialogElement>()
        && !dialog.open()
    {
        // It fails only for a dialog that is open or not on the page.
        let _ = dialog.show_modal();
    }
}

/// Puts the focus on the element with that id.
pub fn focus(id: &str) {
    let element = web_sys::window().and_then(|window| window.document()?.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // It fails for no element that is on the page.
        let _ = element.focus();
    }
}

/// Closes a dialog.
pub fn close_dialog(node: &NodeRef) {
    if let Some(dialog) = node.cast::<HtmlDialogElement>() {
        dialog.close();
    }
}

/// A seed that nobody has chosen.
pub fn new_seed() -> u64 {
    (js_sys::Math::random() * LARGEST_SEED) as u64 + 1
}

/// What stands in the input that an event came from.
pub fn input_value(event: &Event) -> String {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    input.map(|input| input.value()).unwrap_or_default()
}

/// Where the slider stands that an event came from, as a whole number.
pub fn range_value(event: &web_sys::InputEvent) -> i64 {
    input_value(event).parse().unwrap_or(0)
}

/// What is chosen in the list that an event came from.
pub fn select_value(event: &Event) -> String {
    let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
    select.map(|select| select.value()).unwrap_or_default()
}

/// Chooses in a list, as a person would.
pub fn choose(node: &NodeRef, value: &str) {
    if let Some(select) = node.cast::<HtmlSelectElement>() {
        select.set_value(value);
    }
}

/// How far an element is scrolled down, and how far it could be, in pixels.
pub fn scroll_top(event: &Event) -> (f64, f64) {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    element.map_or((0.0, 0.0), |element| {
        (f64::from(element.scroll_top()), f64::from(element.scroll_height() - element.client_height()))
    })
}

/// Scrolls an element to the last of its rows, which are so high, in pixels. A row stands at its upper edge: below the
/// last one room is made as `--rest`.
pub fn scroll_to_last(node: &NodeRef, rows: usize, height: usize) {
    let Some(element) = node.cast::<HtmlElement>() else { return };
    let (rows_px, room) = ((rows * height) as i32, element.client_height());
    let top = whole_rows((rows_px - room).max(0), height);
    let rest = if top > 0 { top + room - rows_px } else { 0 };
    // It fails for no element that is on the page.
    let _ = element.set_attribute("style", &format!("--rest:{rest}px"));
    element.set_scroll_top(top);
}

/// Scrolls an element as little as brings that one of its rows, which are so high, into view, by whole rows; in pixels.
pub fn reveal(node: &NodeRef, row: usize, height: usize) {
    let Some(element) = node.cast::<HtmlElement>() else { return };
    let (first, room) = (element.scroll_top(), element.client_height());
    let (top, below) = ((row * height) as i32, ((row + 1) * height) as i32);
    if top < first {
        element.set_scroll_top(top);
    } else if below > first + room {
        element.set_scroll_top(whole_rows(below - room, height));
    }
}

/// As many pixels, or as few more as make whole rows.
fn whole_rows(px: i32, height: usize) -> i32 {
    let height = height as i32;
    (px + height - 1) / height * height
}

/// The attribute of that name of what an event came from, or of what is around that.
pub fn attribute(event: &Event, name: &str) -> Option<String> {
    let element = event.target()?.dyn_into::<Element>().ok()?;
    element.closest(&format!("[{name}]")).ok()??.get_attribute(name)
}

/// Storage may be forbidden; then the choice lasts as long as the page.
fn remember(key: &str, value: &str) {
    if let Some(storage) = super::files::storage() {
        let _ = storage.set_item(key, value);
    }
}

fn root() -> Option<Element> {
    web_sys::window()?.document()?.document_element()
}
