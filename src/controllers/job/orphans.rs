//! Pods that still carry the tracking finalizer but that no Job will count any more: the finalizer is taken off, so
//! that they can go.

use super::client::JobClient;
use super::pods::has_tracking_finalizer;
use super::{JobController, cache::controller_uid};
use crate::api::{Pod, Uid};
use crate::apiserver::ApiError;
use crate::sim::Time;
use std::rc::Rc;

impl JobController {
    /// Looks at one pod, or at all pods of a Job that is finished or gone.
    // Models pkg/controller/job/job_controller.go syncOrphanPod
    pub(super) fn work_on_orphan(&mut self, key: Uid, now: Time, client: &mut impl JobClient) {
        let pods: Vec<Rc<Pod>> = self.cache.pod(key).into_iter().chain(self.cache.pods_of(key)).cloned().collect();
        let failed = pods.iter().filter(|pod| self.release_orphan(pod, client).is_err()).count();
        match failed {
            0 => self.orphan_queue.forget(key),
            _ => self.orphan_queue.add_rate_limited(key, now),
        }
    }

    // Models pkg/controller/job/job_controller.go handleSingleOrphanPod
    fn release_orphan(&self, pod: &Pod, client: &mut impl JobClient) -> Result<(), ApiError> {
        if !has_tracking_finalizer(pod) || self.still_counted(pod) {
            return Ok(());
        }
        match client.remove_tracking_finalizer(pod) {
            Err(error) if error.is_not_found() => Ok(()),
            result => result,
        }
    }

    /// Whether some controller will still see to this pod's finalizer.
    fn still_counted(&self, pod: &Pod) -> bool {
        let Some(owner) = pod.meta.controller() else { return false };
        if owner.kind != "Job" || owner.api_version != "batch/v1" {
            return true;
        }
        let job = controller_uid(pod).and_then(|uid| self.cache.job(uid));
        job.is_some_and(|job| self.external_manager(job).is_some() || !job.is_finished())
    }
}
