//! What a person does to nodes: adding, cordoning, draining, tainting, and pulling the plug.

use super::scenario::{MAX_NODES, NodeSettings};
use super::{Cluster, NodeAct, Wiring};
use crate::api::event::EventSource;
use crate::api::labels::label;
use crate::api::validation::names;
use crate::api::{EventReason, Node, ObjectKind, Taint, TaintEffect};
use crate::apiserver::EventDraft;
use crate::nodes::{Power, Wakes};

/// Whether new pods are kept away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cordon {
    Closed,
    Open,
}

impl<W: Wiring> Cluster<W> {
    /// # Errors
    /// A sentence that says why it cannot be done.
    pub(super) fn act_on_node(&mut self, name: &str, act: &NodeAct) -> Result<(), String> {
        let node = self.api.node(name).cloned();
        let node = || node.ok_or_else(|| format!("There is no node {name}."));
        match act {
            NodeAct::Add { cpu_millis, memory_mib } => {
                let size = NodeSettings { cpu_millis: *cpu_millis, memory_mib: *memory_mib, ..self.scenario.nodes };
                self.add_node(name, size)
            }
            NodeAct::Cordon => node().map(|node| self.cordon(&node, Cordon::Closed)),
            NodeAct::Uncordon => node().map(|node| self.cordon(&node, Cordon::Open)),
            NodeAct::Drain => node().map(|node| self.drain(&node)),
            NodeAct::Kill => self.switch_node(name, Power::Off),
            NodeAct::Restore => self.switch_node(name, Power::On),
            NodeAct::Delete => node().map(|node| self.delete_node(&node)),
            NodeAct::Taint(text) => self.change_taint(&*node()?, text),
            NodeAct::Label(text) => self.change_label(&*node()?, text),
        }
    }

    fn add_node(&mut self, name: &str, size: NodeSettings) -> Result<(), String> {
        if let Some(fault) = names::is_dns1123_subdomain(name).first() {
            return Err(format!("{name:?} cannot be a node's name: {fault}."));
        }
        if self.api.nodes().count() >= MAX_NODES as usize {
            return Err(format!("A cluster has {MAX_NODES} nodes at the most."));
        }
        let mut wakes = Wakes::new();
        let machines = self.machines.as_mut().ok_or(NO_NODES)?;
        let added = machines.add(name, size.within_bounds().room(), &mut self.api, &mut wakes);
        self.plan_wakes(wakes);
        added
    }

    // Models pkg/kubelet/kubelet_node_status.go recordNodeSchedulableEvent
    fn cordon(&mut self, node: &Node, cordon: Cordon) {
        let unschedulable = cordon == Cordon::Closed;
        if node.unschedulable == unschedulable {
            return;
        }
        let name = &node.meta.name;
        self.change_node(name, |node| node.unschedulable = unschedulable);
        let reason = match cordon {
            Cordon::Closed => EventReason::NodeNotSchedulable,
            Cordon::Open => EventReason::NodeSchedulable,
        };
        let draft = EventDraft::about(ObjectKind::Node, &node.meta, EventSource::Kubelet, reason);
        self.api.record_event(draft.message(format!("Node {name} status is now: {}", reason.as_str())));
    }

    /// Cordons the node and evicts all its pods.
    // Models staging/src/k8s.io/kubectl/pkg/drain
    fn drain(&mut self, node: &Node) {
        self.cordon(node, Cordon::Closed);
        for pod in self.api.pods_on(&node.meta.name).iter().filter(|pod| pod.meta.deletion_time.is_none()) {
            let evicted = self.api.evict_pod(pod.meta.uid);
            debug_assert!(evicted.is_ok(), "the pod was there a moment ago");
        }
    }

    fn switch_node(&mut self, name: &str, power: Power) -> Result<(), String> {
        let mut wakes = Wakes::new();
        let machines = self.machines.as_mut().ok_or(NO_NODES)?;
        match (machines.power(name), power) {
            (None, _) => return Err(format!("There is no node {name}.")),
            (Some(Power::Off), Power::Off) => return Err(format!("Node {name} is down already.")),
            (Some(Power::On), Power::On) => return Err(format!("Node {name} is not down.")),
            (Some(Power::On), Power::Off) | (Some(Power::Off), Power::On) => {}
        }
        machines.switch(name, power, &mut self.api, &mut wakes);
        self.plan_wakes(wakes);
        Ok(())
    }

    fn delete_node(&mut self, node: &Node) {
        let (name, mut wakes) = (&node.meta.name, Wakes::new());
        if let Some(machines) = &mut self.machines {
            machines.remove(name, &mut self.api, &mut wakes);
        }
        self.plan_wakes(wakes);
        let deleted = self.api.delete_node(name);
        debug_assert!(deleted.is_ok(), "the node was there a moment ago");
    }

    /// `key=value:Effect` and `key:Effect` add a taint, `key:Effect-` and `key-` remove some, as for `kubectl taint`.
    fn change_taint(&mut self, node: &Node, text: &str) -> Result<(), String> {
        let wrong = || format!("{text:?} is no taint: write key=value:NoSchedule, or key:NoSchedule- to remove it.");
        let (rest, effect) = match text.strip_suffix('-').unwrap_or(text).split_once(':') {
            Some((rest, effect)) => (rest, Some(TaintEffect::parse(effect).ok_or_else(wrong)?)),
            None => (text.strip_suffix('-').ok_or_else(wrong)?, None),
        };
        let (key, value) = rest.split_once('=').unwrap_or((rest, ""));
        if !names::is_label_key(key).is_empty() || !names::is_label_value(value).is_empty() {
            return Err(wrong());
        }
        let is_meant = |taint: &Taint| &*taint.key == key && effect.is_none_or(|effect| taint.effect == effect);
        let mut taints: Vec<Taint> = node.taints.iter().filter(|taint| !is_meant(taint)).cloned().collect();
        match (text.ends_with('-'), effect) {
            (true, _) if taints.len() == node.taints.len() => {
                return Err(format!("Node {} has no such taint.", node.meta.name));
            }
            (false, Some(effect)) => taints.push(Taint { key: key.into(), value: value.into(), effect }),
            (_, _) => {}
        }
        self.change_node(&node.meta.name, |node| node.taints = taints);
        Ok(())
    }

    /// `key=value` sets a label, `key-` removes it, as for `kubectl label --overwrite`.
    fn change_label(&mut self, node: &Node, text: &str) -> Result<(), String> {
        let wrong = || format!("{text:?} is no label: write key=value, or key- to remove it.");
        let (key, value) = match text.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (text.strip_suffix('-').ok_or_else(wrong)?, None),
        };
        let is_value_bad = value.is_some_and(|value| !names::is_label_value(value).is_empty());
        if !names::is_label_key(key).is_empty() || is_value_bad {
            return Err(wrong());
        }
        self.change_node(&node.meta.name, |node| {
            let labels = &mut node.meta.labels;
            *labels = match value {
                Some(value) => labels.with(vec![label(key, value)]),
                None => labels.iter().map(|label| (&*label.0, &*label.1)).filter(|(own, _)| *own != key).collect(),
            };
        });
        Ok(())
    }

    fn change_node(&mut self, name: &str, change: impl FnOnce(&mut Node)) {
        let written = self.api.update_node(name, change);
        debug_assert!(written.is_ok(), "the node was there a moment ago");
    }
}

const NO_NODES: &str = "This cluster has no nodes.";
