//! The scheduler: finds a node for every new pod, and lets pods wait in order while there is none. It knows how much
//! room the pods on each node take, and nothing of what they do.

mod preemption;
mod room;

use super::{NodeEvent, Wakes};
use crate::api::event::{EventMessage, EventSource};
use crate::api::scheduling::{Gating, Preemption};
use crate::api::{
    ConditionStatus, EventReason, Node, ObjectKind, Pod, PodCondition, PodConditionType, Resources, Scheduling, Uid,
    UidMap,
};
use crate::apiserver::{ApiServer, Change, EventDraft};
use crate::sim::{Time, gather};
use preemption::Preempted;
use room::{Cure, NodeRoom, Presence, Tally};
use std::cmp::Reverse;
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

/// From seeing a pod to binding it, in milliseconds.
pub const SCHEDULING_MS: i64 = 5;

/// The scheduler of the cluster.
#[derive(Clone, Debug)]
pub struct Scheduler {
    /// In the order in which they joined; those that have left keep their places.
    nodes: Vec<NodeRoom>,
    /// The nodes that are there, most room for pods first, then by place.
    by_room: BTreeSet<(Reverse<u32>, usize)>,
    pods: UidMap<Place>,
    /// Pods that fit nowhere: those of higher priority first, then first come first served.
    waiting: Vec<Group>,
    /// Pods for which others are made to go, and where.
    nominated: Vec<Nomination>,
    /// The lowest priority that any pod had so far: no other pod can be made to go by one that has no higher one.
    lowest_priority: Option<i32>,
    retry: Retry,
}

/// Where a pod stands.
#[derive(Clone, Debug)]
enum Place {
    /// It is about to be looked at.
    Queued,
    Waiting,
    OnNode {
        node: usize,
        scheduling: Rc<Scheduling>,
    },
}

/// Waiting pods that ask for the same; some may have gone since.
#[derive(Clone, Debug)]
struct Group {
    scheduling: Rc<Scheduling>,
    pods: VecDeque<Uid>,
    /// What is said to all of them, until something changes.
    message: Option<Rc<str>>,
}

/// A pod that has a node in prospect, once others have gone.
#[derive(Clone, Debug)]
struct Nomination {
    pod: Uid,
    node: usize,
    scheduling: Rc<Scheduling>,
}

/// Whether the waiting pods are about to be looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Retry {
    Idle,
    Due,
}

/// What came of looking for a node.
enum Outcome {
    /// It has a node, or needs none any more.
    Settled,
    /// There is none; what there is to say about that, unless it was said for others like it.
    Unschedulable(Option<Rc<str>>),
}

impl Scheduler {
    /// A scheduler for the nodes that are registered now.
    pub fn new(api: &ApiServer) -> Self {
        let nodes: Vec<NodeRoom> = api.nodes().map(|node| NodeRoom::new(node.clone())).collect();
        Self {
            by_room: gather(nodes.iter().enumerate().map(|(place, room)| (Reverse(room.free_pods()), place))),
            nodes,
            pods: UidMap::default(),
            waiting: Vec::new(),
            nominated: Vec::new(),
            lowest_priority: None,
            retry: Retry::Idle,
        }
    }

