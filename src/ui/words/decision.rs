//! A decision of the Job controller in words: a title, and a line for each reason with its operands.
//! It knows the reasons, and nothing of how they are drawn.

use super::{count, count_i, duration, grouped, short_pod_name};
use crate::api::policy::PodFailureAction;
use crate::api::{JobConditionType, Propagation};
use crate::controllers::job::{ApiCall, DeleteCause, FailedIndex, FailedPod, PolicyMatch, Reason, SyncRecord};
use std::rc::Rc;

/// How many pods or indexes are named before the rest is only counted.
const NAMED: usize = 3;

/// A decision, ready to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionWords {
    /// What it came to: `waits`, `creates 5 pods`.
    pub verb: String,
    pub lines: Vec<String>,
}

/// Puts a decision into words.
pub fn decision(record: &SyncRecord) -> DecisionWords {
    let mut verb = (0, "changes nothing".to_owned());
    let mut lines = Vec::new();
    for reason in &record.reasons {
        if let Some(found) = headline(reason).filter(|(weight, _)| *weight > verb.0) {
            verb = found;
        }
        lines.extend(reason_lines(reason, &record.job_name));
    }
    DecisionWords { verb: verb.1, lines }
}

/// How much a reason weighs against the others of its sync.
pub fn weight(reason: &Reason) -> u8 {
    headline(reason).map_or(0, |(weight, _)| weight)
}

/// What a reason makes of its sync as a whole, and how much that weighs against the other reasons.
fn headline(reason: &Reason) -> Option<(u8, String)> {
    Some(match reason {
        Reason::ConditionSet { kind: JobConditionType::Complete, .. } => (9, "completes the Job".to_owned()),
        Reason::ConditionSet { kind: JobConditionType::Failed, .. } => (9, "fails the Job".to_owned()),
        Reason::BackoffLimitExceeded { .. }
        | Reason::RestartsReachedLimit { .. }
        | Reason::DeadlineExceeded { .. }
        | Reason::MaxFailedIndexesExceeded { .. }
        | Reason::AllIndexesEnded { .. }
        | Reason::PolicyFailsJob { .. } => (8, "decides that the Job fails".to_owned()),
        Reason::SuccessPolicyMet { .. } | Reason::CompletionsReached { .. } => {
            (8, "decides that the Job has succeeded".to_owned())
        }
        Reason::CallFailed { .. } => (7, "meets an error".to_owned()),
        Reason::CreatedPods { count: created, .. } => (6, format!("creates {}", pods(*created))),
        Reason::DeletedPods { count: deleted, .. } => (6, format!("deletes {}", pods(*deleted))),
        Reason::ConditionSet { kind, .. } => (5, format!("sets {}", kind.as_str())),
        Reason::Resumed => (5, "resumes the Job".to_owned()),
        Reason::IndexesFailed { indexes, more, .. } => {
            (5, format!("gives up {}", indexes_of(indexes.len() as u32 + more)))
        }
        Reason::PodsFailed { pods, more, .. } => (4, counts(pods.len() as u64 + u64::from(*more), "failure")),
        Reason::PodsSucceeded { new, .. } => (3, counts(u64::from(*new), "success")),
        Reason::Backoff { .. }
        | Reason::BackoffPerIndex { .. }
        | Reason::WaitsForReplacement { .. }
        | Reason::WaitsForActivePods { .. }
        | Reason::WaitsForUncounted { .. }
        | Reason::WaitsForTerminating { .. } => (2, "waits".to_owned()),
        Reason::ExpectationsPending { .. } | Reason::CacheBehind => (2, "waits for its cache".to_owned()),
        Reason::Suspended => (2, "keeps the Job suspended".to_owned()),
        Reason::WorkQueueDraining { .. } => (2, "lets the work queue drain".to_owned()),
        Reason::Started => (2, "starts the Job".to_owned()),
        Reason::JobDeleting { .. } => (2, "leaves the Job to its deletion".to_owned()),
        Reason::ManagedElsewhere { .. } | Reason::CompletionModeSkipped { .. } => {
            (2, "leaves the Job alone".to_owned())
        }
        Reason::BackoffReset
        | Reason::FailuresKept { .. }
        | Reason::PolicyMatched { .. }
        | Reason::NoIndexLeft
        | Reason::WantActive { .. }
        | Reason::EnoughActive
        | Reason::PerSyncLimit { .. }
        | Reason::DeadlineAhead { .. }
        | Reason::FailureTargetSet { .. }
        | Reason::SuccessCriteriaSet { .. }
        | Reason::CountedPods { .. }
        | Reason::UncountedLimit { .. } => return None,
    })
}

