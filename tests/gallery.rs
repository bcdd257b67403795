//! Runs every scenario of the gallery to its end and checks that it ends as its text promises.

use jobscope::api::{JobConditionType, PodPhase};
use jobscope::cluster::{Cluster, PodRecord, Progress, gallery};
use std::rc::Rc;

/// The longest that a scenario of the gallery may take, in simulated seconds.
const LONGEST_S: i64 = 3_600;

/// A scenario at its end.
struct Ended {
    cluster: Cluster,
    job: Rc<jobscope::api::Job>,
}

impl Ended {
    fn of(id: &str) -> Self {
        let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("the gallery has that entry");
        let mut cluster = Cluster::new(entry.scenario()).expect("the manifest is good");
        let end = cluster.now().plus_seconds(LONGEST_S);
        while !cluster.is_done() && cluster.now() < end {
            if cluster.step() == Progress::Idle {
                assert!(cluster.is_done(), "{id} comes to a stop");
            }
        }
        let job = cluster.api().jobs().next().expect("the Job is there").clone();
        Self { cluster, job }
    }

    fn pods(&self) -> Vec<&PodRecord> {
        self.cluster.history().of_job(self.job.meta.uid).collect()
    }

    fn ended_with(&self, kind: JobConditionType, reason: &str) {
        let condition = self.job.condition(kind).expect("the Job has ended that way");
        assert_eq!(condition.reason, reason);
        assert!(self.job.status.uncounted_terminated_pods.as_ref().is_none_or(|uncounted| uncounted.is_empty()));
    }

    fn complete(&self, succeeded: i32) {
        self.ended_with(JobConditionType::Complete, "CompletionsReached");
        assert_eq!((self.job.status.succeeded, self.job.status.active), (succeeded, 0));
    }

    /// Seconds between the end of each pod and the creation of the next.
    fn gaps_s(&self) -> Vec<i64> {
        let pods = self.pods();
        pods.windows(2).map(|pair| pair[1].created_at.ms_since(pair[0].ended_at.unwrap()) / 1_000).collect()
    }

    fn most_at_once(&self) -> usize {
        let pods = self.pods();
        let running = |at| {
            let alive = |pod: &&&PodRecord| pod.created_at <= at && pod.ended_at.is_none_or(|end| end > at);
            pods.iter().filter(alive).count()
        };
        pods.iter().map(|pod| running(pod.created_at)).max().unwrap_or(0)
    }
}

#[test]
fn every_entry_is_checked_here() {
    let text = include_str!("gallery.rs");
    for entry in gallery::entries() {
        assert!(text.contains(&format!("Ended::of({:?})", entry.id)), "{} has no test", entry.id);
    }
}

#[test]
fn one_shot_is_complete() {
    let ended = Ended::of("one-shot");
    ended.complete(1);
    assert_eq!(ended.pods().len(), 1);
}

#[test]
fn on_failure_restarts_in_place_until_the_limit() {
    let ended = Ended::of("one-shot-on-failure");
    ended.ended_with(JobConditionType::Failed, "BackoffLimitExceeded");
    let pods = ended.pods();
    assert_eq!((pods.len(), pods[0].restarts), (1, 6));
    assert!(pods[0].deletion_asked_at.is_some() && pods[0].gone_at.is_some(), "the pod is deleted");
}

#[test]
fn never_makes_new_pods_ever_later() {
    let ended = Ended::of("one-shot-never");
    ended.ended_with(JobConditionType::Failed, "BackoffLimitExceeded");
    assert_eq!((ended.pods().len(), ended.job.status.failed), (7, 7));
    assert!(ended.pods().iter().all(|pod| pod.phase == PodPhase::Failed && pod.gone_at.is_none()), "failed pods stay");
    for (gap_s, least_s) in ended.gaps_s().into_iter().zip([10, 20, 40, 80, 160, 320]) {
        assert!((least_s - 1..least_s + 3).contains(&gap_s), "waited {gap_s} s, wanted {least_s}");
    }
}

