//! What must hold whenever the controller creates a pod: the Job wants one more as far as the controller can know, and
//! the back-off is over.

use super::books::{
    Ended, Failure, PodFile, end_of, has_failed, indexes, is_active, is_ignored, is_terminating, waits_for_end,
};
use super::{Answer, Caches, Checker};
use jobscope::api::job::{JOB_INDEX_FAILURE_COUNT, JOB_INDEX_IGNORED_FAILURE_COUNT, JOB_TRACKING_FINALIZER};
use jobscope::api::{Job, JobConditionType, Labels, Pod, PodPhase, Uid};
use jobscope::apiserver::{ApiServer, NewPod};
use jobscope::sim::Time;
use std::collections::BTreeSet;
use std::rc::Rc;

/// The first wait after a failure, and the longest, in milliseconds.
const FIRST_BACKOFF_MS: i64 = 10_000;
const LONGEST_BACKOFF_MS: i64 = 600_000;
/// Failures of which the controller is told within this time may be dealt with in one sync.
const TOGETHER_MS: i64 = 5_000;

impl Checker {
    /// An index's success is new to every sync until its pod has lost its finalizer, and each time ends the row of
    /// failures again: so it is upstream, too.
    pub fn sync_begins(&mut self) {
        for (uid, file) in &mut self.jobs {
            let Some(job) = self.view.jobs.get(uid).filter(|job| job.is_indexed()) else { continue };
            let completed = indexes(&job.status.completed_indexes);
            let is_new_again = |pod: &Rc<Pod>| {
                controls(job, pod)
                    && pod.status.phase == PodPhase::Succeeded
                    && pod.meta.has_finalizer(JOB_TRACKING_FINALIZER)
                    && pod.completion_index.is_some_and(|index| completed.contains(&index))
            };
            if self.view.pods.values().any(is_new_again) {
                file.streak.retain(|failure| self.pods[&failure.pod].listed.is_none());
            }
        }
    }

    /// The controller asks for a pod.
    pub fn creating(&mut self, pod: &NewPod, api: &ApiServer) {
        self.now = api.now();
        if self.caches == Caches::AllLate {
            return;
        }
        let owner = pod.owner_references.first();
        let Some(job) = owner.and_then(|owner| self.view.jobs.get(&owner.uid)).cloned() else {
            self.violated(format!("a pod {} is asked for, and its Job is gone", pod.generate_name));
            return;
        };
        if let Err(why) = self.may_have_one_more(&job, pod.completion_index) {
            self.violated(format!("{} gets one more pod although {why}", job.meta.name));
        }
        let backoff = match (job.spec.backoff_limit_per_index, pod.completion_index) {
            (Some(limit), Some(index)) => self.check_index_backoff(&job, index, limit, &pod.annotations),
            _ => self.check_backoff(&job),
        };
        if let Err(why) = backoff {
            self.violated(format!("{} gets a pod too early: {why}", job.meta.name));
        }
    }

    /// A pod was created.
    pub fn created(&mut self, pod: &Pod, answer: Answer) {
        let Some(file) = pod.meta.controller().and_then(|owner| self.jobs.get_mut(&owner.uid)) else { return };
        match answer {
            Answer::Arrived => {
                file.unseen.insert(pod.meta.uid);
            }
            Answer::Lost => {
                file.lost_creations += 1;
                file.ever_lost_creations = true;
            }
        }
    }

    /// The controller is told of a pod as it is now.
    pub(super) fn pod_delivered(&mut self, pod: &Rc<Pod>) {
        let uid = pod.meta.uid;
        let listed = self.pods.get(&uid).is_some_and(|file| file.listed.is_some());
        let Some(file) = pod.meta.controller().and_then(|owner| self.jobs.get_mut(&owner.uid)) else { return };
        file.unseen.remove(&uid);
        if !pod.meta.has_finalizer(JOB_TRACKING_FINALIZER) {
            return;
        }
        if pod.status.phase == PodPhase::Succeeded {
            file.streak.clear();
            file.last_success = file.last_success.max(end_of(pod));
        } else if has_failed(pod, &file.latest) && !listed {
            // The end of a pod that is being deleted can still move, with its Ready condition.
            match file.streak.iter_mut().find(|failure| failure.pod == uid) {
                Some(failure) => failure.end = end_of(pod),
                None => file.streak.push(Failure { pod: uid, end: end_of(pod), told_at: self.now }),
            }
        }
    }

    /// Whether the Job wants one more pod by what the controller has been told and has done itself. It cannot know of
    /// pods whose creation was answered with an error; each of them excuses one pod too many.
    fn may_have_one_more(&self, job: &Job, index: Option<u32>) -> Result<(), String> {
        let Some(file) = self.jobs.get(&job.meta.uid) else { return Ok(()) };
        let over = [JobConditionType::FailureTarget, JobConditionType::SuccessCriteriaMet];
        if job.is_finished() || over.into_iter().any(|kind| job.has_condition(kind)) {
            return Err("it is over".to_owned());
        }
        if job.spec.suspend || job.meta.deletion_time.is_some() {
            return Err("it is suspended or being deleted".to_owned());
        }
        let known = || self.view.pods.values().filter(|pod| controls(job, pod));
        let mut here = known().filter(|pod| is_active(pod)).count() + file.unseen.len();
        if waits_for_end(job) {
            here += known().filter(|pod| is_terminating(pod)).count();
        }
        let succeeded = self.known_successes(job);
        let parallelism = job.spec.parallelism;
        let wanted = match job.spec.completions {
            Some(completions) => parallelism.min(completions - succeeded),
            None if succeeded > 0 => 0,
            None => parallelism,
        };
        let here = here as i32;
        if here + 1 > wanted + file.lost_creations {
            let lost = file.lost_creations;
            return Err(format!("{here} are there and {wanted} are wanted ({lost} answers lost)"));
        }
        let Some(index) = index else { return Ok(()) };
        let status = &job.status;
        let ended = |text: Option<&String>| text.is_some_and(|text| indexes(text).contains(&index));
        if ended(Some(&status.completed_indexes)) || ended(status.failed_indexes.as_ref()) {
            return Err(format!("index {index} has ended"));
        }
        let taken = known().any(|pod| pod.completion_index == Some(index) && is_active(pod));
        let coming = file.unseen.iter().filter_map(|uid| self.pods.get(uid));
        let taken = taken || coming.into_iter().any(|file| file.latest.completion_index == Some(index));
        if taken { Err(format!("index {index} has a pod")) } else { Ok(()) }
    }