/// The lines of one reason. One arm each, so that a new reason cannot be forgotten.
pub fn reason_lines(reason: &Reason, job: &str) -> Vec<String> {
    let line = match reason {
        Reason::PodsFailed { pods, more, failed, backoff_limit } => {
            return failure_lines(pods, *more, *failed, *backoff_limit, job);
        }
        Reason::WantActive { want, active, terminating, remaining, parallelism } => {
            return want_lines(*want, *active, *terminating, *remaining, *parallelism);
        }
        Reason::FailuresKept { pods, more } => return kept_lines(pods, *more, job),
        Reason::IndexesFailed { indexes, more, limit } => return failed_index_lines(indexes, *more, *limit),
        Reason::BackoffReset => "a success ends the row of failures: no back-off".to_owned(),
        Reason::Started => "the Job starts: its clock runs from here".to_owned(),
        Reason::PodsSucceeded { new, succeeded, completions } => success_line(*new, *succeeded, *completions),
        Reason::PolicyMatched { rule, found, action, pods } => policy_line(*rule, found, action, *pods),
        Reason::ExpectationsPending { creations, deletions } => expectations_line(*creations, *deletions),
        Reason::CacheBehind => "its cache does not show yet what it has written".to_owned(),
        Reason::WorkQueueDraining { active } => {
            format!("a pod has succeeded: {} may end, none is added", count_i(*active, "active pod"))
        }
        Reason::EnoughActive => return Vec::new(), // The reason before it has the numbers.
        Reason::Backoff { failures, delay_ms, remaining_ms } => backoff_line(*failures, *delay_ms, *remaining_ms),
        Reason::BackoffPerIndex { count, indexes, remaining_ms } => index_backoff_line(*count, indexes, *remaining_ms),
        Reason::NoIndexLeft => "no index is free: each has a pod, has succeeded or has failed".to_owned(),
        // The reason before it has the number.
        Reason::WaitsForReplacement { .. } => "replaced only once ended (podReplacementPolicy Failed)".to_owned(),
        Reason::CreatedPods { count, names, indexes } => created_line(*count, names, indexes, job),
        Reason::PerSyncLimit { limit } => format!("at most {} in one sync: the rest comes next", pods(*limit)),
        Reason::DeletedPods { count, indexes, because } => deleted_line(*count, indexes, *because),
        Reason::Suspended => "the Job is suspended: no pods".to_owned(),
        Reason::Resumed => "the Job is resumed: its clock starts again".to_owned(),
        Reason::JobDeleting { propagation } => deleting_line(*propagation).to_owned(),
        Reason::BackoffLimitExceeded { failed, backoff_limit } => {
            format!("{failed} failed > backoffLimit {backoff_limit}")
        }
        Reason::RestartsReachedLimit { restarts, backoff_limit } => {
            format!("{} ≥ backoffLimit {backoff_limit}", count_i(*restarts, "restart"))
        }
        Reason::DeadlineExceeded { active_ms, deadline_s } => {
            format!("active for {} ≥ activeDeadlineSeconds {deadline_s}", duration(*active_ms))
        }
        Reason::DeadlineAhead { remaining_ms, deadline_s } => {
            format!("activeDeadlineSeconds {deadline_s}: {} left", duration(*remaining_ms))
        }
        Reason::MaxFailedIndexesExceeded { failed_indexes, max_failed_indexes } => {
            format!("{} failed > maxFailedIndexes {max_failed_indexes}", indexes_of(*failed_indexes))
        }
        Reason::AllIndexesEnded { failed_indexes, succeeded_indexes } => {
            format!("every index has ended: {succeeded_indexes} succeeded, {failed_indexes} failed")
        }
        Reason::PolicyFailsJob { message } => format!("podFailurePolicy: {message}"),
        Reason::FailureTargetSet { reason } => format!("already decided: the Job fails ({reason})"),
        Reason::SuccessCriteriaSet { reason } => format!("already decided: the Job has succeeded ({reason})"),
        Reason::SuccessPolicyMet { rule, indexes, count, succeeded } => {
            success_policy_line(*rule, indexes.as_deref(), *count, succeeded)
        }
        Reason::CompletionsReached { succeeded, completions } => completions_line(*succeeded, *completions),
        Reason::WaitsForActivePods { active } => format!("{} still active", pods_are(*active)),
        Reason::WaitsForUncounted { uncounted } => format!("{} not counted yet", pods_are_u(*uncounted)),
        Reason::WaitsForTerminating { terminating } => format!("{} still terminating", pods_are(*terminating)),
        Reason::CountedPods { succeeded, failed } => counted_line(*succeeded, *failed),
        Reason::UncountedLimit { limit } => format!("counts at most {} at a time: the rest comes next", pods(*limit)),
        Reason::ConditionSet { kind, reason } if reason.is_empty() => format!("condition {} is set", kind.as_str()),
        Reason::ConditionSet { kind, reason } => format!("condition {} is set: {reason}", kind.as_str()),
        Reason::CallFailed { call, error } => format!("could not {}: {error}; tries again", api_call(*call)),
        Reason::ManagedElsewhere { manager } => format!("managedBy names {manager}: the Job is left to it"),
        Reason::CompletionModeSkipped { mode } => format!("completionMode {mode} is not known, or switched off"),
    };
    vec![line]
}

