//! Runs that ask others while they go on: when a question is due it is put to the network, and with the answer the run is
//! planned anew.

use super::NodeTurn;
use super::runtime::{PodRuntime, RunState};
use super::worker::Worker;
use crate::api::Uid;
use crate::nodes::{NodeEvent, Wakes, network};
use crate::sim::Time;
use crate::workload::{Answer, Consumer};

/// So many questions of one moment are put at once; more come in the next.
const MAX_QUESTIONS: usize = 100;

impl Worker<'_, '_> {
    /// The run of a container puts its question, and goes on by the answer if there is one.
    pub fn ask(&mut self, place: usize) {
        let now = self.now();
        for number in 0..MAX_QUESTIONS {
            let container = &mut self.runtime.containers[place];
            let consumer = Consumer { pod: self.pod.meta.uid, container: place as u16, turn: container.turn };
            let RunState::Running { started_at, due, question, .. } = &mut container.state else { return };
            if due.is_some_and(|due| due > now) {
                match number {
                    // It was woken for something that is over.
                    0 => return,
                    _ => break,
                }
            }
            let (Some(question), Some(record)) = (question, &mut container.runs[0]) else { break };
            let workloads = &mut self.turn.workloads;
            let (reply, woken) =
                network::call(self.turn.api, &mut workloads.queues, &self.pod.meta.namespace, question, consumer);
            wake(woken, now, self.turn.wakes);
            let Some(reply) = reply else {
                *due = None;
                return;
            };
            let started_at = *started_at;
            let answer = Answer { at_ms: now.ms_since(started_at).max(0) as u64, reply };
            let ticket = &self.runtime.ticket;
            workloads.hear(ticket, &mut record.run, answer);
            container.state = RunState::running(workloads.plan(&self.pod, ticket, &record.run), started_at);
        }
        self.wake_at_due(place);
    }

    /// The run of a container is over: its connections are closed, and what it held in its memory is lost.
    pub fn hang_up(&mut self, place: usize) {
        let now = self.now();
        let woken = self.turn.workloads.queues.container_gone(self.pod.meta.uid, place as u16, now);
        wake(woken, now, self.turn.wakes);
    }
}

/// A pod is gone from its node, with all that runs in it.
pub fn hang_up_all(pod: Uid, runtime: &PodRuntime, turn: &mut NodeTurn) {
    let now = turn.api.now();
    for place in 0..runtime.containers.len() {
        wake(turn.workloads.queues.container_gone(pod, place as u16, now), now, turn.wakes);
    }
}

/// Those who waited may ask again.
pub fn wake(consumers: Vec<Consumer>, now: Time, wakes: &mut Wakes) {
    for Consumer { pod, container, turn } in consumers {
        wakes.push((now, NodeEvent::ContainerDue { pod, container, turn }));
    }
}
