//! The timeline as a picture: its axis, a row for each pod (or Job of a CronJob), and what the bars mean.

use super::Theme;
use super::picture::{MARGIN, TOP, WIDTH, heading};
use super::svg::{Area, Drawing};
use crate::ui::state::{State, TimelineScroll};
use crate::ui::view_model::cron_timeline::cron_timeline;
use crate::ui::view_model::timeline::{Bar, BarKind, StartKind, Timeline, timeline};
use crate::ui::words::grouped;

/// The newest rows are drawn, at most so many.
const MOST_ROWS: usize = 200;
const NAMES: f64 = 150.0;
const ROW: f64 = 20.0;
/// A stretch that is narrower has no sign.
const SIGN: f64 = 9.0;
/// Names longer than this end with dots, in characters.
const NAME_CHARS: usize = 20;

/// The timeline, as it is now, as SVG.
pub fn timeline_svg(state: &State, theme: Theme) -> String {
    let (cluster, noted, job) = (state.cluster(), state.noted(), state.job_uid());
    let scene = match state.shown_cron_job() {
        Some(notes) => cron_timeline(cluster, noted, notes, cluster.now(), job, TimelineScroll::Newest, MOST_ROWS),
        None => timeline(cluster, noted, cluster.now(), job, None, TimelineScroll::Newest, MOST_ROWS),
    };
    let mut drawing = Drawing::new();
    let title = heading(&mut drawing, state);
    let track = Track { x: MARGIN + NAMES, width: WIDTH - 2.0 * MARGIN - NAMES };
    let starts = if scene.starts.is_empty() { 0.0 } else { ROW };
    let first_row = TOP + ROW + starts;
    let bottom = first_row + scene.rows.len().max(1) as f64 * ROW;
    axis(&mut drawing, &scene, track, bottom);
    if starts > 0.0 {
        draw_starts(&mut drawing, &scene, track);
    }
    for (place, row) in scene.rows.iter().enumerate() {
        let y = first_row + place as f64 * ROW;
        drawing.titled(&row.title);
        drawing.text("mono fill-ink-2", MARGIN, y + 14.0, &shortened(&row.name));
        row.bars.iter().for_each(|bar| draw_bar(&mut drawing, bar, track, y));
        drawing.end();
    }
    let now = track.at(scene.playhead_percent);
    drawing.line("edge line-accent", (now, TOP), (now, bottom));
    legend(&mut drawing, &scene, bottom + 26.0);
    if scene.first > 0 {
        let left_out = format!("{} earlier rows are left out", grouped(scene.first as u64));
        drawing.text("fill-ink-2 end", WIDTH - MARGIN, bottom + 26.0, &left_out);
    }
    drawing.finish(&title, WIDTH, bottom + 26.0 + MARGIN, theme)
}

/// Where the time is drawn.
#[derive(Clone, Copy)]
struct Track {
    x: f64,
    width: f64,
}

impl Track {
    fn at(self, percent: f64) -> f64 {
        self.x + self.width * percent / 100.0
    }
}

fn axis(drawing: &mut Drawing, scene: &Timeline, track: Track, bottom: f64) {
    drawing.line("thin line-line", (MARGIN, TOP + ROW), (WIDTH - MARGIN, TOP + ROW));
    for tick in &scene.ticks {
        let x = track.at(tick.percent);
        drawing.line("thin line-line", (x, TOP), (x, bottom));
        drawing.text("fill-ink-2", x + 5.0, TOP + 14.0, &tick.label);
    }
}

fn draw_starts(drawing: &mut Drawing, scene: &Timeline, track: Track) {
    let y = TOP + ROW + 14.0;
    drawing.text("fill-ink-2", MARGIN, y, "starts");
    for start in &scene.starts {
        let class = match start.kind {
            StartKind::Fired => "small middle fill-succeeded",
            StartKind::Skipped => "b middle fill-backoff",
            StartKind::Missed => "b middle fill-failed",
            StartKind::ToCome | StartKind::WillPass => "small middle fill-ink-2",
            StartKind::ClocksOn | StartKind::ClocksBack => "b middle fill-ink-2",
        };
        drawing.titled(&start.title);
        drawing.text(class, track.at(start.percent), y, start.kind.sign());
        drawing.end();
    }
}

fn draw_bar(drawing: &mut Drawing, bar: &Bar, track: Track, y: f64) {
    let width = (track.width * bar.width_percent / 100.0).max(2.0);
    draw_stretch(drawing, bar.kind, Area { x: track.at(bar.from_percent), y: y + 5.0, width, height: 10.0 });
}

/// A stretch with the sign of its end, where there is room for it.
fn draw_stretch(drawing: &mut Drawing, kind: BarKind, area: Area) {
    drawing.rect(class(kind), area, 3.0);
    let sign = match kind {
        BarKind::Succeeded => "✓",
        BarKind::Failed => "✕",
        BarKind::Backoff
        | BarKind::NoNode
        | BarKind::Pulling
        | BarKind::NoImage
        | BarKind::Running
        | BarKind::Restart
        | BarKind::Terminating
        | BarKind::Lost => return,
    };
    if area.width >= SIGN {
        drawing.text("small b end fill-surface", area.x + area.width - 1.0, area.y + 8.5, sign);
    }
}

fn class(kind: BarKind) -> &'static str {
    match kind {
        BarKind::Backoff => "hatch",
        BarKind::NoNode => "none thin dashed line-pending",
        BarKind::Pulling => "fill-pending faint",
        BarKind::NoImage => "crosses",
        BarKind::Running => "fill-running",
        BarKind::Succeeded => "fill-succeeded",
        BarKind::Failed => "fill-failed",
        BarKind::Restart => "dots",
        BarKind::Terminating => "stripes",
        BarKind::Lost => "bands",
    }
}

fn legend(drawing: &mut Drawing, scene: &Timeline, y: f64) {
    let is_there = |kind: &BarKind| scene.rows.iter().any(|row| row.bars.iter().any(|bar| bar.kind == *kind));
    let mut x = MARGIN;
    for kind in BarKind::ALL.into_iter().filter(is_there) {
        draw_stretch(drawing, kind, Area { x, y: y - 10.0, width: 20.0, height: 10.0 });
        drawing.text("fill-ink-2", x + 26.0, y - 1.0, kind.words());
        x += 130.0;
    }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS {
        return name.to_owned();
    }
    name.chars().take(NAME_CHARS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::export::tests::at;

    #[test]
    fn rows_and_bars_are_those_of_the_page() {
        let state = at("one-shot-never", 90);
        let svg = timeline_svg(&state, Theme::Light);
        assert!(svg.contains("class=\"hatch\"") && svg.contains("class=\"fill-failed\""), "{svg}");
        assert!(svg.contains(">✕</text>") && !svg.contains(">✓</text>"), "{svg}");
        assert!(
            svg.contains(">pulling</text>") && svg.contains(">30 s</text>") || svg.contains(">1:00</text>"),
            "{svg}"
        );
    }

    #[test]
    fn a_cron_job_has_its_starts() {
        let svg = timeline_svg(&at("cron-forbid", 400), Theme::Dark);
        assert!(svg.contains(">starts</text>") && svg.contains("▲"), "{svg}");
    }

    #[test]
    fn long_names_are_shortened() {
        assert_eq!(shortened("short"), "short");
        assert_eq!(shortened("a-very-long-name-of-a-job-12345").chars().count(), NAME_CHARS);
    }
}
