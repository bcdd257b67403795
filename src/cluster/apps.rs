//! What the cluster does for ReplicaSets and Deployments: their watches.

use super::{Cluster, Stream};
use crate::api::ReplicaSet;
use crate::apiserver::Change;

impl Cluster {
    pub(super) fn deliver_replica_set(&mut self, stream: Stream, change: &Change<ReplicaSet>) {
        if stream == Stream::ReplicaSetControllerSets {
            self.replica_set_controller.on_replica_set(change);
        } else {
            self.deployment_controller.on_replica_set(change);
        }
    }
}
