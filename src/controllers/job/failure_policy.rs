//! The pod failure policy: what the first rule that matches a failed pod makes of its failure.

use crate::api::pod::ContainerState;
use crate::api::policy::{
    ExitCodeOperator, OnExitCodes, OnPodCondition, PodFailureAction, PodFailurePolicy, PodFailureRule,
};
use crate::api::{ContainerStatus, Gate, Gates, Pod, PodCondition};

/// What a policy makes of a pod's failure.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub counting: Counting,
    /// Of the rule that matched.
    pub action: Option<PodFailureAction>,
    /// Set when the whole Job is to fail.
    pub job_failure_message: Option<String>,
}

/// Whether a failure counts towards the back-off limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    Counts,
    Ignored,
}

/// Applies the rules to a failed pod. Without a match the failure counts.
// Models pkg/controller/job/pod_failure_policy.go matchPodFailurePolicy
pub fn match_pod_failure_policy(policy: &PodFailurePolicy, pod: &Pod, gates: &Gates) -> Verdict {
    for (place, rule) in policy.rules.iter().enumerate() {
        let Some(found) = matching(rule, pod) else { continue };
        let verdict = |counting| Verdict { counting, action: Some(rule.action.clone()), job_failure_message: None };
        match rule.action {
            PodFailureAction::Ignore => return verdict(Counting::Ignored),
            PodFailureAction::FailIndex if !gates.enabled(Gate::JobBackoffLimitPerIndex) => {}
            PodFailureAction::Count | PodFailureAction::FailIndex => return verdict(Counting::Counts),
            PodFailureAction::FailJob => {
                let message = format!("{found} matching {} rule at index {place}", rule.action.as_str());
                return Verdict { job_failure_message: Some(message), ..verdict(Counting::Counts) };
            }
            PodFailureAction::Other(_) => {}
        }
    }
    Verdict { counting: Counting::Counts, action: None, job_failure_message: None }
}

/// What in the pod matches the rule, in upstream's words.
fn matching(rule: &PodFailureRule, pod: &Pod) -> Option<String> {
    let key = pod.meta.key();
    if let Some(codes) = &rule.on_exit_codes {
        let mut statuses = pod.status.containers.iter().chain(&pod.status.init_containers);
        let (name, exit_code) = statuses.find_map(|status| matching_exit(status, codes))?;
        return Some(format!("Container {name} for pod {key} failed with exit code {exit_code}"));
    }
    let condition = pod.status.conditions.iter().find(|condition| is_listed(condition, &rule.on_pod_conditions))?;
    Some(format!("Pod {key} has condition {}", condition.kind.as_str()))
}

fn matching_exit<'a>(status: &'a ContainerStatus, codes: &OnExitCodes) -> Option<(&'a str, i32)> {
    let ContainerState::Terminated(ended) = &status.state else { return None };
    let named = codes.container_name.as_ref().is_none_or(|name| *name == status.name);
    let listed = codes.values.contains(&ended.exit_code);
    let matches = match codes.operator {
        ExitCodeOperator::In => listed,
        ExitCodeOperator::NotIn => !listed,
        ExitCodeOperator::Other(_) => false,
    };
    (ended.exit_code != 0 && named && matches).then_some((&*status.name, ended.exit_code))
}

fn is_listed(condition: &PodCondition, patterns: &[OnPodCondition]) -> bool {
    patterns.iter().any(|pattern| condition.kind.as_str() == &*pattern.kind && condition.status == pattern.status)
}
