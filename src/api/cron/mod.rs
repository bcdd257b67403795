//! Cron schedules as `github.com/robfig/cron` version 3 reads them, which is what Kubernetes uses: the same texts are
//! accepted and refused, with the same words, and give the same moments. Knows no CronJob and no clock.

mod duration;
mod fields;
mod next;
mod parse;

/// The parts, for the tests that replay upstream's tables.
pub mod rules {
    pub use super::fields::{Bounds, DAYS_OF_MONTH, DAYS_OF_WEEK, HOURS, MINUTES, MONTHS, SECONDS, STAR};
    pub use super::fields::{all, bits, field, range};
    pub use super::parse::{ParseOptions, normalize_fields, parse};
}

pub use duration::parse_duration_ns;

use crate::sim::{Time, Zone};

/// When something is due.
#[derive(Clone, Debug, PartialEq)]
pub enum Schedule {
    Spec(SpecSchedule),
    /// Again after the same number of seconds, at least 1.
    Every {
        delay_s: i64,
    },
}

/// Which seconds, minutes, … fit: bit `n` stands for the number `n`, the highest for a star.
#[derive(Clone, Debug, PartialEq)]
pub struct SpecSchedule {
    pub second: u64,
    pub minute: u64,
    pub hour: u64,
    pub day_of_month: u64,
    pub month: u64,
    pub day_of_week: u64,
    /// The zone that the text names; `None` is that of whoever asks.
    pub zone: Option<Zone>,
}

impl Schedule {
    /// Reads five fields (minute, hour, day of the month, month, day of the week) or a descriptor such as `@hourly` or
    /// `@every 90s`, with `TZ=zone ` or `CRON_TZ=zone ` before it if need be.
    ///
    /// # Errors
    /// Why it is none, in upstream's words.
    // Models pkg/util/parsers/parsers.go ParseCronScheduleWithPanicRecovery
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::parse(text, parse::ParseOptions::STANDARD)
    }

    /// So often.
    // Models github.com/robfig/cron constantdelay.go Every
    pub fn every_ns(delay_ns: i64) -> Self {
        Self::Every { delay_s: (delay_ns / 1_000_000_000).max(1) }
    }

    /// The first moment behind `after` that fits; `local` is the zone in which a schedule without its own counts.
    /// `None` when none does within five years.
    pub fn next(&self, after: Time, local: &Zone) -> Option<Time> {
        match self {
            Self::Spec(spec) => spec.next(after, local),
            // Models github.com/robfig/cron constantdelay.go Next
            Self::Every { delay_s } => Some(after.truncated_to_second().plus_seconds(*delay_s)),
        }
    }
}
