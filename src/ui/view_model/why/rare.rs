//! What happens seldom while all seats are taken, and tells more than that they are: an end that is near, runs that get no
//! answer, a container that is stopped by its probe, a sidecar that is told to stop, pods that all wait.

use super::{MOST_ASKED, Scene, Why, WhyTone, plain, tone};
use crate::api::{ContainerState, ContainerStatus, EventReason, Pod, PodPhase, RestartPolicy};
use crate::ui::view_model::queue_panel::no_answer;
use crate::ui::words::{capital, countdown, short_pod_name, spelled};
use crate::workload::Failed;

/// For so long before its deadline that is what there is to say about a Job.
const NEAR_END_MS: i64 = 10_000;
/// So many of the latest events are looked at.
const EVENTS_ASKED: usize = 64;

impl Scene<'_> {
    /// The Job's deadline comes soon.
    pub(super) fn deadline(&self) -> Option<Why> {
        let (deadline_s, start) = (self.job.spec.active_deadline_s?, self.job.status.start_time?);
        let at = start.plus_seconds(deadline_s);
        let left_ms = at.ms_since(self.cluster.now());
        if !(1..=NEAR_END_MS).contains(&left_ms) {
            return None;
        }
        let answer = format!(
            "activeDeadlineSeconds {deadline_s}: if the Job has not ended by {}, it fails, and its pods are stopped.",
            self.clock(at)
        );
        let why = tone(WhyTone::Waiting, "What comes next?", answer);
        Some(Why { left: Some(countdown(left_ms)), ..why })
    }

    /// Something happens to a pod that has a seat. Only few of them are looked at, but all that ask a queue.
    pub(super) fn rare(&self) -> Option<Why> {
        let newest = self.cluster.api().pods().rev().take(MOST_ASKED);
        let live: Vec<&Pod> = newest.map(|pod| &**pod).filter(|pod| self.is_live(pod)).collect();
        self.unanswered()
            .or_else(|| self.stopped_by_probe(&live))
            .or_else(|| live.iter().find_map(|pod| self.sidecar(pod)))
            .or_else(|| self.all_pending(&live))
    }

    /// Whether a pod of the Job has neither ended nor been told to.
    fn is_live(&self, pod: &Pod) -> bool {
        !pod.is_terminal() && pod.meta.deletion_time.is_none() && self.owns(pod)
    }

    /// Pods ask a queue, and get no answer.
    fn unanswered(&self) -> Option<Why> {
        let asks = |failed: &&Failed| self.cluster.api().pod(failed.consumer.pod).is_some_and(|pod| self.is_live(pod));
        let mut of_job = self.cluster.queues()?.failed().iter().filter(asks);
        let why = no_answer(of_job.next()?);
        let number = 1 + of_job.count() as u64;
        let (pods, ask) = match number {
            1 => ("One pod gets".to_owned(), "It asks"),
            _ => (format!("{} pods get", capital(&spelled(number))), "They ask"),
        };
        let answer = format!("{pods} no answer: {why}. {ask} again and again.");
        Some(tone(WhyTone::Waiting, "Why is no work done?", answer))
    }

    /// A container of a pod has failed its probe, and is being stopped.
    fn stopped_by_probe(&self, live: &[&Pod]) -> Option<Why> {
        let newest = self.cluster.api().events().rev().take(EVENTS_ASKED);
        let mut kills =
            newest.filter(|event| event.reason == EventReason::Killing && event.message().contains("probe"));
        let (pod, at) = kills.find_map(|event| {
            let pod = *live.iter().find(|pod| pod.meta.uid == event.object_uid)?;
            let started_at = self.cluster.history().pod(pod.meta.uid)?.run_started_at?;
            (event.last_time >= started_at).then_some((pod, event.last_time))
        })?;
        let then = match pod.template.restart_policy {
            RestartPolicy::Never => "It is not started again: restartPolicy is Never.",
            RestartPolicy::OnFailure | RestartPolicy::Always => "Then it is started again in the same pod.",
        };
        let answer = format!(
            "{} failed its probe, so since {} its kubelet stops the container. {then}",
            self.short_name(pod),
            self.clock(at)
        );
        Some(tone(WhyTone::Bad, "Why is a container stopped?", answer))
    }

    /// The work of the pod is done, and its sidecars are told to stop.
    fn sidecar(&self, pod: &Pod) -> Option<Why> {
        let restarts = pod.template.restart_policy == RestartPolicy::OnFailure;
        let is_over = |status: &ContainerStatus| match &status.state {
            ContainerState::Terminated(end) => end.exit_code == 0 || !restarts,
            ContainerState::Waiting { .. } | ContainerState::Running { .. } => false,
        };
        let is_running = |status: &ContainerStatus| matches!(status.state, ContainerState::Running { .. });
        let status = &pod.status;
        if status.containers.is_empty() || !status.containers.iter().all(is_over) {
            return None;
        }
        let sidecar = &status.init_containers.iter().find(|status| is_running(status))?.name;
        let answer = format!(
            "The work of {} is done, and its sidecar {sidecar} is told to stop. The pod ends when that has ended.",
            self.short_name(pod)
        );
        Some(tone(WhyTone::Waiting, "Why does the pod not end?", answer))
    }

    /// No pod has begun its work yet.
    fn all_pending(&self, live: &[&Pod]) -> Option<Why> {
        let what = self.awaits(live.first()?)?;
        if live.len() == MOST_ASKED || !live.iter().all(|pod| self.awaits(pod) == Some(what)) {
            return None;
        }
        let answer = match live.len() as u64 {
            1 => format!("The pod is made, and waits for its {what}."),
            number => format!("{} pods are made; all wait for their {what}.", capital(&spelled(number))),
        };
        Some(plain("Why does nothing run yet?", &answer))
    }

    /// How many of the pods that have seats do not run yet; with what parts it from the sentence before.
    pub(super) fn still_pending(&self) -> String {
        let newest = self.cluster.api().pods().rev().take(MOST_ASKED);
        let image = Some("image");
        match newest.filter(|pod| self.owns(pod) && self.awaits(pod) == image).count() as u64 {
            0 => String::new(),
            1 => " One of the pods still waits for its image.".to_owned(),
            several => format!(" {} of the pods still wait for their image.", capital(&spelled(several))),
        }
    }

    /// What a pending pod waits for that comes by itself.
    fn awaits(&self, pod: &Pod) -> Option<&'static str> {
        let record = self.cluster.history().pod(pod.meta.uid)?;
        if record.phase != PodPhase::Pending || pod.meta.deletion_time.is_some() {
            return None;
        }
        Some(match record.waiting.as_ref().map_or("", |reason| &***reason) {
            _ if record.node.is_none() => "node",
            "PodInitializing" => "init containers",
            _ => "image",
        })
    }

    fn short_name<'b>(&self, pod: &'b Pod) -> &'b str {
        short_pod_name(&pod.meta.name, &self.job.meta.name)
    }
}

