//! Detection of objects that have the same key twice: parsers keep one of the values in silence.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::{Error, Pointer};

/// Returns an error for every repeated key in `json`, which must be valid.
pub(super) fn find(json: &str) -> Vec<Error> {
    let mut errors = Vec::new();
    let check = Check {
        json,
        at: Pointer::default(),
        errors: &mut errors,
    };
    // It was parsed before, so it has no syntax errors.
    let _ = check.deserialize(&mut serde_json::Deserializer::from_str(json));
    errors
}

struct Check<'a> {
    json: &'a str,
    at: Pointer,
    errors: &'a mut Vec<Error>,
}

impl Check<'_> {
    fn child(&mut self, segment: impl fmt::Display) -> Check<'_> {
        Check {
            json: self.json,
            at: self.at.child(segment),
            errors: self.errors,
        }
    }

    fn report(&mut self, key: &Key) {
        let line = key.address.map_or(String::new(), |address| {
            let before = &self.json.as_bytes()[..address - self.json.as_ptr() as usize];
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            format!(" in line {line}")
        });
        let message = format!(
            "the key {:?} is repeated{line}, and only the last value would count; remove or rename one",
            key.name
        );
        self.errors
            .push(Error::structure(&self.at.child(&key.name), message));
    }
}

impl<'de> DeserializeSeed<'de> for Check<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Check<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        let mut index = 0;
        while items.next_element_seed(self.child(index))?.is_some() {
            index += 1;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = fields.next_key_seed(KeySeed)? {
            if !seen.insert(key.name.clone()) {
                self.report(&key);
            }
            fields.next_value_seed(self.child(&key.name))?;
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

struct Key {
    name: String,
    /// The address of the name in the JSON, unless it has escapes.
    address: Option<usize>,
}

struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Key, E> {
        Ok(Key {
            name: name.to_owned(),
            address: Some(name.as_ptr() as usize),
        })
    }

    fn visit_str<E>(self, name: &str) -> Result<Key, E> {
        Ok(Key {
            name: name.to_owned(),
            address: None,
        })
    }
}
