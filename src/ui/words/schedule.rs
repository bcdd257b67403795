//! A CronJob's schedule in words: "every 15 minutes, Monday to Friday". It words what the schedule selects, not how it
//! is written, so that every way of writing it reads the same. It knows no CronJob and no zone.

use super::moment::{MONTHS, WEEKDAYS};
use super::plural;
use crate::api::cron::{Schedule, SpecSchedule};

/// Set beside the numbers of a field that leaves everything open.
const STAR: u64 = 1 << 63;
/// Moments of a day are named one by one up to this many.
const MOST_MOMENTS: usize = 4;

/// The schedule with that text in words; `None` when it cannot be read.
pub fn schedule(text: &str) -> Option<String> {
    match Schedule::parse(text).ok()? {
        Schedule::Every { delay_s } => Some(every(delay_s)),
        Schedule::Spec(spec) => Some(spec_words(&spec)),
    }
}

fn every(delay_s: i64) -> String {
    match delay_s {
        1 => "every second".to_owned(),
        3_600 => "every hour".to_owned(),
        60 => "every minute".to_owned(),
        _ if delay_s % 3_600 == 0 => format!("every {} hours", delay_s / 3_600),
        _ if delay_s % 60 == 0 => format!("every {} minutes", delay_s / 60),
        _ if delay_s < 600 => format!("every {delay_s} s"),
        _ => format!("every {}", super::duration(delay_s * 1_000)),
    }
}

fn spec_words(spec: &SpecSchedule) -> String {
    let minutes = Numbers::of(spec.minute, 0, 59);
    let hours = Numbers::of(spec.hour, 0, 23);
    let months = Numbers::of(spec.month, 1, 12);
    let days = day_words(spec, &months);
    if [&minutes, &hours, &months].iter().any(|numbers| numbers.list.is_empty()) || days.is_none() {
        return "never: a field of it names nothing".to_owned();
    }
    let (time, kind) = time_words(&minutes, &hours);
    match days.unwrap_or_default() {
        days if !days.is_empty() => {
            let comma = if kind == TimeKind::Moments && !days.contains(" to ") { "" } else { "," };
            let on =
                if comma.is_empty() || !days.starts_with("on ") || days.contains(" of ") { &days } else { &days[3..] };
            format!("{time}{comma} {on}")
        }
        _ if kind == TimeKind::Moments => format!("{time} every day"),
        _ => time,
    }
}

/// The numbers that a field selects.
struct Numbers {
    list: Vec<u64>,
    min: u64,
    max: u64,
}

impl Numbers {
    fn of(bits: u64, min: u64, max: u64) -> Self {
        Self { list: (min..=max).filter(|number| bits >> number & 1 != 0).collect(), min, max }
    }

    fn is_all(&self) -> bool {
        self.list.len() as u64 == self.max - self.min + 1
    }

    fn only(&self) -> Option<u64> {
        if let [number] = self.list[..] { Some(number) } else { None }
    }

    /// First and last of three numbers or more that follow each other.
    fn range(&self) -> Option<(u64, u64)> {
        let (first, last) = (*self.list.first()?, *self.list.last()?);
        (self.list.len() > 2 && self.list.len() as u64 == last - first + 1).then_some((first, last))
    }

    /// The step, when it goes from the least number by equal steps as far as it can.
    fn step(&self) -> Option<u64> {
        let [first, second, ..] = self.list[..] else { return None };
        let step = second - first;
        let is_even = self.list.windows(2).all(|pair| pair[1] - pair[0] == step);
        let last = *self.list.last()?;
        (is_even && first == self.min && last + step > self.max).then_some(step)
    }

    /// The step that fits the whole, so that the last step is as long as all others.
    fn whole_step(&self) -> Option<u64> {
        self.step().filter(|step| (self.max - self.min + 1).is_multiple_of(*step))
    }

    /// The numbers behind their noun: `minutes 5, 10 and 12`, `days 1 to 7`.
    fn named(&self, noun: &str) -> String {
        let noun = plural(self.list.len() as u64, noun);
        match self.range() {
            Some((first, last)) => format!("{noun} {first} to {last}"),
            None => format!("{noun} {}", and(self.list.iter().map(u64::to_string))),
        }
    }
}

/// Whether words name moments of a day, or how often something comes round.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TimeKind {
    Moments,
    Frequency,
}

