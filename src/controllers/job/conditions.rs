//! Making and setting the conditions of a Job.

use crate::api::{ConditionStatus, JobCondition, JobConditionType, Text};
use crate::sim::Time;

/// A condition that begins to hold `now`.
// Models pkg/controller/job/job_controller.go newCondition
pub fn new_condition(
    kind: JobConditionType,
    status: ConditionStatus,
    reason: impl Into<Text>,
    message: impl Into<Text>,
    now: Time,
) -> JobCondition {
    let now = now.truncated_to_second();
    JobCondition {
        kind,
        status,
        reason: reason.into(),
        message: message.into(),
        last_probe_time: Some(now),
        last_transition_time: Some(now),
    }
}

/// Whether setting a condition changed the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionChange {
    Changed,
    Unchanged,
}

/// Appends or updates the condition of that type. One that was never there is not added as False.
// Models pkg/controller/job/job_controller.go ensureJobConditionStatus
pub fn ensure_condition(conditions: &mut Vec<JobCondition>, wanted: JobCondition) -> ConditionChange {
    match conditions.iter_mut().find(|condition| condition.kind == wanted.kind) {
        Some(found) => {
            let same =
                found.status == wanted.status && found.reason == wanted.reason && found.message == wanted.message;
            if same {
                return ConditionChange::Unchanged;
            }
            *found = wanted;
            ConditionChange::Changed
        }
        None if wanted.status == ConditionStatus::False => ConditionChange::Unchanged,
        None => {
            conditions.push(wanted);
            ConditionChange::Changed
        }
    }
}
