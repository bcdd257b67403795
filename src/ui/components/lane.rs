//! A lane of the stage: its pods, its free seats, and what stands below them.

use super::{on_click, stop};
use crate::api::Uid;
use crate::ui::state::Action;
use crate::ui::view_model::answers::{JobAsk, Question};
use crate::ui::view_model::pods::{PodLook, PodTile};
use crate::ui::view_model::stage::{Dots, Lane, LaneKind, Strikes, TileSize};
use crate::ui::words::count;
use yew::prelude::*;

pub fn lane(lane: &Lane, job: Option<Uid>, act: &Callback<Action>) -> Html {
    let ask = |ask: JobAsk| on_click(act, Action::Ask(job.map(|job| Question::Job(job, ask))));
    let (seat_label, about_seat) = match lane.kind {
        LaneKind::Succeeded => ("Why is this place free?", ask(JobAsk::Completion)),
        LaneKind::ToCreate | LaneKind::Pending | LaneKind::Running | LaneKind::Failed | LaneKind::Terminating => {
            ("Why is this seat empty?", ask(JobAsk::EmptySeat))
        }
    };
    html! {
        <div key={lane.kind.heading()} class={classes!("lane", class(lane.kind), size(lane.size))}>
            <h2>{ lane.kind.heading() }<em>{ lane.count.clone() }</em></h2>
            <div class={classes!("box", lane.dots.is_some().then_some("dense"))}>
                { for lane.wait.iter().map(|wait| html! {
                    <button class="wait" title="Why?" onclick={ask(JobAsk::Backoff)}><span>{ "Backoff" }</span><b class="num">{ wait.left.clone() }</b></button>
                }) }
                <div class="tiles">
                    { for lane.tiles.iter().enumerate().map(|(place, tile)| pod(place, tile, act)) }
                    if lane.free > 0 {
                        <button class="seat" tabindex={stop(lane.tiles.len())} aria-label={seat_label} title={seat_label} onclick={about_seat.clone()} />
                    }
                    { for (1..lane.free).map(|_| html! { <span class="seat" onclick={about_seat.clone()} /> }) }
                </div>
                { for lane.dots.map(|it| dots(it, class(lane.kind))) }
                { for lane.dots.filter(|it| it.pods_each > 1).map(|it| html! {
                    <p class="note">{ format!("one dot stands for {} pods", it.pods_each) }</p>
                }) }
                if !lane.note.is_empty() {
                    <p class="note">{ lane.note.clone() }</p>
                }
                { for lane.strikes.map(|it| strikes(it, ask(JobAsk::NotFailed))) }
            </div>
        </div>
    }
}

/// The tile that has that place in its lane.
fn pod(place: usize, tile: &PodTile, act: &Callback<Action>) -> Html {
    let uid = tile.uid;
    let next = (!tile.selected).then_some(uid);
    let onclick = on_click(act, Action::SelectPod(next));
    html! {
        <button key={uid.0} class={classes!("pod", look(tile.look))} data-pod={tile.name.to_string()} data-phase={tile.look.phase()}
            tabindex={stop(place)} aria-pressed={tile.selected.to_string()} aria-label={format!("Pod {}", tile.title)} title={tile.title.clone()} {onclick}>
            <span class="label">{ tile.label.clone() }</span>
            { for tile.progress_percent.map(ring) }
            { for sign(tile.look).map(|sign| html! { <i class="sign" aria-hidden="true"><b>{ sign }</b></i> }) }
            if tile.restarts > 0 {
                <i class="restarts" aria-hidden="true"><b>{ format!("↻{}", tile.restarts) }</b></i>
            }
        </button>
    }
}

fn ring(percent: u8) -> Html {
    html! {
        <svg viewBox="0 0 44 44" aria-hidden="true">
            <rect x="1" y="1" width="42" height="42" rx="11" fill="none" stroke="currentColor" stroke-width="2.5"
                pathLength="100" stroke-dasharray={format!("{percent} 100")} />
        </svg>
    }
}

/// All dots at once, however many: two rectangles filled with a pattern.
fn dots(dots: Dots, lane: &str) -> Html {
    let Dots { filled, places, pods_each, columns } = dots;
    let rows = places.div_ceil(columns).max(1);
    let (free_id, filled_id) = (format!("free-{lane}"), format!("filled-{lane}"));
    let field = |number: u64, pattern: &str| {
        let fill = format!("url(#{pattern})");
        let (full, rest) = (number / columns, number % columns);
        html! {
            <>
                <rect width={columns.to_string()} height={full.to_string()} fill={fill.clone()} />
                <rect y={full.to_string()} width={rest.to_string()} height="1" {fill} />
            </>
        }
    };
    let each = if pods_each > 1 { format!(", {pods_each} pods each") } else { String::new() };
    html! {
        <svg class="dots" viewBox={format!("0 0 {columns} {rows}")} role="img"
            aria-label={format!("{} of {}{each}", count(filled, "dot"), count(places, "dot"))}>
            <defs>
                <pattern id={free_id.clone()} width="1" height="1" patternUnits="userSpaceOnUse">
                    <rect class="free" x=".14" y=".14" width=".72" height=".72" rx=".2" />
                </pattern>
                <pattern id={filled_id.clone()} width="1" height="1" patternUnits="userSpaceOnUse">
                    <rect class="filled" x=".1" y=".1" width=".8" height=".8" rx=".24" />
                </pattern>
            </defs>
            { field(places, &free_id) }
            { field(filled, &filled_id) }
        </svg>
    }
}

fn strikes(strikes: Strikes, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button class="strikes" title="Why not failed?" {onclick}
            aria-label={format!("{} of {} used up. Why?", strikes.struck, count(u64::from(strikes.of), "strike"))}>
            { for (0..strikes.of.max(strikes.struck.min(strikes.of + 1))).map(|place| html! {
                <i class={classes!((place < strikes.struck).then_some("struck"))} />
            }) }
        </button>
    }
}

fn class(kind: LaneKind) -> &'static str {
    match kind {
        LaneKind::ToCreate => "to-create",
        LaneKind::Pending => "pending",
        LaneKind::Running => "running",
        LaneKind::Succeeded => "succeeded",
        LaneKind::Failed => "failed",
        LaneKind::Terminating => "terminating",
    }
}

fn size(size: TileSize) -> &'static str {
    match size {
        TileSize::Large => "large",
        TileSize::Middle => "middle",
        TileSize::Small => "small",
    }
}

fn look(look: PodLook) -> &'static str {
    match look {
        PodLook::Pending => "is-pending",
        PodLook::Running => "is-running",
        PodLook::CrashLoop => "is-crash-loop",
        PodLook::Succeeded => "is-succeeded",
        PodLook::Failed => "is-failed",
        PodLook::Terminating => "is-terminating",
    }
}

fn sign(look: PodLook) -> Option<&'static str> {
    match look {
        PodLook::Succeeded => Some("✓"),
        PodLook::Failed => Some("✕"),
        PodLook::CrashLoop => Some("!"),
        PodLook::Terminating => Some("–"),
        PodLook::Pending | PodLook::Running => None,
    }
}