fn time_words(minutes: &Numbers, hours: &Numbers) -> (String, TimeKind) {
    let often = |text: String| (text, TimeKind::Frequency);
    if minutes.list.len() * hours.list.len() <= MOST_MOMENTS {
        let moments = hours.list.iter().flat_map(|hour| minutes.list.iter().map(|minute| moment(*hour, *minute)));
        return (format!("at {}", and(moments)), TimeKind::Moments);
    }
    if let Some(minute) = minutes.only() {
        return often(hourly(minute, hours));
    }
    let pace = match (minutes.is_all(), minutes.whole_step()) {
        (true, _) => Some("every minute".to_owned()),
        (_, Some(step)) => Some(format!("every {step} minutes")),
        _ => None,
    };
    let span = hours.only().map(|hour| (hour, hour)).or_else(|| hours.range());
    match (pace, span) {
        (Some(pace), _) if hours.is_all() => often(pace),
        (Some(pace), Some((first, last))) => {
            let last_minute = minutes.list.last().copied().unwrap_or(0);
            often(format!("{pace} from {} to {}", moment(first, 0), moment(last, last_minute)))
        }
        (Some(pace), None) => often(format!("{pace} of {}", hours_named(hours))),
        (None, _) => often(format!("at {} of {}", minutes.named("minute"), hours_named(hours))),
    }
}

/// Once in each of several hours.
fn hourly(minute: u64, hours: &Numbers) -> String {
    match (hours.is_all(), hours.whole_step(), hours.range()) {
        (true, ..) if minute == 0 => "every hour".to_owned(),
        (_, Some(step), _) if minute == 0 => format!("every {step} hours"),
        (false, _, Some((first, last))) => {
            format!("every hour from {} to {}", moment(first, minute), moment(last, minute))
        }
        _ => format!("at minute {minute} of {}", hours_named(hours)),
    }
}

fn hours_named(hours: &Numbers) -> String {
    match (hours.is_all(), hours.whole_step()) {
        (true, _) => "every hour".to_owned(),
        (_, Some(step)) => format!("every {} hour", ordinal(step)),
        _ => hours.named("hour"),
    }
}

/// Which days; nothing for every day, `None` for no day at all.
// Models github.com/robfig/cron spec.go dayMatches
fn day_words(spec: &SpecSchedule, months: &Numbers) -> Option<String> {
    let days = Numbers::of(spec.day_of_month, 1, 31);
    let weekdays = Numbers::of(spec.day_of_week, 0, 6);
    let both_must_fit = (spec.day_of_month | spec.day_of_week) & STAR != 0;
    let (by_month, by_week) = (!days.is_all(), !weekdays.is_all());
    let season = if months.is_all() { None } else { Some(month_words(months)) };
    if both_must_fit && (days.list.is_empty() || weekdays.list.is_empty()) {
        return None;
    }
    let open = if both_must_fit { !by_month && !by_week } else { !by_month || !by_week };
    if open {
        return Some(season.map(|season| format!("every day in {season}")).unwrap_or_default());
    }
    let by_month = by_month && !days.list.is_empty();
    let by_week = by_week && !weekdays.list.is_empty();
    let dated = match (days.only(), months.only()) {
        (Some(day), Some(_)) => format!("{day} {}", season.clone().unwrap_or_default()),
        _ => format!("{} of {}", days_of_month(&days), season.clone().unwrap_or_else(|| "the month".to_owned())),
    };
    let in_season = season.map(|season| format!(" in {season}")).unwrap_or_default();
    Some(match (by_month, by_week) {
        (true, true) => format!("on {dated} or {}{in_season}", on_weekdays(&weekdays)),
        (true, false) => format!("on {dated}"),
        (false, true) => format!("{}{in_season}", on_weekdays(&weekdays)),
        (false, false) => return None,
    })
}

fn days_of_month(days: &Numbers) -> String {
    match days.step() {
        Some(step) if step > 1 => format!("every {} day", ordinal(step)),
        _ => days.named("day"),
    }
}

/// The week begins with Monday here, so that a weekend is one stretch.
fn on_weekdays(weekdays: &Numbers) -> String {
    let of_week = |day: u64| WEEKDAYS[(day % 7) as usize];
    let from_monday =
        Numbers { list: (1..=7).filter(|day| weekdays.list.contains(&(day % 7))).collect(), min: 1, max: 7 };
    match from_monday.range() {
        Some((first, last)) => format!("{} to {}", of_week(first), of_week(last)),
        None => format!("on {}", and(from_monday.list.iter().map(|day| of_week(*day).to_owned()))),
    }
}

fn month_words(months: &Numbers) -> String {
    let name = |month: u64| MONTHS[(month - 1) as usize % 12].to_owned();
    match (months.range(), months.step()) {
        (Some((first, last)), _) => format!("{} to {}", name(first), name(last)),
        (None, Some(step)) if step > 1 && months.list.len() > 3 => format!("every {} month", ordinal(step)),
        _ => and(months.list.iter().map(|month| name(*month))),
    }
}

fn moment(hour: u64, minute: u64) -> String {
    format!("{hour:02}:{minute:02}")
}

fn ordinal(number: u64) -> String {
    let end = match (number % 10, number % 100 / 10) {
        (1, tens) if tens != 1 => "st",
        (2, tens) if tens != 1 => "nd",
        (3, tens) if tens != 1 => "rd",
        _ => "th",
    };
    format!("{number}{end}")
}

