//! A work queue as a lane: what waits, what is being worked on and by whom, the depth over time, and more items.

use super::el::text;
use super::why::ask;
use super::{on_click, stop};
use crate::cluster::{Command, QueueItems};
use crate::ui::state::Action;
use crate::ui::view_model::answers::Question;
use crate::ui::view_model::queue_panel::{CURVE, QueuePanel, TakenItem, add_label};
use yew::prelude::*;

/// How many items the buttons add.
const STEPS: [u32; 3] = [1, 10, 100];

pub fn queue_panel(panel: &QueuePanel, act: &Callback<Action>) -> Html {
    let (width, height) = CURVE;
    let (service, queue) = (panel.more.service.as_str().into(), panel.more.queue.as_str().into());
    let question = Question::Queue { service, queue };
    html! {
        <section class="queue" aria-label={format!("Queue {}", panel.name)} data-queue={panel.name.clone()}>
            <div>
                <h2>{ format!("Queue {}", panel.name) }</h2>
                { place(panel, act) }
            </div>
            <div>
                <b class="num">{ panel.waiting.clone() }</b>{ " " }{ ask("Why?", Some(question), act) }
                <p class="muted num">{ panel.done.clone() }</p>
            </div>
            <div class="depth">
            <svg viewBox={format!("0 0 {width} {height}")} preserveAspectRatio="none" role="img" aria-label="Items waiting over time">
                <polyline points={panel.curve.clone()} fill="none" stroke="var(--accent)" stroke-width="1.5"
                    vector-effect="non-scaling-stroke" />
            </svg>
            { text("span", "muted num", panel.most.clone()) }
            </div>
            <div class="more">{ for STEPS.iter().map(|number| add(&panel.more, *number, act)) }</div>
            <div class="taken">
                { for Some(&panel.note).filter(|note| !note.is_empty()).map(|note| text("p", "bad", note.clone())) }
                <>{ for panel.taken.iter().enumerate().map(|(place, item)| taken(place, item, act)) }</>
                if panel.taken_beside > 0 {
                    <span class="muted">{ format!("and {} more", panel.taken_beside) }</span>
                }
            </div>
        </section>
    }
}

/// Where the queue is; the pod can be selected.
fn place(panel: &QueuePanel, act: &Callback<Action>) -> Html {
    match panel.home {
        Some(pod) => {
            let onclick = on_click(act, Action::SelectPod(Some(pod)));
            html! { <button class="item" {onclick}>{ panel.place.clone() }</button> }
        }
        None => html! { <p class="muted">{ panel.place.clone() }</p> },
    }
}

fn taken(place: usize, item: &TakenItem, act: &Callback<Action>) -> Html {
    let onclick = on_click(act, Action::SelectPod(Some(item.pod)));
    let title = format!("Pod {} works on item {}", item.pod_name, item.number);
    html! {
        <button class="item" tabindex={stop(place)} {title} {onclick}>
            <b class="num">{ item.number.to_string() }</b>{ format!(" {}", item.pod_name) }
        </button>
    }
}

fn add(more: &QueueItems, number: u32, act: &Callback<Action>) -> Html {
    let command = Command::AddQueueItems(QueueItems { count: number, ..more.clone() });
    let onclick = on_click(act, Action::Act(command));
    let disabled = more.queue.is_empty();
    html! { <button aria-label={add_label(number)} title={add_label(number)} {disabled} {onclick}>{ format!("+{number}") }</button> }
}
