//! The checker: keeps its own books on Jobs and pods, from what the API server tells and what the controller has been
//! told, and says when a rule is broken. It calls none of the controller's rules.

mod books;
mod containers;
mod creation;
mod status;
mod verdict;

pub use containers::{Containers, Life, RunId};

use super::plan::{Caches, Weather};
use books::{JobFile, LetGo, PodFile, indexes, is_active, is_terminating};
use jobscope::api::job::JOB_TRACKING_FINALIZER;
use jobscope::api::{Job, Pod, Uid};
use jobscope::apiserver::{ApiServer, Change, Notice};
use jobscope::cluster::RUN_START;
use jobscope::sim::Time;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Whether the controller heard of the success of its call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Arrived,
    Lost,
}

/// All books.
pub struct Checker {
    weather: Weather,
    caches: Caches,
    jobs: BTreeMap<Uid, JobFile>,
    pods: BTreeMap<Uid, PodFile>,
    pub containers: Containers,
    /// What the controller has been told last.
    view: View,
    violation: Option<String>,
    now: Time,
}

/// Jobs and pods as the controller has been told of them.
#[derive(Default)]
pub struct View {
    pub jobs: BTreeMap<Uid, Rc<Job>>,
    pub pods: BTreeMap<Uid, Rc<Pod>>,
}

impl Checker {
    pub fn new(weather: Weather, caches: Caches) -> Self {
        Self {
            weather,
            caches,
            jobs: BTreeMap::new(),
            pods: BTreeMap::new(),
            containers: Containers::default(),
            view: View::default(),
            violation: None,
            now: RUN_START,
        }
    }

    /// The first rule that was broken, and when.
    pub fn violation(&self) -> Option<&str> {
        self.violation.as_deref()
    }

    pub fn view(&self) -> &View {
        &self.view
    }

    pub fn violated(&mut self, what: String) {
        let at_s = self.now.ms_since(RUN_START) as f64 / 1_000.0;
        self.violation.get_or_insert_with(|| format!("at {at_s} s: {what}"));
    }

    /// A controller has started: it knows what is stored, and remembers nothing.
    pub fn controller_started(&mut self, api: &ApiServer) {
        self.view = View::default();
        for file in self.jobs.values_mut() {
            file.forget_memory();
        }
        for job in api.jobs() {
            self.view.jobs.insert(job.meta.uid, job.clone());
        }
        for pod in api.pods() {
            self.view.pods.insert(pod.meta.uid, pod.clone());
        }
    }

    /// The API server has changed something.
    pub fn changed(&mut self, notice: &Notice, now: Time) {
        self.now = now;
        self.containers.changed(notice);
        match notice {
            Notice::Job(change) => self.job_changed(change),
            Notice::Pod(change) => self.pod_changed(change),
            Notice::CronJob(_) | Notice::Node(_) | Notice::ReplicaSet(_) | Notice::Deployment(_) | Notice::Event(_) => {
            }
        }
    }

    /// The controller is told of a change.
    pub fn delivered(&mut self, notice: &Notice, now: Time) {
        self.now = now;
        match notice {
            Notice::Job(change) => deliver(&mut self.view.jobs, change, |job| job.meta.uid),
            Notice::Pod(change) => {
                deliver(&mut self.view.pods, change, |pod| pod.meta.uid);
                if let Some(pod) = &change.new {
                    self.pod_delivered(pod);
                }
            }
            Notice::CronJob(_) | Notice::Node(_) | Notice::ReplicaSet(_) | Notice::Deployment(_) | Notice::Event(_) => {
            }
        }
    }

    /// The controller asks for a pod's finalizer to be taken off, taking the pod to be as given.
    pub fn letting_go(&mut self, pod: &Pod) {
        if let Some(file) = self.pods.get_mut(&pod.meta.uid) {
            file.let_go_running |= is_active(pod);
            file.let_go_ending |= is_terminating(pod);
        }
    }

    /// A status was written, and the controller knows.
    pub fn status_written(&mut self, job: &Job) {
        if let Some(file) = self.jobs.get_mut(&job.meta.uid) {
            file.written_version = job.meta.resource_version;
        }
    }

    /// A status was written, and the controller does not know.
    pub fn status_answer_lost(&mut self, job: Uid) {
        if let Some(file) = self.jobs.get_mut(&job) {
            // What the lost write listed is never seen as new, and so never makes a back-off: upstream records the
            // back-off only after a write that it knows to have succeeded.
            file.streak.clear();
        }
    }

    fn job_changed(&mut self, change: &Change<Job>) {
        let Some(new) = &change.new else {
            if let Some(file) = change.old.as_ref().and_then(|old| self.jobs.get_mut(&old.meta.uid)) {
                file.gone = true;
            }
            return;
        };
        self.jobs.entry(new.meta.uid).or_insert_with(|| JobFile::new(new.clone())).spec_changed(new);
        if let Some(old) = &change.old
            && old.status != new.status
        {
            self.status_changed(old, new);
        }
    }

    fn pod_changed(&mut self, change: &Change<Pod>) {
        let Some(new) = &change.new else {
            let Some(old) = &change.old else { return };
            if old.meta.has_finalizer(JOB_TRACKING_FINALIZER) {
                self.violated(format!("pod {} is gone although it was still to be counted", old.meta.name));
            }
            if let Some(file) = self.pods.get_mut(&old.meta.uid) {
                file.gone = true;
            }
            return;
        };
        let uid = new.meta.uid;
        let Some(old) = &change.old else {
            self.pod_added(new);
            return;
        };
        let Some(file) = self.pods.get_mut(&uid) else { return };
        file.latest = new.clone();
        file.released |= new.meta.controller().is_none();
        let tracked = |pod: &Pod| pod.meta.has_finalizer(JOB_TRACKING_FINALIZER);
        if tracked(old) && !tracked(new) {
            let job = self.jobs.get(&file.job).map(|file| file.latest.clone());
            file.let_go = Some(LetGo { pod: old.clone(), job });
        }
    }

    fn pod_added(&mut self, pod: &Rc<Pod>) {
        let Some(owner) = pod.meta.controller().filter(|owner| owner.kind == "Job") else { return };
        let job = owner.uid;
        if !pod.meta.has_finalizer(JOB_TRACKING_FINALIZER) {
            self.violated(format!("pod {} is created without the tracking finalizer", pod.meta.name));
        }
        self.pods.insert(pod.meta.uid, PodFile::new(job, pod.clone()));
        let active = self.pods.values().filter(|file| file.job == job && file.is_active()).count() as i32;
        let caches = self.caches;
        let Some(file) = self.jobs.get_mut(&job) else { return };
        let failed = indexes(file.latest.status.failed_indexes.as_deref().unwrap_or_default());
        file.has_late_twin |=
            caches == Caches::AllLate && pod.completion_index.is_some_and(|index| failed.contains(&index));
        // A pod whose creation was answered with an error is one that the controller does not know of.
        let allowed = file.most_parallelism + file.lost_creations;
        if active > allowed && caches != Caches::AllLate {
            let name = file.latest.meta.name.clone();
            self.violated(format!("{active} active pods of {name}, at most {allowed} allowed"));
        }
    }
}

fn deliver<T>(known: &mut BTreeMap<Uid, Rc<T>>, change: &Change<T>, uid: impl Fn(&T) -> Uid) {
    match (&change.old, &change.new) {
        (_, Some(new)) => {
            known.insert(uid(new), new.clone());
        }
        (Some(old), None) => {
            known.remove(&uid(old));
        }
        (None, None) => {}
    }
}
