//! The garbage collector: when a Job goes, it sees to the pods that the Job owns, as the propagation policy asks.

use crate::api::{Job, Pod, Uid};
use crate::apiserver::{ApiError, ApiServer, Change, DeleteGrace, FOREGROUND_FINALIZER, ORPHAN_FINALIZER};
use crate::client::WorkQueue;
use crate::controllers::pod_gc::PodGc;
use crate::sim::Time;
use std::collections::{BTreeMap, BTreeSet};

/// The garbage collector, for Jobs and their pods.
// Models pkg/controller/garbagecollector/garbagecollector.go
#[derive(Clone, Debug, Default)]
pub struct GarbageCollector {
    /// Pods by the Job that owns them.
    dependents: BTreeMap<Uid, BTreeSet<Uid>>,
    queue: WorkQueue,
    /// Upstream's other collector of pods works beside this one.
    pods: PodGc,
}

impl GarbageCollector {
    /// Hears of a change of a Job.
    pub fn on_job(&mut self, change: &Change<Job>) {
        let Some(job) = change.latest() else { return };
        if change.new.is_none() || job.meta.deletion_time.is_some() {
            self.queue.add(job.meta.uid);
        }
    }

    /// Hears of a change of a pod.
    pub fn on_pod(&mut self, change: &Change<Pod>, api: &ApiServer) {
        if let Some(old) = &change.old {
            let kept = |owner: Uid| change.new.as_ref().is_some_and(|pod| owns(pod, owner));
            for owner in owners(old).filter(|owner| !kept(*owner)) {
                self.forget(owner, old.meta.uid);
            }
        }
        let Some(pod) = &change.new else { return };
        self.pods.on_pod(pod, api.now());
        if change.old.as_ref().is_some_and(|old| old.meta.owner_references == pod.meta.owner_references) {
            return;
        }
        for owner in owners(pod) {
            self.dependents.entry(owner).or_default().insert(pod.meta.uid);
            // One that it hears of only while the owner goes is seen to like the others.
            let is_going = api.job(owner).is_none_or(|job| job.meta.deletion_time.is_some());
            if is_going && api.replica_set(owner).is_none() {
                self.queue.add(owner);
            }
        }
    }

    /// When there is work: `now` when there is already, `None` when none is in sight.
    pub fn next_due(&self, now: Time) -> Option<Time> {
        [self.queue.next_due(now), self.pods.next_due(now)].into_iter().flatten().min()
    }

    /// Takes the next piece of work that is due and does it.
    pub fn work(&mut self, now: Time, api: &mut ApiServer) {
        if self.pods.work(now, api) {
            return;
        }
        let Some(owner) = self.queue.take(now) else { return };
        let Some(job) = api.job(owner).cloned() else {
            self.delete_dependents(owner, api);
            return;
        };
        if job.meta.has_finalizer(FOREGROUND_FINALIZER) {
            self.delete_dependents(owner, api);
            if self.dependents.get(&owner).is_none_or(BTreeSet::is_empty) {
                self.finish(&job, FOREGROUND_FINALIZER, api);
            }
        } else if job.meta.has_finalizer(ORPHAN_FINALIZER) {
            self.orphan_dependents(owner, api);
            self.finish(&job, ORPHAN_FINALIZER, api);
        }
    }

    fn delete_dependents(&mut self, owner: Uid, api: &mut ApiServer) {
        for pod in self.dependents.get(&owner).into_iter().flatten() {
            let going = api.pod(*pod).is_none_or(|pod| pod.meta.deletion_time.is_some());
            if !going {
                ignore_gone(api.delete_pod(*pod, DeleteGrace::Default));
            }
        }
    }

    fn orphan_dependents(&mut self, owner: Uid, api: &mut ApiServer) {
        for pod in self.dependents.get(&owner).into_iter().flatten() {
            ignore_gone(api.update_pod(*pod, |pod| pod.meta.remove_owner(owner)));
        }
    }

    fn finish(&mut self, job: &Job, finalizer: &str, api: &mut ApiServer) {
        ignore_gone(api.remove_job_finalizer(job.meta.uid, finalizer));
    }

    fn forget(&mut self, owner: Uid, pod: Uid) {
        let Some(pods) = self.dependents.get_mut(&owner) else { return };
        pods.remove(&pod);
        if pods.is_empty() {
            self.dependents.remove(&owner);
            self.queue.add(owner);
        }
    }
}

/// What is gone already need not be dealt with; the store refuses these calls for no other reason.
fn ignore_gone(result: Result<(), ApiError>) {
    debug_assert!(result.as_ref().err().is_none_or(ApiError::is_not_found));
}

fn owners(pod: &Pod) -> impl Iterator<Item = Uid> + '_ {
    pod.meta.owner_references.iter().map(|owner| owner.uid)
}

fn owns(pod: &Pod, owner: Uid) -> bool {
    owners(pod).any(|uid| uid == owner)
}
