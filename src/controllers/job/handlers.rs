//! What the controller makes of a watch event: it keeps its cache, ticks off what it expected, and queues the Job.

use super::JobController;
use super::cache::controller_uid;
use super::pods::has_tracking_finalizer;
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
                self.memory.consistency.read_job(job.meta.resource_version);
                let old = self.cache.job(job.meta.uid).cloned();
                self.cache.put_job(job.clone());
                match old {
                    Some(old) => self.update_job(&old, job, now),
                    None => self.add_job(job),
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
                self.memory.consistency.read_pod(pod.meta.resource_version);
                let known = self.cache.put_pod(pod.clone()).or_else(|| old.clone());
                self.memory.metrics.pod_changed(known.as_deref(), Some(pod));
                if known.as_ref().is_some_and(|known| known.meta.resource_version == pod.meta.resource_version) {
                    return;
                }
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
    fn add_job(&mut self, job: &Job) {
        self.queue.add(job.meta.uid);
        if let Some(manager) = self.external_manager(job).map(str::to_owned) {
            self.memory.metrics.job_of_other_controller(&manager);
        }
    }

    // Models pkg/controller/job/job_controller.go updateJob
    fn update_job(&mut self, old: &Job, job: &Job, now: Time) {
        let key = job.meta.uid;
        if job.is_finished() {
            self.orphan_queue.add(key);
            return;
        }
        if job.meta.generation == old.meta.generation {
            self.queue_batched(key, now);
        } else {
            self.queue.add(key);
        }
        if let (Some(start), Some(deadline_s)) = (job.status.start_time, job.spec.active_deadline_s)
            && old.spec.active_deadline_s != Some(deadline_s)
        {
            let remaining_ms = deadline_s.saturating_mul(SECOND_MS).saturating_sub(now.ms_since(start));
            self.queue.add_after(key, remaining_ms, now);
        }
    }

    // Models pkg/controller/job/job_controller.go deleteJob
    fn delete_job(&mut self, job: &Job) {
        self.cache.remove_job(job.meta.uid);
        self.queue.add(job.meta.uid);
        self.orphan_queue.add(job.meta.uid);
    }

    // Models pkg/controller/job/job_controller.go addPod
    fn add_pod(&mut self, pod: &Rc<Pod>, now: Time) {
        match controller_uid(pod) {
            Some(job) => {
                if self.cache.job(job).is_some() {
                    self.memory.expectations.creation_observed(job);
                    self.queue_batched(job, now);
                }
            }
            None => self.on_orphan(pod, now),
        }
    }

    // Models pkg/controller/job/job_controller.go updatePod
    fn update_pod(&mut self, old: &Pod, pod: &Rc<Pod>, now: Time) {
        let (old_controller, controller) = (controller_uid(old), controller_uid(pod));
        let known = |uid: &Uid| self.cache.job(*uid).is_some();
        let changed = old_controller != controller;
        let (former, present) = (old_controller.filter(|_| changed).filter(known), controller.filter(known));
        for job in [former, present].into_iter().flatten() {
            self.observe_removal(job, pod);
            self.queue_batched(job, now);
        }
        if controller.is_some() {
            return;
        }
        if has_tracking_finalizer(pod) {
            self.orphan_queue.add(pod.meta.uid);
        }
        if old.meta.labels != pod.meta.labels || old_controller != controller {
            self.queue_selecting_jobs(pod, now);
        }
    }

    // Models pkg/controller/job/job_controller.go deletePod
    fn delete_pod(&mut self, pod: &Rc<Pod>, removal: Removal, now: Time) {
        let has_finalizer = has_tracking_finalizer(pod);
        let job = controller_uid(pod).filter(|uid| self.cache.job(*uid).is_some_and(|job| !job.is_finished()));
        let Some(job) = job else {
            if has_finalizer {
                self.orphan_queue.add(pod.meta.uid);
            }
            return;
        };
        self.memory.expectations.deletion_observed(job);
        if removal == Removal::Gone || !has_finalizer {
            self.memory.removals.observed(job, pod.meta.uid);
        }
        self.queue_batched(job, now);
    }

    fn on_orphan(&mut self, pod: &Rc<Pod>, now: Time) {
        if has_tracking_finalizer(pod) {
            self.orphan_queue.add(pod.meta.uid);
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
        let jobs: Vec<Uid> = self.cache.jobs().filter(|job| selects(job)).map(|job| job.meta.uid).collect();
        for job in jobs {
            self.queue_batched(job, now);
        }
    }

    fn observe_removal(&mut self, job: Uid, pod: &Pod) {
        if !has_tracking_finalizer(pod) {
            self.memory.removals.observed(job, pod.meta.uid);
        }
    }

    /// Queues a Job a little later, so that the pod events of that time are dealt with together.
    // Models pkg/controller/job/job_controller.go enqueueSyncJobBatched
    fn queue_batched(&mut self, job: Uid, now: Time) {
        let delay_ms = self.tunables.sync_batch_ms;
        self.queue.add_after(job, delay_ms, now);
    }
}
