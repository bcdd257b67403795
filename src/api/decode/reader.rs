//! The reading side of [`decode`](super::decode): a serde deserializer over a document that keeps its place.
//! It notes what a type does not have; what is made of that is not decided here.

use super::{Schema, Step};
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{self, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use std::fmt;

/// A value that could not be decoded, and why, where the reader knows it. One word, for it is in the result of every
/// decoding function of every type.
#[derive(Debug)]
#[expect(clippy::box_collection, reason = "one word instead of three")]
pub struct Failure(pub Option<Box<String>>);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().map_or("", String::as_str))
    }
}

impl std::error::Error for Failure {}

impl de::Error for Failure {
    /// What a type itself says of a value is left out: the cursor says it better, and the texts of all types' errors
    /// would have to be loaded by every browser.
    fn custom<T: fmt::Display>(_: T) -> Self {
        Failure(None)
    }
}

/// The place in the document that is being read. After a failure it stands where that happened.
///
/// All that needs no type is done here and not inlined: the generic functions around it exist once for every type of
/// the API, and make up much of what a browser has to load.
pub struct Cursor<'v> {
    value: &'v Value,
    path: Vec<Place<'v>>,
    /// The Go struct that the field belongs to.
    owner: &'static str,
    /// The newtype around the value, such as `Quantity`.
    inside: &'static str,
    pub schema: Schema,
}

/// A step of the way to the cursor, and what to return to behind it.
struct Place<'v> {
    step: PlaceStep<'v>,
    value: &'v Value,
    owner: &'static str,
}

enum PlaceStep<'v> {
    Key(&'v str),
    Index(usize),
}

type FieldList<'v> = std::vec::IntoIter<(&'v String, &'v Value)>;

impl<'v> Cursor<'v> {
    pub fn new(document: &'v Value) -> Self {
        Cursor { value: document, path: Vec::new(), owner: "", inside: "", schema: Schema::default() }
    }

    #[inline(never)]
    fn enter(&mut self, step: PlaceStep<'v>, value: &'v Value) {
        self.path.push(Place { step, value: self.value, owner: self.owner });
        self.value = value;
        self.inside = "";
    }

    #[inline(never)]
    fn leave(&mut self) {
        if let Some(place) = self.path.pop() {
            self.value = place.value;
            self.owner = place.owner;
        }
    }

    pub fn steps(&self) -> Vec<Step> {
        let step = |place: &Place| match place.step {
            PlaceStep::Key(key) => Step::Key(key.to_string()),
            PlaceStep::Index(index) => Step::Index(index),
        };
        self.path.iter().map(step).collect()
    }

    #[inline(never)]
    fn wrong(&self, go_type: &str) -> Failure {
        let names: Vec<&str> = self
            .path
            .iter()
            .filter_map(|place| match place.step {
                PlaceStep::Key(key) => Some(key),
                PlaceStep::Index(_) => None,
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
        Failure(Some(Box::new(format!("cannot unmarshal {found} into {field}{go_type}: {remedy}"))))
    }

    /// What is wrong with a value that is of the right kind, but that its type did not take.
    pub fn misfit(&self) -> String {
        match self.inside {
            "Time" | "MicroTime" => {
                format!("{} is not a time: write it like \"2026-01-31T08:30:00Z\"", self.value)
            }
            "ByteString" => format!("{} is not base64", self.value),
            "" => format!("{} does not fit here", self.value),
            inside => format!("{} is not a {inside}", self.value),
        }
    }

    #[inline(never)]
    fn integer(&self, go_type: &str) -> Result<i64, Failure> {
        let fits = |number: &Number| {
            let number = number.as_i64()?;
            (go_type != "int32" || i32::try_from(number).is_ok()).then_some(number)
        };
        let number = match self.value {
            Value::Null => Some(0),
            Value::Number(number) => fits(number),
            Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
        };
        number.ok_or_else(|| self.wrong(go_type))
    }

    #[inline(never)]
    fn natural(&self) -> Result<u64, Failure> {
        match self.value {
            Value::Null => Ok(0),
            Value::Number(number) => number.as_u64().ok_or_else(|| self.wrong("int64")),
            _ => Err(self.wrong("int64")),
        }
    }

    #[inline(never)]
    fn float(&self) -> Result<f64, Failure> {
        match self.value {
            Value::Null => Ok(0.0),
            Value::Number(number) => Ok(number.as_f64().unwrap_or_default()),
            _ => Err(self.wrong("float64")),
        }
    }

    #[inline(never)]
    fn flag(&self) -> Result<bool, Failure> {
        match self.value {
            Value::Null => Ok(false),
            Value::Bool(flag) => Ok(*flag),
            _ => Err(self.wrong("bool")),
        }
    }

    #[inline(never)]
    fn text(&self) -> Result<&'v str, Failure> {
        match self.value {
            Value::Null => Ok(""),
            Value::String(text) => Ok(text),
            _ => Err(self.wrong("string")),
        }
    }

    #[inline(never)]
    fn entries(&self) -> Result<&'v [Value], Failure> {
        match self.value {
            Value::Null => Ok(&[]),
            Value::Array(entries) => Ok(entries.as_slice()),
            _ => Err(self.wrong("slice")),
        }
    }