#[test]
fn parallel_fills_five_seats_until_ten_have_succeeded() {
    let ended = Ended::of("parallel");
    ended.complete(10);
    assert_eq!(ended.most_at_once(), 5);
    assert!(ended.job.status.failed > 0, "one in four fails");
    assert_eq!(ended.pods().len() as i32, 10 + ended.job.status.failed);
}

#[test]
fn a_work_queue_adds_no_pod_after_the_first_success() {
    let ended = Ended::of("work-queue");
    ended.complete(5);
    let pods = ended.pods();
    let first_success = pods.iter().filter_map(|pod| pod.ended_at).min().unwrap();
    assert!(pods.iter().all(|pod| pod.created_at < first_success));
    assert_eq!(pods.len(), 5);
}

#[test]
fn six_runs_take_half_the_time_two_at_a_time() {
    let (one, two) = (Ended::of("six-runs"), Ended::of("six-runs-two-at-a-time"));
    for ended in [&one, &two] {
        ended.complete(6);
        assert_eq!(ended.pods().len(), 6);
    }
    assert_eq!((one.most_at_once(), two.most_at_once()), (1, 2));
    assert!(two.cluster.elapsed_ms() * 10 < one.cluster.elapsed_ms() * 6);
}

#[test]
fn the_fourth_failure_exceeds_limit_three() {
    let ended = Ended::of("into-the-limit");
    ended.ended_with(JobConditionType::Failed, "BackoffLimitExceeded");
    assert_eq!((ended.pods().len(), ended.job.status.failed), (4, 4));
}

#[test]
fn one_bad_container_fails_the_pod() {
    let ended = Ended::of("two-containers");
    ended.ended_with(JobConditionType::Failed, "BackoffLimitExceeded");
    assert_eq!((ended.pods().len(), ended.job.status.failed), (3, 3));
}

#[test]
fn prime_numbers_take_minutes() {
    let ended = Ended::of("prime-numbers");
    ended.complete(1);
    assert!(ended.cluster.elapsed_ms() > 120_000);
}

#[test]
fn four_workers_run_two_at_a_time() {
    let ended = Ended::of("four-workers");
    ended.complete(4);
    assert_eq!(ended.most_at_once(), 2);
}

#[test]
fn indexed_pods_have_an_index_of_their_own() {
    let ended = Ended::of("indexed");
    ended.complete(4);
    assert_eq!(ended.job.status.completed_indexes, "0-3");
    assert_eq!(ended.most_at_once(), 3);
    for pod in ended.cluster.api().pods() {
        let index = pod.completion_index.unwrap();
        assert_eq!(pod.hostname.as_deref(), Some(format!("indexed-{index}").as_str()));
        let wire = jobscope::api::wire::pod_to_wire(pod).spec.unwrap();
        assert!(wire.containers[0].env.iter().flatten().any(|variable| variable.name == "JOB_COMPLETION_INDEX"));
    }
}

#[test]
fn a_suspended_job_starts_its_clock_when_resumed() {
    let ended = Ended::of("suspended");
    ended.complete(6);
    let start = ended.job.status.start_time.unwrap();
    assert_eq!(start.ms_since(jobscope::cluster::RUN_START), 15_000);
    assert!(ended.pods().iter().all(|pod| pod.created_at >= start));
}

#[test]
fn suspending_deletes_pods_that_do_not_count_as_failed() {
    let ended = Ended::of("suspended-while-running");
    ended.complete(6);
    assert_eq!(ended.job.status.failed, 0);
    let deleted = ended.pods().iter().filter(|pod| pod.deletion_asked_at.is_some()).count();
    assert_eq!((deleted, ended.pods().len()), (3, 9));
}

#[test]
fn the_deadline_ends_what_is_not_ready() {
    let ended = Ended::of("deadline");
    ended.ended_with(JobConditionType::Failed, "DeadlineExceeded");
    let failed = ended.job.condition(JobConditionType::FailureTarget).unwrap().last_transition_time.unwrap();
    assert_eq!(failed.ms_since(ended.job.status.start_time.unwrap()), 40_000);
    assert!(ended.job.status.succeeded > 0 && ended.job.status.succeeded < 9);
}
