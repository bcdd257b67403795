//! Moments as calendar and clock show them in some zone.

use crate::sim::{Time, Zone};

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `Mon 5 Jan 03:00`; with seconds when there are some.
pub fn local_moment(zone: &Zone, at: Time) -> String {
    let local = zone.to_local(at);
    let name =
        |names: &[&'static str], place: i64| usize::try_from(place).ok().and_then(|place| names.get(place).copied());
    let (day, month) = (name(&DAYS, local.weekday()), name(&MONTHS, local.month - 1));
    let (day, month) = (day.unwrap_or_default(), month.unwrap_or_default());
    let shown = format!("{day} {} {month} {:02}:{:02}", local.day, local.hour, local.minute);
    if local.second == 0 { shown } else { format!("{shown}:{:02}", local.second) }
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
