//! Pods in the store: creating, changing, deleting with grace and finalizers.

use super::{ApiError, ApiResult, ApiServer, Change, Notice};
use crate::api::meta::OwnerReference;
use crate::api::scheduling::Gating;
use crate::api::{
    ConditionStatus, Labels, ObjectKind, ObjectMeta, Pod, PodCondition, PodConditionType, PodStatus, PodTemplate, Text,
    Uid,
};
use crate::sim::{Time, stable_hash};
use std::rc::Rc;

/// How often a generated name that is taken is drawn again.
const NAME_TRIES: usize = 8;

/// A pod to be created.
#[derive(Clone, Debug)]
pub struct NewPod {
    pub namespace: Rc<str>,
    /// The server adds five characters.
    pub generate_name: String,
    pub template: Rc<PodTemplate>,
    pub labels: Labels,
    pub annotations: Labels,
    pub finalizers: Rc<[Text]>,
    pub owner_references: Rc<[OwnerReference]>,
    pub completion_index: Option<u32>,
    pub hostname: Option<Rc<str>>,
}

/// How long a deleted pod may take to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeleteGrace {
    /// What the pod's spec says.
    Default,
    Seconds(i64),
}

impl ApiServer {
    pub fn pod(&self, uid: Uid) -> Option<&Rc<Pod>> {
        self.pods.get(uid)
    }

    /// All pods in the order of their creation.
    pub fn pods(&self) -> impl DoubleEndedIterator<Item = &Rc<Pod>> {
        self.pods.values()
    }

    /// Creates a pod.
    ///
    /// # Errors
    /// `AlreadyExists` when no free name was found.
    pub fn create_pod(&mut self, new: NewPod) -> ApiResult<Rc<Pod>> {
        let name = self.take_pod_name(&new)?;
        let meta = ObjectMeta {
            namespace: new.namespace,
            name,
            uid: self.next_uid(),
            resource_version: self.next_resource_version(),
            generation: 1,
            creation_time: Some(self.now.truncated_to_second()),
            deletion_time: None,
            deletion_grace_s: None,
            labels: new.labels,
            annotations: new.annotations,
            finalizers: new.finalizers,
            owner_references: new.owner_references,
        };
        let mut pod = Pod {
            meta,
            template: new.template,
            completion_index: new.completion_index,
            hostname: new.hostname,
            node: None,
            status: PodStatus::default(),
        };
        if pod.template.scheduling.gates == Gating::Gated {
            pod.status.conditions.push(gated(self.now.truncated_to_second()));
        }
        let pod = Rc::new(pod);
        self.pods.insert(pod.meta.uid, pod.clone());
        self.notices.push(Notice::Pod(Change { old: None, new: Some(pod.clone()) }));
        Ok(pod)
    }

    /// Changes a pod; one that waits for this change to go is gone afterwards.
    ///
    /// # Errors
    /// `NotFound` when there is no such pod.
    pub fn update_pod(&mut self, uid: Uid, change: impl FnOnce(&mut Pod)) -> ApiResult<()> {
        let stored = self.pods.get_mut(uid).ok_or_else(|| no_pod(uid))?;
        let old = stored.clone();
        let pod = Rc::make_mut(stored);
        change(pod);
        self.last_resource_version += 1;
        pod.meta.resource_version = self.last_resource_version;
        let done = pod.meta.deletion_grace_s == Some(0) && pod.meta.finalizers.is_empty();
        self.notices.push(Notice::Pod(Change { old: Some(old), new: Some(stored.clone()) }));
        if done {
            self.remove_pod(uid);
        }
        Ok(())
    }

    /// Takes a finalizer off a pod. That it is not there is no error.
    ///
    /// # Errors
    /// `NotFound` when there is no such pod.
    pub fn remove_pod_finalizer(&mut self, uid: Uid, finalizer: &str) -> ApiResult<()> {
        self.update_pod(uid, |pod| pod.meta.remove_finalizer(finalizer))
    }

    /// Asks for a pod to go. An unbound or ended pod needs no grace, and a negative one is taken for a second; a pod
    /// without grace and without finalizers is gone at once, any other is marked and goes later.
    ///
    /// # Errors
    /// `NotFound` when there is no such pod.
    // Models pkg/registry/core/pod/strategy.go CheckGracefulDelete and apiserver registry store Delete
    pub fn delete_pod(&mut self, uid: Uid, grace: DeleteGrace) -> ApiResult<()> {
        let pod = self.pods.get(uid).ok_or_else(|| no_pod(uid))?.clone();
        let asked_s = match grace {
            DeleteGrace::Default => pod.template.termination_grace_s,
            DeleteGrace::Seconds(seconds) => seconds,
        };
        let grace_s = match asked_s {
            _ if pod.node.is_none() || pod.is_terminal() => 0,
            ..0 => 1,
            asked_s => asked_s,
        };
        if pod.meta.deletion_time.is_some() && pod.meta.deletion_grace_s.is_some_and(|earlier_s| earlier_s <= grace_s) {
            return Ok(());
        }
        let deletion_time = self.now.plus_seconds(grace_s).truncated_to_second();
        self.update_pod(uid, |pod| {
            pod.meta.deletion_time = Some(pod.meta.deletion_time.map_or(deletion_time, |old| old.min(deletion_time)));
            pod.meta.deletion_grace_s = Some(grace_s);
        })
    }

    fn remove_pod(&mut self, uid: Uid) {
        if let Some(old) = self.pods.remove(uid) {
            self.pod_names.remove(&name_key(&old.meta.namespace, &old.meta.name));
            self.notices.push(Notice::Pod(Change { old: Some(old), new: None }));
        }
    }

    /// A free name, which is from now on that of the next object.
    fn take_pod_name(&mut self, new: &NewPod) -> ApiResult<Rc<str>> {
        for _ in 0..NAME_TRIES {
            let name = self.names.generate(&new.generate_name);
            let key = name_key(&new.namespace, &name);
            match self.pod_names.insert(key, Uid(self.last_uid + 1)) {
                Some(other) => self.pod_names.insert(key, other),
                None => return Ok(name.into()),
            };
        }
        Err(ApiError::AlreadyExists { kind: ObjectKind::Pod, name: new.generate_name.clone() })
    }
}

// Models pkg/registry/core/pod/strategy.go applySchedulingGatedCondition
fn gated(now: Time) -> PodCondition {
    PodCondition {
        kind: PodConditionType::PodScheduled,
        status: ConditionStatus::False,
        reason: "SchedulingGated".into(),
        message: Some("Scheduling is blocked due to non-empty scheduling gates".into()),
        last_transition_time: Some(now),
    }
}

/// Names with one hash are as good as never met; the later is taken for a name that is in use.
fn name_key(namespace: &str, name: &str) -> u64 {
    stable_hash(0, &(namespace, name))
}

pub(super) fn no_pod(uid: Uid) -> ApiError {
    ApiError::NotFound { kind: ObjectKind::Pod, name: uid.to_string() }
}
