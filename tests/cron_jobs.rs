//! CronJobs in a whole cluster, from the manifest to what becomes of their Jobs.

use jobscope::api::{Job, Propagation, Uid};
use jobscope::cluster::{Cluster, Command, RUN_START, Scenario, TraceEvent};
use jobscope::controllers::cronjob::Reason;
use jobscope::sim::Time;

/// A CronJob `tick` whose pods sleep for so many seconds; `lines` go into its spec.
fn cluster(schedule: &str, sleep_s: u32, lines: &str) -> Cluster {
    let manifest = format!(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: tick}}\nspec:\n  schedule: '{schedule}'\n{lines}  \
         jobTemplate:\n    metadata: {{labels: {{app: tick}}}}\n    spec:\n      template:\n        spec:\n          \
         restartPolicy: Never\n          containers:\n          - {{name: tick, image: busybox, command: [sh, -c, \
         sleep {sleep_s}]}}\n"
    );
    Cluster::new(Scenario { manifest, ..Scenario::default() }).expect("the manifest is good")
}

fn at(minutes: i64, seconds: i64) -> Time {
    RUN_START.plus_seconds(minutes * 60 + seconds)
}

fn run_to(cluster: &mut Cluster, minutes: i64, seconds: i64) {
    cluster.run_until(at(minutes, seconds), usize::MAX);
}

/// What the controller said, with its time.
fn reasons(cluster: &Cluster) -> Vec<(Time, Reason)> {
    let mut found = Vec::new();
    for entry in cluster.trace() {
        if let TraceEvent::CronJobDecision(sync) = &entry.event {
            found.extend(sync.reasons.iter().map(|reason| (entry.at, reason.clone())));
        }
    }
    found
}

/// The minutes for which Jobs were started.
fn starts(cluster: &Cluster) -> Vec<i64> {
    let scheduled = |(_, reason): (Time, Reason)| match reason {
        Reason::StartedJob { scheduled, .. } => Some(scheduled.ms_since(RUN_START) / 60_000),
        _ => None,
    };
    reasons(cluster).into_iter().filter_map(scheduled).collect()
}

fn jobs(cluster: &Cluster) -> Vec<String> {
    cluster.api().jobs().map(|job| job.meta.name.to_string()).collect()
}

fn cron_job(cluster: &Cluster) -> &jobscope::api::CronJob {
    cluster.api().cron_jobs().next().expect("the CronJob is there")
}

fn spec(cluster: &mut Cluster, change: impl FnOnce(&mut jobscope::api::types::batch::CronJobSpec)) {
    let uid = cron_job(cluster).meta.uid;
    cluster.with_api(|api| api.update_cron_job_spec(uid, change)).expect("the change is good");
}

#[test]
fn each_minute_starts_a_job_and_the_history_keeps_three() {
    let mut cluster = cluster("* * * * *", 5, "  timeZone: Europe/Berlin\n");
    run_to(&mut cluster, 10, 30);
    assert_eq!(starts(&cluster), (1..=10).collect::<Vec<_>>());
    assert_eq!(jobs(&cluster), ["tick-29453768", "tick-29453769", "tick-29453770"]);
    let job: &Job = cluster.api().jobs().next().expect("a Job");
    let annotation = job.meta.annotations.get("batch.kubernetes.io/cronjob-scheduled-timestamp");
    assert_eq!(annotation.map(|text| &**text), Some("2026-01-01T01:08:00+01:00"));
    assert_eq!(job.meta.labels.get("app").map(|text| &**text), Some("tick"));
    let owner = job.meta.controller().expect("it has an owner");
    assert_eq!((&*owner.kind, owner.uid), ("CronJob", cron_job(&cluster).meta.uid));
    let status = &cron_job(&cluster).status;
    assert_eq!((status.active.len(), status.last_schedule_time), (0, Some(at(10, 0))));
    assert!(status.last_successful_time.is_some_and(|time| time > at(10, 5)));
    assert_eq!(cluster.api().pods().count(), 3, "pods go with their Jobs");
    assert!(!cluster.is_done());
}

