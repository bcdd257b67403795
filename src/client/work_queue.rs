//! A queue of objects to work on, each at most once at a time, some of them not before a certain moment. Objects are
//! known by their uid, which also keeps a Job apart from an earlier one of its name.

use crate::api::{Uid, UidMap};
use crate::sim::{SECOND_MS, Time};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// How long an object waits that has failed.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// The delay after a first failure, in milliseconds; each further one doubles it.
    pub first_ms: i64,
    pub max_ms: i64,
}

/// As the Job controller has it.
impl Default for Retry {
    fn default() -> Self {
        Self { first_ms: SECOND_MS, max_ms: 60 * SECOND_MS }
    }
}

/// A work queue with delays and rate limits.
// Models staging/src/k8s.io/client-go/util/workqueue (delaying and rate limiting queues)
#[derive(Clone, Debug, Default)]
pub struct WorkQueue {
    ready: VecDeque<Uid>,
    /// By time, then by the order of adding. What `entries` does not confirm is out of date; never the first, once
    /// [`take`](Self::take) has looked.
    waiting: BinaryHeap<Reverse<(Time, u64, Uid)>>,
    entries: UidMap<Entry>,
    next_sequence: u64,
    retry: Retry,
}

/// What is known of an object that is queued, waits, or has failed.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    state: State,
    /// When it is to be queued, and which entry of the heap says so.
    due: Option<(Time, u64)>,
    failures: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    Queued,
}

impl WorkQueue {
    pub fn new(retry: Retry) -> Self {
        Self { retry, ..Self::default() }
    }

    /// Queues the object, unless it is queued already.
    pub fn add(&mut self, key: Uid) {
        let entry = self.entries.or_default(key);
        if entry.state == State::Idle {
            entry.state = State::Queued;
            self.ready.push_back(key);
        }
    }

    /// Queues the object in `delay_ms` milliseconds; at once when that is not positive. Of two delays the earlier
    /// counts.
    pub fn add_after(&mut self, key: Uid, delay_ms: i64, now: Time) {
        if delay_ms <= 0 {
            self.add(key);
            return;
        }
        let due = now.plus_ms(delay_ms);
        let entry = self.entries.or_default(key);
        if entry.due.is_none_or(|(earlier, _)| due < earlier) {
            entry.due = Some((due, self.next_sequence));
            self.waiting.push(Reverse((due, self.next_sequence, key)));
            self.next_sequence += 1;
        }
    }

    /// Queues the object again after a failure, later each time.
    pub fn add_rate_limited(&mut self, key: Uid, now: Time) {
        let entry = self.entries.or_default(key);
        let delay_ms = (self.retry.first_ms << entry.failures.min(20)).min(self.retry.max_ms);
        entry.failures += 1;
        self.add_after(key, delay_ms, now);
    }

    /// Forgets the failures of the object.
    pub fn forget(&mut self, key: Uid) {
        if let Some(entry) = self.entries.get_mut(key) {
            entry.failures = 0;
            self.tidy(key);
        }
    }

    /// When there is something to take: `now` when there is already, `None` when nothing is to come.
    pub fn next_due(&self, now: Time) -> Option<Time> {
        if self.ready.is_empty() { self.waiting.peek().map(|Reverse((due, ..))| *due) } else { Some(now) }
    }

    /// When the object will be taken at the earliest.
    pub fn due(&self, key: Uid, now: Time) -> Option<Time> {
        let entry = self.entries.get(key)?;
        match entry.state {
            State::Queued => Some(now),
            State::Idle => entry.due.map(|(due, _)| due),
        }
    }

    /// Takes the next object that is due.
    pub fn take(&mut self, now: Time) -> Option<Uid> {
        while let Some(Reverse((due, sequence, key))) = self.waiting.peek().copied() {
            let current = self.entries.get(key).is_some_and(|entry| entry.due == Some((due, sequence)));
            if current && due > now {
                break;
            }
            self.waiting.pop();
            if current {
                self.entries.or_default(key).due = None;
                self.add(key);
            }
        }
        let key = self.ready.pop_front()?;
        self.entries.or_default(key).state = State::Idle;
        self.tidy(key);
        Some(key)
    }

    /// Drops an entry that says nothing any more.
    fn tidy(&mut self, key: Uid) {
        let idle = |entry: &Entry| entry.state == State::Idle && entry.due.is_none() && entry.failures == 0;
        if self.entries.get(key).is_some_and(idle) {
            self.entries.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Uid = Uid(1);
    const B: Uid = Uid(2);
    const C: Uid = Uid(3);

    fn at(ms: i64) -> Time {
        Time::from_epoch_ms(ms)
    }

    #[test]
    fn a_key_is_queued_once_and_the_earlier_delay_counts() {
        let mut queue = WorkQueue::default();
        queue.add(A);
        queue.add(A);
        queue.add_after(B, 500, at(0));
        queue.add_after(B, 900, at(0));
        queue.add_after(C, 900, at(0));
        queue.add_after(C, 100, at(0));
        assert_eq!((queue.take(at(0)), queue.take(at(0))), (Some(A), None));
        assert_eq!(queue.next_due(at(0)), Some(at(100)));
        assert_eq!((queue.take(at(600)), queue.take(at(600))), (Some(C), Some(B)));
        assert_eq!(queue.next_due(at(600)), None);
    }

    #[test]
    fn failures_double_the_delay_up_to_a_minute() {
        let mut queue = WorkQueue::default();
        let mut delays = Vec::new();
        for _ in 0..8 {
            queue.add_rate_limited(A, at(0));
            let due = queue.next_due(at(0)).unwrap();
            delays.push(due.epoch_ms() / SECOND_MS);
            assert_eq!(queue.take(due), Some(A));
        }
        assert_eq!(delays, [1, 2, 4, 8, 16, 32, 60, 60]);
        queue.forget(A);
        queue.add_rate_limited(A, at(0));
        assert_eq!(queue.next_due(at(0)), Some(at(1_000)));
    }
}
