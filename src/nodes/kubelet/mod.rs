//! The kubelets of all nodes: each looks after the pods bound to its node, from the first status to the last. What
//! one step of one pod does stands in `worker`; how statuses are made in `status`.

mod dialogue;
mod ending;
mod images;
mod outage;
mod probes;
mod runtime;
mod status;
mod worker;

use super::{NodeEvent, Wakes, network};
use crate::api::{ContainerState, Pod, Uid, UidMap};
use crate::apiserver::{ApiServer, Change, DeleteGrace};
use crate::sim::Time;
use crate::workload::{CallFailure, Exit, LogView, Workloads};
use images::NodeImages;
use outage::DarkNode;
pub use runtime::{MAX_BACK_OFF_MS, NextTry};
use runtime::{PodRuntime, RunRecord, RunState, Stage};
use std::collections::VecDeque;
use std::rc::Rc;
use worker::Worker;

/// Of so many pods that have ended the logs can still be read, as long as the pods are there.
const MAX_ENDED: usize = 1_000;

/// All that a kubelet works with for one step.
pub struct NodeTurn<'a> {
    pub api: &'a mut ApiServer,
    pub workloads: &'a mut Workloads,
    pub wakes: &'a mut Wakes,
}

/// The kubelets of all nodes.
#[derive(Clone, Debug)]
pub struct Kubelets {
    /// Those whose machines run, in the order of their names.
    nodes: Vec<(Rc<str>, NodeImages)>,
    /// The pods that have not ended, and those that ended last.
    pods: UidMap<Rc<PodRuntime>>,
    dark: Vec<DarkNode>,
    /// Those that ended last, in order.
    ended: VecDeque<Uid>,
}

/// Which run of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhichRun {
    /// The one that is going on, or the last one.
    Current,
    /// The one before it.
    Previous,
}

impl Kubelets {
    /// Kubelets for the nodes that are registered now; no image is on them.
    pub fn new(api: &ApiServer) -> Self {
        Self {
            nodes: api.nodes().map(|node| (node.meta.name.clone(), NodeImages::default())).collect(),
            pods: UidMap::default(),
            dark: Vec::new(),
            ended: VecDeque::new(),
        }
    }

    /// The watch tells of a pod. Pods of nodes that are not known here, or dark, are left alone.
    pub fn on_pod(&mut self, change: &Change<Pod>, turn: &mut NodeTurn) {
        let Some(seen) = &change.new else {
            if let Some(old) = &change.old {
                self.let_go(old.meta.uid, turn);
            }
            return;
        };
        self.on_seen(seen, turn);
    }

    fn on_seen(&mut self, seen: &Pod, turn: &mut NodeTurn) {
        let uid = seen.meta.uid;
        if seen.node.as_ref().is_none_or(|node| place_of(&self.nodes, node).is_err()) {
            return;
        }
        let stage = self.pods.get(uid).map(|runtime| runtime.stage);
        if seen.is_terminal() && !matches!(stage, None | Some(Stage::CleaningUp | Stage::Done)) {
            self.retire(uid, turn);
        }
        let is_ours = self.pods.get(uid).is_some_and(|runtime| runtime.stage != Stage::Done);
        if !is_ours && !self.take_on(uid, turn) {
            return;
        }
        if seen.meta.deletion_time.is_some() {
            let grace_s = seen.meta.deletion_grace_s.unwrap_or(seen.template.termination_grace_s);
            self.with_pod(uid, turn, |worker| worker.end(grace_s));
        }
    }

    /// One of their events is due; those of the scheduler and the machines are not their business.
    pub fn on_event(&mut self, event: NodeEvent, turn: &mut NodeTurn) {
        match event {
            NodeEvent::PodDue { pod } => self.with_pod(pod, turn, |worker| worker.pod_due()),
            NodeEvent::ContainerDue { pod, container, turn: number } => {
                self.with_pod(pod, turn, |worker| worker.container_due(usize::from(container), number));
            }
            NodeEvent::ProbeDue { pod, container, turn: number, probe } => {
                self.with_pod(pod, turn, |worker| worker.probe_due(usize::from(container), number, usize::from(probe)));
            }
            NodeEvent::Schedule { .. } | NodeEvent::ScheduleWaiting | NodeEvent::MachineDue { .. } => {}
        }
    }

    /// Ends the running containers of a pod now, with `exit_code` (held to 0 to 255).
    ///
    /// # Errors
    /// A sentence when no container of the pod is running.
    pub fn end_pod(&mut self, uid: Uid, exit_code: i32, turn: &mut NodeTurn) -> Result<(), String> {
        let running: Vec<usize> = self.pods.get(uid).map(|runtime| runtime.running()).unwrap_or_default();
        let pod = turn.api.pod(uid);
        // One that others have called ended may not have heard of it yet.
        if running.is_empty() || pod.is_none_or(|pod| pod.is_terminal()) {
            let name = pod.map_or("The pod".to_owned(), |pod| format!("Pod {}", pod.meta.name));
            return Err(format!("{name} has no running container."));
        }
        for container in running {
            self.with_pod(uid, turn, |worker| worker.finish(container, Exit::with_code(exit_code.clamp(0, 255))));
        }
        Ok(())
    }