#[test]
fn what_happens_when_a_job_is_still_running() {
    let most = |policy: &str| {
        let mut cluster = cluster("* * * * *", 150, &format!("  concurrencyPolicy: {policy}\n"));
        let mut most = 0;
        for minute in 0..10 {
            run_to(&mut cluster, minute, 30);
            most = most.max(cron_job(&cluster).status.active.len());
        }
        (starts(&cluster), most)
    };
    assert_eq!(most("Allow"), ((1..=9).collect(), 3));
    assert_eq!(most("Replace"), ((1..=9).collect(), 1));
    // A start that was skipped is made up for as soon as the Job has ended.
    assert_eq!(most("Forbid"), (vec![1, 3, 6, 8], 1));
}

#[test]
fn skipping_has_its_reason() {
    let mut cluster = cluster("* * * * *", 90, "  concurrencyPolicy: Forbid\n");
    run_to(&mut cluster, 2, 10);
    let (when, reason) = reasons(&cluster).pop().expect("a reason");
    assert_eq!(reason, Reason::SkippedForbid { scheduled: at(2, 0), active: 1 });
    assert_eq!(when, at(2, 0).plus_ms(100));
}

#[test]
fn starts_missed_while_the_controller_is_down() {
    let run = |schedule: &str, down_minutes: i64, lines: &str| {
        let mut cluster = cluster(schedule, 1, lines);
        cluster.stop_cron_job_controller();
        run_to(&mut cluster, down_minutes, 30);
        cluster.restart_cron_job_controller();
        run_to(&mut cluster, down_minutes, 50);
        let warned = cluster.api().events().any(|event| event.reason.as_str() == "TooManyMissedTimes");
        let found = reasons(&cluster).into_iter().map(|(_, reason)| reason);
        (
            starts(&cluster),
            warned,
            found.filter(|reason| !matches!(reason, Reason::StartedJob { .. })).collect::<Vec<_>>(),
        )
    };
    let (started, warned, found) = run("* * * * *", 10, "");
    assert_eq!((started, warned), (vec![10], false));
    assert_eq!(found[0], Reason::MissedStarts { count: 10 });
    let (started, warned, found) = run("* * * * *", 200, "");
    assert_eq!((started, warned), (vec![200], true));
    assert_eq!(found[0], Reason::TooManyMissed { count: 200 });
    let (started, warned, found) = run("*/10 * * * *", 15, "  startingDeadlineSeconds: 60\n");
    assert_eq!((started, warned), (vec![], false));
    assert_eq!(found[0], Reason::MissedDeadline { scheduled: at(10, 0), late_ms: 330_000, deadline_s: 60 });
}

#[test]
fn the_schedule_is_edited_while_running() {
    let mut cluster = cluster("*/10 * * * *", 1, "");
    run_to(&mut cluster, 11, 0);
    spec(&mut cluster, |spec| spec.schedule = "*/3 * * * *".to_owned());
    run_to(&mut cluster, 20, 30);
    assert_eq!(starts(&cluster), [10, 12, 15, 18]);
    assert!(cluster.with_api(|api| {
        let uid = api.cron_jobs().next().expect("the CronJob").meta.uid;
        api.update_cron_job_spec(uid, |spec| spec.schedule = "often".to_owned()).is_err()
    }));
}

#[test]
fn suspended_and_resumed() {
    let mut cluster = cluster("* * * * *", 1, "  suspend: true\n");
    run_to(&mut cluster, 5, 30);
    assert_eq!(starts(&cluster), [0; 0]);
    assert!(cluster.is_done(), "nothing will start");
    spec(&mut cluster, |spec| spec.suspend = Some(false));
    run_to(&mut cluster, 7, 30);
    // The latest start that was missed is made up for at once.
    assert_eq!(starts(&cluster), [5, 6, 7]);
}

#[test]
fn what_goes_with_a_deleted_cron_job() {
    let left = |propagation: Propagation| {
        let mut cluster = cluster("* * * * *", 600, "");
        run_to(&mut cluster, 3, 30);
        let uid: Uid = cron_job(&cluster).meta.uid;
        cluster.with_api(|api| api.delete_cron_job(uid, propagation)).expect("it is there");
        run_to(&mut cluster, 6, 0);
        let owners = cluster.api().jobs().map(|job| job.meta.owner_references.len()).sum::<usize>();
        (cluster.api().cron_jobs().count(), jobs(&cluster).len(), cluster.api().pods().count(), owners)
    };
    assert_eq!(left(Propagation::Background), (0, 0, 0, 0));
    assert_eq!(left(Propagation::Foreground), (0, 0, 0, 0));
    assert_eq!(left(Propagation::Orphan), (0, 3, 3, 0));
}

