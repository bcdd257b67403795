//! Jobs in the store: creating, changing spec and status, deleting with a propagation policy.

use super::{ApiError, ApiResult, ApiServer, Change, Notice};
use crate::api::defaults::set_defaults_job;
use crate::api::encode::encode;
use crate::api::strategy;
use crate::api::types::batch;
use crate::api::types::meta as wire_meta;
use crate::api::validation::ErrorList;
use crate::api::{Job, JobStatus, ObjectKind, ObjectMeta, OwnerReference, Propagation, Uid, wire};
use crate::sim::Time;
use std::rc::Rc;

/// Held by an object whose dependents must go first.
pub const FOREGROUND_FINALIZER: &str = "foregroundDeletion";
/// Held by an object whose dependents are to be let go.
pub const ORPHAN_FINALIZER: &str = "orphan";

impl ApiServer {
    pub fn job(&self, uid: Uid) -> Option<&Rc<Job>> {
        self.jobs.get(uid)
    }

    /// All Jobs in the order of their creation.
    pub fn jobs(&self) -> impl Iterator<Item = &Rc<Job>> {
        self.jobs.iter()
    }

    /// Admits a Job as a person wrote it (defaults, generated selector and labels), validates and stores it.
    ///
    /// # Errors
    /// `Invalid` with every fault, or `AlreadyExists` when the name is taken.
    pub fn create_job(&mut self, manifest: batch::Job) -> ApiResult<Rc<Job>> {
        self.admit_job(manifest, Vec::new())
    }

    pub(super) fn admit_job(&mut self, mut manifest: batch::Job, owners: Vec<OwnerReference>) -> ApiResult<Rc<Job>> {
        let name = self.free_job_name(&mut manifest.metadata)?;
        let uid = self.next_uid();
        let mut admitted = strategy::admit_for_create(manifest, &uid.to_string(), &self.gates);
        ApiError::check(ObjectKind::Job, &name, &strategy::validate_create(&admitted, &self.gates))?;
        strategy::label_like_template(&mut admitted);
        let spec = admitted.spec.unwrap_or_default();
        let mut job = Job {
            meta: wire::meta(&admitted.metadata, &mut |_| uid),
            spec: wire::job_spec(&spec),
            status: JobStatus::default(),
            wire: Rc::new(spec),
        };
        job.meta.owner_references = owners.into();
        Ok(self.store_new_job(job))
    }

    /// The name of a new Job, which is put into its metadata.
    pub(super) fn free_job_name(&mut self, meta: &mut wire_meta::ObjectMeta) -> ApiResult<String> {
        self.name_finally(meta);
        let name = meta.name.clone().unwrap_or_default();
        match self.job_by_name(meta.namespace.as_deref().unwrap_or_default(), &name) {
            Some(_) => Err(ApiError::AlreadyExists { kind: ObjectKind::Job, name }),
            None => Ok(name),
        }
    }

    /// Gives an object its namespace, and a name if one is to be generated.
    pub(super) fn name_finally(&mut self, meta: &mut wire_meta::ObjectMeta) {
        meta.namespace.get_or_insert_with(|| "default".to_owned());
        if let (None, Some(prefix)) = (&meta.name, &meta.generate_name) {
            meta.name = Some(self.names.generate(prefix));
        }
    }

    /// Changes the spec of a Job as a person would, by editing it.
    ///
    /// # Errors
    /// `NotFound`, or `Invalid` with every fault, such as a field that must not change.
    pub fn update_job_spec(&mut self, uid: Uid, change: impl FnOnce(&mut batch::JobSpec)) -> ApiResult<Rc<Job>> {
        let stored = self.jobs.get(uid).ok_or_else(|| no_job(uid))?;
        let old = wire::job_to_wire(stored);
        let mut new = wire::job_to_wire(stored);
        change(new.spec.get_or_insert_default());
        set_defaults_job(&mut new, &self.gates);
        if let (Some(new), Some(old)) = (&mut new.spec, &old.spec) {
            strategy::drop_disabled_fields(new, old, &self.gates);
        }
        let faults = strategy::validate_update(&new, &old, &self.gates);
        ApiError::check(ObjectKind::Job, &stored.meta.name, &faults)?;
        if encode(&new.spec) == encode(&old.spec) {
            return Ok(stored.clone());
        }
        self.update_job(uid, |job| job.set_spec(new.spec.unwrap_or_default()))
    }

    pub fn job_by_name(&self, namespace: &str, name: &str) -> Option<&Rc<Job>> {
        self.jobs.by_name(namespace, name)
    }

