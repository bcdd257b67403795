//! From the text of a schedule to the schedule.

use super::fields::{DAYS_OF_MONTH, DAYS_OF_WEEK, HOURS, MINUTES, MONTHS, SECONDS, field};
use super::{Schedule, SpecSchedule, parse_duration_ns};
use crate::sim::Zone;

/// Which fields a text has, and whether descriptors are understood. Kubernetes uses [`ParseOptions::STANDARD`] alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseOptions(pub u16);

impl ParseOptions {
    pub const SECOND: u16 = 1;
    pub const SECOND_OPTIONAL: u16 = 1 << 1;
    pub const MINUTE: u16 = 1 << 2;
    pub const HOUR: u16 = 1 << 3;
    pub const DAY_OF_MONTH: u16 = 1 << 4;
    pub const MONTH: u16 = 1 << 5;
    pub const DAY_OF_WEEK: u16 = 1 << 6;
    pub const DAY_OF_WEEK_OPTIONAL: u16 = 1 << 7;
    pub const DESCRIPTOR: u16 = 1 << 8;
    /// Five fields, or a descriptor.
    pub const STANDARD: Self =
        Self(Self::MINUTE | Self::HOUR | Self::DAY_OF_MONTH | Self::MONTH | Self::DAY_OF_WEEK | Self::DESCRIPTOR);

    fn has(self, option: u16) -> bool {
        self.0 & option != 0
    }
}

/// Each place with what stands there when the text has no such field.
const PLACES: [(u16, &str); 6] = [
    (ParseOptions::SECOND, "0"),
    (ParseOptions::MINUTE, "0"),
    (ParseOptions::HOUR, "0"),
    (ParseOptions::DAY_OF_MONTH, "*"),
    (ParseOptions::MONTH, "*"),
    (ParseOptions::DAY_OF_WEEK, "*"),
];

/// Reads a schedule.
///
/// # Errors
/// Why it is none, in upstream's words.
// Models github.com/robfig/cron parser.go Parse
pub fn parse(text: &str, options: ParseOptions) -> Result<Schedule, String> {
    if text.is_empty() {
        return Err("empty spec string".to_owned());
    }
    let (zone, text) = split_zone(text)?;
    if text.starts_with('@') {
        if !options.has(ParseOptions::DESCRIPTOR) {
            return Err(format!("parser does not accept descriptors: {text}"));
        }
        return parse_descriptor(text, zone);
    }
    parse_fields(text, options, zone)
}

/// `TZ=zone ` or `CRON_TZ=zone `, and the rest. The zone of whoever asks is `None`, however it is said.
fn split_zone(text: &str) -> Result<(Option<Zone>, &str), String> {
    let Some(named) = text.strip_prefix("TZ=").or_else(|| text.strip_prefix("CRON_TZ=")) else {
        return Ok((None, text));
    };
    // Upstream's library falls over this text, and Kubernetes catches it.
    let (name, rest) =
        named.split_once(' ').ok_or("invalid schedule format: runtime error: slice bounds out of range [:-1]")?;
    if name == "Local" {
        return Ok((None, rest.trim()));
    }
    let zone = Zone::named(name).ok_or_else(|| {
        let unsafe_path = name.contains("..") || name.starts_with(['/', '\\']);
        let why = if unsafe_path { "time: invalid location name".to_owned() } else { unknown_zone(name) };
        format!("provided bad location {name}: {why}")
    })?;
    Ok((Some(zone), rest.trim()))
}

/// How Go says that there is no such zone.
pub(super) fn unknown_zone(name: &str) -> String {
    format!("unknown time zone {name}")
}

fn parse_fields(text: &str, options: ParseOptions, zone: Option<Zone>) -> Result<Schedule, String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [second, minute, hour, day_of_month, month, day_of_week] = normalize_fields(&fields, options)?;
    Ok(Schedule::Spec(SpecSchedule {
        second: field(second, SECONDS)?,
        minute: field(minute, MINUTES)?,
        hour: field(hour, HOURS)?,
        day_of_month: field(day_of_month, DAYS_OF_MONTH)?,
        month: field(month, MONTHS)?,
        day_of_week: field(day_of_week, DAYS_OF_WEEK)?,
        zone,
    }))
}

