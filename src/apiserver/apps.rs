//! ReplicaSets and Deployments in the store: creating them, scaling, changing spec and status.

use super::{ApiError, ApiResult, ApiServer, Change, Notice};

use crate::api::defaults::{set_defaults_deployment, set_defaults_replica_set};
use crate::api::manifest::Sent;
use crate::api::types::apps;
use crate::api::types::meta as wire_meta;
use crate::api::validation::apps::{validate_deployment, validate_deployment_update, validate_replica_set};
use crate::api::{
    Deployment, DeploymentStatus, ObjectKind, ObjectMeta, ReplicaSet, ReplicaSetSpec, ReplicaSetStatus, Uid, wire,
};
use std::rc::Rc;

impl ApiServer {
    pub fn replica_set(&self, uid: Uid) -> Option<&Rc<ReplicaSet>> {
        self.replica_sets.get(uid)
    }

    /// All ReplicaSets in the order of their creation.
    pub fn replica_sets(&self) -> impl Iterator<Item = &Rc<ReplicaSet>> {
        self.replica_sets.iter()
    }

    pub fn deployment(&self, uid: Uid) -> Option<&Rc<Deployment>> {
        self.deployments.get(uid)
    }

    /// All Deployments in the order of their creation.
    pub fn deployments(&self) -> impl Iterator<Item = &Rc<Deployment>> {
        self.deployments.iter()
    }

    /// Admits a ReplicaSet as a person wrote it, validates and stores it.
    ///
    /// # Errors
    /// `Invalid` with every fault, or `AlreadyExists` when the name is taken.
    pub fn create_replica_set(&mut self, mut manifest: Sent<apps::ReplicaSetSpec>) -> ApiResult<Rc<ReplicaSet>> {
        self.name_finally(&mut manifest.metadata);
        set_defaults_replica_set(&mut manifest.spec);
        let name = manifest.metadata.name.as_deref().unwrap_or_default();
        ApiError::check(ObjectKind::ReplicaSet, name, &validate_replica_set(&manifest.metadata, &manifest.spec))?;
        let meta = wire::meta(&manifest.metadata, &mut |_| Uid::default());
        self.store_replica_set(meta, wire::replica_set_spec(&manifest.spec))
    }

    /// Stores a ReplicaSet that a controller asks for.
    ///
    /// # Errors
    /// `AlreadyExists` when the name is taken.
    pub fn store_replica_set(&mut self, mut meta: ObjectMeta, spec: ReplicaSetSpec) -> ApiResult<Rc<ReplicaSet>> {
        if self.replica_sets.by_name(&meta.namespace, &meta.name).is_some() {
            return Err(ApiError::AlreadyExists { kind: ObjectKind::ReplicaSet, name: meta.name.to_string() });
        }
        self.begin_life(&mut meta);
        let new = Rc::new(ReplicaSet { meta, spec, status: ReplicaSetStatus::default() });
        self.put_replica_set(new.clone());
        Ok(new)
    }

    /// Changes how many pods a ReplicaSet is to have.
    ///
    /// # Errors
    /// `NotFound` when there is no such ReplicaSet.
    pub fn scale_replica_set(&mut self, uid: Uid, replicas: i32) -> ApiResult<()> {
        self.change_replica_set(uid, |set| {
            set.meta.generation += i64::from(set.spec.replicas != replicas);
            set.spec.replicas = replicas;
        })
    }

    /// Replaces the status of a ReplicaSet.
    ///
    /// # Errors
    /// `NotFound` when there is no such ReplicaSet.
    pub fn update_replica_set_status(&mut self, uid: Uid, status: ReplicaSetStatus) -> ApiResult<()> {
        self.change_replica_set(uid, |set| set.status = status)
    }

