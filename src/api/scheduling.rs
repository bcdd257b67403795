//! What a pod asks of a node: room, labels, tolerated taints; and how important it is. It is made once for all pods of a
//! template, and knows nothing of which node is chosen.

use super::node::{Node, Resources, Taint, TaintEffect};
use std::rc::Rc;

/// What all pods of a template ask of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheduling {
    /// Of one pod: its `pods` is 1.
    pub requests: Resources,
    /// Labels that the node must have.
    pub node_selector: Vec<(Rc<str>, Rc<str>)>,
    /// The required node affinity: one of these must hold, when it is there.
    pub node_affinity: Option<Vec<NodeTerm>>,
    /// With those that every pod is given.
    pub tolerations: Vec<Toleration>,
    pub priority: i32,
    pub preemption: Preemption,
    pub gates: Gating,
}

/// Whether pods of lower priority are made to go for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preemption {
    LowerPriority,
    Never,
}

/// Whether scheduling gates hold the pod back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gating {
    Open,
    Gated,
}

/// All requirements of one term must hold.
pub type NodeTerm = Vec<NodeRequirement>;

/// What is required of one label of a node, or of its name.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeRequirement {
    pub subject: Subject,
    pub operator: NodeOperator,
    pub values: Vec<Rc<str>>,
}

/// What a requirement is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    Label(Rc<str>),
    Name,
}

/// How a label is compared with the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeOperator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
    Gt,
    Lt,
}

/// Taints that a pod puts up with.
#[derive(Clone, Debug, PartialEq)]
pub struct Toleration {
    /// Empty for all.
    pub key: Rc<str>,
    /// `None` for all.
    pub value: Option<Rc<str>>,
    /// `None` for all.
    pub effect: Option<TaintEffect>,
    /// For so long a `NoExecute` taint is tolerated; `None` for ever.
    pub seconds: Option<i64>,
}

/// How long a taint is put up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tolerance {
    /// Not at all, or no longer than this many seconds.
    Seconds(i64),
    Forever,
}

impl Default for Scheduling {
    fn default() -> Self {
        Self {
            requests: Resources { pods: 1, ..Default::default() },
            node_selector: vec![],
            node_affinity: None,
            tolerations: vec![],
            priority: 0,
            preemption: Preemption::LowerPriority,
            gates: Gating::Open,
        }
    }
}

impl Toleration {
    // Models staging/src/k8s.io/api/core/v1/toleration.go ToleratesTaint
    pub fn tolerates(&self, taint: &Taint) -> bool {
        self.effect.is_none_or(|effect| effect == taint.effect)
            && (self.key.is_empty() || self.key == taint.key)
            && self.value.as_ref().is_none_or(|value| *value == taint.value)
    }
}

impl Scheduling {
    pub fn tolerates(&self, taint: &Taint) -> bool {
        self.tolerations.iter().any(|toleration| toleration.tolerates(taint))
    }

    /// Whether no taint keeps the pod from being put there.
    // Models pkg/scheduler/framework/plugins/tainttoleration Filter
    pub fn tolerates_node(&self, node: &Node) -> bool {
        let keeps_away = |taint: &&Taint| taint.effect != TaintEffect::PreferNoSchedule;
        node.taints.iter().filter(keeps_away).all(|taint| self.tolerates(taint))
    }

    /// How long the pod may stay on a node with these `NoExecute` taints.
    // Models pkg/controller/tainteviction processPodOnNode, getMinTolerationTime
    pub fn tolerance<'a>(&self, taints: impl Iterator<Item = &'a Taint>) -> Tolerance {
        let mut least = Tolerance::Forever;
        for taint in taints.filter(|taint| taint.effect == TaintEffect::NoExecute) {
            let Some(toleration) = self.tolerations.iter().find(|toleration| toleration.tolerates(taint)) else {
                return Tolerance::Seconds(0);
            };
            if let Some(seconds) = toleration.seconds {
                least = Tolerance::Seconds(match least {
                    Tolerance::Forever => seconds.max(0),
                    Tolerance::Seconds(earlier) => earlier.min(seconds.max(0)),
                });
            }
        }
        least
    }

    /// Whether the node has the labels that are asked for.
    // Models staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity GetRequiredNodeAffinity Match
    pub fn selects(&self, node: &Node) -> bool {
        let selected = self.node_selector.iter().all(|(key, value)| node.meta.labels.get(key) == Some(value));
        let holds = |term: &NodeTerm| !term.is_empty() && term.iter().all(|requirement| requirement.holds(node));
        selected && self.node_affinity.as_ref().is_none_or(|terms| terms.iter().any(holds))
    }
}

