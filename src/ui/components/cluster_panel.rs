//! The cluster: its controllers, its nodes and what can be done to them; when the run starts, what the nodes are like, and
//! the feature gates.

use super::el::{el, text};
use super::number_field::NumberField;
use super::on_click;
use crate::api::{Gate, GateState, Gates};
use crate::cluster::{Cluster, Command, NodeAct, NodeSettings};
use crate::ui::state::Action;
use crate::ui::view_model::answers::Question;
use crate::ui::view_model::job_panel::NodeLine;
use crate::ui::view_model::pods::Can;
use crate::ui::words::count;
use yew::prelude::*;

/// More nodes than this are only counted.
const NODES_SHOWN: usize = 100;

pub fn cluster_panel(cluster: &Cluster, nodes: &[NodeLine], act: &Callback<Action>) -> Html {
    let settings = cluster.scenario().nodes;
    let set = |change: fn(NodeSettings, u32) -> NodeSettings| {
        act.reform(move |number: f64| Action::SetNodes(change(settings, number as u32)))
    };
    let set_count = set(|settings, count| NodeSettings { count, ..settings });
    let set_room = set(|settings, pods_each| NodeSettings { pods_each, ..settings });
    let set_cpu = set(|settings, cpu_millis| NodeSettings { cpu_millis, ..settings });
    let set_memory = set(|settings, memory_mib| NodeSettings { memory_mib, ..settings });
    let set_failure =
        set(|settings, minutes| NodeSettings { mean_time_to_failure_s: minutes.saturating_mul(60), ..settings });
    let set_outage = set(|settings, outage_s| NodeSettings { outage_s, ..settings });
    // Fields for dates know no zone.
    let start = String::from(cluster.scenario().start);
    let start = start.trim_end_matches('Z').to_owned();
    let set_start = act.reform(|text: String| Action::SetStart(with_seconds(text)));
    html! {
        <div class="cluster-panel">
            { controllers(cluster, act) }
            <details class="gates">
                <summary>{ "Start, nodes and their failures" }</summary>
                <p class="muted">{ "A change starts the run anew. 0 is for no limit, and for no failures." }</p>
                <div class="form-row"><span class="muted">{ "Start (UTC)" }</span>
                    <NumberField label="Start (UTC)" kind="datetime-local" value={start} min="1990-01-01T00:00:00" max="2149-12-31T23:59:59"
                        step="1" on_text={set_start} /></div>
                { number_row("Nodes", settings.count, set_count) }
                { number_row("Pods per node", settings.pods_each, set_room) }
                { number_row("CPU per node, m", settings.cpu_millis, set_cpu) }
                { number_row("Memory per node, Mi", settings.memory_mib, set_memory) }
                { number_row("Minutes to failure", settings.mean_time_to_failure_s / 60, set_failure) }
                { number_row("Seconds away", settings.outage_s, set_outage) }
            </details>
            <details class="gates">
                <summary>{ "Feature gates" }</summary>
                <p class="muted">{ "Switching one restarts the Job controller. ● differs from Kubernetes' default." }</p>
                <ul>{ for Gate::ALL.iter().map(|gate| gate_switch(&cluster.api().gates, *gate, act)) }</ul>
            </details>
            <ul class="nodes">
                { for nodes.iter().take(NODES_SHOWN).map(|line| node(line, act)) }
            </ul>
            if nodes.len() > NODES_SHOWN {
                <p class="note">{ format!("and {} more", count((nodes.len() - NODES_SHOWN) as u64, "node")) }</p>
            }
            <button onclick={on_click(act, Action::Act(add_node(cluster)))}>{ "Add node" }</button>
        </div>
    }
}

/// The Job and CronJob controllers, which run as one program.
fn controllers(cluster: &Cluster, act: &Callback<Action>) -> Html {
    let runs = Can::when(|| cluster.job_controller().is_some() && cluster.cron_job_controller().is_some());
    let (state, note) = match runs {
        Can::Yes => ("running", "Those of Jobs and CronJobs. While they are stopped pods run on, and starts pass by."),
        Can::No => ("stopped", "Started again, they know only what the API server tells them."),
    };
    let head = vec![
        text("b", "", "Controllers".to_owned()),
        text("span", "muted", state.to_owned()),
        controllers_switch(runs, act),
    ];
    el("div", "controllers", vec![el("div", "acts", head), text("p", "note", note.to_owned())])
}

/// Stops the controllers, or starts them.
pub fn controllers_switch(runs: Can, act: &Callback<Action>) -> Html {
    let (name, command) = match runs {
        Can::Yes => ("Stop controllers", Command::StopControllers),
        Can::No => ("Start controllers", Command::StartControllers),
    };
    html! { <button onclick={on_click(act, Action::Act(command))}>{ name }</button> }
}

fn number_row(label: &'static str, value: u32, on_change: Callback<f64>) -> Html {
    html! {
        <div class="form-row"><span class="muted">{ label }</span>
            <NumberField {label} value={value.to_string()} min="0" step="1" {on_change} /></div>
    }
}

/// A node like the others, with the next name that is free.
fn add_node(cluster: &Cluster) -> Command {
    let NodeSettings { cpu_millis, memory_mib, .. } = cluster.scenario().nodes;
    let is_free = |name: &String| cluster.api().node(name).is_none();
    let node = (cluster.api().nodes().count() + 1..).map(|number| format!("node-{number}")).find(is_free);
    Command::Node { node: node.unwrap_or_default(), act: NodeAct::Add { cpu_millis, memory_mib } }
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

fn node(node: &NodeLine, act: &Callback<Action>) -> Html {
    let button = |label: &'static str, deed: &NodeAct| {
        let command = Command::Node { node: node.name.to_string(), act: deed.clone() };
        let onclick = on_click(act, Action::Act(command));
        html! { <button {onclick} aria-label={format!("{label} {}", node.name)}>{ label }</button> }
    };
    let why = on_click(act, Action::Ask(Some(Question::Node(node.name.clone()))));
    let cordon = if node.cordon == NodeAct::Cordon { "Cordon" } else { "Uncordon" };
    let power = if node.power == NodeAct::Kill { "Kill" } else { "Restore" };
    let percent = node.fill_percent();
    html! {
        <li key={node.name.to_string()}>
            <span>{ node.name.to_string() }</span>
            <span class="meter"><i style={format!("width:{percent}%")} /></span>
            <span class="num muted">{ node.fill() }</span>
            { for node.taints.iter().map(|taint| text("span", "taint muted", format!("taint {taint}"))) }
            <span class="acts">
                <span class="muted">{ node.state }</span>
                <button class="ask" aria-label={format!("Why? {}", node.name)} onclick={why}>{ "Why?" }</button>
                { button(cordon, &node.cordon) }
                { button("Drain", &NodeAct::Drain) }
                { button(power, &node.power) }
            </span>
        </li>
    }
}
