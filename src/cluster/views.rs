//! What can be seen of a cluster from outside: its parts to read, and what they make of a Job. It changes nothing.

use super::machines::Machines;
use super::{Cluster, History, Scenario, TraceEntry, Wiring};
use crate::api::problem::Problem;
use crate::api::{Job, Uid};
use crate::apiserver::ApiServer;
use crate::controllers::job::rules::delay_ms;
use crate::controllers::job::{JobController, SyncRecord};
use crate::nodes::NextTry;
use crate::sim::Time;
use crate::workload::Queues;
use std::rc::Rc;

/// When the Job controller will look at a Job next, and why not sooner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct QueueView {
    pub due: Option<Time>,
    pub backoff: Option<BackoffView>,
    /// Creations and deletions of its pods that the controller has asked for and not seen yet: until it has, a sync
    /// neither creates nor deletes any.
    pub awaited: Option<(i64, i64)>,
}

/// A back-off that is going on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BackoffView {
    pub failures: i32,
    pub delay_ms: i64,
    pub until: Time,
}

impl<W: Wiring> Cluster<W> {
    /// The scenario, with what was done so far.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    pub fn now(&self) -> Time {
        self.agenda.now()
    }

    /// When the run started.
    pub fn start(&self) -> Time {
        self.scenario.start.time()
    }

    /// Milliseconds since the start of the run.
    pub fn elapsed_ms(&self) -> i64 {
        self.now().ms_since(self.start())
    }

    pub fn api(&self) -> &ApiServer {
        &self.api
    }

    pub fn wiring(&self) -> &W {
        &self.wiring
    }

    pub fn wiring_mut(&mut self) -> &mut W {
        &mut self.wiring
    }

    /// The queues that brokers among the pods hold or held.
    pub fn queues(&self) -> Option<&Queues> {
        self.machines.as_ref().map(Machines::queues)
    }

    /// What has happened, in order. Of a long run only what is kept: all about Jobs that are there, and the last 24 hours
    /// of all else.
    pub fn trace(&self) -> impl DoubleEndedIterator<Item = &TraceEntry> + Clone {
        self.recorder.trace.entries()
    }

    /// How many entries the trace ever had.
    pub fn trace_count(&self) -> usize {
        self.recorder.trace.count()
    }

    /// The entries behind the first `count` that the trace ever had, as far as they are kept.
    pub fn trace_since(&self, count: usize) -> impl DoubleEndedIterator<Item = &TraceEntry> + Clone {
        self.recorder.trace.since(count)
    }

    pub fn history(&self) -> &History {
        &self.recorder.history
    }

    /// The Job as it is, or as it was last when it is gone.
    pub fn job_last_seen(&self, uid: Uid) -> Option<&Rc<Job>> {
        self.api.job(uid).or_else(|| self.history().gone_job(uid))
    }

    /// What the Job controller decided, in order, as far as it is kept.
    pub fn decisions(&self) -> &[Rc<SyncRecord>] {
        &self.recorder.decisions
    }

    pub fn job_controller(&self) -> Option<&JobController> {
        self.job_controller.as_ref()
    }

    /// When the Job controller will look at that Job next, and what holds all of it up.
    pub fn job_queue(&self, job: Uid) -> QueueView {
        let Some(controller) = &self.job_controller else { return QueueView::default() };
        let per_index = self.api.job(job).is_some_and(|job| job.spec.backoff_limit_per_index.is_some());
        let backoff = controller.backoff(job).filter(|_| !per_index).and_then(|record| {
            let failures = record.failures_after_last_success;
            let delay_ms = delay_ms(failures, controller.tunables().backoff);
            let until = record.last_failure_time?.plus_ms(delay_ms);
            (failures > 0 && until > self.now()).then_some(BackoffView { failures, delay_ms, until })
        });
        let now = self.now();
        QueueView { due: controller.due(job, now), backoff, awaited: controller.expectations(job, now) }
    }

    /// When the kubelet tries again with that container of a pod, counted from the init containers, if its back-off holds
    /// it up now.
    pub fn next_try(&self, pod: Uid, container: usize) -> Option<NextTry> {
        self.machines.as_ref()?.next_try(pod, container, self.now())
    }

    /// When that pod is evicted for a taint of its node, if nothing changes until then.
    pub fn evicts_at(&self, pod: Uid) -> Option<Time> {
        self.node_controllers.as_ref()?.taint_eviction.evicts_at(pod)
    }

    /// Whether a CronJob is there whose starts pass by, since it is suspended or its controller is stopped: nothing happens
    /// by itself, but time goes on until somebody does something about it.
    pub fn lets_starts_pass(&self) -> bool {
        let is_stopped = self.cron_job_controller.is_none();
        let mut there = self.api.cron_jobs().filter(|cron_job| cron_job.meta.deletion_time.is_none());
        there.any(|cron_job| is_stopped || cron_job.spec.suspend)
    }

    /// Warnings and remarks about the manifests, and what commands have made of them since.
    pub fn notes(&self) -> &[Problem] {
        &self.notes
    }
}
