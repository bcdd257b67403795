//! The nodes' side of a cluster: machines, scheduler, kubelets and what runs on them, as one.

use super::{QueueItems, Scenario};
use crate::api::{Node, Pod, Resources, Uid};
use crate::apiserver::{ApiServer, Change};
use crate::nodes::{Kubelets, NextTry, NodeEvent, NodeTurn, Outages, Power, Scheduler, Wakes, WhichRun};
use crate::sim::Time;
use crate::workload::{CallFailure, LogView, PodSettings, Queues, Workloads};

/// The nodes are spread over these, one after the other.
const ZONES: [&str; 3] = ["zone-a", "zone-b", "zone-c"];

/// Machines, scheduler, kubelets and workloads.
#[derive(Clone, Debug)]
pub struct Machines {
    outages: Outages,
    scheduler: Scheduler,
    kubelets: Kubelets,
    workloads: Workloads,
    /// What is still to be put into queues.
    to_load: Vec<QueueItems>,
    /// How many nodes there were so far, those that have gone included.
    nodes_seen: usize,
}

impl Machines {
    /// Registers the nodes of the scenario and starts what runs on them. They were there before the run began: no watch
    /// tells of them.
    pub fn new(scenario: &Scenario, api: &mut ApiServer, wakes: &mut Wakes) -> Self {
        let nodes = scenario.nodes.within_bounds();
        let digits = nodes.count.to_string().len();
        let mut outages = Outages::new(scenario.seed, nodes.outages());
        for number in 0..nodes.count as usize {
            let name = format!("node-{:0digits$}", number + 1);
            let added = api.add_node(Node::ready(&name, zone(number), nodes.room(), api.now()));
            debug_assert!(added.is_ok(), "the names differ");
        }
        let now = api.now();
        api.nodes().for_each(|node| outages.add(node, now, wakes));
        api.take_notices().for_each(drop);
        Self {
            outages,
            scheduler: Scheduler::new(api),
            kubelets: Kubelets::new(api),
            workloads: Workloads::new(scenario.seed, scenario.pods.clone(), scenario.jobs.clone()),
            to_load: scenario.queues.clone(),
            nodes_seen: nodes.count as usize,
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

    pub fn scheduler_hears_of_node(&mut self, change: &Change<Node>, now: Time, wakes: &mut Wakes) {
        self.scheduler.on_node(change, now, wakes);
    }

    pub fn kubelets_hear(&mut self, change: &Change<Pod>, api: &mut ApiServer, wakes: &mut Wakes) {
        self.kubelets.on_pod(change, &mut NodeTurn { api, workloads: &mut self.workloads, wakes });
    }

    pub fn on_event(&mut self, event: NodeEvent, api: &mut ApiServer, wakes: &mut Wakes) {
        match event {
            NodeEvent::Schedule { .. } | NodeEvent::ScheduleWaiting => self.scheduler.on_event(event, api),
            NodeEvent::PodDue { .. } | NodeEvent::ContainerDue { .. } | NodeEvent::ProbeDue { .. } => {
                self.kubelets.on_event(event, &mut NodeTurn { api, workloads: &mut self.workloads, wakes });
                self.load_queues(api, wakes);
            }
            NodeEvent::MachineDue { node, turn } => {
                if let Some((name, power)) = self.outages.due(node, turn) {
                    self.switch(&name, power, api, wakes);
                }
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

    /// Whether the machine of that node runs; `None` when there is none.
    pub fn power(&self, node: &str) -> Option<Power> {
        self.outages.power(node)
    }

    /// A machine fails or comes back.
    pub fn switch(&mut self, node: &str, power: Power, api: &mut ApiServer, wakes: &mut Wakes) {
        self.outages.switch(node, power, api, wakes);
        let turn = &mut NodeTurn { api, workloads: &mut self.workloads, wakes };
        match power {
            Power::On => self.kubelets.come_back(node, turn),
            Power::Off => self.kubelets.go_dark(node, turn),
        }
    }

    /// A new machine joins as a node of that name.
    ///
    /// # Errors
    /// A sentence when there is such a node already.
    pub fn add(&mut self, name: &str, room: Resources, api: &mut ApiServer, wakes: &mut Wakes) -> Result<(), String> {
        let node = Node::ready(name, zone(self.nodes_seen), room, api.now());
        api.add_node(node).map_err(|error| error.to_string())?;
        self.nodes_seen += 1;
        if let Some(node) = api.node(name) {
            self.kubelets.add_node(node);
            self.outages.add(node, api.now(), wakes);
        }
        Ok(())
    }

    /// The machine of a node goes for good, without a word.
    pub fn remove(&mut self, name: &str, api: &mut ApiServer, wakes: &mut Wakes) {
        self.outages.remove(name);
        self.kubelets.remove_node(name, &mut NodeTurn { api, workloads: &mut self.workloads, wakes });
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

    pub fn next_try(&self, pod: Uid, container: usize, now: Time) -> Option<NextTry> {
        self.kubelets.next_try(pod, container, now)
    }

    pub fn expected_end(&self, pod: Uid) -> Option<Time> {
        self.kubelets.expected_end(pod)
    }
}

fn zone(number: usize) -> &'static str {
    ZONES[number % ZONES.len()]
}
