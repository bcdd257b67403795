//! The small button that takes away what it stands in, and the head that dialogs have with it.

use super::icons;
use crate::ui::browser;
use yew::prelude::*;

/// The button; `label` says what it does.
#[inline(never)]
pub fn close_button(label: &'static str, onclick: Callback<MouseEvent>) -> Html {
    html! { <button class="ghost square" aria-label={label} {onclick}>{ icons::close() }</button> }
}

/// The head of that dialog; `id` is that of its title.
pub fn dialog_head(dialog: &NodeRef, id: &'static str, title: &'static str) -> Html {
    let dialog = dialog.clone();
    let onclick = Callback::from(move |_: MouseEvent| browser::close_dialog(&dialog));
    html! { <div class="share-head"><h2 {id}>{ title }</h2>{ close_button("Close", onclick) }</div> }
}
