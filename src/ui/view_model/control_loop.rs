//! The control loop in five steps: what the watch delivered, what waits in the queue, what the latest sync found and
//! did, and what the status says; of the Job controller, or of the CronJob controller where a CronJob is shown. Plain
//! data made from the cluster.

use super::cron_notes::CronNotes;
use super::decisions::latest_decision;
use super::noted::Noted;
use super::pods::Can;
use crate::api::event::ObjectKind;
use crate::api::{Job, Uid};
use crate::cluster::{BackoffView, Cluster, QueueView, TraceEvent, WATCH_DELAY_MS};
use crate::controllers::cronjob::{CronJobSync, Reason as CronReason};
use crate::controllers::job::{Reason, SyncRecord};
use crate::sim::Time;
use crate::ui::words::{self, count, count_i, countdown, short_pod_name};

/// For so long after a delivery or a sync its step is lit.
const LIT_MS: i64 = 700;
/// How many of the latest entries of the trace are searched for one that the watch delivers.
const ENTRIES_SEARCHED: usize = 400;

/// The loop of one controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlLoop {
    pub controller: &'static str,
    pub about: &'static str,
    /// Whether the controllers run.
    pub runs: Can,
    pub steps: [LoopStep; 5],
}

/// One step of the loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoopStep {
    pub title: String,
    pub text: String,
    pub light: Light,
}

/// Whether a step is where things happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    On,
    /// It is held up.
    Held,
    Off,
}

/// The Job controller's loop for that Job, or the CronJob controller's for that CronJob.
pub fn control_loop(cluster: &Cluster, noted: &Noted, job: Option<Uid>, cron_job: Option<&CronNotes>) -> ControlLoop {
    let scene = Scene { cluster, noted, now: cluster.now() };
    match cron_job {
        Some(notes) => scene.of_cron_job(notes),
        None => scene.of_job(job),
    }
}

struct Scene<'a> {
    cluster: &'a Cluster,
    noted: &'a Noted,
    now: Time,
}

/// Whose entries of the trace the watch delivers.
#[derive(Clone, Copy)]
enum Watched {
    Job(Option<Uid>),
    CronJob(Uid),
}

/// What a sync found and did.
struct Synced {
    number: u32,
    at: Time,
    found: String,
    acted: String,
}

