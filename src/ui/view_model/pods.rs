//! One pod as the page shows it: its state, its short name, its facts. Plain data made from its record.

use super::retries::{is_silent, left, lost, next_try};
use crate::api::{ContainerState, Pod, PodConditionType, PodPhase, Uid};
use crate::cluster::{Cluster, PodRecord};
use crate::sim::Time;
use crate::ui::words;
use std::rc::Rc;

/// How many characters a tile has room for.
const TILE_CHARS: usize = 3;

/// The state in which a pod is shown. Each has its own shape and sign, so that none is told by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodLook {
    Pending,
    Running,
    /// Its container has ended and waits to be started again.
    CrashLoop,
    Succeeded,
    Failed,
    Terminating,
}

impl PodLook {
    /// How many looks there are.
    pub const COUNT: usize = Self::Terminating as usize + 1;

    /// The state as `kubectl get pods` tells it, and as `data-phase` has it: the phase, but for pods on their way out.
    pub fn phase(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Running | Self::CrashLoop => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Terminating => "Terminating",
        }
    }
}

/// A pod on the stage.
#[derive(Clone, Debug, PartialEq)]
pub struct PodTile {
    pub uid: Uid,
    pub name: Rc<str>,
    /// At most three characters.
    pub label: String,
    pub look: PodLook,
    /// How much of its run is over, 0 to 100, when that is known.
    pub progress_percent: Option<u8>,
    /// Whether nothing is heard of its node, so that it is not known how it is.
    pub silent: Can,
    pub restarts: i32,
    pub title: String,
    pub selected: bool,
}

/// What there is to know about one pod, and what can be done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct PodCard {
    pub uid: Uid,
    pub name: Rc<str>,
    pub look: PodLook,
    pub facts: Vec<(&'static str, String)>,
    pub can_end: Can,
    pub can_delete: Can,
    pub can_evict: Can,
}

/// Whether something can be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Can {
    Yes,
    No,
}

impl Can {
    pub fn when(condition: impl FnOnce() -> bool) -> Self {
        if condition() { Self::Yes } else { Self::No }
    }
}

/// How a pod looks now.
pub fn look(record: &PodRecord) -> PodLook {
    match record.phase {
        PodPhase::Succeeded => PodLook::Succeeded,
        PodPhase::Failed => PodLook::Failed,
        PodPhase::Pending | PodPhase::Running | PodPhase::Unknown if record.deletion_asked_at.is_some() => {
            PodLook::Terminating
        }
        PodPhase::Running | PodPhase::Unknown if is_crash_loop(record) => PodLook::CrashLoop,
        PodPhase::Running | PodPhase::Unknown => PodLook::Running,
        PodPhase::Pending => PodLook::Pending,
    }
}

/// A pod's tile on the stage.
pub fn tile(cluster: &Cluster, record: &PodRecord, job: &str, selected: Option<Uid>) -> PodTile {
    let look = look(record);
    let silent =
        Can::when(|| record.ended_at.is_none() && record.node.as_ref().is_some_and(|node| is_silent(cluster, node)));
    let known = match silent {
        Can::Yes => " as far as is known: its node is silent",
        Can::No => "",
    };
    PodTile {
        uid: record.uid,
        name: record.name.clone(),
        label: label(record, job),
        look,
        progress_percent: progress_percent(record, look, cluster.now()).filter(|_| silent == Can::No),
        silent,
        restarts: record.restarts,
        title: format!("{}: {}{known}", record.name, status(record)),
        selected: selected == Some(record.uid),
    }
}

/// The card of one pod; `None` when no record of it is left.
pub fn card(cluster: &Cluster, pod: Uid) -> Option<PodCard> {
    let record = cluster.history().pod(pod)?;
    let look = look(record);
    let there = record.gone_at.is_none();
    let ended = matches!(look, PodLook::Succeeded | PodLook::Failed);
    Some(PodCard {
        uid: pod,
        name: record.name.clone(),
        look,
        facts: facts(cluster, record),
        can_end: Can::when(|| there && matches!(look, PodLook::Running | PodLook::Terminating)),
        can_delete: Can::when(|| there && (ended || record.deletion_asked_at.is_none())),
        can_evict: Can::when(|| there && !ended && record.deletion_asked_at.is_none()),
    })
}

