//! Items of a list that cannot be decoded.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::decode::{Decode, Name};

/// An item of a list that cannot be decoded. The other items of the list are not affected.
///
/// `Debug` and `Display` write nothing of its content, which may be private. It serializes as an object with the
/// fields `index`, `id`, `error` and `raw`, the JSON as a string.
#[derive(Clone, Eq, PartialEq, Serialize)]
pub struct UnreadableItem {
    index: usize,
    id: Option<i64>,
    #[serde(rename = "error")]
    problem: Box<str>,
    raw: Box<str>,
}

impl UnreadableItem {
    pub(crate) fn new(index: usize, raw: &str, problem: String) -> UnreadableItem {
        let mut item = UnreadableItem {
            index,
            id: None,
            problem: problem.into(),
            raw: raw.into(),
        };
        item.id = item.field("id").and_then(|id| {
            let mut deserializer = serde_json::Deserializer::from_str(id.get());
            i64::decode(&mut deserializer).ok()
        });
        item
    }

    /// Returns the position in the page, counting the items that can be decoded and those that cannot.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Returns the id of the message or chat, or `None` if that cannot be decoded either.
    pub fn id(&self) -> Option<i64> {
        self.id
    }

    /// Returns why the item cannot be decoded, and where, such as "expected a string, at `content.text`".
    pub fn error(&self) -> &str {
        &self.problem
    }

    /// Returns the JSON of the item, as received. It may contain private messages, so avoid logging it.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Returns a field of the item, or `None` if it is missing or cannot be represented.
    ///
    /// If the item has several fields with this name, the last one is returned.
    pub fn get(&self, name: &str) -> Option<Value> {
        serde_json::from_str(self.field(name)?.get()).ok()
    }

    fn field(&self, name: &str) -> Option<&RawValue> {
        let mut deserializer = serde_json::Deserializer::from_str(&self.raw);
        deserializer.deserialize_map(FieldVisitor(name)).ok()?
    }

    /// Creates an item from its [`raw`](Self::raw) JSON and its [`error`](Self::error), for bridges between processes.
    #[doc(hidden)]
    #[must_use]
    pub fn from_raw(raw: &str, error: String) -> UnreadableItem {
        UnreadableItem::new(0, raw, error)
    }

    /// Returns the item with another position.
    #[doc(hidden)]
    #[must_use]
    pub fn at_index(mut self, index: usize) -> UnreadableItem {
        self.index = index;
        self
    }
}

impl fmt::Debug for UnreadableItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnreadableItem")
            .field("index", &self.index)
            .field("id", &self.id)
            .field("error", &self.problem)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for UnreadableItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.id {
            Some(id) => write!(f, "item {id} cannot be decoded: {}", self.problem),
            None => write!(
                f,
                "item without a readable id cannot be decoded: {}",
                self.problem
            ),
        }
    }
}

/// Finds the last field with a name.
struct FieldVisitor<'a>(&'a str);

impl<'de> Visitor<'de> for FieldVisitor<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(name) = fields.next_key::<&RawValue>()? {
            // A name that is not valid is not the one.
            let name: Option<Name<'_>> = serde_json::from_str(name.get()).ok();
            match name.is_some_and(|name| name.as_str() == self.0) {
                true => found = Some(fields.next_value()?),
                false => _ = fields.next_value::<IgnoredAny>()?,
            }
        }
        Ok(found)
    }
}
