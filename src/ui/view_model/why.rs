//! The one sentence that says why the Job is where it is at this moment. Plain data made from the cluster.

mod rare;
mod waits;

pub use waits::index_wait;

use super::retries::next_try;
use super::wanted::{failed_at_limit, failed_indexes, next_backoff, wanted};
use crate::api::job::JOB_TRACKING_FINALIZER;
use crate::api::{Job, JobCondition, JobConditionType, Pod, PodPhase, Propagation, RestartPolicy, Uid};
use crate::apiserver::propagation_of;
use crate::cluster::Cluster;
use crate::controllers::ttl_after_finished::time_left;
use crate::ui::words::{
    capital, count_i, countdown, plural, short_pod_name, spelled, tries, ttl_left, ttl_over, ttl_to_come,
};

/// What there is to say without a Job.
pub const NO_JOB: &str = "There is no Job here. Jobscope shows Jobs; what else was applied only runs beside them.";

/// With more pods than this, some run nearly always, and none is asked whether it waits.
const MOST_ASKED: usize = 64;

/// A question that a person may have now, and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    pub question: String,
    pub answer: String,
    /// What is left of a wait; apart from the answer, so that the answer holds still.
    pub left: Option<String>,
    pub tone: WhyTone,
}

/// The colour of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyTone {
    Plain,
    Waiting,
    Good,
    Bad,
}

/// Why things are as they are with that Job.
pub fn why(cluster: &Cluster, job: Option<Uid>) -> Why {
    let Some(uid) = job else {
        return plain("Where is the Job?", NO_JOB);
    };
    let Some(job) = cluster.api().job(uid) else {
        let by_ttl = cluster.history().gone_job(uid).and_then(|job| Scene { cluster, job }.gone());
        return by_ttl.unwrap_or_else(|| plain("Where is the Job?", what_deletion_left(cluster, uid)));
    };
    let scene = Scene { cluster, job };
    scene
        .end()
        .map(|why| scene.with_ttl(why))
        .or_else(|| scene.hold())
        .or_else(|| scene.deadline())
        .or_else(|| scene.wait())
        .or_else(|| scene.not_counted_yet())
        .or_else(|| scene.rare())
        .unwrap_or_else(|| scene.seats())
}

/// Why no pod is created for that Job now, whatever else there is to tell of it.
pub fn why_no_pod(cluster: &Cluster, uid: Uid) -> Why {
    let Some(job) = cluster.api().job(uid) else { return why(cluster, Some(uid)) };
    let scene = Scene { cluster, job };
    let held = scene.end().or_else(|| scene.hold()).or_else(|| scene.wait()).or_else(|| scene.not_counted_yet());
    held.unwrap_or_else(|| scene.seats())
}

/// The pod of that Job whose kubelet holds something back, if that is what there is to wait for: a restart in place, or a
/// pull.
pub fn pod_held_back(cluster: &Cluster, job: &Job) -> Option<Uid> {
    if next_backoff(cluster, job).is_some() {
        return None;
    }
    let scene = Scene { cluster, job };
    let has_left = |why: Option<Why>| why.is_some_and(|why| why.left.is_some());
    if has_left(scene.crash_loop()) {
        let newest = cluster.api().pods().rev().take(MOST_ASKED);
        let waiting = newest.filter(|pod| !pod.is_terminal() && scene.owns(pod));
        return waiting.filter_map(|pod| Some((next_try(cluster, pod)?.1.at, pod.meta.uid))).min().map(|(_, pod)| pod);
    }
    scene.stuck_pod().filter(|_| has_left(scene.stuck_pending())).map(|pod| pod.meta.uid)
}

/// Why the Job has ended or is about to, whatever has become of it since.
pub fn why_ended(cluster: &Cluster, job: &Job) -> Option<Why> {
    Scene { cluster, job }.end()
}

struct Scene<'a> {
    cluster: &'a Cluster,
    job: &'a Job,
}