/// All six fields, from second to day of the week, with defaults for those that the text does not have.
///
/// # Errors
/// When there are too few or too many fields, or more than one may be left out.
// Models github.com/robfig/cron parser.go normalizeFields
pub fn normalize_fields<'a>(fields: &[&'a str], options: ParseOptions) -> Result<[&'a str; 6], String> {
    let (second, day) = (ParseOptions::SECOND_OPTIONAL, ParseOptions::DAY_OF_WEEK_OPTIONAL);
    if options.has(second) && options.has(day) {
        return Err("multiple optionals may not be configured".to_owned());
    }
    let is_optional = |place: u16| {
        place == ParseOptions::SECOND && options.has(second) || place == ParseOptions::DAY_OF_WEEK && options.has(day)
    };
    let is_read = |place: u16| options.has(place) || is_optional(place);
    let max = PLACES.iter().filter(|(place, _)| is_read(*place)).count();
    let min = max - usize::from(options.has(second | day));
    let count = fields.len();
    if count < min || count > max {
        let wanted = if min == max { format!("exactly {min}") } else { format!("{min} to {max}") };
        return Err(format!("expected {wanted} fields, found {count}: [{}]", fields.join(" ")));
    }
    let mut fields = fields.iter();
    Ok(PLACES.map(|(place, default)| {
        let is_there = is_read(place) && !(is_optional(place) && count == min);
        if is_there { fields.next().copied().unwrap_or(default) } else { default }
    }))
}

// Models github.com/robfig/cron parser.go parseDescriptor
fn parse_descriptor(text: &str, zone: Option<Zone>) -> Result<Schedule, String> {
    let fields = match text {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => {
            let Some(duration) = text.strip_prefix("@every ") else {
                return Err(format!("unrecognized descriptor: {text}"));
            };
            let delay_ns = parse_duration_ns(duration);
            let delay_ns = delay_ns.map_err(|why| format!("failed to parse duration {text}: {why}"))?;
            return Ok(Schedule::every_ns(delay_ns));
        }
    };
    parse_fields(fields, ParseOptions::STANDARD, zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_as_upstream_says_it() {
        for (text, complaint) in [
            ("", "empty spec string"),
            (" ", "expected exactly 5 fields, found 0: []"),
            ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
            ("obvious error schedule", "expected exactly 5 fields, found 3: [obvious error schedule]"),
            ("TZ=0", "invalid schedule format: runtime error: slice bounds out of range [:-1]"),
            ("TZ=Mars/Phobos * * * * *", "provided bad location Mars/Phobos: unknown time zone Mars/Phobos"),
            ("CRON_TZ=../x * * * * *", "provided bad location ../x: time: invalid location name"),
            ("TZ=UTC  ", "expected exactly 5 fields, found 0: []"),
            ("@fortnightly", "unrecognized descriptor: @fortnightly"),
            ("@every 5x", "failed to parse duration @every 5x: time: unknown unit \"x\" in duration \"5x\""),
            ("@every", "unrecognized descriptor: @every"),
        ] {
            assert_eq!(Schedule::parse(text), Err(complaint.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn descriptors_are_short_for_fields() {
        for (descriptor, fields) in [
            ("@yearly", "0 0 1 1 *"),
            ("TZ=Local @monthly", "0 0 1 * *"),
            ("TZ=Asia/Tokyo   @weekly", "CRON_TZ=Asia/Tokyo 0 0 * * 0"),
            ("@midnight", "0 0 * * ?"),
            ("@every 300ms", "@every 1s"),
            ("@every -1h", "@every 1.9s"),
        ] {
            assert!(Schedule::parse(descriptor).is_ok(), "{descriptor}");
            assert_eq!(Schedule::parse(descriptor), Schedule::parse(fields), "{descriptor}");
        }
    }
}
