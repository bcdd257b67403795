//! The scheduler: finds a node with room for every new pod, and lets pods wait in order when there is none. It
//! knows how many pods stand on each node, and nothing of what they do.

use super::{NodeEvent, Wakes};
use crate::api::event::{EventMessage, EventSource};
use crate::api::{ConditionStatus, EventReason, ObjectKind, Pod, PodCondition, PodConditionType, Uid};
use crate::apiserver::{ApiServer, Change, EventDraft};
use crate::sim::{Time, gather};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

/// From seeing a pod to binding it, in milliseconds.
pub const SCHEDULING_MS: i64 = 5;

/// The scheduler of the cluster.
#[derive(Clone, Debug)]
pub struct Scheduler {
    /// In the order of their names.
    nodes: Vec<NodeRoom>,
    /// The nodes, most room first, then by name.
    by_room: BTreeSet<(Reverse<u32>, usize)>,
    pods: BTreeMap<Uid, Place>,
    /// Pods without room, first come first served; some may have gone since.
    waiting: VecDeque<Uid>,
    retry: Retry,
}

#[derive(Clone, Debug)]
struct NodeRoom {
    name: Rc<str>,
    capacity: u32,
    used: u32,
}

impl NodeRoom {
    fn free(&self) -> u32 {
        self.capacity.saturating_sub(self.used)
    }
}

/// Where a pod stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// It is about to be looked at.
    Queued,
    Waiting,
    OnNode(usize),
}

/// Whether the waiting pods are about to be looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Retry {
    Idle,
    Due,
}

impl Scheduler {
    /// A scheduler for the nodes that are registered now.
    pub fn new(api: &ApiServer) -> Self {
        let nodes: Vec<NodeRoom> = api
            .nodes()
            .map(|node| NodeRoom { name: node.meta.name.clone(), capacity: node.pods_capacity, used: 0 })
            .collect();
        Self {
            by_room: gather(nodes.iter().enumerate().map(|(place, node)| (Reverse(node.free()), place))),
            nodes,
            pods: BTreeMap::new(),
            waiting: VecDeque::new(),
            retry: Retry::Idle,
        }
    }

    /// The watch tells of a pod.
    pub fn on_pod(&mut self, change: &Change<Pod>, now: Time, wakes: &mut Wakes) {
        match (&change.new, &change.old) {
            (Some(pod), _) if pod.is_terminal() => self.release(pod.meta.uid, now, wakes),
            (Some(pod), _) => self.on_living_pod(pod, now, wakes),
            (None, Some(pod)) => self.release(pod.meta.uid, now, wakes),
            (None, None) => {}
        }
    }

    /// One of its events is due; those of the kubelets are not its business.
    pub fn on_event(&mut self, event: NodeEvent, api: &mut ApiServer) {
        match event {
            NodeEvent::Schedule { pod } => self.schedule(pod, api),
            NodeEvent::ScheduleWaiting => self.schedule_waiting(api),
            NodeEvent::PodDue { .. } | NodeEvent::ContainerDue { .. } => {}
        }
    }

    fn on_living_pod(&mut self, pod: &Pod, now: Time, wakes: &mut Wakes) {
        let uid = pod.meta.uid;
        match (&pod.node, self.pods.get(&uid)) {
            (Some(_), Some(Place::OnNode(_))) => {}
            (Some(node), _) => {
                if let Ok(place) = self.nodes.binary_search_by(|known| known.name.cmp(node)) {
                    self.take_room(uid, place);
                }
            }
            (None, None) if pod.meta.deletion_time.is_none() => {
                self.pods.insert(uid, Place::Queued);
                wakes.push((now.plus_ms(SCHEDULING_MS), NodeEvent::Schedule { pod: uid }));
            }
            (None, _) => {}
        }
    }

    fn schedule(&mut self, uid: Uid, api: &mut ApiServer) {
        if self.pods.get(&uid) != Some(&Place::Queued) {
            return;
        }
        if !needs_node(uid, api) {
            self.pods.remove(&uid);
            return;
        }
        let is_first = self.waiting.is_empty();
        if !is_first || !self.bind(uid, api) {
            self.pods.insert(uid, Place::Waiting);
            self.waiting.push_back(uid);
            if self.retry == Retry::Idle {
                self.report_no_room(uid, api);
            }
        }
    }

