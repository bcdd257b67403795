//! Words: how numbers, times, names and reasons are said on the page. Short, plain and true, in Kubernetes' own
//! nouns. It knows the values of the simulation, and nothing of how they are drawn.

mod command;
mod cron_decision;
mod decision;
mod event;
mod moment;
mod schedule;
mod ttl;
mod upstream;

pub use command::command;
pub use cron_decision::{cron_decision, cron_reason};
pub use decision::{DecisionWords, decision, indexes_named, reason_lines, weight};
pub use event::{event_meaning, trace};
pub use moment::{Calendar, local_offset};
pub use schedule::schedule;
pub use ttl::{ttl_left, ttl_over, ttl_to_come};
pub use upstream::Upstream;

use crate::cluster::Cluster;
use crate::sim::Time;

/// Up to this day of a run its moments are told in hours.
const LAST_DAY_IN_HOURS: i64 = 3;

/// `1 pod`, `5 pods`, `10,000 pods`.
pub fn count(number: u64, noun: &str) -> String {
    format!("{} {}", grouped(number), plural(number, noun))
}

/// As [`count`], for the signed counters of the API; never below zero.
pub fn count_i(number: i32, noun: &str) -> String {
    count(u64::try_from(number).unwrap_or(0), noun)
}

/// The noun in its right form beside that number.
pub fn plural(number: u64, noun: &str) -> String {
    let takes_es = ["s", "x", "ch", "sh"].iter().any(|end| noun.ends_with(end));
    match (number, takes_es) {
        (1, _) => noun.to_owned(),
        (_, true) => format!("{noun}es"),
        (_, false) => format!("{noun}s"),
    }
}

/// The number with its thousands set apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How often something is tried that may fail so often: `three tries`.
pub fn tries(limit: i32) -> String {
    let tries = u64::try_from(limit).unwrap_or(0) + 1;
    format!("{} {}", spelled(tries), if tries == 1 { "try" } else { "tries" })
}

/// Small numbers as words, as sentences want them: `five`.
pub fn spelled(number: u64) -> String {
    const WORDS: [&str; 11] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    usize::try_from(number).ok().and_then(|place| WORDS.get(place)).map_or_else(|| grouped(number), ToString::to_string)
}

/// A number with at most two decimals, such as `12.5`. It is written by way of whole numbers: printing floats would
/// bring their printer to each browser.
pub fn decimal(number: f64) -> String {
    let hundredths = (number * 100.0).round() as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    let hundredths = hundredths.unsigned_abs();
    let text = format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The text with its first letter large.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| std::iter::once(first.to_ascii_uppercase()).chain(chars).collect())
}

/// A length of time: `0.4 s`, `17 s`, `1 min 40 s`, `2 h 5 min`, `3 d 4 h`.
pub fn duration(length_ms: i64) -> String {
    let length_ms = length_ms.max(0);
    if length_ms < 10_000 && length_ms % 1_000 >= 100 {
        return format!("{}.{} s", length_ms / 1_000, length_ms % 1_000 / 100);
    }
    let seconds = (length_ms + 500) / 1_000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => two_units(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => two_units(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        86_400.. => two_units(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
        ..0 => "0 s".to_owned(),
    }
}

/// A wait in whole seconds, rounded up, as a countdown shows it.
pub fn countdown(left_ms: i64) -> String {
    duration(left_ms.max(0).saturating_add(999) / 1_000 * 1_000)
}

/// A moment of the run: `00:36.9`, or `5 d 04:00:00` when it is days off.
pub fn clock(elapsed_ms: i64) -> String {
    let elapsed_ms = elapsed_ms.max(0);
    let (days, of_day_s) = (elapsed_ms / 86_400_000, elapsed_ms / 1_000 % 86_400);
    if days > LAST_DAY_IN_HOURS {
        return format!("{days} d {:02}:{:02}:{:02}", of_day_s / 3_600, of_day_s / 60 % 60, of_day_s % 60);
    }
    let (hours, minutes) = (elapsed_ms / 3_600_000, elapsed_ms / 60_000 % 60);
    let (seconds, tenths) = (elapsed_ms / 1_000 % 60, elapsed_ms / 100 % 10);
    let hours = if hours > 0 { format!("{hours}:") } else { String::new() };
    format!("{hours}{minutes:02}:{seconds:02}.{tenths}")
}

/// A moment of that cluster's run: `00:36.9`.
pub fn clock_at(cluster: &Cluster, at: Time) -> String {
    clock(at.ms_since(cluster.start()))
}

/// A pod's name without its Job's: `x7k2p` of `parallel-x7k2p`.
pub fn short_pod_name<'a>(name: &'a str, job: &str) -> &'a str {
    name.strip_prefix(job).and_then(|rest| rest.strip_prefix('-')).filter(|rest| !rest.is_empty()).unwrap_or(name)
}

fn two_units(large: i64, large_unit: &str, small: i64, small_unit: &str) -> String {
    if small == 0 { format!("{large} {large_unit}") } else { format!("{large} {large_unit} {small} {small_unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_their_nouns_agree() {
        for (number, noun, said) in [
            (0, "pod", "0 pods"),
            (1, "pod", "1 pod"),
            (2, "success", "2 successes"),
            (1, "index", "1 index"),
            (7, "index", "7 indexes"),
            (10_000, "pod", "10,000 pods"),
            (1_234_567, "failure", "1,234,567 failures"),
        ] {
            assert_eq!(count(number, noun), said);
        }
        assert_eq!(count_i(-3, "pod"), "0 pods");
        assert_eq!([spelled(0), spelled(5), spelled(12)], ["no", "five", "12"]);
        assert_eq!(capital("two pods"), "Two pods");
    }

    #[test]
    fn lengths_of_time_read_well() {
        for (length_ms, said) in [
            (-5, "0 s"),
            (0, "0 s"),
            (400, "0.4 s"),
            (2_000, "2 s"),
            (9_540, "9.5 s"),
            (16_600, "17 s"),
            (59_700, "1 min"),
            (100_000, "1 min 40 s"),
            (7_500_000, "2 h 5 min"),
            (273_600_000, "3 d 4 h"),
        ] {
            assert_eq!(duration(length_ms), said, "{length_ms}");
        }
        assert_eq!([countdown(1), countdown(16_001), countdown(0)], ["1 s", "17 s", "0 s"]);
    }

    #[test]
    fn moments_have_minutes_seconds_and_tenths() {
        for (elapsed_ms, said) in [
            (0, "00:00.0"),
            (36_949, "00:36.9"),
            (754_000, "12:34.0"),
            (6_000_000, "1:40:00.0"),
            (107_595_800, "29:53:15.8"),
            (345_599_900, "95:59:59.9"),
            (345_600_000, "4 d 00:00:00"),
            (510_823_800_000, "5912 d 07:30:00"),
        ] {
            assert_eq!(clock(elapsed_ms), said);
        }
    }

    #[test]
    fn pods_are_called_by_what_is_their_own() {
        for (name, job, short) in [
            ("parallel-x7k2p", "parallel", "x7k2p"),
            ("parallel-2-x7k2p", "parallel", "2-x7k2p"),
            ("other-x7k2p", "parallel", "other-x7k2p"),
        ] {
            assert_eq!(short_pod_name(name, job), short);
        }
    }
}
