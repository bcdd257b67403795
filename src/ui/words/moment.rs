//! Moments as calendar and clock show them in some zone.

use crate::sim::{SECOND_MS, Time, Zone, strftime};

/// `Mon 5 Jan 03:00`; with seconds when there are some.
pub fn local_moment(zone: &Zone, at: Time) -> String {
    let whole_minute = at.epoch_ms().div_euclid(SECOND_MS) % 60 == 0;
    let pattern = if whole_minute { "%a %-d %b %R" } else { "%a %-d %b %T" };
    strftime(pattern, zone, at).unwrap_or_default()
}

/// How far the zone is from UTC at that moment: `+01:00`, or `Z` when it is not.
pub fn local_offset(zone: &Zone, at: Time) -> String {
    zone.rfc3339(at).split_off("2026-01-01T00:00:00".len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_said_as_clocks_show_them() {
        for (zone, at, said, offset) in [
            ("", "2026-01-05T03:00:00Z", "Mon 5 Jan 03:00", "Z"),
            ("Europe/Berlin", "2026-03-29T00:59:30Z", "Sun 29 Mar 01:59:30", "+01:00"),
            ("Europe/Berlin", "2026-03-29T01:00:00Z", "Sun 29 Mar 03:00", "+02:00"),
            ("America/New_York", "2026-01-01T04:00:00Z", "Wed 31 Dec 23:00", "-05:00"),
        ] {
            let (zone, at) = (Zone::named(zone).expect("a zone"), Time::parse(at).expect("a time"));
            assert_eq!((local_moment(&zone, at).as_str(), local_offset(&zone, at).as_str()), (said, offset));
        }
    }
}