    /// Admits a Deployment as a person wrote it, validates and stores it.
    ///
    /// # Errors
    /// `Invalid` with every fault, or `AlreadyExists` when the name is taken.
    pub fn create_deployment(&mut self, mut manifest: Sent<apps::DeploymentSpec>) -> ApiResult<Rc<Deployment>> {
        self.name_finally(&mut manifest.metadata);
        set_defaults_deployment(&mut manifest.spec);
        let mut meta = wire::meta(&manifest.metadata, &mut |_| Uid::default());
        let faults = validate_deployment(&manifest.metadata, &manifest.spec);
        ApiError::check(ObjectKind::Deployment, &meta.name, &faults)?;
        if self.deployments.by_name(&meta.namespace, &meta.name).is_some() {
            return Err(ApiError::AlreadyExists { kind: ObjectKind::Deployment, name: meta.name.to_string() });
        }
        self.begin_life(&mut meta);
        let new = Deployment {
            meta,
            spec: wire::deployment_spec(&manifest.spec),
            status: DeploymentStatus::default(),
            wire: Rc::new(manifest.spec),
        };
        let new = Rc::new(new);
        self.put_deployment(new.clone());
        Ok(new)
    }

    /// Changes the spec of a Deployment as a person would, by editing it.
    ///
    /// # Errors
    /// `NotFound`, or `Invalid` with every fault, such as a selector that would change.
    pub fn update_deployment_spec(
        &mut self,
        uid: Uid,
        change: impl FnOnce(&mut apps::DeploymentSpec),
    ) -> ApiResult<()> {
        let stored = self.deployments.get(uid).ok_or_else(|| gone(ObjectKind::Deployment, uid))?;
        let mut spec = (*stored.wire).clone();
        change(&mut spec);
        set_defaults_deployment(&mut spec);
        let meta = wire_meta::ObjectMeta {
            name: Some(stored.meta.name.to_string()),
            namespace: Some(stored.meta.namespace.to_string()),
            ..Default::default()
        };
        let faults = validate_deployment_update(&meta, &spec, &stored.wire);
        ApiError::check(ObjectKind::Deployment, &stored.meta.name, &faults)?;
        self.change_deployment(uid, |deployment| {
            deployment.meta.generation += 1;
            deployment.spec = wire::deployment_spec(&spec);
            deployment.wire = Rc::new(spec);
        })
    }

    /// Replaces the status of a Deployment.
    ///
    /// # Errors
    /// `NotFound` when there is no such Deployment.
    pub fn update_deployment_status(&mut self, uid: Uid, status: DeploymentStatus) -> ApiResult<()> {
        self.change_deployment(uid, |deployment| deployment.status = status)
    }

    fn begin_life(&mut self, meta: &mut ObjectMeta) {
        meta.uid = self.next_uid();
        meta.resource_version = self.next_resource_version();
        meta.creation_time = Some(self.now.truncated_to_second());
        meta.generation = 1;
    }

    fn change_replica_set(&mut self, uid: Uid, change: impl FnOnce(&mut ReplicaSet)) -> ApiResult<()> {
        let stored = self.replica_sets.get(uid).ok_or_else(|| gone(ObjectKind::ReplicaSet, uid))?;
        let mut new = (**stored).clone();
        change(&mut new);
        new.meta.resource_version = self.next_resource_version();
        self.put_replica_set(Rc::new(new));
        Ok(())
    }

    fn put_replica_set(&mut self, new: Rc<ReplicaSet>) {
        let old = self.replica_sets.put(new.clone());
        self.notices.push(Notice::ReplicaSet(Change { old, new: Some(new) }));
    }

    fn change_deployment(&mut self, uid: Uid, change: impl FnOnce(&mut Deployment)) -> ApiResult<()> {
        let stored = self.deployments.get(uid).ok_or_else(|| gone(ObjectKind::Deployment, uid))?;
        let mut new = (**stored).clone();
        change(&mut new);
        new.meta.resource_version = self.next_resource_version();
        self.put_deployment(Rc::new(new));
        Ok(())
    }

    fn put_deployment(&mut self, new: Rc<Deployment>) {
        let old = self.deployments.put(new.clone());
        self.notices.push(Notice::Deployment(Change { old, new: Some(new) }));
    }
}

fn gone(kind: ObjectKind, uid: Uid) -> ApiError {
    ApiError::NotFound { kind, name: uid.to_string() }
}