impl Scene<'_> {
    fn of_job(&self, job: Option<Uid>) -> ControlLoop {
        let queue = job.map(|uid| self.cluster.job_queue(uid)).unwrap_or_default();
        let latest = job.and_then(|job| latest_decision(self.cluster, job)).map(|record| Synced {
            number: record.number,
            at: record.at,
            found: found(record),
            acted: acted(record, self.now),
        });
        let stored = job.and_then(|uid| self.cluster.api().job(uid));
        let runs = Can::when(|| self.cluster.job_controller().is_some());
        let mut steps = self.steps(runs, latest, Watched::Job(job));
        steps[1].text = self.queue_text(queue);
        steps[4].text = stored.map_or_else(|| "no Job".to_owned(), |job| status(job));
        if let Some((creations, deletions)) = queue.awaited {
            steps[0].text = format!("{} still to be seen", awaited(creations, deletions));
            steps[0].light = Light::Held;
        }
        self.close(steps, runs, "Job controller", "Compares each Job with its pods, and makes up the difference.")
    }

    fn of_cron_job(&self, notes: &CronNotes) -> ControlLoop {
        let controller = self.cluster.cron_job_controller();
        let latest = notes.decisions.last().map(|record| Synced {
            number: record.number,
            at: record.at,
            found: found_on_cron_job(record),
            acted: acted_on_cron_job(record, notes),
        });
        let runs = Can::when(|| controller.is_some());
        let mut steps = self.steps(runs, latest, Watched::CronJob(notes.uid));
        let due = controller.and_then(|controller| controller.due(notes.uid, self.now));
        steps[1].text = self.cron_queue_text(notes, due);
        steps[4].text = match self.cluster.api().cron_job(notes.uid) {
            Some(cron_job) => {
                let last = cron_job.status.last_schedule_time.map(|last| notes.calendar().moment(last));
                let last = last.as_deref().and_then(|last| last.rsplit(' ').next());
                format!("active {} · last {}", cron_job.status.active.len(), last.unwrap_or("never"))
            }
            None => "no CronJob".to_owned(),
        };
        self.close(steps, runs, "CronJob controller", "Looks at each CronJob when a start is due, and creates the Job.")
    }

    /// The steps that both loops have alike; the queue and the status are left to them.
    fn steps(&self, runs: Can, latest: Option<Synced>, watched: Watched) -> [LoopStep; 5] {
        let step = |title: &str, text: String, light| LoopStep { title: title.to_owned(), text, light };
        let is_fresh = |at: Time| self.now.ms_since(at) < LIT_MS;
        let (news, heard_at) = self.news(watched);
        let synced_now = latest.as_ref().is_some_and(|latest| runs == Can::Yes && is_fresh(latest.at));
        let light = |on: bool| if on { Light::On } else { Light::Off };
        let title = latest.as_ref().map_or_else(|| "Sync".to_owned(), |latest| format!("Sync #{}", latest.number));
        let (found, acted) = latest.map_or_else(Default::default, |latest| (latest.found, latest.acted));
        [
            step("Watch", news, light(heard_at.is_some_and(is_fresh) && !synced_now)),
            step("Work queue", String::new(), Light::Off),
            step(&title, found, light(synced_now)),
            step("Act", acted, light(synced_now)),
            step("Status", String::new(), Light::Off),
        ]
    }

    /// Lights what waits, and says so when nobody works.
    fn close(&self, steps: [LoopStep; 5], runs: Can, controller: &'static str, about: &'static str) -> ControlLoop {
        let mut steps = steps;
        if runs == Can::No {
            let told = ["nobody listens", "lost with the controller", "not running", "nothing is done"];
            for (step, text) in steps.iter_mut().zip(told) {
                (step.text, step.light) = (text.to_owned(), Light::Held);
            }
        } else if steps.iter().all(|step| step.light == Light::Off) {
            steps[1].light = Light::On;
        }
        ControlLoop { controller, about, runs, steps }
    }

    /// The latest of these entries that the watch has delivered, and when; and how many more are on their way.
    fn news(&self, watched: Watched) -> (String, Option<Time>) {
        let newest = self.cluster.trace().rev().take(ENTRIES_SEARCHED);
        let mut coming = 0;
        for entry in newest.filter(|entry| self.delivers(&entry.event, watched)) {
            let heard_at = entry.at.plus_ms(WATCH_DELAY_MS);
            if heard_at > self.now {
                coming += 1;
            } else if let Some(mut text) = words::trace(&entry.event, |kind, uid| self.name(kind, uid)) {
                if coming > 0 {
                    text.push_str(&format!(", {coming} on the way"));
                }
                return (text, Some(heard_at));
            }
        }
        (if coming > 0 { format!("{coming} on the way") } else { "nothing of late".to_owned() }, None)
    }

    /// Whether the watch delivers an entry to the controller, and it is about what is looked at.
    fn delivers(&self, event: &TraceEvent, watched: Watched) -> bool {
        match event {
            TraceEvent::JobAdded { job }
            | TraceEvent::JobSpecChanged { job }
            | TraceEvent::JobCondition { job, .. }
            | TraceEvent::JobDeleting { job }
            | TraceEvent::JobDeleted { job } => match watched {
                Watched::Job(watched) => Some(*job) == watched,
                Watched::CronJob(watched) => self.noted.cron_job_of(*job) == Some(watched),
            },
            TraceEvent::PodAdded { pod }
            | TraceEvent::PodScheduled { pod }
            | TraceEvent::PodPhase { pod, .. }
            | TraceEvent::PodReady { pod }
            | TraceEvent::PodWaiting { pod, .. }
            | TraceEvent::PodRestarted { pod, .. }
            | TraceEvent::PodDeleting { pod }
            | TraceEvent::PodDeleted { pod } => match watched {
                Watched::Job(Some(watched)) => {
                    self.cluster.history().pod(*pod).is_some_and(|record| record.job == watched)
                }
                Watched::Job(None) | Watched::CronJob(_) => false,
            },
            TraceEvent::CronJobAdded { cron_job }
            | TraceEvent::CronJobSpecChanged { cron_job }
            | TraceEvent::CronJobDeleting { cron_job }
            | TraceEvent::CronJobDeleted { cron_job } => {
                matches!(watched, Watched::CronJob(watched) if watched == *cron_job)
            }
            TraceEvent::Node { .. }
            | TraceEvent::Event(_)
            | TraceEvent::Decision(_)
            | TraceEvent::Command { .. }
            | TraceEvent::CronJobDecision(_) => false,
        }
    }

    /// A pod's name short of its Job's, a Job's short of its CronJob's.
    fn name(&self, kind: ObjectKind, uid: Uid) -> String {
        let job = |uid: Uid| self.noted.jobs().iter().rev().find(|job| job.uid == uid);
        let found = match kind {
            ObjectKind::Pod => self.cluster.history().pod(uid).map(|record| {
                job(record.job).map_or(&*record.name, |job| short_pod_name(&record.name, &job.name)).to_owned()
            }),
            ObjectKind::Job => job(uid).map(|job| {
                let of = self.noted.cron_jobs().iter().find(|notes| Some(notes.uid) == job.cron_job);
                short_pod_name(&job.name, of.map_or("", |notes| &notes.cron_job.meta.name)).to_owned()
            }),
            ObjectKind::Node
            | ObjectKind::CronJob
            | ObjectKind::ReplicaSet
            | ObjectKind::Deployment
            | ObjectKind::Service => None,
        };
        found.unwrap_or_default()
    }

    fn queue_text(&self, queue: QueueView) -> String {
        if self.cluster.is_done() {
            return "nothing more to come".to_owned();
        }
        match (queue.due, queue.backoff) {
            (Some(due), _) if due <= self.now => "due now".to_owned(),
            (Some(due), Some(BackoffView { until, .. })) if until > self.now && due.ms_since(until).abs() < LIT_MS => {
                format!("due in {}, back-off", countdown(due.ms_since(self.now)))
            }
            (Some(due), _) => format!("due in {}", countdown(due.ms_since(self.now))),
            (None, _) => "none waits".to_owned(),
        }
    }

    fn cron_queue_text(&self, notes: &CronNotes, due: Option<Time>) -> String {
        let stored = self.cluster.api().cron_job(notes.uid);
        match due {
            _ if stored.is_none() => "nothing more to come".to_owned(),
            Some(due) if due <= self.now => "due now".to_owned(),
            Some(due) => {
                let is_start = notes.next(self.now).is_some_and(|next| due.ms_since(next).abs() < LIT_MS);
                let end = if is_start { ", next start" } else { "" };
                format!("due in {}{end}", countdown(due.ms_since(self.now)))
            }
            None if stored.is_some_and(|cron_job| cron_job.spec.suspend) => "empty while suspended".to_owned(),
            None => "none waits".to_owned(),
        }
    }
}

