//! What the page notes down while a run goes on, entry by entry of the trace, so that no frame has to read the whole
//! trace again: the Jobs there were, restarts in place, and the moments that earn a mark. Bounded, however long the run is.

use super::cron_notes::{Controller, CronNotes};
use super::pods;
use crate::api::manifest::Lines;
use crate::api::{ConditionStatus, JobConditionType, PodPhase, Uid};
use crate::cluster::{Cluster, Command, NodeChange, Notes, PodRecord, TraceEvent};
use crate::sim::{Chunks, Time};
use std::rc::Rc;

/// Of so many Jobs of a CronJob notes are kept.
const JOBS_OF_CRON_JOB_KEPT: usize = 200;
/// Notes are swept when they have grown by so many.
const SWEPT: usize = 4_000;
/// Of older marks those stay that are told apart where the run so far has so many places.
const MARK_PLACES: i64 = 1_000;

/// The notes of one run.
#[derive(Clone, Debug, Default)]
pub struct Noted {
    /// How many entries of the trace were taken in.
    seen: usize,
    jobs: Vec<NotedJob>,
    cron_jobs: Vec<CronNotes>,
    cron_job_controller: Controller,
    marks: Chunks<Mark>,
    /// In the order of time.
    runs: Chunks<RunChange>,
    /// Of the manifest that runs; read when it is first noted down.
    lines: Option<Rc<Lines>>,
    /// How many marks and runs there are when the next sweep is worth it.
    next_sweep: usize,
}

/// A Job that is or was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotedJob {
    pub uid: Uid,
    pub name: Rc<str>,
    /// The CronJob that it is of.
    pub cron_job: Option<Uid>,
    pub created_at: Time,
    /// When it was complete or failed, and which.
    pub ended: Option<(Time, JobConditionType)>,
    /// When its deletion was asked for, unless it was gone at once.
    pub deleting_at: Option<Time>,
    pub gone_at: Option<Time>,
    /// When each kind of condition came to be as it is.
    pub conditions: [Option<Time>; JobConditionType::ALL.len()],
}

/// A moment to mark on the time bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub at: Time,
    pub kind: MarkKind,
}

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    PodFailed,
    Condition,
    Command,
    /// The Job controller looked at a Job.
    Decision,
}

/// What a pod's record does not keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunChange {
    pub pod: Uid,
    pub at: Time,
    pub what: Turn,
}

/// What happens to a pod in its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// An image could not be had.
    NoImage,
    /// A container has ended, and waits to be restarted in place.
    Waits,
    RunsAgain,
    /// The pod's node is silent.
    Lost,
    /// The pod's node is heard of again.
    Found,
}

impl Notes for Noted {
    /// Reads what the trace has gained since the last time.
    fn take_in(&mut self, cluster: &Cluster) {
        self.lines.get_or_insert_with(|| Rc::new(Lines::of(&cluster.scenario().manifest)));
        let unseen = cluster.trace_since(self.seen);
        self.seen = cluster.trace_count();
        for entry in unseen {
            self.note(cluster, entry.at, &entry.event);
        }
        self.pass(cluster, cluster.now());
        for notes in &mut self.cron_jobs {
            notes.seen(cluster.api().cron_job(notes.uid));
        }
        if self.marks.len() + self.runs.len() >= self.next_sweep {
            self.sweep(cluster);
        }
    }
}

impl Noted {
    /// The lines of the manifest that runs.
    pub fn lines(&self) -> Rc<Lines> {
        self.lines.clone().unwrap_or_default()
    }

    /// The Jobs there were, in the order in which they came; of each CronJob only the newest.
    pub fn jobs(&self) -> &[NotedJob] {
        &self.jobs
    }

    /// The kept Jobs of a CronJob, the oldest first.
    pub fn jobs_of(&self, cron_job: Uid) -> impl DoubleEndedIterator<Item = &NotedJob> {
        self.jobs.iter().filter(move |job| job.cron_job == Some(cron_job))
    }

