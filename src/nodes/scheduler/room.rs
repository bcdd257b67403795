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
        let said = [(self.pods, "Too many pods"), (self.cpu, "Insufficient cpu"), (self.memory, "Insufficient memory")];
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Time;

    fn room(cpu_millis: u64, memory_bytes: u64, pods: u32) -> Resources {
        Resources { cpu_millis, memory_bytes, pods }
    }

    #[test]
    fn what_is_in_the_way_is_said_as_upstream_says_it() {
        let node = Node::ready("node-1", "zone-a", room(1_000, 100, 3), Time::default());
        let full = |used| NodeRoom { used, ..NodeRoom::new(Rc::new(node.clone())) };
        for (used, asked, reasons, cure) in [
            (room(0, 0, 0), room(1_000, 100, 1), &[][..], Cure::OthersGo),
            (room(1, 0, 0), room(1_000, 100, 1), &["Insufficient cpu"], Cure::OthersGo),
            (room(0, 1, 0), room(1_000, 100, 1), &["Insufficient memory"], Cure::OthersGo),
            (room(0, 0, 0), room(1_001, 0, 1), &["Insufficient cpu"], Cure::None),
            (room(0, 0, 0), room(1_001, 101, 1), &["Insufficient cpu", "Insufficient memory"], Cure::None),
            (room(1_000, 100, 3), room(0, 0, 1), &["Too many pods"], Cure::OthersGo),
            (room(2_000, 100, 3), room(1, 0, 1), &["Too many pods", "Insufficient cpu"], Cure::OthersGo),
            (room(2_000, 200, 2), room(0, 0, 1), &[], Cure::OthersGo),
        ] {
            let pod = Scheduling { requests: asked, ..Default::default() };
            let found = full(used).obstacles(&pod, Resources::default());
            assert_eq!((found.reasons.as_slice(), found.cure), (reasons, cure), "{used:?} {asked:?}");
            assert_eq!(full(used).fits(&pod, Resources::default()), reasons.is_empty());
        }
    }

    #[test]
    fn what_is_kept_free_for_others_is_no_room() {
        let node = Node::ready("node-1", "zone-a", room(1_000, 100, 2), Time::default());
        let pod = Scheduling { requests: room(600, 0, 1), ..Default::default() };
        let node = NodeRoom::new(Rc::new(node));
        assert!(
            node.fits(&pod, room(400, 0, 1)) && !node.fits(&pod, room(401, 0, 1)) && !node.fits(&pod, room(0, 0, 2))
        );
    }

    #[test]
    fn reasons_stand_in_the_order_of_their_texts() {
        let mut tally = Tally::default();
        for (reason, times) in [("Too many pods", 2), ("Insufficient cpu", 10), ("Insufficient memory", 2)] {
            (0..times).for_each(|_| tally.add(reason));
        }
        let sentence = "0/12 nodes are available: 10 Insufficient cpu, 2 Insufficient memory, 2 Too many pods.";
        assert_eq!(tally.sentence(12), sentence);
    }
}
