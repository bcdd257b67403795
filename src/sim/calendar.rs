//! The names of days and months, and moments written by a pattern as `date` takes it.

use super::{LocalTime, SECOND_MS, Time, Zone};

/// From Sunday. The first three letters are short for each.
pub const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// The first three letters are short for each.
pub const MONTHS: [&str; 12] = [
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

/// The moment as clocks in the zone show it, by a pattern such as `%Y-%m-%d %H:%M:%S`; `%-d` is without padding.
/// `None` when the pattern holds something unknown.
pub fn strftime(pattern: &str, zone: &Zone, at: Time) -> Option<String> {
    let mut text = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        let kind = letters.next()?;
        let (kind, padding) = if kind == '-' { (letters.next()?, Padding::None) } else { (kind, Padding::Usual) };
        let Some((number, width, fill)) = number(kind, zone, at) else {
            text.push_str(&name(kind, zone, at)?);
            continue;
        };
        let number = number.to_string();
        let missing = match padding {
            Padding::Usual => usize::saturating_sub(width, number.len()),
            Padding::None => 0,
        };
        text.extend(std::iter::repeat_n(fill, missing));
        text.push_str(&number);
    }
    Some(text)
}

enum Padding {
    Usual,
    None,
}

/// What is written as a number: with its least width, and what fills that up.
fn number(kind: char, zone: &Zone, at: Time) -> Option<(i64, usize, char)> {
    let local = zone.to_local(at);
    let half_day = (local.hour + 11) % 12 + 1;
    let of_year = || {
        let utc = Zone::utc();
        let first = LocalTime { month: 1, day: 1, ..local };
        utc.to_time(local).ms_since(utc.to_time(first)) / (86_400 * SECOND_MS) + 1
    };
    Some(match kind {
        'Y' => (local.year, 4, '0'),
        'C' => (local.year / 100, 2, '0'),
        'y' => (local.year.rem_euclid(100), 2, '0'),
        'm' => (local.month, 2, '0'),
        'd' => (local.day, 2, '0'),
        'e' => (local.day, 2, ' '),
        'H' => (local.hour, 2, '0'),
        'k' => (local.hour, 2, ' '),
        'I' => (half_day, 2, '0'),
        'l' => (half_day, 2, ' '),
        'M' => (local.minute, 2, '0'),
        'S' => (local.second, 2, '0'),
        'N' => (at.epoch_ms().rem_euclid(SECOND_MS) * 1_000_000, 9, '0'),
        'j' => (of_year(), 3, '0'),
        'u' => ((local.weekday() + 6) % 7 + 1, 1, '0'),
        'w' => (local.weekday(), 1, '0'),
        's' => (at.epoch_ms().div_euclid(SECOND_MS), 1, '0'),
        _ => return None,
    })
}

fn name(kind: char, zone: &Zone, at: Time) -> Option<String> {
    let local = zone.to_local(at);
    let name = |names: &[&'static str], place: i64| names.get(usize::try_from(place).ok()?).copied();
    let (day, month) = (name(&WEEKDAYS, local.weekday())?, name(&MONTHS, local.month - 1)?);
    let nested = |pattern| strftime(pattern, zone, at);
    Some(match kind {
        'a' => day[..3].to_owned(),
        'A' => day.to_owned(),
        'b' | 'h' => month[..3].to_owned(),
        'B' => month.to_owned(),
        'p' => if local.hour < 12 { "AM" } else { "PM" }.to_owned(),
        'Z' => zone.name().to_owned(),
        'z' => offset(zone, at),
        'F' => nested("%Y-%m-%d")?,
        'D' | 'x' => nested("%m/%d/%y")?,
        'T' | 'X' => nested("%H:%M:%S")?,
        'R' => nested("%H:%M")?,
        'r' => nested("%I:%M:%S %p")?,
        'c' => nested("%a %b %e %H:%M:%S %Y")?,
        'n' => "\n".to_owned(),
        't' => "\t".to_owned(),
        '%' => "%".to_owned(),
        _ => return None,
    })
}

fn offset(zone: &Zone, at: Time) -> String {
    let minutes = zone.offset_s(at) / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_as_those_of_date() {
        let at = Time::parse("2026-03-05T00:07:09.250Z").expect("a time");
        let berlin = Zone::named("Europe/Berlin").expect("a zone");
        for (zone, pattern, shown) in [
            (&Zone::utc(), "%a %b %e %H:%M:%S UTC %Y", "Thu Mar  5 00:07:09 UTC 2026"),
            (&Zone::utc(), "%c", "Thu Mar  5 00:07:09 2026"),
            (&berlin, "%A %-d %B %y, %R %Z %z", "Thursday 5 March 26, 01:07 Europe/Berlin +0100"),
            (&Zone::utc(), "%F %T %D %I %p %l%k", "2026-03-05 00:07:09 03/05/26 12 AM 12 0"),
            (&Zone::utc(), "%s %N %j %u %w %C %%%n%t%h", "1772669229 250000000 064 4 4 20 %\n\tMar"),
            (&Zone::utc(), "plain ü", "plain ü"),
        ] {
            assert_eq!(strftime(pattern, zone, at).as_deref(), Some(shown), "{pattern}");
        }
        assert_eq!([strftime("%Q", &berlin, at), strftime("100%", &berlin, at)], [None, None]);
    }

    #[test]
    fn days_of_the_year_are_counted_in_the_zone() {
        let berlin = Zone::named("Europe/Berlin").expect("a zone");
        for (at, day) in
            [("2026-12-31T22:59:59Z", "365"), ("2026-12-31T23:00:00Z", "001"), ("2024-12-31T00:00:00Z", "366")]
        {
            assert_eq!(strftime("%j", &berlin, Time::parse(at).expect("a time")).as_deref(), Some(day), "{at}");
        }
    }
}
