//! A moment of the simulated clock. There is no other clock: nothing here may ask the machine for the time.

use std::fmt;

/// Milliseconds in a second.
pub const SECOND_MS: i64 = 1_000;

/// A moment, in whole milliseconds since the Unix epoch. Moments before 1970 are negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    pub const fn from_epoch_ms(epoch_ms: i64) -> Self {
        Self(epoch_ms)
    }

    pub const fn epoch_ms(self) -> i64 {
        self.0
    }

    /// The moment `delay_ms` later (earlier, when negative), held at the ends of the range.
    pub const fn plus_ms(self, delay_ms: i64) -> Self {
        Self(self.0.saturating_add(delay_ms))
    }

    /// The moment `seconds` later (earlier, when negative), held at the ends of the range.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_ms(seconds.saturating_mul(SECOND_MS))
    }

    /// How many milliseconds have passed since `earlier`; negative when `earlier` is in fact later.
    pub const fn ms_since(self, earlier: Time) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment as the API stores it: whole seconds.
    pub const fn truncated_to_second(self) -> Self {
        Self(self.0.div_euclid(SECOND_MS) * SECOND_MS)
    }

    /// Reads an RFC 3339 text, fractions of a second included. `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let timestamp: jiff::Timestamp = text.parse().ok()?;
        Some(Self(timestamp.as_millisecond()))
    }
}

/// RFC 3339 in UTC with whole seconds, as the API prints moments.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0.div_euclid(SECOND_MS)) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => f.write_str("<invalid>"),
        }
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
    fn truncates_towards_the_past() {
        assert_eq!(Time::from_epoch_ms(1_999).truncated_to_second().epoch_ms(), 1_000);
        assert_eq!(Time::from_epoch_ms(-1).truncated_to_second().epoch_ms(), -1_000);
    }
}