    /// The CronJob that a Job is of.
    pub fn cron_job_of(&self, job: Uid) -> Option<Uid> {
        self.jobs.iter().rev().find(|noted| noted.uid == job)?.cron_job
    }

    /// All CronJobs there ever were.
    pub fn cron_jobs(&self) -> &[CronNotes] {
        &self.cron_jobs
    }

    /// In the order of time; of a long run those that can be told apart.
    pub fn marks(&self) -> &Chunks<Mark> {
        &self.marks
    }

    /// What that record does not keep of its pod, in the order of time.
    pub fn runs(&self, record: &PodRecord) -> impl Iterator<Item = &RunChange> {
        let (pod, over) = (record.uid, record.ended_at.or(record.gone_at));
        let of_its_time = self.runs.from(self.runs.partition_point(|change| change.at < record.created_at));
        let of_its_life = of_its_time.take_while(move |change| over.is_none_or(|over| change.at <= over));
        of_its_life.filter(move |change| change.pod == pod)
    }

    /// When that condition of that Job came to be as it is, to the millisecond; Kubernetes writes whole seconds.
    pub fn condition_since(&self, job: Uid, kind: JobConditionType) -> Option<Time> {
        self.jobs.iter().rev().find(|noted| noted.uid == job)?.conditions[kind as usize]
    }

    fn note(&mut self, cluster: &Cluster, at: Time, event: &TraceEvent) {
        match event {
            TraceEvent::JobAdded { job } => self.note_job(cluster, *job, at),
            TraceEvent::JobCondition { job, kind, status } => {
                // The bar has no room for all the Jobs of a CronJob.
                let is_routine = self.cron_job_of(*job).is_some() && *kind != JobConditionType::Failed;
                if !is_routine {
                    self.mark(at, MarkKind::Condition);
                }
                self.change_job(*job, |job| job.conditions[*kind as usize] = Some(at));
                if *status == ConditionStatus::True
                    && matches!(kind, JobConditionType::Complete | JobConditionType::Failed)
                {
                    self.change_job(*job, |job| job.ended = Some((at, *kind)));
                }
            }
            TraceEvent::JobDeleting { job } => self.change_job(*job, |job| job.deleting_at = Some(at)),
            TraceEvent::JobDeleted { job } => self.change_job(*job, |job| job.gone_at = Some(at)),
            TraceEvent::CronJobAdded { cron_job } => {
                let cron_job = cluster.api().cron_job(*cron_job).cloned();
                self.cron_jobs.extend(cron_job.map(|cron_job| CronNotes::new(cron_job, at)));
            }
            TraceEvent::CronJobSpecChanged { cron_job } => {
                if let (Some(notes), Some(now)) = (self.notes_on(*cron_job), cluster.api().cron_job(*cron_job)) {
                    notes.changed(now.clone(), at);
                }
            }
            TraceEvent::CronJobDecision(record) => {
                self.notes_on(record.cron_job).into_iter().for_each(|notes| notes.decided(record));
            }
            TraceEvent::PodPhase { pod, phase: PodPhase::Failed } if !is_being_deleted(cluster, *pod) => {
                self.mark(at, MarkKind::PodFailed);
            }
            TraceEvent::PodWaiting { pod, reason } if **reason == "CrashLoopBackOff" => {
                self.run_turns(*pod, at, Turn::Waits);
                self.mark(at, MarkKind::PodFailed);
            }
            TraceEvent::PodWaiting { pod, reason } if pods::lacks_image(reason) => {
                self.run_turns(*pod, at, Turn::NoImage);
            }
            TraceEvent::Node { node, change } => self.note_node(cluster, at, node, *change),
            TraceEvent::PodRestarted { pod, restarts } => {
                // A run that was followed by a wait got its mark when it had failed.
                if *restarts == 1 || !self.waits(*pod) {
                    self.mark(at, MarkKind::PodFailed);
                }
                self.run_turns(*pod, at, Turn::RunsAgain);
            }
            // The bar has no room for all of a CronJob's.
            TraceEvent::Decision(record) if self.cron_job_of(record.job).is_none() => {
                self.mark(at, MarkKind::Decision);
            }
            TraceEvent::Command { number } => {
                self.mark(at, MarkKind::Command);
                self.note_command(cluster, at, *number as usize);
            }
            TraceEvent::JobSpecChanged { .. }
            | TraceEvent::PodDeleting { .. }
            | TraceEvent::PodAdded { .. }
            | TraceEvent::PodScheduled { .. }
            | TraceEvent::PodPhase { .. }
            | TraceEvent::PodReady { .. }
            | TraceEvent::PodWaiting { .. }
            | TraceEvent::PodDeleted { .. }
            | TraceEvent::Event(_)
            | TraceEvent::Decision(_)
            | TraceEvent::CronJobDeleting { .. }
            | TraceEvent::CronJobDeleted { .. } => {}
        }
    }