#[test]
fn a_job_that_is_deleted_goes_missing() {
    let mut cluster = cluster("0 * * * *", 600, "");
    run_to(&mut cluster, 60, 30);
    let job = jobs(&cluster)[0].clone();
    let propagation = Propagation::Background;
    cluster.act(Command::DeleteJob { job: job.clone(), propagation }).expect("it is there");
    run_to(&mut cluster, 61, 0);
    assert!(cron_job(&cluster).status.active.is_empty());
    assert!(reasons(&cluster).iter().any(|(_, reason)| *reason == Reason::JobMissing { job: job.as_str().into() }));
}

#[test]
fn a_schedule_that_never_fits_says_so_and_rests() {
    let mut cluster = cluster("0 0 31 2 *", 1, "");
    run_to(&mut cluster, 1, 0);
    assert!(matches!(reasons(&cluster).as_slice(), [(_, Reason::InvalidSchedule { .. })]));
    assert!(cluster.is_done());
}

#[test]
fn the_same_scenario_gives_the_same_run() {
    let digest = || {
        let mut cluster = cluster("*/2 * * * *", 100, "  concurrencyPolicy: Replace\n  timeZone: America/New_York\n");
        run_to(&mut cluster, 120, 0);
        cluster.digest()
    };
    assert_eq!(digest(), digest());
}

#[test]
fn commands_act_on_the_cron_job() {
    let cron_job_name = || "tick".to_owned();
    let mut cluster = cluster("* * * * *", 1, "");
    run_to(&mut cluster, 1, 30);
    cluster.act(Command::SuspendCronJob { cron_job: cron_job_name() }).expect("it is there");
    run_to(&mut cluster, 3, 30);
    cluster.act(Command::ResumeCronJob { cron_job: cron_job_name() }).expect("it is there");
    let schedule = |schedule: &str| Command::SetSchedule { cron_job: cron_job_name(), schedule: schedule.to_owned() };
    assert!(cluster.act(schedule("often")).is_err_and(|message| message.contains("spec.schedule")));
    run_to(&mut cluster, 4, 30);
    cluster.act(schedule("*/10 * * * *")).expect("a good schedule");
    run_to(&mut cluster, 10, 30);
    assert_eq!(starts(&cluster), [1, 3, 4, 10]);
    let propagation = Propagation::Background;
    cluster.act(Command::DeleteCronJob { cron_job: cron_job_name(), propagation }).expect("it is there");
    run_to(&mut cluster, 11, 0);
    assert_eq!((cluster.api().cron_jobs().count(), cluster.api().jobs().count()), (0, 0));
    let gone = cluster.act(Command::SuspendCronJob { cron_job: cron_job_name() });
    assert_eq!(gone, Err("There is no CronJob tick any more.".to_owned()));
}

#[test]
fn run_now_takes_good_names_alone() {
    let mut cluster = cluster("* * * * *", 600, "");
    run_to(&mut cluster, 1, 30);
    let run_now = |job: Option<&str>| Command::RunNow { cron_job: "tick".to_owned(), job: job.map(str::to_owned) };
    for bad in ["Tick", "", "tick-29453761"] {
        assert!(cluster.act(run_now(Some(bad))).is_err(), "{bad}");
    }
    cluster.act(run_now(Some("by-hand"))).expect("a good name");
    cluster.act(run_now(None)).expect("a name is made");
    run_to(&mut cluster, 1, 40);
    let names = jobs(&cluster);
    assert!(names.len() == 3 && names[1] == "by-hand" && names[2].starts_with("tick-manual-"), "{names:?}");
    assert_eq!(cron_job(&cluster).status.active.len(), 1, "only its own starts count as active");
    assert!(cluster.api().events().any(|event| event.reason.as_str() == "UnexpectedJob"));
}

