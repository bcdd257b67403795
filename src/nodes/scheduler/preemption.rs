//! Preemption: pods of lower priority are made to go so that a pod of higher priority fits. It chooses among the nodes
//! that the scheduler knows, and leaves ending the pods to their kubelets.

use super::room::{Cure, Presence, Tally};
use super::{Nomination, Place, Scheduler};
use crate::api::event::EventSource;
use crate::api::scheduling::Preemption;
use crate::api::{EventReason, ObjectKind, Resources, Scheduling, Uid};
use crate::apiserver::{ApiServer, Disruption, EventDraft};
use crate::sim::Time;
use std::cmp::Reverse;
use std::rc::Rc;

pub const NO_VICTIMS: &str = "No preemption victims found for incoming pod";
pub const NOT_HELPFUL: &str = "Preemption is not helpful for scheduling";
pub const NEVER: &str = "not eligible due to preemptionPolicy=Never.";
const WAITS_FOR_VICTIMS: &str = "not eligible due to a terminating pod on the nominated node.";

/// What came of making room.
pub enum Preempted {
    /// Others go; the pod has a node in prospect.
    Nominated,
    /// Nobody goes, and why.
    Not(String),
}

/// A pod that could be made to go.
#[derive(Clone, Debug)]
struct Victim {
    uid: Uid,
    priority: i32,
    started_at: Option<Time>,
    requests: Resources,
}

impl Victim {
    /// Smaller is more important.
    // Models pkg/scheduler/util MoreImportantPod
    fn importance(&self) -> (Reverse<i32>, Option<Time>) {
        (Reverse(self.priority), self.started_at)
    }
}

/// A node on which making some pods go would help.
struct Candidate {
    place: usize,
    /// The most important first.
    victims: Vec<Victim>,
}

impl Candidate {
    /// Smaller is better.
    // Models pkg/scheduler/framework/preemption/preemption.go pickOneNodeForPreemption
    fn rank(&self) -> (i32, i64, usize, Reverse<Option<Time>>) {
        let highest = self.victims.first();
        let sum = self.victims.iter().map(|victim| i64::from(victim.priority) - i64::from(i32::MIN)).sum();
        (
            highest.map_or(i32::MIN, |victim| victim.priority),
            sum,
            self.victims.len(),
            Reverse(highest.and_then(|victim| victim.started_at)),
        )
    }
}

impl Scheduler {
    /// Whether some pod may have a lower priority, so that it is worth looking.
    pub(super) fn may_preempt(&self, scheduling: &Scheduling) -> bool {
        scheduling.preemption == Preemption::LowerPriority
            && self.lowest_priority.is_some_and(|lowest| lowest < scheduling.priority)
    }

    /// What is kept free on a node for pods that are at least as important and have it in prospect.
    pub(super) fn reserved(&self, place: usize, scheduling: &Scheduling, uid: Uid) -> Resources {
        let counts = |nomination: &&Nomination| {
            nomination.node == place && nomination.pod != uid && nomination.scheduling.priority >= scheduling.priority
        };
        let nominations = self.nominated.iter().filter(counts);
        nominations.fold(Resources::default(), |sum, other| sum.plus(other.scheduling.requests))
    }

    /// Makes pods of lower priority go, where the fewest and least important have to.
    // Models pkg/scheduler/framework/preemption/preemption.go Preempt
    pub(super) fn preempt(&mut self, uid: Uid, scheduling: &Rc<Scheduling>, api: &mut ApiServer) -> Preempted {
        if self.waits_for_victims(uid, scheduling, api) {
            return Preempted::Not(WAITS_FOR_VICTIMS.to_owned());
        }
        let (mut tally, mut best) = (Tally::default(), None::<Candidate>);
        for place in 0..self.nodes.len() {
            if self.nodes[place].presence == Presence::Gone {
                continue;
            }
            match self.candidate(place, uid, scheduling, api) {
                Ok(found) if best.as_ref().is_none_or(|best| found.rank() < best.rank()) => best = Some(found),
                Ok(_) => {}
                Err(reasons) => reasons.into_iter().for_each(|reason| tally.add(reason)),
            }
        }
        let Some(best) = best else { return Preempted::Not(tally.sentence(self.present())) };
        self.nominate(uid, scheduling, best, api);
        Preempted::Nominated
    }