fn awaited(creations: i64, deletions: i64) -> String {
    let pods = |number: i64, what: &str| count(u64::try_from(number).unwrap_or(0), what);
    match (creations, deletions) {
        (_, ..=0) => pods(creations, "creation"),
        (..=0, _) => pods(deletions, "deletion"),
        _ => pods(creations.saturating_add(deletions), "change"),
    }
}

/// What a sync found.
fn found(record: &SyncRecord) -> String {
    for reason in &record.reasons {
        match reason {
            Reason::WantActive { want, active, .. } => return format!("want {want} active, have {active}"),
            Reason::WorkQueueDraining { active } => return format!("draining, {active} active"),
            Reason::Suspended => return "suspended".to_owned(),
            Reason::ExpectationsPending { .. } | Reason::CacheBehind => return "its cache is behind".to_owned(),
            _ => {}
        }
    }
    words::decision(record).verb
}

/// What a sync did about it; of a wait, what is left of it now.
fn acted(record: &SyncRecord, now: Time) -> String {
    let mut acts = Vec::new();
    // Of several conditions the last one tells most.
    let mut set = None;
    for reason in &record.reasons {
        match reason {
            Reason::CreatedPods { count: pods, .. } => acts.push(format!("created {}", count(u64::from(*pods), "pod"))),
            Reason::DeletedPods { count: pods, .. } => acts.push(format!("deleted {}", count(u64::from(*pods), "pod"))),
            Reason::Backoff { remaining_ms, .. } | Reason::BackoffPerIndex { remaining_ms, .. } => {
                let left_ms = remaining_ms - now.ms_since(record.at);
                acts.push(if left_ms > 0 {
                    format!("waits, {} left", countdown(left_ms))
                } else {
                    "waited".to_owned()
                });
            }
            Reason::ConditionSet { kind, .. } => set = Some(format!("set {}", kind.as_str())),
            Reason::CountedPods { succeeded, failed } => {
                acts.push(format!("counted {}", count(u64::from(*succeeded) + u64::from(*failed), "pod")));
            }
            Reason::CallFailed { .. } => acts.push("an API call failed".to_owned()),
            _ => {}
        }
    }
    acts.extend(set);
    told(acts)
}