#[test]
fn controllers_that_were_stopped_count_on() {
    let mut cluster = cluster("* * * * *", 1, "");
    run_to(&mut cluster, 2, 30);
    let syncs = |cluster: &Cluster| cluster.job_controller().map(|controller| controller.syncs());
    let before = syncs(&cluster).expect("it runs");
    cluster.act(Command::StopControllers).expect("always");
    cluster.act(Command::StopControllers).expect("twice is no error");
    run_to(&mut cluster, 5, 30);
    assert_eq!((starts(&cluster), syncs(&cluster)), (vec![1, 2], None));
    cluster.act(Command::StartControllers).expect("always");
    run_to(&mut cluster, 6, 30);
    assert_eq!(starts(&cluster), [1, 2, 5, 6]);
    assert!(syncs(&cluster).is_some_and(|after| after > before));
}

#[test]
fn jobs_of_one_template_look_alike() {
    let mut cluster = cluster("* * * * *", 600, "");
    run_to(&mut cluster, 2, 30);
    let mut shown = Vec::new();
    for job in cluster.api().jobs() {
        let (wire, uid) = (jobscope::api::wire::job_to_wire(job), job.meta.uid.to_string());
        let text = serde_json::json!({"spec": wire.spec, "labels": wire.metadata.labels}).to_string();
        shown.push(text.replace(&uid, "UID").replace(&*job.meta.name, "NAME"));
        let pod = cluster.api().pods().find(|pod| pod.meta.controller().is_some_and(|owner| owner.uid == job.meta.uid));
        assert!(pod.is_some_and(|pod| job.spec.selector.matches(&pod.meta.labels)), "its pods are its own");
    }
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[0], shown[1]);
    assert!(shown[0].contains("\"batch.kubernetes.io/controller-uid\":\"UID\""), "{}", shown[0]);
}

#[test]
fn of_a_long_run_the_last_day_is_kept_and_what_belongs_to_jobs_that_are_there() {
    let mut cluster = cluster("* * * * *", 1, "");
    let pod = serde_json::json!({"restartPolicy": "Never", "containers": [{"name": "c", "image": "worker"}]});
    let job = serde_json::json!({"metadata": {"name": "stays"}, "spec": {"template": {"spec": pod}}});
    let job = serde_json::from_value(job).expect("a Job");
    let stays = cluster.with_api(|api| api.create_job(job)).expect("a good Job").meta.uid;
    run_to(&mut cluster, 24 * 60, 30);
    let (of_a_day, pods_of_a_day) = (cluster.trace().count(), cluster.history().pods().count());
    let mut seen = cluster.trace_count();
    for day in 2..=3 {
        run_to(&mut cluster, day * 24 * 60 - 30, 30);
        let unseen: Vec<_> = cluster.trace_since(seen).collect();
        assert_eq!(unseen.len(), cluster.trace_count() - seen, "all that is newer than a day is there");
        assert!(unseen.len() > of_a_day * 9 / 10 && unseen.is_sorted_by_key(|entry| entry.at));
        run_to(&mut cluster, day * 24 * 60, 30);
        seen = cluster.trace_count();
        assert!(cluster.trace_since(seen).next().is_none());
        assert!(cluster.trace().count() < of_a_day * 5 / 4, "{} entries after day {day}", cluster.trace().count());
        assert!(cluster.history().pods().count() < pods_of_a_day * 5 / 4);
        assert!(cluster.decisions().len() < of_a_day);
    }
    let is_added = |entry: &&jobscope::cluster::TraceEntry| entry.event == TraceEvent::JobAdded { job: stays };
    assert_eq!(cluster.trace().filter(is_added).count(), 1);
    assert_eq!(cluster.history().of_job(stays).count(), 1);
    assert!(cluster.decisions()[0].job == stays && cluster.decisions()[1].job == stays);
    // Days that nobody has looked at are left out, and nothing is told twice.
    let unseen: Vec<_> = cluster.trace_since(0).collect();
    assert!(unseen.len() < cluster.trace().count() && unseen[0].at > at(36 * 60, 0));
    assert_eq!(cluster.digest().rsplit_once('-').map(|(_, count)| count), Some(&*cluster.trace_count().to_string()));
}
