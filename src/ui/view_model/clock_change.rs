//! A night on which the clocks of a CronJob's zone change: from what to what, and which times of its schedule there are
//! not, or twice, for that. Plain data made from the schedule; which starts come is the controller's rule alone.

use super::cron_notes::CronNotes;
use crate::controllers::cronjob::rules::Timetable;
use crate::sim::{Time, Zone};

/// In a longer stretch of time no change is looked for: it would be too narrow to be seen.
const LONGEST_MS: i64 = 60 * 86_400_000;
/// So many times are named.
const NAMED: usize = 2;

/// A change of clocks.
pub struct ClockChange {
    pub at: Time,
    /// `02:00` and `03:00`: what clocks would have shown, and what they show.
    from: String,
    to: String,
    pub way: Way,
    /// The times of the schedule that there are not, or twice.
    times: Vec<String>,
}

/// Which way clocks go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    On,
    Back,
}

impl ClockChange {
    /// The first change in that stretch of time.
    pub fn find(notes: &CronNotes, from: Time, to: Time) -> Option<Self> {
        if to.ms_since(from) > LONGEST_MS {
            return None;
        }
        let zone = &notes.zone;
        let at = zone.change(from, to)?;
        let before = Zone::fixed("", zone.offset_s(at.plus_seconds(-1)));
        let leap_s = zone.offset_s(at) - before.offset_s(at);
        let way = if leap_s > 0 { Way::On } else { Way::Back };
        let timetable = notes.timetable();
        let times = match way {
            Way::On => left_out(timetable?, &before, at..at.plus_seconds(leap_s)),
            Way::Back => twice(timetable?, zone, at..at.plus_seconds(-leap_s)),
        };
        Some(Self { at, from: hour_and_minute(&before, at), to: hour_and_minute(zone, at), way, times })
    }

    /// Whether the schedule asks for a time that there is not, or twice.
    pub fn matters(&self) -> bool {
        !self.times.is_empty()
    }

    /// `Clocks go from 02:00 to 03:00: 02:30 does not exist`.
    pub fn words(&self) -> String {
        let Self { from, to, .. } = self;
        let said = format!("Clocks go from {from} to {to}");
        let end = match (self.way, self.times.len()) {
            (_, 0) => return said,
            (Way::On, 1) => "does not exist",
            (Way::On, _) => "do not exist",
            (Way::Back, 1) => "comes twice",
            (Way::Back, _) => "come twice",
        };
        format!("{said}: {} {end}", self.named())
    }

    /// What one would ask about it.
    pub fn question(&self) -> String {
        match self.way {
            _ if !self.matters() => "What do the clocks do?".to_owned(),
            Way::On => format!("Why is there no start at {}?", self.named()),
            Way::Back => format!("Why are there two starts at {}?", self.named()),
        }
    }

    fn named(&self) -> String {
        let named = self.times[..self.times.len().min(NAMED)].join(", ");
        if self.times.len() > NAMED { named + " and more" } else { named }
    }
}

/// The times that the schedule asks for while clocks leap, as they would have shown them.
fn left_out(timetable: &Timetable, before: &Zone, leap: std::ops::Range<Time>) -> Vec<String> {
    let Some(timetable) = timetable.by_clocks_of(before.clone()) else { return Vec::new() };
    starts(&timetable, &leap).map(|start| hour_and_minute(before, start)).collect()
}

/// The times at which there is a start before clocks go back and another one behind that.
fn twice(timetable: &Timetable, zone: &Zone, again: std::ops::Range<Time>) -> Vec<String> {
    let leap_ms = again.end.ms_since(again.start);
    let first = |start: &Time| {
        let first = start.plus_ms(-leap_ms);
        timetable.next(first.plus_seconds(-1)) == Some(first)
    };
    starts(timetable, &again).filter(first).map(|start| hour_and_minute(zone, start)).collect()
}

fn starts<'a>(timetable: &'a Timetable, within: &std::ops::Range<Time>) -> impl Iterator<Item = Time> + 'a {
    let end = within.end;
    let first = timetable.next(within.start.plus_seconds(-1));
    std::iter::successors(first, |start| timetable.next(*start)).take_while(move |start| *start < end).take(NAMED + 1)
}

fn hour_and_minute(zone: &Zone, at: Time) -> String {
    let local = zone.to_local(at);
    format!("{:02}:{:02}", local.hour, local.minute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Cluster, Notes, Scenario};
    use crate::ui::view_model::noted::Noted;

    #[test]
    fn the_times_that_are_left_out_or_come_twice_are_named() {
        let (spring, autumn) = ("2026-03-29", "2026-10-25");
        for (schedule, day, words) in [
            ("30 1-3 * * *", spring, "Clocks go from 02:00 to 03:00: 02:30 does not exist"),
            ("30 2 * * *", spring, "Clocks go from 02:00 to 03:00: 02:30 does not exist"),
            ("0,30 * * * *", spring, "Clocks go from 02:00 to 03:00: 02:00, 02:30 do not exist"),
            ("* * * * *", spring, "Clocks go from 02:00 to 03:00: 02:00, 02:01 and more do not exist"),
            ("0 3 * * *", spring, "Clocks go from 02:00 to 03:00"),
            ("@every 1h", spring, "Clocks go from 02:00 to 03:00"),
            ("30 1-3 * * *", autumn, "Clocks go from 03:00 to 02:00: 02:30 comes twice"),
            ("0 2 * * *", autumn, "Clocks go from 03:00 to 02:00: 02:00 comes twice"),
            ("0 12 * * *", autumn, "Clocks go from 03:00 to 02:00"),
        ] {
            let manifest = format!(
                "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: night}}\nspec:\n  schedule: '{schedule}'\n  \
                 timeZone: Europe/Berlin\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          \
                 restartPolicy: Never\n          containers:\n          - {{name: c, image: busybox}}\n"
            );
            let cluster = Cluster::new(Scenario { manifest, ..Scenario::default() }).expect("a good manifest");
            let mut noted = Noted::default();
            noted.take_in(&cluster);
            let noon = Time::parse(&format!("{day}T12:00:00Z")).expect("a time");
            let find = |from_h: i64| ClockChange::find(&noted.cron_jobs()[0], noon.plus_seconds(from_h * 3_600), noon);
            let found = find(-18).map(|change| change.words());
            assert_eq!(found.as_deref(), Some(words), "{schedule}");
            assert!(find(-6).is_none() && find(-24 * 90).is_none());
        }
    }
}
