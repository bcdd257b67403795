//! The API server: the typed stores, and the only place where objects change. Every write gets a resource version
//! and leaves a [`Notice`], from which watches are served. It does not know who watches, nor who calls.

mod apps;
mod cronjobs;
mod disruption;
mod error;
mod events;
mod job_templates;
mod jobs;
mod names;
mod nodes;
mod pods;
mod services;

pub use disruption::Disruption;
pub use error::{ApiError, ApiResult};
pub use events::EventDraft;
pub use job_templates::{NamedBy, NewJob};
pub use jobs::{FOREGROUND_FINALIZER, ORPHAN_FINALIZER, propagation_of};
pub use names::NAME_LETTERS;
pub use pods::{DeleteGrace, NewPod};

use crate::api::job::JobList;
use crate::api::{CronJob, Deployment, Event, Gates, Job, Node, ObjectList, Pod, ReplicaSet, Service, Uid, UidMap};
use crate::sim::Time;
use events::EventStore;
use job_templates::GoodTemplate;
use names::NameGenerator;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The stores of the cluster.
#[derive(Clone, Debug)]
pub struct ApiServer {
    now: Time,
    last_uid: u32,
    last_resource_version: u64,
    cron_jobs: ObjectList<CronJob>,
    jobs: JobList,
    /// The template from which a Job was last created, and found good.
    good_template: Option<GoodTemplate>,
    replica_sets: ObjectList<ReplicaSet>,
    deployments: ObjectList<Deployment>,
    services: ObjectList<Service>,
    pods: UidMap<Rc<Pod>>,
    /// By the hash of namespace and name.
    pod_names: BTreeMap<u64, Uid>,
    /// In the order of their names.
    nodes: Vec<Rc<Node>>,
    events: EventStore,
    names: NameGenerator,
    notices: Vec<Notice>,
    pub gates: Gates,
}

/// One change in a store, as watches tell it.
#[derive(Clone, Debug)]
pub enum Notice {
    CronJob(Change<CronJob>),
    Job(Change<Job>),
    Pod(Change<Pod>),
    Node(Change<Node>),
    ReplicaSet(Change<ReplicaSet>),
    Deployment(Change<Deployment>),
    Event(Rc<Event>),
}

/// What an object was and has become: no `old` means added, no `new` means deleted.
#[derive(Debug)]
pub struct Change<T> {
    pub old: Option<Rc<T>>,
    pub new: Option<Rc<T>>,
}

impl<T> Clone for Change<T> {
    fn clone(&self) -> Self {
        Self { old: self.old.clone(), new: self.new.clone() }
    }
}

impl<T> Change<T> {
    /// The object after the change, or its last state when it is gone.
    pub fn latest(&self) -> Option<&Rc<T>> {
        self.new.as_ref().or(self.old.as_ref())
    }
}

impl ApiServer {
    /// An empty server whose clock stands at `now`; `seed` decides the generated names.
    pub fn new(now: Time, seed: u64) -> Self {
        Self {
            now,
            last_uid: 0,
            last_resource_version: 0,
            cron_jobs: ObjectList::default(),
            jobs: JobList::default(),
            replica_sets: ObjectList::default(),
            deployments: ObjectList::default(),
            services: ObjectList::default(),
            good_template: None,
            pods: UidMap::default(),
            pod_names: BTreeMap::new(),
            nodes: Vec::new(),
            events: EventStore::default(),
            names: NameGenerator::new(seed),
            notices: Vec::new(),
            gates: Gates::default(),
        }
    }

    pub fn now(&self) -> Time {
        self.now
    }

    /// Tells the server what time it is. Only the owner of the clock calls this.
    pub fn set_now(&mut self, now: Time) {
        self.now = now;
    }

    /// Takes what has changed since the last call, in order.
    pub fn take_notices(&mut self) -> impl Iterator<Item = Notice> {
        self.notices.drain(..)
    }

    /// The version of the last write.
    pub fn resource_version(&self) -> u64 {
        self.last_resource_version
    }

    fn next_uid(&mut self) -> Uid {
        self.last_uid += 1;
        Uid(self.last_uid)
    }

    fn next_resource_version(&mut self) -> u64 {
        self.last_resource_version += 1;
        self.last_resource_version
    }
}
