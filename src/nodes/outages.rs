//! The machines under the nodes: which have failed, and when the next one fails or comes back. A machine that has failed
//! is only silent; what follows from that is for others to find out.

use super::{NodeEvent, Wakes};
use crate::api::event::EventSource;
use crate::api::node::ReadyCondition;
use crate::api::{EventReason, Heartbeat, Node, ObjectKind, Uid};
use crate::apiserver::{ApiServer, EventDraft};
use crate::sim::{Random, SECOND_MS, Time, text_number};
use std::rc::Rc;

/// A kubelet renews its lease so often, in milliseconds.
const LEASE_RENEWAL_MS: i64 = 10 * SECOND_MS;

/// How often machines fail by themselves, and for how long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutageModel {
    /// How long a machine runs on average before it fails, in milliseconds; 0 for ever.
    pub mean_time_to_failure_ms: u64,
    /// How long it is away then, in milliseconds.
    pub length_ms: u64,
}

/// The machines of all nodes.
#[derive(Clone, Debug)]
pub struct Outages {
    seed: u64,
    model: OutageModel,
    machines: Vec<Machine>,
}

#[derive(Clone, Debug)]
struct Machine {
    node: Uid,
    name: Rc<str>,
    power: Power,
    /// Grows with every change, so that plans made before are told apart; names the random numbers, too.
    turn: u32,
}

/// Whether a machine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    On,
    Off,
}

impl Outages {
    pub fn new(seed: u64, model: OutageModel) -> Self {
        Self { seed, model, machines: Vec::new() }
    }

    /// A machine has joined the cluster as that node.
    pub fn add(&mut self, node: &Node, now: Time, wakes: &mut Wakes) {
        let name = node.meta.name.clone();
        self.machines.push(Machine { node: node.meta.uid, name, power: Power::On, turn: 0 });
        self.plan(self.machines.len() - 1, now, wakes);
    }

    /// The machine of that node is gone for good.
    pub fn remove(&mut self, name: &str) {
        self.machines.retain(|machine| &*machine.name != name);
    }

    /// Whether the machine of that node runs; `None` when there is none.
    pub fn power(&self, name: &str) -> Option<Power> {
        self.machines.iter().find(|machine| &*machine.name == name).map(|machine| machine.power)
    }

    /// The node whose machine has now to be switched to the other state by the plan.
    pub fn due(&self, node: Uid, turn: u32) -> Option<(Rc<str>, Power)> {
        let machine = self.machines.iter().find(|machine| machine.node == node && machine.turn == turn)?;
        let next = if machine.power == Power::On { Power::Off } else { Power::On };
        Some((machine.name.clone(), next))
    }

    /// The machine fails, or comes back and says so.
    pub fn switch(&mut self, name: &str, power: Power, api: &mut ApiServer, wakes: &mut Wakes) {
        let Some(place) = self.machines.iter().position(|machine| &*machine.name == name) else { return };
        let now = api.now();
        self.machines[place].power = power;
        self.machines[place].turn += 1;
        let written = match power {
            Power::Off => {
                let renewed_at = self.last_renewal(&self.machines[place], now);
                api.update_node(name, |node| node.heartbeat = Heartbeat::SilentSince(renewed_at))
            }
            Power::On => post_ready(name, api),
        };
        debug_assert!(written.is_ok(), "machines go with their nodes");
        self.plan(place, now, wakes);
    }

    /// Plans the next failure or return of a machine that goes by the model.
    fn plan(&self, place: usize, now: Time, wakes: &mut Wakes) {
        let Machine { node, name, power, turn } = &self.machines[place];
        let OutageModel { mean_time_to_failure_ms: mean_ms, length_ms } = self.model;
        if mean_ms == 0 {
            return;
        }
        let mut random = self.random("failures", name, u64::from(*turn));
        let delay_ms = match power {
            Power::On => random.in_range(1, mean_ms.saturating_mul(2)),
            Power::Off => length_ms.max(1),
        };
        wakes.push((now.plus_ms(delay_ms as i64), NodeEvent::MachineDue { node: *node, turn: *turn }));
    }

    /// When the machine renewed its lease for the last time before `now`. Each renews at moments of its own.
    fn last_renewal(&self, machine: &Machine, now: Time) -> Time {
        let shift_ms = self.random("lease", &machine.name, 0).in_range(0, LEASE_RENEWAL_MS as u64 - 1) as i64;
        now.plus_ms(-((now.epoch_ms() - shift_ms).rem_euclid(LEASE_RENEWAL_MS)))
    }

    fn random(&self, what: &str, node: &str, number: u64) -> Random {
        Random::stream(self.seed, &[text_number(what), text_number(node), number])
    }
}

// Models pkg/kubelet/nodestatus/setters.go ReadyCondition
fn post_ready(name: &str, api: &mut ApiServer) -> Result<(), crate::apiserver::ApiError> {
    let now = api.now();
    let node = api.node(name).cloned();
    api.update_node(name, |node| {
        node.heartbeat = Heartbeat::Steady;
        if !node.is_ready() {
            node.ready = ReadyCondition::kubelet_is_ready(now);
        }
    })?;
    if let Some(node) = node.filter(|node| !node.is_ready()) {
        let draft = EventDraft::about(ObjectKind::Node, &node.meta, EventSource::Kubelet, EventReason::NodeReady);
        api.record_event(draft.message(format!("Node {name} status is now: NodeReady")));
    }
    Ok(())
}
