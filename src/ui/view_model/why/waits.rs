//! What has to pass before anything else can happen to a Job: a back-off of its own or of an index, a restart or a pull that
//! a kubelet holds back, a node that is not heard of, pods on their way out. Each says until when.

use super::{MOST_ASKED, Scene, Why, WhyTone, pods_spelled, tone};
use crate::api::{Heartbeat, Pod, PodPhase, RestartPolicy, Uid};
use crate::cluster::{BackoffView, Cluster};
use crate::controllers::job::Reason;
use crate::sim::Time;
use crate::ui::view_model::decisions::latest_decision;
use crate::ui::view_model::pods::{Lacks, is_crash_loop, waits_for};
use crate::ui::view_model::retries::{left, lost, next_try};
use crate::ui::view_model::wanted::{next_backoff, wanted};
use crate::ui::words::{capital, clock_at, countdown, duration, indexes_named, short_pod_name, spelled};

/// Indexes that wait for their own back-off.
pub struct IndexWait {
    named: String,
    count: u32,
    /// What is left for the first of them.
    pub left_ms: i64,
}

/// The indexes of that Job that wait for their own back-off, by its latest decision.
pub fn index_wait(cluster: &Cluster, job: Uid) -> Option<IndexWait> {
    let wait = latest_reason(cluster, job, |at, reason| match reason {
        Reason::BackoffPerIndex { count, indexes, remaining_ms } => {
            let left_ms = remaining_ms - cluster.now().ms_since(at);
            Some(IndexWait { named: indexes_named(*count, indexes), count: *count, left_ms })
        }
        _ => None,
    })?;
    (wait.left_ms > 0).then_some(wait)
}