    /// The watch tells of a node.
    pub fn on_node(&mut self, change: &Change<Node>, now: Time, wakes: &mut Wakes) {
        let Some(name) = change.latest().map(|node| &node.meta.name) else { return };
        match (&change.new, self.place_of(name)) {
            (Some(node), Some(place)) => self.change_room(place, |room| room.node = node.clone()),
            (Some(node), None) => {
                self.nodes.push(NodeRoom::new(node.clone()));
                self.change_room(self.nodes.len() - 1, |_| ());
            }
            (None, Some(place)) => self.change_room(place, |room| room.presence = Presence::Gone),
            (None, None) => {}
        }
        self.retry_soon(now, wakes);
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

    /// One of its events is due; those of the machines are not its business.
    pub fn on_event(&mut self, event: NodeEvent, api: &mut ApiServer) {
        match event {
            NodeEvent::Schedule { pod } => self.schedule(pod, api),
            NodeEvent::ScheduleWaiting => self.schedule_waiting(api),
            NodeEvent::PodDue { .. }
            | NodeEvent::ContainerDue { .. }
            | NodeEvent::ProbeDue { .. }
            | NodeEvent::MachineDue { .. } => {}
        }
    }

    fn on_living_pod(&mut self, pod: &Pod, now: Time, wakes: &mut Wakes) {
        let uid = pod.meta.uid;
        match (&pod.node, self.pods.get(uid)) {
            (Some(_), Some(Place::OnNode { .. })) => {}
            (Some(node), _) => {
                if let Some(place) = self.place_of(node) {
                    self.take_room(uid, place, pod.template.scheduling.clone());
                }
            }
            (None, None) if pod.meta.deletion_time.is_none() && pod.template.scheduling.gates == Gating::Open => {
                self.pods.insert(uid, Place::Queued);
                wakes.push((now.plus_ms(SCHEDULING_MS), NodeEvent::Schedule { pod: uid }));
            }
            (None, _) => {}
        }
    }

    fn schedule(&mut self, uid: Uid, api: &mut ApiServer) {
        if !matches!(self.pods.get(uid), Some(Place::Queued)) {
            return;
        }
        let Some(scheduling) = needs_node(uid, api) else {
            self.pods.remove(uid);
            return;
        };
        let group = self.waiting.iter().position(|group| Rc::ptr_eq(&group.scheduling, &scheduling));
        let waits_in_line = group.is_some() && !self.may_preempt(&scheduling);
        let outcome = if waits_in_line { Outcome::Unschedulable(None) } else { self.find_node(uid, &scheduling, api) };
        let Outcome::Unschedulable(message) = outcome else { return };
        self.pods.insert(uid, Place::Waiting);
        let group = group.unwrap_or_else(|| self.new_group(&scheduling));
        self.waiting[group].pods.push_back(uid);
        let message = message.unwrap_or_else(|| self.group_message(group));
        report_unschedulable(uid, &message, api);
    }

    /// Looks again at the pods that wait. Of those that ask for the same, the first that fits nowhere ends the round,
    /// unless they make room for themselves.
    fn schedule_waiting(&mut self, api: &mut ApiServer) {
        self.retry = Retry::Idle;
        let mut groups = std::mem::take(&mut self.waiting);
        for group in &mut groups {
            group.message = None;
            let scheduling = group.scheduling.clone();
            let mut left = VecDeque::new();
            while let Some(uid) = group.pods.pop_front() {
                if !matches!(self.pods.get(uid), Some(Place::Waiting)) {
                    continue;
                }
                if needs_node(uid, api).is_none() {
                    self.forget_waiting(uid);
                    continue;
                }
                let Outcome::Unschedulable(message) = self.find_node(uid, &scheduling, api) else { continue };
                let message = message.unwrap_or_else(|| self.explain(&scheduling, uid));
                report_unschedulable(uid, &message, api);
                left.push_back(uid);
                if !self.may_preempt(&scheduling) {
                    group.message = Some(message);
                    break;
                }
            }
            left.append(&mut group.pods);
            group.pods = left;
        }
        groups.retain(|group| !group.pods.is_empty());
        self.waiting = groups;
    }

    /// Binds the pod to the node with most room among those that fit; makes others go for it when there is none.
    fn find_node(&mut self, uid: Uid, scheduling: &Rc<Scheduling>, api: &mut ApiServer) -> Outcome {
        let mut nodes = self.by_room.iter().take_while(|(Reverse(free), _)| *free > 0).map(|(_, place)| *place);
        let reserved = |place| self.reserved(place, scheduling, uid);
        if let Some(place) = nodes.find(|&place| self.nodes[place].fits(scheduling, reserved(place))) {
            self.bind(uid, place, scheduling, api);
            return Outcome::Settled;
        }
        if !self.may_preempt(scheduling) {
            return Outcome::Unschedulable(None);
        }
        let sentence = self.tally(scheduling, uid).sentence(self.present());
        let message = match self.preempt(uid, scheduling, api) {
            Preempted::Nominated => sentence,
            Preempted::Not(why) => format!("{sentence} {NO_CLAIMS}, preemption: {why}"),
        };
        Outcome::Unschedulable(Some(message.into()))
    }

    fn bind(&mut self, uid: Uid, place: usize, scheduling: &Rc<Scheduling>, api: &mut ApiServer) {
        let node = self.nodes[place].node.meta.name.clone();
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
                self.take_room(uid, place, scheduling.clone());
            }
            _ => self.forget_waiting(uid),
        }
    }

    /// A group for pods that ask for this, in its place by priority.
    fn new_group(&mut self, scheduling: &Rc<Scheduling>) -> usize {
        let is_behind = |group: &Group| group.scheduling.priority < scheduling.priority;
        let place = self.waiting.iter().position(is_behind).unwrap_or(self.waiting.len());
        let group = Group { scheduling: scheduling.clone(), pods: VecDeque::new(), message: None };
        self.waiting.insert(place, group);
        place
    }

    fn group_message(&mut self, group: usize) -> Rc<str> {
        let Group { scheduling, message, .. } = &self.waiting[group];
        let said = message.clone().unwrap_or_else(|| self.explain(scheduling, Uid::default()));
        self.waiting[group].message = Some(said.clone());
        said
    }

    /// Why a pod that cannot make others go has no node.
    fn explain(&self, scheduling: &Scheduling, uid: Uid) -> Rc<str> {
        let present = self.present();
        if present == 0 {
            return "no nodes available to schedule pods".into();
        }
        let why = match scheduling.preemption {
            Preemption::Never => preemption::NEVER.to_owned(),
            Preemption::LowerPriority => {
                let mut tally = Tally::default();
                for room in self.nodes.iter().filter(|room| room.presence == Presence::There) {
                    tally.add(match room.obstacles(scheduling, Resources::default()).cure {
                        Cure::OthersGo => preemption::NO_VICTIMS,
                        Cure::None => preemption::NOT_HELPFUL,
                    });
                }
                tally.sentence(present)
            }
        };
        format!("{} {NO_CLAIMS}, preemption: {why}", self.tally(scheduling, uid).sentence(present)).into()
    }

    fn tally(&self, scheduling: &Scheduling, uid: Uid) -> Tally {
        let mut tally = Tally::default();
        for (place, room) in self.nodes.iter().enumerate().filter(|(_, room)| room.presence == Presence::There) {
            let obstacles = room.obstacles(scheduling, self.reserved(place, scheduling, uid));
            obstacles.reasons.into_iter().for_each(|reason| tally.add(reason));
        }
        tally
    }

    fn present(&self) -> usize {
        self.by_room.len()
    }

    fn place_of(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|room| room.presence == Presence::There && &*room.node.meta.name == name)
    }

    fn take_room(&mut self, uid: Uid, node: usize, scheduling: Rc<Scheduling>) {
        self.nominated.retain(|nomination| nomination.pod != uid);
        let lowest = self.lowest_priority.map_or(scheduling.priority, |lowest| lowest.min(scheduling.priority));
        self.lowest_priority = Some(lowest);
        let requests = scheduling.requests;
        self.pods.insert(uid, Place::OnNode { node, scheduling });
        self.change_room(node, |room| room.used = room.used.plus(requests));
    }

    fn release(&mut self, uid: Uid, now: Time, wakes: &mut Wakes) {
        self.nominated.retain(|nomination| nomination.pod != uid);
        let Some(Place::OnNode { node, scheduling }) = self.pods.remove(uid) else { return };
        self.change_room(node, |room| room.used = room.used.minus(scheduling.requests));
        self.retry_soon(now, wakes);
    }

    fn forget_waiting(&mut self, uid: Uid) {
        self.nominated.retain(|nomination| nomination.pod != uid);
        self.pods.remove(uid);
    }

    fn retry_soon(&mut self, now: Time, wakes: &mut Wakes) {
        if !self.waiting.is_empty() && self.retry == Retry::Idle {
            self.retry = Retry::Due;
            wakes.push((now.plus_ms(SCHEDULING_MS), NodeEvent::ScheduleWaiting));
        }
    }

    fn change_room(&mut self, place: usize, change: impl FnOnce(&mut NodeRoom)) {
        let room = &mut self.nodes[place];
        self.by_room.remove(&(Reverse(room.free_pods()), place));
        change(room);
        if room.presence == Presence::There {
            self.by_room.insert((Reverse(room.free_pods()), place));
        }
    }
}

