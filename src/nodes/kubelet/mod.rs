//! The kubelets of all nodes: each looks after the pods bound to its node, from the first status to the last. What
//! one step of one pod does stands in `worker`; how statuses are made in `status`.

mod dialogue;
mod runtime;
mod status;
mod worker;

use super::{NodeEvent, Wakes, network};
use crate::api::{Pod, Uid};
use crate::apiserver::{ApiServer, Change, DeleteGrace};
use crate::sim::{Time, gather};
use crate::workload::{CallFailure, Exit, Workloads};
use runtime::{PodRuntime, RunState, Stage};
use std::collections::BTreeMap;
use std::rc::Rc;
use worker::{NodeImages, Worker};

/// All that a kubelet works with for one step.
pub struct NodeTurn<'a> {
    pub api: &'a mut ApiServer,
    pub workloads: &'a mut Workloads,
    pub wakes: &'a mut Wakes,
}

/// The kubelets of all nodes.
#[derive(Clone, Debug)]
pub struct Kubelets {
    nodes: BTreeMap<Rc<str>, NodeImages>,
    /// The pods that have not ended.
    pods: BTreeMap<Uid, PodRuntime>,
}

impl Kubelets {
    /// Kubelets for the nodes that are registered now; no image is on them.
    pub fn new(api: &ApiServer) -> Self {
        Self {
            nodes: gather(api.nodes().map(|node| (node.meta.name.clone(), NodeImages::default()))),
            pods: BTreeMap::new(),
        }
    }

    /// The watch tells of a pod. Pods of nodes that are not known here are left alone.
    pub fn on_pod(&mut self, change: &Change<Pod>, turn: &mut NodeTurn) {
        let Some(seen) = &change.new else {
            if let Some(old) = &change.old {
                self.let_go(old.meta.uid, turn);
            }
            return;
        };
        let uid = seen.meta.uid;
        if seen.node.as_ref().is_none_or(|node| !self.nodes.contains_key(node)) {
            return;
        }
        if seen.is_terminal() && self.pods.get(&uid).is_some_and(|runtime| runtime.stage != Stage::CleaningUp) {
            self.let_go(uid, turn);
        }
        if !self.pods.contains_key(&uid) && !self.take_on(uid, turn) {
            return;
        }
        if seen.meta.deletion_time.is_some() {
            let grace_s = seen.meta.deletion_grace_s.unwrap_or(seen.template.termination_grace_s);
            self.with_pod(uid, turn, |worker| worker.end(grace_s));
        }
    }

    /// One of their events is due; those of the scheduler are not their business.
    pub fn on_event(&mut self, event: NodeEvent, turn: &mut NodeTurn) {
        match event {
            NodeEvent::PodDue { pod } => self.with_pod(pod, turn, |worker| worker.pod_due()),
            NodeEvent::ContainerDue { pod, container, turn: number } => {
                self.with_pod(pod, turn, |worker| worker.container_due(usize::from(container), number));
            }
            NodeEvent::Schedule { .. } | NodeEvent::ScheduleWaiting => {}
        }
    }

    /// Ends the running containers of a pod now, with `exit_code` (held to 0 to 255).
    ///
    /// # Errors
    /// A sentence when no container of the pod is running.
    pub fn end_pod(&mut self, uid: Uid, exit_code: i32, turn: &mut NodeTurn) -> Result<(), String> {
        let running: Vec<usize> = self.pods.get(&uid).map(PodRuntime::running).unwrap_or_default();
        let Some(pod) = turn.api.pod(uid).filter(|_| !running.is_empty()) else {
            let name = turn.api.pod(uid).map_or("The pod".to_owned(), |pod| format!("Pod {}", pod.meta.name));
            return Err(format!("{name} has no running container."));
        };
        debug_assert!(!pod.is_terminal());
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
        let running = self.pods.get(&uid)?.containers.iter().filter_map(|container| match &container.state {
            RunState::Running { due, talk, .. } => Some(due.filter(|_| talk.question.is_none())),
            RunState::NotStarted | RunState::Pulling { .. } | RunState::Ended { .. } => None,
        });
        running.collect::<Option<Vec<Time>>>()?.into_iter().max()
    }

    /// Begins with a pod that is new here; false when there is nothing to begin.
    fn take_on(&mut self, uid: Uid, turn: &mut NodeTurn) -> bool {
        let Some(pod) = turn.api.pod(uid).cloned() else { return false };
        if pod.is_terminal() {
            delete_ended(&pod, turn);
            return false;
        }
        let ticket = turn.workloads.ticket(&pod);
        let random = turn.workloads.node_random(&ticket);
        self.pods.insert(uid, PodRuntime::new(ticket, random, &pod.template));
        self.with_pod(uid, turn, |worker| worker.begin());
        true
    }

    fn with_pod(&mut self, uid: Uid, turn: &mut NodeTurn, step: impl FnOnce(&mut Worker)) {
        let Some(runtime) = self.pods.get_mut(&uid) else { return };
        let pod = turn.api.pod(uid).cloned();
        let images = pod.as_ref().and_then(|pod| self.nodes.get_mut(pod.node.as_ref()?));
        let others_ended = runtime.stage != Stage::CleaningUp && pod.as_ref().is_some_and(|pod| pod.is_terminal());
        if let (Some(pod), true) = (&pod, others_ended) {
            delete_ended(pod, turn);
        } else if let (Some(pod), Some(images)) = (pod, images) {
            step(&mut Worker { pod, runtime, images, turn });
            if runtime.stage != Stage::Done {
                return;
            }
        }
        self.let_go(uid, turn);
    }

    /// Has nothing more to do with a pod; what still ran in it is gone.
    fn let_go(&mut self, uid: Uid, turn: &mut NodeTurn) {
        if let Some(runtime) = self.pods.remove(&uid) {
            let queues = &mut turn.workloads.queues;
            dialogue::hang_up_all(uid, runtime.containers.len(), queues, turn.api.now(), turn.wakes);
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
