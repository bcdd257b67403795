//! From a typed object to a plain value: the counterpart of [`decode`](super::decode). It knows no particular type.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What can be written as a value.
pub trait Encode {
    /// The value; `None` for what is left out of the object it belongs to.
    fn encode(&self) -> Option<Value>;
}

/// The object as a value; `null` when it is none.
pub fn encode<T: Encode + ?Sized>(object: &T) -> Value {
    object.encode().unwrap_or_default()
}

/// An object being written.
#[derive(Default)]
pub struct Object(Map<String, Value>);

impl Object {
    /// Adds a field, unless it is to be left out.
    #[inline(never)]
    pub fn put<T: Encode>(&mut self, name: &str, value: &T) {
        self.insert(name, value.encode());
    }

    /// Adds what every whole object of the API begins with.
    pub fn put_type(&mut self, api_version: &str, kind: &str) {
        self.0.insert("apiVersion".to_owned(), text(api_version));
        self.0.insert("kind".to_owned(), text(kind));
    }

    #[inline(never)]
    fn insert(&mut self, name: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value);
        }
    }

    pub fn end(self) -> Option<Value> {
        Some(Value::Object(self.0))
    }
}

impl Encode for Value {
    fn encode(&self) -> Option<Value> {
        Some(self.clone())
    }
}

impl Encode for str {
    fn encode(&self) -> Option<Value> {
        Some(text(self))
    }
}

impl Encode for String {
    fn encode(&self) -> Option<Value> {
        Some(text(self))
    }
}

impl Encode for bool {
    fn encode(&self) -> Option<Value> {
        Some(Value::Bool(*self))
    }
}

impl Encode for i32 {
    fn encode(&self) -> Option<Value> {
        Some(Value::Number((*self).into()))
    }
}

impl Encode for i64 {
    fn encode(&self) -> Option<Value> {
        Some(Value::Number((*self).into()))
    }
}

impl<T: Encode> Encode for Option<T> {
    fn encode(&self) -> Option<Value> {
        self.as_ref()?.encode()
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self) -> Option<Value> {
        (*self).encode()
    }
}

impl<T: Encode> Encode for [T] {
    fn encode(&self) -> Option<Value> {
        Some(Value::Array(self.iter().map(|entry| encode(entry)).collect()))
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self) -> Option<Value> {
        self.as_slice().encode()
    }
}

impl<T: Encode> Encode for BTreeMap<String, T> {
    fn encode(&self) -> Option<Value> {
        let mut object = Object::default();
        for (key, value) in self {
            object.put(key, value);
        }
        object.end()
    }
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}
