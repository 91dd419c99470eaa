//! The fields of an object that is being decoded.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::tolerant::{self, Mode};
use super::{Decode, Kind, Object, Seed};
use crate::{Extra, UnreadableItem};

/// The fields of an object that is being decoded. Fields that the type does not have are collected.
///
/// If a field occurs twice, the last one applies, as in other JSON parsers.
pub struct Fields<A> {
    map: A,
    /// The kind of the object.
    kind: Kind,
    is_tolerant: bool,
    extra: Extra,
}

impl<'de, A: MapAccess<'de>> Fields<A> {
    pub(super) fn new(map: A, kind: Kind) -> Fields<A> {
        Fields {
            map,
            kind,
            is_tolerant: tolerant::mode() != Mode::Strict,
            extra: Extra::default(),
        }
    }

    /// Returns the index of the next field, whose value must be read next. Collects the fields before it that
    /// the type does not have.
    pub fn next_index<T: Object>(&mut self) -> Result<Option<usize>, A::Error> {
        loop {
            match self.map.next_key_seed(KeySeed::<T>(PhantomData))? {
                Some(Key::Known(index)) => return Ok(Some(index)),
                Some(Key::Unknown(name)) => self.unknown(name)?,
                None => return Ok(None),
            }
        }
    }

    /// Reads a required field.
    #[inline]
    pub fn required<T: Decode>(
        &mut self,
        name: &'static str,
        field: &mut Option<T>,
    ) -> Result<(), A::Error> {
        if self.is_tolerant {
            *field = Some(tolerant::required(name, self.raw()?)?);
        } else {
            *field = Some(self.map.next_value_seed(Seed::new())?);
        }
        Ok(())
    }

    /// Reads an optional field.
    #[inline]
    pub fn optional<T: Decode>(
        &mut self,
        name: &'static str,
        field: &mut Option<T>,
    ) -> Result<(), A::Error> {
        if self.is_tolerant {
            *field = tolerant::optional(name, self.raw()?, self.kind, &mut self.extra)?;
        } else {
            *field = self.map.next_value_seed(Seed::<Option<T>>::new())?;
        }
        Ok(())
    }

    /// Reads the list of a page. In the tolerant mode, items that cannot be decoded are returned in
    /// `unreadable`.
    pub fn items<T: Decode>(
        &mut self,
        name: &'static str,
        field: &mut Option<Vec<T>>,
        unreadable: &mut Vec<UnreadableItem>,
    ) -> Result<(), A::Error> {
        *field = Some(match self.is_tolerant {
            false => self.map.next_value_seed(Seed::new())?,
            true => tolerant::items(name, self.raw()?, unreadable)?,
        });
        Ok(())
    }

    /// Like [`items`](Fields::items), for a list that can be null.
    pub fn nullable_items<T: Decode>(
        &mut self,
        name: &'static str,
        field: &mut Option<Vec<T>>,
        unreadable: &mut Vec<UnreadableItem>,
    ) -> Result<(), A::Error> {
        *field = match self.is_tolerant {
            false => self.map.next_value_seed(Seed::new())?,
            true => match self.raw()? {
                raw if raw.get() == "null" => None,
                raw => Some(tolerant::items(name, raw, unreadable)?),
            },
        };
        Ok(())
    }

    /// Reads a field that the type does not have.
    #[cold]
    fn unknown(&mut self, name: String) -> Result<(), A::Error> {
        let value = match self.is_tolerant {
            false => self.map.next_value()?,
            true => tolerant::unknown(self.raw()?)?,
        };
        self.extra.insert(name, value);
        Ok(())
    }

    #[cold]
    fn raw(&mut self) -> Result<&'de RawValue, A::Error> {
        self.map.next_value()
    }

    /// Returns the fields that the type does not have, and those that do not fit their types.
    pub fn into_extra(self) -> Extra {
        self.extra
    }
}

/// Returns the value of a required field.
pub fn present<T, E: Error>(name: &'static str, field: Option<T>) -> Result<T, E> {
    field.ok_or_else(|| E::missing_field(name))
}

/// The name of a field of the type `T`, or of one that it does not have.
enum Key {
    Known(usize),
    Unknown(String),
}

/// Looks a name up without allocating it.
///
/// It is a type of its own for each `T`, so that the compiler inlines the lookup.
struct KeySeed<T>(PhantomData<T>);

impl<'de, T: Object> DeserializeSeed<'de> for KeySeed<T> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T: Object> Visitor<'_> for KeySeed<T> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Key, E> {
        Ok(match T::index(name) {
            Some(index) => Key::Known(index),
            None => Key::Unknown(name.to_owned()),
        })
    }
}
