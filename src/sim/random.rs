//! Seeded random numbers, the only randomness of a run. A stream is named by what it is for, so that a change
//! in one place (one more pod, another failure rate) leaves the numbers drawn elsewhere as they were.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// One stream of random numbers.
#[derive(Clone, Debug)]
pub struct Random(Pcg64Mcg);

impl Random {
    /// The stream of a run with `seed` that is named by `path`: the same names give the same numbers.
    pub fn stream(seed: u64, path: &[u64]) -> Self {
        let mixed = path.iter().fold(mix(seed), |state, part| mix(state ^ part.rotate_left(32)));
        Self(Pcg64Mcg::seed_from_u64(mixed))
    }

    /// A whole number from `low` to `high`, both included. Gives `low` when the range is empty.
    pub fn in_range(&mut self, low: u64, high: u64) -> u64 {
        if high <= low { low } else { self.0.random_range(low..=high) }
    }

    /// True in `percent` of one hundred draws (0 never, 100 always).
    pub fn percent(&mut self, percent: f64) -> bool {
        (self.0.random::<u32>() as f64) < percent / 100.0 * 4_294_967_296.0
    }
}

/// A number for a text, the same on every machine, to name a stream with.
pub fn text_number(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Spreads the bits of `value` (the finalizer of SplitMix64).
pub fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_told_by_its_seed_and_its_name() {
        let draw = |seed, path: &[u64]| Random::stream(seed, path).in_range(0, u64::MAX);
        assert_eq!(draw(7, &[1, 2]), draw(7, &[1, 2]));
        assert_ne!(draw(7, &[1, 2]), draw(8, &[1, 2]));
        assert_ne!(draw(7, &[1, 2]), draw(7, &[2, 1]));
    }

    #[test]
    fn percent_is_exact_at_its_ends_and_about_right_between() {
        let mut random = Random::stream(1, &[]);
        assert!((0..1_000).all(|_| !random.percent(0.0)));
        assert!((0..1_000).all(|_| random.percent(100.0)));
        let hits = (0..10_000).filter(|_| random.percent(25.0)).count();
        assert!((2_300..2_700).contains(&hits), "{hits}");
    }

    #[test]
    fn an_empty_range_gives_its_low_end() {
        assert_eq!(Random::stream(1, &[]).in_range(5, 5), 5);
        assert_eq!(Random::stream(1, &[]).in_range(9, 5), 9);
    }
}
