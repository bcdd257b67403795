//! A lane of the stage: its pods, its free seats, and what stands below them.

use super::{on_click, stop};
use crate::api::Uid;
use crate::ui::browser;
use crate::ui::state::Action;
use crate::ui::view_model::answers::{JobAsk, Question};
use crate::ui::view_model::pods::{Can, PodLook, PodTile};
use crate::ui::view_model::stage::{Dots, Lane, LaneKind, Strikes, TileSize};
use crate::ui::words::count;
use yew::prelude::*;

pub fn lane(lane: &Lane, job: Option<Uid>, act: &Callback<Action>) -> Html {
    let ask = |ask: JobAsk| on_click(act, Action::Ask(job.map(|job| Question::Job(job, ask))));
    let (seat_label, about_seat) = match lane.kind {
        LaneKind::Succeeded => ("Why is this place free?", ask(JobAsk::Completion)),
        LaneKind::Running if lane.kept > 0 => ("Its pod is pending. Why?", ask(JobAsk::EmptySeat)),
        LaneKind::ToCreate | LaneKind::Pending | LaneKind::Running | LaneKind::Failed | LaneKind::Terminating => {
            ("Why is this seat empty?", ask(JobAsk::EmptySeat))
        }
    };
    let seat = |place: u64| if place < lane.kept { "seat kept" } else { "seat" };
    html! {
        <div key={lane.kind.heading()} class={classes!("lane", class(lane.kind), size(lane.size))}>
            <h2>{ lane.kind.heading() }<em>{ lane.count.clone() }</em></h2>
            <div class={classes!("box", lane.dots.is_some().then_some("dense"))}>
                { for lane.wait.iter().map(|wait| html! {
                    <button class="wait" title="Why?" onclick={ask(JobAsk::Backoff)}><span>{ "Back-off" }</span><b class="num">{ wait.left.clone() }</b></button>
                }) }
                <div class="tiles">
                    <>{ for lane.tiles.iter().enumerate().map(|(place, tile)| pod(place, tile, act)) }</>
                    if lane.free > 0 {
                        <button class={seat(0)} tabindex={stop(lane.tiles.len())} aria-label={seat_label} title={seat_label} onclick={about_seat.clone()} />
                    }
                    <>{ for (1..lane.free).map(|place| html! { <span class={seat(place)} onclick={about_seat.clone()} /> }) }</>
                </div>
                { for lane.dots.iter().map(|it| dots(it, lane.kind, act)) }
                { for lane.dots.iter().filter(|it| it.pods_each > 1).map(|it| html! {
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
        <button key={uid.0} class={classes!("pod", look(tile.look), (tile.silent == Can::Yes).then_some("is-silent"))} data-pod={tile.name.to_string()} data-phase={tile.look.phase()}
            tabindex={stop(place)} aria-pressed={tile.selected.to_string()} aria-label={format!("Pod {}, {}", tile.label, tile.title)} title={tile.title.clone()} {onclick}>
            <span class="label">{ tile.label.clone() }</span>
            { for tile.progress_percent.map(ring) }
            { for sign(tile).map(|sign| html! { <i class="sign" aria-hidden="true"><b>{ sign }</b></i> }) }
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

/// All dots at once, however many, on a canvas: each stands for a pod, which a click selects.
fn dots(dots: &Dots, kind: LaneKind, act: &Callback<Action>) -> Html {
    let each = if dots.pods_each > 1 { format!(", {} pods each", dots.pods_each) } else { String::new() };
    let label = format!("{} of {}{each}", count(dots.filled, "dot"), count(dots.places, "dot"));
    let (over, clicked) = (dots.pods.clone(), dots.pods.clone());
    let onmousemove = move |event: MouseEvent| {
        let name = over.get(browser::dot_at(&event) as usize).map_or("", |(_, name)| name);
        browser::name_dot(&event, name);
    };
    let onclick = act.reform(move |event: MouseEvent| {
        Action::SelectPod(clicked.get(browser::dot_at(&event) as usize).map(|(uid, _)| *uid))
    });
    let chosen = dots.chosen.map_or("-1".to_owned(), |place| place.to_string());
    html! {
        <canvas class="dots" role="img" aria-label={label} data-filled={dots.filled.to_string()} data-places={dots.places.to_string()}
            data-columns={dots.columns.to_string()} data-chosen={chosen} data-round={roundness(kind)} {onmousemove} {onclick} />
    }
}

/// How round a dot is, as its lane's tiles are.
fn roundness(kind: LaneKind) -> &'static str {
    match kind {
        LaneKind::Succeeded => "4",
        LaneKind::Failed => "0.5",
        LaneKind::ToCreate | LaneKind::Pending | LaneKind::Running | LaneKind::Terminating => "2.4",
    }
}

fn strikes(strikes: Strikes, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button class="strikes" title="Why not failed?" {onclick}
            aria-label={format!("{} of backoffLimit {} used up. Why?", strikes.struck, strikes.of)}>
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

fn sign(tile: &PodTile) -> Option<&'static str> {
    match tile.look {
        _ if tile.silent == Can::Yes => Some("!"),
        PodLook::Succeeded => Some("✓"),
        PodLook::Failed => Some("✕"),
        PodLook::CrashLoop => Some("!"),
        PodLook::Terminating => Some("–"),
        PodLook::Pending | PodLook::Running => None,
    }
}