impl Scene<'_> {
    /// The Job has ended, or its end is decided.
    fn end(&self) -> Option<Why> {
        let set = |kind| self.job.condition(kind).filter(|_| self.job.has_condition(kind));
        if let Some(complete) = set(JobConditionType::Complete) {
            return Some(tone(WhyTone::Good, "Why is it Complete?", self.success(complete)));
        }
        if let Some(failed) = set(JobConditionType::Failed) {
            return Some(tone(WhyTone::Bad, "Why did it fail?", self.failure(failed)));
        }
        let still = || self.on_lost_node().map_or_else(String::new, |lost| format!(" {}", lost.answer));
        if let Some(target) = set(JobConditionType::FailureTarget) {
            let answer = format!("{} It is Failed once its pods have ended.{}", self.failure(target), still());
            return Some(tone(WhyTone::Bad, "Why do pods end?", answer));
        }
        let met = set(JobConditionType::SuccessCriteriaMet)?;
        let answer = format!("{} It is Complete once the other pods have ended.{}", self.success(met), still());
        Some(tone(WhyTone::Good, "Why do pods end?", answer))
    }

    /// How long a Job that has ended will still be there, if its TTL says so.
    fn with_ttl(&self, why: Why) -> Why {
        match (self.job.spec.ttl_after_finished_s, time_left(self.job, self.cluster.now())) {
            (Some(ttl_s), Ok(left)) if self.job.meta.deletion_time.is_none() => {
                Why { answer: why.answer + &ttl_to_come(ttl_s), left: Some(ttl_left(left.left_ms)), ..why }
            }
            _ => why,
        }
    }

    /// The Job is gone, because its TTL was over.
    fn gone(&self) -> Option<Why> {
        let ttl_s = self.job.spec.ttl_after_finished_s?;
        let was_over = time_left(self.job, self.job.meta.deletion_time?).is_ok_and(|left| left.left_ms <= 0);
        let ended = self.end().filter(|_| was_over)?;
        Some(Why { question: "Where is the Job?".to_owned(), answer: ended.answer + &ttl_over(ttl_s), ..ended })
    }

    /// The Job is kept from running pods.
    fn hold(&self) -> Option<Why> {
        if self.job.meta.deletion_time.is_some() {
            let answer = match propagation_of(self.job) {
                Propagation::Background => "The Job is being deleted, so no pod is created for it.",
                Propagation::Foreground => {
                    "The Job is being deleted in the foreground: it goes when its pods are gone, and none is created."
                }
                Propagation::Orphan => "The Job is being deleted, and its pods are let go. None is created.",
            };
            return Some(plain("Why does nothing start?", answer));
        }
        if let Some(manager) = self.job.external_manager() {
            let answer = format!(
                "managedBy names {manager}, so the built-in controller leaves this Job alone. No other is here."
            );
            return Some(plain("Why does nothing start?", &answer));
        }
        if self.cluster.job_controller().is_none() {
            let answer = "The Job controller is not running. Pods run on to their end, but until it is back nobody counts or \
                          replaces them.";
            return Some(tone(WhyTone::Bad, "Why does nothing start?", answer.to_owned()));
        }
        if is_to_be_suspended(self.job) {
            let answer = "spec.suspend is set, and the controller has not acted on it yet. When it has heard of it, it \
                          deletes the active pods.";
            return Some(tone(WhyTone::Waiting, "Why not suspended yet?", answer.to_owned()));
        }
        if self.job.spec.suspend {
            let mut pods = self.cluster.history().of_job(self.job.meta.uid);
            if pods.any(|pod| pod.gone_at.is_none() && pod.ended_at.is_none()) {
                let answer =
                    "The Job is suspended: its controller deletes its pods, and creates none until it is resumed.";
                return Some(plain("Why do pods end?", answer));
            }
            let answer = "The Job is suspended: its controller keeps no pods for it until it is resumed.";
            return Some(plain("Why does no pod run?", answer));
        }
        if self.job.status.start_time.is_none() {
            let what = match self.job.has_condition(JobConditionType::Suspended) {
                true => "resumed",
                false => "stored",
            };
            let answer =
                format!("The Job has just been {what}. Its controller hears of it through a watch, a moment later.");
            return Some(plain("Why are there no pods yet?", &answer));
        }
        None
    }

    fn owns(&self, pod: &Pod) -> bool {
        pod.meta.controller().is_some_and(|owner| owner.uid == self.job.meta.uid)
    }

    /// Pods have ended of which the controller has yet to hear. Asked only of the newest pods, and of the active ones.
    fn not_counted_yet(&self) -> Option<Why> {
        let newest = self.cluster.api().pods().rev().take(MOST_ASKED);
        let uncounted = self.job.status.uncounted_terminated_pods.as_ref();
        let is_counted = |pod: &Pod| {
            uncounted.is_some_and(|pods| pods.succeeded.contains(&pod.meta.uid) || pods.failed.contains(&pod.meta.uid))
        };
        let mut ended = newest
            .filter(|pod| pod.is_terminal() && self.owns(pod) && pod.meta.has_finalizer(JOB_TRACKING_FINALIZER))
            .filter(|pod| !is_counted(pod));
        let first = ended.next()?;
        let what = match (ended.count() as u64, first.status.phase) {
            (0, PodPhase::Failed) => "has failed".to_owned(),
            (0, _) => "has ended".to_owned(),
            (1, _) => "and another pod have ended".to_owned(),
            (others, _) => format!("and {} others have ended", spelled(others)),
        };
        let queue = self.cluster.job_queue(self.job.meta.uid);
        let left = queue.due.map(|due| due.ms_since(self.cluster.now())).filter(|left_ms| *left_ms > 0).map(countdown);
        let name = short_pod_name(&first.meta.name, &self.job.meta.name);
        let answer = format!("{name} {what}. The controller has not counted that yet.");
        Some(Why { left, ..plain("Why is a seat empty?", &answer) })
    }

    /// Why there are as many pods as there are.
    fn seats(&self) -> Why {
        let wanted = wanted(self.job);
        let (parallelism, active) = (self.job.spec.parallelism, self.job.status.active);
        if self.job.spec.completions.is_none() && self.job.status.succeeded > 0 {
            let answer = format!(
                "A pod has succeeded, and completions is unset: the work is taken as done. {} may still end.",
                capital(&pods_spelled(active, "active pod"))
            );
            return plain("Why no new pods?", &answer);
        }
        if parallelism == 0 {
            return plain("Why are there no pods?", "parallelism is 0, so there is no seat for any.");
        }
        if active < wanted.active {
            return self.short(wanted.active - active);
        }
        match wanted.remaining {
            Some(remaining) if remaining < parallelism => match failed_indexes(self.job) {
                0 => few_needed(remaining, parallelism, "more success", "needed"),
                failed => {
                    let mut why = few_needed(remaining, parallelism, "index", "left");
                    why.answer.push_str(&given_up(self.job, failed));
                    why
                }
            },
            _ => plain("Why no more pods?", &format!("{}{}", all_taken(parallelism), self.still_pending())),
        }
    }

    fn short(&self, short: i32) -> Why {
        let answer = format!(
            "{} {} to be created. The controller gathers what its watches tell for a moment, then looks at the Job.",
            capital(&pods_spelled(short, "pod")),
            if short == 1 { "is" } else { "are" }
        );
        plain("Why not all pods yet?", &answer)
    }

    /// `index 1`, `indexes 1,3`.
    fn failed_ones(&self) -> String {
        let noun = if failed_indexes(self.job) == 1 { "index" } else { "indexes" };
        format!("{noun} {}", self.job.status.failed_indexes.as_deref().unwrap_or_default())
    }

    fn success(&self, condition: &JobCondition) -> String {
        let succeeded = self.job.status.succeeded;
        if condition.reason == "SuccessPolicy" {
            let indexes = &self.job.status.completed_indexes;
            return format!("Succeeded indexes: {indexes}. successPolicy asks for no more.");
        }
        match self.job.spec.completions {
            Some(1) => "Its one completion has succeeded.".to_owned(),
            Some(completions) if succeeded >= completions => {
                format!("All {} have succeeded.", count_i(completions, "completion"))
            }
            Some(completions) => format!("{succeeded} of {} have succeeded.", count_i(completions, "completion")),
            None if succeeded == 1 => "A pod has succeeded, and no other is active.".to_owned(),
            None => format!(
                "{} pods have succeeded, and none is active.",
                capital(&spelled(u64::try_from(succeeded).unwrap_or(0)))
            ),
        }
    }

    fn failure(&self, condition: &JobCondition) -> String {
        let (failed, limit) = (self.job.status.failed, self.job.spec.backoff_limit);
        let in_place = self.job.spec.template.restart_policy == RestartPolicy::OnFailure;
        match &*condition.reason {
            "BackoffLimitExceeded" if in_place => {
                format!("Its containers were restarted as often as backoffLimit {limit} allows.")
            }
            "BackoffLimitExceeded" => {
                let failed = u64::try_from(failed_at_limit(self.cluster, self.job).unwrap_or(failed)).unwrap_or(0);
                let verb = if failed == 1 { "has" } else { "have" };
                format!(
                    "{} {} {verb} failed, and backoffLimit allows {limit}.",
                    capital(&spelled(failed)),
                    plural(failed, "pod")
                )
            }
            "DeadlineExceeded" => {
                let deadline_s = self.job.spec.active_deadline_s.unwrap_or(0);
                format!("It was active for longer than activeDeadlineSeconds {deadline_s} allows.")
            }
            "MaxFailedIndexesExceeded" => format!(
                "{} {} failed, and maxFailedIndexes allows {}.",
                capital(&self.failed_ones()),
                if failed_indexes(self.job) == 1 { "has" } else { "have" },
                self.job.spec.max_failed_indexes.unwrap_or(0)
            ),
            "FailedIndexes" => {
                let tries = tries(self.job.spec.backoff_limit_per_index.unwrap_or(0));
                format!(
                    "Every index has ended. Failed: {}. backoffLimitPerIndex allows each index {tries}.",
                    self.failed_ones()
                )
            }
            "PodFailurePolicy" => format!("podFailurePolicy: {}", sentence(&condition.message)),
            _ => sentence(&condition.message),
        }
    }
}