    /// Puts items into a queue of the broker behind a Service; makes the queue where it is missing.
    ///
    /// # Errors
    /// When the broker cannot be reached or there is no room for so many.
    pub fn put_items(service: &str, queue: &str, count: u32, turn: &mut NodeTurn) -> Result<(), CallFailure> {
        let now = turn.api.now();
        let woken = network::load(turn.api, &mut turn.workloads.queues, service, queue, count, now)?;
        dialogue::wake(woken, now, turn.wakes);
        Ok(())
    }

    /// When the runs of the pod's containers that are now going are due to end; `None` when none is running or one
    /// has no end.
    pub fn expected_end(&self, uid: Uid) -> Option<Time> {
        let mut last = None;
        for container in self.pods.get(uid)?.awaited() {
            if let RunState::Running { due, question, .. } = &container.state {
                last = last.max(Some(due.filter(|_| question.is_none())?));
            }
        }
        last
    }

    /// When the kubelet tries again with that container, counted from the init containers; `None` when no back-off holds
    /// it up, or its machine is dark.
    pub fn next_try(&self, uid: Uid, container: usize, now: Time) -> Option<NextTry> {
        self.pods.get(uid)?.containers.get(container)?.next_try(now)
    }

    /// Begins with a pod that is new here; false when there is nothing to begin.
    fn take_on(&mut self, uid: Uid, turn: &mut NodeTurn) -> bool {
        let Some(pod) = turn.api.pod(uid).cloned() else { return false };
        if pod.is_terminal() {
            delete_ended(&pod, turn);
            return false;
        }
        let Some(node) = pod.node.clone() else { return false };
        let ticket = turn.workloads.ticket(&pod);
        let random = turn.workloads.node_random(&ticket);
        self.pods.insert(uid, Rc::new(PodRuntime::new(ticket, node, random, &pod.template)));
        self.with_pod(uid, turn, |worker| worker.begin());
        true
    }

    /// The log of a run of a pod's container, counted from the init containers; `None` when there is no such run, or
    /// when it ended so long ago that nothing is known of it.
    pub fn log(
        &self,
        pod: &Pod,
        container: usize,
        which: WhichRun,
        workloads: &Workloads,
        now: Time,
    ) -> Option<LogView> {
        let runtime = self.pods.get(pod.meta.uid)?;
        let [current, previous] = &runtime.containers.get(container)?.runs;
        // While the container waits to be started again, the run that ended last is the one before.
        let status = pod.status.all_containers().nth(container);
        let waits = status.is_some_and(|status| matches!(status.state, ContainerState::Waiting { .. }));
        let RunRecord { run, ended_at } = match which {
            WhichRun::Previous if !waits => previous.as_ref()?,
            WhichRun::Previous => current.as_ref().filter(|run| run.ended_at.is_some())?,
            WhichRun::Current => current.as_ref()?,
        };
        Some(workloads.log(pod, &runtime.ticket, run, ended_at.unwrap_or(now)))
    }

    /// A pod has ended. Its runs are remembered for their logs, until too many have ended after it.
    fn retire(&mut self, uid: Uid, turn: &mut NodeTurn) {
        if let Some(runtime) = self.pods.get_mut(uid).map(Rc::make_mut) {
            dialogue::hang_up_all(uid, runtime, turn);
            runtime.stage = Stage::Done;
            self.ended.push_back(uid);
        }
        if self.ended.len() > MAX_ENDED
            && let Some(oldest) = self.ended.pop_front()
            && self.pods.get(oldest).is_some_and(|runtime| runtime.stage == Stage::Done)
        {
            self.pods.remove(oldest);
        }
    }

    fn with_pod(&mut self, uid: Uid, turn: &mut NodeTurn, step: impl FnOnce(&mut Worker)) {
        let runtime = self.pods.get_mut(uid).filter(|runtime| runtime.stage != Stage::Done);
        let Some(runtime) = runtime.map(Rc::make_mut) else { return };
        let pod = turn.api.pod(uid).cloned();
        let images = pod
            .as_ref()
            .and_then(|pod| place_of(&self.nodes, pod.node.as_ref()?).ok())
            .map(|place| &mut self.nodes[place].1);
        let others_ended = runtime.stage != Stage::CleaningUp && pod.as_ref().is_some_and(|pod| pod.is_terminal());
        if let (Some(pod), true) = (&pod, others_ended) {
            delete_ended(pod, turn);
        } else if let (Some(pod), Some(images)) = (pod, images) {
            step(&mut Worker { pod, runtime, images, turn });
            if runtime.stage == Stage::Done {
                self.retire(uid, turn);
            }
        } else {
            self.let_go(uid, turn);
        }
    }

    /// Has nothing more to do with a pod; what still ran in it is gone.
    fn let_go(&mut self, uid: Uid, turn: &mut NodeTurn) {
        if let Some(runtime) = self.pods.remove(uid) {
            dialogue::hang_up_all(uid, &runtime, turn);
        }
    }
}

/// An ended pod that somebody asked to go needs no more time.
fn delete_ended(pod: &Pod, turn: &mut NodeTurn) {
    if pod.meta.deletion_grace_s.is_some_and(|grace_s| grace_s > 0) {
        let deleted = turn.api.delete_pod(pod.meta.uid, DeleteGrace::Seconds(0));
        debug_assert!(deleted.is_ok(), "the pod was there a moment ago");
    }
}

/// Where a node stands among those that are in the order of their names, or where it would.
fn place_of(nodes: &[(Rc<str>, NodeImages)], name: &str) -> Result<usize, usize> {
    nodes.binary_search_by(|(known, _)| (**known).cmp(name))
}
