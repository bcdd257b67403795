//! What the pod failure policy makes of a failed pod, and when the success policy is met.

use jobscope::api::wire;
use jobscope::controllers::job::rules::{Counting, match_pod_failure_policy, match_success_policy};
use serde_json::Value;

use super::objects::{Uids, intervals, number, read};
use super::{Case, Outcome, same};

pub fn run(table: &str, case: &Case) -> Outcome {
    match table {
        "TestMatchPodFailurePolicy" => Some(failure_policy(case)),
        "TestMatchSuccessPolicy" => Some(success_policy(case)),
        _ => None,
    }
}

fn failure_policy(case: &Case) -> Result<(), String> {
    let pod = Uids::default().pod(case.given("failedPod"))?;
    let (message, counting, action) = match case.given("podFailurePolicy") {
        Value::Null => (None, Counting::Counts, None),
        policy => {
            let verdict = match_pod_failure_policy(&wire::pod_failure_policy(&read(policy)?), &pod, &case.gates());
            (verdict.job_failure_message, verdict.counting, verdict.action)
        }
    };
    same("message", &message.as_deref(), &case.want("jobFailureMessage").as_str())?;
    same("counts", &Some(counting == Counting::Counts), &case.want("countFailed").as_bool())?;
    same("action", &action.as_ref().map(|action| action.as_str()), &case.want("action").as_str())
}

fn success_policy(case: &Case) -> Result<(), String> {
    let policy = match case.given("successPolicy") {
        Value::Null => None,
        policy => Some(wire::success_policy(&read(policy)?)),
    };
    let (completions, succeeded) = (number(case.given("completions")), intervals(case.given("succeededIntervals")));
    let rule = match_success_policy(policy.as_ref(), completions, &succeeded, &case.gates());
    same("met", &Some(rule.is_some()), &case.want("met").as_bool())?;
    let message = rule.map(|rule| format!("Matched rules at index {rule}")).unwrap_or_default();
    same("message", &Some(&*message), &case.want("message").as_str())
}
