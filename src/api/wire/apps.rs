//! From the wire to the simulator's ReplicaSets, Deployments and Services.

use super::{pod_template, selector};
use crate::api::service::{ServicePort, TargetPort};
use crate::api::types::apps;
use crate::api::types::core;
use crate::api::types::meta::IntOrString;
use crate::api::validation::apps::whole_part;
use crate::api::{DeploymentSpec, ReplicaSetSpec, RolloutStrategy};
use std::rc::Rc;

/// The spec of a ReplicaSet.
pub fn replica_set_spec(spec: &apps::ReplicaSetSpec) -> ReplicaSetSpec {
    let no_template = core::PodTemplateSpec::default();
    ReplicaSetSpec {
        replicas: spec.replicas.unwrap_or(1),
        min_ready_s: spec.min_ready_seconds.unwrap_or(0),
        selector: Rc::new(selector(&spec.selector)),
        template: Rc::new(pod_template(spec.template.as_ref().unwrap_or(&no_template))),
    }
}

/// The spec of a Deployment.
pub fn deployment_spec(spec: &apps::DeploymentSpec) -> DeploymentSpec {
    let replicas = spec.replicas.unwrap_or(1);
    DeploymentSpec {
        replicas,
        min_ready_s: spec.min_ready_seconds.unwrap_or(0),
        paused: spec.paused.unwrap_or(false),
        selector: Rc::new(selector(&spec.selector)),
        template: Rc::new(pod_template(&spec.template)),
        strategy: rollout_strategy(spec.strategy.as_ref(), i64::from(replicas)),
    }
}

/// The ports of a Service.
pub fn service_ports(spec: &core::ServiceSpec) -> Vec<ServicePort> {
    let target = |port: &core::ServicePort| match &port.target_port {
        Some(IntOrString::Int(number)) => TargetPort::Number(*number),
        Some(IntOrString::String(name)) => TargetPort::Name(name.as_str().into()),
        None => TargetPort::Number(port.port),
    };
    let port = |port: &core::ServicePort| ServicePort {
        port: port.port,
        target: target(port),
        node_port: port.node_port.filter(|number| *number != 0),
    };
    spec.ports.iter().flatten().map(port).collect()
}

/// Shares of the replicas become numbers: a surge is rounded up, what may be missing down, and one may be missing when
/// otherwise nothing could move.
// Models pkg/controller/deployment/util ResolveFenceposts
fn rollout_strategy(strategy: Option<&apps::DeploymentStrategy>, replicas: i64) -> RolloutStrategy {
    if strategy.is_some_and(|strategy| strategy.type_.as_deref() == Some("Recreate")) {
        return RolloutStrategy::Recreate;
    }
    let bounds = strategy.and_then(|strategy| strategy.rolling_update.as_ref());
    let number = |bound: Option<&IntOrString>, rounded_up_by: i64| match bound {
        Some(IntOrString::Int(number)) => *number,
        share => {
            let percent = share.and_then(whole_part).unwrap_or(25);
            let number = percent.saturating_mul(replicas).saturating_add(rounded_up_by) / 100;
            i32::try_from(number).unwrap_or(i32::MAX)
        }
    };
    let max_surge = number(bounds.and_then(|bounds| bounds.max_surge.as_ref()), 99);
    let max_unavailable = number(bounds.and_then(|bounds| bounds.max_unavailable.as_ref()), 0);
    let max_unavailable = if max_surge == 0 { max_unavailable.max(1) } else { max_unavailable };
    RolloutStrategy::RollingUpdate { max_surge, max_unavailable }
}
