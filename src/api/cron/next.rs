//! The search for the next moment that fits a schedule, with upstream's ways on nights on which clocks change.

use super::SpecSchedule;
use super::fields::STAR;
use crate::sim::{LocalTime, Time, Zone};

const YEARS_SEARCHED: i64 = 5;
const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 3_600;

impl SpecSchedule {
    /// The first moment behind `after` that fits; `None` when none does within five years.
    // Models github.com/robfig/cron spec.go Next
    pub(super) fn next(&self, after: Time, local: &Zone) -> Option<Time> {
        if [self.second, self.minute, self.hour].contains(&0) {
            return None; // As upstream, which tries every minute of the five years first.
        }
        let at = after.truncated_to_second().plus_seconds(1);
        let mut search = Search { schedule: self, zone: self.zone.as_ref().unwrap_or(local), at, moved: Moved::No };
        let last_year = search.local().year + YEARS_SEARCHED;
        while search.local().year <= last_year {
            let steps =
                [Search::find_month, Search::find_day, Search::find_hour, Search::find_minute, Search::find_second];
            if steps.into_iter().all(|step| step(&mut search) == Step::Fits) {
                return Some(search.at);
            }
        }
        None
    }

    // Models github.com/robfig/cron spec.go dayMatches
    fn day_fits(&self, local: &LocalTime) -> bool {
        let by_month = has(self.day_of_month, local.day);
        let by_week = has(self.day_of_week, local.weekday());
        if (self.day_of_month | self.day_of_week) & STAR != 0 { by_month && by_week } else { by_month || by_week }
    }
}

/// A moment on its way to one that fits.
struct Search<'a> {
    schedule: &'a SpecSchedule,
    zone: &'a Zone,
    at: Time,
    moved: Moved,
}

/// Whether a part of the moment was changed before, and the smaller parts were set to their beginning with it.
#[derive(PartialEq)]
enum Moved {
    No,
    Yes,
}

/// What became of one part of the moment.
#[derive(PartialEq)]
enum Step {
    Fits,
    /// It has come to its beginning again, so that the greater parts must be looked at anew.
    Wrapped,
}

impl Search<'_> {
    fn local(&self) -> LocalTime {
        self.zone.to_local(self.at)
    }

    fn set(&mut self, local: LocalTime) {
        self.at = self.zone.to_time(local);
    }

    /// Whether this is the first change. It counts as made from now on.
    fn is_first_move(&mut self) -> bool {
        std::mem::replace(&mut self.moved, Moved::Yes) == Moved::No
    }

    fn find_month(&mut self) -> Step {
        loop {
            let local = self.local();
            if has(self.schedule.month, local.month) {
                return Step::Fits;
            }
            if self.is_first_move() {
                self.set(LocalTime { day: 1, hour: 0, minute: 0, second: 0, ..local });
            }
            let local = self.local();
            self.set(LocalTime { month: local.month + 1, ..local });
            if self.local().month == 1 {
                return Step::Wrapped;
            }
        }
    }

    fn find_day(&mut self) -> Step {
        loop {
            let local = self.local();
            if self.schedule.day_fits(&local) {
                return Step::Fits;
            }
            if self.is_first_move() {
                self.set(LocalTime { hour: 0, minute: 0, second: 0, ..local });
            }
            let local = self.local();
            self.set(LocalTime { day: local.day + 1, ..local });
            // There are days without a midnight.
            let hour = self.local().hour;
            let correction_h = if hour > 12 { 24 - hour } else { -hour };
            self.at = self.at.plus_seconds(correction_h * HOUR_S);
            if self.local().day == 1 {
                return Step::Wrapped;
            }
        }
    }

    fn find_hour(&mut self) -> Step {
        loop {
            let local = self.local();
            if has(self.schedule.hour, local.hour) {
                return Step::Fits;
            }
            if self.is_first_move() {
                self.set(LocalTime { minute: 0, second: 0, ..local });
            }
            self.at = self.at.plus_seconds(HOUR_S);
            if self.local().hour == 0 {
                return Step::Wrapped;
            }
        }
    }

    fn find_minute(&mut self) -> Step {
        let mut minute = self.local().minute;
        while !has(self.schedule.minute, minute) {
            if self.is_first_move() {
                let beyond_ms = self.at.epoch_ms().rem_euclid(MINUTE_S * 1_000);
                self.at = self.at.plus_ms(-beyond_ms);
            }
            self.at = self.at.plus_seconds(MINUTE_S);
            minute = self.local().minute;
            if minute == 0 {
                return Step::Wrapped;
            }
        }
        Step::Fits
    }

    fn find_second(&mut self) -> Step {
        let now = self.local().second;
        let fitting = (now..MINUTE_S).find(|second| has(self.schedule.second, *second));
        self.at = self.at.plus_seconds(fitting.unwrap_or(MINUTE_S) - now);
        if fitting != Some(now) {
            self.moved = Moved::Yes;
        }
        if fitting.is_some() { Step::Fits } else { Step::Wrapped }
    }
}

