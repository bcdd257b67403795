//! What happens when: a heap of entries ordered by time, then by the order in which they were put in.
//! It owns the clock, which only moves by taking the next entry; it does not know what the entries mean.

use super::Time;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The agenda of a run, and its clock.
#[derive(Clone, Debug)]
pub struct Agenda<E> {
    now: Time,
    next_sequence: u64,
    heap: BinaryHeap<Reverse<Entry<E>>>,
}

impl<E> Agenda<E> {
    /// An empty agenda whose clock stands at `start`.
    pub fn new(start: Time) -> Self {
        Self { now: start, next_sequence: 0, heap: BinaryHeap::new() }
    }

    pub fn now(&self) -> Time {
        self.now
    }

    /// Puts `event` at `at`, or now when `at` has passed. Entries of one moment keep the order of their adding.
    pub fn add(&mut self, at: Time, event: E) {
        let entry = Entry { at: at.max(self.now), sequence: self.next_sequence, event };
        self.next_sequence += 1;
        self.heap.push(Reverse(entry));
    }

    /// When the next entry is due.
    pub fn next_at(&self) -> Option<Time> {
        self.heap.peek().map(|Reverse(entry)| entry.at)
    }

    /// Takes the next entry and moves the clock to it.
    pub fn take_next(&mut self) -> Option<E> {
        let Reverse(entry) = self.heap.pop()?;
        self.now = entry.at;
        Some(entry.event)
    }

    /// Moves the clock to `time` where nothing is due before it; never back.
    pub fn advance_to(&mut self, time: Time) {
        let limit = self.next_at().map_or(time, |next| next.min(time));
        self.now = self.now.max(limit);
    }
}

#[derive(Clone, Debug)]
struct Entry<E> {
    at: Time,
    sequence: u64,
    event: E,
}

impl<E> Entry<E> {
    fn key(&self) -> (Time, u64) {
        (self.at, self.sequence)
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<E> Eq for Entry<E> {}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_by_time_then_by_order_of_adding() {
        let at = Time::from_epoch_ms;
        let mut agenda = Agenda::new(at(10));
        for (time, name) in [(30, "c"), (20, "a"), (30, "d"), (20, "b"), (5, "late")] {
            agenda.add(at(time), name);
        }
        let mut seen = Vec::new();
        while let Some(name) = agenda.take_next() {
            seen.push((agenda.now().epoch_ms(), name));
        }
        assert_eq!(seen, [(10, "late"), (20, "a"), (20, "b"), (30, "c"), (30, "d")]);
    }

    #[test]
    fn the_clock_never_passes_an_entry_nor_goes_back() {
        let at = Time::from_epoch_ms;
        let mut agenda = Agenda::new(at(0));
        agenda.add(at(50), ());
        agenda.advance_to(at(80));
        assert_eq!(agenda.now(), at(50));
        agenda.take_next();
        agenda.advance_to(at(20));
        assert_eq!(agenda.now(), at(50));
    }
}
