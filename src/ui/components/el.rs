//! Elements made by plain calls. What `html!` writes out anew for every element is long; where an element has but a class
//! and text or children, this makes it with less to load.

use yew::prelude::*;
use yew::virtual_dom::VTag;

/// An element with a class (unless that is empty) and children.
#[inline(never)]
pub fn el(tag: &'static str, class: &'static str, children: Vec<Html>) -> Html {
    let mut element = VTag::new(tag);
    if !class.is_empty() {
        element.add_attribute("class", class);
    }
    for child in children {
        element.add_child(child);
    }
    element.into()
}

/// An element with a class (unless that is empty) and text.
#[inline(never)]
pub fn text(tag: &'static str, class: &'static str, text: String) -> Html {
    el(tag, class, vec![Html::from(text)])
}