impl NodeRequirement {
    // Models staging/src/k8s.io/apimachinery/pkg/labels Requirement Matches
    fn holds(&self, node: &Node) -> bool {
        let found = match &self.subject {
            Subject::Label(key) => node.meta.labels.get(key),
            Subject::Name => Some(&node.meta.name),
        };
        let number = |text: &Rc<str>| text.parse::<i64>().ok();
        let numbers = || found.and_then(number).zip(self.values.first().and_then(number));
        let is_listed = || found.is_some_and(|found| self.values.contains(found));
        match self.operator {
            NodeOperator::In => is_listed(),
            NodeOperator::NotIn => !is_listed(),
            NodeOperator::Exists => found.is_some(),
            NodeOperator::DoesNotExist => found.is_none(),
            NodeOperator::Gt => numbers().is_some_and(|(found, value)| found > value),
            NodeOperator::Lt => numbers().is_some_and(|(found, value)| found < value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::labels::label;
    use crate::api::manifest::{self, Object};
    use crate::api::node::{NO_LIMIT, UNREACHABLE_TAINT};
    use crate::api::{Gates, wire};
    use crate::sim::Time;

    const NO_SCHEDULE: TaintEffect = TaintEffect::NoSchedule;
    const NO_EXECUTE: TaintEffect = TaintEffect::NoExecute;

    /// Of a Job whose pod spec has these fields, in flow style.
    fn scheduling(fields: &str) -> Rc<Scheduling> {
        let text = format!(
            "{{apiVersion: batch/v1, kind: Job, metadata: {{name: j}}, spec: {{template: {{spec: \
             {{restartPolicy: Never, {fields}}}}}}}}}"
        );
        let mut reading = manifest::read(&text, &Gates::default());
        assert!(!reading.has_errors(), "{:?}", reading.problems);
        let Object::Job(job) = reading.objects.remove(0) else { panic!("not a Job") };
        wire::pod_template(&job.spec.expect("a spec").template).scheduling
    }

    fn with_container(fields: &str) -> Rc<Scheduling> {
        scheduling(&format!("containers: [{{name: c, image: i}}], {fields}"))
    }

    fn node(taints: &[(&str, &str, TaintEffect)]) -> Node {
        let mut node = Node::ready("node-1", "zone-b", Resources::default(), Time::default());
        node.meta.labels = node.meta.labels.with(vec![label("disk", "ssd"), label("cores", "8")]);
        let taint = |(key, value, effect): &(&str, &str, TaintEffect)| Taint {
            key: (*key).into(),
            value: (*value).into(),
            effect: *effect,
        };
        node.taints = taints.iter().map(taint).collect();
        node
    }

    #[test]
    fn requests_are_what_the_pod_needs_at_its_greediest() {
        let request = |cpu: &str, memory: &str| format!("resources: {{requests: {{cpu: {cpu}, memory: {memory}}}}}");
        let container = |name: &str, fields: &str| format!("{{name: {name}, image: i, {fields}}}");
        let two = format!(
            "containers: [{}, {}]",
            container("a", &request("500m", "1Gi")),
            container("b", "resources: {limits: {cpu: '1', memory: 64Mi}}")
        );
        let init = container("i", &request("3", "1Mi"));
        let sidecar = container("s", &format!("restartPolicy: Always, {}", request("250m", "1Mi")));
        let (mib, gib) = (1 << 20, 1 << 30);
        for (spec, cpu_millis, memory_bytes) in [
            (two.clone(), 1_500, gib + 64 * mib),
            (format!("{two}, initContainers: [{init}]"), 3_000, gib + 64 * mib),
            (format!("{two}, initContainers: [{sidecar}, {init}]"), 3_250, gib + 65 * mib),
            (format!("{two}, initContainers: [{init}, {sidecar}]"), 3_000, gib + 65 * mib),
            ("containers: [{name: c, image: i}]".to_owned(), 0, 0),
        ] {
            assert_eq!(scheduling(&spec).requests, Resources { cpu_millis, memory_bytes, pods: 1 }, "{spec}");
        }
    }

    #[test]
    fn labels_and_names_are_matched() {
        let affinity = |terms: &str| {
            format!(
                "affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: \
                 {{nodeSelectorTerms: [{terms}]}}}}}}"
            )
        };
        let expression = |text: &str| affinity(&format!("{{matchExpressions: [{{{text}}}]}}"));
        for (fields, selects) in [
            ("nodeSelector: {disk: ssd}".to_owned(), true),
            ("nodeSelector: {disk: ssd, gpu: yes-please}".to_owned(), false),
            ("nodeSelector: {topology.kubernetes.io/zone: zone-b, kubernetes.io/os: linux}".to_owned(), true),
            (expression("key: disk, operator: In, values: [hdd, ssd]"), true),
            (expression("key: disk, operator: NotIn, values: [ssd]"), false),
            (expression("key: gpu, operator: NotIn, values: [a]"), true),
            (expression("key: disk, operator: Exists"), true),
            (expression("key: disk, operator: DoesNotExist"), false),
            (expression("key: cores, operator: Gt, values: ['7']"), true),
            (expression("key: cores, operator: Gt, values: ['8']"), false),
            (expression("key: cores, operator: Lt, values: ['9']"), true),
            (expression("key: disk, operator: Lt, values: ['9']"), false),
            (affinity("{matchExpressions: [{key: gpu, operator: Exists}]}, {matchExpressions: []}"), false),
            (
                affinity(
                    "{matchExpressions: [{key: gpu, operator: Exists}]}, {matchFields: [{key: metadata.name, operator: In, values: [node-1]}]}",
                ),
                true,
            ),
        ] {
            assert_eq!(with_container(&fields).selects(&node(&[])), selects, "{fields}");
        }
    }

    #[test]
    fn taints_keep_away_who_does_not_tolerate_them() {
        let dedicated = [("dedicated", "gpu", NO_SCHEDULE)];
        for (tolerations, taints, tolerates) in [
            ("", &dedicated[..], false),
            ("{key: dedicated, operator: Equal, value: gpu, effect: NoSchedule}", &dedicated, true),
            ("{key: dedicated, value: gpu}", &dedicated, true),
            ("{key: dedicated, value: cpu}", &dedicated, false),
            ("{key: dedicated, operator: Exists, effect: NoExecute}", &dedicated, false),
            ("{operator: Exists}", &dedicated, true),
            ("", &[("busy", "", TaintEffect::PreferNoSchedule)], true),
            ("", &[(UNREACHABLE_TAINT, "", NO_SCHEDULE)], false),
            ("", &[(UNREACHABLE_TAINT, "", NO_EXECUTE)], true),
        ] {
            let pod = with_container(&format!("tolerations: [{tolerations}]"));
            assert_eq!(pod.tolerates_node(&node(taints)), tolerates, "{tolerations}");
        }
    }

    #[test]
    fn pods_stay_for_as_long_as_they_tolerate() {
        let lost = (UNREACHABLE_TAINT, "", NO_EXECUTE);
        let seconds = Tolerance::Seconds;
        for (tolerations, taints, tolerance) in [
            ("", vec![lost], seconds(300)),
            (
                "{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 30}",
                vec![lost],
                seconds(30),
            ),
            (
                "{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute}",
                vec![lost],
                Tolerance::Forever,
            ),
            ("", vec![lost, ("own", "", NO_EXECUTE)], seconds(0)),
            (
                "{key: own, operator: Exists, effect: NoExecute, tolerationSeconds: 9}",
                vec![lost, ("own", "", NO_EXECUTE)],
                seconds(9),
            ),
            ("", vec![("own", "", NO_SCHEDULE)], Tolerance::Forever),
        ] {
            let pod = with_container(&format!("tolerations: [{tolerations}]"));
            assert_eq!(pod.tolerance(node(&taints).taints.iter()), tolerance, "{tolerations}");
        }
    }

    #[test]
    fn priorities_come_from_the_class() {
        for (fields, priority) in [
            ("", 0),
            ("priorityClassName: system-cluster-critical", 2_000_000_000),
            ("priorityClassName: system-node-critical", 2_000_001_000),
            ("priority: 7", 7),
        ] {
            assert_eq!(with_container(fields).priority, priority);
        }
        assert_eq!(with_container("preemptionPolicy: Never").preemption, Preemption::Never);
        assert_eq!(with_container("schedulingGates: [{name: a.b/c}]").gates, Gating::Gated);
    }

    #[test]
    fn what_has_no_limit_is_never_used_up() {
        let node = Resources { cpu_millis: NO_LIMIT, memory_bytes: NO_LIMIT, pods: 3 };
        let pod = Resources { cpu_millis: NO_LIMIT, memory_bytes: 1, pods: 1 };
        assert_eq!(pod.plus(pod).cpu_millis, NO_LIMIT);
        assert_eq!(node.minus(pod).pods, 2);
    }
}
