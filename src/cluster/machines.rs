//! The nodes' side of a cluster: scheduler, kubelets and what runs on them, as one.

use super::{QueueItems, Scenario};
use crate::api::{Node, ObjectMeta, Pod, Uid};
use crate::apiserver::{ApiServer, Change};
use crate::nodes::{Kubelets, NodeEvent, NodeTurn, Scheduler, Wakes};
use crate::sim::Time;
use crate::workload::{CallFailure, PodSettings, Queues, Workloads};

/// Scheduler, kubelets and workloads.
#[derive(Clone, Debug)]
pub struct Machines {
    scheduler: Scheduler,
    kubelets: Kubelets,
    workloads: Workloads,
    /// What is still to be put into queues.
    to_load: Vec<QueueItems>,
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
            to_load: scenario.queues.clone(),
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
            NodeEvent::PodDue { .. } | NodeEvent::ContainerDue { .. } => {
                self.kubelets.on_event(event, &mut NodeTurn { api, workloads: &mut self.workloads, wakes });
                self.load_queues(api, wakes);
            }
        }
    }

    /// Puts items into a queue of a broker.
    ///
    /// # Errors
    /// Why the broker cannot be reached, or has no room.
    pub fn put_items(&mut self, items: &QueueItems, api: &mut ApiServer, wakes: &mut Wakes) -> Result<(), CallFailure> {
        let QueueItems { service, queue, count } = items;
        Kubelets::put_items(service, queue, *count, &mut NodeTurn { api, workloads: &mut self.workloads, wakes })
    }

    pub fn queues(&self) -> &Queues {
        &self.workloads.queues
    }

    /// Puts the first items into queues that can be reached by now.
    fn load_queues(&mut self, api: &mut ApiServer, wakes: &mut Wakes) {
        for items in std::mem::take(&mut self.to_load) {
            match self.put_items(&items, api, wakes) {
                Err(CallFailure::NoSuchHost | CallFailure::Refused) => self.to_load.push(items),
                Ok(()) | Err(CallFailure::NoQueue | CallFailure::Closed | CallFailure::Full) => {}
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

    pub fn expected_end(&self, pod: Uid) -> Option<Time> {
        self.kubelets.expected_end(pod)
    }
}
