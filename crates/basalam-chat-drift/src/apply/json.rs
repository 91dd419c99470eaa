//! JSON that keeps the order of its members, which a document written by hand has for a reason.

use std::fmt;

use basalam_chat_openapi::Pointer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Number;

/// A JSON value whose members stay in order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(super) fn parse(text: &str) -> serde_json::Result<Json> {
        serde_json::from_str(text.trim_start_matches('\u{feff}'))
    }

    /// The text as the document is written: two spaces a level, and a line feed at the end.
    pub(super) fn text(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    pub(super) fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
        Json::Object(members.map(|(name, it)| (name.to_owned(), it)).into())
    }

    pub(super) fn strings<'a>(texts: impl IntoIterator<Item = &'a str>) -> Json {
        Json::Array(texts.into_iter().map(Json::from).collect())
    }

    pub(super) fn members(&self) -> &[(String, Json)] {
        match self {
            Json::Object(members) => members,
            _ => &[],
        }
    }

    pub(super) fn items(&self) -> &[Json] {
        match self {
            Json::Array(items) => items,
            _ => &[],
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        let found = self.members().iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Json> {
        match self {
            Json::Object(members) => members
                .iter_mut()
                .find(|(it, _)| it == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn find(&self, at: &Pointer) -> Option<&Json> {
        at.segments().try_fold(self, |value, segment| match value {
            Json::Array(items) => items.get(segment.parse::<usize>().ok()?),
            value => value.get(&segment),
        })
    }

    pub(super) fn find_mut(&mut self, at: &Pointer) -> Option<&mut Json> {
        at.segments().try_fold(self, |value, segment| match value {
            Json::Array(items) => items.get_mut(segment.parse::<usize>().ok()?),
            value => value.get_mut(&segment),
        })
    }

    /// Adds a member behind the first of `neighbours` that is there, else at the end.
    pub(super) fn insert(&mut self, name: &str, value: Json, neighbours: &[String]) {
        let Json::Object(members) = self else { return };
        let place = |neighbour: &String| members.iter().position(|(it, _)| it == neighbour);
        let place = neighbours.iter().find_map(place);
        let place = place.map_or(members.len(), |it| it + 1);
        members.insert(place, (name.to_owned(), value));
    }

    /// Adds a text behind the first of `neighbours` that is there, else at the end.
    pub(super) fn push(&mut self, text: &str, neighbours: &[String]) {
        let Json::Array(items) = self else { return };
        let place = |neighbour: &String| {
            items
                .iter()
                .position(|it| it.as_str() == Some(neighbour.as_str()))
        };
        let place = neighbours.iter().find_map(place);
        items.insert(place.map_or(items.len(), |it| it + 1), Json::from(text));
    }

    /// Sets a member, behind all others where it is new.
    pub(super) fn set(&mut self, name: &str, value: Json) {
        match self.get_mut(name) {
            Some(found) => *found = value,
            None => self.insert(name, value, &[]),
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::String(text.to_owned())
    }
}

impl From<bool> for Json {
    fn from(flag: bool) -> Json {
        Json::Bool(flag)
    }
}

impl From<u64> for Json {
    fn from(count: u64) -> Json {
        Json::Number(count.into())
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Null => serializer.serialize_unit(),
            Json::Bool(flag) => serializer.serialize_bool(*flag),
            Json::Number(number) => number.serialize(serializer),
            Json::String(text) => serializer.serialize_str(text),
            Json::Array(items) => serializer.collect_seq(items),
            Json::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Json, E> {
        let number = Number::from_f64(number).ok_or_else(|| E::custom("no number of JSON"))?;
        Ok(Json::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members: Vec<(String, Json)> = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_document_comes_back_byte_by_byte() {
        let path = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .join(crate::DOCUMENT);
        let text = std::fs::read_to_string(path).unwrap();
        assert!(Json::parse(&text).unwrap().text().unwrap() == text);
    }

    #[test]
    fn what_is_added_stands_behind_its_neighbour_or_at_the_end() {
        let mut json = Json::parse(r#"{"b": 1, "a": ["x", "y"]}"#).unwrap();
        json.insert("c", Json::Null, &["z".to_owned(), "b".to_owned()]);
        json.insert("d", Json::Bool(true), &[]);
        json.get_mut("a").unwrap().push("w", &["x".to_owned()]);
        assert_eq!(
            serde_json::to_string(&json).unwrap(),
            r#"{"b":1,"c":null,"a":["x","w","y"],"d":true}"#
        );
    }
}