    #[inline(never)]
    fn pairs(&self, go_type: &str) -> Result<Vec<(&'v String, &'v Value)>, Failure> {
        match self.value {
            Value::Null => Ok(Vec::new()),
            Value::Object(fields) => Ok(fields.iter().collect()),
            _ => Err(self.wrong(go_type)),
        }
    }

    /// The fields of a struct; those that it does not have are noted and left out.
    #[inline(never)]
    fn fields(&mut self, name: &'static str, known: &'static [&'static str]) -> Result<FieldList<'v>, Failure> {
        let mut fields = self.pairs(&format!("v1.{name}"))?;
        let steps = self.steps();
        for (key, _) in fields.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            self.schema.unknown.push((steps.clone(), key.to_string()));
        }
        self.schema.structs.push((steps, known.to_vec()));
        fields.retain(|(key, _)| known.contains(&key.as_str()));
        self.owner = name;
        Ok(fields.into_iter())
    }
}

/// Reads one value of the document.
pub struct Reader<'c, 'v>(pub &'c mut Cursor<'v>);

macro_rules! integers {
    ($($method:ident $go_type:literal)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
            visitor.visit_i64(self.0.integer($go_type)?)
        })*
    };
}

impl<'de> de::Deserializer<'de> for Reader<'_, 'de> {
    type Error = Failure;

    integers! {
        deserialize_i8 "int8" deserialize_i16 "int16" deserialize_i32 "int32"
        deserialize_i64 "int64" deserialize_u8 "int64" deserialize_u16 "int64"
        deserialize_u32 "int64"
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_u64(self.0.natural()?)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.0.value {
            Value::Null if self.0.inside == "Quantity" => visitor.visit_str("0"),
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(number), _) => visitor.visit_i64(number),
                (None, Some(number)) => visitor.visit_u64(number),
                // As text, which quantities take: printing floats would bring their printer to each browser.
                (None, None) if self.0.inside == "Quantity" => visitor.visit_str(&number.to_string()),
                (None, None) => Err(self.0.wrong("string")),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_bool(self.0.flag()?)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_f64(self.0.float()?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_string(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_borrowed_str(self.0.text()?)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_string(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        if self.0.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Failure> {
        self.0.inside = name;
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let entries = self.0.entries()?;
        visitor.visit_seq(Entries { entries, next: 0, cursor: self.0 })
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
        let fields = self.0.pairs("map")?.into_iter();
        visitor.visit_map(Fields { fields, value: None, cursor: self.0 })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let fields = self.0.fields(name, known)?;
        visitor.visit_map(Fields { fields, value: None, cursor: self.0 })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        match self.0.value {
            Value::String(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Value::Object(fields) if fields.len() == 1 => {
                let fields = self.0.pairs("map")?.into_iter();
                visitor.visit_enum(MapAccessDeserializer::new(Fields { fields, value: None, cursor: self.0 }))
            }
            _ => Err(self.0.wrong("string")),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_string(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }
}

struct Entries<'c, 'v> {
    entries: &'v [Value],
    next: usize,
    cursor: &'c mut Cursor<'v>,
}

impl<'de> SeqAccess<'de> for Entries<'_, 'de> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Failure> {
        let Some(value) = self.entries.get(self.next) else {
            return Ok(None);
        };
        self.cursor.enter(PlaceStep::Index(self.next), value);
        self.next += 1;
        let element = seed.deserialize(Reader(self.cursor))?;
        self.cursor.leave();
        Ok(Some(element))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len() - self.next)
    }
}

struct Fields<'c, 'v> {
    fields: FieldList<'v>,
    value: Option<(&'v str, &'v Value)>,
    cursor: &'c mut Cursor<'v>,
}

impl<'de> Fields<'_, 'de> {
    #[inline(never)]
    fn next_key(&mut self) -> Option<&'de str> {
        let (key, value) = self.fields.next()?;
        self.value = Some((key, value));
        Some(key)
    }

    #[inline(never)]
    fn enter_value(&mut self) {
        let (key, value) = self.value.take().unwrap_or(("", &Value::Null));
        self.cursor.enter(PlaceStep::Key(key), value);
    }
}

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Failure> {
        let Some(key) = self.next_key() else {
            return Ok(None);
        };
        let key: StrDeserializer<Failure> = key.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Failure> {
        self.enter_value();
        let value = seed.deserialize(Reader(self.cursor))?;
        self.cursor.leave();
        Ok(value)
    }
}