/// What a pending pod lacks that may never come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacks {
    Node,
    Image,
}

/// What the scheduler or the kubelet says that the pod waits for, if it is more than its turn.
pub fn waits_for(pod: &Pod) -> Option<(Lacks, &str)> {
    if pod.node.is_none() {
        let message = pod.status.condition(PodConditionType::PodScheduled)?.message.as_deref()?;
        return (!message.is_empty()).then_some((Lacks::Node, message));
    }
    pod.status.all_containers().find_map(|status| match &status.state {
        ContainerState::Waiting { reason, message } => lacks_image(reason).then_some((Lacks::Image, &**message)),
        ContainerState::Running { .. } | ContainerState::Terminated(_) => None,
    })
}

/// Whether a container waits for an image that cannot be had.
pub fn lacks_image(reason: &str) -> bool {
    matches!(reason, "ErrImagePull" | "ImagePullBackOff" | "InvalidImageName" | "ErrImageNeverPull")
}

/// What a pod of this Job is called where there is little room.
pub fn label(record: &PodRecord, job: &str) -> String {
    match record.index {
        Some(index) => index.to_string(),
        None => words::short_pod_name(&record.name, job).chars().take(TILE_CHARS).collect(),
    }
}

/// The state in a word or two, as `kubectl get pods` has it.
fn status(record: &PodRecord) -> String {
    if record.gone_at.is_some() {
        return format!("{}, deleted", record.phase.as_str());
    }
    match (look(record), &record.waiting) {
        (PodLook::Terminating, _) => "Terminating".to_owned(),
        (PodLook::Pending | PodLook::CrashLoop, Some(reason)) => reason.to_string(),
        (PodLook::Pending | PodLook::Running | PodLook::CrashLoop | PodLook::Succeeded | PodLook::Failed, _) => {
            record.phase.as_str().to_owned()
        }
    }
}

/// The moment that the pod waits for, and what comes then.
fn next_moment(cluster: &Cluster, pod: &Pod) -> Option<(&'static str, Time)> {
    match lost(cluster, pod).filter(|_| pod.meta.deletion_time.is_none()) {
        Some(lost) if lost.node.is_ready() => return Some(("Node missed at", lost.noticed_at)),
        Some(lost) => return Some(("Evicted at", lost.eviction.at()?)),
        None => {}
    }
    let (status, next) = next_try(cluster, pod)?;
    match &status.state {
        ContainerState::Waiting { reason, .. } if lacks_image(reason) => Some(("Pulled again at", next.at)),
        _ => Some(("Restarts at", next.at)),
    }
}

pub fn is_crash_loop(record: &PodRecord) -> bool {
    record.waiting.as_ref().is_some_and(|reason| **reason == "CrashLoopBackOff")
}

fn progress_percent(record: &PodRecord, look: PodLook, now: Time) -> Option<u8> {
    let end = record.expected_end_at.filter(|_| look == PodLook::Running)?;
    let start = record.run_started_at?;
    let whole_ms = end.ms_since(start).max(1);
    let percent = now.ms_since(start).clamp(0, whole_ms) * 100 / whole_ms;
    u8::try_from(percent).ok()
}