/// What a sync of a CronJob found: what weighs most of it.
fn found_on_cron_job(record: &CronJobSync) -> String {
    let (mut weight, mut found, mut missed) = (0, "nothing new", 0);
    for reason in &record.reasons {
        let (own_weight, text) = match reason {
            CronReason::SkippedForbid { .. } => (5, "a start is due, but a Job is active"),
            CronReason::MissedDeadline { .. } => (5, "a start that is too late"),
            CronReason::MissedStarts { count } | CronReason::TooManyMissed { count } => {
                missed = *count;
                (4, " missed")
            }
            CronReason::StartedJob { .. } | CronReason::JobExists { .. } => (3, "a start is due"),
            CronReason::Suspended => (3, "suspended"),
            CronReason::Deleting => (3, "being deleted"),
            CronReason::UnknownTimeZone { .. } => (3, "an unknown time zone"),
            CronReason::UnreadableSchedule { .. } | CronReason::InvalidSchedule { .. } => {
                (3, "a schedule that cannot be kept")
            }
            CronReason::JobFinished { .. } => (2, "a Job has finished"),
            CronReason::JobMissing { .. } => (2, "an active Job is gone"),
            CronReason::UnexpectedJob { .. } => (2, "a Job it did not start"),
            CronReason::DeletedHistory { .. } => (1, "more Jobs than are kept"),
            CronReason::NotYet { .. }
            | CronReason::AlreadyStarted { .. }
            | CronReason::Replaced { .. }
            | CronReason::CallFailed { .. } => continue,
        };
        if own_weight > weight {
            (weight, found) = (own_weight, text);
        }
    }
    let missed = if weight == 4 { starts(missed) } else { String::new() };
    missed + found
}

fn starts(missed: i64) -> String {
    count_i(i32::try_from(missed).unwrap_or(i32::MAX), "start")
}

/// What a sync of a CronJob did about it.
fn acted_on_cron_job(record: &CronJobSync, notes: &CronNotes) -> String {
    let name = |job: &str| short_pod_name(job, &notes.cron_job.meta.name).to_owned();
    let (mut acts, mut is_off_list) = (Vec::new(), false);
    for reason in &record.reasons {
        match reason {
            CronReason::StartedJob { job, .. } => acts.push(format!("created {}", name(job))),
            CronReason::Replaced { job } | CronReason::DeletedHistory { job, .. } => {
                acts.push(format!("deleted {}", name(job)));
            }
            CronReason::SkippedForbid { .. } => acts.push("skipped it".to_owned()),
            CronReason::MissedDeadline { .. } => acts.push("left it out".to_owned()),
            CronReason::JobFinished { .. } | CronReason::JobMissing { .. } => is_off_list = true,
            CronReason::CallFailed { .. } => acts.push("an API call failed".to_owned()),
            CronReason::UnexpectedJob { .. }
            | CronReason::Deleting
            | CronReason::Suspended
            | CronReason::UnknownTimeZone { .. }
            | CronReason::UnreadableSchedule { .. }
            | CronReason::InvalidSchedule { .. }
            | CronReason::NotYet { .. }
            | CronReason::MissedStarts { .. }
            | CronReason::TooManyMissed { .. }
            | CronReason::AlreadyStarted { .. }
            | CronReason::JobExists { .. } => {}
        }
    }
    if is_off_list && acts.is_empty() {
        acts.push("took it off the list".to_owned());
    }
    told(acts)
}

