//! Hashing that gives the same on every machine, whatever the width of its words.

use super::mix;
use std::hash::{Hash, Hasher};

/// The hash of `value`, begun at `start`.
pub fn stable_hash(start: u64, value: &impl Hash) -> u64 {
    let mut hasher = StableHasher(start);
    value.hash(&mut hasher);
    hasher.0
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
        stable_hash(0, value)
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
