//! Runs that ask others while they go on: when a question is due it is put to the network, and with the answer the run is
//! planned anew.

use super::runtime::{RunState, Talk};
use super::worker::{Worker, running};
use crate::api::Uid;
use crate::nodes::{NodeEvent, Wakes, network};
use crate::sim::Time;
use crate::workload::{Answer, Consumer, Queues};

/// So many questions of one moment are put at once; more come in the next.
const MAX_QUESTIONS: usize = 100;

impl Worker<'_, '_> {
    /// The run of a container puts its question, and goes on by the answer if there is one.
    pub fn ask(&mut self, place: usize) {
        let now = self.now();
        for number in 0..MAX_QUESTIONS {
            let container = &mut self.runtime.containers[place];
            let (turn, restarts) = (container.turn, container.restarts);
            let RunState::Running { started_at, due, talk, .. } = &mut container.state else { return };
            if due.is_some_and(|due| due > now) {
                match number {
                    // It was woken for something that is over.
                    0 => return,
                    _ => break,
                }
            }
            let Some(question) = talk.question.clone() else { break };
            let (pod, namespace) = (self.pod.meta.uid, self.pod.meta.namespace.clone());
            let consumer = Consumer { pod, container: place as u16, turn };
            let (reply, woken) =
                network::call(self.turn.api, &mut self.turn.workloads.queues, &namespace, &question, consumer);
            wake(woken, now, self.turn.wakes);
            let Some(reply) = reply else {
                *due = None;
                return;
            };
            let Talk { mut answers, .. } = std::mem::take(talk);
            let started_at = *started_at;
            let answer = Answer { at_ms: now.ms_since(started_at).max(0) as u64, reply };
            let (workloads, ticket) = (&self.turn.workloads, &self.runtime.ticket);
            workloads.hear(ticket, place, &mut answers, answer);
            let plan = workloads.plan(&self.pod, ticket, place, restarts, started_at, &answers);
            self.runtime.containers[place].state = running(plan, started_at, answers);
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
pub fn hang_up_all(pod: Uid, containers: usize, queues: &mut Queues, now: Time, wakes: &mut Wakes) {
    for place in 0..containers {
        wake(queues.container_gone(pod, place as u16, now), now, wakes);
    }
}

/// Those who waited may ask again.
pub fn wake(consumers: Vec<Consumer>, now: Time, wakes: &mut Wakes) {
    for Consumer { pod, container, turn } in consumers {
        wakes.push((now, NodeEvent::ContainerDue { pod, container, turn }));
    }
}
