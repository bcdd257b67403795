//! A run and its twin with one thing changed: where they part, how that is explained, and what each comes to.

use jobscope::api::manifest::Lines;
use jobscope::cluster::{Cluster, Scenario, TimedCommand, gallery};
use jobscope::ui::player::Left;
use jobscope::ui::twin::{Offer, Target, Twin, Watched, offers};
use jobscope::ui::view_model::twin::twin_view;

fn scenario(id: &str) -> Scenario {
    gallery::entries().iter().find(|entry| entry.id == id).expect("an entry of the gallery").scenario()
}

/// The object of the scenario that is changed.
fn target(scenario: &Scenario) -> Target {
    let cluster = Cluster::new(scenario.clone()).expect("a good scenario");
    let cron_job = cluster.api().cron_jobs().next().map(|cron_job| Target::CronJob(cron_job.meta.name.clone()));
    cron_job.unwrap_or_else(|| Target::Job(cluster.api().jobs().next().expect("a Job").meta.name.clone()))
}

fn offered(scenario: &Scenario, target: &Target) -> Vec<Offer> {
    offers(scenario, &Lines::of(&scenario.manifest), target)
}

fn twin(scenario: &Scenario, name: &str, value: &str) -> Result<Twin, String> {
    let target = target(scenario);
    let offers = offered(scenario, &target);
    let offer = offers.iter().find(|offer| offer.name == name).expect(name);
    let watched = match &target {
        Target::Job(name) => Watched::Job(name.clone()),
        Target::CronJob(_) => Watched::Jobs,
    };
    Twin::new(scenario, &offer.change(&target, value)?, &watched)
}

fn run(twin: &mut Twin) {
    let start = twin.sides[0].cluster.start();
    while twin.run_slice(start) == Left::More {}
}