/// Whether a Job was told to be suspended, and its controller has not acted on that yet.
pub fn is_to_be_suspended(job: &Job) -> bool {
    job.spec.suspend && job.status.start_time.is_some() && !job.has_condition(JobConditionType::Suspended)
}

/// `four pods`, as sentences want it.
fn pods_spelled(number: i32, noun: &str) -> String {
    let number = u64::try_from(number).unwrap_or(0);
    format!("{} {}", spelled(number), plural(number, noun))
}

fn what_deletion_left(cluster: &Cluster, job: Uid) -> &'static str {
    let mut records = cluster.history().of_job(job).filter(|record| record.gone_at.is_none());
    match records.find_map(|record| cluster.api().pod(record.uid)) {
        None => "It was deleted, and its pods with it. Restart runs it again.",
        Some(pod) if pod.meta.owner_references.is_empty() => {
            "It was deleted, and its pods were left. They run to their end, but nobody counts or replaces them."
        }
        Some(_) => "It was deleted. Its pods have nobody any more, so they are being deleted too.",
    }
}

/// Which indexes are given up, with what parts it from the sentence before; their number where there are many.
fn given_up(job: &Job, failed: i32) -> String {
    match (job.status.failed_indexes.as_deref().unwrap_or_default(), failed) {
        (index, 1) => format!(" Index {index} has failed for good."),
        (indexes, _) if indexes.len() <= 12 => format!(" Indexes {indexes} have failed for good."),
        _ => format!(" {} have failed for good.", capital(&pods_spelled(failed, "index"))),
    }
}