fn failure_lines(pods: &[FailedPod], more: u32, failed: i32, backoff_limit: i32, job: &str) -> Vec<String> {
    let mut lines = with_more(pods.iter().map(|pod| failed_pod(pod, job)).collect(), more);
    let before = i64::from(failed) - pods.len() as i64 - i64::from(more);
    let limit = if backoff_limit == i32::MAX { String::new() } else { format!(", limit {backoff_limit}") };
    lines.push(format!("failed {} → {failed}{limit}", before.max(0)));
    lines
}

fn kept_lines(pods: &[FailedPod], more: u32, job: &str) -> Vec<String> {
    let line = |pod: &FailedPod| format!("{}: counted once its index has a new pod", failed_pod(pod, job));
    with_more(pods.iter().map(line).collect(), more)
}

fn failed_index_lines(indexes: &[FailedIndex], more: u32, limit: i32) -> Vec<String> {
    let line = |failed: &FailedIndex| {
        let FailedIndex { index, failures } = failed;
        match failures > &limit {
            true => {
                let failures = count_i(*failures, "failure");
                format!("index {index}: {failures} > backoffLimitPerIndex {limit}, no new pod")
            }
            false => format!("index {index}: failed by FailIndex, no new pod"),
        }
    };
    with_more(indexes.iter().map(line).collect(), more)
}

fn with_more(mut lines: Vec<String>, more: u32) -> Vec<String> {
    if more > 0 {
        lines.push(format!("and {} more", grouped(u64::from(more))));
    }
    lines
}

fn failed_pod(pod: &FailedPod, job: &str) -> String {
    let name = short_pod_name(&pod.name, job);
    match pod.exit_code {
        Some(code) => format!("pod {name} exited with {code}"),
        None => format!("pod {name} failed"),
    }
}

fn want_lines(want: i32, active: i32, terminating: i32, remaining: Option<i32>, parallelism: i32) -> Vec<String> {
    let seats = count_i(parallelism, "seat");
    let first = match remaining {
        Some(0) => format!("no more successes needed → want {want} active"),
        Some(1) => format!("1 more success needed, {seats} → want {want} active"),
        Some(remaining) => format!("{remaining} more successes needed, {seats} → want {want} active"),
        None => format!("completions unset, {seats} → want {want} active"),
    };
    let second = match want - active {
        0 => format!("{active} active → as wanted"),
        short @ 1.. => format!("{active} active → {short} short"),
        over => format!("{active} active → {} too many", -over),
    };
    let third = (terminating > 0).then(|| format!("{} terminating", pods_are(terminating)));
    [first, second].into_iter().chain(third).collect()
}

fn success_line(new: u32, succeeded: i32, completions: Option<i32>) -> String {
    let before = (i64::from(succeeded) - i64::from(new)).max(0);
    match completions {
        Some(completions) => format!("succeeded {before} → {succeeded} of {completions}"),
        None => format!("succeeded {before} → {succeeded}"),
    }
}

fn completions_line(succeeded: i32, completions: Option<i32>) -> String {
    match completions {
        Some(completions) => format!("{succeeded} succeeded = completions {completions}"),
        None => format!("{} succeeded and none is active", pods_have(succeeded)),
    }
}

