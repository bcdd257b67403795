//! The place in the document that is being decoded, and what is wrong with it so far. It decides what a value of a plain
//! type may be, and how a wrong one is told; it knows no type of the API.

use super::{Finding, FindingKind, MAX_WRONG_VALUES, Schema, Step};
use serde_json::{Map, Number, Value};

/// So much of a wrong text is shown.
const SHOWN_CHARS: usize = 40;

/// The place in a document.
///
/// All that needs no type is done here: what is generic exists once for every type of the API.
pub struct Cursor<'v> {
    value: &'v Value,
    path: Vec<Place<'v>>,
    /// The structs that are being read, the innermost last.
    open: Vec<Struct>,
    pub(super) schema: Schema,
    pub(super) wrong: Vec<Finding>,
}

/// A step of the way to the cursor, and the value to return to behind it.
struct Place<'v> {
    step: PlaceStep<'v>,
    value: &'v Value,
}

enum PlaceStep<'v> {
    Key(&'v str),
    Index(usize),
}

/// A struct that is being read, with those of its fields that have been asked for.
struct Struct {
    name: &'static str,
    known: Vec<&'static str>,
}

impl<'v> Cursor<'v> {
    pub(super) fn new(document: &'v Value) -> Self {
        Cursor { value: document, path: Vec::new(), open: Vec::new(), schema: Schema::default(), wrong: Vec::new() }
    }