fn few_needed(remaining: i32, parallelism: i32, noun: &str, how: &str) -> Why {
    let remaining = u64::try_from(remaining).unwrap_or(0);
    let free = u64::try_from(parallelism).unwrap_or(0).saturating_sub(remaining);
    if remaining == 0 {
        return plain("Why no more pods?", "Enough pods have ended. The controller is about to say so.");
    }
    let is = if remaining == 1 { "is" } else { "are" };
    let needed = format!("Only {} {} {is} {how}", spelled(remaining), plural(remaining, noun));
    let stay = if free == 1 { "one seat stays" } else { &format!("{} seats stay", spelled(free)) };
    plain("Why no more pods?", &format!("{needed}, so {stay} empty."))
}

fn all_taken(parallelism: i32) -> String {
    match parallelism {
        1 => "parallelism is 1: the only seat is taken.".to_owned(),
        2 => "parallelism is 2: both seats are taken.".to_owned(),
        _ => format!(
            "parallelism is {parallelism}: all {} seats are taken.",
            spelled(u64::try_from(parallelism).unwrap_or(0))
        ),
    }
}

fn sentence(message: &str) -> String {
    let message = capital(message);
    if message.is_empty() || message.ends_with('.') { message } else { format!("{message}.") }
}

fn plain(question: &str, answer: &str) -> Why {
    tone(WhyTone::Plain, question, answer.to_owned())
}

