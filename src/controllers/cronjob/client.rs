//! The calls that the CronJob controller makes. The API server answers them; tests and fault injection may stand
//! between.

use crate::api::event::EventSource;
use crate::api::meta::{BlockOwnerDeletion, OwnerReference, OwnerRole};
use crate::api::{CronJob, Job, ObjectKind, Propagation};
use crate::apiserver::{ApiError, ApiResult, ApiServer, EventDraft, NewJob};
use std::rc::Rc;

/// What the controller reports its events as.
pub const SOURCE: EventSource = EventSource::CronJobController;

/// The calls of the CronJob controller.
pub trait CronJobClient {
    /// The CronJob as it is stored now, not as the cache shows it.
    /// # Errors
    /// When it is gone or could not be read.
    fn cron_job(&mut self, cron_job: &CronJob) -> ApiResult<Rc<CronJob>>;
    /// The Job as it is stored now.
    /// # Errors
    /// When it is gone or could not be read.
    fn job(&mut self, namespace: &str, name: &str) -> ApiResult<Rc<Job>>;
    /// # Errors
    /// When the name is taken or the Job could not be created.
    fn create_job(&mut self, job: NewJob) -> ApiResult<Rc<Job>>;
    /// Deletes a Job, and its pods behind it.
    /// # Errors
    /// When the Job is gone or could not be deleted.
    fn delete_job(&mut self, job: &Job) -> ApiResult<()>;
    /// # Errors
    /// When the CronJob is gone, has changed since it was read, or could not be written.
    fn update_status(&mut self, cron_job: &CronJob) -> ApiResult<Rc<CronJob>>;
    fn record_event(&mut self, event: EventDraft);
}

/// The reference by which a Job names the CronJob that controls it.
pub fn controller_reference(cron_job: &CronJob) -> OwnerReference {
    OwnerReference {
        api_version: "batch/v1".into(),
        kind: "CronJob".into(),
        name: cron_job.meta.name.clone(),
        uid: cron_job.meta.uid,
        role: OwnerRole::Controller,
        blocks_deletion: BlockOwnerDeletion::Yes,
    }
}

impl CronJobClient for ApiServer {
    fn cron_job(&mut self, cron_job: &CronJob) -> ApiResult<Rc<CronJob>> {
        let meta = &cron_job.meta;
        let found = self.cron_job_by_name(&meta.namespace, &meta.name);
        found.cloned().ok_or_else(|| not_found(ObjectKind::CronJob, &meta.name))
    }

    fn job(&mut self, namespace: &str, name: &str) -> ApiResult<Rc<Job>> {
        self.job_by_name(namespace, name).cloned().ok_or_else(|| not_found(ObjectKind::Job, name))
    }

    fn create_job(&mut self, job: NewJob) -> ApiResult<Rc<Job>> {
        self.create_job_from_template(job)
    }

    fn delete_job(&mut self, job: &Job) -> ApiResult<()> {
        let stored = CronJobClient::job(self, &job.meta.namespace, &job.meta.name)?;
        ApiServer::delete_job(self, stored.meta.uid, Propagation::Background)
    }

    fn update_status(&mut self, cron_job: &CronJob) -> ApiResult<Rc<CronJob>> {
        let meta = &cron_job.meta;
        self.update_cron_job_status(meta.uid, meta.resource_version, cron_job.status.clone())
    }

    fn record_event(&mut self, event: EventDraft) {
        ApiServer::record_event(self, event);
    }
}

fn not_found(kind: ObjectKind, name: &str) -> ApiError {
    ApiError::NotFound { kind, name: name.to_owned() }
}