impl Scene<'_> {
    /// Something has to pass first: a back-off, or pods on their way out.
    pub(super) fn wait(&self) -> Option<Why> {
        let short = wanted(self.job).active > self.job.status.active;
        if let Some(backoff) = next_backoff(self.cluster, self.job) {
            return Some(self.backoff(backoff));
        }
        if let Some(backoff) = self.index_backoff().filter(|_| short) {
            return Some(backoff);
        }
        if let Some(crash_loop) = self.crash_loop() {
            return Some(crash_loop);
        }
        if let Some(pending) = self.stuck_pending() {
            return Some(pending);
        }
        if let Some(lost) = self.on_lost_node() {
            return Some(lost);
        }
        let terminating = self.job.status.terminating.filter(|terminating| *terminating > 0 && short)?;
        let answer = format!(
            "{} still {} down, and podReplacementPolicy Failed replaces pods only once they have ended.",
            capital(&pods_spelled(terminating, "pod")),
            if terminating == 1 { "shuts" } else { "shut" }
        );
        self.waits_for_replacement().then(|| tone(WhyTone::Waiting, "Why no new pod yet?", answer))
    }

    fn backoff(&self, backoff: BackoffView) -> Why {
        let failures = u64::try_from(backoff.failures).unwrap_or(0);
        let who = match failures {
            1 if self.job.status.failed > 1 => "A pod has failed since the last success".to_owned(),
            1 => "A pod has failed".to_owned(),
            _ => format!("{} pods have failed in a row", capital(&spelled(failures))),
        };
        let (delay, until) = (duration(backoff.delay_ms), self.clock(backoff.until));
        let waits = format!("{delay}, until {until} (doubled per failure, at most 10 min).");
        // A failure policy can leave failures out of the count, though not out of the back-off.
        let answer = match self.job.status.failed {
            0 => format!("{who}. backoffLimit does not count that, but the next one waits all the same: {waits}"),
            _ => format!("{who}, so the next one waits {waits}"),
        };
        let left = countdown(backoff.until.ms_since(self.cluster.now()));
        Why { left: Some(left), ..tone(WhyTone::Waiting, "Why no new pod yet?", answer) }
    }

    /// Indexes wait, each for its own back-off.
    fn index_backoff(&self) -> Option<Why> {
        let IndexWait { named, count, left_ms } = index_wait(self.cluster, self.job.meta.uid)?;
        let until = self.clock(self.cluster.now().plus_ms(left_ms));
        let waits = match count {
            1 => format!("has failed and waits until {until}"),
            _ => format!("have failed and wait, the first until {until}"),
        };
        let answer = format!(
            "{} {waits} (doubled per failure of the same index, at most 10 min). Other indexes go on.",
            capital(&named)
        );
        Some(Why { left: Some(countdown(left_ms)), ..tone(WhyTone::Waiting, "Why no new pod yet?", answer) })
    }

    fn waits_for_replacement(&self) -> bool {
        let is_wait = |_, reason: &Reason| matches!(reason, Reason::WaitsForReplacement { .. }).then_some(());
        latest_reason(self.cluster, self.job.meta.uid, is_wait).is_some()
    }

    /// Every active pod waits to be started again in place.
    pub(super) fn crash_loop(&self) -> Option<Why> {
        if self.job.spec.template.restart_policy != RestartPolicy::OnFailure {
            return None;
        }
        let active = usize::try_from(self.job.status.active).unwrap_or(0);
        let history = self.cluster.history();
        let live = || {
            let pods = history.of_job(self.job.meta.uid);
            pods.filter(|pod| pod.gone_at.is_none() && pod.ended_at.is_none() && pod.deletion_asked_at.is_none())
        };
        if active == 0 || active > MOST_ASKED || live().next().is_none() || !live().all(is_crash_loop) {
            return None;
        }
        let first = live().filter_map(|record| self.next_try(self.cluster.api().pod(record.uid)?)).min();
        let at = first.map_or_else(String::new, |at| format!(" at {}", self.clock(at)));
        let answer = format!(
            "The container has failed. The kubelet starts it again in the same pod{at}, after a wait that doubles from 10 s up \
             to 5 min."
        );
        let why = tone(WhyTone::Waiting, "Why does nothing run?", answer);
        Some(Why { left: first.and_then(|at| left(self.cluster, at)), ..why })
    }

    fn next_try(&self, pod: &Pod) -> Option<Time> {
        next_try(self.cluster, pod).map(|(_, next)| next.at)
    }

    pub(super) fn clock(&self, at: Time) -> String {
        clock_at(self.cluster, at)
    }

    /// A pod that waits for a node that would have it, or for an image that is not to be had. Asked only of the newest
    /// pods: that is where pending ones are.
    pub(super) fn stuck_pod(&self) -> Option<&Pod> {
        let newest = self.cluster.api().pods().rev().take(MOST_ASKED).map(|pod| &**pod);
        let is_pending = |pod: &Pod| pod.status.phase == PodPhase::Pending && pod.meta.deletion_time.is_none();
        newest.filter(|pod| is_pending(pod) && self.owns(pod)).find(|pod| waits_for(pod).is_some())
    }

    /// What that pod waits for, and until when.
    pub(super) fn stuck_pending(&self) -> Option<Why> {
        let pod = self.stuck_pod()?;
        let name = short_pod_name(&pod.meta.name, &self.job.meta.name);
        let (kind, message) = waits_for(pod)?;
        let next = self.next_try(pod);
        let answer = match (kind, next) {
            (Lacks::Node, _) => {
                // The rest, about preemption, is on the pod's card.
                let message = message.split(". ").next().unwrap_or_default().trim_end_matches('.');
                format!("The scheduler finds no node for {name}: {message}.")
            }
            (Lacks::Image, Some(at)) => format!(
                "The image of {name} cannot be pulled. The kubelet tries again at {}, then ever later. The Job waits: \
                 the pod has not failed.",
                self.clock(at)
            ),
            (Lacks::Image, None) => {
                format!("The image of {name} cannot be pulled so far. The Job waits: the pod has not failed.")
            }
        };
        let why = tone(WhyTone::Waiting, "Why is a pod Pending?", answer);
        Some(Why { left: next.and_then(|at| left(self.cluster, at)), ..why })
    }

    /// A pod has not ended, and nothing is heard of its node. Asked only of the newest pods.
    pub(super) fn on_lost_node(&self) -> Option<Why> {
        let api = self.cluster.api();
        if api.nodes().all(|node| node.heartbeat == Heartbeat::Steady) {
            return None;
        }
        let newest = api.pods().rev().take(MOST_ASKED);
        let mut live = newest.filter(|pod| !pod.is_terminal() && self.owns(pod));
        let (pod, lost) = live.find_map(|pod| Some((pod, lost(self.cluster, pod)?)))?;
        let (name, node) = (short_pod_name(&pod.meta.name, &self.job.meta.name), &lost.node.meta.name);
        let (answer, at) = match (pod.meta.deletion_time, lost.node.is_ready()) {
            (Some(_), _) => {
                let goes = "It goes when the node is back or deleted.";
                (format!("{name} is to be deleted, but {node}, where it ran, is not heard of. {goes}"), None)
            }
            (None, true) => {
                let noticed = self.clock(lost.noticed_at);
                let answer = format!(
                    "{name} is on {node}, which has gone silent. That is noticed at {noticed}, after about 50 s."
                );
                (answer, Some(lost.noticed_at))
            }
            (None, false) => {
                let goes = lost.eviction.words(self.cluster);
                (format!("{name} is on {node}, which is not heard of. It is {goes}."), lost.eviction.at())
            }
        };
        let why = tone(WhyTone::Waiting, "Why does a pod stay?", answer);
        Some(Why { left: at.and_then(|at| left(self.cluster, at)), ..why })
    }
}

/// What the latest decision about that Job says, if it has such a reason.
fn latest_reason<T>(cluster: &Cluster, job: Uid, pick: impl Fn(Time, &Reason) -> Option<T>) -> Option<T> {
    let latest = latest_decision(cluster, job)?;
    latest.reasons.iter().find_map(|reason| pick(latest.at, reason))
}