/// The scenario, the change, where they part, and of both sides what is said and what they come to.
struct Case(&'static str, &'static str, &'static str, &'static str, [&'static str; 2], [&'static str; 2]);

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case(
        "into-the-limit", "backoffLimit", "2", "They part at 00:48.6.",
        [
            "3 failed ≤ backoffLimit 3, 3 failures in a row → 40 s back-off, 38 s left, so the controller waits.",
            "3 failed > backoffLimit 2, so the controller decides that the Job fails.",
        ],
        [
            "Failed at 01:33.8 (BackoffLimitExceeded): 0 succeeded, 4 failed",
            "Failed at 00:48.6 (BackoffLimitExceeded): 0 succeeded, 3 failed",
        ],
    ),
    Case(
        "parallel", "parallelism", "2", "They part at 00:00.0.",
        [
            "10 more successes needed, 5 seats → want 5 active, 0 active → 5 short, so the controller creates 5 pods.",
            "10 more successes needed, 2 seats → want 2 active, 0 active → 2 short, so the controller creates 2 pods.",
        ],
        ["Complete at 01:16.3: 10 succeeded, 5 failed", "Complete at 02:22.3: 10 succeeded, 5 failed"],
    ),
    Case(
        "parallel", "failure rate, %", "60", "They part at 00:08.4.",
        ["Pod jj25d is Succeeded.", "Pod jj25d exits with 1 and is Failed."],
        [
            "Complete at 01:16.3: 10 succeeded, 5 failed",
            "Failed at 03:18.2 (BackoffLimitExceeded): 0 succeeded, 10 failed (3 stopped with the Job)",
        ],
    ),
    Case(
        "one-shot-never", "restartPolicy", "OnFailure", "They part at 00:08.2.",
        ["Pod k2h6z exits with 1 and is Failed.", "Pod k2h6z stays, though its container exits with 1."],
        [
            "Failed at 11:11.3 (BackoffLimitExceeded): 0 succeeded, 7 failed",
            "Failed at 05:45.0 (BackoffLimitExceeded): 0 succeeded, 1 failed (1 stopped with the Job)",
        ],
    ),
    Case(
        "one-shot-on-failure", "backoffLimit", "2", "They part at 00:23.9.",
        [
            "2 restarts < backoffLimit 6, so the run goes on.",
            "2 restarts ≥ backoffLimit 2, so the controller decides that the Job fails.",
        ],
        [
            "Failed at 05:45.0 (BackoffLimitExceeded): 0 succeeded, 1 failed (1 stopped with the Job)",
            "Failed at 00:24.9 (BackoffLimitExceeded): 0 succeeded, 1 failed (1 stopped with the Job)",
        ],
    ),
    Case(
        "deadline", "activeDeadlineSeconds", "", "They part at 00:40.0.",
        [
            "Active for 40 s ≥ activeDeadlineSeconds 40, so the controller decides that the Job fails.",
            "No activeDeadlineSeconds is set, so the run goes on.",
        ],
        ["Failed at 00:42.0 (DeadlineExceeded): 3 succeeded, 3 failed (3 stopped with the Job)", "Complete at 01:07.8: 9 succeeded, 0 failed"],
    ),
    Case(
        "too-many-bad-indexes", "maxFailedIndexes", "3", "They part at 00:19.0.",
        [
            "3 indexes failed > maxFailedIndexes 2, so the controller decides that the Job fails.",
            "3 indexes failed ≤ maxFailedIndexes 3, so the controller creates 1 pod.",
        ],
        [
            "Failed at 00:30.4 (MaxFailedIndexesExceeded): 3 succeeded, 5 failed (2 stopped with the Job)",
            "Failed at 00:42.2 (MaxFailedIndexesExceeded): 4 succeeded, 6 failed (2 stopped with the Job)",
        ],
    ),
    Case(
        "replaced-at-once", "podReplacementPolicy", "Failed", "They part at 00:11.0.",
        [
            "1 failure → 10 s back-off, 8.9 s left, so the controller waits.",
            "Replaced only once ended (podReplacementPolicy Failed), so the controller waits.",
        ],
        ["Complete at 01:23.5: 2 succeeded, 1 failed", "Complete at 02:01.5: 2 succeeded, 1 failed"],
    ),
    Case(
        "ttl", "ttlSecondsAfterFinished", "100", "They part at 00:45.0.",
        [
            "Job cleaned-up is being deleted.",
            "All 4 completions have succeeded. ttlSecondsAfterFinished 100 deletes it, and its pods, 1 min 40 s after its end.",
        ],
        ["Complete at 00:15.2: 4 succeeded, 0 failed", "Complete at 00:15.2: 4 succeeded, 0 failed"],
    ),
    Case(
        "leader-decides", "JobSuccessPolicy", "false", "They part at 00:18.7.",
        [
            "successPolicy rule 0 asks for all of 0; succeeded: 0, so the controller decides that the Job has succeeded.",
            "3 more successes needed, 4 seats → want 3 active, 3 active → as wanted, so the run goes on.",
        ],
        ["Complete at 00:24.7: 1 succeeded, 0 failed", "Complete at 10:03.4: 4 succeeded, 0 failed"],
    ),
    Case(
        "suspended", "suspend", "false", "They part at 00:00.0.",
        [
            "The Job is suspended: no pods, so the controller keeps the Job suspended.",
            "6 more successes needed, 3 seats → want 3 active, 0 active → 3 short, so the controller creates 3 pods.",
        ],
        ["Complete at 00:51.8: 6 succeeded, 0 failed", "Complete at 00:36.8: 6 succeeded, 0 failed"],
    ),
    Case(
        "cron-forbid", "concurrencyPolicy", "Allow", "They part at 02:00.1.",
        [
            "Thu 1 Jan 00:02 is due, but 1 Job is active: concurrencyPolicy Forbid, so the controller skips a start.",
            "Created slow-29453762 for Thu 1 Jan 00:02, so the controller starts a Job.",
        ],
        [
            "570 Jobs: 1 active, 569 Complete, 0 Failed in 23 h 59 min",
            "1,439 Jobs: 2 active, 1,437 Complete, 0 Failed in 23 h 59 min",
        ],
    ),
    Case(
        "disruptions", "backoffLimit", "1",
        "Both runs are the same to their end: here this changes nothing.",
        ["", ""],
        ["Complete at 00:43.1: 3 succeeded, 0 failed", "Complete at 00:43.1: 3 succeeded, 0 failed"],
    ),
];

