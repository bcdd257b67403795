//! The quality of service class of a pod spec. It knows nothing of nodes, nor of what the class leads to.

use crate::api::quantity::Quantity;
use crate::api::types::core;
use crate::api::types::meta::Quantity as WireQuantity;

/// The resources that count.
const COUNTED: [&str; 2] = ["cpu", "memory"];

/// Billionths of each of the counted resources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Amounts([i128; COUNTED.len()]);

/// `BestEffort` when nothing is asked for, `Guaranteed` when all containers ask for just what they are limited to,
/// else `Burstable`. What is asked of the whole pod goes before what its containers ask.
// Models pkg/apis/core/v1/helper/qos/qos.go ComputePodQOS
pub fn qos_class(spec: &core::PodSpec) -> &'static str {
    let (mut requests, mut limits, mut is_guaranteed) = (Amounts::default(), Amounts::default(), true);
    let mut add = |resources: Option<&core::ResourceRequirements>| {
        let (requested, limit) =
            (resources.map(requested).unwrap_or_default(), resources.map(limit).unwrap_or_default());
        requests.add(requested);
        limits.add(limit);
        is_guaranteed &= limit.0.iter().all(|amount| *amount > 0);
    };
    if spec.resources.is_some() {
        add(spec.resources.as_ref());
    } else {
        let containers = spec.init_containers.iter().flatten().chain(&spec.containers);
        containers.for_each(|container| add(container.resources.as_ref()));
    }
    match requests == Amounts::default() && limits == Amounts::default() {
        true => "BestEffort",
        false if is_guaranteed && requests == limits => "Guaranteed",
        false => "Burstable",
    }
}

impl Amounts {
    fn add(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, amount)| *sum = sum.saturating_add(amount));
    }
}

fn limit(resources: &core::ResourceRequirements) -> Amounts {
    Amounts(COUNTED.map(|name| nanos(resources.limits.as_ref().and_then(|limits| limits.get(name)))))
}

/// Without a request the limit counts, as defaulting has it.
fn requested(resources: &core::ResourceRequirements) -> Amounts {
    Amounts(COUNTED.map(|name| {
        let request = resources.requests.as_ref().and_then(|requests| requests.get(name));
        nanos(request.or_else(|| resources.limits.as_ref()?.get(name)))
    }))
}

fn nanos(quantity: Option<&WireQuantity>) -> i128 {
    quantity.and_then(|quantity| Quantity::parse(&quantity.0)).map_or(0, Quantity::nanos).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_goes_by_requests_and_limits() {
        for (containers, pod, class) in [
            (vec!["{}", "{}"], "null", "BestEffort"),
            (vec![r#"{"requests": {"nvidia.com/gpu": "1"}}"#], "null", "BestEffort"),
            (vec![r#"{"requests": {"cpu": "0"}}"#], "null", "BestEffort"),
            (vec![r#"{"requests": {"cpu": "100m"}}"#, "{}"], "null", "Burstable"),
            (vec![r#"{"limits": {"cpu": "1"}}"#], "null", "Burstable"),
            (vec![r#"{"limits": {"cpu": "1", "memory": "1Gi"}}"#], "null", "Guaranteed"),
            (
                vec![r#"{"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1000m", "memory": "1024Mi"}}"#],
                "null",
                "Guaranteed",
            ),
            (vec![r#"{"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "0.5"}}"#], "null", "Burstable"),
            (vec![r#"{"limits": {"cpu": "1", "memory": "1Gi"}}"#, "{}"], "null", "Burstable"),
            (vec!["{}"], r#"{"limits": {"cpu": "1", "memory": "1Gi"}}"#, "Guaranteed"),
            (vec!["{}"], r#"{"requests": {"cpu": "1"}}"#, "Burstable"),
        ] {
            let resources = |text: &str| serde_json::from_str(text).unwrap();
            let container =
                |text: &&str| core::Container { name: "c".into(), resources: resources(text), ..Default::default() };
            let containers: Vec<core::Container> = containers.iter().map(container).collect();
            let spec = core::PodSpec { containers, resources: resources(pod), ..Default::default() };
            assert_eq!(qos_class(&spec), class, "{spec:?}");
        }
    }
}
