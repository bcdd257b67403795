//! The entries of the gallery about CronJobs. Their runs never end by themselves.

use super::{Act, GalleryEntry, PLAIN, Pods, Theme};

macro_rules! manifest {
    ($name:literal) => {
        include_str!(concat!("manifests/cron-", $name, ".yaml"))
    };
}

const CRON_JOB: GalleryEntry = GalleryEntry { theme: Theme::CronJobs, ..PLAIN };

pub(super) const HELLO: GalleryEntry = GalleryEntry {
    id: "cron-hello",
    title: "Hello, every minute",
    summary: "A Job each minute that says the time",
    watch_for: "Each full minute a Job is made, named after the minute. Of those that are done the last three are kept.",
    manifest: manifest!("hello"),
    ..CRON_JOB
};

pub(super) const ALLOW: GalleryEntry = GalleryEntry {
    id: "cron-allow",
    title: "Longer than its period: Allow",
    summary: "Every minute a Job of two and a half minutes",
    watch_for: "concurrencyPolicy Allow: the Jobs pile up, until three run side by side.",
    manifest: manifest!("allow"),
    ..CRON_JOB
};

pub(super) const FORBID: GalleryEntry = GalleryEntry {
    id: "cron-forbid",
    title: "Longer than its period: Forbid",
    summary: "Every minute a Job of two and a half minutes, never two at a time",
    watch_for: "While a Job runs the next ones are skipped. The latest of them is made up for as soon as it has ended.",
    manifest: manifest!("forbid"),
    ..CRON_JOB
};

pub(super) const REPLACE: GalleryEntry = GalleryEntry {
    id: "cron-replace",
    title: "Longer than its period: Replace",
    summary: "Every minute a Job of two and a half minutes; the new one takes the place of the old",
    watch_for: "Each minute the running Job is deleted for the next one. None ever comes to its end.",
    manifest: manifest!("replace"),
    ..CRON_JOB
};

pub(super) const CONTROLLER_DOWN: GalleryEntry = GalleryEntry {
    id: "cron-controller-down",
    title: "The controller is down",
    summary: "No controllers from minute 2½ to minute 7½ of the run",
    watch_for: "Five starts are missed. When the controllers are back, only the latest is made up for.",
    manifest: manifest!("controller-down"),
    acts: &[(150, Act::StopControllers), (450, Act::StartControllers)],
    ..CRON_JOB
};

pub(super) const TOO_LATE: GalleryEntry = GalleryEntry {
    id: "cron-too-late",
    title: "Too late to start",
    summary: "startingDeadlineSeconds 60; no controllers from minute 9 to minute 12 of the run",
    watch_for: "The start of minute 10 is two minutes late when the controllers are back. That is over the deadline: it is \
                left out.",
    manifest: manifest!("too-late"),
    acts: &[(540, Act::StopControllers), (720, Act::StartControllers)],
    ..CRON_JOB
};

pub(super) const SPRING: GalleryEntry = GalleryEntry {
    id: "cron-spring",
    title: "The night without 2:30",
    summary: "At 1:30, 2:30 and 3:30 in Berlin, from the evening of 28 March 2026",
    watch_for: "At 2:00 clocks go forward to 3:00. There is no 2:30 that night, and no Job for it.",
    manifest: manifest!("nightly"),
    start: "2026-03-28T18:00:00Z",
    ..CRON_JOB
};

pub(super) const AUTUMN: GalleryEntry = GalleryEntry {
    id: "cron-autumn",
    title: "The night with two 2:30s",
    summary: "At 1:30, 2:30 and 3:30 in Berlin, from the evening of 24 October 2026",
    watch_for: "At 3:00 clocks go back to 2:00. Each of the two 2:30s has its Job.",
    manifest: manifest!("nightly"),
    start: "2026-10-24T18:00:00Z",
    ..CRON_JOB
};

pub(super) const HISTORY: GalleryEntry = GalleryEntry {
    id: "cron-history",
    title: "What is kept",
    summary: "successfulJobsHistoryLimit 2, failedJobsHistoryLimit 1; one in four fails",
    watch_for: "The oldest Jobs go when there are more than two that succeeded, or more than one that failed.",
    manifest: manifest!("history"),
    pods: Pods::OneInFourFails,
    ..CRON_JOB
};

pub(super) const EDITED: GalleryEntry = GalleryEntry {
    id: "cron-edited",
    title: "Another schedule",
    summary: "Every ten minutes; after eleven, every three",
    watch_for: "Once the schedule is changed the next start is by the new one, counted by the clock: at 12, 15 and 18 minutes.",
    manifest: manifest!("edited"),
    job: "often",
    acts: &[(660, Act::SetSchedule("*/3 * * * *"))],
    ..CRON_JOB
};

pub(super) const SUSPENDED: GalleryEntry = GalleryEntry {
    id: "cron-suspended",
    title: "Suspended for a while",
    summary: "Suspended from minute 2½ to minute 5½ of the run",
    watch_for: "Nothing starts while it is suspended. Resumed, it makes up for the latest start at once.",
    manifest: manifest!("suspended"),
    job: "paused",
    acts: &[(150, Act::SuspendCronJob), (330, Act::ResumeCronJob)],
    ..CRON_JOB
};

pub(super) const RUN_NOW: GalleryEntry = GalleryEntry {
    id: "cron-run-now",
    title: "Run now",
    summary: "Every hour; one more Job by hand after 20 s",
    watch_for: "The Job made by hand belongs to the CronJob, but is no start of its schedule: an event says that it was not \
                expected.",
    manifest: manifest!("run-now"),
    job: "report",
    acts: &[(20, Act::RunNow)],
    ..CRON_JOB
};
