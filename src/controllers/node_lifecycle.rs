//! The node lifecycle controller: notices that a node is silent, says so in its condition and on its pods, and taints
//! it. Who has to go because of a taint is not its business.

use crate::api::event::EventSource;
use crate::api::node::{UNREACHABLE_TAINT, UNSCHEDULABLE_TAINT, ZONE_LABEL};
use crate::api::{ConditionStatus, EventReason, Heartbeat, Node, ObjectKind, PodConditionType, Taint, TaintEffect};
use crate::apiserver::{ApiServer, Change, EventDraft};
use crate::sim::{SECOND_MS, Time};
use std::rc::Rc;

/// How often nodes are looked at, in milliseconds.
const MONITOR_PERIOD_MS: i64 = 5 * SECOND_MS;
/// How long a node may be silent before it counts as unreachable, in milliseconds.
const MONITOR_GRACE_PERIOD_MS: i64 = 50 * SECOND_MS;
/// In a zone that is well otherwise, one node may be tainted so often, in milliseconds.
const EVICTION_PERIOD_MS: i64 = 10 * SECOND_MS;
/// The same in a large zone in which most nodes have failed.
const SLOW_EVICTION_PERIOD_MS: i64 = 100 * SECOND_MS;
/// A zone is partly disrupted when this share of its nodes has failed, in percent.
const UNHEALTHY_ZONE_PERCENT: usize = 55;
/// A zone of more nodes than this is large.
const LARGE_ZONE: usize = 50;

/// The node lifecycle controller.
// Models pkg/controller/nodelifecycle/node_lifecycle_controller.go
#[derive(Clone, Debug, Default)]
pub struct NodeLifecycle {
    /// The nodes to look at, and when, in order of time.
    due: Vec<(Time, Rc<str>)>,
    /// From when on the next node of a zone may be tainted.
    zones: Vec<(Rc<str>, Time)>,
}

impl NodeLifecycle {
    /// Hears of a change of a node.
    pub fn on_node(&mut self, change: &Change<Node>, api: &mut ApiServer) {
        let now = api.now();
        let Some(node) = &change.new else {
            if let Some(old) = &change.old {
                self.due.retain(|(_, name)| *name != old.meta.name);
                report(old, EventReason::RemovingNode, "event: Removing Node", "from Controller", api);
            }
            return;
        };
        let name = &node.meta.name;
        if change.old.is_none() {
            report(node, EventReason::RegisteredNode, "event: Registered Node", "in Controller", api);
        }
        if let (true, Heartbeat::SilentSince(renewed_at)) = (node.is_ready(), node.heartbeat) {
            let noticed_at = noticed_at(renewed_at);
            self.look(name, if noticed_at >= now { noticed_at } else { next_look(now) });
        }
        let has_no_execute = node.has_taint(UNREACHABLE_TAINT, TaintEffect::NoExecute);
        if node.is_ready() && has_no_execute {
            self.look(name, next_look(now));
        }
        if no_schedule_taints(node) != node.taints {
            self.look(name, now);
        }
        if change.old.as_ref().is_none_or(|old| old.is_ready() != node.is_ready()) {
            for other in api.nodes().filter(|other| !other.is_ready()) {
                self.look(&other.meta.name, next_look(now));
            }
        }
    }

    /// When there is work: `None` when none is in sight.
    pub fn next_due(&self) -> Option<Time> {
        self.due.first().map(|(due, _)| *due)
    }

    /// Looks at the next node that is due; false when none is.
    // Models pkg/controller/nodelifecycle/node_lifecycle_controller.go monitorNodeHealth
    pub fn work(&mut self, api: &mut ApiServer) -> bool {
        let now = api.now();
        if self.next_due().is_none_or(|due| due > now) {
            return false;
        }
        let (_, name) = self.due.remove(0);
        if let Some(node) = api.node(&name).cloned().filter(|_| now.epoch_ms() % MONITOR_PERIOD_MS == 0) {
            self.monitor(&node, now, api);
        }
        if let Some(node) = api.node(&name).cloned() {
            let wanted = no_schedule_taints(&node);
            if wanted != node.taints {
                change(&name, api, |node| node.taints = wanted);
            }
        }
        true
    }

