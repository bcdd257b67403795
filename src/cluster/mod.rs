//! The world: it owns the API server, the controllers and the nodes, and moves them along one agenda. It is the only
//! owner of any of them; components never hold each other.

mod acts;
mod command;
mod cron_jobs;
mod deliver;
mod digest;
pub mod gallery;
mod history;
mod keep;
pub mod link;
mod logs;
mod machines;
mod node_acts;
mod node_controllers;
mod print;
mod recorder;
mod scenario;
mod timeline;
mod trace;
mod views;
mod watches;
mod wiring;

pub use command::{Command, NodeAct, TimedCommand};
pub use history::{History, PodRecord};
pub use scenario::{NodeSettings, QueueItems, Scenario, Start};
pub use timeline::{Branch, Notes, Timeline};
pub use trace::{NodeChange, TraceEntry, TraceEvent};
pub use views::{BackoffView, QueueView};
pub use watches::{Stream, WATCH_DELAY_MS};
pub use wiring::{Plain, Wiring};

use crate::api::manifest::{self, Object};
use crate::api::problem::{Position, Problem, Severity};
use crate::api::{Gates, Job};
use crate::apiserver::ApiServer;
use crate::controllers::cronjob::CronJobController;
use crate::controllers::deployment::DeploymentController;
use crate::controllers::garbage_collector::GarbageCollector;
use crate::controllers::job::{JobController, Tunables};
use crate::controllers::replica_set::ReplicaSetController;
use crate::controllers::ttl_after_finished::{TtlAfterFinished, needs_cleanup};
use crate::nodes::{NodeEvent, Wakes};
use crate::sim::{Agenda, Time};
use machines::Machines;
use node_controllers::NodeControllers;
use recorder::Recorder;
use watches::{Watches, listed};

/// The moment at which runs start whose scenario says nothing else: 2026-01-01T00:00:00Z.
pub const RUN_START: Time = Time::from_epoch_ms(1_767_225_600_000);

/// How many entries of one moment are worked off at the most before a person's act is carried out.
const MOMENT_BUDGET: usize = 10_000_000;

/// A cluster at work.
#[derive(Clone, Debug)]
pub struct Cluster<W = Plain> {
    wiring: W,
    scenario: Scenario,
    /// How many of the scenario's commands have been carried out.
    commands_done: usize,
    agenda: Agenda<Entry>,
    api: ApiServer,
    watches: Watches,
    job_controller: Option<JobController>,
    cron_job_controller: Option<CronJobController>,
    /// How many syncs there were of controllers that are gone, for numbering.
    syncs_before: Syncs,
    garbage_collector: Option<GarbageCollector>,
    replica_set_controller: ReplicaSetController,
    deployment_controller: DeploymentController,
    ttl_after_finished: Option<TtlAfterFinished>,
    machines: Option<Machines>,
    node_controllers: Option<NodeControllers>,
    /// When each worker has its next entry on the agenda.
    work_at: WorkAt,
    recorder: Recorder,
    /// Empty between entries; kept for its room.
    wakes: Wakes,
    tunables: Tunables,
    /// What there is to say about the manifest, though it is good.
    notes: Vec<Problem>,
}

/// An entry of the agenda.
#[derive(Clone, Copy, Debug)]
enum Entry {
    Deliver(Stream),
    Work(Worker),
    Node(NodeEvent),
}

/// The components that work off a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Worker {
    JobController,
    GarbageCollector,
    CronJobController,
    ReplicaSetController,
    DeploymentController,
    TtlAfterFinished,
    NodeControllers,
}

/// Numbers of syncs.
#[derive(Clone, Copy, Debug, Default)]
struct Syncs {
    job: u32,
    cron_job: u32,
}

/// The next entry of each worker.
#[derive(Clone, Copy, Debug, Default)]
struct WorkAt {
    job_controller: Option<Time>,
    garbage_collector: Option<Time>,
    cron_job_controller: Option<Time>,
    replica_set_controller: Option<Time>,
    deployment_controller: Option<Time>,
    ttl_after_finished: Option<Time>,
    node_controllers: Option<Time>,
}

