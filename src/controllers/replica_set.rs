//! The ReplicaSet controller: it keeps as many pods as a ReplicaSet asks for. It knows what its watches told it, and
//! acts by calls to the API server.

use super::job::rules::{nearness_order, sort_pods, youth_order};
use crate::api::event::{EventMessage, EventSource};
use crate::api::meta::{BlockOwnerDeletion, OwnerReference, OwnerRole};
use crate::api::{
    EventReason, ObjectKind, ObjectList, ObjectMeta, Pod, PodConditionType, ReplicaSet, ReplicaSetStatus, Uid, UidMap,
};
use crate::apiserver::{ApiError, ApiResult, ApiServer, Change, DeleteGrace, EventDraft, NewPod};
use crate::client::{Expectations, WorkQueue};
use crate::sim::{SECOND_MS, Time};
use std::cmp::Ordering;
use std::rc::Rc;

/// The most pods that one sync creates or deletes.
const BURST_REPLICAS: usize = 500;

/// The controller: all that it holds is memory.
// Models pkg/controller/replicaset/replica_set.go
#[derive(Clone, Debug, Default)]
pub struct ReplicaSetController {
    sets: ObjectList<ReplicaSet>,
    /// Pods that a ReplicaSet controls, or that nothing does.
    pods: UidMap<Rc<Pod>>,
    expectations: Expectations,
    queue: WorkQueue,
}

impl ReplicaSetController {
    /// Hears of a change of a ReplicaSet.
    pub fn on_replica_set(&mut self, change: &Change<ReplicaSet>) {
        match (&change.old, &change.new) {
            (_, Some(set)) => {
                self.sets.put(set.clone());
                self.queue.add(set.meta.uid);
            }
            (Some(set), None) => self.sets.remove(set.meta.uid),
            (None, None) => {}
        }
    }

    /// Hears of a change of a pod.
    // Models pkg/controller/replicaset/replica_set.go addPod, updatePod, deletePod
    pub fn on_pod(&mut self, change: &Change<Pod>, now: Time) {
        let Some(pod) = change.latest() else { return };
        let known = self.pods.get(pod.meta.uid).cloned();
        let is_going = |pod: &Pod| pod.meta.deletion_time.is_some();
        let owner = pod.meta.controller().map(|owner| owner.uid);
        if let Some(owner) = owner {
            let was_going = known.as_deref().is_some_and(is_going);
            if (change.new.is_none() || is_going(pod)) && !was_going {
                self.expectations.deletion_observed(owner);
            } else if known.is_none() {
                self.expectations.creation_observed(owner);
            }
        }
        match &change.new {
            Some(new) => self.pods.insert(new.meta.uid, new.clone()),
            None => self.pods.remove(pod.meta.uid),
        };
        let former = known.as_ref().and_then(|known| known.meta.controller()).map(|owner| owner.uid);
        for set in [owner, former.filter(|former| owner != Some(*former))].into_iter().flatten() {
            self.queue.add(set);
        }
        self.queue_when_available(owner, pod, now);
        if owner.is_none() && change.new.is_some() {
            for set in self.sets.iter().filter(|set| selects(set, pod)) {
                self.queue.add(set.meta.uid);
            }
        }
    }

    /// When there is work: `now` when there is already, `None` when none is in sight.
    pub fn next_due(&self, now: Time) -> Option<Time> {
        self.queue.next_due(now)
    }

    /// Takes the next piece of work that is due and does it.
    pub fn work(&mut self, now: Time, api: &mut ApiServer) {
        let Some(key) = self.queue.take(now) else { return };
        let Some(set) = self.sets.get(key).cloned() else {
            self.expectations.forget(key);
            return;
        };
        match self.sync(&set, now, api) {
            Ok(()) => self.queue.forget(key),
            Err(_) => self.queue.add_rate_limited(key, now),
        }
    }

    // Models pkg/controller/replicaset/replica_set.go syncReplicaSet
    fn sync(&mut self, set: &ReplicaSet, now: Time, api: &mut ApiServer) -> ApiResult<()> {
        let active = self.claim(set, api)?;
        let mut outcome = Ok(());
        if self.expectations.pending(set.meta.uid, now).is_none() && set.meta.deletion_time.is_none() {
            outcome = self.manage(set, &active, now, api);
        }
        let status = status_of(set, &active, now);
        if status != set.status {
            api.update_replica_set_status(set.meta.uid, status)?;
        }
        outcome
    }

