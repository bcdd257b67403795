//! The success policy: when an Indexed Job has succeeded enough.

use super::indexes::Intervals;
use crate::api::policy::{SuccessPolicy, SuccessRule};
use crate::api::{Gate, Gates};

/// The first rule that the succeeded indexes meet, by its place; none where the Job has no policy that is in force.
// Models pkg/controller/job/success_policy.go matchSuccessPolicy
pub fn match_success_policy(
    policy: Option<&SuccessPolicy>,
    completions: i32,
    succeeded: &Intervals,
    gates: &Gates,
) -> Option<u32> {
    let policy = policy.filter(|_| gates.enabled(Gate::JobSuccessPolicy) && succeeded.total() > 0)?;
    let met = policy.rules.iter().position(|rule| is_met(rule, completions, succeeded))?;
    u32::try_from(met).ok()
}

fn is_met(rule: &SuccessRule, completions: i32, succeeded: &Intervals) -> bool {
    let count = rule.succeeded_count.map(|count| u32::try_from(count).unwrap_or(0));
    let Some(text) = &rule.succeeded_indexes else {
        return count.is_some_and(|count| succeeded.total() >= count);
    };
    let wanted = Intervals::parse(text, completions);
    // A list that is empty, or that cannot be read, is never met.
    let shared = common(&wanted, succeeded);
    wanted.total() > 0 && (shared == wanted.total() || count.is_some_and(|count| shared >= count))
}

/// How many indexes two sets share.
fn common(a: &Intervals, b: &Intervals) -> u32 {
    let (mut left, mut right, mut shared) = (a.as_slice(), b.as_slice(), 0);
    while let ([(a_first, a_last), ..], [(b_first, b_last), ..]) = (left, right) {
        let (first, last) = (a_first.max(b_first), a_last.min(b_last));
        if first <= last {
            shared += last - first + 1;
        }
        left = if a_last <= b_last { &left[1..] } else { left };
        right = if b_last <= a_last { &right[1..] } else { right };
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_two_sets_share() {
        let set = |text| Intervals::parse(text, 100);
        for (a, b, shared) in [("0-4", "3-9", 2), ("0,2,4", "1,3,5", 0), ("0-9", "1,3-5", 4), ("", "0-3", 0)] {
            assert_eq!(common(&set(a), &set(b)), shared, "{a} {b}");
        }
    }
}
