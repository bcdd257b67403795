//! Kubelets that come and go with their machines: a dark one hears and does nothing, and one that is back finds its
//! containers ended by the outage.

use super::images::NodeImages;
use super::runtime::{PodRuntime, RunState, Stage};
use super::worker::Worker;
use super::{Kubelets, NodeTurn, dialogue, place_of};
use crate::api::{Node, Pod, Uid};
use crate::nodes::NodeEvent;
use crate::workload::Exit;
use std::rc::Rc;

/// What containerd says of a container that it finds ended after a restart of the machine.
const LOST_EXIT_CODE: i32 = 255;
const LOST_REASON: &str = "Unknown";

/// What is left of a machine that is dark.
#[derive(Clone, Debug)]
pub struct DarkNode {
    name: Rc<str>,
    images: NodeImages,
    pods: Vec<(Uid, Rc<PodRuntime>)>,
}

impl Kubelets {
    /// A kubelet for a node that has joined.
    pub fn add_node(&mut self, node: &Node) {
        self.begin_node(node.meta.name.clone(), NodeImages::default());
    }

    /// The kubelet of a node is gone for good, with all that it knew.
    pub fn remove_node(&mut self, name: &str, turn: &mut NodeTurn) {
        self.go_dark(name, turn);
        self.dark.retain(|dark| &*dark.name != name);
    }

    /// The machine of a node stops: its containers with it, and no status is written any more.
    pub fn go_dark(&mut self, name: &str, turn: &mut NodeTurn) {
        let Ok(place) = place_of(&self.nodes, name) else { return };
        let (name, images) = self.nodes.remove(place);
        // Also pods that are gone, of which it was not told in time.
        let here: Vec<Uid> = self.pods.iter().filter(|(_, runtime)| runtime.node == name).map(|(uid, _)| uid).collect();
        let pods: Vec<(Uid, Rc<PodRuntime>)> =
            here.into_iter().filter_map(|uid| Some((uid, self.pods.remove(uid)?))).collect();
        for (uid, runtime) in &pods {
            dialogue::hang_up_all(*uid, runtime, turn);
        }
        self.dark.push(DarkNode { name, images, pods });
    }

    fn begin_node(&mut self, name: Rc<str>, images: NodeImages) {
        if let Err(place) = place_of(&self.nodes, &name) {
            self.nodes.insert(place, (name, images));
        }
    }

    /// The machine of a node runs again. Its kubelet looks after the pods that are still bound there.
    pub fn come_back(&mut self, name: &str, turn: &mut NodeTurn) {
        let Some(place) = self.dark.iter().position(|dark| &*dark.name == name) else { return };
        let DarkNode { name, images, pods } = self.dark.remove(place);
        self.begin_node(name.clone(), images);
        for (uid, runtime) in pods {
            if turn.api.pod(uid).is_some_and(|pod| !pod.is_terminal()) {
                self.pods.insert(uid, runtime);
                self.with_pod(uid, turn, |worker| worker.find_again());
            }
        }
        let is_here = |pod: &Pod| pod.node.as_ref() == Some(&name);
        let here: Vec<Rc<Pod>> = turn.api.pods().filter(|pod| is_here(pod)).cloned().collect();
        for pod in here {
            self.on_seen(&pod, turn);
        }
    }
}

impl Worker<'_, '_> {
    /// The machine was away: what ran has ended, what was begun is begun again.
    // Models pkg/kubelet/kuberuntime/kuberuntime_container.go toKubeContainerStatus, for containers lost in a restart
    fn find_again(&mut self) {
        let now = self.turn.api.now();
        let uid = self.pod.meta.uid;
        for place in 0..self.runtime.containers.len() {
            match self.runtime.containers[place].state {
                RunState::Running { .. } => {
                    self.finish(place, Exit { reason: LOST_REASON.into(), ..Exit::with_code(LOST_EXIT_CODE) });
                }
                RunState::Pulling { until: due, .. } | RunState::PullFailed { retry_at: due, .. } => {
                    let turn = self.runtime.containers[place].turn;
                    let event = NodeEvent::ContainerDue { pod: uid, container: place as u16, turn };
                    self.turn.wakes.push((due.max(now), event));
                }
                RunState::Ended { exit_code, .. } => {
                    let is_done = exit_code == 0 && place < self.pod.template.init_containers.len();
                    if !is_done {
                        self.after_end(place);
                    }
                }
                RunState::NotStarted | RunState::NoImage => {}
            }
        }
        match self.runtime.stage {
            // What was due during the outage is due now.
            Stage::Preparing | Stage::CleaningUp => self.turn.wakes.push((now, NodeEvent::PodDue { pod: uid })),
            Stage::Working | Stage::Finishing { .. } | Stage::Ending { .. } | Stage::Done => {}
        }
    }
}
