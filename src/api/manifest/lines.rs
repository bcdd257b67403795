//! At which line of a text each field of its objects stands, also of fields that are not written. It judges nothing:
//! the text is one that was read before.

use super::{Document, Value, plain_keys, yaml};

/// The objects of a text, with their lines.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    documents: Vec<Document>,
}

/// The line of a field, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldLine {
    pub line: u32,
    pub written: Written,
}

/// Whether a field stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Yes,
    /// The line is that of what would hold it.
    No,
}

impl Lines {
    pub fn of(text: &str) -> Self {
        Self { documents: yaml::read(text).documents }
    }

    /// The line of a field such as `spec.parallelism` of the object of that kind and name; `None` when the text has no
    /// such object.
    pub fn find(&self, kind: &str, name: &str, field: &str) -> Option<FieldLine> {
        let (document, prefix) = self.object(kind, name)?;
        Some(line_of(document, &prefix, field))
    }

    /// The document that has the object, and what the paths of its fields begin with there.
    pub(super) fn object(&self, kind: &str, name: &str) -> Option<(&Document, String)> {
        self.documents.iter().find_map(|document| Some((document, object_path(&document.value, kind, name)?)))
    }
}

/// Where in a document the object is: at its root, or in a list.
fn object_path(value: &Value, kind: &str, name: &str) -> Option<String> {
    let is_it = |value: &Value| value["kind"] == kind && value["metadata"]["name"] == name;
    if is_it(value) {
        return Some(String::new());
    }
    let place = value["items"].as_array()?.iter().position(is_it)?;
    Some(format!("items[{place}]."))
}

fn line_of(document: &Document, prefix: &str, field: &str) -> FieldLine {
    let mut path = format!("{prefix}{}", plain_keys(field));
    let mut written = Written::Yes;
    loop {
        if let Some(place) = document.places.get(&path) {
            let start = place.key.unwrap_or(place.value).start;
            return FieldLine { line: u32::try_from(start.line).unwrap_or(u32::MAX), written };
        }
        if path.is_empty() {
            return FieldLine { line: 1, written };
        }
        path.truncate(path.rfind(['.', '[']).unwrap_or(0));
        written = Written::No;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
kind: Job
metadata:
  name: a
spec:
  parallelism: 2
  podFailurePolicy:
    rules:
    - action: Ignore
    - action: FailJob
  template:
    metadata:
      labels: {a: b}
---
kind: List
items:
- kind: Service
- kind: CronJob
  metadata: {name: a}
  spec:
    schedule: '@hourly'
";

    #[test]
    fn fields_are_found_and_those_left_out_by_their_parent() {
        let lines = Lines::of(TEXT);
        for (kind, name, field, line, written) in [
            ("Job", "a", "spec.parallelism", 5, Written::Yes),
            ("Job", "a", "spec.podFailurePolicy.rules[1]", 9, Written::Yes),
            ("Job", "a", "spec.podFailurePolicy.rules[1].onExitCodes", 9, Written::No),
            ("Job", "a", "spec.backoffLimit", 4, Written::No),
            ("Job", "a", "spec.template.labels", 12, Written::Yes),
            ("Job", "a", "spec.template.annotations", 11, Written::No),
            ("CronJob", "a", "spec.schedule", 20, Written::Yes),
            ("CronJob", "a", "spec.jobTemplate.spec.suspend", 19, Written::No),
        ] {
            assert_eq!(lines.find(kind, name, field), Some(FieldLine { line, written }), "{kind} {field}");
        }
        assert_eq!(lines.find("Job", "b", "spec"), None);
        assert_eq!(Lines::of("- 1\n").find("Job", "a", "spec"), None);
    }
}
