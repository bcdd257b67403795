//! Field paths and the errors that name them, worded as the API server words them.
//! Knows no Kubernetes type.

use std::fmt;

use crate::api::encode::Encode;

/// All errors found in one object, in the order in which the rules ran.
pub type ErrorList = Vec<FieldError>;

/// The place of a field: `spec.template.spec.containers[0].name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath(String);

impl FieldPath {
    /// A path of one field at the top of the object.
    pub fn root(name: &str) -> Self {
        FieldPath(name.to_string())
    }

    /// The field `name` of this one; `name` may itself hold dots.
    pub fn child(&self, name: &str) -> Self {
        FieldPath(format!("{}.{name}", self.0))
    }

    /// An entry of this list.
    pub fn index(&self, index: usize) -> Self {
        FieldPath(format!("{}[{index}]", self.0))
    }

    /// An entry of this map.
    pub fn key(&self, key: &str) -> Self {
        FieldPath(format!("{}[{key}]", self.0))
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldErrorKind {
    Required,
    Invalid,
    NotSupported,
    NotFound,
    Duplicate,
    TooLong,
    TooMany,
    Forbidden,
}

impl FieldErrorKind {
    /// The short name, as in `field.ErrorType`.
    pub fn name(self) -> &'static str {
        match self {
            FieldErrorKind::Required => "Required",
            FieldErrorKind::Invalid => "Invalid",
            FieldErrorKind::NotSupported => "NotSupported",
            FieldErrorKind::NotFound => "NotFound",
            FieldErrorKind::Duplicate => "Duplicate",
            FieldErrorKind::TooLong => "TooLong",
            FieldErrorKind::TooMany => "TooMany",
            FieldErrorKind::Forbidden => "Forbidden",
        }
    }

    fn text(self) -> &'static str {
        match self {
            FieldErrorKind::Required => "Required value",
            FieldErrorKind::Invalid => "Invalid value",
            FieldErrorKind::NotSupported => "Unsupported value",
            FieldErrorKind::NotFound => "Not found",
            FieldErrorKind::Duplicate => "Duplicate value",
            FieldErrorKind::TooLong => "Too long",
            FieldErrorKind::TooMany => "Too many",
            FieldErrorKind::Forbidden => "Forbidden",
        }
    }
}

/// One refusal. Displays as `<field>: <message>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub kind: FieldErrorKind,
    pub field: String,
    /// The text behind `<field>: `.
    pub message: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

impl FieldError {
    /// A value that must be given; `detail` may be empty.
    pub fn required(path: &FieldPath, detail: &str) -> Self {
        Self::with_detail(FieldErrorKind::Required, path, String::new(), detail)
    }

    /// A value that breaks a rule.
    pub fn invalid<T: Encode + ?Sized>(path: &FieldPath, value: &T, detail: &str) -> Self {
        Self::with_detail(FieldErrorKind::Invalid, path, render(value), detail)
    }

    /// A broken rule that is not about one value.
    pub fn invalid_without_value(path: &FieldPath, detail: &str) -> Self {
        Self::with_detail(FieldErrorKind::Invalid, path, String::new(), detail)
    }

    /// A value outside of a closed set.
    pub fn not_supported<T: Encode + ?Sized>(path: &FieldPath, value: &T, supported: &[&str]) -> Self {
        let supported: Vec<String> = supported.iter().map(|text| quote(text)).collect();
        let detail = format!("supported values: {}", supported.join(", "));
        Self::with_detail(FieldErrorKind::NotSupported, path, render(value), &detail)
    }

    /// A reference to something that is not there.
    pub fn not_found(path: &FieldPath, value: &str) -> Self {
        Self::with_detail(FieldErrorKind::NotFound, path, quote(value), "")
    }

    /// A value that stands twice where each may stand once.
    pub fn duplicate<T: Encode + ?Sized>(path: &FieldPath, value: &T) -> Self {
        Self::with_detail(FieldErrorKind::Duplicate, path, render(value), "")
    }

    /// A text of more than `max_bytes`.
    pub fn too_long(path: &FieldPath, max_bytes: usize) -> Self {
        let detail = format!("may not be more than {max_bytes} bytes");
        Self::with_detail(FieldErrorKind::TooLong, path, String::new(), &detail)
    }

    /// A list of more than `max` entries.
    pub fn too_many(path: &FieldPath, actual: usize, max: usize) -> Self {
        let detail = format!("must have at most {max} items");
        Self::with_detail(FieldErrorKind::TooMany, path, actual.to_string(), &detail)
    }

    /// A field that may not be set here.
    pub fn forbidden(path: &FieldPath, detail: &str) -> Self {
        Self::with_detail(FieldErrorKind::Forbidden, path, String::new(), detail)
    }

    fn with_detail(kind: FieldErrorKind, path: &FieldPath, value: String, detail: &str) -> Self {
        let parts = [kind.text(), &value, detail];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        FieldError { kind, field: path.to_string(), message: parts.join(": ") }
    }
}

/// A text in double quotes, with Go's escapes.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_ascii_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// `["a" "b"]`, as Go prints a list of quoted texts.
pub fn quote_list(texts: &[&str]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quote(text)).collect();
    format!("[{}]", quoted.join(" "))
}

fn render<T: Encode + ?Sized>(value: &T) -> String {
    match crate::api::encode::encode(value) {
        serde_json::Value::String(text) => quote(&text),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_read_as_the_api_server_prints_them() {
        let path = FieldPath::root("spec").child("rules").index(2).child("on");
        let cases = [
            (FieldError::required(&path, ""), "spec.rules[2].on: Required value"),
            (
                FieldError::invalid(&path, &-1, "must be greater than or equal to 0"),
                "spec.rules[2].on: Invalid value: -1: must be greater than or equal to 0",
            ),
            (
                FieldError::not_supported(&path, "x", &["a", "b"]),
                "spec.rules[2].on: Unsupported value: \"x\": supported values: \"a\", \"b\"",
            ),
            (FieldError::too_many(&path, 21, 20), "spec.rules[2].on: Too many: 21: must have at most 20 items"),
            (FieldError::invalid(&path, "a\"\u{1}", "no"), "spec.rules[2].on: Invalid value: \"a\\\"\\x01\": no"),
        ];
        for (error, want) in cases {
            assert_eq!(error.to_string(), want);
        }
    }
}
