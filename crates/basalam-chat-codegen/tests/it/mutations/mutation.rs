//! Random changes to a document.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use super::dictionary::{COMPONENTS, KEYWORDS, NAMES, STRINGS};

/// A change to a document. Each index selects one of the document's places.
#[derive(Clone, Debug)]
pub(crate) enum Mutation {
    Delete(Index),
    Replace(Index, Value),
    Rename(Index, &'static str),
    Duplicate(Index, &'static str),
    Insert(Index, &'static str, Value),
    Swap(Index, Index),
    Copy(Index, Index),
    SetReference(Index, String),
    Wrap(Index, Wrapping, usize),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Wrapping {
    Items,
    Values,
    AllOf,
    AnyOf,
    Array,
    SchemaField,
}

/// One to four mutations.
pub(crate) fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    prop::collection::vec(mutation(), 1..=4)
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let place = || any::<Index>();
    prop_oneof![
        2 => place().prop_map(Mutation::Delete),
        3 => (place(), value()).prop_map(|(at, value)| Mutation::Replace(at, value)),
        2 => (place(), select(NAMES)).prop_map(|(at, name)| Mutation::Rename(at, name)),
        2 => (place(), select(NAMES)).prop_map(|(at, name)| Mutation::Duplicate(at, name)),
        4 => (place(), select(KEYWORDS), value())
            .prop_map(|(at, keyword, value)| Mutation::Insert(at, keyword, value)),
        2 => (place(), place()).prop_map(|(one, other)| Mutation::Swap(one, other)),
        2 => (place(), place()).prop_map(|(from, to)| Mutation::Copy(from, to)),
        3 => (place(), reference()).prop_map(|(at, to)| Mutation::SetReference(at, to)),
        1 => (place(), wrapping(), 1..4_usize)
            .prop_map(|(at, wrapping, depth)| Mutation::Wrap(at, wrapping, depth)),
        1 => (place(), wrapping(), 4..140_usize)
            .prop_map(|(at, wrapping, depth)| Mutation::Wrap(at, wrapping, depth)),
    ]
}

fn wrapping() -> impl Strategy<Value = Wrapping> {
    use Wrapping::*;
    select(&[Items, Values, AllOf, AnyOf, Array, SchemaField][..])
}

fn reference() -> impl Strategy<Value = String> {
    (
        select(&["schemas", "parameters", "responses", "nowhere"][..]),
        select(COMPONENTS),
    )
        .prop_map(|(kind, name)| format!("#/components/{kind}/{name}"))
}

/// A value of any type, with a preference for values that are valid somewhere.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-3..300_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(STRINGS).prop_map(Value::from),
        select(NAMES).prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
        Just(json!({ "type": "string" })),
        Just(json!({ "type": "integer", "nullable": true })),
        Just(json!({ "type": "object", "properties": { "a": { "type": "number" } } })),
        reference().prop_map(|to| json!({ "$ref": to })),
        reference().prop_map(|to| json!({ "allOf": [{ "$ref": to }], "nullable": true })),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop_oneof![select(KEYWORDS), select(NAMES)], inner), 0..4)
                .prop_map(|entries| {
                    let entries = entries.into_iter().map(|(name, it)| (name.to_owned(), it));
                    Value::Object(entries.collect())
                }),
        ]
    })
}

impl Mutation {
    /// Applies the mutation, if it is possible at the selected place.
    pub(crate) fn apply(&self, document: &mut Value) {
        let places = places(document);
        let at = |index: &Index| places[index.index(places.len())].as_str();
        match self {
            Mutation::Delete(index) => {
                remove(document, at(index));
            }
            Mutation::Replace(index, value) => replace(document, at(index), value.clone()),
            Mutation::Rename(index, name) => {
                if let Some(value) = remove(document, at(index)) {
                    insert(document, parent(at(index)), name, value);
                }
            }
            Mutation::Duplicate(index, name) => {
                let value = document.pointer(at(index)).cloned().unwrap_or_default();
                insert(document, parent(at(index)), name, value);
            }
            Mutation::Insert(index, keyword, value) => {
                insert(document, at(index), keyword, value.clone());
            }
            Mutation::Swap(one, other) => {
                let [one, other] = [at(one), at(other)];
                let nested = one.starts_with(other) || other.starts_with(one);
                if let (Some(first), Some(second), false) = (
                    document.pointer(one).cloned(),
                    document.pointer(other).cloned(),
                    nested,
                ) {
                    replace(document, one, second);
                    replace(document, other, first);
                }
            }
            Mutation::Copy(from, to) => {
                let value = document.pointer(at(from)).cloned().unwrap_or_default();
                replace(document, at(to), value);
            }
            Mutation::SetReference(index, to) => {
                replace(document, at(index), json!({ "$ref": to }))
            }
            Mutation::Wrap(index, wrapping, depth) => {
                let value = document.pointer(at(index)).cloned().unwrap_or_default();
                let value = (0..*depth).fold(value, |value, _| wrapping.wrap(value));
                replace(document, at(index), value);
            }
        }
    }
}

impl Wrapping {
    fn wrap(self, value: Value) -> Value {
        match self {
            Wrapping::Items => json!({ "type": "array", "items": value }),
            Wrapping::Values => json!({ "type": "object", "additionalProperties": value }),
            Wrapping::AllOf => json!({ "allOf": [value] }),
            Wrapping::AnyOf => json!({ "anyOf": [value, { "type": "string" }] }),
            Wrapping::Array => json!([value]),
            Wrapping::SchemaField => json!({ "schema": value }),
        }
    }
}

/// Returns JSON pointers to all values of a document except its root.
fn places(document: &Value) -> Vec<String> {
    let mut places = Vec::new();
    let mut pending = vec![(String::new(), document)];
    while let Some((at, value)) = pending.pop() {
        let inner: Vec<(String, &Value)> = match value {
            Value::Object(object) => object
                .iter()
                .map(|(name, it)| (name.replace('~', "~0").replace('/', "~1"), it))
                .collect(),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, it)| (index.to_string(), it))
                .collect(),
            _ => Vec::new(),
        };
        pending.extend(
            inner
                .into_iter()
                .map(|(key, it)| (format!("{at}/{key}"), it)),
        );
        places.push(at);
    }
    // The root comes first. Most mutations of it would destroy the document.
    if places.len() > 1 {
        places.remove(0);
    }
    places
}

fn parent(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn replace(document: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = document.pointer_mut(pointer) {
        *place = value;
    }
}

fn remove(document: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, key) = pointer.rsplit_once('/')?;
    match document.pointer_mut(parent)? {
        Value::Object(object) => object.remove(&key.replace("~1", "/").replace("~0", "~")),
        Value::Array(items) => Some(items.remove(key.parse().ok()?)),
        _ => None,
    }
}

/// Adds a field to an object or an item to an array, or replaces any other value with an object.
fn insert(document: &mut Value, pointer: &str, name: &str, value: Value) {
    match document.pointer_mut(pointer) {
        Some(Value::Object(object)) => {
            object.insert(name.to_owned(), value);
        }
        Some(Value::Array(items)) => items.push(value),
        Some(place) => *place = Value::Object(Map::from_iter([(name.to_owned(), value)])),
        None => {}
    }
}
