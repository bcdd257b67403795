//! The Job's own panel: its progress, its numbers, its conditions, and what can be done to it. A Job that is gone is
//! shown as it was last. Plain data.

use super::noted::Noted;
use super::pods::Can;
use super::why::is_to_be_suspended;
use crate::api::node::{NO_LIMIT, NOT_READY_TAINT, Taint, UNREACHABLE_TAINT, UNSCHEDULABLE_TAINT};
use crate::api::{ConditionStatus, Heartbeat, Job, JobConditionType, Node, RestartPolicy, Uid};
use crate::cluster::{Cluster, NodeAct};
use crate::controllers::ttl_after_finished::time_left;
use crate::sim::Time;
use crate::ui::words::{countdown, duration, grouped};
use std::rc::Rc;

/// The panel of one Job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobPanel {
    pub uid: Uid,
    pub name: Rc<str>,
    /// The names of all Jobs, when there are several.
    pub others: Vec<Rc<str>>,
    pub there: Can,
    pub state: JobState,
    pub age: String,
    /// The share of the ring that is full, 0 to 100.
    pub done_percent: u8,
    /// `4/10`.
    pub done: String,
    /// Of its status.
    pub numbers: Vec<(&'static str, String)>,
    /// What no status tells: restarts in place, and what comes next.
    pub beside: Vec<(&'static str, String)>,
    pub conditions: Vec<ConditionLine>,
    pub counters: Counters,
    /// The condition that tells most: the terminal one, else the latest that is true, else nothing.
    pub condition: &'static str,
    pub suspend: Switch,
    pub parallelism: i32,
    /// Whether completions and parallelism are one number that may change.
    pub elastic: Can,
    pub can_change: Can,
}

/// The state of a Job in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    Waiting,
    Running,
    /// Told to be suspended, and not suspended yet.
    Suspending,
    Suspended,
    /// Its end is decided.
    Ending,
    Complete,
    Failed,
    Deleting,
    Deleted,
}

impl JobState {
    pub fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Not started",
            Self::Running => "Running",
            Self::Suspending => "To be suspended",
            Self::Suspended => "Suspended",
            Self::Ending => "Ending",
            Self::Complete => "Complete",
            Self::Failed => "Failed",
            Self::Deleting => "Deleting",
            Self::Deleted => "Deleted",
        }
    }
}

/// The counters of the Job's status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub active: i32,
    pub succeeded: i32,
    pub failed: i32,
}

/// A condition of the Job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionLine {
    pub kind: JobConditionType,
    pub status: &'static str,
    pub reason: String,
    pub message: String,
    /// Since when it is so.
    pub since: Option<Time>,
}

/// Whether the Job can be suspended or resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    Suspend,
    Resume,
}

/// The panel of the Job with that name and uid; `None` when there never was one, or so long ago that it is forgotten.
pub fn job_panel(cluster: &Cluster, noted: &Noted, name: Option<Rc<str>>, uid: Option<Uid>) -> Option<JobPanel> {
    let name = name?;
    let mut others: Vec<Rc<str>> = noted.jobs().iter().map(|job| job.name.clone()).collect();
    others.dedup();
    // Beside a CronJob there is another way to choose.
    if others.len() < 2 || !noted.cron_jobs().is_empty() {
        others.clear();
    }
    let job = cluster.job_last_seen(uid?)?;
    let there = Can::when(|| cluster.api().job(job.meta.uid).is_some());
    let status = &job.status;
    let completions = job.spec.completions;
    let done = match completions {
        Some(completions) => format!("{}/{completions}", status.succeeded),
        None => status.succeeded.to_string(),
    };
    Some(JobPanel {
        uid: job.meta.uid,
        name,
        others,
        there,
        state: if there == Can::Yes { state(job) } else { JobState::Deleted },
        age: age(job, cluster.now()),
        done_percent: done_percent(job),
        done,
        numbers: numbers(job, there),
        beside: beside(cluster, job, there),
        conditions: conditions(job, noted),
        counters: Counters {
            active: if there == Can::Yes { status.active } else { 0 },
            succeeded: status.succeeded,
            failed: status.failed,
        },
        condition: telling_condition(job),
        suspend: if job.spec.suspend { Switch::Resume } else { Switch::Suspend },
        parallelism: job.spec.parallelism,
        elastic: Can::when(|| job.is_indexed() && completions == Some(job.spec.parallelism)),
        can_change: Can::when(|| !job.is_finished() && job.meta.deletion_time.is_none()),
    })
}

