//! Reading decimal numbers.

/// A finite decimal number such as `5`, `-0.5`, `.5`, `1.` or `2e3`; `None` when the text is none.
///
/// It goes by the JSON parser, which is there anyway: the standard library's own way brings 10 KiB of tables that
/// cannot be compressed to every browser. The last bit may differ from it.
pub fn parse_decimal(text: &str) -> Option<f64> {
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) if text.starts_with('-') => ("-", digits),
        Some(digits) => ("", digits),
        None => ("", text),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    let zero = if digits.starts_with(|c: char| c.is_ascii_digit()) { "" } else { "0" };
    let json = format!("{sign}{zero}{digits}");
    // JSON wants a digit behind the point.
    let json = match json.split_once('.') {
        Some((whole, rest)) if !rest.starts_with(|c: char| c.is_ascii_digit()) => {
            if whole == "0" && digits.starts_with('.') && text.trim_start_matches(['-', '+']) == "." {
                return None;
            }
            format!("{whole}.0{rest}")
        }
        Some(_) | None => json,
    };
    serde_json::from_str(&json).ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_usual_ways_of_writing_numbers() {
        for (text, number) in [
            ("5", 5.0),
            ("-0.5", -0.5),
            ("+1.25", 1.25),
            (".5", 0.5),
            ("1.", 1.0),
            ("0", 0.0),
            ("007", 7.0),
            ("00.5", 0.5),
            ("2e3", 2_000.0),
            ("1.e2", 100.0),
        ] {
            assert_eq!(parse_decimal(text), Some(number), "{text}");
        }
        for text in ["", "-", ".", "e3", "1e", "abc", "1,5", "0x10", "1e999", "--1", "1 2", "nan", "inf", "1.2.3"] {
            assert_eq!(parse_decimal(text), None, "{text}");
        }
    }
}
