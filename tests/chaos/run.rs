//! One run of a seed: random acts while there are faults, then quiet until all has come to rest.

use super::faults::{Chaos, Controller};
use super::items::ItemBooks;
use super::plan::{Caches, Plan, Weather, plan};
use super::recount;
use jobscope::api::meta::Propagation;
use jobscope::api::pod::PodCondition;
use jobscope::api::{ConditionStatus, Gate, GateState, Job, Pod, PodConditionType, PodPhase, Uid};
use jobscope::apiserver::{ApiServer, DeleteGrace};
use jobscope::cluster::{Cluster, Command, NodeAct, RUN_START, Stream};
use jobscope::sim::{Random, Time};
use jobscope::workload::PodSettings;
use std::rc::Rc;

/// So long after the faults every Job must have ended, in seconds: 10 failures in a row wait for about an hour.
const PATIENCE_S: i64 = 6 * 3_600;
/// While consumers still run, their queue gets more items so often, in seconds.
const REFILL_S: i64 = 600;
/// So many entries of the agenda are more than any run needs.
const MAX_ENTRIES: usize = 400_000;
/// How often the answers of the cache are compared with a recount, in entries of the agenda.
const RECOUNT_EVERY: usize = 97;

/// A run at work.
pub struct Run {
    cluster: Cluster<Chaos>,
    random: Random,
    plan: Plan,
    items: ItemBooks,
    entries: usize,
}

impl Run {
    pub fn new(seed: u64) -> Result<Self, String> {
        let plan = plan(seed);
        let cluster = Cluster::wired(plan.scenario.clone(), Chaos::new(&plan))
            .map_err(|problems| format!("the manifest is refused: {problems:?}"))?;
        Ok(Self { cluster, random: Random::stream(seed, &[3]), plan, items: ItemBooks::default(), entries: 0 })
    }

    /// The manifest, and all that has happened, line by line.
    pub fn print(&self) {
        println!("{}", self.plan.scenario.manifest);
        for entry in self.cluster.trace() {
            println!("{:>10.3} {}", entry.at.ms_since(RUN_START) as f64 / 1_000.0, self.cluster.line(entry));
        }
    }

    /// Goes through with it.
    ///
    /// # Errors
    /// What is wrong.
    pub fn go(&mut self) -> Result<(), String> {
        if self.plan.caches != Caches::ShowOwnWrites {
            self.cluster.set_gate(Gate::StaleControllerConsistencyJob, GateState::Off);
        }
        self.set_delays();
        for _ in 0..self.plan.acts {
            let pause_ms = self.random.in_range(0, self.plan.pause_ms) as i64;
            self.go_on_until(self.cluster.now().plus_ms(pause_ms))?;
            self.act();
            self.befall_company();
            self.verdict()?;
        }
        self.calm_down();
        for _ in 0..PATIENCE_S / REFILL_S {
            self.refill();
            self.go_on_until(self.cluster.now().plus_seconds(REFILL_S))?;
        }
        self.cluster_checker(|checker, api| checker.at_rest(api));
        self.cluster.wiring_mut().cron_jobs.at_rest();
        self.items.at_rest()?;
        self.verdict()
    }

    /// Works off the agenda entry by entry.
    fn go_on_until(&mut self, until: Time) -> Result<(), String> {
        while let Some(next) = self.cluster.next_at().filter(|next| *next <= until) {
            self.cluster.run_until(next, 1);
            self.entries += 1;
            if self.cluster.wiring().faults.controller == Controller::Died {
                self.restart_controller();
            }
            if self.entries.is_multiple_of(RECOUNT_EVERY) {
                recount::compare(self.cluster.wiring().checker.view())?;
            }
            self.verdict()?;
            if self.entries > MAX_ENTRIES {
                return Err(format!("more than {MAX_ENTRIES} entries: something goes round in circles"));
            }
        }
        self.cluster.run_until(until, 1);
        Ok(())
    }

    fn verdict(&mut self) -> Result<(), String> {
        let Chaos { checker, cron_jobs, .. } = self.cluster.wiring();
        if let Some(queues) = self.cluster.queues() {
            let now = self.cluster.now();
            let fits = self.items.compare(queues.all(), &checker.containers, now);
            fits.map_err(|what| format!("at {} s: {what}", now.ms_since(RUN_START) as f64 / 1_000.0))?;
        }
        let violation = checker.violation().or(cron_jobs.violation.as_deref());
        violation.map_or(Ok(()), |what| Err(what.to_owned()))
    }

