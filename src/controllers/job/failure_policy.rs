//! The pod failure policy: what the first rule that matches a failed pod makes of its failure.

use super::pods::has_failure_policy;
use super::reasons::PolicyMatch;
use crate::api::pod::ContainerState;
use crate::api::policy::{OnExitCodes, OnPodCondition, PodFailureAction, PodFailurePolicy, PodFailureRule};
use crate::api::{ContainerStatus, Gate, Gates, Job, Pod, PodCondition};

/// What a policy makes of a pod's failure.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub counting: Counting,
    /// Of the rule that matched.
    pub action: Option<PodFailureAction>,
    /// The place of that rule, and what it matched.
    pub matched: Option<(u32, PolicyMatch)>,
    /// Set when the whole Job is to fail.
    pub job_failure_message: Option<String>,
}

/// Whether a failure counts towards the back-off limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    Counts,
    Ignored,
}

/// What the Job's policy makes of a pod's failure; `None` where it has none that is in force.
pub fn verdict(job: &Job, pod: &Pod, gates: &Gates) -> Option<Verdict> {
    let policy = job.spec.pod_failure_policy.as_ref().filter(|_| has_failure_policy(job, gates))?;
    Some(match_pod_failure_policy(policy, pod, gates))
}

/// Whether a pod's failure counts towards the back-off limit.
pub fn counts(job: &Job, pod: &Pod, gates: &Gates) -> bool {
    verdict(job, pod, gates).is_none_or(|verdict| verdict.counting == Counting::Counts)
}

/// Applies the rules to a failed pod. Without a match the failure counts.
// Models pkg/controller/job/pod_failure_policy.go matchPodFailurePolicy
pub fn match_pod_failure_policy(policy: &PodFailurePolicy, pod: &Pod, gates: &Gates) -> Verdict {
    for (place, rule) in policy.rules.iter().enumerate() {
        let Some(found) = matching(rule, pod) else { continue };
        let verdict = |counting| Verdict {
            counting,
            action: Some(rule.action.clone()),
            job_failure_message: None,
            matched: Some((place as u32, found.clone())),
        };
        match rule.action {
            PodFailureAction::Ignore => return verdict(Counting::Ignored),
            PodFailureAction::FailIndex if !gates.enabled(Gate::JobBackoffLimitPerIndex) => {}
            PodFailureAction::Count | PodFailureAction::FailIndex => return verdict(Counting::Counts),
            PodFailureAction::FailJob => {
                let found = in_words(&found, pod);
                let message = format!("{found} matching {} rule at index {place}", rule.action.as_str());
                return Verdict { job_failure_message: Some(message), ..verdict(Counting::Counts) };
            }
            PodFailureAction::Other(_) => {}
        }
    }
    Verdict { counting: Counting::Counts, action: None, matched: None, job_failure_message: None }
}

/// What in the pod matches the rule.
fn matching(rule: &PodFailureRule, pod: &Pod) -> Option<PolicyMatch> {
    if let Some(codes) = &rule.on_exit_codes {
        let mut statuses = pod.status.containers.iter().chain(&pod.status.init_containers);
        return statuses.find_map(|status| matching_exit(status, codes));
    }
    let condition = pod.status.conditions.iter().find(|condition| is_listed(condition, &rule.on_pod_conditions))?;
    Some(PolicyMatch::Condition(condition.kind.as_str().into()))
}

/// The match, in upstream's words.
fn in_words(found: &PolicyMatch, pod: &Pod) -> String {
    let key = pod.meta.key();
    match found {
        PolicyMatch::ExitCode { container, exit_code, .. } => {
            format!("Container {container} for pod {key} failed with exit code {exit_code}")
        }
        PolicyMatch::Condition(kind) => format!("Pod {key} has condition {kind}"),
    }
}

fn matching_exit(status: &ContainerStatus, codes: &OnExitCodes) -> Option<PolicyMatch> {
    let ContainerState::Terminated(ended) = &status.state else { return None };
    let named = codes.container_name.as_ref().is_none_or(|name| *name == status.name);
    let (container, operator) = (status.name.clone(), codes.operator.clone());
    let found = PolicyMatch::ExitCode { container, exit_code: ended.exit_code, operator };
    (ended.exit_code != 0 && named && codes.lists(ended.exit_code)).then_some(found)
}

fn is_listed(condition: &PodCondition, patterns: &[OnPodCondition]) -> bool {
    patterns.iter().any(|pattern| condition.kind.as_str() == &*pattern.kind && condition.status == pattern.status)
}
