//! The objects of Kubernetes' API as they go over the wire: every field, in Rust's names. Manifests are read into them and
//! `-o yaml` shows them. They know no rules: defaults, validation and what an object does stand elsewhere.
//!
//! `k8s-openapi` has the same types. Reading and writing them by serde is a sixth of what a browser would have to load,
//! though, so these read and write themselves, with little code for each; `tests/wire_types.rs` holds them to that crate's.

pub mod apps;
pub mod batch;
pub mod core;
pub mod meta;

/// Defines wire types. A field is given by its name on the wire, where that is another one than in Rust; a whole object
/// by the version of its API.
macro_rules! types {
    ($($($version:literal)? $name:ident { $($($wire:literal)? $field:ident: $type:ty,)* })*) => {$(
        #[derive(Default)]
        pub struct $name {
            $(pub $field: $type,)*
        }

        impl crate::api::decode::Decode for $name {
            fn decode(cursor: &mut crate::api::decode::Cursor) -> Self {
                cursor.open(stringify!($name));
                $(types!(@meta cursor $version);)?
                let decoded = Self { $($field: cursor.field(types!(@name $($wire)? $field)),)* };
                cursor.close();
                decoded
            }
        }

        impl crate::api::encode::Encode for $name {
            fn encode(&self) -> Option<serde_json::Value> {
                let mut object = crate::api::encode::Object::default();
                $(object.put_type($version, stringify!($name));)?
                $(object.put(types!(@name $($wire)? $field), &self.$field);)*
                object.end()
            }
        }

        crate::api::types::by_value! { $name }
    )*};
    (@meta $cursor:ident $version:literal) => { $cursor.type_meta() };
    (@name $wire:literal $field:ident) => { $wire };
    (@name $field:ident) => { stringify!($field) };
}

/// What types get by way of plain values. The derived code of all of them would be a good part of what browsers load,
/// and is seldom run.
macro_rules! by_value {
    ($name:ident) => {
        impl Clone for $name {
            fn clone(&self) -> Self {
                crate::api::decode::decode(&crate::api::encode::encode(self)).0
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                crate::api::encode::encode(self) == crate::api::encode::encode(other)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                crate::api::encode::encode(self).fmt(f)
            }
        }

        crate::api::types::by_serde! { $name }
    };
}

/// What lets tests and libraries that know serde alone take the types, again by way of plain values.
macro_rules! by_serde {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                crate::api::encode::encode(self).serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                let (object, findings) = crate::api::decode::decode(&value);
                match findings.first() {
                    Some(finding) => Err(serde::de::Error::custom(finding)),
                    None => Ok(object),
                }
            }
        }
    };
}

pub(in crate::api::types) use by_serde;
pub(in crate::api::types) use by_value;
pub(in crate::api::types) use types;
