//! Sets of completion indexes, as intervals, and the rules of Indexed Jobs over them.

use super::backoff::finished_time;
use super::context::SyncContext;
use super::failure_policy::{Counting, Verdict, counts, verdict};
use super::pods::{
    has_tracking_finalizer, index_order, is_pod_failed, removal_order, replaces_only_failed_pods, sort_pods,
};
use crate::api::job::{JOB_INDEX_FAILURE_COUNT, JOB_INDEX_IGNORED_FAILURE_COUNT, Job};
use crate::api::policy::PodFailureAction;
use crate::api::{Gates, Pod, PodPhase};
use crate::sim::gather;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

/// The longest name prefix that leaves room for the generated part.
const MAX_GENERATED_NAME_PREFIX: usize = 58;

/// A set of indexes, held as ordered, separate intervals with both ends included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intervals(Vec<(u32, u32)>);

impl Intervals {
    /// Reads a text such as `0-3,7`, cut to the indexes below `completions`. Parts that it cannot read are left out;
    /// parts that overlap stay apart until the set is merged with another.
    // Models pkg/controller/job/indexed_job_utils.go parseIndexesFromString
    pub fn parse(text: &str, completions: i32) -> Self {
        let completions = i64::from(completions);
        let mut intervals = Self::default();
        if text.is_empty() {
            return intervals;
        }
        for part in text.split(',') {
            let mut ends = part.split('-').map(str::parse::<i64>);
            let Some(Ok(first)) = ends.next() else { continue };
            if first >= completions {
                break;
            }
            let Ok(last) = ends.next().unwrap_or(Ok(first)) else { continue };
            if first <= last {
                intervals.push_part(first as u32, last.min(completions - 1) as u32);
            }
        }
        intervals
    }

    pub fn as_slice(&self) -> &[(u32, u32)] {
        &self.0
    }

    /// How many indexes are in the set.
    pub fn total(&self) -> u32 {
        self.0.iter().map(|(first, last)| last - first + 1).sum()
    }

    pub fn has(&self, index: u32) -> bool {
        let place = self.0.partition_point(|(_, last)| *last < index);
        self.0.get(place).is_some_and(|(first, _)| *first <= index)
    }

    /// The set with those indexes too. They must be in ascending order; repetitions are fine.
    // Models pkg/controller/job/indexed_job_utils.go withOrderedIndexes
    pub fn with_ordered(&self, indexes: impl IntoIterator<Item = u32>) -> Self {
        self.merged(&indexes.into_iter().map(|index| (index, index)).collect())
    }

    /// Both sets together.
    pub fn merged(&self, other: &Self) -> Self {
        let mut merged = Self::default();
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            let next = match (left.peek(), right.peek()) {
                (Some(a), Some(b)) if a.0 <= b.0 => left.next(),
                (Some(_), None) => left.next(),
                _ => right.next(),
            };
            let Some((first, last)) = next else { return merged };
            merged.push(*first, *last);
        }
    }

    /// Adds an interval as it was read: to the one before it where it follows that at once.
    fn push_part(&mut self, first: u32, last: u32) {
        match self.0.last_mut() {
            Some(previous) if first == previous.1.saturating_add(1) => previous.1 = last,
            _ => self.0.push((first, last)),
        }
    }

    /// Adds an interval that begins no earlier than all before it.
    fn push(&mut self, first: u32, last: u32) {
        match self.0.last_mut() {
            Some(previous) if first <= previous.1.saturating_add(1) => previous.1 = previous.1.max(last),
            _ => self.0.push((first, last)),
        }
    }
}

/// Intervals in the order of their first index, both ends included; those that touch become one.
impl FromIterator<(u32, u32)> for Intervals {
    fn from_iter<I: IntoIterator<Item = (u32, u32)>>(pairs: I) -> Self {
        let mut intervals = Self::default();
        for (first, last) in pairs {
            intervals.push(first, last);
        }
        intervals
    }
}