    /// Replaces the status of a Job.
    ///
    /// # Errors
    /// `NotFound`, or `Conflict` when the Job is no longer at `resource_version`.
    pub fn update_job_status(&mut self, uid: Uid, resource_version: u64, status: JobStatus) -> ApiResult<Rc<Job>> {
        let stored = self.jobs.get(uid).ok_or_else(|| no_job(uid))?;
        if stored.meta.resource_version != resource_version {
            return Err(ApiError::Conflict { kind: ObjectKind::Job, name: stored.meta.name.to_string() });
        }
        debug_assert_eq!(self.status_faults(stored, &status), ErrorList::new());
        self.update_job(uid, |job| job.status = status)
    }

    /// What the API server would refuse in a new status. Only asserted: the one who writes statuses here is our Job
    /// controller, and comparing wire objects at each of its writes would cost the page time and room.
    fn status_faults(&self, stored: &Job, status: &JobStatus) -> ErrorList {
        let new = Job { status: status.clone(), ..stored.clone() };
        strategy::validate_status_update(&wire::job_to_wire(&new), &wire::job_to_wire(stored), &self.gates)
    }

    /// Marks a Job for deletion, or removes it when nothing holds it back. A later call replaces the propagation of an
    /// earlier one.
    ///
    /// # Errors
    /// `NotFound` when there is no such Job.
    pub fn delete_job(&mut self, uid: Uid, propagation: Propagation) -> ApiResult<()> {
        let now = self.now;
        self.update_job(uid, |job| mark_deleted(&mut job.meta, propagation, now))?;
        Ok(())
    }

    /// Takes a finalizer off a Job.
    ///
    /// # Errors
    /// `NotFound` when there is no such Job.
    pub fn remove_job_finalizer(&mut self, uid: Uid, finalizer: &str) -> ApiResult<()> {
        self.update_job(uid, |job| job.meta.remove_finalizer(finalizer))?;
        Ok(())
    }

    /// Takes an owner off a Job.
    ///
    /// # Errors
    /// `NotFound` when there is no such Job.
    pub fn remove_job_owner(&mut self, uid: Uid, owner: Uid) -> ApiResult<()> {
        self.update_job(uid, |job| job.meta.remove_owner(owner))?;
        Ok(())
    }

    pub(super) fn store_new_job(&mut self, mut job: Job) -> Rc<Job> {
        job.meta.resource_version = self.next_resource_version();
        job.meta.creation_time = Some(self.now.truncated_to_second());
        job.meta.generation = 1;
        let job = Rc::new(job);
        self.jobs.put(job.clone());
        self.notices.push(Notice::Job(Change { old: None, new: Some(job.clone()) }));
        job
    }

    /// Changes a Job; a change of its spec raises the generation, and one that waits for this change to go is gone
    /// afterwards.
    fn update_job(&mut self, uid: Uid, change: impl FnOnce(&mut Job)) -> ApiResult<Rc<Job>> {
        let old = self.jobs.get(uid).ok_or_else(|| no_job(uid))?.clone();
        let mut job = (*old).clone();
        change(&mut job);
        job.meta.resource_version = self.next_resource_version();
        if !Rc::ptr_eq(&job.wire, &old.wire) {
            job.meta.generation += 1;
        }
        let done = job.meta.deletion_time.is_some() && job.meta.finalizers.is_empty();
        let job = Rc::new(job);
        self.jobs.put(job.clone());
        self.notices.push(Notice::Job(Change { old: Some(old), new: Some(job.clone()) }));
        if done {
            self.jobs.remove(uid);
            self.notices.push(Notice::Job(Change { old: Some(job.clone()), new: None }));
        }
        Ok(job)
    }
}

/// How a Job that is being deleted goes, by the finalizer that holds it.
pub fn propagation_of(job: &Job) -> Propagation {
    match job.meta.has_finalizer(FOREGROUND_FINALIZER) {
        true => Propagation::Foreground,
        false if job.meta.has_finalizer(ORPHAN_FINALIZER) => Propagation::Orphan,
        false => Propagation::Background,
    }
}

/// Marks an object for deletion, and with what is to become of its dependents.
// Models apiserver registry store Delete (deletionFinalizersForGarbageCollection)
pub(super) fn mark_deleted(meta: &mut ObjectMeta, propagation: Propagation, now: Time) {
    let finalizer = match propagation {
        Propagation::Background => None,
        Propagation::Foreground => Some(FOREGROUND_FINALIZER),
        Propagation::Orphan => Some(ORPHAN_FINALIZER),
    };
    meta.remove_finalizer(FOREGROUND_FINALIZER);
    meta.remove_finalizer(ORPHAN_FINALIZER);
    if let Some(finalizer) = finalizer {
        meta.add_finalizer(finalizer);
    }
    if meta.deletion_time.is_none() {
        meta.generation += 1;
    }
    meta.deletion_time.get_or_insert(now.truncated_to_second());
    meta.deletion_grace_s.get_or_insert(0);
}

fn no_job(uid: Uid) -> ApiError {
    ApiError::NotFound { kind: ObjectKind::Job, name: uid.to_string() }
}
