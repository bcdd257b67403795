//! Strict decoding of a document into a wire type, as the API server does it: every unknown
//! field and every value of a wrong type is found, not only the first, each with its path.
//! `null` stands for the zero value, as in Go. Knows no particular type.

mod cursor;

pub use cursor::Cursor;

use crate::sim::gather;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// After so many wrong values the rest of an object is not looked at.
const MAX_WRONG_VALUES: usize = 20;
/// So many unknown fields are named.
const MAX_UNKNOWN_FIELDS: usize = 100;

/// One step of a path into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Key(String),
    Index(usize),
}

/// Something wrong in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub steps: Vec<Step>,
    pub kind: FindingKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// A field that does not exist here; `hint` may say what was meant.
    UnknownField { hint: Option<String> },
    /// A value that does not fit; the message goes on where its path ends: what it must be, what it is, and what kubectl
    /// says to that.
    WrongValue { message: String },
}

/// A path in Kubernetes' way of writing.
pub fn path_text(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.push_str(&format!(".{key}")),
            Step::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = path_text(&self.steps);
        match &self.kind {
            FindingKind::UnknownField { .. } => write!(f, "unknown field {path:?}"),
            FindingKind::WrongValue { message } => write!(f, "{path} {message}"),
        }
    }
}

/// What can be read from a document.
pub trait Decode: Default {
    /// Reads the value at the cursor. What is wrong is noted there, and a zero value stands in for it.
    fn decode(cursor: &mut Cursor) -> Self;
}

/// Decodes `document`; the object is there even when findings are, with zero values in place of wrong ones.
pub fn decode<T: Decode>(document: &Value) -> (T, Vec<Finding>) {
    let mut cursor = Cursor::new(document);
    let decoded = T::decode(&mut cursor);
    let mut findings = std::mem::take(&mut cursor.wrong);
    findings.extend(cursor.schema.unknown_fields());
    (decoded, findings)
}

impl Decode for String {
    fn decode(cursor: &mut Cursor) -> Self {
        cursor.text().to_owned()
    }
}

impl Decode for bool {
    fn decode(cursor: &mut Cursor) -> Self {
        cursor.flag()
    }
}

impl Decode for i32 {
    fn decode(cursor: &mut Cursor) -> Self {
        cursor.integer("int32") as i32
    }
}

impl Decode for i64 {
    fn decode(cursor: &mut Cursor) -> Self {
        cursor.integer("int64")
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(cursor: &mut Cursor) -> Self {
        (!cursor.value().is_null()).then(|| T::decode(cursor))
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(cursor: &mut Cursor) -> Self {
        cursor.entries()
    }
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    fn decode(cursor: &mut Cursor) -> Self {
        let pairs = cursor.pairs().into_iter().flatten();
        gather(pairs.map(|(key, value)| (key.clone(), cursor.entry(key, value))))
    }
}

/// The fields that the decoded types have, and those of the document that fit none of them.
#[derive(Default)]
pub struct Schema {
    pub structs: Vec<(Vec<Step>, Vec<&'static str>)>,
    pub unknown: Vec<(Vec<Step>, String)>,
}

impl Schema {
    fn unknown_fields(self) -> Vec<Finding> {
        let finding = |(steps, name): &(Vec<Step>, String)| {
            let mut full = steps.clone();
            full.push(Step::Key(name.clone()));
            Finding { steps: full, kind: FindingKind::UnknownField { hint: self.hint(steps, name) } }
        };
        self.unknown.iter().take(MAX_UNKNOWN_FIELDS).map(finding).collect()
    }

    /// A field of the same place with nearly this name, or else one of this name elsewhere.
    fn hint(&self, steps: &[Step], name: &str) -> Option<String> {
        let (_, fields) = self.structs.iter().find(|(path, _)| path == steps)?;
        let near = |field: &&&str| distance(field, name) <= name.len().div_ceil(4).min(2);
        let same_letters = fields.iter().find(|field| field.eq_ignore_ascii_case(name));
        let closest = || fields.iter().filter(near).min_by_key(|field| distance(field, name));
        if let Some(field) = same_letters.or_else(closest) {
            return Some(format!("did you mean {field:?}?"));
        }
        let shared = |path: &[Step]| path.iter().zip(steps).take_while(|(a, b)| a == b).count();
        let elsewhere = self.structs.iter().filter(|(_, fields)| fields.contains(&name));
        let (path, _) = elsewhere.max_by_key(|(path, _)| {
            let common = shared(path);
            (common, std::cmp::Reverse(path.len()))
        })?;
        let mut full = path.clone();
        full.push(Step::Key(name.to_string()));
        Some(format!("it belongs to {}", path_text(&full)))
    }
}

/// Edit distance, case ignored.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use crate::api::types::batch::Job;
    use serde_json::json;

    use super::*;

    fn findings(document: Value) -> Vec<String> {
        let (_, findings) = decode::<Job>(&document);
        let text = |finding: &Finding| {
            let rest = match &finding.kind {
                FindingKind::UnknownField { hint } => hint.clone().unwrap_or_default(),
                FindingKind::WrongValue { message } => message.clone(),
            };
            format!("{}: {rest}", path_text(&finding.steps))
        };
        findings.iter().map(text).collect()
    }

    #[test]
    fn all_wrong_values_and_unknown_fields_are_found() {
        let found = findings(json!({"spec": {
            "parallelism": "two", "paralelism": 2, "completions": 1.5, "restartPolicy": "Never",
            "template": {"spec": {"containers": [{"name": "a", "env": [{"name": "X", "value": 1}]}]}},
        }}));
        assert_eq!(
            found,
            [
                "spec.completions: must be a whole number, without quotes; it is 1.5: cannot unmarshal number 1.5 into Go struct field JobSpec.spec.completions of type int32",
                "spec.parallelism: must be a whole number, without quotes; it is text (\"two\"): cannot unmarshal string into Go struct field JobSpec.spec.parallelism of type int32",
                "spec.template.spec.containers[0].env[0].value: must be text, in quotes if it looks like something else; it is 1: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string",
                "spec.paralelism: did you mean \"parallelism\"?",
                "spec.restartPolicy: it belongs to spec.template.spec.restartPolicy",
            ]
        );
    }

    #[test]
    fn null_stands_for_nothing() {
        let document = json!({"metadata": null, "spec": {"template": {"spec": {
            "containers": [null, {"name": null, "args": [null], "resources": {"limits": {"cpu": null}}}],
        }}}});
        let (job, findings) = decode::<Job>(&document);
        assert_eq!(findings, []);
        assert_eq!(job.spec.unwrap().template.spec.unwrap().containers.len(), 2);
    }

    #[test]
    fn whole_structures_of_a_wrong_type_are_one_finding() {
        for document in [json!(1), json!({"spec": []}), json!({"spec": {"template": "x"}})] {
            assert_eq!(findings(document.clone()).len(), 1, "{document}");
        }
    }
}
