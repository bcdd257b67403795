//! What the checker writes down about each Job and each pod, for as long as the run lasts.

use jobscope::api::policy::PodFailureAction;
use jobscope::api::{ConditionStatus, ContainerState, Job, Pod, PodConditionType, PodPhase, PodReplacementPolicy, Uid};
use jobscope::sim::Time;
use std::collections::BTreeSet;
use std::rc::Rc;

/// How a pod has been counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Succeeded,
    Failed,
}

/// A Job's file.
pub struct JobFile {
    /// As it is stored, or was last.
    pub latest: Rc<Job>,
    pub gone: bool,
    pub most_parallelism: i32,
    pub least_completions: Option<i32>,
    /// Whether there was ever cause to remove pods that run.
    pub cut_back: bool,
    /// Pods that were created although the controller was told otherwise, since it was started. Each is one that it
    /// does not know of, and its appearance later is taken for that of another pod that is awaited.
    pub lost_creations: i32,
    pub ever_lost_creations: bool,
    /// Whether a pod was created for an index that had failed, by a controller that had not been told.
    pub has_late_twin: bool,
    /// The last status that the controller knows to have written.
    pub written_version: u64,
    /// Pods that the controller knows to be created, but has not been told of by its watch.
    pub unseen: BTreeSet<Uid>,
    /// Failures since the last success, in the order in which the controller was told.
    pub streak: Vec<Failure>,
    /// When the last pod succeeded of which the controller was told.
    pub last_success: Option<Time>,
}

/// A failure of which the controller was told.
#[derive(Clone, Copy)]
pub struct Failure {
    pub pod: Uid,
    /// When the pod ended, as it looked then.
    pub end: Option<Time>,
    pub told_at: Time,
}

/// A pod's file.
pub struct PodFile {
    pub job: Uid,
    pub latest: Rc<Pod>,
    pub gone: bool,
    /// Somebody has taken it from its Job.
    pub released: bool,
    /// The controller has let it go while it took it to be running: it was not wanted any more.
    pub let_go_running: bool,
    /// The controller has let it go while it took it to be on its way out.
    pub let_go_ending: bool,
    /// In which list of the status it is or was.
    pub listed: Option<Ended>,
    /// The version of the Job that put it there.
    pub listed_version: u64,
    /// Whether it has left that list for the counters.
    pub counted: bool,
    /// When its tracking finalizer was taken off.
    pub let_go: Option<LetGo>,
}

/// The last moment at which a pod had its tracking finalizer.
pub struct LetGo {
    pub pod: Rc<Pod>,
    /// The Job as it was stored then.
    pub job: Option<Rc<Job>>,
}

impl JobFile {
    pub fn new(job: Rc<Job>) -> Self {
        Self {
            gone: false,
            most_parallelism: 0,
            least_completions: None,
            cut_back: false,
            lost_creations: 0,
            written_version: 0,
            ever_lost_creations: false,
            has_late_twin: false,
            unseen: BTreeSet::new(),
            streak: Vec::new(),
            last_success: None,
            latest: job,
        }
    }

    pub fn spec_changed(&mut self, job: &Rc<Job>) {
        let (old, new) = (&self.latest.spec, &job.spec);
        self.cut_back |= new.suspend || new.parallelism < old.parallelism || new.completions < old.completions;
        self.most_parallelism = self.most_parallelism.max(new.parallelism);
        self.least_completions = match self.least_completions {
            Some(least) => new.completions.map(|now| now.min(least)),
            None => new.completions,
        };
        self.latest = job.clone();
    }

    /// The controller has died, and with it what it knew.
    pub fn forget_memory(&mut self) {
        self.lost_creations = 0;
        self.written_version = 0;
        self.unseen.clear();
        self.streak.clear();
        self.last_success = None;
    }
}

