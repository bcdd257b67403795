//! What a pod spec asks of a node, from the wire object, with what admission adds to every pod. It judges nothing.

use crate::api::node::{NOT_READY_TAINT, Resources, TaintEffect, UNREACHABLE_TAINT};
use crate::api::quantity::Quantity;
use crate::api::scheduling::{
    Gating, NodeOperator, NodeRequirement, NodeTerm, Preemption, Scheduling, Subject, Toleration,
};
use crate::api::types::core;
use std::rc::Rc;

/// How long every pod puts up with a node that is not ready or not reached, unless it says otherwise.
const DEFAULT_TOLERATION_S: i64 = 300;
const NANOS_PER_MILLI: i128 = 1_000_000;
const NANOS_PER_UNIT: i128 = 1_000_000_000;

/// What a pod of that spec asks of a node.
pub fn scheduling(spec: &core::PodSpec) -> Scheduling {
    let required = spec
        .affinity
        .as_ref()
        .and_then(|affinity| affinity.node_affinity.as_ref())
        .and_then(|affinity| affinity.required_during_scheduling_ignored_during_execution.as_ref());
    let selector = spec.node_selector.iter().flatten();
    Scheduling {
        requests: requests(spec),
        node_selector: selector.map(|(key, value)| (key.as_str().into(), value.as_str().into())).collect(),
        node_affinity: required.map(|selector| selector.node_selector_terms.iter().map(node_term).collect()),
        tolerations: tolerations(spec),
        priority: spec.priority.unwrap_or_else(|| class_priority(spec.priority_class_name.as_deref())),
        preemption: match spec.preemption_policy.as_deref() {
            Some("Never") => Preemption::Never,
            _ => Preemption::LowerPriority,
        },
        gates: match spec.scheduling_gates.as_deref() {
            None | Some([]) => Gating::Open,
            Some(_) => Gating::Gated,
        },
    }
}

/// The tolerations that admission adds to a pod of that spec.
// Models plugin/pkg/admission/defaulttolerationseconds Admit
pub fn added_tolerations(spec: &core::PodSpec) -> impl Iterator<Item = core::Toleration> {
    let has = |taint: &str| {
        spec.tolerations.iter().flatten().any(|toleration| {
            let key = toleration.key.as_deref().unwrap_or_default();
            let effect = toleration.effect.as_deref().unwrap_or_default();
            (key.is_empty() || key == taint) && (effect.is_empty() || effect == "NoExecute")
        })
    };
    let missing = [NOT_READY_TAINT, UNREACHABLE_TAINT].map(|taint| (!has(taint)).then_some(taint));
    missing.into_iter().flatten().map(|taint| core::Toleration {
        key: Some(taint.to_owned()),
        operator: Some("Exists".to_owned()),
        effect: Some("NoExecute".to_owned()),
        toleration_seconds: Some(DEFAULT_TOLERATION_S),
        value: None,
    })
}

// Models pkg/scheduler/framework/plugins/noderesources fit.go and component-helpers/resource PodRequests
fn requests(spec: &core::PodSpec) -> Resources {
    let (mut all, mut sidecars, mut most) = (Resources::default(), Resources::default(), Resources::default());
    for container in &spec.containers {
        all = all.plus(amounts(container.resources.as_ref()));
    }
    for container in spec.init_containers.iter().flatten() {
        let own = amounts(container.resources.as_ref());
        let needed = sidecars.plus(own);
        if container.restart_policy.as_deref() == Some("Always") {
            sidecars = needed;
        }
        most = larger(most, needed);
    }
    let needed = larger(all.plus(sidecars), most);
    let whole = spec.resources.as_ref().map_or(needed, |resources| or(amounts(Some(resources)), needed));
    let overhead = |name| amount(spec.overhead.as_ref().and_then(|overhead| overhead.get(name)), name);
    let overhead = Resources { cpu_millis: overhead("cpu"), memory_bytes: overhead("memory"), pods: 1 };
    whole.plus(overhead)
}