fn told(acts: Vec<String>) -> String {
    if acts.is_empty() { "nothing to do".to_owned() } else { acts.join(", ") }
}

fn status(job: &Job) -> String {
    let status = &job.status;
    format!("active {}, ✓\u{a0}{}\u{a0}✕\u{a0}{}", status.active, status.succeeded, status.failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Command, Notes, gallery};

    struct Run {
        cluster: Cluster,
        noted: Noted,
    }

    impl Run {
        fn new(id: &str, second: i64) -> Self {
            let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("an entry of the gallery");
            let mut run =
                Self { cluster: Cluster::new(entry.scenario()).expect("a good scenario"), noted: Noted::default() };
            run.to(second * 1_000);
            run
        }

        fn to(&mut self, elapsed_ms: i64) {
            self.cluster.run_until(self.cluster.start().plus_ms(elapsed_ms), usize::MAX);
            self.noted.take_in(&self.cluster);
        }

        fn texts(&self) -> Vec<String> {
            let job = self.noted.jobs().first().map(|job| job.uid);
            let steps = control_loop(&self.cluster, &self.noted, job, self.noted.cron_jobs().first()).steps;
            steps.into_iter().map(|step| step.text).collect()
        }

        fn titled(&self, step: usize) -> (String, Light) {
            let job = self.noted.jobs().first().map(|job| job.uid);
            let steps = control_loop(&self.cluster, &self.noted, job, self.noted.cron_jobs().first()).steps;
            (steps[step].text.clone(), steps[step].light)
        }
    }

    #[test]
    fn expectations_hold_the_job_controller_back_until_the_watch_brings_its_pods() {
        let mut run = Run::new("parallel", 0);
        run.to(15);
        // The Job is seen after 10 ms, and five pods are created at once.
        assert_eq!(run.titled(0), ("5 creations still to be seen".to_owned(), Light::Held));
        assert_eq!(run.texts()[2..4], ["want 5 active, have 0", "created 5 pods"]);
        run.to(25);
        assert!(run.texts()[0].contains(" added"), "{:?}", run.texts());
    }

    #[test]
    fn the_back_off_is_waited_for_in_the_queue_and_in_the_end_nothing_is() {
        let run = Run::new("one-shot-never", 12);
        assert!(run.texts()[1].ends_with(", back-off"), "{:?}", run.texts());
        let run = Run::new("into-the-limit", 34);
        assert_eq!(run.texts()[1], "due in 8 s, back-off");
        assert_eq!(run.texts()[3], "waits, 8 s left", "as long as the queue says");
        let run = Run::new("one-shot", 600);
        assert!(run.cluster.is_done());
        assert_eq!(run.texts()[1], "nothing more to come");
    }

    #[test]
    fn the_cron_job_controller_has_its_own_loop() {
        let mut run = Run::new("cron-hello", 61);
        let texts = run.texts();
        assert_eq!(texts[2..], ["a start is due", "created 29453761", "active 1 · last 00:01"], "{texts:?}");
        run.to(70_000);
        let texts = run.texts();
        assert_eq!(texts[0..3], ["job 29453761: Complete", "due in 51 s, next start", "a Job has finished"]);
        assert_eq!(texts[4], "active 0 · last 00:01");
        run.cluster.act(Command::SuspendCronJob { cron_job: "hello".to_owned() }).expect("it is there");
        run.to(70_500);
        assert_eq!(run.texts()[0], "the CronJob has a new spec");
        run.cluster.act(Command::StopControllers).expect("they run");
        run.to(71_000);
        assert_eq!(run.titled(2), ("not running".to_owned(), Light::Held));
    }

    #[test]
    fn what_is_skipped_or_missed_is_found() {
        let run = Run::new("cron-forbid", 121);
        assert_eq!(run.texts()[2..4], ["a start is due, but a Job is active", "skipped it"]);
        let run = Run::new("cron-controller-down", 451);
        assert_eq!(run.texts()[2], "5 starts missed");
    }
}
