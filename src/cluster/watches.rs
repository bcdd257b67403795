//! Watches: every change in the API server reaches each component that cares for it, in order and a little later.

use crate::api::Job;
use crate::apiserver::{Change, Notice};
use crate::sim::Time;
use std::collections::VecDeque;
use std::rc::Rc;

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
    SchedulerNodes,
    KubeletPods,
    ReplicaSetControllerSets,
    ReplicaSetControllerPods,
    DeploymentControllerDeployments,
    DeploymentControllerSets,
    CronJobControllerCronJobs,
    CronJobControllerJobs,
    GarbageCollectorCronJobs,
    NodeControllerNodes,
    PodGcPods,
    TaintEvictionPods,
}

impl Stream {
    pub const ALL: [Self; 18] = [
        Self::JobControllerJobs,
        Self::JobControllerPods,
        Self::GarbageCollectorJobs,
        Self::GarbageCollectorPods,
        Self::TtlAfterFinishedJobs,
        Self::SchedulerPods,
        Self::SchedulerNodes,
        Self::KubeletPods,
        Self::ReplicaSetControllerSets,
        Self::ReplicaSetControllerPods,
        Self::DeploymentControllerDeployments,
        Self::DeploymentControllerSets,
        Self::CronJobControllerCronJobs,
        Self::CronJobControllerJobs,
        Self::GarbageCollectorCronJobs,
        Self::NodeControllerNodes,
        Self::PodGcPods,
        Self::TaintEvictionPods,
    ];

    /// Whether the watcher asks for this change. Streams leave out what cannot matter to their watcher.
    fn wants(self, notice: &Notice) -> bool {
        match (self, notice) {
            (Self::JobControllerJobs | Self::GarbageCollectorJobs, Notice::Job(_)) => true,
            (Self::TtlAfterFinishedJobs, Notice::Job(Change { old, new })) => {
                [old, new].into_iter().flatten().any(|job| job.spec.ttl_after_finished_s.is_some())
            }
            (Self::JobControllerPods, Notice::Pod(_)) => true,
            (Self::CronJobControllerCronJobs | Self::GarbageCollectorCronJobs, Notice::CronJob(_)) => true,
            (Self::CronJobControllerJobs, Notice::Job(change)) => {
                let is_owned = |job: &Option<Rc<Job>>| job.as_ref().is_some_and(|job| job.meta.controller().is_some());
                is_owned(&change.old) || is_owned(&change.new)
            }
            (Self::GarbageCollectorPods, Notice::Pod(change)) => match (&change.old, &change.new) {
                (Some(old), Some(new)) => old.meta.owner_references != new.meta.owner_references,
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
            (Self::SchedulerNodes | Self::NodeControllerNodes, Notice::Node(_)) => true,
            (Self::PodGcPods, Notice::Pod(change)) => match (&change.old, &change.new) {
                (Some(old), Some(new)) => old.meta.deletion_time.is_none() && new.meta.deletion_time.is_some(),
                (None, _) | (_, None) => false,
            },
            (Self::TaintEvictionPods, Notice::Pod(change)) => match (&change.old, &change.new) {
                (Some(old), Some(new)) => old.node != new.node,
                (None, _) => false,
                (_, None) => true,
            },
            (
                _,
                Notice::CronJob(_)
                | Notice::Job(_)
                | Notice::Pod(_)
                | Notice::Node(_)
                | Notice::ReplicaSet(_)
                | Notice::Deployment(_)
                | Notice::Event(_),
            ) => false,
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

    /// Puts a change into the streams that want it, except for `deaf`; tells `plan` which of them have to be looked
    /// after, and when.
    pub fn publish(&mut self, notice: &Notice, now: Time, deaf: Option<Stream>, mut plan: impl FnMut(Time, Stream)) {
        for stream in Stream::ALL.into_iter().filter(|stream| Some(*stream) != deaf && stream.wants(notice)) {
            let Queue { extra_delay_ms, notices: queue } = &mut self.streams[stream as usize];
            let delay_ms = WATCH_DELAY_MS + *extra_delay_ms;
            let due = queue.back().map_or(now, |(last, _)| *last).max(now.plus_ms(delay_ms));
            if queue.is_empty() {
                plan(due, stream);
            }
            queue.push_back((due, notice.clone()));
        }
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
pub fn listed<T>(object: Rc<T>) -> Change<T> {
    Change { old: None, new: Some(object) }
}
