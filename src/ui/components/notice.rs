//! A word to the person, until it is dismissed.

use super::icons;
use crate::ui::state::{Action, Notice as Words, NoticeTone};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub notice: Option<Words>,
    pub act: Callback<Action>,
}

#[component]
pub fn Notice(props: &Props) -> Html {
    let dismiss = props.act.reform(|_: MouseEvent| Action::DismissNotice);
    html! {
        <div class="notices" role="status">
            { for props.notice.iter().map(|notice| html! {
                <p class={classes!("notice", tone(notice.tone))}>
                    <span>{ notice.text.clone() }</span>
                    <button class="ghost square" aria-label="Dismiss" onclick={dismiss.clone()}>{ icons::close() }</button>
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