fn policy_line(rule: u32, found: &PolicyMatch, action: &PodFailureAction, matched: u32) -> String {
    let outcome = match action {
        PodFailureAction::FailJob => "the Job fails",
        PodFailureAction::FailIndex => "the index fails",
        PodFailureAction::Ignore => "not counted",
        PodFailureAction::Count => "counted",
        PodFailureAction::Other(_) => "passed over",
    };
    let found = match found {
        PolicyMatch::ExitCode { container, exit_code, operator } => {
            format!("container {container} exited with {exit_code} ({})", operator.as_str())
        }
        PolicyMatch::Condition(kind) => format!("condition {kind}"),
    };
    let times = if matched == 1 { String::new() } else { format!(", {}", pods(matched)) };
    format!("podFailurePolicy rule {rule}: {found}{times} → {}: {outcome}", action.as_str())
}

fn success_policy_line(rule: u32, indexes: Option<&str>, count: Option<i32>, succeeded: &str) -> String {
    let asked = match (indexes, count) {
        (Some(indexes), Some(count)) => format!("{count} of {indexes}"),
        (Some(indexes), None) => format!("all of {indexes}"),
        (None, count) => format!("any {}", count.unwrap_or(0)),
    };
    format!("successPolicy rule {rule} asks for {asked}; succeeded: {succeeded}")
}

fn deleted_line(number: u32, indexes: &[u32], because: DeleteCause) -> String {
    let what = if indexes.is_empty() { pods(number) } else { indexes_named(number, indexes) };
    format!("deleted {what}: {}", delete_cause(because))
}

fn deleting_line(propagation: Propagation) -> &'static str {
    match propagation {
        Propagation::Background => "the Job is being deleted: nothing is created",
        Propagation::Foreground => "the Job is being deleted: it goes after its pods, and none is created",
        Propagation::Orphan => "the Job is being deleted: its pods stay, and none is created",
    }
}

fn expectations_line(creations: i64, deletions: i64) -> String {
    let pods = |number: i64| count(u64::try_from(number).unwrap_or(0), "pod");
    match (creations > 0, deletions > 0) {
        (true, true) => {
            format!("its cache does not show {} created and {} deleted yet", pods(creations), pods(deletions))
        }
        (false, true) => format!("its cache does not show {} deleted yet", pods(deletions)),
        (true | false, false) => format!("its cache does not show {} created yet", pods(creations)),
    }
}

fn backoff_line(failures: i32, delay_ms: i64, remaining_ms: i64) -> String {
    let (delay, left) = (duration(delay_ms), duration(remaining_ms));
    match failures {
        1 => format!("1 failure → {delay} back-off, {left} left"),
        _ => format!("{failures} failures in a row → {delay} back-off, {left} left"),
    }
}

fn index_backoff_line(number: u32, indexes: &[u32], remaining_ms: i64) -> String {
    let (named, left) = (indexes_named(number, indexes), duration(remaining_ms));
    match number {
        1 => format!("{named} waits out its own back-off, {left} left"),
        _ => format!("{named} wait out their own back-off, the first for {left}"),
    }
}

fn created_line(created: u32, names: &[Rc<str>], indexes: &[u32], job: &str) -> String {
    match (names.is_empty(), indexes.is_empty()) {
        (_, false) => format!("created {}", indexes_named(created, indexes)),
        (true, true) => format!("created {}", pods(created)),
        (false, true) => {
            let names = names.iter().take(NAMED).map(|name| short_pod_name(name, job).to_owned()).collect();
            format!("created {}", and_more(names, created))
        }
    }
}

/// `index 3`, `indexes 0, 1, 2 and 6 more`.
pub fn indexes_named(number: u32, indexes: &[u32]) -> String {
    let noun = if number == 1 { "index" } else { "indexes" };
    format!("{noun} {}", and_more(indexes.iter().take(NAMED).map(ToString::to_string).collect(), number))
}

fn and_more(named: Vec<String>, number: u32) -> String {
    match (number as usize).saturating_sub(named.len()) {
        0 => named.join(", "),
        rest => format!("{} and {} more", named.join(", "), grouped(rest as u64)),
    }
}

