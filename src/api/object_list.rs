//! A short list of objects of one kind, in the order in which they were put in. There are few of them, so they are
//! looked for one by one.

use super::{CronJob, Deployment, Job, ObjectMeta, ReplicaSet, Service, Uid};
use std::rc::Rc;

/// Objects of one kind.
#[derive(Clone, Debug)]
pub struct ObjectList<T>(Vec<Rc<T>>);

/// What has metadata.
pub trait HasMeta {
    fn meta(&self) -> &ObjectMeta;
}

impl HasMeta for Job {
    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }
}

impl HasMeta for CronJob {
    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }
}

impl HasMeta for ReplicaSet {
    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }
}

impl HasMeta for Deployment {
    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }
}

impl HasMeta for Service {
    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }
}

impl<T> Default for ObjectList<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: HasMeta> ObjectList<T> {
    pub fn get(&self, uid: Uid) -> Option<&Rc<T>> {
        self.0.iter().find(|object| object.meta().uid == uid)
    }

    pub fn by_name(&self, namespace: &str, name: &str) -> Option<&Rc<T>> {
        self.0.iter().find(|object| &*object.meta().namespace == namespace && &*object.meta().name == name)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Rc<T>> {
        self.0.iter()
    }

    /// Puts an object in, in place of its earlier state, which is returned.
    pub fn put(&mut self, object: Rc<T>) -> Option<Rc<T>> {
        match self.0.iter_mut().find(|known| known.meta().uid == object.meta().uid) {
            Some(known) => Some(std::mem::replace(known, object)),
            None => {
                self.0.push(object);
                None
            }
        }
    }

    pub fn remove(&mut self, uid: Uid) {
        self.0.retain(|object| object.meta().uid != uid);
    }
}
