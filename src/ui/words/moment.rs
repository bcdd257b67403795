//! Moments as calendar and clock show them in some zone.

use crate::sim::{Time, Zone};

/// From Sunday. The first three letters are short for each.
pub(super) const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// The first three letters are short for each.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How moments of a run are dated: by the clocks of a zone, with the year where it does not go without saying.
#[derive(Clone, Copy)]
pub struct Calendar<'a> {
    pub zone: &'a Zone,
    /// A moment in the year that goes without saying: when the run began, or the present one.
    pub since: Time,
}

impl Calendar<'_> {
    /// `Mon 5 Jan 03:00`; with seconds when there are some, and `Mon 5 Jan 2027 03:00` in another year.
    pub fn moment(self, at: Time) -> String {
        let local = self.zone.to_local(at);
        let (day, month) = (short(&WEEKDAYS, local.weekday()), short(&MONTHS, local.month - 1));
        let mut shown = format!("{day} {} {month}", local.day);
        if local.year != self.zone.to_local(self.since).year {
            shown.extend([" ", &local.year.to_string()]);
        }
        shown += &format!(" {:02}:{:02}", local.hour, local.minute);
        if local.second != 0 {
            shown += &format!(":{:02}", local.second);
        }
        shown
    }
}

fn short(names: &[&'static str], place: i64) -> &'static str {
    let name = usize::try_from(place).ok().and_then(|place| names.get(place));
    name.map_or("", |name| &name[..3])
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
            ("America/New_York", "2026-01-01T04:00:00Z", "Wed 31 Dec 2025 23:00", "-05:00"),
            ("", "2041-06-05T03:00:00Z", "Wed 5 Jun 2041 03:00", "Z"),
        ] {
            let (zone, at) = (Zone::named(zone).expect("a zone"), Time::parse(at).expect("a time"));
            let calendar = Calendar { zone: &zone, since: Time::parse("2026-02-01T00:00:00Z").expect("a time") };
            assert_eq!((calendar.moment(at).as_str(), local_offset(&zone, at).as_str()), (said, offset));
        }
    }
}