#[cfg(test)]
mod tests {
    use crate::cluster::{Cluster, RUN_START, gallery};
    use crate::ui::view_model::why::{why, why_no_pod};

    #[test]
    fn what_is_rare_is_told_rather_than_that_all_seats_are_taken() {
        for (id, at_ms, question, said, left) in [
            ("parallel", 1_200, "Why does nothing run yet?", "Five pods are made; all wait for their image.", None),
            ("parallel", 2_500, "Why no more pods?", "Two of the pods still wait for their image.", None),
            ("sidecar", 18_000, "Why does the pod not end?", "its sidecar ", None),
            ("stuck", 33_500, "Why is a container stopped?", "failed its probe", None),
            (
                "queue-unreachable",
                20_000,
                "Why is no work done?",
                "Five pods get no answer: there is no Service queue.",
                None,
            ),
            (
                "queue-unreachable",
                52_000,
                "What comes next?",
                "activeDeadlineSeconds 60: if the Job has not ended by 01:00.0",
                Some("8 s"),
            ),
            (
                "deadline",
                31_900,
                "What comes next?",
                "activeDeadlineSeconds 40: if the Job has not ended by 00:40.0",
                Some("9 s"),
            ),
            ("deadline", 29_000, "Why no more pods?", "all three seats are taken", None),
        ] {
            let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("an entry of the gallery");
            let mut cluster = Cluster::new(entry.scenario()).expect("a good scenario");
            let job = cluster.api().jobs().next().expect("a Job").meta.uid;
            cluster.run_until(RUN_START.plus_ms(at_ms), usize::MAX);
            let told = why(&cluster, Some(job));
            assert_eq!((told.question.as_str(), told.left.as_deref()), (question, left), "{id}: {}", told.answer);
            assert!(told.answer.contains(said), "{id}: {}", told.answer);
            // Why no pod is created is another question.
            let no_pod = why_no_pod(&cluster, job).answer;
            assert!(no_pod.contains("taken"), "{id}: {no_pod}");
        }
    }
}
