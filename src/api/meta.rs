//! What every object has: its name, its place in the history of the store, its owners and finalizers.

use super::{Labels, Text};
use crate::sim::{Time, mix};
use std::fmt;
use std::rc::Rc;

/// The identity of one object. Numbers are given in the order of creation; people see a UUID made from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(pub u32);

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = u64::from(self.0);
        let (high, low) = (mix(number), mix(number ^ 0xa5a5_a5a5_0000_0000));
        write!(
            f,
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | ((low >> 48) & 0x3fff),
            low & 0xffff_ffff_ffff
        )
    }
}

/// The metadata of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectMeta {
    pub namespace: Rc<str>,
    pub name: Rc<str>,
    pub uid: Uid,
    /// Grows with every write to the store, over all kinds.
    pub resource_version: u64,
    /// Grows with every change of the spec.
    pub generation: i64,
    /// `None` only for objects that never were in a store.
    pub creation_time: Option<Time>,
    /// When the object may go at the latest: the moment of the delete call plus the grace period.
    pub deletion_time: Option<Time>,
    pub deletion_grace_s: Option<i64>,
    pub labels: Labels,
    pub annotations: Labels,
    pub finalizers: Rc<[Text]>,
    pub owner_references: Rc<[OwnerReference]>,
}

impl ObjectMeta {
    /// The one owner that controls this object, if any.
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references.iter().find(|owner| owner.role == OwnerRole::Controller)
    }

    pub fn add_owner(&mut self, owner: OwnerReference) {
        self.owner_references = self.owner_references.iter().cloned().chain([owner]).collect();
    }

    pub fn remove_owner(&mut self, owner: Uid) {
        self.owner_references = self.owner_references.iter().filter(|found| found.uid != owner).cloned().collect();
    }

    /// Adds the finalizer unless it is there.
    pub fn add_finalizer(&mut self, finalizer: &'static str) {
        if !self.has_finalizer(finalizer) {
            self.finalizers = self.finalizers.iter().cloned().chain([finalizer.into()]).collect();
        }
    }

    pub fn remove_finalizer(&mut self, finalizer: &str) {
        self.finalizers = self.finalizers.iter().filter(|found| *found != finalizer).cloned().collect();
    }

    pub fn has_finalizer(&self, finalizer: &str) -> bool {
        self.finalizers.iter().any(|found| found == finalizer)
    }

    /// `namespace/name`, as queues and messages name the object.
    pub fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }
}

/// Who an object belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnerReference {
    pub api_version: Text,
    pub kind: Text,
    pub name: Rc<str>,
    pub uid: Uid,
    pub role: OwnerRole,
    pub blocks_deletion: BlockOwnerDeletion,
}

/// Whether an owner controls the object or merely shares in owning it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerRole {
    Controller,
    Owner,
}

/// Whether the owner may go, under foreground deletion, while this object is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockOwnerDeletion {
    Yes,
    No,
}

/// The status of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConditionStatus {
    True,
    False,
    Unknown,
}

impl ConditionStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }

    pub fn parse(text: &str) -> Self {
        match text {
            "True" => Self::True,
            "False" => Self::False,
            _ => Self::Unknown,
        }
    }
}

/// What happens to the dependents of a deleted object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Propagation {
    Background,
    Foreground,
    Orphan,
}
