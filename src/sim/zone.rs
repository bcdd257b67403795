//! Time zones: which offset from UTC holds when, and what clocks show there. Where the data comes from is `zone_data`'s.

use super::{SECOND_MS, Time, zone_data};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::rc::Rc;

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;
/// Four hundred years repeat for ever.
const ERA_DAYS: i64 = 146_097;
/// From 0000-03-01, where eras begin, to 1970-01-01.
const EPOCH_DAYS: i64 = 719_468;

/// A time zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    name: Rc<str>,
    rules: Rules,
}

#[derive(Clone, Debug, PartialEq)]
enum Rules {
    Fixed { offset_s: i64 },
    Table(TimeZone),
}

/// What calendar and clock show in some zone. On the way in a month beyond 12 or a day beyond the month's last means
/// a later month or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    pub year: i64,
    /// From 1.
    pub month: i64,
    /// From 1.
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
}

impl LocalTime {
    /// From 0 for Sunday.
    pub fn weekday(&self) -> i64 {
        // 1970-01-01 was a Thursday.
        (days_since_epoch(self.year, self.month, self.day) + 4).rem_euclid(7)
    }
}

impl Zone {
    pub fn utc() -> Self {
        Self::fixed("UTC", 0)
    }

    /// A zone that is always the same number of seconds ahead of UTC.
    pub fn fixed(name: &str, offset_s: i64) -> Self {
        Self { name: name.into(), rules: Rules::Fixed { offset_s } }
    }

    /// The zone with that name in the IANA database, in its exact case; no name means UTC. `None` when there is none,
    /// or the data is not there yet.
    pub fn named(name: &str) -> Option<Self> {
        if matches!(name, "" | "UTC") {
            return Some(Self::utc());
        }
        Some(Self { name: name.into(), rules: Rules::Table(zone_data::zone(name)?) })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many seconds the zone is ahead of UTC at that moment.
    pub fn offset_s(&self, at: Time) -> i64 {
        match &self.rules {
            Rules::Fixed { offset_s } => *offset_s,
            Rules::Table(zone) => {
                let at = Timestamp::from_second(at.epoch_ms().div_euclid(SECOND_MS));
                at.map_or(0, |at| i64::from(zone.to_offset(at).seconds()))
            }
        }
    }

    /// The moment from which another offset holds than at `from`; `None` when the same holds at `to`.
    pub fn change(&self, from: Time, to: Time) -> Option<Time> {
        let before_s = self.offset_s(from);
        let [mut same_s, mut other_s] = [from, to].map(|at| at.epoch_ms().div_euclid(SECOND_MS));
        let offset_s = |at_s: i64| self.offset_s(Time::default().plus_seconds(at_s));
        if offset_s(other_s) == before_s {
            return None;
        }
        while other_s - same_s > 1 {
            let middle_s = same_s + (other_s - same_s) / 2;
            *if offset_s(middle_s) == before_s { &mut same_s } else { &mut other_s } = middle_s;
        }
        Some(Time::default().plus_seconds(other_s))
    }

    /// What clocks in the zone show at that moment.
    pub fn to_local(&self, at: Time) -> LocalTime {
        let shown_s = at.epoch_ms().div_euclid(SECOND_MS) + self.offset_s(at);
        let (year, month, day) = date_of(shown_s.div_euclid(DAY_S));
        let of_day_s = shown_s.rem_euclid(DAY_S);
        LocalTime { year, month, day, hour: of_day_s / HOUR_S, minute: of_day_s / 60 % 60, second: of_day_s % 60 }
    }

    /// The moment at which clocks in the zone show that. Where they never do, or twice, it is right by the offset
    /// before or behind the change, the one that Go's `time.Date` takes.
    pub fn to_time(&self, local: LocalTime) -> Time {
        let LocalTime { year, month, day, hour, minute, second } = local;
        let seconds = days_since_epoch(year, month, day) * DAY_S + hour * HOUR_S + minute * 60 + second;
        let as_utc = Time::default().plus_seconds(seconds);
        let near = as_utc.plus_seconds(-self.offset_s(as_utc));
        as_utc.plus_seconds(-self.offset_s(near))
    }

    /// RFC 3339 with the zone's offset and whole seconds.
    pub fn rfc3339(&self, at: Time) -> String {
        let LocalTime { year, month, day, hour, minute, second } = self.to_local(at);
        let shown = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        let offset_min = self.offset_s(at) / 60;
        if offset_min == 0 {
            return shown + "Z";
        }
        let sign = if offset_min < 0 { '-' } else { '+' };
        format!("{shown}{sign}{:02}:{:02}", offset_min.abs() / 60, offset_min.abs() % 60)
    }
}

/// Days from 1970-01-01 to that date of the Gregorian calendar.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    // Years are taken from March to February, so that a leap day is a year's last.
    let months = year * 12 + month - 3;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
    let of_era = year.rem_euclid(400);
    year.div_euclid(400) * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + day
        - 1
        - EPOCH_DAYS
}

