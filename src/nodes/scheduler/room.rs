//! The nodes as the scheduler knows them: how much room is taken, what keeps a pod off a node, and how that is said. It
//! decides nothing.

use crate::api::node::UNSCHEDULABLE_TAINT;
use crate::api::{Node, Resources, Scheduling, Taint, TaintEffect};
use std::rc::Rc;

/// A node and what the pods on it have taken.
#[derive(Clone, Debug)]
pub struct NodeRoom {
    pub node: Rc<Node>,
    pub used: Resources,
    pub presence: Presence,
}

/// Whether a node is still registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    There,
    Gone,
}

/// Why a pod cannot be put on a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Obstacles {
    /// In upstream's words; empty when there are none.
    pub reasons: Vec<&'static str>,
    pub cure: Cure,
}

/// Whether other pods of the node could make room by going.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cure {
    #[default]
    OthersGo,
    None,
}

impl NodeRoom {
    pub fn new(node: Rc<Node>) -> Self {
        Self { node, used: Resources::default(), presence: Presence::There }
    }

    /// For how many more pods there is room, whatever they ask for.
    pub fn free_pods(&self) -> u32 {
        self.node.allocatable.pods.saturating_sub(self.used.pods)
    }

    /// Whether the pod can be put here when `reserved` is kept free for others.
    pub fn fits(&self, pod: &Scheduling, reserved: Resources) -> bool {
        self.keeps_away(pod).is_none() && !lacks(pod.requests, self.used.plus(reserved), self.node.allocatable).any()
    }

    /// What is in the pod's way here.
    // Models pkg/scheduler/framework/plugins (nodeunschedulable, tainttoleration, nodeaffinity, noderesources) Filter
    pub fn obstacles(&self, pod: &Scheduling, reserved: Resources) -> Obstacles {
        if let Some(reason) = self.keeps_away(pod) {
            return Obstacles { reasons: vec![reason], cure: Cure::None };
        }
        let allocatable = self.node.allocatable;
        let reasons = lacks(pod.requests, self.used.plus(reserved), allocatable).reasons();
        let is_too_large = lacks(pod.requests, Resources::default(), allocatable).any();
        Obstacles { reasons, cure: if is_too_large { Cure::None } else { Cure::OthersGo } }
    }

    fn keeps_away(&self, pod: &Scheduling) -> Option<&'static str> {
        let cordon = || Taint::new(UNSCHEDULABLE_TAINT, TaintEffect::NoSchedule);
        if self.node.unschedulable && !pod.tolerates(&cordon()) {
            Some("node(s) were unschedulable")
        } else if !pod.tolerates_node(&self.node) {
            Some("node(s) had untolerated taint(s)")
        } else if !pod.selects(&self.node) {
            Some("node(s) didn't match Pod's node affinity/selector")
        } else {
            None
        }
    }
}

/// Which of its requests a node cannot serve.
struct Lacks {
    pods: bool,
    cpu: bool,
    memory: bool,
}

impl Lacks {
    fn any(&self) -> bool {
        self.pods || self.cpu || self.memory
    }

    fn reasons(&self) -> Vec<&'static str> {
        let said = [
            (self.pods, "Too many pods"),
            (self.cpu, "Insufficient cpu"),
            (self.memory, "Insufficient memory"),
        ];
        said.into_iter().filter(|(lacks, _)| *lacks).map(|(_, reason)| reason).collect()
    }
}

// Models pkg/scheduler/framework/plugins/noderesources/fit.go fitsRequest
fn lacks(asked: Resources, used: Resources, allocatable: Resources) -> Lacks {
    let free = allocatable.minus(used);
    Lacks {
        pods: asked.pods > free.pods,
        cpu: asked.cpu_millis > 0 && asked.cpu_millis > free.cpu_millis,
        memory: asked.memory_bytes > 0 && asked.memory_bytes > free.memory_bytes,
    }
}

/// Counts reasons and says them as upstream does.
#[derive(Debug, Default)]
pub struct Tally(Vec<(&'static str, u32)>);

impl Tally {
    pub fn add(&mut self, reason: &'static str) {
        match self.0.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => self.0.push((reason, 1)),
        }
    }

    /// `0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods.`
    // Models pkg/scheduler/framework/types.go FitError Error
    pub fn sentence(&self, nodes: usize) -> String {
        let mut lines: Vec<String> = Vec::with_capacity(self.0.len());
        for (reason, count) in &self.0 {
            let line = format!("{count} {reason}");
            let place = lines.iter().position(|other| *other > line).unwrap_or(lines.len());
            lines.insert(place, line);
        }
        format!("0/{nodes} nodes are available: {}.", lines.join(", "))
    }
}
