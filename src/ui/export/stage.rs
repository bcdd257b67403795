//! The stage as a picture: the lanes of the page beside each other, as high as the fullest of them.

use super::Theme;
use super::picture::{MARGIN, TOP, WIDTH, heading};
use super::svg::{Area, Drawing};
use crate::ui::state::State;
use crate::ui::view_model::pods::{Can, PodLook, PodTile};
use crate::ui::view_model::stage::{Dots, Lane, LaneKind, TileSize, stage};

const GAP: f64 = 10.0;
const PADDING: f64 = 10.0;
const LINE: f64 = 18.0;

/// The stage, as it is now, as SVG.
pub fn stage_svg(state: &State, theme: Theme) -> String {
    let scene = stage(state.cluster(), state.job_uid(), state.pod);
    let mut drawing = Drawing::new();
    let title = heading(&mut drawing, state);
    let weights = scene.lanes.iter().map(|lane| weight(lane.kind)).sum::<f64>();
    let room = WIDTH - 2.0 * MARGIN - GAP * (scene.lanes.len().saturating_sub(1)) as f64;
    let width_of = |lane: &Lane| room * weight(lane.kind) / weights;
    let height = scene.lanes.iter().map(|lane| inside(lane, width_of(lane))).fold(120.0, f64::max) + 2.0 * PADDING;
    let mut x = MARGIN;
    for lane in &scene.lanes {
        let width = width_of(lane);
        draw_lane(&mut drawing, lane, Area { x, y: TOP + LINE, width, height });
        x += width + GAP;
    }
    drawing.finish(&title, WIDTH, TOP + LINE + height + MARGIN, theme)
}

/// The share of the width that a lane has.
fn weight(kind: LaneKind) -> f64 {
    match kind {
        LaneKind::ToCreate | LaneKind::Pending | LaneKind::Terminating => 1.0,
        LaneKind::Running | LaneKind::Failed => 1.9,
        LaneKind::Succeeded => 2.2,
    }
}

/// The side of a tile and the gap behind it.
fn tile_size(size: TileSize) -> (f64, f64) {
    match size {
        TileSize::Large => (44.0, 8.0),
        TileSize::Middle => (28.0, 5.0),
        TileSize::Small => (20.0, 4.0),
    }
}

/// How many tiles stand beside each other, and how many rows of them there are.
fn grid(lane: &Lane, width: f64) -> (usize, usize) {
    let (side, gap) = tile_size(lane.size);
    let columns = (((width - 2.0 * PADDING + gap) / (side + gap)) as usize).max(1);
    let tiles = lane.tiles.len() + usize::try_from(lane.free).unwrap_or(0);
    (columns, tiles.div_ceil(columns))
}

/// How much height a lane needs for what stands in it.
fn inside(lane: &Lane, width: f64) -> f64 {
    let (side, gap) = tile_size(lane.size);
    let wait = if lane.wait.is_some() { 2.0 * LINE } else { 0.0 };
    let dots = lane.dots.as_ref().map_or(0.0, |dots| dot_field(dots, width).1 + GAP);
    let strikes = if lane.strikes.is_some() { LINE + 4.0 } else { 0.0 };
    let notes = notes(lane, width).len() as f64;
    wait + grid(lane, width).1 as f64 * (side + gap) + dots + notes * LINE + strikes
}

fn draw_lane(drawing: &mut Drawing, lane: &Lane, area: Area) {
    drawing.text("b fill-ink", area.x, area.y - 7.0, lane.kind.heading());
    drawing.text("fill-ink-2 end", area.x + area.width, area.y - 7.0, &lane.count);
    drawing.rect("fill-sunken", area, 10.0);
    let (x, mut y) = (area.x + PADDING, area.y + PADDING);
    if let Some(wait) = &lane.wait {
        drawing.text("b fill-backoff", x, y + 12.0, "Back-off");
        drawing.text("mono fill-backoff", x, y + 12.0 + LINE, &wait.left);
        y += 2.0 * LINE;
    }
    let (side, gap) = tile_size(lane.size);
    let (columns, rows) = grid(lane, area.width);
    for place in 0..lane.tiles.len() + usize::try_from(lane.free).unwrap_or(0) {
        let (column, row) = ((place % columns) as f64, (place / columns) as f64);
        let tile = Area { x: x + column * (side + gap), y: y + row * (side + gap), width: side, height: side };
        match lane.tiles.get(place) {
            Some(pod) => draw_pod(drawing, pod, tile),
            None => drawing.rect("none edge dashed line-seat", shrunk(tile), side * 0.25),
        }
    }
    y += rows as f64 * (side + gap);
    if let Some(dots) = &lane.dots {
        y += draw_dots(drawing, dots, lane.kind, Area { x, y, ..area }) + GAP;
    }
    for note in notes(lane, area.width) {
        drawing.text("fill-ink-2", x, y + 12.0, &note);
        y += LINE;
    }
    if let Some(strikes) = lane.strikes {
        for strike in 0..strikes.of {
            let class = if strike < strikes.struck { "fill-failed" } else { "none thin line-failed" };
            drawing.rect(class, Area { x: x + f64::from(strike) * 17.0, y: y + 3.0, width: 13.0, height: 13.0 }, 4.0);
        }
    }
}

