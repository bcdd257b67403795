//! What must hold whenever a status is written: pods are counted once, counters never go back, conditions come in order.

use super::Checker;
use super::books::{Ended, JobFile, indexes, is_active, is_ignored, waits_for_end};
use jobscope::api::job::JOB_TRACKING_FINALIZER;
use jobscope::api::{Job, JobConditionType, PodPhase, Uid};
use std::collections::BTreeSet;

impl Checker {
    pub(super) fn status_changed(&mut self, old: &Job, new: &Job) {
        self.check_lists(old, new, Ended::Succeeded);
        self.check_lists(old, new, Ended::Failed);
        self.check_indexes(old, new);
        self.check_conditions(old, new);
    }

    /// The lists of uncounted pods: who comes was never there before and has ended; who goes has lost its finalizer and
    /// is counted.
    fn check_lists(&mut self, old: &Job, new: &Job, ended: Ended) {
        let (before, after) = (list(old, ended), list(new, ended));
        let name = &new.meta.name;
        for uid in after.difference(&before) {
            self.check_listed(*uid, new, ended);
        }
        for uid in before.difference(&after) {
            let Some(file) = self.pods.get_mut(uid) else { continue };
            let tracked = !file.gone && file.latest.meta.has_finalizer(JOB_TRACKING_FINALIZER);
            let pod = file.latest.meta.name.clone();
            file.counted = true;
            if tracked {
                self.violated(format!("{pod} of {name} is counted while it still has its finalizer"));
            }
        }
        let left = before.difference(&after).count() as i32;
        let counted = match ended {
            Ended::Succeeded if new.is_indexed() => return,
            Ended::Succeeded => new.status.succeeded - old.status.succeeded,
            Ended::Failed => new.status.failed - old.status.failed,
        };
        if counted != left {
            self.violated(format!("{name}: {left} pods left the list {ended:?}, the counter rose by {counted}"));
        }
    }

    fn check_listed(&mut self, uid: Uid, job: &Job, ended: Ended) {
        let dooms = job.condition(JobConditionType::FailureTarget).is_some() || job.is_finished();
        let Some(file) = self.pods.get_mut(&uid) else {
            self.violated(format!("{}: nobody knows the pod {uid} in the list {ended:?}", job.meta.name));
            return;
        };
        let pod = file.latest.clone();
        let (name, phase) = (&pod.meta.name, pod.status.phase);
        let earlier = file.listed.replace(ended);
        file.listed_version = job.meta.resource_version;
        let owner = file.job;
        let over = match ended {
            Ended::Succeeded => phase == PodPhase::Succeeded,
            Ended::Failed => phase == PodPhase::Failed || pod.meta.deletion_time.is_some() || dooms,
        };
        let ignored = ended == Ended::Failed
            && self.view.pods.get(&uid).is_some_and(|pod| pod.status.phase == PodPhase::Failed && is_ignored(pod, job));
        if ignored {
            self.violated(format!("{name} is counted, although the pod failure policy ignores its failure"));
        } else if owner != job.meta.uid {
            self.violated(format!("{name} is not a pod of {}", job.meta.name));
        } else if let Some(earlier) = earlier {
            self.violated(format!("{name} is counted twice: as {earlier:?} and now as {ended:?}"));
        } else if !over {
            self.violated(format!("{name} is counted as {ended:?}, but it is {phase:?}"));
        }
    }

