//! The controller's view of Jobs and pods, as its watches have delivered them: never newer, often a little older than
//! the store. Pods that have ended and are counted are dropped after the sync that finds them so, which keeps a sync's
//! cost by the pods that still matter, however many there ever were.

use super::failure_policy::match_pod_failure_policy;
use super::pods::has_tracking_finalizer;
use crate::api::job::JobList;
use crate::api::{Gates, Job, Pod, PodPhase, Uid, UidMap};
use std::rc::Rc;

type Pods = UidMap<Rc<Pod>>;

/// Jobs and pods as last delivered.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    jobs: JobList,
    /// By the pods' controller; those without one under `None`.
    pods: UidMap<Pods>,
    orphans: Pods,
    controller_of: UidMap<Option<Uid>>,
}

impl Cache {
    pub fn job(&self, uid: Uid) -> Option<&Rc<Job>> {
        self.jobs.get(uid)
    }

    pub fn jobs(&self) -> impl Iterator<Item = &Rc<Job>> {
        self.jobs.iter()
    }

    pub fn put_job(&mut self, job: Rc<Job>) {
        self.jobs.put(job);
    }

    pub fn remove_job(&mut self, uid: Uid) {
        self.jobs.remove(uid);
    }

    pub fn pod(&self, uid: Uid) -> Option<&Rc<Pod>> {
        match *self.controller_of.get(uid)? {
            Some(controller) => self.pods.get(controller)?.get(uid),
            None => self.orphans.get(uid),
        }
    }

    /// Takes a pod as it is now; returns how it was before, if that was known.
    pub fn put_pod(&mut self, pod: Rc<Pod>) -> Option<Rc<Pod>> {
        let (uid, controller) = (pod.meta.uid, controller_uid(&pod));
        let moved = match self.controller_of.insert(uid, controller) {
            Some(earlier) if earlier != controller => self.take_from(earlier, uid),
            Some(_) | None => None,
        };
        let earlier = match controller {
            Some(controller) => self.pods.or_default(controller).insert(uid, pod),
            None => self.orphans.insert(uid, pod),
        };
        earlier.or(moved)
    }

    pub fn remove_pod(&mut self, uid: Uid) {
        if let Some(controller) = self.controller_of.remove(uid) {
            self.take_from(controller, uid);
        }
    }

    /// Pods controlled by that object that still matter, in the order of their creation.
    pub fn pods_of(&self, controller: Uid) -> impl Iterator<Item = &Rc<Pod>> {
        self.pods.get(controller).into_iter().flat_map(Pods::values)
    }

    /// Pods that nothing controls.
    pub fn orphans(&self) -> impl Iterator<Item = &Rc<Pod>> {
        self.orphans.values()
    }

    /// Drops the pods of `job` that can no longer change what a sync of it finds.
    pub fn drop_settled(&mut self, job: &Job, gates: &Gates) {
        let Some(pods) = self.pods.get_mut(job.meta.uid) else { return };
        let is_gone = |pod: &&Rc<Pod>| is_settled(pod, job, gates);
        let settled: Vec<Uid> = pods.values().filter(is_gone).map(|pod| pod.meta.uid).collect();
        for uid in settled {
            pods.remove(uid);
            self.controller_of.remove(uid);
        }
    }

    fn take_from(&mut self, controller: Option<Uid>, uid: Uid) -> Option<Rc<Pod>> {
        let Some(controller) = controller else { return self.orphans.remove(uid) };
        let pods = self.pods.get_mut(controller)?;
        let taken = pods.remove(uid);
        if pods.is_empty() {
            self.pods.remove(controller);
        }
        taken
    }
}

/// The object that controls a pod.
pub fn controller_uid(pod: &Pod) -> Option<Uid> {
    pod.meta.controller().map(|owner| owner.uid)
}

/// Ended, counted and let go, still the Job's by its labels, and not the pod by which a policy fails the Job.
fn is_settled(pod: &Pod, job: &Job, gates: &Gates) -> bool {
    let fails_job = || {
        let policy = job.spec.pod_failure_policy.as_ref().filter(|_| pod.status.phase == PodPhase::Failed);
        policy.is_some_and(|policy| match_pod_failure_policy(policy, pod, gates).job_failure_message.is_some())
    };
    pod.is_terminal() && !has_tracking_finalizer(pod) && job.spec.selector.matches(&pod.meta.labels) && !fails_job()
}