fn counted_line(succeeded: u32, failed: u32) -> String {
    match (succeeded, failed) {
        (_, 0) => format!("wrote {} into the status", count(u64::from(succeeded), "success")),
        (0, _) => format!("wrote {} into the status", count(u64::from(failed), "failure")),
        _ => format!(
            "wrote {} and {} into the status",
            count(u64::from(succeeded), "success"),
            count(u64::from(failed), "failure")
        ),
    }
}

fn delete_cause(cause: DeleteCause) -> &'static str {
    match cause {
        DeleteCause::TooMany => "more than wanted",
        DeleteCause::NoSuchIndex => "beyond completions",
        DeleteCause::DoubleIndex => "the index has another pod",
        DeleteCause::Suspended => "the Job is suspended",
        DeleteCause::JobFailed => "the Job fails",
        DeleteCause::JobSucceeded => "the Job has succeeded",
    }
}

fn api_call(call: ApiCall) -> &'static str {
    match call {
        ApiCall::CreatePod => "create a pod",
        ApiCall::DeletePod => "delete a pod",
        ApiCall::RemoveFinalizer => "let a counted pod go",
        ApiCall::UpdateStatus => "write the status",
        ApiCall::AdoptPod => "adopt a pod",
    }
}

fn counts(number: u64, noun: &str) -> String {
    if number == 1 { format!("counts a {noun}") } else { format!("counts {}", count(number, noun)) }
}

fn pods(number: u32) -> String {
    count(u64::from(number), "pod")
}

fn indexes_of(number: u32) -> String {
    count(u64::from(number), "index")
}

fn pods_are(number: i32) -> String {
    pods_are_u(u32::try_from(number).unwrap_or(0))
}

fn pods_are_u(number: u32) -> String {
    format!("{} {}", pods(number), if number == 1 { "is" } else { "are" })
}

