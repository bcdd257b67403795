//! What a YAML scalar means to kubectl: YAML 1.1, where `yes` is true and `0755` octal.

use base64::Engine;
use serde_json::{Number, Value};

/// How a scalar is tagged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    Null,
    Bool,
    Int,
    Float,
    Str,
    Binary,
    Other,
}

/// The value of a plain scalar without a tag; an error says what JSON cannot hold.
// Models sigs.k8s.io/yaml/goyaml.v2 resolve
pub fn resolve_plain(text: &str) -> Result<Value, String> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Ok(Value::Bool(true));
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Ok(Value::Bool(false));
        }
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf"
        | "-.INF" => {
            return Err(format!("{text} is no number that a manifest can hold"));
        }
        _ => {}
    }
    let starts_like_a_number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    if !starts_like_a_number {
        return Ok(Value::String(text.to_string()));
    }
    Ok(number(text).map_or_else(|| Value::String(text.to_string()), Value::Number))
}

/// The value of a scalar with a tag.
pub fn resolve_tagged(text: &str, tag: Tag) -> Result<Value, String> {
    let mismatch = |name: &str| Err(format!("cannot decode {text:?} as a !!{name}"));
    match tag {
        Tag::Str | Tag::Other => Ok(Value::String(text.to_string())),
        Tag::Binary => {
            let packed: String = text.split_whitespace().collect();
            let bytes = base64::engine::general_purpose::STANDARD.decode(packed);
            match bytes.map(String::from_utf8) {
                Ok(Ok(text)) => Ok(Value::String(text)),
                Ok(Err(_)) | Err(_) => mismatch("binary"),
            }
        }
        Tag::Null => match resolve_plain(text)? {
            Value::Null => Ok(Value::Null),
            _ => mismatch("null"),
        },
        Tag::Bool => match resolve_plain(text)? {
            Value::Bool(flag) => Ok(Value::Bool(flag)),
            _ => mismatch("bool"),
        },
        Tag::Int => match resolve_plain(text)? {
            Value::Number(number) if !number.is_f64() => Ok(Value::Number(number)),
            _ => mismatch("int"),
        },
        Tag::Float => match resolve_plain(text)? {
            Value::Number(number) => Ok(Value::Number(number)),
            _ => mismatch("float"),
        },
    }
}

fn number(text: &str) -> Option<Number> {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    integer(&plain).or_else(|| float(&plain))
}

/// Decimal, `0x`, `0o`, `0b`, or octal behind a plain zero.
fn integer(text: &str) -> Option<Number> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = if let Some(digits) = lower.strip_prefix("0x") {
        (16, digits)
    } else if let Some(digits) = lower.strip_prefix("0b") {
        (2, digits)
    } else if let Some(digits) = lower.strip_prefix("0o") {
        (8, digits)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, &lower[1..])
    } else {
        (10, lower.as_str())
    };
    if !digits.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    if negative {
        return 0i64.checked_sub_unsigned(magnitude).map(Number::from);
    }
    Some(Number::from(magnitude))
}

/// A float; whole ones become integers, as they do on their way through JSON.
fn float(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let fits = |c: char| c.is_ascii_digit() || ".eE+-".contains(c);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') || !unsigned.chars().all(fits) {
        return None;
    }
    let value = crate::sim::parse_decimal(text)?;
    const MAX_EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= MAX_EXACT {
        // In range and whole, so nothing is lost.
        return Some(Number::from(value as i64));
    }
    Number::from_f64(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_scalars_mean_what_they_mean_to_kubectl() {
        let cases = [
            ("yes", json!(true)),
            ("off", json!(false)),
            ("y", json!(true)),
            ("~", json!(null)),
            ("12", json!(12)),
            ("0755", json!(493)),
            ("0o17", json!(15)),
            ("0x1F", json!(31)),
            ("0b101", json!(5)),
            ("1_000", json!(1000)),
            ("-7", json!(-7)),
            ("+7", json!(7)),
            ("1.5", json!(1.5)),
            ("1.0", json!(1)),
            ("1e3", json!(1000)),
            ("08", json!(8)),
            ("100m", json!("100m")),
            ("1.2.3", json!("1.2.3")),
            ("-", json!("-")),
            ("2001-01-01", json!("2001-01-01")),
            ("0x", json!("0x")),
            (".", json!(".")),
            ("18446744073709551615", json!(18446744073709551615u64)),
            ("hello", json!("hello")),
            ("10:30", json!("10:30")),
            ("0", json!(0)),
            ("1e", json!("1e")),
            ("--1", json!("--1")),
        ];
        for (text, want) in cases {
            assert_eq!(resolve_plain(text), Ok(want), "{text}");
        }
        assert!(resolve_plain(".inf").is_err());
    }
}