/// What stands below the tiles, in lines that fit.
fn notes(lane: &Lane, width: f64) -> Vec<String> {
    let each = lane.dots.as_ref().filter(|dots| dots.pods_each > 1);
    let each = each.map(|dots| format!("one dot stands for {} pods", dots.pods_each)).unwrap_or_default();
    let letters = ((width - 2.0 * PADDING) / 6.2) as usize;
    let mut lines: Vec<String> = Vec::new();
    for text in [&each, &lane.note] {
        let mut line = String::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && line.chars().count() + word.chars().count() >= letters {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// The area inside an edge two pixels wide.
fn shrunk(area: Area) -> Area {
    Area { x: area.x + 1.0, y: area.y + 1.0, width: area.width - 2.0, height: area.height - 2.0 }
}

fn draw_pod(drawing: &mut Drawing, pod: &PodTile, area: Area) {
    let (shape, ink, radius, sign) = look(pod.look);
    let sign = if pod.silent == Can::Yes { "!" } else { sign };
    drawing.titled(&pod.title);
    drawing.rect(shape, shrunk(area), area.width * radius);
    let middle = (area.x + area.width / 2.0, area.y + area.height / 2.0);
    let (bottom, right) = (area.y + area.height, area.x + area.width);
    let badge = |top: f64| Area { x: right - 12.0, y: top, width: 17.0, height: 17.0 };
    if area.width < 28.0 {
        drawing.text(ink, middle.0, middle.1 + 4.0, sign);
    } else {
        drawing.text(ink, middle.0, middle.1 + 4.0, &pod.label);
        if !sign.is_empty() && area.width > 30.0 {
            drawing.rect(filled(pod.look), badge(bottom - 12.0), 9.0);
            drawing.text("small b middle fill-surface", right - 3.5, bottom + 0.5, sign);
        }
        if pod.restarts > 0 && area.width > 30.0 {
            drawing.rect(filled(pod.look), Area { width: 21.0, ..badge(area.y - 6.0) }, 9.0);
            drawing.text("small b middle fill-surface", right - 1.5, area.y + 6.5, &format!("↻{}", pod.restarts));
        }
    }
    drawing.end();
}

/// The class of a pod's shape, that of its text, how round it is, and its sign.
fn look(look: PodLook) -> (&'static str, &'static str, f64, &'static str) {
    match look {
        PodLook::Pending => ("fill-pending-soft line-pending edge dashed", "mono middle fill-pending", 0.27, ""),
        PodLook::Running => ("fill-running-soft line-running edge", "mono middle fill-running", 0.27, ""),
        PodLook::CrashLoop => ("fill-backoff-soft line-backoff edge dotted", "mono middle fill-backoff", 0.27, "↻"),
        PodLook::Succeeded => ("fill-succeeded-soft line-succeeded edge", "mono middle fill-succeeded", 0.27, "✓"),
        PodLook::Failed => ("fill-failed-soft line-failed edge", "mono middle fill-failed", 0.12, "✕"),
        PodLook::Terminating => {
            ("fill-terminating-soft line-terminating edge", "mono middle fill-terminating", 0.4, "…")
        }
    }
}

fn filled(look: PodLook) -> &'static str {
    match look {
        PodLook::Pending => "fill-pending",
        PodLook::Running => "fill-running",
        PodLook::CrashLoop => "fill-backoff",
        PodLook::Succeeded => "fill-succeeded",
        PodLook::Failed => "fill-failed",
        PodLook::Terminating => "fill-terminating",
    }
}

/// The side of a dot's place, and the height of the whole field.
fn dot_field(dots: &Dots, width: f64) -> (f64, f64) {
    let side = (width - 2.0 * PADDING) / dots.columns.max(1) as f64;
    (side, dots.places.div_ceil(dots.columns.max(1)) as f64 * side)
}

/// Draws the field of dots, and returns its height.
fn draw_dots(drawing: &mut Drawing, dots: &Dots, kind: LaneKind, area: Area) -> f64 {
    let (side, height) = dot_field(dots, area.width);
    let class = match kind {
        LaneKind::ToCreate => "fill-seat",
        LaneKind::Pending => "fill-pending",
        LaneKind::Running => "fill-running",
        LaneKind::Succeeded => "fill-succeeded",
        LaneKind::Failed => "fill-failed",
        LaneKind::Terminating => "fill-terminating",
    };
    for place in 0..dots.places {
        let (column, row) = (place % dots.columns.max(1), place / dots.columns.max(1));
        let (x, y) = (area.x + column as f64 * side, area.y + row as f64 * side);
        let class = if place < dots.filled { class } else { "faint fill-seat" };
        drawing.rect(class, Area { x, y, width: side * 0.7, height: side * 0.7 }, side * 0.2);
    }
    height
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::export::tests::at;

    #[test]
    fn every_pod_on_stage_is_in_the_picture() {
        let state = at("parallel", 30);
        let svg = stage_svg(&state, Theme::Light);
        let pods: Vec<_> = state.cluster().history().pods().collect();
        assert!(pods.len() >= 5);
        assert!(pods.iter().all(|pod| svg.contains(&format!("<title>{}: ", pod.name))));
        assert!(svg.contains("job/parallel · Running") && svg.contains("00:30.0 after 2026-01-01T00:00:00Z"));
    }

    #[test]
    fn the_picture_of_many_pods_stays_of_bounded_size() {
        let mut state = at("parallel", 0);
        let manifest = state
            .manifest
            .replace("parallelism: 5", "parallelism: 2000")
            .replace("completions: 10", "completions: 9000");
        state.update(crate::ui::state::Action::Edit(manifest));
        state.update(crate::ui::state::Action::Apply);
        assert_eq!(state.problems.len(), 0);
        state.timeline.run_until(state.cluster().start().plus_seconds(25), usize::MAX);
        state.end_frame();
        let svg = stage_svg(&state, Theme::Dark);
        assert!(svg.contains("pods</text>") && svg.len() < 1_000_000, "{}", svg.len());
    }

    #[test]
    fn a_page_without_a_job_has_a_picture_too() {
        let svg = stage_svg(&at("cron-hello", 5), Theme::Light);
        assert!(svg.contains("cronjob/hello") && svg.ends_with("</svg>\n"), "{svg}");
    }
}
