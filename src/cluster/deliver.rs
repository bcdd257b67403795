//! What the watches deliver, handed to those who watch.

use super::{Cluster, Entry, Stream, Wiring};
use crate::api::{Job, Pod, ReplicaSet};
use crate::apiserver::{Change, Notice};
use crate::nodes::Wakes;

impl<W: Wiring> Cluster<W> {
    pub(super) fn deliver(&mut self, stream: Stream) {
        let now = self.now();
        let mut wakes = Wakes::new();
        while let Some(notice) = self.watches.take(stream, now) {
            self.wiring.delivered(stream, &notice, now);
            match notice {
                Notice::Job(change) => self.deliver_job(stream, &change),
                Notice::Pod(change) => self.deliver_pod(stream, &change, &mut wakes),
                Notice::ReplicaSet(change) => self.deliver_replica_set(stream, &change),
                Notice::Deployment(change) => self.deployment_controller.on_deployment(&change),
                Notice::Event(_) => {}
            }
        }
        self.plan_wakes(wakes);
        if let Some(due) = self.watches.next_due(stream) {
            self.agenda.add(due, Entry::Deliver(stream));
        }
    }

    fn deliver_job(&mut self, stream: Stream, change: &Change<Job>) {
        let now = self.now();
        match stream {
            Stream::JobControllerJobs => {
                if let Some(controller) = &mut self.job_controller {
                    controller.on_job(change, now);
                }
            }
            Stream::GarbageCollectorJobs => {
                if let Some(collector) = &mut self.garbage_collector {
                    collector.on_job(change);
                }
                if let (Some(machines), Some(job), None) = (&mut self.machines, &change.old, &change.new) {
                    machines.forget_job(job.meta.uid);
                }
            }
            Stream::TtlAfterFinishedJobs => {
                if let Some(controller) = &mut self.ttl_after_finished {
                    controller.on_job(change);
                }
            }
            Stream::JobControllerPods
            | Stream::GarbageCollectorPods
            | Stream::SchedulerPods
            | Stream::KubeletPods
            | Stream::ReplicaSetControllerSets
            | Stream::ReplicaSetControllerPods
            | Stream::DeploymentControllerDeployments
            | Stream::DeploymentControllerSets => {}
        }
    }

    fn deliver_pod(&mut self, stream: Stream, change: &Change<Pod>, wakes: &mut Wakes) {
        let now = self.now();
        match stream {
            Stream::JobControllerPods => {
                if let Some(controller) = &mut self.job_controller {
                    controller.on_pod(change, now);
                }
            }
            Stream::GarbageCollectorPods => {
                if let Some(collector) = &mut self.garbage_collector {
                    collector.on_pod(change, &self.api);
                }
            }
            Stream::SchedulerPods => {
                if let Some(machines) = &mut self.machines {
                    machines.scheduler_hears(change, now, wakes);
                }
            }
            Stream::KubeletPods => {
                if let Some(machines) = &mut self.machines {
                    machines.kubelets_hear(change, &mut self.api, wakes);
                }
            }
            Stream::ReplicaSetControllerPods => self.replica_set_controller.on_pod(change, now),
            Stream::JobControllerJobs
            | Stream::GarbageCollectorJobs
            | Stream::ReplicaSetControllerSets
            | Stream::DeploymentControllerDeployments
            | Stream::TtlAfterFinishedJobs
            | Stream::DeploymentControllerSets => {}
        }
    }

    fn deliver_replica_set(&mut self, stream: Stream, change: &Change<ReplicaSet>) {
        if stream == Stream::ReplicaSetControllerSets {
            self.replica_set_controller.on_replica_set(change);
        } else {
            self.deployment_controller.on_replica_set(change);
        }
    }
}
