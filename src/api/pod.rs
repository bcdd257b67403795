//! A pod and the template it is made from, small enough that a hundred thousand of them fit easily:
//! all that the pods of a Job have in common is shared.

use super::policy::OnExitCodes;
use super::scheduling::Scheduling;
use super::{ConditionStatus, Labels, ObjectMeta, Text};
use crate::api::types::core;
use crate::sim::Time;
use std::rc::Rc;

/// A pod.
#[derive(Clone, Debug, PartialEq)]
pub struct Pod {
    pub meta: ObjectMeta,
    pub template: Rc<PodTemplate>,
    /// The place of this pod in an Indexed Job.
    pub completion_index: Option<u32>,
    pub hostname: Option<Rc<str>>,
    /// The node it is bound to.
    pub node: Option<Rc<str>>,
    pub status: PodStatus,
}

impl Pod {
    /// Neither ended nor being deleted.
    // Models pkg/controller/controller_utils.go IsPodActive
    pub fn is_active(&self) -> bool {
        !self.is_terminal() && self.meta.deletion_time.is_none()
    }

    /// Being deleted, and not yet ended.
    // Models pkg/controller/controller_utils.go IsPodTerminating
    pub fn is_terminating(&self) -> bool {
        !self.is_terminal() && self.meta.deletion_time.is_some()
    }

    /// Succeeded or Failed.
    pub fn is_terminal(&self) -> bool {
        matches!(self.status.phase, PodPhase::Succeeded | PodPhase::Failed)
    }

    pub fn is_ready(&self) -> bool {
        self.status.condition(PodConditionType::Ready).is_some_and(|ready| ready.status == ConditionStatus::True)
    }

    /// The address of the pod, once it is on a node. Each pod has its own.
    pub fn ip(&self) -> Option<String> {
        let number = self.meta.uid.0;
        self.node.as_ref().map(|_| format!("10.{}.{}.{}", 64 + (number >> 16) % 64, (number >> 8) % 256, number % 256))
    }

    /// The address of its node, made from the node's number.
    pub fn host_ip(&self) -> Option<String> {
        let number: u32 = self.node.as_ref()?.rsplit('-').next()?.parse().unwrap_or(1);
        Some(format!("172.18.{}.{}", number / 256 % 256, number % 256))
    }

    /// Whether that init container is one that goes on beside the containers.
    pub fn is_sidecar(&self, init_container: &str) -> bool {
        self.template.init_containers.iter().any(|container| &*container.name == init_container && container.is_sidecar)
    }

    /// Restarts of all its containers together.
    pub fn restarts(&self) -> i32 {
        self.status.init_containers.iter().chain(&self.status.containers).map(|status| status.restart_count).sum()
    }
}

/// What pods are made from. Shared by all pods of a Job.
#[derive(Clone, Debug, PartialEq)]
pub struct PodTemplate {
    pub labels: Labels,
    pub annotations: Labels,
    pub finalizers: Rc<[Text]>,
    pub restart_policy: RestartPolicy,
    pub containers: Vec<Container>,
    pub init_containers: Vec<Container>,
    /// How long a pod may take to end after a delete call, in seconds.
    pub termination_grace_s: i64,
    /// What its pods ask of a node.
    pub scheduling: Rc<Scheduling>,
    /// The template as people wrote it, with all that is not simulated.
    pub wire: Rc<core::PodTemplateSpec>,
}

/// A container of a pod template, as far as it is simulated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Container {
    pub name: Rc<str>,
    pub image: Rc<str>,
    pub image_pull: ImagePull,
    pub command: Vec<Rc<str>>,
    pub args: Vec<Rc<str>>,
    /// An init container that starts in its turn, runs beside the others and is ended after them.
    pub is_sidecar: bool,
    /// Instead of the pod's.
    pub restart_policy: Option<RestartPolicy>,
    /// Exit codes after which it restarts whatever the policy; the first that matches decides.
    pub restart_rules: Vec<OnExitCodes>,
    pub probes: Vec<Probe>,
    pub pre_stop: Option<PreStop>,
    pub message_source: MessageSource,
    /// Where the container leaves its last message.
    pub message_path: Rc<str>,
}

impl Container {
    /// Whether it starts again in a pod with that policy, after it has exited with that code.
    // Models pkg/api/v1/pod/util.go ContainerShouldRestart
    pub fn restarts_after(&self, exit_code: i32, of_pod: RestartPolicy) -> bool {
        let rules = || self.restart_rules.iter().any(|rule| rule.lists(exit_code));
        match self.restart_policy.unwrap_or(of_pod) {
            RestartPolicy::Always => true,
            RestartPolicy::OnFailure => exit_code != 0 || rules(),
            RestartPolicy::Never => rules(),
        }
    }

    /// Whether it may start again at all in a pod with that policy.
    // Models pkg/api/v1/pod/util.go IsContainerRestartable
    pub fn is_restartable(&self, of_pod: RestartPolicy) -> bool {
        self.restart_policy.unwrap_or(of_pod) != RestartPolicy::Never || !self.restart_rules.is_empty()
    }
}

