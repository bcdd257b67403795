//! A word to the person, until it is dismissed.

use super::close::close_button;
use super::on_click;
use crate::ui::state::{Action, Notice as Words, NoticeTone};
use yew::prelude::*;

pub fn notice(notice: Option<&Words>, act: &Callback<Action>) -> Html {
    html! {
        <div class="notices" role="status">
            { for notice.map(|notice| html! {
                <p class={classes!("notice", tone(notice.tone))}>
                    <span>{ notice.text.clone() }</span>
                    { close_button("Dismiss", on_click(act, Action::DismissNotice)) }
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
