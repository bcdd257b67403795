//! A short text that stands for a whole trace: equal traces have equal digests, natively and in a browser. It grows with
//! the trace, entry by entry, and knows nothing of what the entries mean.

use super::{Cluster, TraceEntry};
use crate::sim::mix;
use std::hash::{Hash, Hasher};

impl Cluster {
    /// The digest of the trace so far.
    pub fn digest(&self) -> String {
        let Digest { state, entries } = self.recorder.digest;
        format!("{state:016x}-{entries}")
    }
}

/// The digest of the entries that were added.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Digest {
    state: u64,
    entries: u64,
}

impl Digest {
    pub(super) fn add(&mut self, entry: &TraceEntry) {
        let mut hasher = StableHasher(self.state);
        entry.hash(&mut hasher);
        self.state = hasher.finish();
        self.entries += 1;
    }
}

/// A hasher that gives the same on 32 and 64 bits: everything goes in as words of one width.
struct StableHasher(u64);

impl StableHasher {
    fn add(&mut self, word: u64) {
        self.0 = mix(self.0 ^ word);
    }
}

impl Hasher for StableHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.add(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            self.add(chunk.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.add(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.add(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.add(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.add(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.add(number as i64 as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(value: &impl Hash) -> u64 {
        let mut hasher = StableHasher(0);
        value.hash(&mut hasher);
        hasher.finish()
    }

    #[test]
    fn texts_are_told_apart_by_where_they_end() {
        assert_ne!(hash(&("ab", "c")), hash(&("a", "bc")));
        assert_ne!(hash(&"ab"), hash(&"ab\0"));
        assert_eq!(hash(&"a longer text"), hash(&String::from("a longer text")));
    }

    #[test]
    fn numbers_hash_to_the_same_on_every_machine() {
        // Written down once, so that a change of width or order shows.
        assert_eq!(hash(&(7_u32, -1_i64, Some(2_usize), "text")), 16_956_663_407_362_367_234);
    }
}