    fn monitor(&mut self, node: &Node, now: Time, api: &mut ApiServer) {
        let name = &node.meta.name;
        let has_no_execute = node.has_taint(UNREACHABLE_TAINT, TaintEffect::NoExecute);
        match (node.is_ready(), node.heartbeat) {
            (true, Heartbeat::SilentSince(renewed_at)) if noticed_at(renewed_at) <= now => {
                mark_unknown(node, now, api);
                self.look(name, next_look(now));
            }
            (false, Heartbeat::SilentSince(_)) if !has_no_execute => self.taint(node, now, api),
            (true, _) if has_no_execute => remove_no_execute(node, api),
            (true | false, _) => {}
        }
    }

    /// Lets the pods of an unreachable node be evicted, unless so many nodes have failed that the fault is likely to be
    /// elsewhere; then it waits for a change.
    // Models pkg/controller/nodelifecycle/node_lifecycle_controller.go handleDisruption, doNoExecuteTaintingPass
    fn taint(&mut self, node: &Node, now: Time, api: &mut ApiServer) {
        if !api.nodes().any(|node| node.is_ready()) {
            let nodes: Vec<Rc<Node>> = api.nodes().cloned().collect();
            nodes.iter().for_each(|node| remove_no_execute(node, api));
            return;
        }
        let Some(period_ms) = eviction_period_ms(node.label(ZONE_LABEL), api) else { return };
        let zone: Rc<str> = node.label(ZONE_LABEL).into();
        let place = self.zones.iter().position(|(known, _)| *known == zone).unwrap_or_else(|| {
            self.zones.push((zone, now));
            self.zones.len() - 1
        });
        let slot = &mut self.zones[place].1;
        if *slot > now {
            let slot = *slot;
            self.look(&node.meta.name, slot);
            return;
        }
        *slot = now.plus_ms(period_ms);
        let taint = Taint::new(UNREACHABLE_TAINT, TaintEffect::NoExecute);
        change(&node.meta.name, api, |node| node.taints.push(taint));
    }

    fn look(&mut self, name: &Rc<str>, at: Time) {
        if self.due.iter().any(|(due, known)| known == name && *due == at) {
            return;
        }
        let place = self.due.iter().position(|(due, _)| *due > at).unwrap_or(self.due.len());
        self.due.insert(place, (at, name.clone()));
    }
}

/// When a node is found to be silent whose lease was renewed then for the last time.
// Models pkg/controller/nodelifecycle/node_lifecycle_controller.go tryUpdateNodeHealth
pub fn noticed_at(renewed_at: Time) -> Time {
    next_look(renewed_at.plus_ms(-1)).plus_ms(MONITOR_GRACE_PERIOD_MS)
}

/// When nodes are looked at next, behind that moment.
pub fn next_look(now: Time) -> Time {
    now.plus_ms(MONITOR_PERIOD_MS - now.epoch_ms().rem_euclid(MONITOR_PERIOD_MS))
}

/// How often a node of that zone may be tainted; `None` for not at all.
// Models pkg/controller/nodelifecycle/node_lifecycle_controller.go ComputeZoneState, setLimiterInZone
fn eviction_period_ms(zone: &str, api: &ApiServer) -> Option<i64> {
    let (mut ready, mut unready) = (0, 0);
    for node in api.nodes().filter(|node| node.label(ZONE_LABEL) == zone) {
        *(if node.is_ready() { &mut ready } else { &mut unready }) += 1;
    }
    let all: usize = ready + unready;
    let is_disrupted = ready > 0 && unready > 2 && unready * 100 >= UNHEALTHY_ZONE_PERCENT * all;
    match (is_disrupted, all > LARGE_ZONE) {
        (false, _) => Some(EVICTION_PERIOD_MS),
        (true, true) => Some(SLOW_EVICTION_PERIOD_MS),
        (true, false) => None,
    }
}

