//! One field of a text set to another value, and what it is set to. All else of the text stays as it is, letter by
//! letter. It judges no value: who reads the new text does.

use super::lines::Lines;
use super::{Position, Value, yaml};

/// The text with that field (such as `spec.backoffLimit`) of the object of that kind and name set to `value`; an empty
/// one unsets it. A field that is not written is put first in what should hold it.
///
/// # Errors
/// A sentence, when the text has no such object, or the field cannot be set by a change of one line.
pub fn with_field(text: &str, kind: &str, name: &str, field: &str, value: &str) -> Result<String, String> {
    let lines = Lines::of(text);
    let (document, prefix) =
        lines.object(kind, name).ok_or_else(|| format!("There is no {kind} {name} in the manifest."))?;
    let path = format!("{prefix}{field}");
    let (parent, key) = path.rsplit_once('.').unwrap_or(("", &path));
    // What an alias stands for is written elsewhere, and perhaps for several.
    let own = |path: &str| {
        document.places.get(path).filter(|place| place.key.is_none_or(|key| key.start <= place.value.start))
    };
    let value = scalar(value);
    if document.places.contains_key(&path) {
        let place = own(&path).filter(|_| value_at(&document.value, &path).is_some_and(is_scalar));
        let yaml::Region { start, end } = place.ok_or_else(|| format!("{field} cannot be changed in one line."))?.value;
        let (start, end) = (offset(text, start), offset(text, end));
        // No value at all stands before the colon.
        let (before, rest) = match text[end..].strip_prefix(':').filter(|_| start == end) {
            Some(rest) => ([&text[..end], ": "].concat(), rest),
            None => (text[..start].to_owned(), &text[end..]),
        };
        return Ok([&before, &*value, rest].concat());
    }
    let first = own(parent).ok_or_else(|| format!("There is no place for {field} in the manifest."))?.value.start;
    let at = offset(text, first);
    Ok(match text[at..].strip_prefix('{') {
        Some(rest) => format!("{}{{\"{key}\": {value}, {rest}", &text[..at]),
        None => format!("{}{key}: {value}\n{}{}", &text[..at], " ".repeat(first.column - 1), &text[at..]),
    })
}

impl Lines {
    /// The value of a field, unless it is not written or no scalar.
    pub fn value(&self, kind: &str, name: &str, field: &str) -> Option<String> {
        let (document, prefix) = self.object(kind, name)?;
        match value_at(&document.value, &format!("{prefix}{field}"))? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(on) => Some(on.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// The value at a path such as `items[0].spec.suspend`.
fn value_at<'a>(document: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(document, |value, step| {
        let (key, place) = step.split_once('[').unwrap_or((step, ""));
        let value = value.get(key)?;
        if place.is_empty() { Some(value) } else { value.get(place.trim_end_matches(']').parse::<usize>().ok()?) }
    })
}

/// The value as YAML has it: plain where that cannot be mistaken, else between quotes.
fn scalar(value: &str) -> String {
    match value.trim() {
        "" => "null".to_owned(),
        plain if plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') => plain.to_owned(),
        other => format!("'{}'", other.replace('\'', "''")),
    }
}

/// Where in the text that position is, in bytes.
fn offset(text: &str, position: Position) -> usize {
    let before: usize = text.split_inclusive('\n').take(position.line.saturating_sub(1)).map(str::len).sum();
    let line = &text[before..];
    before + line.char_indices().nth(position.column.saturating_sub(1)).map_or(line.len(), |(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: &str = "\
# é
kind: Job
metadata: {name: ä}
spec:
  backoffLimit: 6 # as ever
  suspend:
  completions: &c \"3\"
  parallelism: *c
  template:
    spec: {restartPolicy: Never}
---
kind: CronJob
metadata:
  name: b
spec:
  schedule: \"@hourly\"
";

    #[test]
    fn only_one_line_changes() {
        for (kind, name, field, value, line, new) in [
            ("Job", "ä", "spec.backoffLimit", "2", 5, "  backoffLimit: 2 # as ever"),
            ("Job", "ä", "spec.backoffLimit", "", 5, "  backoffLimit: null # as ever"),
            ("Job", "ä", "spec.suspend", "true", 6, "  suspend: true"),
            ("Job", "ä", "spec.template.spec.restartPolicy", "OnFailure", 10, "    spec: {restartPolicy: OnFailure}"),
            ("Job", "ä", "spec.template.spec.priority", "2", 10, "    spec: {\"priority\": 2, restartPolicy: Never}"),
            ("CronJob", "b", "spec.schedule", "*/5 * * * *", 16, "  schedule: '*/5 * * * *'"),
        ] {
            let edited = with_field(BLOCK, kind, name, field, value).expect("it can be set");
            let mut expected: Vec<&str> = BLOCK.lines().collect();
            expected[line - 1] = new;
            assert_eq!(edited.lines().collect::<Vec<_>>(), expected, "{field}");
            let told = Lines::of(&edited).value(kind, name, field);
            assert_eq!(told.unwrap_or_default(), value, "{field}");
        }
    }

    #[test]
    fn what_is_not_written_gets_a_line_of_its_own() {
        for (kind, name, field, line, new) in [
            ("Job", "ä", "spec.ttlSecondsAfterFinished", 5, "  ttlSecondsAfterFinished: 9"),
            ("CronJob", "b", "spec.startingDeadlineSeconds", 16, "  startingDeadlineSeconds: 9"),
        ] {
            let edited = with_field(BLOCK, kind, name, field, "9").expect("it can be set");
            let mut expected: Vec<&str> = BLOCK.lines().collect();
            expected.insert(line - 1, new);
            assert_eq!(edited.lines().collect::<Vec<_>>(), expected, "{field}");
        }
        let json =
            r#"{"kind": "List", "items": [{"kind": "Job", "metadata": {"name": "a"}, "spec": {"suspend": true}}]}"#;
        let edited = with_field(json, "Job", "a", "spec.backoffLimit", "2").expect("it can be set");
        assert_eq!(edited, json.replace("{\"suspend\"", "{\"backoffLimit\": 2, \"suspend\""));
    }

    #[test]
    fn what_cannot_be_set_is_said() {
        for (name, field, said) in [
            ("b", "spec.backoffLimit", "no Job b"),
            ("ä", "spec.parallelism", "one line"),
            ("ä", "spec.template", "one line"),
            ("ä", "spec.podFailurePolicy.rules", "no place"),
        ] {
            let refused = with_field(BLOCK, "Job", name, field, "1").expect_err(field);
            assert!(refused.contains(said), "{refused}");
        }
    }
}
