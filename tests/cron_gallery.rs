//! Runs the scenarios of the gallery about CronJobs to a fixed moment, since they have no end, and checks that all is as
//! their texts promise.

use jobscope::api::{ConditionStatus, Job, JobConditionType};
use jobscope::cluster::{Cluster, TraceEvent, gallery};
use jobscope::controllers::cronjob::Reason;
use jobscope::sim::Time;
use std::rc::Rc;

/// A scenario with one CronJob, at a fixed moment.
struct CronRun {
    cluster: Cluster,
}

impl CronRun {
    /// After so many minutes and half a one.
    fn of(id: &str, minutes: i64) -> Self {
        let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("the gallery has that entry");
        let mut cluster = Cluster::new(entry.scenario()).expect("the manifest is good");
        cluster.run_until(cluster.start().plus_seconds(minutes * 60 + 30), usize::MAX);
        assert!(!cluster.is_done(), "{id} goes on");
        Self { cluster }
    }

    fn reasons(&self) -> Vec<(Time, Reason)> {
        let of_entry = |entry: &jobscope::cluster::TraceEntry| match &entry.event {
            TraceEvent::CronJobDecision(sync) => {
                sync.reasons.iter().map(|reason| (entry.at, reason.clone())).collect::<Vec<_>>()
            }
            _ => Vec::new(),
        };
        self.cluster.trace().flat_map(of_entry).collect()
    }

    /// The minutes of the run for which Jobs were started, and those in which they were.
    fn starts(&self) -> Vec<(i64, i64)> {
        let minute = |time: Time| time.ms_since(self.cluster.start()) / 60_000;
        let start = |(at, reason): (Time, Reason)| match reason {
            Reason::StartedJob { scheduled, .. } => Some((minute(scheduled), minute(at))),
            _ => None,
        };
        self.reasons().into_iter().filter_map(start).collect()
    }

    fn on_time(&self, minutes: &[i64]) {
        let wanted: Vec<(i64, i64)> = minutes.iter().map(|minute| (*minute, *minute)).collect();
        assert_eq!(self.starts(), wanted);
    }

    /// How many Jobs are there that have ended so, or are still active.
    fn jobs(&self, end: Option<JobConditionType>) -> usize {
        let is_so = |job: &&Rc<Job>| match end {
            Some(kind) => has_ended_as(job, kind),
            None => !job.is_finished(),
        };
        self.cluster.api().jobs().filter(is_so).count()
    }
}

fn has_ended_as(job: &Job, kind: JobConditionType) -> bool {
    job.condition(kind).is_some_and(|condition| condition.status == ConditionStatus::True)
}

#[test]
fn hello_comes_each_minute_and_three_are_kept() {
    let run = CronRun::of("cron-hello", 7);
    run.on_time(&[1, 2, 3, 4, 5, 6, 7]);
    assert_eq!((run.jobs(Some(JobConditionType::Complete)), run.cluster.api().jobs().count()), (3, 3));
}

#[test]
fn what_becomes_of_jobs_longer_than_their_period() {
    let allow = CronRun::of("cron-allow", 9);
    allow.on_time(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!((allow.jobs(None), allow.jobs(Some(JobConditionType::Complete))), (3, 3));
    let forbid = CronRun::of("cron-forbid", 9);
    assert_eq!(forbid.starts(), [(1, 1), (3, 3), (6, 6), (8, 8)]);
    assert!(forbid.reasons().iter().any(|(_, reason)| matches!(reason, Reason::SkippedForbid { active: 1, .. })));
    assert_eq!(forbid.jobs(None), 1);
    let replace = CronRun::of("cron-replace", 9);
    replace.on_time(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!((replace.jobs(None), replace.jobs(Some(JobConditionType::Complete))), (1, 0));
}

#[test]
fn of_the_starts_missed_the_latest_is_made_up_for() {
    let run = CronRun::of("cron-controller-down", 9);
    assert_eq!(run.starts(), [(1, 1), (2, 2), (7, 7), (8, 8), (9, 9)]);
    assert!(run.reasons().iter().any(|(_, reason)| *reason == Reason::MissedStarts { count: 5 }));
}

#[test]
fn a_start_behind_its_deadline_is_left_out() {
    let run = CronRun::of("cron-too-late", 21);
    run.on_time(&[20]);
    let late = |(_, reason): &(Time, Reason)| matches!(reason, Reason::MissedDeadline { late_ms: 120_000.., .. });
    assert!(run.reasons().iter().any(late));
}

#[test]
fn daylight_saving_nights() {
    let evening_to_noon = 16 * 60;
    // From 19:00 in Berlin: 1:30 and 3:30, an hour apart.
    CronRun::of("cron-spring", evening_to_noon).on_time(&[390, 450]);
    // From 20:00 in Berlin: 1:30, 2:30, 2:30 and 3:30.
    CronRun::of("cron-autumn", evening_to_noon).on_time(&[330, 390, 450, 510]);
}

#[test]
fn the_history_keeps_to_its_limits() {
    let run = CronRun::of("cron-history", 30);
    let ends = [JobConditionType::Complete, JobConditionType::Failed].map(|kind| run.jobs(Some(kind)));
    assert_eq!(ends, [2, 1]);
    let deleted = |limit| {
        let is_so =
            |(_, reason): &&(Time, Reason)| matches!(reason, Reason::DeletedHistory { limit: of, .. } if *of == limit);
        run.reasons().iter().filter(is_so).count()
    };
    assert!(deleted(2) > 10 && deleted(1) > 1, "both limits have come to bear");
}

#[test]
fn an_edited_schedule_counts_from_then_on() {
    CronRun::of("cron-edited", 19).on_time(&[10, 12, 15, 18]);
}

#[test]
fn suspended_it_starts_nothing() {
    assert_eq!(CronRun::of("cron-suspended", 7).starts(), [(1, 1), (2, 2), (5, 5), (6, 6), (7, 7)]);
}

#[test]
fn a_job_started_by_hand_belongs_to_its_cron_job() {
    let run = CronRun::of("cron-run-now", 61);
    run.on_time(&[60]);
    let api = run.cluster.api();
    let job = api.jobs().next().expect("the Job made by hand");
    assert!(job.meta.name.starts_with("report-manual-") && has_ended_as(job, JobConditionType::Complete));
    let annotation = job.meta.annotations.get("cronjob.kubernetes.io/instantiate");
    assert_eq!(annotation.map(|text| &**text), Some("manual"));
    let owner = job.meta.controller().expect("an owner");
    assert_eq!((&*owner.kind, &*owner.name), ("CronJob", "report"));
    assert_eq!(owner.blocks_deletion, jobscope::api::meta::BlockOwnerDeletion::No);
    let shown = jobscope::api::wire::job_to_wire(job);
    assert_eq!(shown.metadata.name.as_deref(), Some(&*job.meta.name));
}
