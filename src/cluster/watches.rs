//! Watches: every change in the API server reaches each component that cares for it, in order and a little later.

use crate::apiserver::{Change, Notice};
use crate::sim::Time;
use std::collections::VecDeque;

/// How long a change takes to reach a watcher, unless a stream is set to be slower.
pub const WATCH_DELAY_MS: i64 = 10;

/// Who hears of which kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    JobControllerJobs,
    JobControllerPods,
    GarbageCollectorJobs,
    GarbageCollectorPods,
    TtlAfterFinishedJobs,
    SchedulerPods,
    KubeletPods,
    ReplicaSetControllerSets,
    ReplicaSetControllerPods,
    DeploymentControllerDeployments,
    DeploymentControllerSets,
}

impl Stream {
    pub const ALL: [Self; 11] = [
        Self::JobControllerJobs,
        Self::JobControllerPods,
        Self::GarbageCollectorJobs,
        Self::GarbageCollectorPods,
        Self::TtlAfterFinishedJobs,
        Self::SchedulerPods,
        Self::KubeletPods,
        Self::ReplicaSetControllerSets,
        Self::ReplicaSetControllerPods,
        Self::DeploymentControllerDeployments,
        Self::DeploymentControllerSets,
    ];

    /// Whether the watcher asks for this change. Streams leave out what cannot matter to their watcher.
    fn wants(self, notice: &Notice) -> bool {
        match (self, notice) {
            (Self::JobControllerJobs | Self::GarbageCollectorJobs, Notice::Job(_)) => true,
            (Self::TtlAfterFinishedJobs, Notice::Job(Change { old, new })) => {
                [old, new].into_iter().flatten().any(|job| job.spec.ttl_after_finished_s.is_some())
            }
            (Self::JobControllerPods, Notice::Pod(_)) => true,
            (Self::GarbageCollectorPods, Notice::Pod(change)) => match (&change.old, &change.new) {
                (Some(old), Some(new)) => {
                    old.meta.owner_references != new.meta.owner_references
                        || (new.node.is_none() && new.meta.deletion_time.is_some())
                }
                (None, _) | (_, None) => true,
            },
            (Self::SchedulerPods, Notice::Pod(change)) => match (&change.old, &change.new) {
                (Some(old), Some(new)) => old.is_terminal() != new.is_terminal() || new.node.is_none(),
                (None, _) | (_, None) => true,
            },
            (Self::KubeletPods, Notice::Pod(change)) => match (&change.old, &change.new) {
                (Some(old), Some(new)) => old.node != new.node || old.meta.deletion_time != new.meta.deletion_time,
                (None, _) => false,
                (_, None) => true,
            },
            (Self::ReplicaSetControllerSets | Self::DeploymentControllerSets, Notice::ReplicaSet(_)) => true,
            (Self::DeploymentControllerDeployments, Notice::Deployment(_)) => true,
            (Self::ReplicaSetControllerPods, Notice::Pod(change)) => [&change.old, &change.new]
                .into_iter()
                .flatten()
                .any(|pod| pod.meta.controller().is_none_or(|owner| owner.kind == "ReplicaSet")),
            (_, Notice::Job(_) | Notice::Pod(_) | Notice::Event(_) | Notice::ReplicaSet(_) | Notice::Deployment(_)) => {
                false
            }
        }
    }
}

/// The streams of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Watches {
    /// By the place of the stream in [`Stream::ALL`].
    streams: [Queue; Stream::ALL.len()],
}

/// What is on its way to one watcher.
#[derive(Clone, Debug, Default)]
struct Queue {
    /// How much later than usual changes arrive, in milliseconds.
    extra_delay_ms: i64,
    notices: VecDeque<(Time, Notice)>,
}

impl Watches {
    /// Makes a stream slower or faster from now on.
    pub fn set_delay_ms(&mut self, stream: Stream, delay_ms: i64) {
        self.streams[stream as usize].extra_delay_ms = delay_ms.max(0) - WATCH_DELAY_MS;
    }

    /// Puts a change into the streams that want it; returns which of them have to be looked after, and when.
    pub fn publish(&mut self, notice: &Notice, now: Time) -> Vec<(Time, Stream)> {
        let mut deliveries = Vec::new();
        for stream in Stream::ALL.into_iter().filter(|stream| stream.wants(notice)) {
            let Queue { extra_delay_ms, notices: queue } = &mut self.streams[stream as usize];
            let delay_ms = WATCH_DELAY_MS + *extra_delay_ms;
            let due = queue.back().map_or(now, |(last, _)| *last).max(now.plus_ms(delay_ms));
            if queue.is_empty() {
                deliveries.push((due, stream));
            }
            queue.push_back((due, notice.clone()));
        }
        deliveries
    }

    /// Takes the next change of a stream that is due.
    pub fn take(&mut self, stream: Stream, now: Time) -> Option<Notice> {
        let queue = &mut self.streams[stream as usize].notices;
        let due = queue.front().is_some_and(|(due, _)| *due <= now);
        if due { queue.pop_front().map(|(_, notice)| notice) } else { None }
    }

    /// When the next change of a stream is due.
    pub fn next_due(&self, stream: Stream) -> Option<Time> {
        self.streams[stream as usize].notices.front().map(|(due, _)| *due)
    }

    /// Whether nothing is on its way.
    pub fn is_empty(&self) -> bool {
        self.streams.iter().all(|queue| queue.notices.is_empty())
    }

    /// Loses all that is on its way in a stream: its watcher has gone.
    pub fn clear(&mut self, stream: Stream) {
        self.streams[stream as usize].notices.clear();
    }
}

/// An object as a new watcher is first told of it.
pub fn listed<T>(object: std::rc::Rc<T>) -> Change<T> {
    Change { old: None, new: Some(object) }
}