    fn cluster_checker(&mut self, tell: impl FnOnce(&mut super::checker::Checker, &ApiServer)) {
        let api = self.cluster.api().clone();
        tell(&mut self.cluster.wiring_mut().checker, &api);
    }

    fn restart_controller(&mut self) {
        self.cluster.wiring_mut().faults.controller = Controller::Lives;
        self.cluster.restart_job_controller();
        self.cluster_checker(|checker, api| checker.controller_started(api));
    }

    /// Something happens to what is there beside the Jobs, or to a node.
    fn befall_company(&mut self) {
        let nodes: Vec<String> = self.cluster.api().nodes().map(|node| node.meta.name.to_string()).collect();
        if let Some(command) = self.plan.company.next_act(&nodes) {
            self.do_to_company(command);
        }
    }

    /// More items for the consumers, as long as there are any.
    fn refill(&mut self) {
        let waits = |job: &Rc<Job>| &*job.meta.name == "consumers" && !job.is_finished();
        if self.plan.company.queue.is_some() && self.cluster.api().jobs().any(waits) {
            let command = self.plan.company.refill(20);
            self.do_to_company(command);
        }
    }

    fn do_to_company(&mut self, command: Command) {
        let count = if let Command::AddQueueItems(items) = &command { items.count } else { 0 };
        let restarts = command == Command::RestartController;
        if self.cluster.act(command).is_ok() {
            self.items.put += count as usize;
        }
        if restarts {
            self.cluster_checker(|checker, api| checker.controller_started(api));
            self.cluster.wiring_mut().cron_jobs.controller_started();
        }
    }

    /// Makes every watch late by a time of its own, which also changes the order between kinds.
    fn set_delays(&mut self) {
        for stream in Stream::ALL {
            let most_ms = match self.random.in_range(0, 2) {
                0 => 0,
                1 => self.plan.delay_ms / 50,
                _ => self.plan.delay_ms,
            };
            let delay_ms = match (stream, self.plan.caches) {
                (Stream::JobControllerJobs, Caches::PodsLate) => 10,
                _ => self.random.in_range(0, most_ms).max(10) as i64,
            };
            self.cluster.set_watch_delay_ms(stream, delay_ms);
        }
    }

    /// Faults stop, and what people did to keep a Job from ending is undone.
    fn calm_down(&mut self) {
        self.cluster.wiring_mut().faults.stop();
        for stream in Stream::ALL {
            self.cluster.set_watch_delay_ms(stream, 10);
        }
        let good = PodSettings { failure_percent: 0.0, max_duration_ms: 5_000, ..PodSettings::default() };
        self.try_to(Command::SetPods { job: String::new(), settings: good });
        let nodes: Vec<String> = self.cluster.api().nodes().map(|node| node.meta.name.to_string()).collect();
        for node in nodes {
            self.try_to(Command::Node { node: node.clone(), act: NodeAct::Restore });
            self.try_to(Command::Node { node, act: NodeAct::Uncordon });
        }
        // Twice something new, so that the controller looks once more: see `tests/cron_chaos.rs`.
        self.try_to(Command::ResumeCronJob { cron_job: "cron".to_owned() });
        self.try_to(Command::SuspendCronJob { cron_job: "cron".to_owned() });
        for job in self.jobs() {
            let name = job.meta.name.to_string();
            if job.spec.suspend {
                self.try_to(Command::Resume { job: name.clone() });
            }
            if job.spec.parallelism == 0 {
                self.try_to(Command::SetParallelism { job: name, parallelism: 2 });
            }
        }
    }