impl WorkAt {
    fn of(&mut self, worker: Worker) -> &mut Option<Time> {
        match worker {
            Worker::JobController => &mut self.job_controller,
            Worker::GarbageCollector => &mut self.garbage_collector,
            Worker::CronJobController => &mut self.cron_job_controller,
            Worker::ReplicaSetController => &mut self.replica_set_controller,
            Worker::DeploymentController => &mut self.deployment_controller,
            Worker::TtlAfterFinished => &mut self.ttl_after_finished,
            Worker::NodeControllers => &mut self.node_controllers,
        }
    }
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The moment asked for.
    Reached,
    /// Not that far: the budget is spent. Call again.
    BudgetSpent,
    /// Nothing is left to happen.
    Idle,
}

/// What a bare cluster is made of: an API server and controllers, without nodes.
#[derive(Clone, Debug, Default)]
pub struct BareCluster {
    pub gates: Gates,
    pub tunables: Tunables,
    pub garbage_collector: Option<GarbageCollector>,
    pub ttl_after_finished: Option<TtlAfterFinished>,
    pub job_event_delay_ms: Option<i64>,
}

impl Cluster {
    /// The cluster of a scenario at the start of its run: the nodes are there and the manifests have been applied.
    ///
    /// # Errors
    /// All that is wrong with the manifests, with its place.
    pub fn new(scenario: Scenario) -> Result<Self, Vec<Problem>> {
        Self::wired(scenario, Plain)
    }

    /// A cluster without nodes, whose pods change only by hand: for replaying upstream's integration tests.
    pub fn bare(parts: BareCluster) -> Self {
        let mut cluster = Self::empty(Scenario::default(), parts.tunables, parts.gates, Plain);
        cluster.garbage_collector = parts.garbage_collector;
        cluster.ttl_after_finished = parts.ttl_after_finished;
        if let Some(delay_ms) = parts.job_event_delay_ms {
            cluster.watches.set_delay_ms(Stream::JobControllerJobs, delay_ms);
        }
        cluster
    }
}

impl<W: Wiring> Cluster<W> {
    /// The cluster of a scenario, as [`new`](Cluster::new) makes it, with a wiring of the caller's.
    ///
    /// # Errors
    /// All that is wrong with the manifests, with its place.
    pub fn wired(scenario: Scenario, wiring: W) -> Result<Self, Vec<Problem>> {
        let reading = manifest::read(&scenario.manifest, &scenario.gates);
        if reading.has_errors() {
            return Err(reading.problems);
        }
        let gates = scenario.gates.clone();
        let mut cluster = Self::empty(scenario, Tunables::default(), gates, wiring);
        let mut wakes = Wakes::new();
        cluster.machines = Some(Machines::new(&cluster.scenario, &mut cluster.api, &mut wakes));
        cluster.node_controllers = Some(NodeControllers::default());
        cluster.plan_wakes(wakes);
        for object in reading.objects {
            let created = match object {
                Object::Job(job) => cluster.api.create_job(*job).map(|_| ()),
                Object::CronJob(cron_job) => cluster.api.create_cron_job(*cron_job).map(|_| ()),
                Object::ReplicaSet(set) => cluster.api.create_replica_set(*set).map(|_| ()),
                Object::Deployment(deployment) => cluster.api.create_deployment(*deployment).map(|_| ()),
                Object::Service(service) => cluster.api.create_service(*service).map(|_| ()),
            };
            created.map_err(|error| vec![without_place(Severity::Error, error.to_string())])?;
        }
        cluster.notes = reading.problems;
        cluster.settle();
        Ok(cluster)
    }

    fn empty(scenario: Scenario, tunables: Tunables, gates: Gates, wiring: W) -> Self {
        let start = scenario.start.time();
        let mut api = ApiServer::new(start, scenario.seed);
        api.gates = gates.clone();
        Self {
            wiring,
            commands_done: 0,
            agenda: Agenda::new(start),
            api,
            watches: Watches::default(),
            job_controller: Some(JobController::new(gates, tunables, 0)),
            cron_job_controller: Some(CronJobController::new(0)),
            syncs_before: Syncs::default(),
            garbage_collector: Some(GarbageCollector::default()),
            replica_set_controller: ReplicaSetController::default(),
            deployment_controller: DeploymentController::default(),
            ttl_after_finished: Some(TtlAfterFinished::default()),
            machines: None,
            node_controllers: None,
            work_at: WorkAt::default(),
            recorder: Recorder::default(),
            wakes: Wakes::new(),
            tunables,
            scenario,
            notes: Vec::new(),
        }
    }

