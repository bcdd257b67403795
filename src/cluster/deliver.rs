//! What watches deliver goes to the component that watches.

use super::{Cluster, Entry, Stream, Wiring};
use crate::api::{CronJob, Job, Node, Pod, ReplicaSet};
use crate::apiserver::{Change, Notice};
use crate::nodes::Wakes;

impl<W: Wiring> Cluster<W> {
    pub(super) fn deliver(&mut self, stream: Stream) {
        let now = self.now();
        let mut wakes = std::mem::take(&mut self.wakes);
        while let Some(notice) = self.watches.take(stream, now) {
            self.wiring.delivered(stream, &notice, now);
            match notice {
                Notice::CronJob(change) => self.deliver_cron_job(stream, &change),
                Notice::Job(change) => self.deliver_job(stream, &change),
                Notice::Pod(change) => self.deliver_pod(stream, &change, &mut wakes),
                Notice::Node(change) => self.deliver_node(stream, &change, &mut wakes),
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

    fn deliver_cron_job(&mut self, stream: Stream, change: &Change<CronJob>) {
        let now = self.now();
        if let (Stream::CronJobControllerCronJobs, Some(controller)) = (stream, &mut self.cron_job_controller) {
            controller.on_cron_job(change, now, &mut self.api);
        } else if let (Stream::GarbageCollectorCronJobs, Some(collector)) = (stream, &mut self.garbage_collector) {
            collector.on_cron_job(change);
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
                    collector.on_job(change, &self.api);
                }
                if let (Some(machines), Some(job), None) = (&mut self.machines, &change.old, &change.new) {
                    machines.forget_job(job.meta.uid);
                }
            }
            Stream::CronJobControllerJobs => {
                if let Some(controller) = &mut self.cron_job_controller {
                    controller.on_job(change);
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
            | Stream::PodGcPods
            | Stream::TaintEvictionPods
            | Stream::SchedulerNodes
            | Stream::NodeControllerNodes
            | Stream::CronJobControllerCronJobs
            | Stream::GarbageCollectorCronJobs
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
            Stream::PodGcPods => {
                if let Some(controllers) = &mut self.node_controllers {
                    controllers.pod_gc.on_pod(change, &self.api);
                }
            }
            Stream::TaintEvictionPods => {
                if let Some(controllers) = &mut self.node_controllers {
                    controllers.taint_eviction.on_pod(change, &mut self.api);
                }
            }
            Stream::ReplicaSetControllerPods => self.replica_set_controller.on_pod(change, now),
            Stream::JobControllerJobs
            | Stream::GarbageCollectorJobs
            | Stream::TtlAfterFinishedJobs
            | Stream::CronJobControllerCronJobs
            | Stream::CronJobControllerJobs
            | Stream::GarbageCollectorCronJobs
            | Stream::SchedulerNodes
            | Stream::NodeControllerNodes
            | Stream::ReplicaSetControllerSets
            | Stream::DeploymentControllerDeployments
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

    fn deliver_node(&mut self, stream: Stream, change: &Change<Node>, wakes: &mut Wakes) {
        let now = self.now();
        match (stream, &mut self.machines, &mut self.node_controllers) {
            (Stream::SchedulerNodes, Some(machines), _) => machines.scheduler_hears_of_node(change, now, wakes),
            (Stream::NodeControllerNodes, _, Some(controllers)) => controllers.on_node(change, &mut self.api),
            (_, _, _) => {}
        }
    }

    /// The stream whose watcher does not care for anything at the moment.
    pub(super) fn deaf_stream(&self) -> Option<Stream> {
        let cares = self.node_controllers.as_ref().is_some_and(|them| them.taint_eviction.cares_for_pods());
        (!cares).then_some(Stream::TaintEvictionPods)
    }
}
