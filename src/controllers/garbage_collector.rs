//! The garbage collector: when a Job or CronJob goes, it sees to what that owns, as the propagation policy asks.

use crate::api::{CronJob, Job, ObjectMeta, OwnerReference, Pod, Propagation, Uid, UidMap};
use crate::apiserver::{ApiError, ApiServer, Change, DeleteGrace, FOREGROUND_FINALIZER, ORPHAN_FINALIZER};
use crate::client::WorkQueue;
use crate::sim::Time;
use std::collections::BTreeSet;

/// The garbage collector, for CronJobs, Jobs and pods.
// Models pkg/controller/garbagecollector/garbagecollector.go
#[derive(Clone, Debug, Default)]
pub struct GarbageCollector {
    /// Pods and Jobs by what owns them.
    dependents: UidMap<BTreeSet<Uid>>,
    queue: WorkQueue,
}

impl GarbageCollector {
    /// Hears of a change of a CronJob.
    pub fn on_cron_job(&mut self, change: &Change<CronJob>) {
        if let Some(cron_job) = change.latest()
            && (change.new.is_none() || cron_job.meta.deletion_time.is_some())
        {
            self.queue.add(cron_job.meta.uid);
        }
    }

    /// Hears of a change of a Job.
    pub fn on_job(&mut self, change: &Change<Job>, api: &ApiServer) {
        let Some(job) = change.latest() else { return };
        if change.new.is_none() || job.meta.deletion_time.is_some() {
            self.queue.add(job.meta.uid);
        }
        self.on_dependent(change.old.as_ref().map(|job| &job.meta), change.new.as_ref().map(|job| &job.meta), api);
    }

    /// Hears of a change of a pod.
    pub fn on_pod(&mut self, change: &Change<Pod>, api: &ApiServer) {
        self.on_dependent(change.old.as_ref().map(|pod| &pod.meta), change.new.as_ref().map(|pod| &pod.meta), api);
    }

    /// When there is work: `now` when there is already, `None` when none is in sight.
    pub fn next_due(&self, now: Time) -> Option<Time> {
        self.queue.next_due(now)
    }

    /// Takes the next piece of work that is due and does it.
    pub fn work(&mut self, now: Time, api: &mut ApiServer) {
        let Some(owner) = self.queue.take(now) else { return };
        let Some(meta) = stored(owner, api) else {
            self.delete_dependents(owner, Propagation::Background, api);
            return;
        };
        if meta.has_finalizer(FOREGROUND_FINALIZER) {
            self.delete_dependents(owner, Propagation::Foreground, api);
            if self.dependents.get(owner).is_none_or(BTreeSet::is_empty) {
                finish(owner, FOREGROUND_FINALIZER, api);
            }
        } else if meta.has_finalizer(ORPHAN_FINALIZER) {
            self.orphan_dependents(owner, api);
            finish(owner, ORPHAN_FINALIZER, api);
        }
    }

    fn on_dependent(&mut self, old: Option<&ObjectMeta>, new: Option<&ObjectMeta>, api: &ApiServer) {
        if let Some(old) = old {
            let kept = |owner: Uid| new.is_some_and(|new| new.owner_references.iter().any(|kept| kept.uid == owner));
            for OwnerReference { uid: owner, .. } in old.owner_references.iter().filter(|owner| !kept(owner.uid)) {
                self.forget(*owner, old.uid);
            }
        }
        let Some(new) = new else { return };
        if old.is_some_and(|old| old.owner_references == new.owner_references) {
            return;
        }
        for OwnerReference { uid: owner, .. } in new.owner_references.iter() {
            self.dependents.or_default(*owner).insert(new.uid);
            // One that it hears of only while the owner goes is seen to like the others.
            if stored(*owner, api).is_none_or(|owner| owner.deletion_time.is_some()) {
                self.queue.add(*owner);
            }
        }
    }

    fn delete_dependents(&mut self, owner: Uid, propagation: Propagation, api: &mut ApiServer) {
        for dependent in self.dependents.get(owner).into_iter().flatten() {
            if let Some(pod) = api.pod(*dependent) {
                if pod.meta.deletion_time.is_none() {
                    ignore_gone(api.delete_pod(*dependent, DeleteGrace::Default));
                }
            } else if api.job(*dependent).is_some_and(|job| job.meta.deletion_time.is_none()) {
                ignore_gone(api.delete_job(*dependent, propagation));
            }
        }
    }

    fn orphan_dependents(&mut self, owner: Uid, api: &mut ApiServer) {
        for dependent in self.dependents.get(owner).into_iter().flatten() {
            if api.job(*dependent).is_some() {
                ignore_gone(api.remove_job_owner(*dependent, owner));
            } else {
                ignore_gone(api.update_pod(*dependent, |pod| pod.meta.remove_owner(owner)));
            }
        }
    }

    fn forget(&mut self, owner: Uid, dependent: Uid) {
        let Some(dependents) = self.dependents.get_mut(owner) else { return };
        dependents.remove(&dependent);
        if dependents.is_empty() {
            self.dependents.remove(owner);
            self.queue.add(owner);
        }
    }
}

/// The owner, if it is there.
fn stored(owner: Uid, api: &ApiServer) -> Option<&ObjectMeta> {
    api.job(owner).map(|job| &job.meta).or_else(|| api.cron_job(owner).map(|cron_job| &cron_job.meta))
}

fn finish(owner: Uid, finalizer: &str, api: &mut ApiServer) {
    if api.job(owner).is_some() {
        ignore_gone(api.remove_job_finalizer(owner, finalizer));
    } else {
        ignore_gone(api.remove_cron_job_finalizer(owner, finalizer));
    }
}

/// What is gone already need not be dealt with; the store refuses these calls for no other reason.
fn ignore_gone(result: Result<(), ApiError>) {
    debug_assert!(result.as_ref().err().is_none_or(ApiError::is_not_found));
}