    /// Whether a container of that pod waits to be restarted.
    fn waits(&self, pod: Uid) -> bool {
        let mut latest = self.runs.iter().rev().filter(|change| change.pod == pod);
        latest.find_map(|change| match change.what {
            Turn::Waits => Some(true),
            Turn::RunsAgain => Some(false),
            Turn::NoImage | Turn::Lost | Turn::Found => None,
        }) == Some(true)
    }

    /// Forgets the runs of pods that the cluster has forgotten, and marks that cannot be told apart on the bar any more.
    fn sweep(&mut self, cluster: &Cluster) {
        self.runs.retain(|change| cluster.history().pod(change.pod).is_some());
        let place = |at: Time| at.ms_since(cluster.start()) * MARK_PLACES / cluster.elapsed_ms().max(1);
        let mut at_place: Vec<Mark> = Vec::new();
        self.marks.retain(|mark| {
            if at_place.first().is_some_and(|other| place(other.at) != place(mark.at)) {
                at_place.clear();
            }
            let is_new = at_place.iter().all(|other| other.kind != mark.kind);
            if is_new {
                at_place.push(*mark);
            }
            is_new
        });
        self.next_sweep = self.marks.len() + self.runs.len() + SWEPT;
    }

    /// Notes down for every pod that was on that node then that the node was lost, or found again.
    fn note_node(&mut self, cluster: &Cluster, at: Time, node: &str, change: NodeChange) {
        let turn = match change {
            NodeChange::Silent => Turn::Lost,
            NodeChange::Back => Turn::Found,
            NodeChange::Added
            | NodeChange::Deleted
            | NodeChange::Cordoned
            | NodeChange::Uncordoned
            | NodeChange::Unreachable
            | NodeChange::Tainted => return,
        };
        for record in cluster.history().pods().filter(|record| record.node.as_deref() == Some(node)) {
            let is_over = record.ended_at.or(record.gone_at).is_some_and(|over| over <= at);
            if !is_over && record.scheduled_at.is_some_and(|scheduled| scheduled <= at) {
                self.run_turns(record.uid, at, turn);
            }
        }
    }

    fn note_job(&mut self, cluster: &Cluster, uid: Uid, created_at: Time) {
        let Some(job) = cluster.job_last_seen(uid) else { return };
        let cron_job = job.meta.controller().filter(|owner| owner.kind == "CronJob").map(|owner| owner.uid);
        if let Some(cron_job) = cron_job
            && self.jobs_of(cron_job).count() >= JOBS_OF_CRON_JOB_KEPT
            && let Some(oldest) = self.jobs.iter().position(|job| job.cron_job == Some(cron_job))
        {
            self.jobs.remove(oldest);
        }
        let name = job.meta.name.clone();
        self.jobs.push(NotedJob {
            uid,
            name,
            cron_job,
            created_at,
            ended: None,
            deleting_at: None,
            gone_at: None,
            conditions: Default::default(),
        });
    }

    /// The starts up to that moment went by as things stood before it.
    fn note_command(&mut self, cluster: &Cluster, at: Time, number: usize) {
        let commands = &cluster.scenario().commands;
        let controller = match commands.get(number).map(|timed| &timed.command) {
            Some(Command::StopControllers) => Controller::Away,
            Some(Command::StartControllers | Command::RestartController) => Controller::There,
            _ => return,
        };
        self.pass(cluster, at);
        self.cron_job_controller = controller;
    }