fn facts(cluster: &Cluster, record: &PodRecord) -> Vec<(&'static str, String)> {
    let pod = cluster.api().pod(record.uid);
    let moment = |at: Time| words::clock_at(cluster, at);
    let mut facts = vec![("Status", status(record)), ("Created", moment(record.created_at))];
    let mut add = |name, value: Option<String>| facts.extend(value.map(|value| (name, value)));
    add("Completion index", record.index.map(|index| index.to_string()));
    add("Node", Some(record.node.as_ref().map_or_else(|| "none yet".to_owned(), ToString::to_string)));
    add("Waits", pod.and_then(|pod| waits_for(pod)).map(|(_, message)| message.to_owned()));
    let is_lost = pod.is_some_and(|pod| lost(cluster, pod).is_some());
    let next = pod.filter(|_| record.ended_at.is_none()).and_then(|pod| next_moment(cluster, pod));
    add(
        next.map_or("", |(name, _)| name),
        next.map(|(_, at)| {
            let left = left(cluster, at).map_or_else(String::new, |left| format!(", in {left}"));
            format!("{}{left}", moment(at))
        }),
    );
    let (run, exit_code) = match look(record) {
        PodLook::Pending | PodLook::CrashLoop => (None, "Last exit code"),
        PodLook::Running => (Some("Runs since"), "Last exit code"),
        PodLook::Terminating => (Some("Ran from"), "Last exit code"),
        PodLook::Succeeded | PodLook::Failed => (Some("Ran from"), "Exit code"),
    };
    if let (Some(run), Some(since)) = (run, record.run_started_at) {
        add(run, Some(moment(since)));
    }
    add("Due to end", record.expected_end_at.filter(|_| record.ended_at.is_none() && !is_lost).map(moment));
    add("Ended", record.ended_at.map(moment));
    add(exit_code, record.exit_code.map(|code| code.to_string()));
    add("Restarts", Some(record.restarts.to_string()));
    let disruption = pod.and_then(|pod| pod.status.condition(PodConditionType::DisruptionTarget));
    add("DisruptionTarget", disruption.map(|condition| condition.reason.to_string()));
    add("Deletion asked for", record.deletion_asked_at.map(moment));
    add("Gone", record.gone_at.map(moment));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{RUN_START, gallery};

    #[test]
    fn a_card_tells_the_present_run_from_the_last_one() {
        let entry = gallery::entries().iter().find(|entry| entry.id == "one-shot-on-failure");
        let mut cluster = Cluster::new(entry.expect("an entry of the gallery").scenario()).expect("a good scenario");
        let no = None::<&str>;
        for (seconds, runs_since, ran_from, exit_code, last_exit_code, can_evict) in [
            (5, Some("00:02.6"), no, no, no, Can::Yes),
            (10, Some("00:09.2"), no, no, Some("1"), Can::Yes),
            (20, no, no, no, Some("1"), Can::Yes),
            (25, Some("00:22.9"), no, no, Some("1"), Can::Yes),
            (900, no, Some("05:43.0"), Some("2"), no, Can::No),
        ] {
            cluster.run_until(RUN_START.plus_seconds(seconds), usize::MAX);
            let pod = cluster.history().pods().next().expect("a pod");
            let card = card(&cluster, pod.uid).expect("its card");
            let fact = |wanted: &str| {
                let found = card.facts.iter().find(|(name, _)| *name == wanted);
                found.map(|(_, value)| value.as_str())
            };
            let told = (fact("Runs since"), fact("Ran from"), fact("Exit code"), fact("Last exit code"));
            assert_eq!(told, (runs_since, ran_from, exit_code, last_exit_code), "{seconds} s: {:?}", card.facts);
            assert_eq!(card.can_evict, can_evict, "{seconds} s");
            let progress = tile(&cluster, pod, "oneshot", None).progress_percent;
            assert!(seconds != 10 || progress.is_some_and(|percent| percent < 50), "of this run: {progress:?}");
        }
    }

    #[test]
    fn a_tile_tells_that_its_node_is_silent() {
        let entry = gallery::entries().iter().find(|entry| entry.id == "node-dies").expect("an entry of the gallery");
        let mut cluster = Cluster::new(entry.scenario()).expect("a good scenario");
        for (seconds, silent) in [(5, false), (50, true), (200, true)] {
            cluster.run_until(RUN_START.plus_seconds(seconds), usize::MAX);
            let on_it = |pod: &&PodRecord| pod.ended_at.is_none() && pod.node.as_deref() == Some("node-2");
            let pod = cluster.history().pods().find(on_it).expect("a pod on node-2");
            let tile = tile(&cluster, pod, "parallel", None);
            assert_eq!(tile.silent == Can::Yes, silent, "{seconds} s");
            assert_eq!(tile.title.ends_with(" as far as is known: its node is silent"), silent, "{}", tile.title);
            assert!(!silent || tile.progress_percent.is_none());
        }
    }
}
