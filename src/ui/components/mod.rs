//! The parts of the page. Each draws plain data and calls back with what the person did; none keeps anything but
//! what a person is just typing or dragging.
//!
//! Most parts are plain functions: the app draws all of them anew anyway. Components are those that keep something, or
//! that are long and change seldom.
//!
//! Children of an element are matched from the last to the first, and by their keys only where all have one. So a list
//! whose length changes stands in a fragment of its own, or what is before it would be made anew.

pub mod close;
pub mod cluster_panel;
pub mod control_loop;
pub mod cron_panel;
pub mod decisions;
pub mod details;
pub mod el;
pub mod header;
pub mod icons;
pub mod job_panel;
pub mod keys_dialog;
pub mod lane;
pub mod manifest_panel;
pub mod marks;
pub mod moment;
pub mod notice;
pub mod number_field;
pub mod part;
pub mod pod_card;
pub mod pod_settings;
pub mod queue_panel;
pub mod select;
pub mod share_dialog;
pub mod stage;
pub mod tabs;
pub mod timeline;
pub mod transport;
pub mod what_if;
pub mod why;

use yew::{Callback, MouseEvent};

/// Where the Tab key stops: at the first of many, from which arrows lead on.
fn stop(place: usize) -> &'static str {
    if place == 0 { "0" } else { "-1" }
}

/// Calls back with an action when something is clicked.
fn on_click<A: Clone + 'static>(act: &Callback<A>, action: A) -> Callback<MouseEvent> {
    act.reform(move |_: MouseEvent| action.clone())
}