pub fn state(job: &Job) -> JobState {
    let has = |kind| job.has_condition(kind);
    if job.meta.deletion_time.is_some() {
        JobState::Deleting
    } else if has(JobConditionType::Complete) {
        JobState::Complete
    } else if has(JobConditionType::Failed) {
        JobState::Failed
    } else if has(JobConditionType::FailureTarget) || has(JobConditionType::SuccessCriteriaMet) {
        JobState::Ending
    } else if is_to_be_suspended(job) {
        JobState::Suspending
    } else if job.spec.suspend {
        JobState::Suspended
    } else if job.status.start_time.is_none() {
        JobState::Waiting
    } else {
        JobState::Running
    }
}

/// How long the Job has been running, or ran.
fn age(job: &Job, now: Time) -> String {
    let Some(start) = job.status.start_time else { return String::new() };
    let failed = job.condition(JobConditionType::Failed).and_then(|condition| condition.last_transition_time);
    let end = job.status.completion_time.or(failed).unwrap_or(now);
    duration(end.ms_since(start).max(0) / 1_000 * 1_000)
}

fn done_percent(job: &Job) -> u8 {
    // How many successes there will be in all is not known when completions is unset.
    let Some(whole) = job.spec.completions.map(i64::from).filter(|completions| *completions != 0) else {
        return if job.has_condition(JobConditionType::Complete) { 100 } else { 0 };
    };
    u8::try_from((i64::from(job.status.succeeded) * 100 / whole).clamp(0, 100)).unwrap_or(0)
}

fn restarts_in_place(job: &Job) -> bool {
    job.spec.template.restart_policy == RestartPolicy::OnFailure
}

fn numbers(job: &Job, there: Can) -> Vec<(&'static str, String)> {
    let status = &job.status;
    let failed = match job.spec.backoff_limit {
        i32::MAX => status.failed.to_string(),
        _ if restarts_in_place(job) || job.spec.backoff_limit_per_index.is_some() => status.failed.to_string(),
        limit => format!("{} ({limit} allowed)", status.failed),
    };
    let mut numbers = vec![("Succeeded", status.succeeded.to_string()), ("Failed", failed)];
    if there == Can::Yes {
        numbers.insert(0, ("Active (ready)", format!("{} ({})", status.active, status.ready.unwrap_or(0))));
        numbers.push(("Terminating", status.terminating.unwrap_or(0).to_string()));
    }
    if job.is_indexed() {
        let indexes = if status.completed_indexes.is_empty() { "none" } else { &status.completed_indexes };
        numbers.push(("Completed indexes", indexes.to_owned()));
        numbers.extend(
            status.failed_indexes.as_ref().map(|indexes| {
                ("Failed indexes", if indexes.is_empty() { "none".to_owned() } else { indexes.clone() })
            }),
        );
    }
    numbers
}

fn beside(cluster: &Cluster, job: &Job, there: Can) -> Vec<(&'static str, String)> {
    let mut beside = Vec::new();
    if restarts_in_place(job) {
        let restarts: i32 = cluster.history().of_job(job.meta.uid).map(|pod| pod.restarts).sum();
        beside.push(("Restarts of its pods", restarts.to_string()));
    }
    if there == Can::Yes {
        beside.push(("Next sync", next_sync(cluster, job)));
    }
    if job.meta.deletion_time.is_none()
        && let Ok(left) = time_left(job, cluster.now())
    {
        beside.push(("Deleted in", countdown(left.left_ms)));
    }
    beside
}

fn next_sync(cluster: &Cluster, job: &Job) -> String {
    let queue = cluster.job_queue(job.meta.uid);
    let now = cluster.now();
    match (queue.due, queue.backoff) {
        _ if job.is_finished() => "none: it has ended".to_owned(),
        _ if cluster.job_controller().is_none() => "none: its controller is stopped".to_owned(),
        (None, _) => "when something changes".to_owned(),
        (Some(due), _) if due <= now => "now".to_owned(),
        (Some(due), Some(backoff)) if backoff.until > now && due.ms_since(backoff.until).abs() < 1_000 => {
            format!("in {}, back-off", countdown(due.ms_since(now)))
        }
        (Some(due), _) => format!("in {}", countdown(due.ms_since(now))),
    }
}