fn has(bits: u64, number: i64) -> bool {
    bits >> number & 1 != 0
}

#[cfg(test)]
mod tests {
    use super::has;
    use crate::api::cron::Schedule;
    use crate::sim::{Time, Zone};
    use proptest::prelude::*;

    #[test]
    fn what_never_fits_is_given_up() {
        let now = Time::parse("2024-01-01T00:00:00Z").expect("a time");
        for text in ["59 23 31 2 *", ", * * * *", "* , * * *", "* * , * ,", "* * * , *"] {
            let schedule = Schedule::parse(text).expect("a schedule");
            assert_eq!(schedule.next(now, &Zone::utc()), None, "{text}");
        }
    }

    /// A field with steps, lists and ranges.
    fn field(min: u32, max: u32) -> impl Strategy<Value = String> {
        let number = min..=max;
        prop_oneof![
            Just("*".to_owned()),
            (1_u32..9).prop_map(|step| format!("*/{step}")),
            number.clone().prop_map(|number| number.to_string()),
            (number.clone(), number.clone()).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
            (number.clone(), number).prop_map(|(a, b)| format!("{a},{b}")),
        ]
    }

    proptest! {
        /// Every minute in turn is asked whether it fits.
        #[test]
        fn the_next_moment_is_the_first_that_fits(
            text in (field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6))
                .prop_map(|(minute, hour, day, month, weekday)| format!("{minute} {hour} {day} {month} {weekday}")),
            start_s in 0_i64..4_000_000_000,
        ) {
            let Ok(Schedule::Spec(spec)) = Schedule::parse(&text) else { panic!("{text} is a schedule") };
            let (utc, start) = (Zone::utc(), Time::default().plus_seconds(start_s));
            let fits = |at: &Time| {
                let local = utc.to_local(*at);
                has(spec.minute, local.minute) && has(spec.hour, local.hour) && has(spec.month, local.month)
                    && spec.day_fits(&local)
            };
            let first = start.plus_seconds(60 - start_s % 60);
            let minutes = std::iter::successors(Some(first), |at| Some(at.plus_seconds(60)));
            let wanted = minutes.take(60 * 24 * 40).find(fits);
            let found = spec.next(start, &utc);
            if let Some(wanted) = wanted {
                prop_assert_eq!(found, Some(wanted), "{} after {}", text, start);
            } else if let Some(found) = found {
                prop_assert!(fits(&found) && found > start);
            }
        }
    }

    #[test]
    fn clocks_that_change() {
        for (text, after, next) in [
            // Half past two is left out, or comes twice.
            ("TZ=Europe/Berlin 30 2 * * *", "2024-03-30T12:00:00Z", "2024-04-01T00:30:00Z"),
            ("TZ=Europe/Berlin 30 2 * * *", "2024-10-26T12:00:00Z", "2024-10-27T00:30:00Z"),
            ("TZ=Europe/Berlin 30 2 * * *", "2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z"),
            ("TZ=Europe/Berlin 30 2 * * *", "2024-10-27T01:30:00Z", "2024-10-28T01:30:00Z"),
            ("TZ=Europe/Berlin 0 * * * *", "2024-03-31T00:59:59Z", "2024-03-31T01:00:00Z"),
            // A day without a midnight.
            ("TZ=America/Sao_Paulo 0 9 * * *", "2018-11-03T13:00:00Z", "2018-11-04T11:00:00Z"),
        ] {
            let (schedule, after) = (Schedule::parse(text).expect("a schedule"), Time::parse(after).expect("a time"));
            let found = schedule.next(after, &Zone::utc()).expect("a moment");
            assert_eq!(found.to_string(), next, "{text} after {after}");
        }
    }
}