fn larger(a: Resources, b: Resources) -> Resources {
    Resources {
        cpu_millis: a.cpu_millis.max(b.cpu_millis),
        memory_bytes: a.memory_bytes.max(b.memory_bytes),
        pods: a.pods.max(b.pods),
    }
}

/// What is set in the first, the rest from the second.
fn or(a: Resources, b: Resources) -> Resources {
    let set = |a, b| if a == 0 { b } else { a };
    Resources {
        cpu_millis: set(a.cpu_millis, b.cpu_millis),
        memory_bytes: set(a.memory_bytes, b.memory_bytes),
        pods: 0,
    }
}

/// What is requested; without a request the limit counts, as defaulting has it.
fn amounts(resources: Option<&core::ResourceRequirements>) -> Resources {
    let of = |name: &str| {
        let in_list = |list: Option<&_>| amount(list.and_then(|list: &Amounts| list.get(name)), name);
        let Some(resources) = resources else { return 0 };
        let requested = resources.requests.as_ref().is_some_and(|requests| requests.contains_key(name));
        in_list(if requested { resources.requests.as_ref() } else { resources.limits.as_ref() })
    };
    Resources { cpu_millis: of("cpu"), memory_bytes: of("memory"), pods: 0 }
}

type Amounts = std::collections::BTreeMap<String, crate::api::types::meta::Quantity>;

/// Thousandths of `cpu`, whole units of anything else, rounded up.
fn amount(quantity: Option<&crate::api::types::meta::Quantity>, name: &str) -> u64 {
    let unit = if name == "cpu" { NANOS_PER_MILLI } else { NANOS_PER_UNIT };
    let nanos = quantity.and_then(|quantity| Quantity::parse(&quantity.0)).map_or(0, Quantity::nanos).max(0);
    u64::try_from((nanos + unit - 1) / unit).unwrap_or(u64::MAX)
}

fn node_term(term: &core::NodeSelectorTerm) -> NodeTerm {
    let label = |line: &core::NodeSelectorRequirement| requirement(line, Subject::Label(line.key.as_str().into()));
    let field = |line: &core::NodeSelectorRequirement| requirement(line, Subject::Name);
    let labels = term.match_expressions.iter().flatten().map(label);
    labels.chain(term.match_fields.iter().flatten().map(field)).collect()
}

fn requirement(line: &core::NodeSelectorRequirement, subject: Subject) -> NodeRequirement {
    let operator = match line.operator.as_str() {
        "In" => NodeOperator::In,
        "NotIn" => NodeOperator::NotIn,
        "DoesNotExist" => NodeOperator::DoesNotExist,
        "Gt" => NodeOperator::Gt,
        "Lt" => NodeOperator::Lt,
        _ => NodeOperator::Exists,
    };
    let values = line.values.iter().flatten().map(|value| value.as_str().into()).collect();
    NodeRequirement { subject, operator, values }
}

fn tolerations(spec: &core::PodSpec) -> Vec<Toleration> {
    let own = spec.tolerations.iter().flatten().filter_map(toleration);
    own.chain(added_tolerations(spec).filter_map(|added| toleration(&added))).collect()
}

/// `None` for an operator that is not simulated: such a toleration tolerates nothing.
fn toleration(toleration: &core::Toleration) -> Option<Toleration> {
    let text = |text: &Option<String>| -> Rc<str> { text.as_deref().unwrap_or_default().into() };
    Some(Toleration {
        key: text(&toleration.key),
        value: match toleration.operator.as_deref() {
            None | Some("" | "Equal") => Some(text(&toleration.value)),
            Some("Exists") => None,
            Some(_) => return None,
        },
        effect: toleration.effect.as_deref().and_then(TaintEffect::parse),
        seconds: toleration.toleration_seconds,
    })
}

/// The priority of a class that every cluster has; others count as 0.
// Models pkg/apis/scheduling SystemPriorityClasses
fn class_priority(class: Option<&str>) -> i32 {
    match class {
        Some("system-node-critical") => 2_000_001_000,
        Some("system-cluster-critical") => 2_000_000_000,
        _ => 0,
    }
}