    fn pass(&mut self, cluster: &Cluster, now: Time) {
        for notes in self.cron_jobs.iter_mut().filter(|notes| cluster.api().cron_job(notes.uid).is_some()) {
            notes.pass(now, self.cron_job_controller);
        }
    }

    fn change_job(&mut self, uid: Uid, change: impl FnOnce(&mut NotedJob)) {
        if let Some(job) = self.jobs.iter_mut().rev().find(|job| job.uid == uid) {
            change(job);
        }
    }

    fn notes_on(&mut self, cron_job: Uid) -> Option<&mut CronNotes> {
        self.cron_jobs.iter_mut().find(|notes| notes.uid == cron_job)
    }

    fn run_turns(&mut self, pod: Uid, at: Time, what: Turn) {
        self.runs.push(RunChange { pod, at, what });
    }

    fn mark(&mut self, at: Time, kind: MarkKind) {
        let mark = Mark { at, kind };
        if self.marks.iter().next_back() != Some(&mark) {
            self.marks.push(mark);
        }
    }
}

fn is_being_deleted(cluster: &Cluster, pod: Uid) -> bool {
    cluster.history().pod(pod).is_some_and(|record| record.deletion_asked_at.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Scenario, Timeline};

    /// Each Job fails once in place and once for good.
    const FAILING: &str = "\
apiVersion: batch/v1
kind: CronJob
metadata: {name: fails}
spec:
  schedule: '* * * * *'
  jobTemplate:
    spec:
      backoffLimit: 1
      template:
        spec:
          restartPolicy: OnFailure
          containers:
          - {name: main, image: busybox, command: [sh, -c, exit 1]}
";

    #[test]
    fn a_failure_is_marked_when_the_container_has_ended() {
        let entry = crate::cluster::gallery::entries().iter().find(|entry| entry.id == "one-shot-on-failure");
        let scenario = entry.expect("an entry of the gallery").scenario();
        let mut timeline = Timeline::new(Cluster::new(scenario).expect("a good scenario"), Noted::default());
        timeline.run_until(timeline.cluster().start().plus_seconds(60), usize::MAX);
        let marks = timeline.notes().marks().iter().filter(|mark| mark.kind == MarkKind::PodFailed);
        let at_ms: Vec<i64> = marks.map(|mark| mark.at.ms_since(timeline.cluster().start())).collect();
        assert_eq!(at_ms, [9_204, 13_957, 28_979, 53_755], "the first restart comes at once, the others after a wait");
    }

    #[test]
    fn notes_do_not_grow_after_the_first_days() {
        let scenario = Scenario { manifest: FAILING.to_owned(), ..Scenario::default() };
        let mut timeline = Timeline::new(Cluster::new(scenario).expect("a good manifest"), Noted::default());
        let mut most_by = |hours: i64| {
            let mut most = 0;
            while timeline.cluster().elapsed_ms() < hours * 3_600_000 {
                timeline.run_until(timeline.cluster().now().plus_seconds(3_600), usize::MAX);
                let noted = timeline.notes();
                let notes = &noted.cron_jobs[0];
                most = most.max(noted.marks.len() + noted.runs.len() + noted.jobs.len());
                assert!(notes.starts.len() + notes.decisions.len() < 250 && noted.cron_jobs.len() == 1);
            }
            most
        };
        let (early, late) = (most_by(30), most_by(60));
        let (kinds, runs_of_a_day) = (4, 2 * 24 * 60);
        let bound = kinds * MARK_PLACES as usize + runs_of_a_day + SWEPT + JOBS_OF_CRON_JOB_KEPT;
        assert!(early > 4_000 && late <= bound, "{early}, then {late}; at most {bound}");
        let marks = crate::ui::view_model::time_bar::placed_marks(&timeline);
        assert!(marks.len() > 250, "the bar still shows all of the run: {}", marks.len());
    }
}