    /// One thing that somebody does, or that befalls the cluster.
    fn act(&mut self) {
        let stormy = self.plan.weather == Weather::Stormy;
        let (pod, job) = (self.any_pod(), self.any_job());
        let pod_name = || pod.as_ref().map_or(String::new(), |pod| pod.meta.name.to_string());
        let job_name = || job.as_ref().map_or(String::new(), |job| job.meta.name.to_string());
        match self.random.in_range(0, 99) {
            0..=14 => {
                let exit_code = [1, 3, 42][self.random.in_range(0, 2) as usize];
                self.try_to(Command::FailPod { pod: pod_name(), exit_code });
            }
            15..=24 => self.try_to(Command::SucceedPod { pod: pod_name() }),
            25..=39 => self.try_to(Command::DeletePod { pod: pod_name() }),
            40..=43 => {
                let propagation = [Propagation::Background, Propagation::Foreground, Propagation::Orphan];
                let propagation = propagation[self.random.in_range(0, 2) as usize];
                self.try_to(Command::DeleteJob { job: job_name(), propagation });
            }
            44..=51 => self.try_to(Command::Suspend { job: job_name() }),
            52..=59 => self.try_to(Command::Resume { job: job_name() }),
            60..=69 => {
                let parallelism = self.random.in_range(0, 5) as i32;
                self.try_to(Command::SetParallelism { job: job_name(), parallelism });
            }
            70..=75 => self.stretch(job.map(|job| job.meta.uid)),
            76..=80 => self.force_delete(pod.map(|pod| pod.meta.uid)),
            81..=86 => self.lose_node(pod.and_then(|pod| pod.node.clone())),
            87..=92 if stormy => self.restart_controller(),
            93..=99 if stormy => self.set_delays(),
            _ => {}
        }
    }

    /// Does what the command says, if it makes sense.
    fn try_to(&mut self, command: Command) {
        let refused = self.cluster.act(command);
        drop(refused);
    }

    /// Changes the completions of an elastic Indexed Job.
    fn stretch(&mut self, job: Option<Uid>) {
        let count = self.random.in_range(1, 6) as i32;
        let Some(job) = job else { return };
        let refused = self.cluster.with_api(|api| {
            api.update_job_spec(job, |spec| (spec.completions, spec.parallelism) = (Some(count), Some(count)))
        });
        drop(refused);
    }

    fn force_delete(&mut self, pod: Option<Uid>) {
        let Some(pod) = pod else { return };
        let refused = self.cluster.with_api(|api| api.delete_pod(pod, DeleteGrace::Seconds(0)));
        drop(refused);
    }

    /// A node is gone for good: its pods fail by disruption and are deleted.
    // Models pkg/controller/podgc/gc_controller.go markFailedAndDeletePod
    fn lose_node(&mut self, node: Option<Rc<str>>) {
        let Some(node) = node else { return };
        self.cluster.with_api(|api| {
            let here = |pod: &&Rc<Pod>| pod.node.as_ref() == Some(&node);
            let pods: Vec<Uid> = api.pods().filter(here).map(|pod| pod.meta.uid).collect();
            for pod in pods {
                let lost =
                    api.update_pod(pod, fail_by_disruption).and_then(|()| api.delete_pod(pod, DeleteGrace::Seconds(0)));
                drop(lost);
            }
        });
    }

    fn jobs(&self) -> Vec<Rc<Job>> {
        self.cluster.api().jobs().cloned().collect()
    }

    fn any_job(&mut self) -> Option<Rc<Job>> {
        pick(&mut self.random, self.cluster.api().jobs().collect())
    }

    fn any_pod(&mut self) -> Option<Rc<Pod>> {
        let goes = |pod: &&Rc<Pod>| !matches!(pod.status.phase, PodPhase::Succeeded | PodPhase::Failed);
        pick(&mut self.random, self.cluster.api().pods().filter(goes).collect())
    }
}

fn fail_by_disruption(pod: &mut Pod) {
    if matches!(pod.status.phase, PodPhase::Succeeded | PodPhase::Failed) {
        return;
    }
    pod.status.phase = PodPhase::Failed;
    pod.status.conditions.push(PodCondition {
        kind: PodConditionType::DisruptionTarget,
        status: ConditionStatus::True,
        reason: "DeletionByPodGC".into(),
        message: Some("PodGC: node no longer exists".into()),
        last_transition_time: None,
    });
}

fn pick<T>(random: &mut Random, all: Vec<&Rc<T>>) -> Option<Rc<T>> {
    let last = all.len().checked_sub(1)?;
    Some(all[random.in_range(0, last as u64) as usize].clone())
}
