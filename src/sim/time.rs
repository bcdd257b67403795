//! A moment of the simulated clock. There is no other clock: nothing here may ask the machine for the time.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU64;

/// Milliseconds in a second.
pub const SECOND_MS: i64 = 1_000;

/// A moment, in whole milliseconds since the Unix epoch. Moments before 1970 are negative.
///
/// Held with its sign bit turned, which keeps the order and lets an `Option<Time>` be as small as a `Time`; the very
/// earliest moment is given up for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(NonZeroU64);

const SIGN: u64 = 1 << 63;

impl Time {
    pub const fn from_epoch_ms(epoch_ms: i64) -> Self {
        match NonZeroU64::new(epoch_ms as u64 ^ SIGN) {
            Some(since_earliest) => Self(since_earliest),
            None => Self(NonZeroU64::MIN),
        }
    }

    pub const fn epoch_ms(self) -> i64 {
        (self.0.get() ^ SIGN) as i64
    }

    /// The moment `delay_ms` later (earlier, when negative), held at the ends of the range.
    pub const fn plus_ms(self, delay_ms: i64) -> Self {
        Self::from_epoch_ms(self.epoch_ms().saturating_add(delay_ms))
    }

    /// The moment `seconds` later (earlier, when negative), held at the ends of the range.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_ms(seconds.saturating_mul(SECOND_MS))
    }

    /// How many milliseconds have passed since `earlier`; negative when `earlier` is in fact later.
    pub const fn ms_since(self, earlier: Time) -> i64 {
        self.epoch_ms().saturating_sub(earlier.epoch_ms())
    }

    /// The moment as the API stores it: whole seconds.
    pub const fn truncated_to_second(self) -> Self {
        Self::from_epoch_ms(self.epoch_ms().div_euclid(SECOND_MS).saturating_mul(SECOND_MS))
    }

    /// Reads an RFC 3339 text, fractions of a second included. `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let timestamp: jiff::Timestamp = text.parse().ok()?;
        Some(Self::from_epoch_ms(timestamp.as_millisecond()))
    }
}

/// The Unix epoch.
impl Default for Time {
    fn default() -> Self {
        Self::from_epoch_ms(0)
    }
}

impl Hash for Time {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.epoch_ms().hash(state);
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Time({})", self.epoch_ms())
    }
}

/// RFC 3339 in UTC with whole seconds, as the API prints moments.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.epoch_ms().div_euclid(SECOND_MS)) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => f.write_str("<invalid>"),
        }
    }
}

/// A duration as Go prints it: `300ms`, `1.5s`, `2m40s`, `5m0s`.
pub fn go_duration(duration_ms: i64) -> String {
    if duration_ms < 1_000 {
        return if duration_ms <= 0 { "0s".to_owned() } else { format!("{duration_ms}ms") };
    }
    let (hours, minutes) = (duration_ms / 3_600_000, duration_ms / 60_000 % 60);
    let seconds = duration_ms % 60_000;
    let fraction = format!("{:03}", seconds % 1_000);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    let seconds = format!("{}{point}{fraction}s", seconds / 1_000);
    match (hours, minutes) {
        (0, 0) => seconds,
        (0, minutes) => format!("{minutes}m{seconds}"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints_rfc_3339() {
        for (text, epoch_ms, printed) in [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            ("2009-11-10T22:59:59.998Z", 1_257_893_999_998, "2009-11-10T22:59:59Z"),
            ("0001-01-01T00:00:01Z", -62_135_596_799_000, "0001-01-01T00:00:01Z"),
            ("2024-06-01T02:00:00+02:00", 1_717_200_000_000, "2024-06-01T00:00:00Z"),
        ] {
            let time = Time::parse(text).unwrap();
            assert_eq!(time.epoch_ms(), epoch_ms, "{text}");
            assert_eq!(time.to_string(), printed, "{text}");
        }
        assert_eq!(Time::parse("yesterday"), None);
    }

    #[test]
    fn the_ends_of_the_range_keep_their_order_and_an_option_its_size() {
        let ends = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX].map(Time::from_epoch_ms);
        assert!(ends.is_sorted());
        assert_eq!(ends.map(Time::epoch_ms)[1..], [i64::MIN + 1, -1, 0, 1, i64::MAX]);
        assert_eq!(ends[0], ends[1]);
        assert_eq!(size_of::<Option<Time>>(), size_of::<Time>());
    }

    #[test]
    fn truncates_towards_the_past() {
        assert_eq!(Time::from_epoch_ms(1_999).truncated_to_second().epoch_ms(), 1_000);
        assert_eq!(Time::from_epoch_ms(-1).truncated_to_second().epoch_ms(), -1_000);
        let earliest = Time::from_epoch_ms(i64::MIN);
        assert_eq!(earliest.truncated_to_second(), earliest);
    }

    #[test]
    fn durations_look_like_gos() {
        for (ms, text) in [
            (0, "0s"),
            (300, "300ms"),
            (10_000, "10s"),
            (1_500, "1.5s"),
            (2_345, "2.345s"),
            (80_000, "1m20s"),
            (300_000, "5m0s"),
            (3_600_000, "1h0m0s"),
        ] {
            assert_eq!(go_duration(ms), text);
        }
    }
}
