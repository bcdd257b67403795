//! Makes the trace and the history of a run from what the API server told. It watches; nothing depends on it.

use super::digest::Digest;
use super::history::{History, PodRecord};
use super::keep::Kept;
use super::trace::{NodeChange, TraceEntry, TraceEvent};
use crate::api::pod::ContainerState;
use crate::api::{CronJob, Heartbeat, Job, JobConditionType, Node, Pod, PodConditionType, RestartPolicy, Text, Uid};
use crate::apiserver::{Change, Notice};
use crate::controllers::cronjob::CronJobSync;
use crate::controllers::job::SyncRecord;
use crate::sim::Time;
use std::rc::Rc;

/// Trace, history and decisions of a run: all that belongs to Jobs that are there, however old it is, and the last 24
/// hours of all else. The digest is that of the whole run.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    pub trace: Kept,
    pub digest: Digest,
    pub history: History,
    pub decisions: Vec<Rc<SyncRecord>>,
    /// The Jobs in the store, in order.
    pub present_jobs: Vec<Uid>,
    /// Pods in the store that have not ended, but can.
    pub live_pods: usize,
    /// The reasons for which containers have waited, so that all entries with one share it.
    waiting_reasons: Vec<Rc<Text>>,
}

impl Recorder {
    /// Takes down a change. `expected_end` is when the pod's present run is due to end, where that is known.
    pub fn observe(&mut self, notice: &Notice, now: Time, expected_end: impl Fn(Uid) -> Option<Time>) {
        match notice {
            Notice::CronJob(change) => self.observe_cron_job(change, now),
            Notice::Job(change) => self.observe_job(change, now),
            Notice::Pod(change) => {
                self.observe_pod(change, now);
                if let Some(pod) = &change.new
                    && let Some(record) = self.history.pod_mut(pod.meta.uid)
                {
                    record.expected_end_at = expected_end(pod.meta.uid);
                }
            }
            Notice::Node(change) => self.observe_node(change, now),
            Notice::ReplicaSet(_) | Notice::Deployment(_) => {}
            Notice::Event(event) => self.add(now, TraceEvent::Event(event.clone())),
        }
    }

    pub fn decided(&mut self, record: SyncRecord, now: Time) {
        let record = Rc::new(record);
        self.decisions.push(record.clone());
        self.add(now, TraceEvent::Decision(record));
    }

    pub fn decided_on_cron_job(&mut self, record: CronJobSync, now: Time) {
        self.add(now, TraceEvent::CronJobDecision(Rc::new(record)));
    }

    pub fn commanded(&mut self, number: u32, now: Time) {
        self.add(now, TraceEvent::Command { number });
    }

    fn observe_cron_job(&mut self, change: &Change<CronJob>, now: Time) {
        let Some(cron_job) = change.latest().map(|cron_job| cron_job.meta.uid) else { return };
        match (&change.old, &change.new) {
            (None, _) => self.add(now, TraceEvent::CronJobAdded { cron_job }),
            (Some(_), None) => self.add(now, TraceEvent::CronJobDeleted { cron_job }),
            (Some(old), Some(new)) => {
                if !Rc::ptr_eq(&old.wire, &new.wire) {
                    self.add(now, TraceEvent::CronJobSpecChanged { cron_job });
                }
                if old.meta.deletion_time.is_none() && new.meta.deletion_time.is_some() {
                    self.add(now, TraceEvent::CronJobDeleting { cron_job });
                }
            }
        }
    }

    fn observe_job(&mut self, change: &Change<Job>, now: Time) {
        let Some(job) = change.latest().map(|job| job.meta.uid) else { return };
        match (&change.old, &change.new) {
            (None, _) => {
                self.present_jobs.push(job);
                self.add(now, TraceEvent::JobAdded { job });
            }
            (Some(old), None) => {
                self.present_jobs.retain(|present| *present != job);
                self.history.add_gone_job(old.clone());
                self.add(now, TraceEvent::JobDeleted { job });
            }
            (Some(old), Some(new)) => {
                if !Rc::ptr_eq(&old.wire, &new.wire) {
                    self.add(now, TraceEvent::JobSpecChanged { job });
                }
                if old.meta.deletion_time.is_none() && new.meta.deletion_time.is_some() {
                    self.add(now, TraceEvent::JobDeleting { job });
                }
                for kind in JobConditionType::ALL {
                    let status = |job: &Job| job.condition(kind).map(|condition| condition.status);
                    if let Some(status) = status(new).filter(|_| status(old) != status(new)) {
                        self.add(now, TraceEvent::JobCondition { job, kind, status });
                    }
                }
            }
        }
    }

    fn observe_node(&mut self, change: &Change<Node>, now: Time) {
        let Some(node) = change.latest().map(|node| node.meta.name.clone()) else { return };
        let changes = match (&change.old, &change.new) {
            (None, _) => vec![NodeChange::Added],
            (Some(_), None) => vec![NodeChange::Deleted],
            (Some(old), Some(new)) => node_changes(old, new),
        };
        for change in changes {
            self.add(now, TraceEvent::Node { node: node.clone(), change });
        }
    }

    fn observe_pod(&mut self, change: &Change<Pod>, now: Time) {
        match (&change.old, &change.new) {
            (None, Some(new)) => self.pod_added(new, now),
            (Some(old), Some(new)) => self.pod_changed(old, new, now),
            (Some(old), None) => {
                self.live_pods -= usize::from(is_live(old));
                self.add(now, TraceEvent::PodDeleted { pod: old.meta.uid });
                if let Some(record) = self.history.pod_mut(old.meta.uid) {
                    record.gone_at = Some(now);
                }
            }
            (None, None) => {}
        }
    }