    fn schedule_waiting(&mut self, api: &mut ApiServer) {
        self.retry = Retry::Idle;
        while let Some(&uid) = self.waiting.front() {
            let waits = self.pods.get(&uid) == Some(&Place::Waiting);
            if waits && needs_node(uid, api) {
                if !self.bind(uid, api) {
                    self.report_no_room(uid, api);
                    return;
                }
            } else if waits {
                self.pods.remove(&uid);
            }
            self.waiting.pop_front();
        }
    }

    /// Binds the pod to the node with most room; false when there is none.
    fn bind(&mut self, uid: Uid, api: &mut ApiServer) -> bool {
        let Some(&(Reverse(free), place)) = self.by_room.first() else { return false };
        if free == 0 {
            return false;
        }
        let node = self.nodes[place].name.clone();
        let now = api.now().truncated_to_second();
        let bound = api.update_pod(uid, |pod| {
            pod.node = Some(node.clone());
            set_scheduled(pod, ConditionStatus::True, "", None, now);
        });
        match (bound, api.pod(uid)) {
            (Ok(()), Some(pod)) => {
                let draft =
                    EventDraft::about(ObjectKind::Pod, &pod.meta, EventSource::Scheduler, EventReason::Scheduled);
                api.record_event(draft.message(EventMessage::Assigned { node }));
                self.take_room(uid, place);
            }
            _ => {
                self.pods.remove(&uid);
            }
        }
        true
    }

    fn report_no_room(&mut self, uid: Uid, api: &mut ApiServer) {
        let Some(pod) = api.pod(uid).cloned() else { return };
        let message = match self.nodes.len() {
            0 => "no nodes available to schedule pods".to_owned(),
            count => format!("0/{count} nodes are available: {count} Too many pods."),
        };
        let draft =
            EventDraft::about(ObjectKind::Pod, &pod.meta, EventSource::Scheduler, EventReason::FailedScheduling);
        api.record_event(draft.warning().message(message.clone()));
        if pod
            .status
            .condition(PodConditionType::PodScheduled)
            .is_none_or(|condition| condition.message.as_deref() != Some(&*message))
        {
            let now = api.now().truncated_to_second();
            let written = api.update_pod(uid, |pod| {
                set_scheduled(pod, ConditionStatus::False, "Unschedulable", Some(message.into()), now);
            });
            debug_assert!(written.is_ok(), "the pod was there a moment ago");
        }
    }

    fn take_room(&mut self, uid: Uid, place: usize) {
        self.pods.insert(uid, Place::OnNode(place));
        self.change_used(place, self.nodes[place].used + 1);
    }

    fn release(&mut self, uid: Uid, now: Time, wakes: &mut Wakes) {
        let Some(Place::OnNode(place)) = self.pods.remove(&uid) else { return };
        self.change_used(place, self.nodes[place].used.saturating_sub(1));
        if !self.waiting.is_empty() && self.retry == Retry::Idle {
            self.retry = Retry::Due;
            wakes.push((now.plus_ms(SCHEDULING_MS), NodeEvent::ScheduleWaiting));
        }
    }

    fn change_used(&mut self, place: usize, used: u32) {
        let node = &mut self.nodes[place];
        self.by_room.remove(&(Reverse(node.free()), place));
        node.used = used;
        self.by_room.insert((Reverse(node.free()), place));
    }
}

fn needs_node(uid: Uid, api: &ApiServer) -> bool {
    api.pod(uid).is_some_and(|pod| pod.node.is_none() && pod.meta.deletion_time.is_none() && !pod.is_terminal())
}

fn set_scheduled(pod: &mut Pod, status: ConditionStatus, reason: &'static str, message: Option<Rc<str>>, now: Time) {
    let conditions = &mut pod.status.conditions;
    conditions.retain(|condition| condition.kind != PodConditionType::PodScheduled);
    conditions.push(PodCondition {
        kind: PodConditionType::PodScheduled,
        status,
        reason: reason.into(),
        message,
        last_transition_time: Some(now),
    });
}
