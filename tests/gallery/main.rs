//! Runs every scenario of the gallery to its end and checks that it ends as its text promises. Those of CronJobs, which
//! have none, are checked in `cron_gallery.rs`.

mod containers;
mod queues;

use jobscope::api::{EventReason, Job, JobConditionType, PodPhase};
use jobscope::cluster::{Cluster, PodRecord, Progress, RUN_START, gallery};
use jobscope::sim::Time;
use std::rc::Rc;

/// The longest that a scenario of the gallery may take, in simulated seconds.
const LONGEST_S: i64 = 3_600;

/// A scenario at its end.
struct Ended {
    cluster: Cluster,
    /// The Job as it was last.
    job: Rc<Job>,
    gone_at: Option<Time>,
}

impl Ended {
    fn of(id: &str) -> Self {
        let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("the gallery has that entry");
        let mut cluster = Cluster::new(entry.scenario()).expect("the manifest is good");
        let end = cluster.now().plus_seconds(LONGEST_S);
        let first = |cluster: &Cluster| cluster.api().jobs().next().cloned();
        let (mut job, mut gone_at) = (first(&cluster).expect("the Job is there"), None);
        while !cluster.is_done() && cluster.now() < end {
            if cluster.step() == Progress::Idle {
                assert!(cluster.is_done(), "{id} comes to a stop");
            }
            match first(&cluster) {
                Some(latest) => job = latest,
                None => gone_at = gone_at.or(Some(cluster.now())),
            }
        }
        Self { cluster, job, gone_at }
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

    fn at_s(&self, time: Time) -> i64 {
        time.ms_since(RUN_START) / 1_000
    }

    fn of_index(&self, index: u32) -> usize {
        self.pods().iter().filter(|pod| pod.index == Some(index)).count()
    }

    /// The only pod that was asked to go.
    fn deleted(&self) -> &PodRecord {
        let pods = self.pods();
        let mut deleted = pods.iter().filter(|pod| pod.deletion_asked_at.is_some());
        let one = deleted.next().expect("a pod was deleted");
        assert!(deleted.next().is_none(), "only one pod was deleted");
        one
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
    let text = concat!(
        include_str!("main.rs"),
        include_str!("containers.rs"),
        include_str!("queues.rs"),
        include_str!("../cron_gallery.rs")
    );
    for entry in gallery::entries() {
        let is_tested =
            ["Ended::of", "CronRun::of"].iter().any(|call| text.contains(&format!("{call}({:?}", entry.id)));
        assert!(is_tested, "{} has no test", entry.id);
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
    assert_eq!(start.ms_since(RUN_START), 15_000);
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

#[test]
fn exit_code_42_fails_the_job_at_once() {
    let ended = Ended::of("exit-code-42");
    ended.ended_with(JobConditionType::Failed, "PodFailurePolicy");
    let message = &ended.job.condition(JobConditionType::Failed).unwrap().message;
    assert!(message.ends_with("failed with exit code 42 matching FailJob rule at index 0"), "{message}");
    let failed_alone =
        ended.pods().iter().filter(|pod| pod.deletion_asked_at.is_none() && pod.exit_code > Some(0)).count();
    assert_eq!(failed_alone, 3, "index 1 twice, then index 4: far from backoffLimit 6");
    assert!(ended.of_index(1) > 1, "exit code 1 is tried again");
    assert_eq!(ended.of_index(4), 1);
}

#[test]
fn a_disruption_does_not_count() {
    let ended = Ended::of("disruptions");
    ended.complete(3);
    assert_eq!((ended.job.status.failed, ended.pods().len()), (0, 4));
    assert_eq!((ended.deleted().phase, ended.at_s(ended.deleted().deletion_asked_at.unwrap())), (PodPhase::Failed, 8));
}

#[test]
fn one_bad_index_fails_the_whole_job() {
    let ended = Ended::of("bad-index");
    ended.ended_with(JobConditionType::Failed, "BackoffLimitExceeded");
    assert_eq!((ended.of_index(1), ended.job.status.failed), (4, 4));
    assert_eq!(ended.of_index(7), 0, "it did not have its turn");
}

#[test]
fn one_bad_index_on_its_own_leaves_the_others_alone() {
    let ended = Ended::of("bad-index-on-its-own");
    ended.ended_with(JobConditionType::Failed, "FailedIndexes");
    let status = &ended.job.status;
    assert_eq!((&*status.completed_indexes, status.failed_indexes.as_deref()), ("0,2-7", Some("1")));
    assert_eq!((status.succeeded, status.failed, ended.of_index(1)), (7, 2, 2));
}

#[test]
fn the_third_failed_index_is_one_too_many() {
    let ended = Ended::of("too-many-bad-indexes");
    ended.ended_with(JobConditionType::Failed, "MaxFailedIndexesExceeded");
    assert_eq!(ended.job.status.failed_indexes.as_deref(), Some("1,3,5"));
    assert_eq!((1..10).step_by(2).map(|index| ended.of_index(index)).max(), Some(1), "no index has a second pod");
    assert_eq!(ended.of_index(9), 0);
}

#[test]
fn the_leaders_success_ends_the_others() {
    let ended = Ended::of("leader-decides");
    ended.ended_with(JobConditionType::SuccessCriteriaMet, "SuccessPolicy");
    ended.ended_with(JobConditionType::Complete, "SuccessPolicy");
    let when = |kind| ended.job.condition(kind).unwrap().last_transition_time.unwrap();
    assert!(when(JobConditionType::SuccessCriteriaMet) < when(JobConditionType::Complete));
    assert_eq!((&*ended.job.status.completed_indexes, ended.job.status.failed), ("0", 0));
    assert!(ended.pods().iter().all(|pod| (pod.index == Some(0)) == pod.deletion_asked_at.is_none()));
}

#[test]
fn an_elastic_job_grows_and_shrinks() {
    let ended = Ended::of("elastic");
    ended.complete(3);
    assert_eq!((ended.job.spec.completions, ended.job.spec.parallelism), (Some(3), 3));
    assert_eq!((&*ended.job.status.completed_indexes, ended.job.status.failed), ("0-2", 0));
    for pod in ended.pods() {
        let (added, removed) = (pod.index >= Some(4), pod.index >= Some(3));
        assert_eq!(ended.at_s(pod.created_at), if added { 10 } else { 0 }, "{}", pod.name);
        assert_eq!(pod.deletion_asked_at.map(|at| ended.at_s(at)), removed.then_some(20), "{}", pod.name);
    }
    assert_eq!(ended.pods().len(), 7);
}

#[test]
fn a_pod_is_replaced_while_it_ends_or_when_it_has_ended() {
    for (ended, first_possible_s) in [(Ended::of("replaced-at-once"), 20), (Ended::of("replaced-when-ended"), 60)] {
        ended.complete(2);
        assert_eq!((ended.job.status.failed, ended.pods().len()), (1, 3));
        let (pods, deleted) = (ended.pods(), ended.deleted());
        assert_eq!(ended.at_s(deleted.deletion_asked_at.unwrap()), 10);
        assert_eq!(ended.at_s(deleted.ended_at.unwrap()), 50);
        assert_eq!(ended.at_s(pods[2].created_at), first_possible_s);
    }
}

#[test]
fn a_ttl_deletes_the_job_and_its_pods_after_its_end() {
    let ended = Ended::of("ttl");
    ended.complete(4);
    let after_ms = ended.gone_at.expect("the Job is gone").ms_since(ended.job.status.completion_time.unwrap());
    assert!((30_000..32_000).contains(&after_ms), "{after_ms} ms");
    assert_eq!((ended.pods().len(), ended.cluster.api().pods().count()), (4, 0));
}

#[test]
fn in_the_foreground_the_pods_go_first() {
    let ended = Ended::of("deleted-foreground");
    let gone_at = ended.gone_at.expect("the Job is gone");
    assert!(ended.pods().iter().all(|pod| pod.gone_at.is_some_and(|at| at <= gone_at)));
    assert!(ended.at_s(gone_at) >= 22, "the pods have 10 s to end");
    assert_eq!((ended.pods().len(), ended.cluster.api().pods().count()), (3, 0));
}

#[test]
fn orphans_run_to_their_end() {
    let ended = Ended::of("deleted-orphan");
    assert_eq!(ended.gone_at.map(|at| ended.at_s(at)), Some(12));
    assert_eq!(ended.pods().len(), 3, "none is replaced");
    for pod in ended.cluster.api().pods() {
        assert_eq!(pod.status.phase, PodPhase::Succeeded);
        assert!(pod.meta.owner_references.is_empty() && pod.meta.finalizers.is_empty(), "it could be deleted");
    }
}

#[test]
fn nobody_works_on_a_job_that_is_managed_elsewhere() {
    let ended = Ended::of("managed-elsewhere");
    assert_eq!((ended.pods().len(), ended.job.status.start_time, ended.gone_at), (0, None, None));
}

#[test]
fn pods_of_a_dead_node_are_replaced_once_they_tolerate_it_no_longer() {
    for (ended, deleted_s, complete_s) in
        [(Ended::of("node-dies"), 365..=380, 600..=602), (Ended::of("node-dies-soon"), 95..=110, 300..=302)]
    {
        ended.complete(3);
        let (pods, lost) = (ended.pods(), ended.deleted());
        assert_eq!((pods.len(), lost.node.as_deref()), (4, Some("node-2")));
        let asked_s = ended.at_s(lost.deletion_asked_at.unwrap());
        assert!(deleted_s.contains(&asked_s), "{asked_s}");
        assert!(ended.at_s(pods[3].created_at) - asked_s <= 2 && pods[3].node.as_deref() != Some("node-2"));
        assert_eq!((lost.phase, lost.exit_code), (PodPhase::Failed, Some(255)));
        let end_s = ended.at_s(ended.job.status.completion_time.unwrap());
        assert!(complete_s.contains(&end_s), "{end_s}");
    }
}

#[test]
fn drained_pods_go_elsewhere_and_do_not_count() {
    let ended = Ended::of("drained");
    ended.complete(4);
    assert_eq!(ended.job.status.failed, 0);
    let (evicted, kept): (Vec<_>, Vec<_>) = ended.pods().into_iter().partition(|pod| pod.deletion_asked_at.is_some());
    assert_eq!((evicted.len(), kept.len()), (2, 4));
    assert!(evicted.iter().all(|pod| pod.node.as_deref() == Some("node-1")));
    assert!(kept.iter().all(|pod| pod.node.as_deref() == Some("node-2")));
}

#[test]
fn a_pod_without_room_waits_for_a_node() {
    let ended = Ended::of("no-room");
    ended.complete(3);
    let last = ended.pods()[2].clone();
    assert_eq!((ended.at_s(last.scheduled_at.unwrap()), last.node.as_deref()), (60, Some("node-3")));
    let mut events = ended.cluster.api().events();
    let said = events.find(|event| event.reason == EventReason::FailedScheduling).expect("the scheduler says why");
    assert!(said.message().starts_with("0/2 nodes are available: 2 Insufficient cpu."), "{}", said.message());
}

#[test]
fn a_taint_holds_up_who_does_not_tolerate_it() {
    let ended = Ended::of("tainted");
    ended.complete(2);
    let scheduled_s = |name: &str| -> Vec<i64> {
        let pods = ended.cluster.history().pods().filter(|pod| pod.name.starts_with(name));
        pods.map(|pod| ended.at_s(pod.scheduled_at.unwrap())).collect()
    };
    assert_eq!((scheduled_s("tolerant"), scheduled_s("plain")), (vec![0, 0], vec![40, 40]));
}

#[test]
fn acts_find_their_pods_with_any_seed() {
    let entry = gallery::entries().iter().find(|entry| entry.id == "disruptions").unwrap();
    for seed in 0..5 {
        let mut cluster = Cluster::new(jobscope::cluster::Scenario { seed, ..entry.scenario() }).unwrap();
        cluster.run_until(RUN_START.plus_seconds(9), usize::MAX);
        let evicted = cluster.history().pods().filter(|pod| pod.deletion_asked_at.is_some()).count();
        assert_eq!(evicted, 1, "seed {seed}");
    }
}

#[test]
fn entries_of_a_theme_stand_together() {
    let groups = gallery::entries().chunk_by(|a, b| a.theme == b.theme);
    let labels: Vec<&str> = groups.map(|entries| entries[0].theme.label()).collect();
    let wanted =
        ["First steps", "Failures", "Indexes", "Changes on the way", "Work queues", "Containers", "Nodes", "CronJobs"];
    assert_eq!(labels, wanted);
}

#[test]
fn each_text_stands_alone() {
    for entry in gallery::entries() {
        let texts = [entry.summary, entry.watch_for];
        assert!(
            !texts.iter().any(|text| text.starts_with("The same,") || text.starts_with("The same with")),
            "{}",
            entry.id
        );
    }
}
