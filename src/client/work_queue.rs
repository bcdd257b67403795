//! A queue of keys to work on, each at most once at a time, some of them not before a certain moment.

use crate::sim::{SECOND_MS, Time};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The delay after a first failure; each further one doubles it.
const FIRST_RETRY_MS: i64 = SECOND_MS;
const MAX_RETRY_MS: i64 = 60 * SECOND_MS;

/// A work queue with delays and rate limits.
// Models staging/src/k8s.io/client-go/util/workqueue (delaying and rate limiting queues)
#[derive(Clone, Debug)]
pub struct WorkQueue<K> {
    ready: VecDeque<K>,
    queued: BTreeSet<K>,
    waiting: BTreeMap<K, (Time, u64)>,
    waiting_by_time: BTreeSet<(Time, u64, K)>,
    next_sequence: u64,
    failures: BTreeMap<K, u32>,
}

impl<K> Default for WorkQueue<K> {
    fn default() -> Self {
        Self {
            ready: VecDeque::new(),
            queued: BTreeSet::new(),
            waiting: BTreeMap::new(),
            waiting_by_time: BTreeSet::new(),
            next_sequence: 0,
            failures: BTreeMap::new(),
        }
    }
}

impl<K: Ord + Clone> WorkQueue<K> {
    /// Queues `key`, unless it is queued already.
    pub fn add(&mut self, key: K) {
        if self.queued.insert(key.clone()) {
            self.ready.push_back(key);
        }
    }

    /// Queues `key` in `delay_ms` milliseconds; at once when that is not positive. Of two delays the earlier counts.
    pub fn add_after(&mut self, key: K, delay_ms: i64, now: Time) {
        if delay_ms <= 0 {
            self.add(key);
            return;
        }
        let due = now.plus_ms(delay_ms);
        if let Some(&(earlier, sequence)) = self.waiting.get(&key) {
            if earlier <= due {
                return;
            }
            self.waiting_by_time.remove(&(earlier, sequence, key.clone()));
        }
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        self.waiting.insert(key.clone(), (due, sequence));
        self.waiting_by_time.insert((due, sequence, key));
    }

    /// Queues `key` again after a failure: 1 s later after the first, doubling up to 60 s.
    pub fn add_rate_limited(&mut self, key: K, now: Time) {
        let failures = self.failures.entry(key.clone()).or_default();
        let delay_ms =
            FIRST_RETRY_MS.checked_shl(*failures).unwrap_or(MAX_RETRY_MS).clamp(FIRST_RETRY_MS, MAX_RETRY_MS);
        *failures = (*failures + 1).min(30);
        self.add_after(key, delay_ms, now);
    }

    /// Forgets the failures of `key`.
    pub fn forget(&mut self, key: &K) {
        self.failures.remove(key);
    }

    /// When there is something to take: `now` when there is already, `None` when nothing is to come.
    pub fn next_due(&self, now: Time) -> Option<Time> {
        if !self.ready.is_empty() {
            return Some(now);
        }
        self.waiting_by_time.first().map(|(due, ..)| *due)
    }

    /// When `key` will be taken at the earliest.
    pub fn due(&self, key: &K, now: Time) -> Option<Time> {
        if self.queued.contains(key) { Some(now) } else { self.waiting.get(key).map(|(due, _)| *due) }
    }

    /// Takes the next key that is due.
    pub fn take(&mut self, now: Time) -> Option<K> {
        while let Some((due, _, key)) = self.waiting_by_time.first().cloned() {
            if due > now {
                break;
            }
            self.waiting_by_time.pop_first();
            self.waiting.remove(&key);
            self.add(key);
        }
        let key = self.ready.pop_front()?;
        self.queued.remove(&key);
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Time {
        Time::from_epoch_ms(ms)
    }

    #[test]
    fn a_key_is_queued_once_and_the_earlier_delay_counts() {
        let mut queue = WorkQueue::default();
        queue.add("a");
        queue.add("a");
        queue.add_after("b", 500, at(0));
        queue.add_after("b", 900, at(0));
        queue.add_after("c", 900, at(0));
        queue.add_after("c", 100, at(0));
        assert_eq!((queue.take(at(0)), queue.take(at(0))), (Some("a"), None));
        assert_eq!(queue.next_due(at(0)), Some(at(100)));
        assert_eq!((queue.take(at(600)), queue.take(at(600))), (Some("c"), Some("b")));
        assert_eq!(queue.next_due(at(600)), None);
    }

    #[test]
    fn failures_double_the_delay_up_to_a_minute() {
        let mut queue = WorkQueue::default();
        let mut delays = Vec::new();
        for _ in 0..8 {
            queue.add_rate_limited("a", at(0));
            let due = queue.next_due(at(0)).unwrap();
            delays.push(due.epoch_ms() / SECOND_MS);
            assert_eq!(queue.take(due), Some("a"));
        }
        assert_eq!(delays, [1, 2, 4, 8, 16, 32, 60, 60]);
        queue.forget(&"a");
        queue.add_rate_limited("a", at(0));
        assert_eq!(queue.next_due(at(0)), Some(at(1_000)));
    }
}