/// What upstream's plugin for dynamic resources adds whenever a pod has no node.
const NO_CLAIMS: &str = "no new claims to deallocate";

/// What the pod asks for, if it still needs a node.
fn needs_node(uid: Uid, api: &ApiServer) -> Option<Rc<Scheduling>> {
    let pod = api.pod(uid)?;
    let needs = pod.node.is_none() && pod.meta.deletion_time.is_none() && !pod.is_terminal();
    needs.then(|| pod.template.scheduling.clone())
}

fn report_unschedulable(uid: Uid, message: &Rc<str>, api: &mut ApiServer) {
    let Some(pod) = api.pod(uid).cloned() else { return };
    let draft = EventDraft::about(ObjectKind::Pod, &pod.meta, EventSource::Scheduler, EventReason::FailedScheduling);
    api.record_event(draft.warning().message(EventMessage::Text(message.clone())));
    if pod
        .status
        .condition(PodConditionType::PodScheduled)
        .is_none_or(|condition| condition.message.as_ref() != Some(message))
    {
        let now = api.now().truncated_to_second();
        let written = api.update_pod(uid, |pod| {
            set_scheduled(pod, ConditionStatus::False, "Unschedulable", Some(message.clone()), now);
        });
        debug_assert!(written.is_ok(), "the pod was there a moment ago");
    }
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