    fn pod_added(&mut self, pod: &Pod, now: Time) {
        self.live_pods += usize::from(is_live(pod));
        self.history.add(PodRecord {
            uid: pod.meta.uid,
            name: pod.meta.name.clone(),
            job: pod.meta.controller().map(|owner| owner.uid).unwrap_or_default(),
            index: pod.completion_index,
            node: pod.node.clone(),
            phase: pod.status.phase,
            restarts: 0,
            exit_code: None,
            created_at: now,
            scheduled_at: None,
            running_at: None,
            run_started_at: None,
            ended_at: None,
            deletion_asked_at: None,
            gone_at: None,
            expected_end_at: None,
            waiting: None,
        });
        self.add(now, TraceEvent::PodAdded { pod: pod.meta.uid });
    }

    fn pod_changed(&mut self, old: &Pod, new: &Pod, now: Time) {
        let pod = new.meta.uid;
        let waiting = waiting_reason(new).map(|reason| self.shared(reason));
        if let Some(record) = self.history.pod_mut(pod) {
            update_record(record, new, now);
            record.waiting = waiting.clone();
        }
        if old.node.is_none() && new.node.is_some() {
            self.add(now, TraceEvent::PodScheduled { pod });
        }
        if old.status.phase != new.status.phase {
            self.add(now, TraceEvent::PodPhase { pod, phase: new.status.phase });
        }
        if !old.is_ready() && new.is_ready() {
            self.add(now, TraceEvent::PodReady { pod });
        }
        if let Some(reason) = waiting
            && waiting_reason(old) != Some(&reason)
        {
            self.add(now, TraceEvent::PodWaiting { pod, reason });
        }
        if new.restarts() > old.restarts() {
            self.add(now, TraceEvent::PodRestarted { pod, restarts: new.restarts() });
        }
        if old.meta.deletion_time.is_none() && new.meta.deletion_time.is_some() {
            self.add(now, TraceEvent::PodDeleting { pod });
        }
        if is_live(old) && !is_live(new) {
            self.live_pods -= 1;
        }
    }

    fn shared(&mut self, reason: &Text) -> Rc<Text> {
        if let Some(known) = self.waiting_reasons.iter().find(|known| ***known == *reason) {
            return known.clone();
        }
        let reason = Rc::new(reason.clone());
        self.waiting_reasons.push(reason.clone());
        reason
    }

    fn add(&mut self, at: Time, event: TraceEvent) {
        let entry = TraceEntry { at, event };
        self.digest.add(&entry);
        self.trace.push(entry);
        self.sweep(at);
    }
}

/// Pods that are always restarted run on when all Jobs are done.
fn is_live(pod: &Pod) -> bool {
    !pod.is_terminal() && pod.template.restart_policy != RestartPolicy::Always
}

fn node_changes(old: &Node, new: &Node) -> Vec<NodeChange> {
    let has_stopped = old.heartbeat == Heartbeat::Steady && new.heartbeat != Heartbeat::Steady;
    let is_heard_again = old.heartbeat != Heartbeat::Steady && new.heartbeat == Heartbeat::Steady;
    let candidates = [
        (NodeChange::Cordoned, !old.unschedulable && new.unschedulable),
        (NodeChange::Uncordoned, old.unschedulable && !new.unschedulable),
        (NodeChange::Silent, has_stopped),
        (NodeChange::Unreachable, old.is_ready() && !new.is_ready()),
        (NodeChange::Back, is_heard_again),
        (NodeChange::Tainted, old.taints != new.taints),
    ];
    candidates.into_iter().filter(|(_, holds)| *holds).map(|(change, _)| change).collect()
}

fn update_record(record: &mut PodRecord, pod: &Pod, now: Time) {
    let first = |slot: &mut Option<Time>, holds: bool| {
        if holds {
            slot.get_or_insert(now);
        }
    };
    first(&mut record.scheduled_at, pod.node.is_some());
    first(&mut record.running_at, pod.status.phase == crate::api::PodPhase::Running);
    first(&mut record.run_started_at, record.running_at.is_some());
    if pod.restarts() > record.restarts {
        record.run_started_at = Some(now);
    }
    first(&mut record.ended_at, pod.is_terminal());
    first(&mut record.deletion_asked_at, pod.meta.deletion_time.is_some());
    record.node = pod.node.clone();
    record.phase = pod.status.phase;
    record.restarts = pod.restarts();
    record.exit_code = exit_code(pod).or(record.exit_code);
    // An orphan stays with the Job that made it.
    record.job = pod.meta.controller().map_or(record.job, |owner| owner.uid);
}

/// The exit code of the container that failed, else of one that ended, now or in its last run.
fn exit_code(pod: &Pod) -> Option<i32> {
    let codes = pod.status.containers.iter().filter_map(|status| match &status.state {
        ContainerState::Terminated(ended) => Some(ended.exit_code),
        ContainerState::Waiting { .. } | ContainerState::Running { .. } => {
            status.last_termination.as_ref().map(|ended| ended.exit_code)
        }
    });
    codes.max_by_key(|code| *code != 0)
}

/// Why a container of the pod waits, or why the pod waits for a node.
fn waiting_reason(pod: &Pod) -> Option<&Text> {
    let containers = pod.status.init_containers.iter().chain(&pod.status.containers);
    let waiting = containers.filter_map(|status| match &status.state {
        ContainerState::Waiting { reason, .. } => Some(reason),
        ContainerState::Running { .. } | ContainerState::Terminated(_) => None,
    });
    let unscheduled = || {
        let scheduled = pod.status.condition(PodConditionType::PodScheduled)?;
        (pod.node.is_none() && !scheduled.reason.is_empty()).then_some(&scheduled.reason)
    };
    waiting.into_iter().find(|reason| !reason.is_empty()).or_else(unscheduled)
}
