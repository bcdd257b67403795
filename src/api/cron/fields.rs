//! One field of a schedule: from text to the numbers that it selects, as bits.

use crate::api::validation::field::quote;

/// Set beside the numbers when the field leaves everything open.
pub const STAR: u64 = 1 << 63;

/// What a field may hold.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub min: u64,
    /// At most 62.
    pub max: u64,
    /// Names for the numbers from `min` on, in lower case.
    pub names: &'static [&'static str],
}

pub const SECONDS: Bounds = Bounds { min: 0, max: 59, names: &[] };
pub const MINUTES: Bounds = Bounds { min: 0, max: 59, names: &[] };
pub const HOURS: Bounds = Bounds { min: 0, max: 23, names: &[] };
pub const DAYS_OF_MONTH: Bounds = Bounds { min: 1, max: 31, names: &[] };
pub const MONTHS: Bounds = Bounds {
    min: 1,
    max: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
pub const DAYS_OF_WEEK: Bounds = Bounds { min: 0, max: 6, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

/// The numbers of a list of ranges, with commas between them. Nothing between two commas means nothing.
// Models github.com/robfig/cron parser.go getField
pub fn field(text: &str, bounds: Bounds) -> Result<u64, String> {
    let mut found = 0;
    for text in text.split(',').filter(|text| !text.is_empty()) {
        found |= range(text, bounds)?;
    }
    Ok(found)
}

/// The numbers of `*`, `?`, `5`, `5-7`, and of these with a step, as in `*/2`.
// Models github.com/robfig/cron parser.go getRange
pub fn range(text: &str, bounds: Bounds) -> Result<u64, String> {
    let Bounds { min, max, .. } = bounds;
    let mut parts = text.split('/');
    let ends = parts.next().unwrap_or_default();
    let (step_text, too_many_slashes) = (parts.next(), parts.next().is_some());
    let mut ends = ends.split('-');
    let first = ends.next().unwrap_or_default();
    let (last, too_many_hyphens) = (ends.next(), ends.next().is_some());
    let mut star = 0;
    let (start, mut end) = if matches!(first, "*" | "?") {
        star = STAR;
        (min, max)
    } else {
        let start = number_or_name(first, bounds)?;
        if too_many_hyphens {
            return Err(format!("too many hyphens: {text}"));
        }
        (start, last.map_or(Ok(start), |last| number_or_name(last, bounds))?)
    };
    if too_many_slashes {
        return Err(format!("too many slashes: {text}"));
    }
    let step = step_text.map_or(Ok(1), number)?;
    if step_text.is_some() && last.is_none() {
        end = max;
    }
    if step > 1 {
        star = 0;
    }
    if start < min {
        return Err(format!("beginning of range ({start}) below minimum ({min}): {text}"));
    }
    if end > max {
        return Err(format!("end of range ({end}) above maximum ({max}): {text}"));
    }
    if start > end {
        return Err(format!("beginning of range ({start}) beyond end of range ({end}): {text}"));
    }
    if step == 0 {
        return Err(format!("step of range should be a positive number: {text}"));
    }
    Ok(bits(start, end, step) | star)
}

/// All numbers of a field, as a star selects them.
pub fn all(bounds: Bounds) -> u64 {
    bits(bounds.min, bounds.max, 1) | STAR
}

/// The numbers from `start` to `end`, at most 63, by that step, which is not 0.
// Models github.com/robfig/cron parser.go getBits
pub fn bits(start: u64, end: u64, step: u64) -> u64 {
    let mut found = 0;
    let mut number = start;
    while number <= end {
        found |= 1 << number;
        number += step;
    }
    found
}

// Models github.com/robfig/cron parser.go parseIntOrName
fn number_or_name(text: &str, bounds: Bounds) -> Result<u64, String> {
    let named = bounds.names.iter().position(|name| text.eq_ignore_ascii_case(name));
    named.map_or_else(|| number(text), |place| Ok(bounds.min + place as u64))
}

// Models github.com/robfig/cron parser.go mustParseInt
fn number(text: &str) -> Result<u64, String> {
    let failed = |why: &str| format!("failed to parse int from {text}: strconv.Atoi: parsing {}: {why}", quote(text));
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(failed("invalid syntax"));
    }
    let number: i64 = text.parse().map_err(|_| failed("value out of range"))?;
    u64::try_from(number).map_err(|_| format!("negative number ({number}) not allowed: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_as_upstream_says_it() {
        for (text, complaint) in [
            ("x", "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax"),
            ("2-", "failed to parse int from : strconv.Atoi: parsing \"\": invalid syntax"),
            (
                "99999999999999999999",
                "failed to parse int from 99999999999999999999: strconv.Atoi: parsing \"99999999999999999999\": \
                 value out of range",
            ),
            ("1/2/3", "too many slashes: 1/2/3"),
            ("1-2-3", "too many hyphens: 1-2-3"),
            ("3-2", "beginning of range (3) beyond end of range (2): 3-2"),
            ("0", "beginning of range (0) below minimum (1): 0"),
            ("13", "end of range (13) above maximum (12): 13"),
            ("*/-2", "negative number (-2) not allowed: -2"),
            ("*/0", "step of range should be a positive number: */0"),
        ] {
            assert_eq!(range(text, MONTHS), Err(complaint.to_owned()), "{text}");
        }
    }

    #[test]
    fn oddities_are_accepted_as_upstream_accepts_them() {
        for (text, found) in [
            ("*-5", all(MONTHS)),
            ("Feb-APR", 0b11100),
            ("?/1", all(MONTHS)),
            (",,", 0),
            ("+3", 0b1000),
            ("11/9223372036854775807", 1 << 11),
            ("JAN,mar-5/2", 0b101010),
        ] {
            assert_eq!(field(text, MONTHS), Ok(found), "{text}");
        }
    }
}
