//! Strict decoding of a document into a wire type, as the API server does it: every unknown
//! field and every value of a wrong type is found, not only the first, each with its path.
//! `null` stands for the zero value, as in Go. Knows no particular type.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

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
    /// A value that does not fit; the message names type and remedy.
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

/// Decodes `document`; the object is there even when findings are, with zero values in place of
/// wrong ones. `None` when a value is so wrong that nothing can stand in for it.
pub fn decode<T: for<'de> Deserialize<'de>>(document: &Value) -> (Option<T>, Vec<Finding>) {
    let mut document = document.clone();
    let mut wrong = Vec::new();
    while wrong.len() < MAX_WRONG_VALUES {
        let mut schema = Schema::default();
        let reader = Reader { value: &document, path: &Path::Root, owner: "", inside: "", schema: &mut schema };
        match T::deserialize(reader) {
            Ok(object) => {
                wrong.extend(schema.unknown_fields());
                return (Some(object), wrong);
            }
            Err(failure) => {
                let steps = failure.steps.unwrap_or_default();
                let replaced = replace_with_null(&mut document, &steps);
                wrong.push(Finding { steps, kind: FindingKind::WrongValue { message: failure.message } });
                if !replaced {
                    break;
                }
            }
        }
    }
    (None, wrong)
}

/// Whether a value was there that is not `null` already.
fn replace_with_null(document: &mut Value, steps: &[Step]) -> bool {
    let mut place = document;
    for step in steps {
        let next = match step {
            Step::Key(key) => place.get_mut(key),
            Step::Index(index) => place.get_mut(index),
        };
        let Some(next) = next else { return false };
        place = next;
    }
    let changes = !place.is_null();
    *place = Value::Null;
    changes
}

/// The fields that the decoded types have, and those of the document that fit none of them.
#[derive(Default)]
struct Schema {
    structs: Vec<(Vec<Step>, &'static [&'static str])>,
    unknown: Vec<(Vec<Step>, String)>,
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

/// Where a reader stands; lives on the stack.
enum Path<'p> {
    Root,
    Key(&'p Path<'p>, &'p str),
    Index(&'p Path<'p>, usize),
}

impl Path<'_> {
    fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut place = self;
        loop {
            place = match place {
                Path::Root => break,
                Path::Key(parent, key) => {
                    steps.push(Step::Key(key.to_string()));
                    parent
                }
                Path::Index(parent, index) => {
                    steps.push(Step::Index(*index));
                    parent
                }
            };
        }
        steps.reverse();
        steps
    }
}

/// A value that could not be decoded.
#[derive(Debug)]
struct Failure {
    steps: Option<Vec<Step>>,
    message: String,
}

impl Failure {
    fn at(mut self, path: &Path) -> Self {
        self.steps.get_or_insert_with(|| path.steps());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl de::Error for Failure {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Failure { steps: None, message: message.to_string() }
    }
}

/// Reads one value of the document.
struct Reader<'v, 'c> {
    value: &'v Value,
    path: &'c Path<'c>,
    /// The Go struct that the field belongs to.
    owner: &'static str,
    /// The newtype around the value, such as `Quantity`.
    inside: &'static str,
    schema: &'c mut Schema,
}

impl Reader<'_, '_> {
    fn wrong(&self, go_type: &str) -> Failure {
        let names: Vec<String> = self
            .path
            .steps()
            .into_iter()
            .filter_map(|step| match step {
                Step::Key(key) => Some(key),
                Step::Index(_) => None,
            })
            .collect();
        let found = match self.value {
            Value::Null => "null".to_string(),
            Value::Bool(_) => "bool".to_string(),
            Value::Number(number) if go_type.starts_with("int") => format!("number {number}"),
            Value::Number(_) => "number".to_string(),
            Value::String(_) => "string".to_string(),
            Value::Array(_) => "array".to_string(),
            Value::Object(_) => "object".to_string(),
        };
        let remedy = match go_type {
            "string" => "write text, in quotes if it looks like something else",
            "bool" => "write true or false",
            "slice" => "write a list, one \"- \" for each entry",
            "map" => "write \"key: value\" lines below it",
            go_type if go_type.starts_with("int") => "write a whole number, without quotes",
            go_type if go_type.starts_with("float") => "write a number, without quotes",
            _ => "write its fields as \"name: value\" lines below it",
        };
        let field = match self.owner {
            "" => String::new(),
            owner => format!("Go struct field {owner}.{} of type ", names.join(".")),
        };
        Failure {
            steps: Some(self.path.steps()),
            message: format!("cannot unmarshal {found} into {field}{go_type}: {remedy}"),
        }
    }

    fn integer<'de, V: Visitor<'de>>(self, visitor: V, go_type: &str) -> Result<V::Value, Failure> {
        let fits = |number: &Number| {
            let number = number.as_i64()?;
            (go_type != "int32" || i32::try_from(number).is_ok()).then_some(number)
        };
        let number = match self.value {
            Value::Null => Some(0),
            Value::Number(number) => fits(number),
            Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
        };
        let number = number.ok_or_else(|| self.wrong(go_type))?;
        visitor.visit_i64(number)
    }
}

macro_rules! integers {
    ($($method:ident $go_type:literal)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
            self.integer(visitor, $go_type)
        })*
    };
}