    /// When the next thing happens, a command of the scenario included.
    pub fn next_at(&self) -> Option<Time> {
        [self.agenda.next_at(), self.next_command_at()].into_iter().flatten().min()
    }

    /// Goes on to `time`, working off at most `budget` entries of the agenda.
    pub fn run_until(&mut self, time: Time, budget: usize) -> Progress {
        for _ in 0..budget {
            match self.next_at() {
                Some(next) if next <= time => self.take_next(),
                next => {
                    self.advance_to(time);
                    return if next.is_none() { Progress::Idle } else { Progress::Reached };
                }
            }
        }
        Progress::BudgetSpent
    }

    /// Goes on to the end of the next moment in which something can be seen to happen.
    pub fn step(&mut self) -> Progress {
        let seen = self.recorder.trace.count();
        while let Some(next) = self.next_at() {
            if self.recorder.trace.count() > seen && next > self.now() {
                return Progress::Reached;
            }
            self.take_next();
        }
        if self.recorder.trace.count() > seen { Progress::Reached } else { Progress::Idle }
    }

    /// Whether every Job is gone, managed elsewhere, or finished for good (not to be deleted by its TTL), no CronJob will
    /// start another, no pod that can end is on its way, and no command is still to come.
    pub fn is_done(&self) -> bool {
        self.next_command_at().is_none()
            && self.recorder.live_pods == 0
            && self.watches.is_empty()
            && self.api.jobs().all(|job| self.is_settled(job) && job.meta.deletion_time.is_none())
            && self.garbage_collector.as_ref().is_none_or(|collector| collector.next_due(self.now()).is_none())
            && self.no_start_is_due()
    }

    /// Whether no CronJob is there for whose next start its controller waits.
    fn no_start_is_due(&self) -> bool {
        let controller = self.cron_job_controller.as_ref();
        self.api.cron_jobs().next().is_none()
            || controller.is_none_or(|controller| controller.next_due(self.now()).is_none())
    }

    /// Whether nothing will happen to the Job by itself any more.
    fn is_settled(&self, job: &Job) -> bool {
        let left_alone = job.is_finished() || job.external_manager().is_some();
        left_alone && !self.will_delete(job)
    }

    /// Whether the Job has ended and its TTL is still to delete it.
    fn will_delete(&self, job: &Job) -> bool {
        self.ttl_after_finished.is_some() && needs_cleanup(job)
    }

    fn has_commands_to_come(&self) -> bool {
        self.commands_done < self.scenario.commands.len()
    }

    fn next_command_at(&self) -> Option<Time> {
        let command = self.scenario.commands.get(self.commands_done)?;
        Some(self.start().plus_ms(command.at_ms).max(self.now()))
    }

    fn advance_to(&mut self, time: Time) {
        self.agenda.advance_to(time);
        self.api.set_now(self.agenda.now());
    }

    /// Works off one entry. Commands come after all else of their moment.
    fn take_next(&mut self) {
        let command = self.next_command_at().filter(|at| self.agenda.next_at().is_none_or(|next| *at < next));
        if let Some(at) = command {
            self.advance_to(at);
            self.carry_out_next_command();
        } else if let Some(entry) = self.agenda.take_next() {
            self.api.set_now(self.agenda.now());
            match entry {
                Entry::Deliver(stream) => self.deliver(stream),
                Entry::Work(worker) => self.work(worker),
                Entry::Node(event) => self.node_event(event),
            }
        }
        self.settle();
    }

    /// Works off everything that is due now.
    fn finish_moment(&mut self) {
        self.run_until(self.now(), MOMENT_BUDGET);
    }

    fn node_event(&mut self, event: NodeEvent) {
        let mut wakes = std::mem::take(&mut self.wakes);
        if let Some(machines) = &mut self.machines {
            machines.on_event(event, &mut self.api, &mut wakes);
        }
        self.plan_wakes(wakes);
    }

