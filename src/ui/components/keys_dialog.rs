//! The sheet of keys: every shortcut with what it does. The browser's own dialog sees to the focus and to Escape.

use super::close::dialog_head;
use super::el::{el, text};
use crate::ui::shortcut::KEYS;
use yew::prelude::*;

/// What keys do where something has the focus.
const WITHIN: [(&str, &str); 5] = [
    ("Tab", "To the next part of the page"),
    ("← → ↑ ↓", "Among pods, rows, cards and tabs: to the one beside"),
    ("Enter", "Select it, or ask why"),
    ("Ctrl Enter", "In the manifest: apply it"),
    ("Ctrl ] or Ctrl [", "In the manifest: indent more or less"),
];

pub fn keys_dialog(node: &NodeRef, closed: Callback<()>) -> Html {
    // A key that asks for the same as the one before stands beside it.
    let mut lines: Vec<(String, &str)> = Vec::new();
    for key in &KEYS {
        match lines.last_mut() {
            Some((keys, says)) if *says == key.says => *keys = format!("{keys} or {}", key.name()),
            _ => lines.push((key.name(), key.says)),
        }
    }
    let anywhere = lines.into_iter().map(line).collect();
    let within = WITHIN.iter().map(|(keys, says)| line(((*keys).to_owned(), *says))).collect();
    html! {
        <dialog class="keys" ref={node.clone()} aria-labelledby="keys-title" closedby="any" onclose={closed.reform(|_| ())}>
            { dialog_head(node, "keys-title", "Keys") }
            { el("dl", "", anywhere) }
            { text("h3", "", "Where the focus is".to_owned()) }
            { el("dl", "", within) }
        </dialog>
    }
}

fn line((keys, says): (String, &str)) -> Html {
    el("div", "", vec![text("dt", "", keys), text("dd", "", says.to_owned())])
}
