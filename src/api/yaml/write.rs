//! Plain values as YAML, laid out as kubectl does it. Whatever a YAML 1.1 or 1.2 reader could take for something other
//! than text is quoted.

use serde_json::{Map, Value};

/// Words that some reader takes for a truth value or for nothing.
const WORDS: [&str; 13] = ["~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", ".inf", "-.inf"];

/// The value as a YAML document.
pub fn write(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(fields) if !fields.is_empty() => write_fields(fields, 0, &mut text),
        Value::Array(entries) if !entries.is_empty() => write_entries(entries, 0, &mut text),
        other => write_scalar(other, 0, &mut text),
    }
    text
}

fn write_fields(fields: &Map<String, Value>, indent: usize, text: &mut String) {
    for (place, (key, value)) in fields.iter().enumerate() {
        if place > 0 {
            push_indent(indent, text);
        }
        write_text(key, text);
        text.push(':');
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                text.push('\n');
                push_indent(indent + 2, text);
                write_fields(fields, indent + 2, text);
            }
            Value::Array(entries) if !entries.is_empty() => {
                text.push('\n');
                push_indent(indent, text);
                write_entries(entries, indent, text);
            }
            other => {
                text.push(' ');
                write_scalar(other, indent + 2, text);
            }
        }
    }
}

fn write_entries(entries: &[Value], indent: usize, text: &mut String) {
    for (place, value) in entries.iter().enumerate() {
        if place > 0 {
            push_indent(indent, text);
        }
        text.push_str("- ");
        match value {
            Value::Object(fields) if !fields.is_empty() => write_fields(fields, indent + 2, text),
            Value::Array(entries) if !entries.is_empty() => write_entries(entries, indent + 2, text),
            other => write_scalar(other, indent + 2, text),
        }
    }
}

/// A value on one line, or a text in a block of lines that are indented that far.
fn write_scalar(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::String(content) if is_block(content) => write_block(content, indent, text),
        Value::String(content) => {
            write_text(content, text);
            text.push('\n');
        }
        other => {
            text.push_str(&other.to_string());
            text.push('\n');
        }
    }
}

fn write_text(content: &str, text: &mut String) {
    if is_plain(content) {
        text.push_str(content);
    } else {
        // A JSON text is a YAML text.
        text.push_str(&Value::from(content).to_string());
    }
}

fn write_block(content: &str, indent: usize, text: &mut String) {
    text.push_str(if content.ends_with('\n') { "|\n" } else { "|-\n" });
    for line in content.lines() {
        if !line.is_empty() {
            push_indent(indent, text);
            text.push_str(line);
        }
        text.push('\n');
    }
}

fn push_indent(indent: usize, text: &mut String) {
    text.extend(std::iter::repeat_n(' ', indent));
}

/// Whether the text can stand as it is and means itself to every reader.
fn is_plain(content: &str) -> bool {
    let starts_well = content.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '_');
    let is_quiet = |c: char| c.is_ascii_graphic() || c == ' ';
    starts_well
        && !content.ends_with([' ', ':'])
        && content.chars().all(is_quiet)
        && !content.contains(": ")
        && !content.contains(" #")
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(content))
}

/// Whether a text of several lines can stand as a block.
fn is_block(content: &str) -> bool {
    let is_quiet = |c: char| c == '\n' || !c.is_control() && c != '\u{feff}' && c != '\u{2028}' && c != '\u{2029}';
    content.trim_end_matches('\n').contains('\n')
        && !content.starts_with([' ', '\n'])
        && !content.ends_with("\n\n")
        && !content.contains(" \n")
        && !content.ends_with(' ')
        && content.chars().all(is_quiet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read_back(value: &Value) -> Value {
        let text = write(value);
        let reading = crate::api::yaml::read(&text);
        assert!(reading.problems.is_empty(), "{text}\n{:?}", reading.problems);
        reading.documents.first().map_or(Value::Null, |document| document.value.clone())
    }

    #[test]
    fn lays_out_as_kubectl_does() {
        let value = json!({
            "a": {"b": 1, "c": []}, "list": [{"x": "yes", "y": null}, "1", [true]], "empty": {},
            "script": "sleep 5\nexit 1\n", "text": "with: colon", "path": "/bin/sh",
        });
        let wanted = "a:\n  b: 1\n  c: []\nlist:\n- x: \"yes\"\n  \"y\": null\n- \"1\"\n- - true\nempty: {}\n\
                      script: |\n  sleep 5\n  exit 1\ntext: \"with: colon\"\npath: /bin/sh\n";
        assert_eq!(write(&value), wanted);
        assert_eq!(read_back(&value), value);
    }

    fn values() -> impl Strategy<Value = Value> {
        let text = prop_oneof!["[ -~]{0,12}", "[a-z:# \\n'\"-]{0,12}", "\\PC{0,6}", "(yes|No|~|0x1f|1e3|-|- a|a: b)"];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-zA-Z0-9 :#-]{0,6}", inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in values()) {
            prop_assert_eq!(read_back(&json!({"root": value})), json!({"root": value}));
        }
    }
}