    fn plan_wakes(&mut self, mut wakes: Wakes) {
        for (at, event) in wakes.drain(..) {
            self.agenda.add(at, Entry::Node(event));
        }
        self.wakes = wakes;
    }

    fn work(&mut self, worker: Worker) {
        let now = self.now();
        let planned = self.work_at.of(worker);
        if *planned != Some(now) {
            return; // An earlier entry has been put in since.
        }
        *planned = None;
        match worker {
            Worker::JobController => {
                let (wiring, api) = (&mut self.wiring, &mut self.api);
                let record = self.job_controller.as_mut().and_then(|controller| wiring.work(controller, now, api));
                self.take_notices();
                if let Some(record) = record {
                    self.recorder.decided(record, now);
                }
            }
            Worker::CronJobController => self.work_on_cron_job(),
            Worker::ReplicaSetController => self.replica_set_controller.work(now, &mut self.api),
            Worker::DeploymentController => self.deployment_controller.work(now, &mut self.api),
            Worker::GarbageCollector => {
                if let Some(collector) = &mut self.garbage_collector {
                    collector.work(now, &mut self.api);
                }
            }
            Worker::TtlAfterFinished => {
                if let Some(controller) = &mut self.ttl_after_finished {
                    controller.work(now, &mut self.api);
                }
            }
            Worker::NodeControllers => {
                if let Some(controllers) = &mut self.node_controllers {
                    controllers.work(&mut self.api);
                }
            }
        }
    }

    /// After each entry: what has changed goes into the watches and the trace, and workers with work get an entry.
    fn settle(&mut self) {
        self.take_notices();
        let now = self.now();
        let cron_job_controller = self.cron_job_controller.as_ref();
        let due = [
            (Worker::JobController, self.job_controller.as_ref().and_then(|controller| controller.next_due(now))),
            (Worker::GarbageCollector, self.garbage_collector.as_ref().and_then(|collector| collector.next_due(now))),
            (Worker::CronJobController, cron_job_controller.and_then(|controller| controller.next_due(now))),
            (Worker::ReplicaSetController, self.replica_set_controller.next_due(now)),
            (Worker::DeploymentController, self.deployment_controller.next_due(now)),
            (
                Worker::TtlAfterFinished,
                self.ttl_after_finished.as_ref().and_then(|controller| controller.next_due(now)),
            ),
            (Worker::NodeControllers, self.node_controllers.as_ref().and_then(|them| them.next_due(now))),
        ];
        for (worker, due) in due {
            if let Some(due) = due
                && self.work_at.of(worker).is_none_or(|planned| due < planned)
            {
                *self.work_at.of(worker) = Some(due);
                self.agenda.add(due, Entry::Work(worker));
            }
        }
    }

    fn take_notices(&mut self) {
        let now = self.now();
        let deaf = self.deaf_stream();
        let machines = self.machines.as_ref();
        for notice in self.api.take_notices() {
            self.wiring.changed(&notice, now);
            self.recorder.observe(&notice, now, |pod| machines.and_then(|machines| machines.expected_end(pod)));
            let plan = |due, stream| self.agenda.add(due, Entry::Deliver(stream));
            self.watches.publish(&notice, now, deaf, plan);
        }
    }

    /// Starts a Job controller with nothing in its memory; one that runs is ended first.
    fn start_job_controller(&mut self) {
        self.stop_job_controller();
        let mut controller = JobController::new(self.api.gates.clone(), self.tunables, self.syncs_before.job);
        let now = self.now();
        for stream in [Stream::JobControllerJobs, Stream::JobControllerPods] {
            self.watches.clear(stream);
        }
        for job in self.api.jobs() {
            controller.on_job(&listed(job.clone()), now);
        }
        for pod in self.api.pods() {
            controller.on_pod(&listed(pod.clone()), now);
        }
        self.job_controller = Some(controller);
    }
}

/// What the API server says that no line of the manifest shows.
fn without_place(severity: Severity, message: String) -> Problem {
    Problem { severity, start: Position::WHOLE_TEXT, end: None, field_path: None, message }
}
