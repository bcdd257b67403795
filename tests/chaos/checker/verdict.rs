//! What must hold once all has come to rest: Jobs have ended, and every pod they ever had is explained once.

use super::books::{Ended, JobFile, PodFile, indexes, is_active, is_ignored, waits_for_end};
use super::{Caches, Checker, Weather};
use jobscope::api::job::JOB_TRACKING_FINALIZER;
use jobscope::api::{Job, JobConditionType, Pod, PodPhase, Uid};
use jobscope::apiserver::ApiServer;

/// What became of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Counted(Ended),
    /// It ran when the controller let it go: it was not wanted any more.
    Surplus,
    /// Its index is completed, or is none of the Job's.
    ByIndex,
    /// The pod failure policy told to ignore its failure.
    Ignored,
    /// The Job had ended without it, is gone, or has lost it.
    Aside,
    Unexplained,
}

impl Checker {
    /// Nothing happens any more.
    pub fn at_rest(&mut self, api: &ApiServer) {
        self.now = api.now();
        for job in api.jobs() {
            if !job.is_finished() {
                self.violated(format!("{} never ends: {:?}", job.meta.name, job.status));
            } else if job.meta.deletion_time.is_some() {
                self.violated(format!("{} is never gone: {:?}", job.meta.name, job.meta.finalizers));
            }
        }
        for pod in api.pods() {
            // Of a Job that has ended, upstream looks at the pods once: it misses those of which it is told later.
            if pod.meta.has_finalizer(JOB_TRACKING_FINALIZER) && self.caches == Caches::ShowOwnWrites {
                self.violated(format!("{} keeps its tracking finalizer", pod.meta.name));
            }
            let runs = pod.meta.controller().is_some_and(|owner| owner.kind == "Job") && is_active(pod);
            if runs {
                self.violated(format!("{} still runs", pod.meta.name));
            }
        }
        let jobs: Vec<Uid> = self.jobs.keys().copied().collect();
        for job in jobs {
            self.explain(job);
        }
    }

    /// Every pod that the Job ever had is explained in one way, and the counters are the sums.
    fn explain(&mut self, uid: Uid) {
        let file = &self.jobs[&uid];
        if file.gone {
            return;
        }
        let job = file.latest.clone();
        let surplus_is_right = self.caches == Caches::AllLate
            || file.cut_back
            || file.ever_lost_creations
            || (self.weather == Weather::Stormy && !waits_for_end(&job));
        let (mut succeeded, mut failed) = (0, 0);
        let mut wrong = Vec::new();
        for pod in self.pods.values().filter(|pod| pod.job == uid) {
            let name = &pod.latest.meta.name;
            match fate(pod, file) {
                Fate::Counted(Ended::Succeeded) => succeeded += 1,
                Fate::Counted(Ended::Failed) => failed += 1,
                Fate::Surplus if !surplus_is_right => wrong.push(format!("{name} was removed while it was wanted")),
                Fate::Unexplained => wrong.push(format!("{name} ({:?}) is counted nowhere", pod.latest.status.phase)),
                Fate::Surplus | Fate::ByIndex | Fate::Ignored | Fate::Aside => {}
            }
        }
        let status = &job.status;
        if status.failed != failed || (!job.is_indexed() && status.succeeded != succeeded) {
            let counters = (status.succeeded, status.failed);
            wrong.push(format!("counters {counters:?}, a recount gives {:?}", (succeeded, failed)));
        }
        for what in wrong {
            self.violated(format!("{}: {what}", job.meta.name));
        }
    }
}

fn completed(pod: &Pod, job: &Job) -> bool {
    pod.completion_index.is_some_and(|index| indexes(&job.status.completed_indexes).contains(&index))
}

fn fate(pod: &PodFile, file: &JobFile) -> Fate {
    let job = &file.latest;
    if let (Some(ended), true) = (pod.listed, pod.counted) {
        return Fate::Counted(ended);
    }
    // That pods keep their finalizer where they must not has been looked at before.
    let Some(let_go) = &pod.let_go else { return Fate::Aside };
    let (last, then) = (&let_go.pod, let_go.job.as_deref().unwrap_or(job));
    // Indexes that once were out of range are forgotten, also by upstream.
    let completions = file.least_completions.unwrap_or(0);
    let in_range = last.completion_index.is_some_and(|index| (index as i32) < completions);
    let over = then.is_finished() || then.meta.deletion_time.is_some();
    let succeeds = then.has_condition(JobConditionType::SuccessCriteriaMet);
    let unneeded = pod.let_go_running || pod.let_go_ending || last.status.phase != PodPhase::Succeeded;
    if pod.released || over || (succeeds && unneeded) {
        Fate::Aside
    } else if pod.let_go_running && pod.listed.is_none() {
        Fate::Surplus
    } else if job.is_indexed() && (!in_range || (last.status.phase == PodPhase::Succeeded && completed(last, job))) {
        Fate::ByIndex
    } else if is_ignored(last, job) {
        Fate::Ignored
    } else {
        Fate::Unexplained
    }
}
