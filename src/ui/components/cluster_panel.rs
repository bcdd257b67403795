//! The cluster: when the run starts, how many nodes there are and how full each is, and the feature gates.

use super::number_field::NumberField;
use super::on_click;
use crate::api::{Gate, GateState, Gates};
use crate::cluster::{Cluster, NodeSettings};
use crate::ui::state::Action;
use crate::ui::view_model::job_panel::NodeLine;
use crate::ui::words::count;
use yew::prelude::*;

/// More nodes than this are only counted.
const NODES_SHOWN: usize = 100;

pub fn cluster_panel(cluster: &Cluster, nodes: &[NodeLine], act: &Callback<Action>) -> Html {
    let settings = cluster.scenario().nodes;
    let set = |change: fn(NodeSettings, u32) -> NodeSettings| {
        act.reform(move |number: f64| Action::SetNodes(change(settings, number.max(1.0) as u32)))
    };
    let set_count = set(|settings, count| NodeSettings { count, ..settings });
    let set_room = set(|settings, pods_each| NodeSettings { pods_each, ..settings });
    // Fields for dates know no zone.
    let start = String::from(cluster.scenario().start);
    let start = start.trim_end_matches('Z').to_owned();
    let set_start = act.reform(|text: String| Action::SetStart(with_seconds(text)));
    html! {
        <div class="cluster-panel">
            <p class="muted">{ "A change starts the run anew." }</p>
            <div class="form-row"><span class="muted">{ "Start (UTC)" }</span>
                <NumberField label="Start (UTC)" kind="datetime-local" value={start} min="1990-01-01T00:00:00" max="2149-12-31T23:59:59"
                    step="1" on_text={set_start} /></div>
            <div class="form-row"><span class="muted">{ "Nodes" }</span>
                <NumberField label="Nodes" value={settings.count.to_string()} min="1" max="1000" step="1" on_change={set_count} /></div>
            <div class="form-row"><span class="muted">{ "Pods per node" }</span>
                <NumberField label="Pods per node" value={settings.pods_each.to_string()} min="1" max="1000" step="1" on_change={set_room} /></div>
            <ul class="nodes">
                { for nodes.iter().take(NODES_SHOWN).map(node) }
            </ul>
            if nodes.len() > NODES_SHOWN {
                <p class="note">{ format!("and {} more", count((nodes.len() - NODES_SHOWN) as u64, "node")) }</p>
            }
            <details class="gates">
                <summary>{ "Feature gates" }</summary>
                <p class="muted">{ "Switching one restarts the Job controller. ● differs from Kubernetes' default." }</p>
                <ul>{ for Gate::ALL.iter().map(|gate| gate_switch(&cluster.api().gates, *gate, act)) }</ul>
            </details>
        </div>
    }
}

/// A field leaves seconds out when they are zero.
fn with_seconds(text: String) -> String {
    let seconds = if text.len() == "2026-01-01T00:00".len() { ":00Z" } else { "Z" };
    text + seconds
}

fn gate_switch(gates: &Gates, gate: Gate, act: &Callback<Action>) -> Html {
    let checked = gates.enabled(gate);
    let onclick = on_click(act, Action::SetGate(gate, if checked { GateState::Off } else { GateState::On }));
    html! {
        <li key={gate.name()}>
            <label><input type="checkbox" {checked} {onclick} />{ gate.name() }</label>
            if gates.is_changed(gate) {
                <span title="Differs from Kubernetes' default">{ " ●" }</span>
            }
        </li>
    }
}

fn node(node: &NodeLine) -> Html {
    let percent = (u64::from(node.pods) * 100).checked_div(u64::from(node.room)).unwrap_or(0).min(100);
    html! {
        <li key={node.name.to_string()}>
            <span>{ node.name.to_string() }</span>
            <span class="meter"><i style={format!("width:{percent}%")} /></span>
            <span class="num muted">{ node.fill() }</span>
        </li>
    }
}
