//! YAML text (and so JSON) into documents: plain values, and where in the text each field stands.
//! Scalars mean what they mean to kubectl. Sizes are bounded; every failure is a problem with a
//! place. Knows nothing of Kubernetes objects.

mod build;
mod scalar;
mod tree;
mod write;

use std::collections::BTreeMap;

use serde_json::Value;

use super::problem::{Position, Problem, Severity};

/// Texts longer than this are refused.
pub const MAX_TEXT_BYTES: usize = 1024 * 1024;
/// A text may have so many values, those repeated through aliases counted each time.
pub const MAX_NODES: usize = 100_000;
/// Texts repeated through aliases may not add up to more than this.
pub const MAX_EXPANDED_BYTES: usize = 16 * 1024 * 1024;
/// Mappings and lists may nest this deep.
pub const MAX_DEPTH: usize = 100;
/// A text may hold so many documents.
pub const MAX_DOCUMENTS: usize = 1000;

/// Where a field stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The key, unless the field is an entry of a list.
    pub key: Option<Region>,
    /// The value. For mappings and lists that span lines, its first token.
    pub value: Region,
}

/// A stretch of text; `end` is the first position behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    pub start: Position,
    pub end: Position,
}

/// One document.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub value: Value,
    /// Places by path, such as `spec.template.spec.containers[0].name`; the document itself is
    /// the empty path.
    pub places: BTreeMap<String, Place>,
    /// What is wrong inside of the document: duplicate keys, values that JSON cannot hold.
    pub problems: Vec<Problem>,
}

/// What a text holds: the documents that can be read, and why others cannot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    pub documents: Vec<Document>,
    pub problems: Vec<Problem>,
}

/// Writes an object as YAML, such as `kubectl get -o yaml` shows.
pub fn write(object: &impl super::encode::Encode) -> String {
    write::write(&super::encode::encode(object))
}

/// Reads every document of a text. Empty documents are left out.
pub fn read(text: &str) -> Reading {
    let mut reading = Reading::default();
    if text.len() > MAX_TEXT_BYTES {
        let tenths = (text.len().div_ceil(1_024) * 10).div_ceil(1_024);
        let message = format!("{}.{} MiB of text: Jobscope reads 1 MiB at most", tenths / 10, tenths % 10);
        reading.problems.push(error(Position::WHOLE_TEXT, None, message));
        return reading;
    }
    let mut budget = build::Budget::default();
    let mut trees = tree::Trees::new(text);
    while let Some(tree) = trees.next_document() {
        match tree {
            Ok(tree) => match build::document(&tree, &mut budget) {
                Ok(document) if document.value.is_null() && document.problems.is_empty() => {}
                Ok(document) => reading.documents.push(document),
                Err(problem) => reading.problems.push(problem),
            },
            Err(problem) => reading.problems.push(problem),
        }
    }
    reading
}

const START: Position = Position { line: 1, column: 1 };

fn error(start: Position, end: Option<Position>, message: String) -> Problem {
    Problem { severity: Severity::Error, start, end, field_path: None, message }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(text: &str) -> Value {
        let reading = read(text);
        assert_eq!(reading.problems, [], "{text}");
        let Some(document) = reading.documents.into_iter().next() else { return Value::Null };
        assert_eq!(document.problems, [], "{text}");
        document.value
    }

    fn messages(text: &str) -> Vec<String> {
        let reading = read(text);
        let inside = reading.documents.iter().flat_map(|document| &document.problems);
        reading.problems.iter().chain(inside).map(Problem::to_string).collect()
    }

    #[test]
    fn documents_become_values() {
        let cases = [
            ("a: 1\nb: [x, {c: d}]\n", json!({"a": 1, "b": ["x", {"c": "d"}]})),
            ("{\"a\": [1, \"2\", null, true]}", json!({"a": [1, "2", null, true]})),
            ("a: |\n  x\n  y\nb: >\n  x\n  y\n", json!({"a": "x\ny\n", "b": "x y\n"})),
            ("1: a\ntrue: b\n", json!({"1": "a", "true": "b"})),
            ("base: &b {x: 1, z: 2}\na:\n  <<: *b\n  z: 3\n", json!({"base": {"x": 1, "z": 2}, "a": {"z": 3, "x": 1}})),
            ("a: &x [1]\nb: *x\n", json!({"a": [1], "b": [1]})),
            ("a: !!str 1\nb: !!int \"2\"\nc: !!binary aGk=\n", json!({"a": "1", "b": 2, "c": "hi"})),
        ];
        for (text, want) in cases {
            assert_eq!(value(text), want, "{text}");
        }
    }

    #[test]
    fn every_field_has_its_place() {
        let text = "a: 1\nlist:\n  - name: x\n    m: 22\n";
        let reading = read(text);
        let places = &reading.documents[0].places;
        let at = |region: Region| (region.start.line, region.start.column, region.end.column);
        assert_eq!(places["a"].key.map(at), Some((1, 1, 2)));
        assert_eq!(at(places["a"].value), (1, 4, 5));
        assert_eq!(places["list[0].m"].key.map(at), Some((4, 5, 6)));
        assert_eq!(at(places["list[0].m"].value), (4, 8, 10));
        assert_eq!(places["list[0]"].key, None);
    }

    #[test]
    fn one_broken_document_does_not_hide_the_others() {
        let reading = read("a: 1\n---\nb: [1\n---\nc: 3\n");
        assert_eq!(reading.documents.len(), 2);
        assert_eq!(reading.problems.len(), 1);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let cases = [
            ("a: 1\nb: 2\na: 3\n", "Line 3: key \"a\" already set in map"),
            ("a:\n\tb: 1\n", "Line 2: "),
            ("a: *nobody\n", "Line 1: "),
            ("a: &a [*a]\n", "Line 1: anchor"),
            ("a: \"x\n", "Line 2: "),
            ("a: .nan\n", "Line 1: "),
        ];
        for (text, want) in cases {
            let found = messages(text);
            assert!(found.iter().any(|found| found.starts_with(want)), "{text}: {found:?}");
        }
    }

    #[test]
    fn texts_that_grow_without_bound_are_refused() {
        let mut laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_string();
        for level in 1..10 {
            let alias = format!("*a{}, ", level - 1).repeat(9);
            laughs.push_str(&format!("a{level}: &a{level} [{alias}]\n"));
        }
        assert!(messages(&laughs)[0].contains("more than"), "{:?}", messages(&laughs));
        assert_eq!(messages(&"[".repeat(10_000)).len(), 1);
        for (bytes, size) in [(3 * MAX_TEXT_BYTES, "3.0"), (MAX_TEXT_BYTES + 1, "1.1")] {
            let told: Vec<String> = read(&"a".repeat(bytes)).problems.iter().map(ToString::to_string).collect();
            assert_eq!(told, [format!("{size} MiB of text: Jobscope reads 1 MiB at most")], "no line is to blame");
        }
    }
}