    /// The value at the place.
    pub fn value(&self) -> &'v Value {
        self.value
    }

    /// Begins to read a struct; [`close`](Self::close) ends it.
    #[inline(never)]
    pub fn open(&mut self, name: &'static str) {
        if !matches!(self.value, Value::Null | Value::Object(_)) {
            self.misfit(&format!("v1.{name}"));
        }
        self.open.push(Struct { name, known: Vec::new() });
    }

    /// Reads the field `name` of the struct; a missing one is as good as none.
    #[inline(never)]
    pub fn field<T: super::Decode>(&mut self, name: &'static str) -> T {
        match self.enter_field(name) {
            Some(()) => {
                let decoded = T::decode(self);
                self.leave();
                decoded
            }
            None => T::default(),
        }
    }

    /// Takes note that the struct is a whole object of the API, which names its version and kind.
    pub fn type_meta(&mut self) {
        self.field::<Option<String>>("apiVersion");
        self.field::<Option<String>>("kind");
    }

    /// Ends the reading of a struct: what else its object has is unknown.
    #[inline(never)]
    pub fn close(&mut self) {
        let Some(Struct { known, .. }) = self.open.pop() else { return };
        let steps = self.steps();
        if let Value::Object(fields) = self.value {
            for key in fields.keys().filter(|key| !known.contains(&key.as_str())) {
                self.schema.unknown.push((steps.clone(), key.clone()));
            }
        }
        self.schema.structs.push((steps, known));
    }

    /// Reads every entry of a list.
    pub fn entries<T: super::Decode>(&mut self) -> Vec<T> {
        let entries = match self.value {
            Value::Array(entries) => entries.as_slice(),
            Value::Null => &[],
            _ => {
                self.misfit("slice");
                &[]
            }
        };
        let decode = |(index, entry)| {
            self.enter(PlaceStep::Index(index), entry);
            let decoded = T::decode(self);
            self.leave();
            decoded
        };
        entries.iter().enumerate().map(decode).collect()
    }

    /// The fields of a map, for reading each by [`entry`](Self::entry).
    pub fn pairs(&mut self) -> Option<&'v Map<String, Value>> {
        match self.value {
            Value::Object(fields) => Some(fields),
            Value::Null => None,
            _ => {
                self.misfit("map");
                None
            }
        }
    }

    /// Reads the value that a map has for `key`.
    pub fn entry<T: super::Decode>(&mut self, key: &'v str, value: &'v Value) -> T {
        self.enter(PlaceStep::Key(key), value);
        let decoded = T::decode(self);
        self.leave();
        decoded
    }

    /// A whole number of at most 32 (`int32`) or 64 bits (`int64`).
    #[inline(never)]
    pub fn integer(&mut self, go_type: &str) -> i64 {
        let fits = |number: &Number| {
            let number = number.as_i64()?;
            (go_type != "int32" || i32::try_from(number).is_ok()).then_some(number)
        };
        let number = match self.value {
            Value::Null => Some(0),
            Value::Number(number) => fits(number),
            _ => None,
        };
        if number.is_none() {
            self.misfit(go_type);
        }
        number.unwrap_or_default()
    }

    #[inline(never)]
    pub fn flag(&mut self) -> bool {
        match self.value {
            Value::Null => false,
            Value::Bool(flag) => *flag,
            _ => {
                self.misfit("bool");
                false
            }
        }
    }

    /// Empty for `null`, and for what is no text.
    #[inline(never)]
    pub fn text(&mut self) -> &'v str {
        match self.value {
            Value::Null => "",
            Value::String(text) => text,
            _ => {
                self.misfit("string");
                ""
            }
        }
    }

    /// Notes that the value is wrong; the message goes on where its path ends, as in `spec.suspend must be true or false`.
    pub fn reject(&mut self, message: String) {
        if self.wrong.len() < MAX_WRONG_VALUES {
            let kind = FindingKind::WrongValue { message };
            self.wrong.push(Finding { steps: self.steps(), kind });
        }
    }

    #[inline(never)]
    fn enter_field(&mut self, name: &'static str) -> Option<()> {
        self.open.last_mut()?.known.push(name);
        let value = self.value.as_object()?.get(name)?;
        self.enter(PlaceStep::Key(name), value);
        Some(())
    }

    #[inline(never)]
    fn enter(&mut self, step: PlaceStep<'v>, value: &'v Value) {
        self.path.push(Place { step, value: self.value });
        self.value = value;
    }

    #[inline(never)]
    fn leave(&mut self) {
        if let Some(place) = self.path.pop() {
            self.value = place.value;
        }
    }

    fn steps(&self) -> Vec<Step> {
        let step = |place: &Place| match place.step {
            PlaceStep::Key(key) => Step::Key(key.to_string()),
            PlaceStep::Index(index) => Step::Index(index),
        };
        self.path.iter().map(step).collect()
    }

    /// Notes that the value is of another kind than `go_type`.
    fn misfit(&mut self, go_type: &str) {
        let names: Vec<&str> = self.path.iter().filter_map(Place::key).collect();
        let found = match self.value {
            Value::Null => "null".to_string(),
            Value::Bool(_) => "bool".to_string(),
            Value::Number(number) if go_type.starts_with("int") => format!("number {number}"),
            Value::Number(_) => "number".to_string(),
            Value::String(_) => "string".to_string(),
            Value::Array(_) => "array".to_string(),
            Value::Object(_) => "object".to_string(),
        };
        let wanted = match go_type {
            "string" => "text, in quotes if it looks like something else",
            "bool" => "true or false",
            "slice" => "a list, one \"- \" for each entry",
            "map" => "\"key: value\" lines below it",
            go_type if go_type.starts_with("int") => "a whole number, without quotes",
            _ => "its fields, as \"name: value\" lines below it",
        };
        let plainly = match self.value {
            Value::String(text) => format!("text ({:?})", text.chars().take(SHOWN_CHARS).collect::<String>()),
            Value::Array(_) => "a list".to_string(),
            Value::Object(_) => "\"name: value\" lines".to_string(),
            plain @ (Value::Null | Value::Bool(_) | Value::Number(_)) => plain.to_string(),
        };
        let field = match self.open.last() {
            Some(owner) => format!("Go struct field {}.{} of type ", owner.name, names.join(".")),
            None => String::new(),
        };
        self.reject(format!("must be {wanted}; it is {plainly}: cannot unmarshal {found} into {field}{go_type}"));
    }
}

impl<'v> Place<'v> {
    fn key(&self) -> Option<&'v str> {
        match self.step {
            PlaceStep::Key(key) => Some(key),
            PlaceStep::Index(_) => None,
        }
    }
}