#[test]
fn where_they_part_and_why() {
    let mut wrong = String::new();
    for Case(id, name, value, summary, said, outcomes) in CASES {
        let mut twin = twin(&scenario(id), name, value).expect("a change that can be made");
        run(&mut twin);
        let view = twin_view(&twin, twin.sides[0].cluster.start());
        let told =
            (view.summary.as_str(), view.sides.each_ref().map(|side| (side.said.as_str(), side.outcome.as_str())));
        if told != (*summary, [(said[0], outcomes[0]), (said[1], outcomes[1])]) {
            wrong += &format!("{id}: {name} {value}: {told:#?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_axis_ends_behind_both_runs_and_its_labels_are_short() {
    let mut twin = twin(&scenario("into-the-limit"), "backoffLimit", "6").expect("a change that can be made");
    run(&mut twin);
    let view = twin_view(&twin, twin.sides[0].cluster.start());
    let last_ends: Vec<i64> = view.sides.iter().flat_map(|side| &side.lines).filter_map(|line| end_of(line)).collect();
    assert!(last_ends.iter().any(|x| (940..=970).contains(x)), "{last_ends:?}");
    assert!(view.ticks.len() > 2 && view.ticks.iter().all(|tick| !tick.label.contains('.')), "{:?}", view.ticks);
    let counts = twin.sides.iter().flat_map(|side| side.samples.all()).map(|(_, counts)| counts);
    assert_eq!(Some(view.most), counts.map(|it| it.active.max(it.succeeded).max(it.failed)).max());
}

/// How far to the right a line goes.
fn end_of(line: &str) -> Option<i64> {
    line.rsplit('H').next()?.parse().ok()
}

/// A change to what it is already, or one that nothing asks after.
#[test]
fn a_change_without_effect_never_parts() {
    for entry in gallery::entries() {
        let scenario = entry.scenario();
        for offer in offered(&scenario, &target(&scenario)) {
            if offer.name == "schedule" || offer.is_gate() {
                continue; // One gate stands for all.
            }
            let mut twin = match twin(&scenario, offer.name, &offer.present) {
                Ok(twin) => twin,
                Err(refused) => panic!("{} {}: {refused}", entry.id, offer.name),
            };
            run_for(&mut twin, 300);
            assert_eq!(twin.parting, None, "{} {} {}", entry.id, offer.name, offer.present);
        }
        let mut twin = twin(&scenario, "PodIndexLabel", "true").expect("the gate is on");
        run_for(&mut twin, 300);
        assert_eq!(twin.parting, None, "{}", entry.id);
    }
}

/// Runs both for so many seconds at least, or to their end.
fn run_for(twin: &mut Twin, seconds: i64) {
    let start = twin.sides[0].cluster.start();
    while twin.reached() < start.plus_seconds(seconds) && twin.run_slice(start) == Left::More {}
}

#[test]
fn both_runs_are_those_that_clusters_make_alone() {
    let mut base = scenario("elastic");
    let command = jobscope::cluster::Command::Suspend { job: "elastic".to_owned() };
    base.commands.push(TimedCommand { at_ms: 30_000, command });
    let mut twin = twin(&base, "parallelism", "2").expect("a change that can be made");
    run(&mut twin);
    for side in &twin.sides {
        let mut alone = Cluster::new(side.cluster.scenario().clone()).expect("a good scenario");
        alone.run_until(side.cluster.now(), usize::MAX);
        assert_eq!(alone.digest(), side.cluster.digest());
    }
}
