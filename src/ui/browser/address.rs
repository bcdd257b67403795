//! The page's address and the clipboard.

use super::keys::Listener;
use gloo_events::EventListener;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// The part of the address from its `#` on; empty when there is none.
pub fn fragment() -> String {
    location().and_then(|location| location.hash().ok()).unwrap_or_default()
}

/// The part of the address between its `?` and its `#`; empty when there is none.
pub fn query() -> String {
    location().and_then(|location| location.search().ok()).unwrap_or_default()
}

/// Puts a fragment into the address bar without leaving the page; an empty one takes it away.
pub fn set_fragment(fragment: &str) {
    let Some(history) = web_sys::window().and_then(|window| window.history().ok()) else { return };
    let address = format!("{}{}{fragment}", page_address(), query());
    // A page opened from a file may not do this; then the address bar stays as it is.
    let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
}

/// The page's address without its query and its fragment.
pub fn page_address() -> String {
    let href = location().and_then(|location| location.href().ok()).unwrap_or_default();
    href.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// Copies a text, then says whether the browser has let it be copied.
pub fn copy(text: String, done: impl FnOnce(bool) + 'static) {
    let Some(window) = web_sys::window() else { return done(false) };
    if !window.is_secure_context() {
        return done(false);
    }
    let promise = window.navigator().clipboard().write_text(&text);
    spawn_local(async move { done(JsFuture::from(promise).await.is_ok()) });
}

/// Calls back with the new fragment whenever a person changes it.
pub fn on_fragment_change(call: impl Fn(String) + 'static) -> Option<Listener> {
    let window = web_sys::window()?;
    Some(Listener::of(EventListener::new(&window, "hashchange", move |_| call(fragment()))))
}

fn location() -> Option<web_sys::Location> {
    web_sys::window().map(|window| window.location())
}