/// A check of a container that its kubelet makes again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    pub kind: ProbeKind,
    pub action: ProbeAction,
    pub initial_delay_s: i32,
    pub period_s: i32,
    pub timeout_s: i32,
    pub failure_threshold: i32,
    pub success_threshold: i32,
    /// Instead of the pod's, when the container is ended because of this probe.
    pub termination_grace_s: Option<i64>,
}

/// What a probe decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeKind {
    Startup,
    Readiness,
    Liveness,
}

impl ProbeKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Startup => "Startup",
            Self::Readiness => "Readiness",
            Self::Liveness => "Liveness",
        }
    }
}

/// What a probe does.
#[derive(Clone, Debug, PartialEq)]
pub enum ProbeAction {
    Exec(Vec<Rc<str>>),
    /// It asks over the network; the text says where, as messages name it.
    Network(Rc<str>),
}

/// What a container does before it is told to stop.
#[derive(Clone, Debug, PartialEq)]
pub enum PreStop {
    Exec(Vec<Rc<str>>),
    Sleep { seconds: i64 },
}

/// Where the message of a container that has ended comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MessageSource {
    #[default]
    File,
    /// From the end of the log, when the file is empty and the container has failed.
    FileOrLog,
}

/// When an image is fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImagePull {
    Always,
    #[default]
    IfNotPresent,
    Never,
}

/// Whether containers that end are started again in the same pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestartPolicy {
    Always,
    OnFailure,
    Never,
}

/// What has become of a pod.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PodStatus {
    pub phase: PodPhase,
    pub conditions: Vec<PodCondition>,
    pub start_time: Option<Time>,
    pub reason: Text,
    pub message: Text,
    /// The node on which others are made to go for it.
    pub nominated_node: Option<Rc<str>>,
    pub init_containers: Vec<ContainerStatus>,
    pub containers: Vec<ContainerStatus>,
}

impl PodStatus {
    pub fn condition(&self, kind: PodConditionType) -> Option<&PodCondition> {
        self.conditions.iter().find(|condition| condition.kind == kind)
    }

    /// The init containers, then the others.
    pub fn all_containers(&self) -> impl Iterator<Item = &ContainerStatus> {
        self.init_containers.iter().chain(&self.containers)
    }
}

/// The phases of a pod.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PodPhase {
    #[default]
    Pending,
    Running,
    Succeeded,
    Failed,
    Unknown,
}

impl PodPhase {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Unknown => "Unknown",
        }
    }

    pub fn parse(text: &str) -> Self {
        match text {
            "Running" => Self::Running,
            "Succeeded" => Self::Succeeded,
            "Failed" => Self::Failed,
            "Unknown" => Self::Unknown,
            _ => Self::Pending,
        }
    }
}

/// One condition of a pod.
#[derive(Clone, Debug, PartialEq)]
pub struct PodCondition {
    pub kind: PodConditionType,
    pub status: ConditionStatus,
    pub reason: Text,
    pub message: Option<Rc<str>>,
    pub last_transition_time: Option<Time>,
}

/// The types of a pod's conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PodConditionType {
    PodScheduled,
    Initialized,
    ContainersReady,
    Ready,
    DisruptionTarget,
    /// A condition that somebody else writes.
    Other(Rc<str>),
}

impl PodConditionType {
    pub fn as_str(&self) -> &str {
        match self {
            Self::PodScheduled => "PodScheduled",
            Self::Initialized => "Initialized",
            Self::ContainersReady => "ContainersReady",
            Self::Ready => "Ready",
            Self::DisruptionTarget => "DisruptionTarget",
            Self::Other(name) => name,
        }
    }

    pub fn parse(text: &str) -> Self {
        match text {
            "PodScheduled" => Self::PodScheduled,
            "Initialized" => Self::Initialized,
            "ContainersReady" => Self::ContainersReady,
            "Ready" => Self::Ready,
            "DisruptionTarget" => Self::DisruptionTarget,
            other => Self::Other(other.into()),
        }
    }
}

/// What has become of a container.
#[derive(Clone, Debug, PartialEq)]
pub struct ContainerStatus {
    pub name: Rc<str>,
    pub ready: bool,
    /// Running, and its startup probe (if it has one) has succeeded.
    pub started: bool,
    pub restart_count: i32,
    pub state: ContainerState,
    /// How the run before this one ended.
    pub last_termination: Option<Rc<Terminated>>,
}

/// The state a container is in.
#[derive(Clone, Debug, PartialEq)]
pub enum ContainerState {
    Waiting { reason: Text, message: Text },
    Running { started_at: Option<Time> },
    Terminated(Rc<Terminated>),
}

/// How a run of a container ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terminated {
    pub exit_code: i32,
    pub reason: Text,
    pub message: Text,
    pub started_at: Option<Time>,
    /// `None`: not known.
    pub finished_at: Option<Time>,
}
