//! What the controller makes of a watch event: it keeps its cache, ticks off what it expected, and queues the Job.

use super::cache::controller_uid;
use super::pods::has_tracking_finalizer;
use super::{JobController, JobKey, OrphanKey};
use crate::api::{Job, Pod, Uid};
use crate::apiserver::Change;
use crate::sim::{SECOND_MS, Time};
use std::rc::Rc;

/// Whether a pod that is being deleted is on its way or gone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Removal {
    Marked,
    Gone,
}

impl JobController {
    /// Hears of a change of a Job.
    pub fn on_job(&mut self, change: &Change<Job>, now: Time) {
        match (&change.old, &change.new) {
            (_, Some(job)) => {
                let key: JobKey = job.meta.key().into();
                let old = self.cache.job(&key).filter(|old| old.meta.uid == job.meta.uid).cloned();
                self.cache.put_job(key.clone(), job.clone());
                match old {
                    Some(old) => self.update_job(&key, &old, job, now),
                    None => self.add_job(key, job),
                }
            }
            (Some(job), None) => self.delete_job(job),
            (None, None) => {}
        }
    }

    /// Hears of a change of a pod.
    pub fn on_pod(&mut self, change: &Change<Pod>, now: Time) {
        match (&change.old, &change.new) {
            (old, Some(pod)) => {
                let known = self.cache.pod(pod.meta.uid).cloned().or(old.clone());
                self.memory.metrics.pod_changed(known.as_deref(), Some(pod));
                self.cache.put_pod(pod.clone());
                if pod.meta.deletion_time.is_some() {
                    self.delete_pod(pod, Removal::Marked, now);
                } else if let Some(old) = known {
                    self.update_pod(&old, pod, now);
                } else {
                    self.add_pod(pod, now);
                }
            }
            (Some(pod), None) => {
                self.memory.metrics.pod_changed(Some(pod), None);
                self.cache.remove_pod(pod.meta.uid);
                self.delete_pod(pod, Removal::Gone, now);
            }
            (None, None) => {}
        }
    }

    // Models pkg/controller/job/job_controller.go addJob
    fn add_job(&mut self, key: JobKey, job: &Job) {
        self.queue.add(key);
        if let Some(manager) = self.external_manager(job).map(str::to_owned) {
            self.memory.metrics.job_of_other_controller(&manager);
        }
    }

    // Models pkg/controller/job/job_controller.go updateJob
    fn update_job(&mut self, key: &JobKey, old: &Job, job: &Rc<Job>, now: Time) {
        if job.is_finished() {
            self.orphan_queue.add(OrphanKey::OfJob(job.meta.uid));
            return;
        }
        if job.meta.generation == old.meta.generation {
            self.queue_batched(key.clone(), now);
        } else {
            self.queue.add(key.clone());
        }
        if let (Some(start), Some(deadline_s)) = (job.status.start_time, job.spec.active_deadline_s)
            && old.spec.active_deadline_s != Some(deadline_s)
        {
            let remaining_ms = deadline_s.saturating_mul(SECOND_MS).saturating_sub(now.ms_since(start));
            self.queue.add_after(key.clone(), remaining_ms, now);
        }
    }

    // Models pkg/controller/job/job_controller.go deleteJob
    fn delete_job(&mut self, job: &Job) {
        // A Job of the same name may follow at once; it must not inherit the back-off and expectations of this one.
        let key: JobKey = job.meta.key().into();
        self.cache.remove_job(job.meta.uid);
        self.memory.forget(&key);
        self.queue.add(key);
        self.orphan_queue.add(OrphanKey::OfJob(job.meta.uid));
    }

    // Models pkg/controller/job/job_controller.go addPod
    fn add_pod(&mut self, pod: &Rc<Pod>, now: Time) {
        match controller_uid(pod) {
            Some(controller) => {
                if let Some(key) = self.job_key(controller) {
                    self.memory.expectations.creation_observed(&key);
                    self.queue_batched(key, now);
                }
            }
            None => self.on_orphan(pod, now),
        }
    }

    // Models pkg/controller/job/job_controller.go updatePod
    fn update_pod(&mut self, old: &Pod, pod: &Rc<Pod>, now: Time) {
        let (old_controller, controller) = (controller_uid(old), controller_uid(pod));
        if old_controller != controller
            && let Some(key) = old_controller.and_then(|uid| self.job_key(uid))
        {
            self.observe_removal(&key, pod);
            self.queue_batched(key, now);
        }
        if let Some(controller) = controller {
            if let Some(key) = self.job_key(controller) {
                self.observe_removal(&key, pod);
                self.queue_batched(key, now);
            }
            return;
        }
        if has_tracking_finalizer(pod) {
            self.orphan_queue.add(OrphanKey::Pod(pod.meta.uid));
        }
        if old.meta.labels != pod.meta.labels || old_controller != controller {
            self.queue_selecting_jobs(pod, now);
        }
    }

    // Models pkg/controller/job/job_controller.go deletePod
    fn delete_pod(&mut self, pod: &Rc<Pod>, removal: Removal, now: Time) {
        let has_finalizer = has_tracking_finalizer(pod);
        let job = controller_uid(pod).and_then(|uid| self.cache.job_by_uid(uid));
        let Some((key, _)) = job.filter(|(_, job)| !job.is_finished()) else {
            if has_finalizer {
                self.orphan_queue.add(OrphanKey::Pod(pod.meta.uid));
            }
            return;
        };
        let key = key.clone();
        self.memory.expectations.deletion_observed(&key);
        if removal == Removal::Gone || !has_finalizer {
            self.memory.removals.observed(&key, pod.meta.uid);
        }
        self.queue_batched(key, now);
    }

    fn on_orphan(&mut self, pod: &Rc<Pod>, now: Time) {
        if has_tracking_finalizer(pod) {
            self.orphan_queue.add(OrphanKey::Pod(pod.meta.uid));
        }
        self.queue_selecting_jobs(pod, now);
    }

    // Models staging/src/k8s.io/client-go/listers/batch/v1/job_expansion.go GetPodJobs
    fn queue_selecting_jobs(&mut self, pod: &Pod, now: Time) {
        if pod.meta.labels.is_empty() {
            return;
        }
        let selects = |job: &Job| {
            job.meta.namespace == pod.meta.namespace
                && self.external_manager(job).is_none()
                && job.spec.selector.matches(&pod.meta.labels)
        };
        let keys: Vec<JobKey> = self.cache.jobs().filter(|(_, job)| selects(job)).map(|(key, _)| key.clone()).collect();
        for key in keys {
            self.queue_batched(key, now);
        }
    }

    fn observe_removal(&mut self, key: &JobKey, pod: &Pod) {
        if !has_tracking_finalizer(pod) {
            self.memory.removals.observed(key, pod.meta.uid);
        }
    }

    /// Queues a Job a little later, so that the pod events of that time are dealt with together.
    // Models pkg/controller/job/job_controller.go enqueueSyncJobBatched
    fn queue_batched(&mut self, key: JobKey, now: Time) {
        let delay_ms = self.tunables.sync_batch_ms;
        self.queue.add_after(key, delay_ms, now);
    }

    fn job_key(&self, uid: Uid) -> Option<JobKey> {
        self.cache.job_by_uid(uid).map(|(key, _)| key.clone())
    }
}
