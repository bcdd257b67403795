//! Durations as Go writes them: `1h30m`, `90s`, `1.5h`.

const SECOND_NS: u64 = 1_000_000_000;
/// Go's limit on the way: the absolute value of the least duration, in nanoseconds.
const LIMIT: u64 = 1 << 63;

/// The duration in nanoseconds.
///
/// # Errors
/// Why it is none, in Go's words.
// Models Go time.ParseDuration
pub fn parse_duration_ns(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quote(text));
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_negative = text.starts_with('-');
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (whole, behind) = take(rest, is_digit);
        let (fraction, behind) = match behind.strip_prefix('.') {
            Some(behind) => take(behind, is_digit),
            None => ("", behind),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let (name, behind) = take(behind, |c| c != '.' && !is_digit(c));
        if name.is_empty() {
            return Err(format!("time: missing unit in duration {}", quote(text)));
        }
        let unknown = || format!("time: unknown unit {} in duration {}", quote(name), quote(text));
        let unit_ns = unit_ns(name).ok_or_else(unknown)?;
        let part = part_ns(whole, fraction, unit_ns).ok_or_else(invalid)?;
        total = total.checked_add(part).filter(|total| *total <= LIMIT).ok_or_else(invalid)?;
        rest = behind;
    }
    if is_negative {
        return Ok(0_i64.wrapping_sub_unsigned(total));
    }
    i64::try_from(total).map_err(|_| invalid())
}

fn unit_ns(name: &str) -> Option<u64> {
    Some(match name {
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => SECOND_NS,
        "m" => 60 * SECOND_NS,
        "h" => 3_600 * SECOND_NS,
        _ => return None,
    })
}

/// `None` when it is too long.
fn part_ns(whole: &str, fraction: &str, unit_ns: u64) -> Option<u64> {
    let digits = if whole.is_empty() { "0" } else { whole };
    let whole: u64 = digits.parse().ok().filter(|whole| *whole <= LIMIT / unit_ns)?;
    let mut part = whole * unit_ns;
    let mut place_ns = unit_ns * 1_000;
    for digit in fraction.bytes() {
        place_ns /= 10;
        part += place_ns * u64::from(digit - b'0') / 1_000;
    }
    Some(part).filter(|part| *part <= LIMIT)
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Splits behind the characters that belong.
fn take(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

/// As Go's package time quotes: what is not printable ASCII, byte by byte.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b' '..=b'~' | 0x7f => quoted.push(char::from(byte)),
            _ => quoted.push_str(&format!("\\x{byte:02x}")),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, ns) in [
            ("0", 0),
            ("-0", 0),
            ("90s", 90_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("1.5h", 5_400_000_000_000),
            (".5s", 500_000_000),
            ("5.s", 5_000_000_000),
            ("-1.5ms", -1_500_000),
            ("+10ns", 10),
            ("3\u{b5}s", 3_000),
            ("0.100000000000000000000h", 360_000_000_000),
            ("2562047h47m16.854775807s", i64::MAX),
            ("-2562047h47m16.854775808s", i64::MIN),
        ] {
            assert_eq!(parse_duration_ns(text), Ok(ns), "{text}");
        }
        for (text, complaint) in [
            ("", "time: invalid duration \"\""),
            ("-", "time: invalid duration \"-\""),
            (".s", "time: invalid duration \".s\""),
            ("x", "time: invalid duration \"x\""),
            ("3", "time: missing unit in duration \"3\""),
            ("3 m", "time: unknown unit \" m\" in duration \"3 m\""),
            ("1d", "time: unknown unit \"d\" in duration \"1d\""),
            ("1\u{e4}", "time: unknown unit \"\\xc3\\xa4\" in duration \"1\\xc3\\xa4\""),
            ("2562048h", "time: invalid duration \"2562048h\""),
            ("9223372036854775808ns", "time: invalid duration \"9223372036854775808ns\""),
        ] {
            assert_eq!(parse_duration_ns(text), Err(complaint.to_owned()), "{text}");
        }
    }
}
