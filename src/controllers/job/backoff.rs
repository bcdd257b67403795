//! How long new pods must wait after failures.

use super::indexes::absolute_failure_count;
use crate::api::pod::ContainerState;
use crate::api::{ConditionStatus, ContainerStatus, Pod, PodConditionType};
use crate::sim::Time;
use std::rc::Rc;

/// Failures in a row, for one Job. Kept in memory only: a restarted controller starts from nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BackoffRecord {
    pub failures_after_last_success: i32,
    pub last_failure_time: Option<Time>,
}

/// The bounds of a back-off, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BackoffBounds {
    pub first_ms: i64,
    pub max_ms: i64,
}

impl BackoffRecord {
    /// The record after these pods have ended: a success ends the row, failures after it begin a new one.
    // Models pkg/controller/job/backoff_utils.go newBackoffRecord
    pub fn after(self, succeeded: &[Rc<Pod>], failed: &[Rc<Pod>]) -> Self {
        let last_success = succeeded.iter().map(|pod| finished_time(pod)).max();
        match last_success {
            None if failed.is_empty() => self,
            None => Self {
                failures_after_last_success: self.failures_after_last_success + failed.len() as i32,
                last_failure_time: failed.iter().map(|pod| finished_time(pod)).max(),
            },
            Some(success) => {
                let later = || failed.iter().map(|pod| finished_time(pod)).filter(|time| *time > success);
                Self { failures_after_last_success: later().count() as i32, last_failure_time: later().max() }
            }
        }
    }

    /// How many milliseconds new pods still have to wait; 0 when they need not.
    // Models pkg/controller/job/backoff_utils.go getRemainingTime
    pub fn remaining_ms(&self, bounds: BackoffBounds, now: Time) -> i64 {
        self.last_failure_time.map_or(0, |last| remaining_after(self.failures_after_last_success, last, bounds, now))
    }
}

/// How many milliseconds an index must still wait for a new pod after `last_failed`.
// Models pkg/controller/job/backoff_utils.go getRemainingTimePerIndex
pub fn remaining_per_index_ms(last_failed: Option<&Pod>, bounds: BackoffBounds, now: Time) -> i64 {
    let Some(pod) = last_failed else { return 0 };
    remaining_after(absolute_failure_count(pod).saturating_add(1), finished_time(pod), bounds, now)
}

/// The delay after so many failures in a row: doubling from the first, up to the most.
pub fn delay_ms(failures: i32, bounds: BackoffBounds) -> i64 {
    let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(0).min(40);
    bounds.first_ms.saturating_mul(1 << doublings).min(if doublings == 0 { i64::MAX } else { bounds.max_ms })
}

/// When a pod ended, as well as can be told: by its containers, its Ready condition, its deletion or its creation.
// Models pkg/controller/job/backoff_utils.go getFinishedTime
pub fn finished_time(pod: &Pod) -> Time {
    finished_by_containers(pod)
        .or_else(|| finished_by_ready_condition(pod))
        .or_else(|| finished_by_deletion(pod))
        .or(pod.meta.creation_time)
        .unwrap_or(ZERO_TIME)
}

/// Stands for a time that is not known: the first moment of the year 1.
const ZERO_TIME: Time = Time::from_epoch_ms(-62_135_596_800_000);

fn remaining_after(failures: i32, last_failure: Time, bounds: BackoffBounds, now: Time) -> i64 {
    if failures <= 0 {
        return 0;
    }
    (delay_ms(failures, bounds) - now.ms_since(last_failure)).max(0)
}

// Models pkg/controller/job/backoff_utils.go getFinishTimeFromContainers
fn finished_by_containers(pod: &Pod) -> Option<Time> {
    latest_finish(latest_finish(None, &pod.status.containers), &pod.status.init_containers)
}

/// The last moment, `earlier` included, at which one of the containers ended; none while one of them goes on.
// Models pkg/controller/job/backoff_utils.go latestFinishTime
fn latest_finish(earlier: Option<Time>, statuses: &[ContainerStatus]) -> Option<Time> {
    let mut latest = earlier;
    for status in statuses {
        let ContainerState::Terminated(ended) = &status.state else { return None };
        latest = latest.max(Some(ended.finished_at.filter(|time| *time != ZERO_TIME)?));
    }
    latest
}

fn finished_by_ready_condition(pod: &Pod) -> Option<Time> {
    let ready = pod.status.condition(PodConditionType::Ready)?;
    ready.last_transition_time.filter(|_| ready.status == ConditionStatus::False)
}

fn finished_by_deletion(pod: &Pod) -> Option<Time> {
    Some(pod.meta.deletion_time?.plus_seconds(-pod.meta.deletion_grace_s.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_from_ten_seconds_to_ten_minutes() {
        let bounds = BackoffBounds { first_ms: 10_000, max_ms: 600_000 };
        let delays: Vec<i64> = (1..=9).map(|failures| delay_ms(failures, bounds) / 1_000).collect();
        assert_eq!(delays, [10, 20, 40, 80, 160, 320, 600, 600, 600]);
        assert_eq!(delay_ms(i32::MAX, bounds), 600_000);
    }
}
