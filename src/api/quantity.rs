//! Quantities such as `500m` and `1.5Gi`: their value and how the API server writes them back.
//! Exact to a billionth, bounded as upstream's.

use std::fmt;

/// How upstream complains about a text that is no quantity.
pub const SYNTAX_ERROR: &str =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const NANOS_PER_UNIT: i128 = 1_000_000_000;
/// No quantity is larger than this many units.
const MAX_UNITS: i128 = i64::MAX as i128;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    DecimalSi,
    BinarySi,
    DecimalExponent,
}

/// A parsed quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    nanos: i128,
    format: Format,
}

impl Quantity {
    /// Reads a quantity; `None` when the text is none.
    // Models k8s.io/apimachinery pkg/api/resource ParseQuantity
    pub fn parse(text: &str) -> Option<Quantity> {
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at(end);
        let (format, scale) = parse_suffix(suffix)?;
        let magnitude = scaled(number, scale)?.min(MAX_UNITS * NANOS_PER_UNIT);
        let nanos = if negative { -magnitude } else { magnitude };
        Some(Quantity { nanos, format })
    }

    /// Billionths of one unit.
    pub fn nanos(self) -> i128 {
        self.nanos
    }

    /// Whether there is no fraction of a unit.
    pub fn is_whole(self) -> bool {
        self.nanos % NANOS_PER_UNIT == 0
    }
}

impl fmt::Display for Quantity {
    // Models k8s.io/apimachinery pkg/api/resource CanonicalizeBytes
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = self.nanos / NANOS_PER_UNIT;
        match self.format {
            Format::BinarySi if units.abs() >= 1024 && self.is_whole() => {
                let (value, power) = reduce(units, 1024, 6);
                let suffix = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].get(power).unwrap_or(&"");
                write!(f, "{value}{suffix}")
            }
            Format::DecimalSi | Format::BinarySi => {
                let (value, power) = reduce(self.nanos, 1000, 9);
                let suffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
                write!(f, "{value}{}", suffixes.get(power).unwrap_or(&""))
            }
            Format::DecimalExponent => {
                let (value, power) = reduce(self.nanos, 1000, 9);
                match 3 * i64::try_from(power).unwrap_or(3) - 9 {
                    0 => write!(f, "{value}"),
                    exponent => write!(f, "{value}e{exponent}"),
                }
            }
        }
    }
}

/// The canonical text of a quantity, or the text itself when it is none.
pub fn canonical(text: &str) -> String {
    Quantity::parse(text).map_or_else(|| text.to_string(), |quantity| quantity.to_string())
}

/// Divides by `base` while nothing is lost; zero is written without a suffix.
fn reduce(mut value: i128, base: i128, max_power: usize) -> (i128, usize) {
    if value == 0 {
        return (0, if base == 1000 { 3 } else { 0 });
    }
    let mut power = 0;
    while power < max_power && value % base == 0 {
        value /= base;
        power += 1;
    }
    (value, power)
}

/// What one unit of the number stands for.
#[derive(Clone, Copy)]
enum Scale {
    PowerOfTen(i32),
    PowerOfTwo(u32),
}

fn parse_suffix(suffix: &str) -> Option<(Format, Scale)> {
    let decimal = |power| Some((Format::DecimalSi, Scale::PowerOfTen(power)));
    let binary = |power| Some((Format::BinarySi, Scale::PowerOfTwo(power)));
    match suffix {
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "" => decimal(0),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        other => {
            let exponent = other.strip_prefix(['e', 'E'])?;
            Some((Format::DecimalExponent, Scale::PowerOfTen(exponent.parse().ok()?)))
        }
    }
}

/// `number` times its scale in nanos, rounded up.
fn scaled(number: &str, scale: Scale) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let places = i32::try_from(fraction.len()).ok()?;
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(0);
    }
    let value: i128 = digits.get(..30.min(digits.len()))?.parse().ok()?;
    let cut = i32::try_from(digits.len().saturating_sub(30)).ok()?;
    let (value, power) = match scale {
        Scale::PowerOfTen(power) => (value, power.saturating_add(9)),
        Scale::PowerOfTwo(power) => (value.saturating_mul(1i128 << power), 9),
    };
    Some(shift(value, power.saturating_sub(places).saturating_add(cut)))
}

/// `value` times ten to the `power`, rounded up and saturating.
fn shift(value: i128, power: i32) -> i128 {
    let factor = 10i128.checked_pow(power.unsigned_abs());
    match (power >= 0, factor) {
        (true, Some(factor)) => value.saturating_mul(factor),
        (true, None) => i128::MAX,
        (false, Some(factor)) => value / factor + i128::from(value % factor != 0),
        (false, None) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_written_as_the_api_server_writes_them() {
        let cases = [
            ("0.5", "500m"),
            ("1000m", "1"),
            ("1000", "1k"),
            ("1500m", "1500m"),
            ("0", "0"),
            ("1.5Gi", "1536Mi"),
            ("1024Mi", "1Gi"),
            ("128974848", "128974848"),
            ("512Ki", "512Ki"),
            ("1e3", "1e3"),
            ("129e6", "129e6"),
            ("-1", "-1"),
            ("0.1m", "100u"),
            ("1Ki", "1Ki"),
            ("512", "512"),
            ("0Mi", "0"),
            (".5", "500m"),
            ("5.", "5"),
            ("+2", "2"),
        ];
        for (text, want) in cases {
            assert_eq!(canonical(text), want, "{text}");
        }
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "-", "1x", "abc", "1..2", "1 Gi", "1e", "10kb", "m"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }

    #[test]
    fn huge_quantities_are_capped() {
        let huge = format!("{}Ei", "9".repeat(60));
        let max = Quantity::parse(&huge).map(Quantity::nanos);
        assert_eq!(max, Some(MAX_UNITS * NANOS_PER_UNIT));
        assert_eq!(Quantity::parse("1e2147483647").map(Quantity::nanos), max);
        assert_eq!(Quantity::parse("1e-2147483647").map(Quantity::nanos), Some(1));
    }
}
