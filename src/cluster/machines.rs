//! The nodes' side of a cluster: scheduler, kubelets and what runs on them, as one.

use super::Scenario;
use crate::api::{Node, ObjectMeta, Pod, Uid};
use crate::apiserver::{ApiServer, Change};
use crate::nodes::{Kubelets, NodeEvent, NodeTurn, Scheduler, Wakes, WhichRun};
use crate::sim::Time;
use crate::workload::{LogView, PodSettings, Workloads};

/// Scheduler, kubelets and workloads.
#[derive(Clone, Debug)]
pub struct Machines {
    scheduler: Scheduler,
    kubelets: Kubelets,
    workloads: Workloads,
}

impl Machines {
    /// Registers the nodes of the scenario and starts what runs on them.
    pub fn new(scenario: &Scenario, api: &mut ApiServer) -> Self {
        let nodes = scenario.nodes.within_bounds();
        let digits = nodes.count.to_string().len();
        for number in 1..=nodes.count {
            let name = format!("node-{number:0digits$}").into();
            api.add_node(Node { meta: ObjectMeta { name, ..Default::default() }, pods_capacity: nodes.pods_each });
        }
        Self {
            scheduler: Scheduler::new(api),
            kubelets: Kubelets::new(api),
            workloads: Workloads::new(scenario.seed, scenario.pods.clone(), scenario.jobs.clone()),
        }
    }

    pub fn set_pods(&mut self, job: &str, settings: PodSettings) {
        self.workloads.set(job, settings);
    }

    /// A Job is gone: nothing need be remembered of it.
    pub fn forget_job(&mut self, job: Uid) {
        self.workloads.forget_job(job);
    }

    pub fn scheduler_hears(&mut self, change: &Change<Pod>, now: Time, wakes: &mut Wakes) {
        self.scheduler.on_pod(change, now, wakes);
    }

    pub fn kubelets_hear(&mut self, change: &Change<Pod>, api: &mut ApiServer, wakes: &mut Wakes) {
        self.kubelets.on_pod(change, &mut NodeTurn { api, workloads: &mut self.workloads, wakes });
    }

    pub fn on_event(&mut self, event: NodeEvent, api: &mut ApiServer, wakes: &mut Wakes) {
        match event {
            NodeEvent::Schedule { .. } | NodeEvent::ScheduleWaiting => self.scheduler.on_event(event, api),
            NodeEvent::PodDue { .. } | NodeEvent::ContainerDue { .. } | NodeEvent::ProbeDue { .. } => {
                self.kubelets.on_event(event, &mut NodeTurn { api, workloads: &mut self.workloads, wakes });
            }
        }
    }

    /// Ends the running containers of a pod.
    ///
    /// # Errors
    /// A sentence when none is running.
    pub fn end_pod(&mut self, pod: Uid, exit_code: i32, api: &mut ApiServer, wakes: &mut Wakes) -> Result<(), String> {
        self.kubelets.end_pod(pod, exit_code, &mut NodeTurn { api, workloads: &mut self.workloads, wakes })
    }

    /// The log of a run of a pod's container, counted from the init containers.
    pub fn log(&self, pod: &Pod, container: usize, which: WhichRun, now: Time) -> Option<LogView> {
        self.kubelets.log(pod, container, which, &self.workloads, now)
    }

    pub fn expected_end(&self, pod: Uid) -> Option<Time> {
        self.kubelets.expected_end(pod)
    }
}
