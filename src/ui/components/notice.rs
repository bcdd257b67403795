//! A word to the person, until it is dismissed.

use super::{icons, on_click};
use crate::ui::state::{Action, Notice as Words, NoticeTone};
use yew::prelude::*;

pub fn notice(notice: Option<&Words>, act: &Callback<Action>) -> Html {
    html! {
        <div class="notices" role="status">
            { for notice.map(|notice| html! {
                <p class={classes!("notice", tone(notice.tone))}>
                    <span>{ notice.text.clone() }</span>
                    <button class="ghost square" aria-label="Dismiss" onclick={on_click(act, Action::DismissNotice)}>{ icons::close() }</button>
                </p>
            }) }
        </div>
    }
}

fn tone(tone: NoticeTone) -> &'static str {
    match tone {
        NoticeTone::Good => "good",
        NoticeTone::Bad => "bad",
    }
}
