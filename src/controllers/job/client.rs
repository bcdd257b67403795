//! The calls that the Job controller makes. The API server answers them; tests and fault injection may stand between.

use crate::api::event::EventSource;
use crate::api::job::JOB_TRACKING_FINALIZER;
use crate::api::meta::{BlockOwnerDeletion, OwnerReference, OwnerRole};
use crate::api::{Job, Pod, Uid};
use crate::apiserver::{ApiResult, ApiServer, DeleteGrace, EventDraft, NewPod};
use std::rc::Rc;

/// What the controller reports its events as.
pub const SOURCE: EventSource = EventSource::JobController;

/// The calls of the Job controller.
pub trait JobClient {
    /// # Errors
    /// When the pod could not be created.
    fn create_pod(&mut self, pod: NewPod) -> ApiResult<Rc<Pod>>;
    /// # Errors
    /// When the pod is gone or could not be deleted.
    fn delete_pod(&mut self, pod: &Pod) -> ApiResult<()>;
    /// # Errors
    /// When the pod is gone or could not be changed.
    fn remove_tracking_finalizer(&mut self, pod: &Pod) -> ApiResult<()>;
    /// Makes the Job the pod's controller and adds the tracking finalizer.
    /// # Errors
    /// When the pod is gone or could not be changed.
    fn adopt_pod(&mut self, pod: &Pod, job: &Job) -> ApiResult<()>;
    /// Takes the Job and the tracking finalizer off the pod.
    /// # Errors
    /// When the pod is gone or could not be changed.
    fn release_pod(&mut self, pod: &Pod, job: &Job) -> ApiResult<()>;
    /// The Job as it is stored now, not as the cache shows it.
    fn stored_job(&self, uid: Uid) -> Option<Rc<Job>>;
    /// # Errors
    /// When the Job is gone, has changed since it was read, or could not be written.
    fn update_job_status(&mut self, job: &Job) -> ApiResult<Rc<Job>>;
    /// The version of the last write that was answered.
    fn written_version(&self) -> u64;
    fn record_event(&mut self, event: EventDraft);
}

/// The reference by which a pod names the Job that controls it.
pub fn controller_reference(job: &Job) -> OwnerReference {
    OwnerReference {
        api_version: "batch/v1".into(),
        kind: "Job".into(),
        name: job.meta.name.clone(),
        uid: job.meta.uid,
        role: OwnerRole::Controller,
        blocks_deletion: BlockOwnerDeletion::Yes,
    }
}

impl JobClient for ApiServer {
    fn create_pod(&mut self, pod: NewPod) -> ApiResult<Rc<Pod>> {
        ApiServer::create_pod(self, pod)
    }

    fn delete_pod(&mut self, pod: &Pod) -> ApiResult<()> {
        ApiServer::delete_pod(self, pod.meta.uid, DeleteGrace::Default)
    }

    fn remove_tracking_finalizer(&mut self, pod: &Pod) -> ApiResult<()> {
        self.remove_pod_finalizer(pod.meta.uid, JOB_TRACKING_FINALIZER)
    }

    fn adopt_pod(&mut self, pod: &Pod, job: &Job) -> ApiResult<()> {
        let owner = controller_reference(job);
        self.update_pod(pod.meta.uid, |pod| {
            pod.meta.add_owner(owner);
            pod.meta.add_finalizer(JOB_TRACKING_FINALIZER);
        })
    }

    fn release_pod(&mut self, pod: &Pod, job: &Job) -> ApiResult<()> {
        let owner = job.meta.uid;
        self.update_pod(pod.meta.uid, |pod| {
            pod.meta.remove_owner(owner);
            pod.meta.remove_finalizer(JOB_TRACKING_FINALIZER);
        })
    }

    fn stored_job(&self, uid: Uid) -> Option<Rc<Job>> {
        self.job(uid).cloned()
    }

    fn update_job_status(&mut self, job: &Job) -> ApiResult<Rc<Job>> {
        ApiServer::update_job_status(self, job.meta.uid, job.meta.resource_version, job.status.clone())
    }

    fn written_version(&self) -> u64 {
        self.resource_version()
    }

    fn record_event(&mut self, event: EventDraft) {
        ApiServer::record_event(self, event);
    }
}