/// `a`, `a and b`, `a, b and c`.
fn and(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    match items.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::schedule;

    #[test]
    fn schedules_read_as_people_say_them() {
        for (text, said) in [
            // How often.
            ("* * * * *", "every minute"),
            ("*/1 * * * *", "every minute"),
            ("0-59 ? ? ? ?", "every minute"),
            ("*/15 * * * *", "every 15 minutes"),
            ("0,15,30,45 * * * *", "every 15 minutes"),
            ("*/15 * * * 1-5", "every 15 minutes, Monday to Friday"),
            ("*/15 * * * MON-fri", "every 15 minutes, Monday to Friday"),
            ("* * * * 0,6", "every minute, Saturday and Sunday"),
            ("* * * 2 *", "every minute, every day in February"),
            ("0 * * * *", "every hour"),
            ("5 * * * *", "at minute 5 of every hour"),
            ("5,10,12 * * * *", "at minutes 5, 10 and 12 of every hour"),
            ("10-20 * * * *", "at minutes 10 to 20 of every hour"),
            // The last step is shorter, so that it is no pace.
            ("*/25 * * * *", "at minutes 0, 25 and 50 of every hour"),
            ("0 */2 * * *", "every 2 hours"),
            ("30 */2 * * *", "at minute 30 of every 2nd hour"),
            ("0 */7 * * *", "at 00:00, 07:00, 14:00 and 21:00 every day"),
            ("0 */5 * * *", "at minute 0 of hours 0, 5, 10, 15 and 20"),
            ("* */6 * * *", "every minute of every 6th hour"),
            ("*/15 9-17 * * 1-5", "every 15 minutes from 09:00 to 17:45, Monday to Friday"),
            ("0 9-17 * * *", "every hour from 09:00 to 17:00"),
            ("5 9-17 * * 1-5", "every hour from 09:05 to 17:05, Monday to Friday"),
            ("* 9 * * *", "every minute from 09:00 to 09:59"),
            ("*/10 3,5 * * *", "every 10 minutes of hours 3 and 5"),
            // Moments of a day.
            ("0 3 * * *", "at 03:00 every day"),
            ("CRON_TZ=Europe/Berlin 0 3 * * *", "at 03:00 every day"),
            ("30 2 * * 0", "at 02:30 on Sunday"),
            ("0 3 * * 1-5", "at 03:00, Monday to Friday"),
            ("0 3 * * 6,0", "at 03:00 on Saturday and Sunday"),
            ("0 3 * * 5-6", "at 03:00 on Friday and Saturday"),
            ("0,30 3,15 * * *", "at 03:00, 03:30, 15:00 and 15:30 every day"),
            ("0 0 1 * *", "at 00:00 on day 1 of the month"),
            ("0 0 1,15 * *", "at 00:00 on days 1 and 15 of the month"),
            ("0 0 1-7 * *", "at 00:00, on days 1 to 7 of the month"),
            ("0 0 */2 * *", "at 00:00 on every 2nd day of the month"),
            ("0 12 29 2 *", "at 12:00 on 29 February"),
            ("0 12 * jun-aug *", "at 12:00, every day in June to August"),
            ("0 12 * 1,7 *", "at 12:00 every day in January and July"),
            ("0 12 1 */3 *", "at 12:00 on day 1 of every 3rd month"),
            ("0 12 * 5 1", "at 12:00 on Monday in May"),
            // Either of both days.
            ("0 0 13 * 5", "at 00:00 on day 13 of the month or on Friday"),
            ("0 0 13 6 5", "at 00:00 on 13 June or on Friday in June"),
            ("0 0 1-31 * 5", "at 00:00 every day"),
            ("0 0 */2 * 1-5", "at 00:00, on every 2nd day of the month or Monday to Friday"),
            // Descriptors.
            ("@yearly", "at 00:00 on 1 January"),
            ("@monthly", "at 00:00 on day 1 of the month"),
            ("@weekly", "at 00:00 on Sunday"),
            ("@daily", "at 00:00 every day"),
            ("@hourly", "every hour"),
            ("@every 1s", "every second"),
            ("@every 90s", "every 90 s"),
            ("@every 1m", "every minute"),
            ("@every 2h", "every 2 hours"),
            ("@every 1h30m", "every 90 minutes"),
            ("@every 1h0m1s", "every 1 h"),
            // What never comes.
            (", * * * *", "never: a field of it names nothing"),
            ("* * , * *", "never: a field of it names nothing"),
        ] {
            assert_eq!(schedule(text).as_deref(), Some(said), "{text}");
        }
        assert_eq!([schedule("* * * *"), schedule("@fortnightly"), schedule("")], [None, None, None]);
    }
}