    /// The active pods of the ReplicaSet: strays that it selects are adopted, pods that it no longer selects let go.
    // Models pkg/controller/controller_ref_manager.go ClaimPods
    fn claim(&self, set: &ReplicaSet, api: &mut ApiServer) -> ApiResult<Vec<Rc<Pod>>> {
        let mut claimed = Vec::new();
        for pod in self.pods.values().filter(|pod| pod.is_active()) {
            let owner = pod.meta.controller().map(|owner| owner.uid);
            let selected = selects(set, pod);
            if owner == Some(set.meta.uid) && !selected {
                let uid = set.meta.uid;
                let release = |pod: &mut Pod| pod.meta.remove_owner(uid);
                found(api.update_pod(pod.meta.uid, release))?;
                continue;
            } else if owner.is_none() && selected && set.meta.deletion_time.is_none() {
                found(api.update_pod(pod.meta.uid, |pod| pod.meta.add_owner(reference(set))))?;
            } else if owner != Some(set.meta.uid) {
                continue;
            }
            claimed.push(pod.clone());
        }
        Ok(claimed)
    }

    // Models pkg/controller/replicaset/replica_set.go manageReplicas
    fn manage(&mut self, set: &ReplicaSet, active: &[Rc<Pod>], now: Time, api: &mut ApiServer) -> ApiResult<()> {
        let wanted = usize::try_from(set.spec.replicas).unwrap_or(0);
        if active.len() < wanted {
            self.create(set, (wanted - active.len()).min(BURST_REPLICAS), now, api)
        } else if active.len() > wanted {
            self.delete(set, active, (active.len() - wanted).min(BURST_REPLICAS), now, api)
        } else {
            Ok(())
        }
    }

    /// Creates pods in batches of 1, 2, 4 …; a batch with an error is the last.
    // Models pkg/controller/replicaset/replica_set.go slowStartBatch
    fn create(&mut self, set: &ReplicaSet, count: usize, now: Time, api: &mut ApiServer) -> ApiResult<()> {
        let key = set.meta.uid;
        self.expectations.expect(key, count as i64, 0, now);
        let (mut created, mut batch, mut outcome) = (0, 1, Ok(()));
        while created < count && outcome.is_ok() {
            for _ in 0..batch.min(count - created) {
                match api.create_pod(new_pod(set)) {
                    Ok(pod) => {
                        let message = EventMessage::CreatedPod { pod: pod.meta.name.clone() };
                        api.record_event(event(set, EventReason::SuccessfulCreate).message(message));
                    }
                    Err(error) => {
                        let message = format!("Error creating: {error}");
                        api.record_event(event(set, EventReason::FailedCreate).warning().message(message));
                        self.expectations.creation_observed(key);
                        outcome = Err(error);
                    }
                }
                created += 1;
            }
            batch *= 2;
        }
        for _ in created..count {
            self.expectations.creation_observed(key);
        }
        outcome
    }

    fn delete(
        &mut self,
        set: &ReplicaSet,
        active: &[Rc<Pod>],
        count: usize,
        now: Time,
        api: &mut ApiServer,
    ) -> ApiResult<()> {
        let key = set.meta.uid;
        self.expectations.expect(key, 0, count as i64, now);
        let mut outcome = Ok(());
        for pod in pods_to_delete(active, count) {
            match api.delete_pod(pod.meta.uid, DeleteGrace::Default) {
                Ok(()) => {
                    let message = format!("Deleted pod: {}", pod.meta.name);
                    api.record_event(event(set, EventReason::SuccessfulDelete).message(message));
                }
                Err(error) => {
                    self.expectations.deletion_observed(key);
                    if !error.is_not_found() {
                        let message = format!("Error deleting: {error}");
                        api.record_event(event(set, EventReason::FailedDelete).warning().message(message));
                        outcome = Err(error);
                    }
                }
            }
        }
        outcome
    }

