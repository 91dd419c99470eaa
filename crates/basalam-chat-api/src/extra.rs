//! Fields that a response has and its type does not.

use std::fmt;
use std::ops::Index;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// The fields of a response object that its type does not have, and those whose value does not fit their type.
///
/// Serializing the object writes them again, so nothing of a response is lost. A value that [`Value`] cannot
/// represent, such as the number `1e400`, is kept as a string that contains its JSON.
///
/// It takes the space of a pointer, and allocates nothing if it is empty.
///
/// ```
/// # use basalam_chat_api::types::Sender;
/// let sender: Sender = serde_json::from_str(r#"{ "id": 430, "mood": "happy" }"#).unwrap();
/// assert_eq!(sender.extra["mood"], "happy");
/// assert!(sender.extra.get("colour").is_none());
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Extra(
    /// Missing if there are none.
    Option<Box<Map<String, Value>>>,
);

impl Extra {
    /// Returns the value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }

    /// Returns `true` if there are no fields.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns the number of fields.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |fields| fields.len())
    }

    /// Returns the fields with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter().flat_map(|fields| fields.iter())
    }

    /// Adds a field, or replaces its value, and returns the earlier value.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        let fields = self.0.get_or_insert_default();
        fields.insert(name.into(), value.into())
    }

    /// Removes a field and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let value = self.0.as_mut()?.remove(name);
        self.0.take_if(|fields| fields.is_empty());
        value
    }

    /// Returns the fields as a map.
    pub fn into_map(self) -> Map<String, Value> {
        self.0.map(|fields| *fields).unwrap_or_default()
    }
}

impl From<Map<String, Value>> for Extra {
    fn from(fields: Map<String, Value>) -> Extra {
        Extra((!fields.is_empty()).then(|| Box::new(fields)))
    }
}

impl From<Extra> for Map<String, Value> {
    fn from(extra: Extra) -> Map<String, Value> {
        extra.into_map()
    }
}

/// Returns the value of a field, or null if there is none, like the index operator of [`Value`].
impl Index<&str> for Extra {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&Value::Null)
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Extra, D::Error> {
        Map::deserialize(deserializer).map(Extra::from)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Extra {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Extra".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Map::<String, Value>::json_schema(generator)
    }

    fn inline_schema() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn is_a_pointer_and_allocates_nothing_if_empty() {
        assert_eq!(size_of::<Extra>(), size_of::<usize>());
        let mut extra = Extra::from(Map::new());
        assert!(extra.is_empty());
        extra.insert("a", 1);
        assert_eq!(
            (extra.len(), &extra["a"], &extra["b"]),
            (1, &json!(1), &Value::Null)
        );
        assert_eq!(extra.remove("a"), Some(json!(1)));
        assert_eq!(extra, Extra::default());
    }

    #[test]
    fn round_trips_through_json() {
        for fields in [json!({}), json!({ "a": 1, "b": [null] })] {
            let extra: Extra = serde_json::from_value(fields.clone()).unwrap();
            assert_eq!(serde_json::to_value(&extra).unwrap(), fields);
            assert_eq!(Value::Object(extra.into_map()), fields);
        }
    }
}