fn pods_have(number: i32) -> String {
    format!("{} {}", count_i(number, "pod"), if number == 1 { "has" } else { "have" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::policy::ExitCodeOperator;
    use crate::api::{PodPhase, Uid};
    use crate::sim::Time;

    fn said(reasons: Vec<Reason>) -> (String, Vec<String>) {
        let record = SyncRecord { number: 12, at: Time::default(), job: Uid(1), job_name: "parallel".into(), reasons };
        let words = decision(&record);
        (words.verb, words.lines)
    }

    fn failed(name: &str, exit_code: Option<i32>) -> FailedPod {
        FailedPod { name: name.into(), index: None, phase: PodPhase::Failed, exit_code }
    }

    #[test]
    fn a_wait_tells_its_rule_with_its_operands() {
        let want = Reason::WantActive { want: 5, active: 4, terminating: 0, remaining: Some(6), parallelism: 5 };
        let backoff = Reason::Backoff { failures: 2, delay_ms: 20_000, remaining_ms: 17_000 };
        let (verb, lines) = said(vec![want, backoff]);
        assert_eq!(verb, "waits");
        assert_eq!(
            lines,
            [
                "6 more successes needed, 5 seats → want 5 active",
                "4 active → 1 short",
                "2 failures in a row → 20 s back-off, 17 s left",
            ]
        );
    }

    #[test]
    fn failures_are_named_and_counted() {
        let pods = vec![failed("parallel-m1rdw", Some(1)), failed("parallel-x7k2p", None)];
        let (verb, lines) = said(vec![Reason::PodsFailed { pods, more: 3, failed: 6, backoff_limit: i32::MAX }]);
        assert_eq!(verb, "counts 5 failures");
        assert_eq!(lines, ["pod m1rdw exited with 1", "pod x7k2p failed", "and 3 more", "failed 1 → 6"]);
    }

    #[test]
    fn single_things_are_said_in_the_singular() {
        for (reason, line) in [
            (Reason::WaitsForActivePods { active: 1 }, "1 pod is still active"),
            (Reason::WaitsForActivePods { active: 2 }, "2 pods are still active"),
            (Reason::CountedPods { succeeded: 1, failed: 0 }, "wrote 1 success into the status"),
            (
                Reason::Backoff { failures: 1, delay_ms: 10_000, remaining_ms: 9_000 },
                "1 failure → 10 s back-off, 9 s left",
            ),
            (Reason::CreatedPods { count: 1, names: vec!["parallel-q9d4c".into()], indexes: vec![] }, "created q9d4c"),
            (
                Reason::CreatedPods { count: 9, names: vec![], indexes: vec![0, 1, 2, 3] },
                "created indexes 0, 1, 2 and 6 more",
            ),
            (Reason::CompletionsReached { succeeded: 1, completions: None }, "1 pod has succeeded and none is active"),
            (Reason::BackoffLimitExceeded { failed: 7, backoff_limit: 6 }, "7 failed > backoffLimit 6"),
        ] {
            assert_eq!(said(vec![reason]).1, [line]);
        }
    }

    #[test]
    fn indexes_are_told_with_their_rules() {
        let kept = vec![failed("parallel-1-m1rdw", Some(1))];
        let gone = |index, failures| FailedIndex { index, failures };
        for (reason, lines) in [
            (
                Reason::FailuresKept { pods: kept, more: 2 },
                vec!["pod 1-m1rdw exited with 1: counted once its index has a new pod", "and 2 more"],
            ),
            (
                Reason::IndexesFailed { indexes: vec![gone(1, 2), gone(4, 1)], more: 0, limit: 1 },
                vec![
                    "index 1: 2 failures > backoffLimitPerIndex 1, no new pod",
                    "index 4: failed by FailIndex, no new pod",
                ],
            ),
            (
                Reason::BackoffPerIndex { count: 1, indexes: vec![1], remaining_ms: 8_000 },
                vec!["index 1 waits out its own back-off, 8 s left"],
            ),
            (
                Reason::BackoffPerIndex { count: 5, indexes: vec![1, 2, 3], remaining_ms: 8_000 },
                vec!["indexes 1, 2, 3 and 2 more wait out their own back-off, the first for 8 s"],
            ),
            (Reason::NoIndexLeft, vec!["no index is free: each has a pod, has succeeded or has failed"]),
            (
                Reason::DeletedPods { count: 2, indexes: vec![3, 4], because: DeleteCause::NoSuchIndex },
                vec!["deleted indexes 3, 4: beyond completions"],
            ),
        ] {
            assert_eq!(said(vec![reason]).1, lines);
        }
    }

    #[test]
    fn policies_are_told_with_the_rule_that_matched() {
        let exit = |operator| PolicyMatch::ExitCode { container: "main".into(), exit_code: 42, operator };
        let matched = |found, action, pods| Reason::PolicyMatched { rule: 1, found, action, pods };
        let met = |indexes: Option<&str>, count| Reason::SuccessPolicyMet {
            rule: 0,
            indexes: indexes.map(Into::into),
            count,
            succeeded: "0,2".into(),
        };
        for (reason, line) in [
            (
                matched(exit(ExitCodeOperator::In), PodFailureAction::FailJob, 1),
                "podFailurePolicy rule 1: container main exited with 42 (In) → FailJob: the Job fails",
            ),
            (
                matched(exit(ExitCodeOperator::NotIn), PodFailureAction::FailIndex, 3),
                "podFailurePolicy rule 1: container main exited with 42 (NotIn), 3 pods → FailIndex: the index fails",
            ),
            (
                matched(PolicyMatch::Condition("DisruptionTarget".into()), PodFailureAction::Ignore, 1),
                "podFailurePolicy rule 1: condition DisruptionTarget → Ignore: not counted",
            ),
            (met(Some("0"), None), "successPolicy rule 0 asks for all of 0; succeeded: 0,2"),
            (met(Some("0-3"), Some(2)), "successPolicy rule 0 asks for 2 of 0-3; succeeded: 0,2"),
            (met(None, Some(2)), "successPolicy rule 0 asks for any 2; succeeded: 0,2"),
            (
                Reason::JobDeleting { propagation: Propagation::Orphan },
                "the Job is being deleted: its pods stay, and none is created",
            ),
            (
                Reason::ManagedElsewhere { manager: "example.com/other".into() },
                "managedBy names example.com/other: the Job is left to it",
            ),
        ] {
            assert_eq!(said(vec![reason]).1, [line]);
        }
    }

    #[test]
    fn the_weightiest_reason_gives_the_title() {
        let condition = Reason::ConditionSet { kind: JobConditionType::Failed, reason: "DeadlineExceeded".into() };
        let deleted = Reason::DeletedPods { count: 1, indexes: vec![], because: DeleteCause::JobFailed };
        assert_eq!(said(vec![deleted.clone(), condition]).0, "fails the Job");
        assert_eq!(said(vec![Reason::EnoughActive, deleted]).0, "deletes 1 pod");
        assert_eq!(said(vec![Reason::EnoughActive]).0, "changes nothing");
    }
}
