//! Defaults of ReplicaSets, Deployments and Services.

use super::set_defaults_pod_template;
use crate::api::types::apps::{DeploymentSpec, ReplicaSetSpec};
use crate::api::types::core::ServiceSpec;
use crate::api::types::meta::IntOrString;

/// Fills in a ReplicaSet and its pod template.
// Models pkg/apis/apps/v1/defaults.go SetDefaults_ReplicaSet
pub fn set_defaults_replica_set(spec: &mut ReplicaSetSpec) {
    spec.replicas.get_or_insert(1);
    set_defaults_pod_template(spec.template.get_or_insert_default());
}

/// Fills in a Deployment and its pod template.
// Models pkg/apis/apps/v1/defaults.go SetDefaults_Deployment
pub fn set_defaults_deployment(spec: &mut DeploymentSpec) {
    spec.replicas.get_or_insert(1);
    spec.revision_history_limit.get_or_insert(10);
    spec.progress_deadline_seconds.get_or_insert(600);
    let strategy = spec.strategy.get_or_insert_default();
    let rolls = strategy.type_.get_or_insert_with(|| "RollingUpdate".to_owned()) == "RollingUpdate";
    if rolls {
        let bounds = strategy.rolling_update.get_or_insert_default();
        let quarter = || IntOrString::String("25%".to_owned());
        bounds.max_surge.get_or_insert_with(quarter);
        bounds.max_unavailable.get_or_insert_with(quarter);
    }
    set_defaults_pod_template(&mut spec.template);
}

/// Fills in a Service.
// Models pkg/apis/core/v1/defaults.go SetDefaults_Service
pub fn set_defaults_service(spec: &mut ServiceSpec) {
    spec.type_.get_or_insert_with(|| "ClusterIP".to_owned());
    spec.session_affinity.get_or_insert_with(|| "None".to_owned());
    for port in spec.ports.iter_mut().flatten() {
        port.protocol.get_or_insert_with(|| "TCP".to_owned());
        let number = port.port;
        port.target_port.get_or_insert(IntOrString::Int(number));
    }
}
