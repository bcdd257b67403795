//! The bar along the bottom: how far the run has come, and the marks on its way. Plain data.

use super::noted::{MarkKind, Noted};
use super::timeline::span_ms;
use crate::cluster::Cluster;

/// The bar has room for this many marks side by side.
const PLACES: f64 = 400.0;

/// The bar.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeBar {
    pub played_percent: f64,
    pub marks: Vec<PlacedMark>,
}

/// A mark and its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacedMark {
    pub percent: f64,
    pub kind: MarkKind,
}

/// The bar at this moment; marks that fall on each other are drawn once.
pub fn time_bar(cluster: &Cluster, noted: &Noted) -> TimeBar {
    let span = span_ms(cluster.elapsed_ms()) as f64;
    let share = |elapsed_ms: i64| elapsed_ms as f64 / span;
    let place = |elapsed_ms: i64| (share(elapsed_ms) * PLACES).round() as i64;
    let mut marks: Vec<(i64, MarkKind)> = Vec::new();
    for mark in noted.marks() {
        let placed = (place(mark.at.ms_since(cluster.start())), mark.kind);
        // Marks come in the order of time, so those at the same place are the last ones.
        if !marks.iter().rev().take_while(|other| other.0 == placed.0).any(|other| *other == placed) {
            marks.push(placed);
        }
    }
    TimeBar {
        played_percent: (share(cluster.elapsed_ms()) * 10_000.0).round() / 100.0,
        marks: marks
            .into_iter()
            .map(|(place, kind)| PlacedMark { percent: place as f64 * 100.0 / PLACES, kind })
            .collect(),
    }
}
