//! Pods that glide: where each stood before the page was drawn anew, and the way from there to where it stands now.

use crate::ui::words::decimal;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

/// More elements than this do not glide.
const MOST_MOVES: u32 = 120;
const GLIDE_MS: f64 = 260.0;

/// Where elements stand, by what they are called.
pub type Places = Vec<(String, (f64, f64))>;

/// What there is on the stage when its pods are too many to follow one: then none glides.
const CROWD: &str = "canvas.dots";

/// Where the pods on the stage stand; nothing when there are too many, or when the person wants no motion.
pub fn pod_places() -> Places {
    if wants_no_motion() {
        return Places::new();
    }
    let mut places = Places::new();
    for_each_pod(|name, element| {
        let at = element.get_bounding_client_rect();
        places.push((name, (at.left(), at.top())));
    });
    places
}

/// Lets every pod glide from its old place to its new one; new pods grow in.
pub fn play_moves(before: &Places) {
    if before.is_empty() {
        return;
    }
    for_each_pod(|name, element| {
        let Some((_, (old_left, old_top))) = before.iter().find(|(known, _)| *known == name) else { return };
        let at = element.get_bounding_client_rect();
        let (left, top) = (old_left - at.left(), old_top - at.top());
        if left.abs() + top.abs() > 2.0 {
            let zoom = zoom(&element);
            glide(&element, left / zoom, top / zoom);
        }
    });
}

fn glide(element: &HtmlElement, left: f64, top: f64) {
    let from = object(&[("transform", format!("translate({}px, {}px)", decimal(left), decimal(top)).into())]);
    let to = object(&[("transform", "none".into())]);
    let options = object(&[("duration", GLIDE_MS.into()), ("easing", "cubic-bezier(.2,.8,.3,1)".into())]);
    element.unchecked_ref::<Animated>().animate(&js_sys::Array::of2(&from, &to), &options);
}

/// How many pixels of the screen one of the element's own is.
fn zoom(element: &HtmlElement) -> f64 {
    js_sys::Reflect::get(element, &"currentCSSZoom".into()).ok().and_then(|zoom| zoom.as_f64()).unwrap_or(1.0)
}

fn object(fields: &[(&str, JsValue)]) -> js_sys::Object {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        // Setting a property of a fresh object cannot fail.
        let _ = js_sys::Reflect::set(&object, &(*name).into(), value);
    }
    object
}

#[wasm_bindgen]
extern "C" {
    /// An element that can be animated; web_sys does not offer that yet.
    type Animated;

    #[wasm_bindgen(method)]
    fn animate(this: &Animated, frames: &js_sys::Array, options: &js_sys::Object);
}

fn for_each_pod(mut call: impl FnMut(String, HtmlElement)) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    if document.query_selector(CROWD).ok().flatten().is_some() {
        return;
    }
    let Ok(found) = document.query_selector_all("[data-pod]") else { return };
    if found.length() > MOST_MOVES {
        return;
    }
    for place in 0..found.length() {
        let element = found.item(place).and_then(|node| node.dyn_into::<HtmlElement>().ok());
        if let Some((name, element)) = element.and_then(|element| Some((pod_name(&element)?, element))) {
            call(name, element);
        }
    }
}

fn pod_name(element: &Element) -> Option<String> {
    element.get_attribute("data-pod")
}

fn wants_no_motion() -> bool {
    let query =
        web_sys::window().and_then(|window| window.match_media("(prefers-reduced-motion: reduce)").ok().flatten());
    query.is_some_and(|query| query.matches())
}
