//! The life of one pod as bars: waiting for a node, pulling, running, failing and running again, out of reach, on its way
//! out. It reads the pod's record and what was noted of its runs; rows and their names are not its matter.

use super::{Axis, Bar, BarKind};
use crate::api::PodPhase;
use crate::cluster::PodRecord;
use crate::sim::Time;
use crate::ui::view_model::noted::{RunChange, Turn};
use crate::ui::view_model::pods::is_crash_loop;
use crate::ui::words::{clock_at, count_i, duration};

/// A wait for a node that is no wider than this is not drawn: every pod has one of some milliseconds.
const NARROW_PERCENT: f64 = 0.3;

/// The bars of a pod up to now, in the order of time. `name` is what the pod is called in their labels.
pub fn bars(axis: &Axis, record: &PodRecord, name: &str) -> Vec<Bar> {
    let ends = record.ended_at.or(record.gone_at).unwrap_or(axis.now);
    let turns = turns(axis, record, ends);
    let mut bars: Vec<Bar> = Vec::new();
    for (place, &(from, kind)) in turns.iter().enumerate() {
        let next = turns.get(place + 1);
        let to = next.map_or(ends, |next| next.0);
        let kind = match (kind, next) {
            // The run before a restart has failed; the first restart comes without a wait.
            (BarKind::Running, Some((_, BarKind::Restart | BarKind::Running))) => BarKind::Failed,
            // It has failed in this very moment, and its wait begins.
            (BarKind::Running, None) if is_crash_loop(record) => BarKind::Failed,
            (BarKind::Running, None) => end_of(record),
            _ => kind,
        };
        let mut bar = axis.scale.bar(kind, from, to);
        if kind == BarKind::NoNode && next.is_some() && bar.width_percent < NARROW_PERCENT {
            continue;
        }
        bar.pod = Some(record.uid);
        bar.selected = axis.selected == bar.pod;
        bar.label = label(axis, record, name, &bar, from..to);
        if next.is_none() {
            tell_end(record, &mut bar);
        }
        bars.push(bar);
    }
    bars
}

/// From when on the pod was in which state; the first is the wait for a node.
fn turns(axis: &Axis, record: &PodRecord, ends: Time) -> Vec<(Time, BarKind)> {
    let mut turns = vec![(record.created_at, BarKind::NoNode)];
    let starts = [(record.scheduled_at, BarKind::Pulling), (record.running_at, BarKind::Running)];
    turns.extend(starts.into_iter().filter_map(|(at, kind)| Some((at?, kind))));
    for &RunChange { at, what, .. } in axis.noted.runs(record) {
        let kind = match what {
            Turn::NoImage => BarKind::NoImage,
            Turn::Waits => BarKind::Restart,
            Turn::RunsAgain => BarKind::Running,
            Turn::Lost => BarKind::Lost,
            Turn::Found if record.running_at.is_some_and(|running| running <= at) => BarKind::Running,
            Turn::Found => BarKind::Pulling,
        };
        let place = turns.partition_point(|turn| turn.0 <= at);
        turns.insert(place, (at, kind));
    }
    let out_from = record.deletion_asked_at.filter(|asked| *asked < ends);
    let known = out_from.unwrap_or(ends);
    turns.retain(|turn| turn.0 < known || turn.0 == record.created_at);
    turns.dedup_by(|later, turn| later.1 == turn.1 && later.1 != BarKind::Running);
    turns.extend(out_from.map(|at| (at, BarKind::Terminating)));
    turns
}

/// How the last run looks.
fn end_of(record: &PodRecord) -> BarKind {
    match record.phase {
        PodPhase::Succeeded => BarKind::Succeeded,
        PodPhase::Failed => BarKind::Failed,
        PodPhase::Pending | PodPhase::Running | PodPhase::Unknown => BarKind::Running,
    }
}

/// The bar in words: what, from when to when, and how long.
fn label(axis: &Axis, record: &PodRecord, name: &str, bar: &Bar, time: std::ops::Range<Time>) -> String {
    let moment = |at: Time| clock_at(axis.cluster, at);
    let (kind, lasted) = (bar.kind.words(), duration(time.end.ms_since(time.start)));
    if record.ended_at.or(record.gone_at).is_none() && time.end == axis.now && bar.kind != BarKind::Failed {
        return format!("{name}: {kind} since {}, for {lasted} so far", moment(time.start));
    }
    format!("{name}: {kind} {} to {}, {lasted}", moment(time.start), moment(time.end))
}

/// What is only known of the pod's last bar.
fn tell_end(record: &PodRecord, bar: &mut Bar) {
    if record.phase == PodPhase::Failed && bar.kind != BarKind::Failed {
        bar.label.push_str(", then failed");
    }
    if let Some(code) = record.exit_code.filter(|_| record.ended_at.is_some()) {
        bar.label.extend([", exit code ", &code.to_string()]);
    }
    if record.restarts > 0 {
        bar.label.extend([", ", &count_i(record.restarts, "restart")]);
    }
    if record.gone_at.is_some() {
        bar.label.push_str(", deleted");
    }
}