    fn check_indexes(&mut self, old: &Job, new: &Job) {
        if !new.is_indexed() {
            return;
        }
        let name = &new.meta.name;
        let completions = new.spec.completions.unwrap_or(0) as u32;
        let set = |text: &str| indexes(text);
        let (before, after) = (set(&old.status.completed_indexes), set(&new.status.completed_indexes));
        let failed = set(new.status.failed_indexes.as_deref().unwrap_or_default());
        let failed_before = set(old.status.failed_indexes.as_deref().unwrap_or_default());
        if after.len() as i32 != new.status.succeeded {
            self.violated(format!("{name}: {} succeeded, but the indexes are {after:?}", new.status.succeeded));
        }
        if before.iter().any(|index| *index < completions && !after.contains(index)) {
            self.violated(format!("{name}: completed indexes went from {before:?} to {after:?}"));
        }
        if failed_before.iter().any(|index| *index < completions && !failed.contains(index)) {
            self.violated(format!("{name}: failed indexes went from {failed_before:?} to {failed:?}"));
        }
        // Where a pod that is being deleted counts as failed at once, upstream counts its index twice when the pod then
        // succeeds before it has lost its finalizer.
        // The same holds of two pods of one index, of which the controller created one without knowing of the other, or of
        // its failure.
        let has_twins = |file: &JobFile| file.ever_lost_creations || file.has_late_twin;
        let twins = self.jobs.get(&new.meta.uid).is_some_and(has_twins);
        if waits_for_end(new) && !twins && after.intersection(&failed).next().is_some() {
            self.violated(format!("{name}: completed {after:?} and failed {failed:?} at once"));
        }
        for index in after.difference(&before) {
            let succeeded = self.pods.values().any(|file| {
                let latest = &file.latest;
                file.job == new.meta.uid
                    && latest.completion_index == Some(*index)
                    && latest.status.phase == PodPhase::Succeeded
            });
            if !succeeded {
                self.violated(format!("{name}: index {index} is completed, but no pod of it has succeeded"));
            }
        }
    }

    fn check_conditions(&mut self, old: &Job, new: &Job) {
        let name = &new.meta.name;
        let (complete, failed) = (JobConditionType::Complete, JobConditionType::Failed);
        for kind in [complete, failed, JobConditionType::FailureTarget, JobConditionType::SuccessCriteriaMet] {
            if old.has_condition(kind) && !new.has_condition(kind) {
                self.violated(format!("{name} has lost its condition {}", kind.as_str()));
            }
            if new.status.conditions.iter().filter(|condition| condition.kind == kind).count() > 1 {
                self.violated(format!("{name} has the condition {} twice", kind.as_str()));
            }
        }
        if new.has_condition(complete) && new.has_condition(failed) {
            self.violated(format!("{name} is both Complete and Failed"));
        }
        if old.is_finished() || !new.is_finished() {
            return;
        }
        let (terminal, interim) = match new.has_condition(complete) {
            true => (complete, JobConditionType::SuccessCriteriaMet),
            false => (failed, JobConditionType::FailureTarget),
        };
        if !old.has_condition(interim) {
            self.violated(format!("{name} is {} without having been {}", terminal.as_str(), interim.as_str()));
        }
        let uncounted = list(new, Ended::Succeeded).len() + list(new, Ended::Failed).len();
        if new.status.active != 0 || uncounted != 0 || new.status.terminating.unwrap_or(0) != 0 {
            self.violated(format!("{name} is {} with pods left: {:?}", terminal.as_str(), new.status));
        }
        // Only of pods that the controller has been told of can it know that they still run.
        let running = self.pods.values().find(|file| {
            let known = self.view.pods.get(&file.latest.meta.uid);
            file.job == new.meta.uid && !file.released && file.is_active() && known.is_some_and(|pod| is_active(pod))
        });
        if let Some(pod) = running.map(|file| file.latest.meta.name.clone()) {
            self.violated(format!("{name} is {} while {pod} still runs", terminal.as_str()));
        }
    }
}

fn list(job: &Job, ended: Ended) -> BTreeSet<Uid> {
    let uncounted = job.status.uncounted_terminated_pods.as_ref();
    let uids = uncounted.map(|lists| match ended {
        Ended::Succeeded => &lists.succeeded,
        Ended::Failed => &lists.failed,
    });
    uids.into_iter().flatten().copied().collect()
}