fn conditions(job: &Job, noted: &Noted) -> Vec<ConditionLine> {
    let line = |condition: &crate::api::JobCondition| ConditionLine {
        kind: condition.kind,
        status: condition.status.as_str(),
        reason: condition.reason.to_string(),
        message: condition.message.to_string(),
        since: noted.condition_since(job.meta.uid, condition.kind).or(condition.last_transition_time),
    };
    job.status.conditions.iter().map(line).collect()
}

fn telling_condition(job: &Job) -> &'static str {
    let terminal = [JobConditionType::Complete, JobConditionType::Failed];
    let found = terminal.into_iter().find(|kind| job.has_condition(*kind));
    let latest = || {
        let mut set = job.status.conditions.iter().filter(|condition| condition.status == ConditionStatus::True);
        set.next_back().map(|condition| condition.kind)
    };
    found.or_else(latest).map_or("", JobConditionType::as_str)
}

/// The numbers of pods on the nodes, for the page's Cluster tab.
pub fn node_lines(cluster: &Cluster) -> Vec<NodeLine> {
    let mut lines: Vec<NodeLine> = cluster
        .api()
        .nodes()
        .map(|node| NodeLine {
            name: node.meta.name.clone(),
            pods: 0,
            room: node.allocatable.pods,
            cpu_millis: 0,
            cpu_room_millis: node.allocatable.cpu_millis,
            state: node_state(node),
            taints: node.taints.iter().filter(|taint| !is_told_by_state(taint)).map(taint_text).collect(),
            cordon: if node.unschedulable { NodeAct::Uncordon } else { NodeAct::Cordon },
            power: if node.heartbeat == Heartbeat::Steady { NodeAct::Kill } else { NodeAct::Restore },
        })
        .collect();
    for pod in cluster.api().pods().filter(|pod| !pod.is_terminal()) {
        if let Some(name) = &pod.node
            && let Ok(place) = lines.binary_search_by(|line| line.name.cmp(name))
        {
            lines[place].pods += 1;
            lines[place].cpu_millis += pod.template.scheduling.requests.cpu_millis;
        }
    }
    lines
}

/// A node and how full it is.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeLine {
    pub name: Rc<str>,
    pub pods: u32,
    pub room: u32,
    /// What the pods ask for, in thousandths of a CPU.
    pub cpu_millis: u64,
    pub cpu_room_millis: u64,
    pub state: &'static str,
    /// Those that people have put on it.
    pub taints: Vec<String>,
    /// What can be done about new pods.
    pub cordon: NodeAct,
    /// What can be done to its machine.
    pub power: NodeAct,
}

/// Whether the node's state says as much as this taint.
fn is_told_by_state(taint: &Taint) -> bool {
    [NOT_READY_TAINT, UNREACHABLE_TAINT, UNSCHEDULABLE_TAINT].contains(&&*taint.key)
}

/// As `kubectl describe node` shows it.
fn taint_text(taint: &Taint) -> String {
    let equals = if taint.value.is_empty() { "" } else { "=" };
    format!("{}{equals}{}:{}", taint.key, taint.value, taint.effect.as_str())
}

/// As `kubectl get nodes` shows it, and whether it is silent but not yet missed.
fn node_state(node: &Node) -> &'static str {
    match (node.is_ready(), node.unschedulable, node.heartbeat) {
        (true, false, Heartbeat::Steady) => "Ready",
        (true, true, Heartbeat::Steady) => "Ready,SchedulingDisabled",
        (true, false, Heartbeat::SilentSince(_)) => "Ready, but silent",
        (true, true, Heartbeat::SilentSince(_)) => "Ready,SchedulingDisabled, but silent",
        (false, false, _) => "NotReady",
        (false, true, _) => "NotReady,SchedulingDisabled",
    }
}

impl NodeLine {
    /// `12 of 110 pods`, and how much of its CPUs they ask for where those are limited.
    pub fn fill(&self) -> String {
        let room = grouped(u64::from(self.room));
        match self.cpu_room_millis {
            NO_LIMIT => format!("{} of {room} pods", self.pods),
            cpu_room_millis => format!("{}/{room} pods, {}m/{cpu_room_millis}m CPU", self.pods, self.cpu_millis),
        }
    }