// Models pkg/controller/util/node/controller_utils.go MarkPodsNotReady
fn mark_unknown(node: &Node, now: Time, api: &mut ApiServer) {
    let name = &node.meta.name;
    let transition = now.truncated_to_second();
    change(name, api, |node| {
        node.ready.status = ConditionStatus::Unknown;
        node.ready.reason = "NodeStatusUnknown".into();
        node.ready.message = "Kubelet stopped posting node status.".into();
        node.ready.last_transition_time = Some(transition);
    });
    let draft = EventDraft::about(ObjectKind::Node, &node.meta, EventSource::NodeController, EventReason::NodeNotReady);
    api.record_event(draft.message(format!("Node {name} status is now: NodeNotReady")));
    for pod in api.pods_on(name).into_iter().filter(|pod| pod.is_ready()) {
        let written = api.update_pod(pod.meta.uid, |pod| {
            let ready = pod.status.conditions.iter_mut().find(|condition| condition.kind == PodConditionType::Ready);
            if let Some(ready) = ready {
                (ready.status, ready.last_transition_time) = (ConditionStatus::False, Some(transition));
            }
        });
        debug_assert!(written.is_ok(), "the pod was there a moment ago");
        let source = EventSource::NodeController;
        let draft = EventDraft::about(ObjectKind::Pod, &pod.meta, source, EventReason::NodeNotReady);
        api.record_event(draft.warning().message("Node is not ready"));
    }
}

/// The taints of a node as they ought to be by its condition: those that keep new pods away come and go with it.
// Models pkg/controller/nodelifecycle/node_lifecycle_controller.go doNoScheduleTaintingPass
fn no_schedule_taints(node: &Node) -> Vec<Taint> {
    let mut taints = kept_taints(node, |taint| match &*taint.key {
        UNREACHABLE_TAINT if is_own(taint) => !node.is_ready(),
        UNSCHEDULABLE_TAINT if is_own(taint) => node.unschedulable,
        _ => true,
    });
    for (key, wanted) in [(UNREACHABLE_TAINT, !node.is_ready()), (UNSCHEDULABLE_TAINT, node.unschedulable)] {
        if wanted && !node.has_taint(key, TaintEffect::NoSchedule) {
            taints.push(Taint::new(key, TaintEffect::NoSchedule));
        }
    }
    taints
}

fn is_own(taint: &Taint) -> bool {
    taint.effect == TaintEffect::NoSchedule && [UNREACHABLE_TAINT, UNSCHEDULABLE_TAINT].contains(&&*taint.key)
}

fn kept_taints(node: &Node, keep: impl Fn(&Taint) -> bool) -> Vec<Taint> {
    node.taints.iter().filter(|taint| keep(taint)).cloned().collect()
}

fn remove_no_execute(node: &Node, api: &mut ApiServer) {
    if node.has_taint(UNREACHABLE_TAINT, TaintEffect::NoExecute) {
        let is_meant = |taint: &Taint| &*taint.key == UNREACHABLE_TAINT && taint.effect == TaintEffect::NoExecute;
        change(&node.meta.name, api, |node| node.taints.retain(|taint| !is_meant(taint)));
    }
}

fn change(name: &str, api: &mut ApiServer, change: impl FnOnce(&mut Node)) {
    let written = api.update_node(name, change);
    debug_assert!(written.is_ok(), "the node was there a moment ago");
}

fn report(node: &Node, reason: EventReason, what: &str, whence: &str, api: &mut ApiServer) {
    let name = &node.meta.name;
    let draft = EventDraft::about(ObjectKind::Node, &node.meta, EventSource::NodeController, reason);
    api.record_event(draft.message(format!("Node {name} {what} {name} {whence}")));
}
