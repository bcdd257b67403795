//! A moment that is one press away: a button that takes the playhead there. It knows no more of the moment than its time.

use super::on_click;
use crate::sim::Time;
use crate::ui::state::Action;
use crate::ui::words::clock;
use yew::prelude::*;

/// A moment, and when the run started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub at: Time,
    pub start: Time,
}

impl Moment {
    /// `Go to 00:12.3`.
    pub fn title(self) -> String {
        format!("Go to {}", clock(self.at.ms_since(self.start)))
    }
}

/// The button with those words on it.
#[inline(never)]
pub fn go_to(moment: Moment, words: String, act: &Callback<Action>) -> Html {
    let onclick = on_click(act, Action::seek(moment.at));
    html! { <button class="go num" title={moment.title()} {onclick}>{ words }</button> }
}