impl PodFile {
    pub fn new(job: Uid, pod: Rc<Pod>) -> Self {
        Self {
            job,
            latest: pod,
            gone: false,
            released: false,
            let_go_running: false,
            let_go_ending: false,
            listed: None,
            listed_version: 0,
            counted: false,
            let_go: None,
        }
    }

    pub fn is_active(&self) -> bool {
        !self.gone && is_active(&self.latest)
    }
}

pub fn is_active(pod: &Pod) -> bool {
    pod.meta.deletion_time.is_none() && !matches!(pod.status.phase, PodPhase::Succeeded | PodPhase::Failed)
}

/// Being deleted, and not yet ended.
pub fn is_terminating(pod: &Pod) -> bool {
    pod.meta.deletion_time.is_some() && !matches!(pod.status.phase, PodPhase::Succeeded | PodPhase::Failed)
}

/// Whether the pod has failed in the eyes of its Job.
pub fn has_failed(pod: &Pod, job: &Job) -> bool {
    pod.status.phase == PodPhase::Failed || (is_terminating(pod) && !waits_for_end(job))
}

/// Whether a pod is replaced only once it has ended.
pub fn waits_for_end(job: &Job) -> bool {
    job.spec.pod_failure_policy.is_some() || job.spec.pod_replacement_policy == Some(PodReplacementPolicy::Failed)
}

/// What the pod failure policy says about a failed pod.
pub fn policy_action(pod: &Pod, job: &Job) -> Option<PodFailureAction> {
    let policy = job.spec.pod_failure_policy.as_ref()?;
    let codes: Vec<i32> = pod
        .status
        .containers
        .iter()
        .filter_map(|status| match &status.state {
            ContainerState::Terminated(ended) => Some(ended.exit_code).filter(|code| *code != 0),
            ContainerState::Waiting { .. } | ContainerState::Running { .. } => None,
        })
        .collect();
    let matches = policy.rules.iter().find(|rule| match &rule.on_exit_codes {
        Some(wanted) => codes.iter().any(|code| wanted.values.contains(code)),
        None => rule.on_pod_conditions.iter().any(|wanted| {
            let held = |condition: &&_| {
                matches!(condition, jobscope::api::PodCondition { kind, status, .. }
                if kind.as_str() == &*wanted.kind && *status == wanted.status)
            };
            pod.status.conditions.iter().any(|condition| held(&condition))
        }),
    })?;
    Some(matches.action.clone())
}

pub fn is_ignored(pod: &Pod, job: &Job) -> bool {
    policy_action(pod, job) == Some(PodFailureAction::Ignore)
}

/// When a pod ended: its last container where all have ended, else its Ready condition, else the call that deleted it,
/// else its creation.
pub fn end_of(pod: &Pod) -> Option<Time> {
    let ends = pod.status.containers.iter().map(|status| match &status.state {
        ContainerState::Terminated(ended) => ended.finished_at,
        ContainerState::Waiting { .. } | ContainerState::Running { .. } => None,
    });
    let by_containers = ends.collect::<Option<Vec<Time>>>().and_then(|ends| ends.into_iter().max());
    let unready = pod.status.condition(PodConditionType::Ready).filter(|ready| ready.status == ConditionStatus::False);
    let by_condition = unready.and_then(|ready| ready.last_transition_time);
    let by_deletion = pod.meta.deletion_time.map(|at| at.plus_seconds(-pod.meta.deletion_grace_s.unwrap_or(0)));
    by_containers.or(by_condition).or(by_deletion).or(pod.meta.creation_time)
}

/// The indexes in a text such as `0-3,7`.
pub fn indexes(text: &str) -> BTreeSet<u32> {
    let number = |text: &str| text.parse::<u32>().expect("an index");
    let parts = text.split(',').filter(|part| !part.is_empty());
    parts
        .flat_map(|part| match part.split_once('-') {
            Some((first, last)) => number(first)..=number(last),
            None => number(part)..=number(part),
        })
        .collect()
}
