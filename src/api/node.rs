//! A node of the cluster: the room it has, whom it keeps away, and whether it is heard of. It knows nothing of the pods
//! on it, nor of who decides about them.

use super::{ConditionStatus, ObjectMeta, Text};
use crate::sim::Time;
use std::rc::Rc;

pub const HOSTNAME_LABEL: &str = "kubernetes.io/hostname";
pub const OS_LABEL: &str = "kubernetes.io/os";
pub const ARCH_LABEL: &str = "kubernetes.io/arch";
pub const ZONE_LABEL: &str = "topology.kubernetes.io/zone";

pub const NOT_READY_TAINT: &str = "node.kubernetes.io/not-ready";
pub const UNREACHABLE_TAINT: &str = "node.kubernetes.io/unreachable";
pub const UNSCHEDULABLE_TAINT: &str = "node.kubernetes.io/unschedulable";
pub const OUT_OF_SERVICE_TAINT: &str = "node.kubernetes.io/out-of-service";

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub meta: ObjectMeta,
    /// What it has for pods: capacity and allocatable are the same here.
    pub allocatable: Resources,
    pub taints: Vec<Taint>,
    /// Cordoned: no new pods.
    pub unschedulable: bool,
    pub ready: ReadyCondition,
    pub heartbeat: Heartbeat,
}

/// Amounts of what pods ask for and nodes have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// Thousandths of a CPU; [`NO_LIMIT`] for more than anyone asks for.
    pub cpu_millis: u64,
    /// Bytes; [`NO_LIMIT`] for more than anyone asks for.
    pub memory_bytes: u64,
    pub pods: u32,
}

/// An amount that is never used up.
pub const NO_LIMIT: u64 = u64::MAX;

impl Resources {
    pub fn plus(self, other: Self) -> Self {
        Self {
            cpu_millis: self.cpu_millis.saturating_add(other.cpu_millis),
            memory_bytes: self.memory_bytes.saturating_add(other.memory_bytes),
            pods: self.pods.saturating_add(other.pods),
        }
    }

    pub fn minus(self, other: Self) -> Self {
        Self {
            cpu_millis: self.cpu_millis.saturating_sub(other.cpu_millis),
            memory_bytes: self.memory_bytes.saturating_sub(other.memory_bytes),
            pods: self.pods.saturating_sub(other.pods),
        }
    }
}

/// The condition `Ready` of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadyCondition {
    pub status: ConditionStatus,
    pub reason: Text,
    pub message: Text,
    pub last_transition_time: Option<Time>,
}

/// How the node renews its lease. A lease that is renewed in time is not written each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heartbeat {
    Steady,
    /// Nothing is heard of it; the lease was last renewed then.
    SilentSince(Time),
}

/// What keeps pods away that do not tolerate it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taint {
    pub key: Rc<str>,
    pub value: Rc<str>,
    pub effect: TaintEffect,
}

/// What a taint does to pods that do not tolerate it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaintEffect {
    NoSchedule,
    PreferNoSchedule,
    /// Pods that are there have to go, too.
    NoExecute,
}

impl TaintEffect {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoSchedule => "NoSchedule",
            Self::PreferNoSchedule => "PreferNoSchedule",
            Self::NoExecute => "NoExecute",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::NoSchedule, Self::PreferNoSchedule, Self::NoExecute].into_iter().find(|effect| effect.as_str() == text)
    }
}

impl Taint {
    /// A taint without a value.
    pub fn new(key: &str, effect: TaintEffect) -> Self {
        Self { key: key.into(), value: "".into(), effect }
    }
}

impl Node {
    /// A node that is ready; its name is its host's, too.
    pub fn ready(name: &str, zone: &str, allocatable: Resources, now: Time) -> Self {
        let labels = [(HOSTNAME_LABEL, name), (OS_LABEL, "linux"), (ARCH_LABEL, "amd64"), (ZONE_LABEL, zone)];
        Self {
            meta: ObjectMeta { name: name.into(), labels: labels.into_iter().collect(), ..Default::default() },
            allocatable,
            taints: vec![],
            unschedulable: false,
            ready: ReadyCondition::kubelet_is_ready(now),
            heartbeat: Heartbeat::Steady,
        }
    }

    pub fn is_ready(&self) -> bool {
        self.ready.status == ConditionStatus::True
    }

    pub fn has_taint(&self, key: &str, effect: TaintEffect) -> bool {
        self.taints.iter().any(|taint| &*taint.key == key && taint.effect == effect)
    }

    /// The label, empty when it is not there.
    pub fn label(&self, key: &str) -> &str {
        self.meta.labels.get(key).map_or("", |value| value)
    }
}

impl ReadyCondition {
    /// As the kubelet posts it.
    pub fn kubelet_is_ready(now: Time) -> Self {
        Self {
            status: ConditionStatus::True,
            reason: "KubeletReady".into(),
            message: "kubelet is posting ready status".into(),
            last_transition_time: Some(now.truncated_to_second()),
        }
    }
}