    /// How full it is, 0 to 100: by pods or by CPUs, whatever is more.
    pub fn fill_percent(&self) -> u64 {
        let percent = |part: u64, whole: u64| (part.saturating_mul(100)).checked_div(whole).unwrap_or(0).min(100);
        let by_pods = percent(u64::from(self.pods), u64::from(self.room));
        by_pods.max(if self.cpu_room_millis == NO_LIMIT { 0 } else { percent(self.cpu_millis, self.cpu_room_millis) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Notes;
    use crate::cluster::{Command, RUN_START, gallery};

    fn panel_of(cluster: &Cluster, noted: &mut Noted) -> JobPanel {
        noted.take_in(cluster);
        let job = noted.jobs()[0].clone();
        job_panel(cluster, noted, Some(job.name), Some(job.uid)).expect("a Job")
    }

    #[test]
    fn failed_pods_and_restarts_are_told_apart() {
        for (id, seconds, wanted) in [
            ("one-shot-never", 30, [("Failed", "2 (6 allowed)")].as_slice()),
            ("one-shot-on-failure", 25, &[("Failed", "0"), ("Restarts of its pods", "2")]),
        ] {
            let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("an entry of the gallery");
            let mut cluster = Cluster::new(entry.scenario()).expect("a good scenario");
            cluster.run_until(RUN_START.plus_seconds(seconds), usize::MAX);
            let panel = panel_of(&cluster, &mut Noted::default());
            let numbers: Vec<_> = panel.numbers.iter().chain(&panel.beside).collect();
            for (name, value) in wanted {
                assert!(numbers.iter().any(|(it, text)| it == name && text == value), "{id}: {numbers:?}");
            }
        }
    }

    #[test]
    fn a_job_is_suspended_when_its_controller_has_seen_to_it() {
        let mut cluster = Cluster::new(gallery::entries()[0].scenario()).expect("a good scenario");
        let mut noted = Noted::default();
        cluster.run_until(RUN_START.plus_seconds(20), usize::MAX);
        cluster.act(Command::Suspend { job: "parallel".to_owned() }).expect("the Job is there");
        let told = panel_of(&cluster, &mut noted);
        assert_eq!((told.state, told.suspend, told.condition), (JobState::Suspending, Switch::Resume, ""));
        cluster.run_until(RUN_START.plus_seconds(22), usize::MAX);
        let acted = panel_of(&cluster, &mut noted);
        assert_eq!((acted.state, acted.condition), (JobState::Suspended, "Suspended"));
    }

    #[test]
    fn without_completions_the_ring_is_full_at_the_end_only() {
        let entry = gallery::entries().iter().find(|entry| entry.id == "work-queue").expect("an entry of the gallery");
        let mut cluster = Cluster::new(entry.scenario()).expect("a good scenario");
        for (seconds, done, done_percent, state) in
            [(20, "1", 0, JobState::Running), (900, "5", 100, JobState::Complete)]
        {
            cluster.run_until(RUN_START.plus_seconds(seconds), usize::MAX);
            let panel = panel_of(&cluster, &mut Noted::default());
            assert_eq!((panel.done.as_str(), panel.done_percent, panel.state), (done, done_percent, state));
        }
    }

    #[test]
    fn the_panel_follows_the_job_from_start_to_deletion() {
        let mut cluster = Cluster::new(gallery::entries()[0].scenario()).expect("a good scenario");
        let mut noted = Noted::default();
        assert_eq!(panel_of(&cluster, &mut noted).state, JobState::Waiting);
        cluster.run_until(RUN_START.plus_seconds(5), usize::MAX);
        let running = panel_of(&cluster, &mut noted);
        assert_eq!((running.state, running.counters.active, running.condition), (JobState::Running, 5, ""));
        assert_eq!((running.done.as_str(), running.age.as_str()), ("0/10", "5 s"));
        cluster.run_until(RUN_START.plus_seconds(90_000), usize::MAX);
        let ended = panel_of(&cluster, &mut noted);
        assert_eq!((ended.state, ended.condition, ended.done_percent), (JobState::Complete, "Complete", 100));
        assert_eq!(ended.can_change, Can::No);
        let happened = |since: Time| cluster.trace().any(|entry| entry.at == since);
        assert!(ended.conditions.iter().all(|line| line.since.is_some_and(happened)), "{:?}", ended.conditions);
        let delete =
            Command::DeleteJob { job: "parallel".to_owned(), propagation: crate::api::Propagation::Background };
        cluster.act(delete).expect("the Job is there");
        cluster.run_until(RUN_START.plus_seconds(90_100), usize::MAX);
        let gone = panel_of(&cluster, &mut noted);
        assert_eq!((gone.state, gone.there, gone.done.as_str()), (JobState::Deleted, Can::No, "10/10"));
        assert_eq!((gone.condition, gone.conditions.len()), (ended.condition, ended.conditions.len()));
    }
}
