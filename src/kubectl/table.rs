//! The tables that `kubectl get` prints: how cells line up, and how moments become ages. Knows no kinds of objects.

use super::duration::human_duration;
use crate::sim::Time;

/// Spaces between a column and the next.
const PADDING: usize = 3;
/// What a column takes at the least, its padding included.
const LEAST_WIDTH: usize = 6;

/// Which columns are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    Usual,
    /// Those of `-o wide` too.
    Wide,
}

/// Heads and rows as lines, each column as wide as its widest cell. Every row has a cell for every head.
// Models staging/src/k8s.io/cli-runtime/pkg/printers/tableprinter.go PrintObj
pub fn layout(heads: &[&str], rows: &[Vec<String>]) -> String {
    let width = |place: usize| {
        let cells = rows.iter().filter_map(|row| row.get(place));
        let widest = cells.map(|cell| cell.chars().count()).chain([heads[place].len()]).max().unwrap_or(0);
        LEAST_WIDTH.max(widest + PADDING)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let mut text = line(&widths, heads.iter().copied());
    for row in rows {
        text.push_str(&line(&widths, row.iter().map(String::as_str)));
    }
    text
}

fn line<'c>(widths: &[usize], cells: impl Iterator<Item = &'c str>) -> String {
    let mut line = String::new();
    for (place, (cell, width)) in cells.zip(widths).enumerate() {
        line.push_str(cell);
        if place + 1 < widths.len() {
            line.push_str(&" ".repeat(width - cell.chars().count()));
        }
    }
    line.push('\n');
    line
}

/// How long ago that was; `<unknown>` for a moment that is not known.
// Models pkg/printers/internalversion/printers.go translateTimestampSince
pub fn since(moment: Option<Time>, now: Time) -> String {
    moment.map_or_else(unknown, |moment| human_duration(now.ms_since(moment)))
}

/// How long it is until then; `<unknown>` for a moment that is not known.
// Models pkg/printers/internalversion/printers.go translateTimestampUntil
pub fn until(moment: Option<Time>, now: Time) -> String {
    moment.map_or_else(unknown, |moment| human_duration(moment.ms_since(now)))
}

fn unknown() -> String {
    "<unknown>".to_owned()
}

/// The text, or `<none>` when there is none.
pub fn or_none(text: Option<&str>) -> String {
    text.filter(|text| !text.is_empty()).unwrap_or("<none>").to_owned()
}