    // Models pkg/scheduler/framework/plugins/defaultpreemption PodEligibleToPreemptOthers
    fn waits_for_victims(&self, uid: Uid, scheduling: &Scheduling, api: &ApiServer) -> bool {
        let Some(nomination) = self.nominated.iter().find(|nomination| nomination.pod == uid) else { return false };
        self.pods_below(nomination.node, scheduling.priority).any(|(pod, _)| is_going(pod, api))
    }

    /// The pods of a node that have a lower priority.
    fn pods_below(&self, place: usize, priority: i32) -> impl Iterator<Item = (Uid, &Rc<Scheduling>)> {
        self.pods.iter().filter_map(move |(pod, stands)| match stands {
            Place::OnNode { node, scheduling } if *node == place && scheduling.priority < priority => {
                Some((pod, scheduling))
            }
            Place::OnNode { .. } | Place::Queued | Place::Waiting => None,
        })
    }

    /// Who has to go from a node so that the pod fits: the least important, and no more than needed. Else why that does
    /// not help.
    // Models pkg/scheduler/framework/plugins/defaultpreemption SelectVictimsOnNode
    fn candidate(
        &self,
        place: usize,
        uid: Uid,
        scheduling: &Scheduling,
        api: &ApiServer,
    ) -> Result<Candidate, Vec<&'static str>> {
        let mut room = self.nodes[place].clone();
        let reserved = self.reserved(place, scheduling, uid);
        if room.obstacles(scheduling, reserved).cure == Cure::None {
            return Err(vec![NOT_HELPFUL]);
        }
        let mut below: Vec<Victim> = Vec::new();
        for (pod, theirs) in self.pods_below(place, scheduling.priority) {
            let started_at = api.pod(pod).and_then(|pod| pod.status.start_time);
            let victim = Victim { uid: pod, priority: theirs.priority, started_at, requests: theirs.requests };
            below.insert(below.partition_point(|other| other.importance() <= victim.importance()), victim);
        }
        if below.is_empty() {
            return Err(vec![NO_VICTIMS]);
        }
        room.used = below.iter().fold(room.used, |used, victim| used.minus(victim.requests));
        if !room.fits(scheduling, reserved) {
            return Err(room.obstacles(scheduling, reserved).reasons);
        }
        below.retain(|victim| {
            let without = room.used;
            room.used = without.plus(victim.requests);
            let has_to_go = !room.fits(scheduling, reserved);
            if has_to_go {
                room.used = without;
            }
            has_to_go
        });
        Ok(Candidate { place, victims: below })
    }

    // Models pkg/scheduler/framework/preemption/preemption.go PreemptPod
    fn nominate(&mut self, uid: Uid, scheduling: &Rc<Scheduling>, candidate: Candidate, api: &mut ApiServer) {
        let node = self.nodes[candidate.place].node.meta.name.clone();
        for victim in candidate.victims {
            let Some(meta) = api.pod(victim.uid).map(|pod| pod.meta.clone()) else { continue };
            if meta.deletion_time.is_none() && api.disrupt_pod(victim.uid, Disruption::Preemption).is_ok() {
                let message = format!("Preempted by pod {uid} on node {node}");
                let draft = EventDraft::about(ObjectKind::Pod, &meta, EventSource::Scheduler, EventReason::Preempted);
                api.record_event(draft.message(message));
            }
        }
        self.nominated.retain(|nomination| nomination.pod != uid);
        self.nominated.push(Nomination { pod: uid, node: candidate.place, scheduling: scheduling.clone() });
        let written = api.update_pod(uid, |pod| pod.status.nominated_node = Some(node));
        debug_assert!(written.is_ok(), "the pod was there a moment ago");
    }
}

fn is_going(uid: Uid, api: &ApiServer) -> bool {
    api.pod(uid).is_some_and(|pod| pod.meta.deletion_time.is_some())
}
