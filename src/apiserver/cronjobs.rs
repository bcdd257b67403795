//! CronJobs in the store: creating, changing spec and status, deleting with a propagation policy.

use super::jobs::mark_deleted;
use super::{ApiError, ApiResult, ApiServer, Change, Notice};
use crate::api::defaults::set_defaults_cronjob;
use crate::api::encode::encode;
use crate::api::types::batch;
use crate::api::validation::cronjob::{validate_cronjob_create, validate_cronjob_update};
use crate::api::{CronJob, CronJobStatus, ObjectKind, Propagation, Uid, strategy, wire};
use std::rc::Rc;

impl ApiServer {
    pub fn cron_job(&self, uid: Uid) -> Option<&Rc<CronJob>> {
        self.cron_jobs.get(uid)
    }

    /// All CronJobs in the order of their creation.
    pub fn cron_jobs(&self) -> impl Iterator<Item = &Rc<CronJob>> {
        self.cron_jobs.iter()
    }

    pub fn cron_job_by_name(&self, namespace: &str, name: &str) -> Option<&Rc<CronJob>> {
        self.cron_jobs.by_name(namespace, name)
    }

    /// Admits a CronJob as a person wrote it, validates and stores it.
    ///
    /// # Errors
    /// `Invalid` with every fault, or `AlreadyExists` when the name is taken.
    pub fn create_cron_job(&mut self, mut manifest: batch::CronJob) -> ApiResult<Rc<CronJob>> {
        self.name_finally(&mut manifest.metadata);
        let name = manifest.metadata.name.clone().unwrap_or_default();
        if self.cron_job_by_name(manifest.metadata.namespace.as_deref().unwrap_or_default(), &name).is_some() {
            return Err(ApiError::AlreadyExists { kind: ObjectKind::CronJob, name });
        }
        let uid = self.next_uid();
        let admitted = strategy::admit_cronjob_for_create(manifest, &uid.to_string());
        ApiError::check(ObjectKind::CronJob, &name, &validate_cronjob_create(&admitted))?;
        let mut cron_job = CronJob {
            meta: wire::meta(&admitted.metadata, &mut |_| uid),
            spec: wire::cron_job_spec(&admitted.spec),
            status: CronJobStatus::default(),
            wire: Rc::new(admitted.spec),
        };
        cron_job.meta.resource_version = self.next_resource_version();
        cron_job.meta.creation_time = Some(self.now.truncated_to_second());
        let cron_job = Rc::new(cron_job);
        self.cron_jobs.put(cron_job.clone());
        self.notices.push(Notice::CronJob(Change { old: None, new: Some(cron_job.clone()) }));
        Ok(cron_job)
    }

    /// Changes the spec of a CronJob as a person would, by editing it.
    ///
    /// # Errors
    /// `NotFound`, or `Invalid` with every fault.
    pub fn update_cron_job_spec(
        &mut self,
        uid: Uid,
        change: impl FnOnce(&mut batch::CronJobSpec),
    ) -> ApiResult<Rc<CronJob>> {
        let stored = self.cron_jobs.get(uid).ok_or_else(|| no_cron_job(uid))?;
        let old = wire::cron_job_to_wire(stored);
        let mut new = wire::cron_job_to_wire(stored);
        change(&mut new.spec);
        set_defaults_cronjob(&mut new);
        ApiError::check(ObjectKind::CronJob, &stored.meta.name, &validate_cronjob_update(&new, &old))?;
        if encode(&new.spec) == encode(&old.spec) {
            return Ok(stored.clone());
        }
        self.update_cron_job(uid, |cron_job| {
            cron_job.set_spec(new.spec);
            cron_job.meta.generation += 1;
        })
    }

    /// Replaces the status of a CronJob.
    ///
    /// # Errors
    /// `NotFound`, or `Conflict` when the CronJob is no longer at `resource_version`.
    pub fn update_cron_job_status(
        &mut self,
        uid: Uid,
        resource_version: u64,
        status: CronJobStatus,
    ) -> ApiResult<Rc<CronJob>> {
        let stored = self.cron_jobs.get(uid).ok_or_else(|| no_cron_job(uid))?;
        if stored.meta.resource_version != resource_version {
            return Err(ApiError::Conflict { kind: ObjectKind::CronJob, name: stored.meta.name.to_string() });
        }
        self.update_cron_job(uid, |cron_job| cron_job.status = status)
    }

    /// Marks a CronJob for deletion, or removes it when nothing holds it back.
    ///
    /// # Errors
    /// `NotFound` when there is no such CronJob.
    pub fn delete_cron_job(&mut self, uid: Uid, propagation: Propagation) -> ApiResult<()> {
        let now = self.now;
        self.update_cron_job(uid, |cron_job| mark_deleted(&mut cron_job.meta, propagation, now))?;
        Ok(())
    }

    /// Takes a finalizer off a CronJob.
    ///
    /// # Errors
    /// `NotFound` when there is no such CronJob.
    pub fn remove_cron_job_finalizer(&mut self, uid: Uid, finalizer: &str) -> ApiResult<()> {
        self.update_cron_job(uid, |cron_job| cron_job.meta.remove_finalizer(finalizer))?;
        Ok(())
    }

    /// Changes a CronJob; one that waits for this change to go is gone afterwards.
    fn update_cron_job(&mut self, uid: Uid, change: impl FnOnce(&mut CronJob)) -> ApiResult<Rc<CronJob>> {
        let old = self.cron_jobs.get(uid).ok_or_else(|| no_cron_job(uid))?.clone();
        let mut cron_job = (*old).clone();
        change(&mut cron_job);
        cron_job.meta.resource_version = self.next_resource_version();
        let done = cron_job.meta.deletion_time.is_some() && cron_job.meta.finalizers.is_empty();
        let cron_job = Rc::new(cron_job);
        self.cron_jobs.put(cron_job.clone());
        self.notices.push(Notice::CronJob(Change { old: Some(old), new: Some(cron_job.clone()) }));
        if done {
            self.cron_jobs.remove(uid);
            self.notices.push(Notice::CronJob(Change { old: Some(cron_job.clone()), new: None }));
        }
        Ok(cron_job)
    }
}

fn no_cron_job(uid: Uid) -> ApiError {
    ApiError::NotFound { kind: ObjectKind::CronJob, name: uid.to_string() }
}