    /// A pod that became ready counts as available a while later.
    fn queue_when_available(&mut self, owner: Option<Uid>, pod: &Pod, now: Time) {
        let set = owner.and_then(|owner| self.sets.get(owner));
        if let Some(set) = set.filter(|set| set.spec.min_ready_s > 0 && pod.is_ready()) {
            let delay_ms = i64::from(set.spec.min_ready_s) * SECOND_MS;
            self.queue.add_after(set.meta.uid, delay_ms, now);
        }
    }
}

/// The pods that are given up first: those that have come least far, then those of a node that has more of them, then
/// the younger.
// Models pkg/controller/controller_utils.go ActivePodsWithRanks.Less
fn pods_to_delete(active: &[Rc<Pod>], count: usize) -> Vec<Rc<Pod>> {
    let mut pods = active.to_vec();
    sort_pods(&mut pods, youth_order);
    let neighbours = |pod: &Pod| active.iter().filter(|other| other.node == pod.node).count();
    let mut left: Vec<(usize, Rc<Pod>)> = pods.into_iter().map(|pod| (neighbours(&pod), pod)).collect();
    let mut chosen = Vec::new();
    while chosen.len() < count && !left.is_empty() {
        let mut first = 0;
        for place in 1..left.len() {
            let ((others, pod), (most, least_far)) = (&left[place], &left[first]);
            if nearness_order(pod, least_far).then(most.cmp(others)) == Ordering::Less {
                first = place;
            }
        }
        chosen.push(left.remove(first).1);
    }
    chosen
}

// Models pkg/controller/replicaset/replica_set_utils.go calculateStatus
fn status_of(set: &ReplicaSet, active: &[Rc<Pod>], now: Time) -> ReplicaSetStatus {
    let count = |holds: &dyn Fn(&Pod) -> bool| active.iter().filter(|pod| holds(pod)).count() as i32;
    let labels = &set.spec.template.labels;
    let has_all = |pod: &Pod| labels.iter().all(|label| pod.meta.labels.get(&label.0) == Some(&label.1));
    ReplicaSetStatus {
        replicas: active.len() as i32,
        fully_labeled_replicas: count(&has_all),
        ready_replicas: count(&Pod::is_ready),
        available_replicas: count(&|pod| is_available(pod, set.spec.min_ready_s, now)),
        observed_generation: set.meta.generation,
    }
}

/// Ready, and that for long enough.
// Models pkg/api/v1/pod/util.go IsPodAvailable
fn is_available(pod: &Pod, min_ready_s: i32, now: Time) -> bool {
    let since = pod.status.condition(PodConditionType::Ready).and_then(|ready| ready.last_transition_time);
    let long_enough = |since: Time| since.plus_seconds(i64::from(min_ready_s)) <= now;
    pod.is_ready() && (min_ready_s == 0 || since.is_some_and(long_enough))
}

fn selects(set: &ReplicaSet, pod: &Pod) -> bool {
    set.meta.namespace == pod.meta.namespace && set.spec.selector.matches(&pod.meta.labels)
}

fn new_pod(set: &ReplicaSet) -> NewPod {
    NewPod {
        namespace: set.meta.namespace.clone(),
        generate_name: format!("{}-", set.meta.name),
        template: set.spec.template.clone(),
        labels: set.spec.template.labels.clone(),
        annotations: set.spec.template.annotations.clone(),
        finalizers: set.spec.template.finalizers.clone(),
        owner_references: [reference(set)].into(),
        completion_index: None,
        hostname: None,
    }
}

fn reference(set: &ReplicaSet) -> OwnerReference {
    controller_reference("ReplicaSet", &set.meta)
}

/// The reference by which an object names the controller of that kind of the group `apps`.
pub(super) fn controller_reference(kind: &'static str, meta: &ObjectMeta) -> OwnerReference {
    OwnerReference {
        api_version: "apps/v1".into(),
        kind: kind.into(),
        name: meta.name.clone(),
        uid: meta.uid,
        role: OwnerRole::Controller,
        blocks_deletion: BlockOwnerDeletion::Yes,
    }
}

fn event(set: &ReplicaSet, reason: EventReason) -> EventDraft {
    EventDraft::about(ObjectKind::ReplicaSet, &set.meta, EventSource::ReplicaSetController, reason)
}

/// What is gone already need not be dealt with.
fn found(result: ApiResult<()>) -> ApiResult<()> {
    result.or_else(|error| if ApiError::is_not_found(&error) { Ok(()) } else { Err(error) })
}