fn tone(tone: WhyTone, question: &str, answer: String) -> Why {
    Why { question: question.to_owned(), answer, left: None, tone }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{RUN_START, gallery};

    fn said(id: &str, seconds: i64) -> (String, String) {
        let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("an entry of the gallery");
        let mut cluster = Cluster::new(entry.scenario()).expect("a good scenario");
        let job = cluster.api().jobs().next().map(|job| job.meta.uid);
        cluster.run_until(RUN_START.plus_seconds(seconds), usize::MAX);
        let why = why(&cluster, job);
        (why.question, why.answer)
    }

    #[test]
    fn a_ttl_is_counted_down_and_remembered() {
        let mut scenario = gallery::entries()[0].scenario();
        scenario.manifest =
            scenario.manifest.replace("  backoffLimit:", "  ttlSecondsAfterFinished: 100\n  backoffLimit:");
        let mut cluster = Cluster::new(scenario).expect("a good scenario");
        let job = cluster.api().jobs().next().map(|job| job.meta.uid);
        let finished = |cluster: &Cluster| cluster.api().jobs().all(|job| job.is_finished());
        while !finished(&cluster) {
            cluster.step();
        }
        cluster.run_until(cluster.now().plus_seconds(70), usize::MAX);
        assert!(!cluster.is_done(), "its deletion is still to come");
        let waiting = why(&cluster, job);
        assert_eq!(
            (waiting.question.as_str(), waiting.left.as_deref()),
            ("Why is it Complete?", Some("deleted in 30 s"))
        );
        assert!(waiting.answer.ends_with("deletes it, and its pods, 1 min 40 s after its end."), "{}", waiting.answer);
        cluster.run_until(cluster.now().plus_seconds(100), usize::MAX);
        assert!(cluster.is_done() && cluster.api().jobs().next().is_none() && cluster.api().pods().next().is_none());
        let gone = why(&cluster, job);
        assert_eq!((gone.question.as_str(), gone.tone, gone.left), ("Where is the Job?", WhyTone::Good, None));
        assert!(gone.answer.starts_with("All 10 completions have succeeded. It was deleted"), "{}", gone.answer);
    }

    #[test]
    fn a_row_of_failures_begins_after_the_last_success() {
        let told = |part: &str| (5..75).any(|seconds| said("parallel", seconds).1.contains(part));
        assert!(told("A pod has failed since the last success, so the next one waits 10 s"));
    }

    #[test]
    fn the_moment_is_explained() {
        for (id, seconds, question, part) in [
            ("parallel", 6, "Why no more pods?", "all five seats are taken"),
            ("parallel", 8, "Why is a seat empty?", "wrn2h has failed. The controller has not counted that yet."),
            ("one-shot", 3_000, "Why is it Complete?", "Its one completion has succeeded."),
            ("one-shot-never", 12, "Why no new pod yet?", "so the next one waits 10 s, until 00:18.0"),
            ("one-shot-never", 30, "Why no new pod yet?", "Two pods have failed in a row, so the next one waits 20 s"),
            ("one-shot-never", 9_000, "Why did it fail?", "Seven pods have failed, and backoffLimit allows 6."),
            ("one-shot-on-failure", 40, "Why does nothing run?", "doubles from 10 s up to 5 min"),
            ("work-queue", 9_000, "Why is it Complete?", "and none is active"),
            ("suspended", 5, "Why does no pod run?", "until it is resumed"),
            ("suspended-while-running", 10, "Why not suspended yet?", "has not acted on it yet"),
            ("suspended-while-running", 30, "Why are there no pods yet?", "has just been resumed"),
            ("suspended-while-running", 11, "Why do pods end?", "deletes its pods"),
            ("suspended-while-running", 17, "Why does no pod run?", "until it is resumed"),
            ("deadline", 9_000, "Why did it fail?", "activeDeadlineSeconds 40"),
            ("exit-code-42", 19, "Why do pods end?", "exit code 42 matching FailJob rule at index 0."),
            ("disruptions", 12, "Why no new pod yet?", "waits all the same: 10 s, until"),
            ("bad-index-on-its-own", 12, "Why no new pod yet?", "Index 1 has failed and waits until 00:"),
            ("bad-index-on-its-own", 35, "Why no more pods?", "one seat stays empty. Index 1 has failed for good."),
            (
                "bad-index-on-its-own",
                900,
                "Why did it fail?",
                "Failed: index 1. backoffLimitPerIndex allows each index two tries.",
            ),
            (
                "too-many-bad-indexes",
                900,
                "Why did it fail?",
                "Indexes 1,3,5 have failed, and maxFailedIndexes allows 2.",
            ),
            ("leader-decides", 20, "Why do pods end?", "Succeeded indexes: 0."),
            ("replaced-at-once", 15, "Why no new pod yet?", "waits 10 s"),
            ("replaced-when-ended", 15, "Why no new pod yet?", "podReplacementPolicy Failed"),
            ("deleted-foreground", 15, "Why does nothing start?", "it goes when its pods are gone"),
            ("deleted-foreground", 60, "Where is the Job?", "and its pods with it"),
            ("deleted-orphan", 15, "Where is the Job?", "its pods were left"),
            ("no-room", 30, "Why is a pod Pending?", "0/2 nodes are available: 2 Insufficient cpu."),
            ("node-dies", 20, "Why does a pod stay?", "node-2, which has gone silent"),
            ("node-dies", 100, "Why does a pod stay?", "node-2, which is not heard of"),
            ("node-dies", 500, "Why do pods end?", "is to be deleted, but node-2"),
            ("image-missing", 40, "Why is a pod Pending?", "cannot be pulled"),
            ("managed-elsewhere", 5, "Why does nothing start?", "managedBy names example.com/multi-cluster"),
        ] {
            let (asked, answer) = said(id, seconds);
            assert_eq!(asked, question, "{id} at {seconds} s: {answer}");
            assert!(answer.contains(part), "{id} at {seconds} s: {answer}");
        }
    }
}