    /// Completions of the Job that the controller must know of.
    fn known_successes(&self, job: &Job) -> i32 {
        let succeeded = |uid: &Uid| {
            let seen = self.view.pods.get(uid).is_some_and(|pod| pod.status.phase == PodPhase::Succeeded);
            let file = &self.pods[uid];
            let tracked = !file.gone && file.latest.meta.has_finalizer(JOB_TRACKING_FINALIZER);
            self.knows_listed(job, file) || (seen && tracked && file.listed.is_none())
        };
        let pods = self.pods.iter().filter(|(uid, file)| file.job == job.meta.uid && succeeded(uid));
        if !job.is_indexed() {
            return pods.count() as i32;
        }
        let completions = job.spec.completions.unwrap_or(0) as u32;
        let mut all: BTreeSet<u32> = pods.filter_map(|(_, file)| file.latest.completion_index).collect();
        all.extend(indexes(&job.status.completed_indexes));
        all.into_iter().filter(|index| *index < completions).count() as i32
    }

    /// Whether the controller knows a status that lists the pod as succeeded: by its watch, or because it wrote it.
    fn knows_listed(&self, job: &Job, file: &PodFile) -> bool {
        let written = self.jobs.get(&job.meta.uid).map_or(0, |file| file.written_version);
        file.listed == Some(Ended::Succeeded) && file.listed_version <= written.max(job.meta.resource_version)
    }

    /// The wait after failures in a row. A controller that was restarted does not remember them, and one that was not
    /// told of its own write forgets those that the write listed: so does upstream.
    fn check_backoff(&self, job: &Job) -> Result<(), String> {
        let Some(file) = self.jobs.get(&job.meta.uid) else { return Ok(()) };
        let counts = |failure: &&Failure| {
            let pod = &self.pods[&failure.pod];
            let tracked = !pod.gone && pod.latest.meta.has_finalizer(JOB_TRACKING_FINALIZER);
            let seen = self.view.pods.get(&failure.pod).unwrap_or(&pod.latest);
            let in_range = !job.is_indexed()
                || seen.completion_index.is_some_and(|index| (index as i32) < job.spec.completions.unwrap_or(0));
            let after_success = failure.end > file.last_success;
            (pod.listed == Some(Ended::Failed) || tracked) && in_range && after_success && !is_ignored(seen, job)
        };
        let failures: Vec<&Failure> = file.streak.iter().filter(counts).collect();
        let Some(last) = failures.last() else { return Ok(()) };
        let together = failures.iter().filter(|failure| last.told_at.ms_since(failure.told_at) <= TOGETHER_MS);
        let ends = together.filter_map(|failure| failure.end);
        let Some(end) = ends.min() else { return Ok(()) };
        waited(failures.len(), end, self.now)
    }

    /// The wait of an index, which is kept in its pods and so survives the controller.
    fn check_index_backoff(&self, job: &Job, index: u32, limit: i32, annotations: &Labels) -> Result<(), String> {
        let counts = |labels: &Labels| {
            (number(labels, JOB_INDEX_FAILURE_COUNT), number(labels, JOB_INDEX_IGNORED_FAILURE_COUNT))
        };
        let new = counts(annotations);
        if i64::from(new.0) > i64::from(limit) {
            return Err(format!("index {index} has failed {} times", new.0));
        }
        for pod in self.view.pods.values() {
            let tracked = self
                .pods
                .get(&pod.meta.uid)
                .is_some_and(|file| !file.gone && file.latest.meta.has_finalizer(JOB_TRACKING_FINALIZER));
            if !controls(job, pod) || pod.completion_index != Some(index) || !has_failed(pod, job) || !tracked {
                continue;
            }
            let failed = counts(&pod.meta.annotations);
            if new.0 + new.1 <= failed.0 + failed.1 {
                return Err(format!("index {index} has forgotten a failure: {failed:?}, then {new:?}"));
            }
            if let Some(end) = end_of(pod) {
                waited((failed.0 + failed.1 + 1) as usize, end, self.now)?;
            }
        }
        Ok(())
    }
}

fn controls(job: &Job, pod: &Pod) -> bool {
    pod.meta.controller().is_some_and(|owner| owner.uid == job.meta.uid)
}

fn number(labels: &Labels, key: &str) -> i32 {
    labels.get(key).and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn waited(failures: usize, end: Time, now: Time) -> Result<(), String> {
    let delay_ms = (0..failures.saturating_sub(1)).fold(FIRST_BACKOFF_MS, |ms, _| (ms * 2).min(LONGEST_BACKOFF_MS));
    let waited_ms = now.ms_since(end);
    if waited_ms < delay_ms {
        return Err(format!("{waited_ms} ms after failure {failures} in a row, not {delay_ms}"));
    }
    Ok(())
}
