//! Decoding of responses: fast for those that match the document, tolerant for all others.
//!
//! The generated structs implement [`Deserialize`](serde::Deserialize) with the helpers of this module.
//! Scalars are lenient: integers, floats and booleans are decoded from each form that services in PHP,
//! Python and JavaScript send. Every other difference from the document is an error at first.
//! [`read_json`](crate::read_json) then decodes the response again in the tolerant mode, which
//! keeps what does not fit as received. So responses that match the document pay nothing for it.

mod containers;
mod fields;
mod kind;
mod name;
mod scalars;
#[cfg(test)]
mod tests;
mod tolerant;

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

pub use containers::ListVisitor;
pub use fields::{Fields, present};
pub use kind::Kind;
pub use name::Name;
pub use scalars::IntegerVisitor;
pub(crate) use tolerant::read_tolerantly;

/// A type that occurs in responses.
pub trait Decode: Sized {
    /// What is expected in JSON.
    const KIND: Kind;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// A generated struct.
pub trait Object: Decode {
    /// Returns the index of a field, or `None` if the type does not have it.
    fn index(name: &str) -> Option<usize>;

    /// Reads the fields of the object.
    fn read<'de, A: MapAccess<'de>>(fields: Fields<A>) -> Result<Self, A::Error>;
}

/// Implements `Decode` for types that implement `Deserialize`.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_decode {
    ($name:ty, $kind:ident) => {
        impl $crate::decode::Decode for $name {
            const KIND: $crate::decode::Kind = $crate::decode::Kind::$kind;

            fn decode<'de, D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                ::serde::Deserialize::deserialize(deserializer)
            }
        }
    };
}
pub use crate::impl_decode;

/// Implements `Decode` and `Deserialize` for types that implement `Object`.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_object {
    ($name:ty, $kind:ident) => {
        $crate::decode::impl_decode!($name, $kind);

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::decode::object(deserializer)
            }
        }
    };
}
pub use crate::impl_object;

/// Decodes an object.
pub fn object<'de, T: Object, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::read(Fields::new(map, T::KIND))
    }
}

/// Decodes a value inside another one.
pub(crate) struct Seed<T>(PhantomData<T>);

impl<T> Seed<T> {
    pub(crate) fn new() -> Seed<T> {
        Seed(PhantomData)
    }
}

impl<'de, T: Decode> DeserializeSeed<'de> for Seed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::decode(deserializer)
    }
}