/// Year, month and day of the date so many days behind 1970-01-01.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH_DAYS;
    let of_era = days.rem_euclid(ERA_DAYS);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / (ERA_DAYS - 1)) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let year = days.div_euclid(ERA_DAYS) * 400 + year_of_era + from_march / 10;
    (year, (from_march + 2) % 12 + 1, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(text: &str) -> LocalTime {
        let time = Time::parse(&format!("{text}Z")).expect("a time");
        Zone::utc().to_local(time)
    }

    #[test]
    fn gaps_and_overlaps_are_resolved_as_go_does() {
        for (zone, shown, moment) in [
            ("UTC", "2012-02-29T23:59:59", "2012-02-29T23:59:59Z"),
            ("Europe/Berlin", "2024-07-01T12:00:00", "2024-07-01T12:00:00+02:00"),
            // Never shown.
            ("America/New_York", "2012-03-11T02:30:00", "2012-03-11T01:30:00-05:00"),
            ("Europe/Berlin", "2024-03-31T02:30:00", "2024-03-31T03:30:00+02:00"),
            ("Europe/London", "2024-03-31T01:30:00", "2024-03-31T02:30:00+01:00"),
            // Shown twice.
            ("America/New_York", "2012-11-04T01:30:00", "2012-11-04T01:30:00-04:00"),
            ("Europe/Berlin", "2024-10-27T02:30:00", "2024-10-27T02:30:00+01:00"),
            ("Europe/London", "2024-10-27T01:30:00", "2024-10-27T01:30:00Z"),
        ] {
            let zone = Zone::named(zone).expect("a known zone");
            let found = zone.to_time(local(shown));
            assert_eq!(zone.rfc3339(found), moment, "{} {shown}", zone.name());
            assert_eq!(Some(found), Time::parse(moment), "{} {shown}", zone.name());
        }
    }

    #[test]
    fn the_moment_of_a_change_is_found() {
        for (zone, from, to, change) in [
            ("Europe/Berlin", "2026-03-28T18:00:00Z", "2026-03-30T18:00:00Z", Some("2026-03-29T01:00:00Z")),
            ("Europe/Berlin", "2026-10-25T00:59:59.5Z", "2026-10-25T01:00:00Z", Some("2026-10-25T01:00:00Z")),
            ("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T18:00:00Z", None),
            ("UTC", "2026-03-28T18:00:00Z", "2026-03-30T18:00:00Z", None),
        ] {
            let (zone, time) = (Zone::named(zone).expect("a zone"), |text| Time::parse(text).expect("a time"));
            assert_eq!(zone.change(time(from), time(to)), change.map(time), "{} {from}", zone.name());
        }
    }

    #[test]
    fn names_are_exact() {
        for (name, known) in [
            ("", true),
            ("UTC", true),
            ("Etc/UTC", true),
            ("Europe/Berlin", true),
            ("europe/berlin", false),
            ("Etc/Unknown", false),
            ("Mars/Phobos", false),
            ("Local", false),
        ] {
            assert_eq!(Zone::named(name).is_some(), known, "{name}");
        }
    }

    #[test]
    fn dates_go_over_month_and_year() {
        let utc = Zone::utc();
        for (year, month, day, date) in [
            (2024, 2, 30, "2024-03-01T00:00:00Z"),
            (2023, 13, 1, "2024-01-01T00:00:00Z"),
            (2024, 12, 32, "2025-01-01T00:00:00Z"),
            (1, 1, 1, "0001-01-01T00:00:00Z"),
            (2100, 2, 29, "2100-03-01T00:00:00Z"),
        ] {
            let found = utc.to_time(LocalTime { year, month, day, hour: 0, minute: 0, second: 0 });
            assert_eq!(utc.rfc3339(found), date);
        }
        assert_eq!(local("2012-07-15T08:30:00").weekday(), 0);
        assert_eq!(local("1969-12-31T00:00:00").weekday(), 3);
        assert_eq!(Zone::fixed("", -16_200).rfc3339(Time::default()), "1969-12-31T19:30:00-04:30");
    }
}