/// `0-3,5,7-9`: two neighbours are written with a comma.
impl fmt::Display for Intervals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (first, last)) in self.0.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            match last - first {
                0 => write!(f, "{comma}{first}")?,
                1 => write!(f, "{comma}{first},{last}")?,
                _ => write!(f, "{comma}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

/// The indexes that had succeeded before, and with them those of newly succeeded pods.
// Models pkg/controller/job/indexed_job_utils.go calculateSucceededIndexes
pub fn calculate_succeeded_indexes(job: &Job, pods: &[Rc<Pod>]) -> (Intervals, Intervals) {
    let completions = job.spec.completions.unwrap_or(0);
    let before = Intervals::parse(&job.status.completed_indexes, completions);
    let new: BTreeSet<u32> = gather(
        pods.iter()
            .filter(|pod| pod.status.phase == PodPhase::Succeeded && has_tracking_finalizer(pod))
            .filter_map(|pod| valid_index(pod, completions)),
    );
    let all = before.with_ordered(new);
    (before, all)
}

/// The failed indexes: those recorded, and those whose pod has failed once too often.
// Models pkg/controller/job/indexed_job_utils.go calculateFailedIndexes
pub fn calculate_failed_indexes(job: &Job, pods: &[Rc<Pod>], gates: &Gates) -> Intervals {
    let completions = job.spec.completions.unwrap_or(0);
    let before = Intervals::parse(job.status.failed_indexes.as_deref().unwrap_or_default(), completions);
    let new: BTreeSet<u32> = gather(
        pods.iter()
            .filter(|pod| has_tracking_finalizer(pod) && is_index_failed(job, pod, gates))
            .filter_map(|pod| valid_index(pod, completions)),
    );
    before.with_ordered(new)
}

/// Whether this pod's failure is the last that its index may have.
// Models pkg/controller/job/indexed_job_utils.go isIndexFailed
pub fn is_index_failed(job: &Job, pod: &Pod, gates: &Gates) -> bool {
    if !is_pod_failed(pod, job, gates) {
        return false;
    }
    match verdict(job, pod, gates) {
        Some(Verdict { action: Some(PodFailureAction::FailIndex), .. }) => true,
        Some(Verdict { counting: Counting::Ignored, .. }) => false,
        Some(_) | None => job.spec.backoff_limit_per_index.is_some_and(|limit| index_failure_count(pod) >= limit),
    }
}

/// Per index, the failed pod that must stay until its replacement carries on its failure count.
// Models pkg/controller/job/indexed_job_utils.go getPodsWithDelayedDeletionPerIndex
pub fn pods_with_delayed_deletion_per_index(context: &SyncContext) -> BTreeMap<u32, Rc<Pod>> {
    let active: BTreeSet<u32> = gather(context.active.iter().filter_map(|pod| pod.completion_index));
    let mut delayed: BTreeMap<u32, Rc<Pod>> = BTreeMap::new();
    for pod in &context.pods {
        if !context.is_unprocessed(pod) || !is_pod_failed(pod, &context.job, &context.gates) {
            continue;
        }
        let Some(index) = valid_index(pod, context.completions()) else { continue };
        let ended = context.succeeded_indexes.has(index)
            || context.failed_indexes.as_ref().is_some_and(|failed| failed.has(index));
        if ended || active.contains(&index) {
            continue;
        }
        let newest = delayed.get(&index).is_none_or(|other| {
            absolute_failure_count(other) <= absolute_failure_count(pod) && finished_time(pod) >= finished_time(other)
        });
        if newest {
            delayed.insert(index, pod.clone());
        }
    }
    delayed
}

/// The lowest indexes that need a pod, at most `count`.
// Models pkg/controller/job/indexed_job_utils.go firstPendingIndexes
pub fn first_pending_indexes(context: &SyncContext, count: usize) -> Vec<u32> {
    if count == 0 {
        return Vec::new();
    }
    let mut indexes: BTreeSet<u32> = gather(context.active.iter().filter_map(|pod| pod.completion_index));
    if replaces_only_failed_pods(&context.job, &context.gates) {
        let terminating = context.pods.iter().filter(|pod| pod.is_terminating());
        indexes.extend(terminating.filter_map(|pod| pod.completion_index));
    }
    let mut taken = context.succeeded_indexes.with_ordered(indexes);
    if let Some(failed) = &context.failed_indexes {
        taken = taken.merged(failed);
    }
    let mut free = Vec::new();
    let mut candidate = 0;
    let end = context.completions().max(0) as u32;
    for (first, last) in taken.as_slice().iter().copied().chain([(end, end)]) {
        while candidate < first.min(end) && free.len() < count {
            free.push(candidate);
            candidate += 1;
        }
        candidate = candidate.max(last.saturating_add(1));
    }
    free
}

/// Splits pods into those to remove (no index, an index out of range, all but one of an index) and the rest.
// Models pkg/controller/job/indexed_job_utils.go appendDuplicatedIndexPodsForRemoval
pub fn split_duplicated_indexes(pods: &[Rc<Pod>], completions: i32) -> (Vec<Rc<Pod>>, Vec<Rc<Pod>>) {
    let mut sorted = pods.to_vec();
    sort_pods(&mut sorted, index_order);
    // Those beyond the last index of the Job come before the last group of those within.
    let end = sorted
        .partition_point(|pod| pod.completion_index.is_none_or(|index| i64::from(index) < i64::from(completions)));
    let mut beyond = sorted.split_off(end);
    let last_group = sorted.last().map(|pod| pod.completion_index);
    let (mut remove, mut left) = (Vec::new(), Vec::new());
    for group in sorted.chunk_by(|a, b| a.completion_index == b.completion_index) {
        if group.first().map(|pod| pod.completion_index) == last_group {
            remove.append(&mut beyond);
        }
        match group {
            [first, ..] if first.completion_index.is_none() => remove.extend_from_slice(group),
            [only] => left.push(only.clone()),
            group => {
                let mut group = group.to_vec();
                sort_pods(&mut group, removal_order);
                left.extend(group.pop());
                remove.extend(group);
            }
        }
    }
    remove.append(&mut beyond);
    (remove, left)
}

/// The prefix of the names of an index's pods, cut where it would be too long.
// Models pkg/controller/job/indexed_job_utils.go podGenerateNameWithIndex
pub fn pod_generate_name_with_index(job_name: &str, index: u32) -> String {
    let suffix = format!("-{index}-");
    let kept = job_name.len().min(MAX_GENERATED_NAME_PREFIX - suffix.len());
    format!("{}{suffix}", &job_name[..kept])
}

/// The failure counts that a replacement for `replaced` starts with: counted and ignored.
// Models pkg/controller/job/indexed_job_utils.go getNewIndexFailureCounts
pub fn new_index_failure_counts(job: &Job, replaced: Option<&Pod>, gates: &Gates) -> (i32, i32) {
    let Some(replaced) = replaced else { return (0, 0) };
    let (counted, ignored) = (index_failure_count(replaced), index_ignored_failure_count(replaced));
    if counts(job, replaced, gates) {
        (counted.saturating_add(1), ignored)
    } else {
        (counted, ignored.saturating_add(1))
    }
}

/// How often the pod's index has failed before, by its annotation; 0 where that is missing or no such number.
// Models pkg/controller/job/indexed_job_utils.go getIndexFailureCount
pub fn index_failure_count(pod: &Pod) -> i32 {
    count_annotation(pod, JOB_INDEX_FAILURE_COUNT)
}

/// Counted and ignored failures of the pod's index together.
// Models pkg/controller/job/indexed_job_utils.go getIndexAbsoluteFailureCount
pub fn absolute_failure_count(pod: &Pod) -> i32 {
    index_failure_count(pod).saturating_add(index_ignored_failure_count(pod))
}

/// The index of a pod, when it is one that the Job has.
pub fn valid_index(pod: &Pod, completions: i32) -> Option<u32> {
    pod.completion_index.filter(|index| i64::from(*index) < i64::from(completions))
}

fn index_ignored_failure_count(pod: &Pod) -> i32 {
    count_annotation(pod, JOB_INDEX_IGNORED_FAILURE_COUNT)
}

fn count_annotation(pod: &Pod, key: &str) -> i32 {
    pod.meta.annotations.get(key).and_then(|text| text.parse::<i32>().ok()).filter(|count| *count >= 0).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_read_print_and_join() {
        for (text, completions, printed, total) in [
            ("", 5, "", 0),
            ("0-3,7", 10, "0-3,7", 5),
            ("0-3,7", 3, "0-2", 3),
            ("0,1,2", 3, "0-2", 3),
            ("1,2", 5, "1,2", 2),
            ("4,x,6,8-,7-5", 9, "4,6", 2),
        ] {
            let intervals = Intervals::parse(text, completions);
            assert_eq!((intervals.to_string().as_str(), intervals.total()), (printed, total), "{text}");
        }
        let joined = Intervals::parse("0-2,8", 10).with_ordered([3, 5, 5, 9]);
        assert_eq!(joined.to_string(), "0-3,5,8,9");
        assert!(joined.has(3) && joined.has(8) && !joined.has(4) && !joined.has(7));
    }

    #[test]
    fn long_job_names_are_cut() {
        assert_eq!(pod_generate_name_with_index("job", 3), "job-3-");
        assert_eq!(pod_generate_name_with_index(&"j".repeat(60), 12).len(), MAX_GENERATED_NAME_PREFIX);
    }
}
