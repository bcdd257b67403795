//! From a typed object to a plain value: the counterpart of [`decode`](super::decode). It writes what serde's JSON
//! would, but stays small on the page: what needs no type is not generic, and there is nothing to say of errors, for
//! objects of the API cannot fail to be written.

use serde::Serialize;
use serde::ser::{self, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct};
use serde_json::{Map, Number, Value};
use std::fmt;

/// The object as a value; `null` for what JSON cannot hold, such as a map whose keys are no texts.
pub fn encode<T: Serialize + ?Sized>(object: &T) -> Value {
    object.serialize(Writer).unwrap_or_default()
}

/// That a value cannot be written.
#[derive(Debug)]
struct Unwritable;

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a value of JSON")
    }
}

impl std::error::Error for Unwritable {}

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Written = Result<Value, Unwritable>;

struct Writer;

macro_rules! plain {
    ($($method:ident $type:ty => $value:expr;)*) => {
        $(fn $method(self, value: $type) -> Written {
            Ok($value(value))
        })*
    };
}

#[inline(never)]
fn integer(value: i64) -> Value {
    Value::Number(value.into())
}

#[inline(never)]
fn natural(value: u64) -> Value {
    Value::Number(value.into())
}

#[inline(never)]
fn float(value: f64) -> Value {
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

#[inline(never)]
fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

impl ser::Serializer for Writer {
    type Ok = Value;
    type Error = Unwritable;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = ser::Impossible<Value, Unwritable>;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Variant;

    plain! {
        serialize_bool bool => Value::Bool;
        serialize_i8 i8 => |value| integer(i64::from(value));
        serialize_i16 i16 => |value| integer(i64::from(value));
        serialize_i32 i32 => |value| integer(i64::from(value));
        serialize_i64 i64 => integer;
        serialize_u8 u8 => |value| natural(u64::from(value));
        serialize_u16 u16 => |value| natural(u64::from(value));
        serialize_u32 u32 => |value| natural(u64::from(value));
        serialize_u64 u64 => natural;
        serialize_f32 f32 => |value| float(f64::from(value));
        serialize_f64 f64 => float;
        serialize_char char => |value: char| text(value.encode_utf8(&mut [0; 4]));
        serialize_str &str => text;
        serialize_unit_struct &'static str => |_| Value::Null;
    }

    fn serialize_bytes(self, _: &[u8]) -> Written {
        Err(Unwritable)
    }

    fn serialize_none(self) -> Written {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        Ok(text(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Written {
        Ok(wrapped(variant, value.serialize(self)?))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List, Unwritable> {
        Ok(List(Vec::new()))
    }

    fn serialize_tuple(self, _: usize) -> Result<List, Unwritable> {
        Ok(List(Vec::new()))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List, Unwritable> {
        Ok(List(Vec::new()))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unwritable> {
        Err(Unwritable)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields, Unwritable> {
        Ok(Fields::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, Unwritable> {
        Ok(Fields::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant, Unwritable> {
        Ok(Variant { name: variant, fields: Fields::default() })
    }
}

/// `{name: value}`, as variants of an enum are written.
#[inline(never)]
fn wrapped(name: &str, value: Value) -> Value {
    let mut fields = Map::new();
    fields.insert(name.to_owned(), value);
    Value::Object(fields)
}

/// A list being written.
struct List(Vec<Value>);

impl List {
    #[inline(never)]
    fn push(&mut self, value: Value) {
        self.0.push(value);
    }
}

macro_rules! lists {
    ($($trait:ident $method:ident)*) => {
        $(impl $trait for List {
            type Ok = Value;
            type Error = Unwritable;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
                self.push(value.serialize(Writer)?);
                Ok(())
            }

            fn end(self) -> Written {
                Ok(Value::Array(self.0))
            }
        })*
    };
}

lists! { SerializeSeq serialize_element SerializeTuple serialize_element SerializeTupleStruct serialize_field }

/// An object being written.
#[derive(Default)]
struct Fields {
    fields: Map<String, Value>,
    key: String,
}

impl Fields {
    #[inline(never)]
    fn put(&mut self, name: &str, value: Value) {
        self.fields.insert(name.to_owned(), value);
    }
}

impl SerializeMap for Fields {
    type Ok = Value;
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unwritable> {
        let Value::String(key) = key.serialize(Writer)? else { return Err(Unwritable) };
        self.key = key;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        let key = std::mem::take(&mut self.key);
        self.put(&key, value.serialize(Writer)?);
        Ok(())
    }

    fn end(self) -> Written {
        Ok(Value::Object(self.fields))
    }
}

impl SerializeStruct for Fields {
    type Ok = Value;
    type Error = Unwritable;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Unwritable> {
        self.put(name, value.serialize(Writer)?);
        Ok(())
    }

    fn end(self) -> Written {
        Ok(Value::Object(self.fields))
    }
}

/// A variant with fields being written.
struct Variant {
    name: &'static str,
    fields: Fields,
}

impl ser::SerializeStructVariant for Variant {
    type Ok = Value;
    type Error = Unwritable;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Unwritable> {
        SerializeStruct::serialize_field(&mut self.fields, name, value)
    }

    fn end(self) -> Written {
        Ok(wrapped(self.name, Value::Object(self.fields.fields)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::decode::decode;
    use k8s_openapi::api::batch::v1::Job;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[derive(Serialize)]
    enum Shape {
        Unit,
        One(i32),
        Named { a: f64, b: Option<()> },
    }

    #[test]
    fn writes_what_serde_json_writes() {
        let shapes = (vec![Shape::Unit, Shape::One(-3), Shape::Named { a: 1.5, b: None }], [1_u8, 2], 'x');
        assert_eq!(encode(&shapes), serde_json::to_value(&shapes).unwrap());
        assert_eq!(encode(&BTreeMap::from([(1, 2)])), Value::Null);
    }

    #[test]
    fn a_job_comes_back_as_it_was() {
        let job = json!({
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": {"name": "a", "labels": {"b": "c"}, "creationTimestamp": "2026-01-31T08:30:00Z"},
            "spec": {"parallelism": 2, "template": {"spec": {
                "containers": [{"name": "c", "resources": {"limits": {"cpu": "1"}}, "livenessProbe": {"tcpSocket": {"port": "http"}}}],
                "volumes": [{"name": "v", "emptyDir": {}}],
            }}},
        });
        let (typed, findings) = decode::<Job>(&job);
        assert!(findings.is_empty(), "{findings:?}");
        let typed = typed.unwrap();
        assert_eq!(encode(&typed), job);
        assert_eq!(encode(&typed), serde_json::to_value(&typed).unwrap());
    }
}
