//! The bar along the bottom: how far the run is known, where in it the playhead stands, and the marks on its way. Plain
//! data.

use super::noted::{Mark, MarkKind, Noted};
use super::timeline::span_ms;
use crate::cluster::Timeline;
use crate::sim::Time;
use crate::ui::words::{self, clock, clock_at};
use std::rc::Rc;

/// The bar has room for this many marks side by side.
const PLACES: f64 = 400.0;

/// The bar.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeBar {
    /// What the whole bar stands for, in milliseconds.
    pub span_ms: i64,
    /// Where the playhead stands, in milliseconds since the start of the run.
    pub now_ms: i64,
    pub played_percent: f64,
    pub known_percent: f64,
    /// How far the run is known.
    pub known: String,
    pub place: Place,
    /// Where the playhead stands, in words.
    pub text: String,
    /// The other futures, in words.
    pub futures: Vec<String>,
}

/// Where the playhead stands in what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    InThePast,
    AtTheEnd,
}

/// A mark and its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacedMark {
    pub percent: f64,
    pub kind: MarkKind,
    /// The first moment that it stands for.
    pub at: Time,
}

/// The bar at this moment.
pub fn time_bar(timeline: &Timeline<Noted>) -> TimeBar {
    let cluster = timeline.cluster();
    let (now_ms, known_ms) = (cluster.elapsed_ms(), known_ms(timeline));
    let span = span_ms(known_ms);
    let percent = |elapsed_ms: i64| (elapsed_ms as f64 / span as f64 * 10_000.0).round() / 100.0;
    let place = if timeline.is_in_past() { Place::InThePast } else { Place::AtTheEnd };
    let text = match place {
        Place::InThePast => format!("{}, in the past; known up to {}", clock(now_ms), clock(known_ms)),
        Place::AtTheEnd => format!("{}, the end of what is known", clock(now_ms)),
    };
    TimeBar {
        span_ms: span,
        now_ms,
        played_percent: percent(now_ms),
        known_percent: percent(known_ms),
        known: clock(known_ms),
        place,
        text,
        futures: futures(timeline),
    }
}

/// The marks on the bar; those that fall on each other are there once.
pub fn placed_marks(timeline: &Timeline<Noted>) -> Rc<[PlacedMark]> {
    let (start, span) = (timeline.cluster().start(), span_ms(known_ms(timeline)));
    let mut marks: Vec<(i64, Mark)> = Vec::new();
    for mark in timeline.known_notes().marks().iter() {
        let placed = ((mark.at.ms_since(start) as f64 / span as f64 * PLACES).round() as i64, *mark);
        // Marks come in the order of time, so those at the same place are the last ones.
        if !marks.iter().rev().take_while(|other| other.0 == placed.0).any(|other| other.1.kind == mark.kind) {
            marks.push(placed);
        }
    }
    let percent = |place: i64| place as f64 * 100.0 / PLACES;
    marks.into_iter().map(|(place, Mark { at, kind })| PlacedMark { percent: percent(place), kind, at }).collect()
}

fn known_ms(timeline: &Timeline<Noted>) -> i64 {
    timeline.known_end().ms_since(timeline.cluster().start())
}

/// Each future in a line: when it parts from this one, with what, and how far it is known.
fn futures(timeline: &Timeline<Noted>) -> Vec<String> {
    let moment = |at: Time| clock_at(timeline.cluster(), at);
    let line = |branch: crate::cluster::Branch| {
        let act = branch.act.as_ref().map_or_else(|| "nothing done".to_owned(), words::command);
        format!("fork at {}: {act}, to {}", moment(branch.parted_at), moment(branch.known_end))
    };
    timeline.branches().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Cluster, Command, gallery};

    #[test]
    fn the_bar_shows_what_is_known_before_and_behind_the_playhead() {
        let cluster = Cluster::new(gallery::entries()[0].scenario()).expect("a good scenario");
        let mut timeline = Timeline::new(cluster, Noted::default());
        let at = |seconds| crate::cluster::RUN_START.plus_seconds(seconds);
        timeline.run_until(at(24), usize::MAX);
        let (end, marks) = (time_bar(&timeline), placed_marks(&timeline));
        assert_eq!((end.place, end.played_percent, end.known_percent), (Place::AtTheEnd, 80.0, 80.0));
        assert_eq!(end.text, "00:24.0, the end of what is known");
        timeline.seek(at(6));
        let past = time_bar(&timeline);
        assert_eq!((past.place, past.played_percent, past.known_percent), (Place::InThePast, 20.0, 80.0));
        assert_eq!(past.text, "00:06.0, in the past; known up to 00:24.0");
        assert_eq!(placed_marks(&timeline), marks, "also those of the future");
        assert!(marks.iter().any(|mark| mark.kind == MarkKind::Decision && mark.percent > 20.0));
        timeline.act(Command::Suspend { job: "parallel".to_owned() }).expect("it can be done");
        assert_eq!(time_bar(&timeline).futures, ["fork at 00:06.0: nothing done, to 00:24.0"]);
        timeline.return_to(0);
        assert_eq!(time_bar(&timeline).futures, ["fork at 00:06.0: Suspend parallel, to 00:06.0"]);
    }
}