impl<'de> de::Deserializer<'de> for Reader<'de, '_> {
    type Error = Failure;

    integers! {
        deserialize_i8 "int8" deserialize_i16 "int16" deserialize_i32 "int32"
        deserialize_i64 "int64" deserialize_u8 "int64" deserialize_u16 "int64"
        deserialize_u32 "int64" deserialize_u64 "int64"
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let path = self.path;
        let result = match self.value {
            Value::Null if self.inside == "Quantity" => visitor.visit_str("0"),
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_i64(number),
                (None, Some(number), _) => visitor.visit_u64(number),
                (None, None, number) => visitor.visit_f64(number.unwrap_or_default()),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::Array(_) => return self.deserialize_seq(visitor),
            Value::Object(_) => return self.deserialize_map(visitor),
        };
        result.map_err(|failure: Failure| failure.at(path))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.value {
            Value::Null => visitor.visit_bool(false),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            _ => Err(self.wrong("bool")),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.value {
            Value::Null => visitor.visit_f64(0.0),
            Value::Number(number) => visitor.visit_f64(number.as_f64().unwrap_or_default()),
            _ => Err(self.wrong("float64")),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_string(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let text = match self.value {
            Value::Null => "",
            Value::String(text) => text,
            _ => return Err(self.wrong("string")),
        };
        visitor.visit_borrowed_str(text).map_err(|failure: Failure| failure.at(self.path))
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_string(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Failure> {
        let path = self.path;
        let inner = Reader { inside: name, ..self };
        visitor.visit_newtype_struct(inner).map_err(|failure: Failure| failure.at(path))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let entries = match self.value {
            Value::Null => &[],
            Value::Array(entries) => entries.as_slice(),
            _ => return Err(self.wrong("slice")),
        };
        let Reader { path, owner, schema, .. } = self;
        visitor.visit_seq(Entries { entries, next: 0, path, owner, schema })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let fields = match self.value {
            Value::Null => Vec::new(),
            Value::Object(fields) => fields.iter().collect(),
            _ => return Err(self.wrong("map")),
        };
        let Reader { path, owner, schema, .. } = self;
        let fields = fields.into_iter();
        visitor.visit_map(Fields { fields, value: None, path, owner, schema })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let mut fields = match self.value {
            Value::Null => Vec::new(),
            Value::Object(fields) => fields.iter().collect(),
            _ => return Err(self.wrong(&format!("v1.{name}"))),
        };
        let Reader { path, schema, .. } = self;
        let steps = path.steps();
        for (key, _) in fields.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            schema.unknown.push((steps.clone(), key.to_string()));
        }
        schema.structs.push((steps, known));
        fields.retain(|(key, _)| known.contains(&key.as_str()));
        let fields = fields.into_iter();
        visitor.visit_map(Fields { fields, value: None, path, owner: name, schema })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        match self.value {
            Value::String(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            _ => Err(self.wrong("string")),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_string(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }
}

struct Entries<'v, 'c> {
    entries: &'v [Value],
    next: usize,
    path: &'c Path<'c>,
    owner: &'static str,
    schema: &'c mut Schema,
}

impl<'de> SeqAccess<'de> for Entries<'de, '_> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Failure> {
        let Some(value) = self.entries.get(self.next) else {
            return Ok(None);
        };
        let path = Path::Index(self.path, self.next);
        self.next += 1;
        let reader = Reader { value, path: &path, owner: self.owner, inside: "", schema: self.schema };
        seed.deserialize(reader).map(Some).map_err(|failure| failure.at(&path))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len() - self.next)
    }
}

struct Fields<'v, 'c> {
    fields: std::vec::IntoIter<(&'v String, &'v Value)>,
    value: Option<(&'v str, &'v Value)>,
    path: &'c Path<'c>,
    owner: &'static str,
    schema: &'c mut Schema,
}

impl<'de> MapAccess<'de> for Fields<'de, '_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Failure> {
        let Some((key, value)) = self.fields.next() else {
            return Ok(None);
        };
        self.value = Some((key, value));
        let key: StrDeserializer<Failure> = key.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Failure> {
        let (key, value) = self.value.take().unwrap_or(("", &Value::Null));
        let path = Path::Key(self.path, key);
        let reader = Reader { value, path: &path, owner: self.owner, inside: "", schema: self.schema };
        seed.deserialize(reader).map_err(|failure| failure.at(&path))
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::batch::v1::Job;
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
                "spec.parallelism: cannot unmarshal string into Go struct field JobSpec.spec.parallelism of type int32: write a whole number, without quotes",
                "spec.completions: cannot unmarshal number 1.5 into Go struct field JobSpec.spec.completions of type int32: write a whole number, without quotes",
                "spec.template.spec.containers[0].env[0].value: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string: write text, in quotes if it looks like something else",
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
        assert!(job.is_some());
    }

    #[test]
    fn whole_structures_of_a_wrong_type_are_one_finding() {
        for document in [json!(1), json!({"spec": []}), json!({"spec": {"template": "x"}})] {
            assert_eq!(findings(document.clone()).len(), 1, "{document}");
        }
    }
}
