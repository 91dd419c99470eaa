//! One change to a document, at a place that is drawn from those that it has.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use super::words::{COMPONENTS, KEYWORDS, NAMES, STRINGS};

/// A change that is made wherever its indices lead in the document at hand.
#[derive(Clone, Debug)]
pub(crate) enum Mutation {
    Delete(Index),
    Replace(Index, Value),
    Rename(Index, &'static str),
    Duplicate(Index, &'static str),
    Insert(Index, &'static str, Value),
    Swap(Index, Index),
    Copy(Index, Index),
    Refer(Index, String),
    Wrap(Index, Wrapping, usize),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Wrapping {
    Items,
    Values,
    AllOf,
    AnyOf,
    Array,
    Member,
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
        3 => (place(), reference()).prop_map(|(at, to)| Mutation::Refer(at, to)),
        1 => (place(), wrapping(), 1..4_usize)
            .prop_map(|(at, wrapping, depth)| Mutation::Wrap(at, wrapping, depth)),
        1 => (place(), wrapping(), 4..140_usize)
            .prop_map(|(at, wrapping, depth)| Mutation::Wrap(at, wrapping, depth)),
    ]
}

fn wrapping() -> impl Strategy<Value = Wrapping> {
    use Wrapping::*;
    select(&[Items, Values, AllOf, AnyOf, Array, Member][..])
}

fn reference() -> impl Strategy<Value = String> {
    (
        select(&["schemas", "parameters", "responses", "nowhere"][..]),
        select(COMPONENTS),
    )
        .prop_map(|(kind, name)| format!("#/components/{kind}/{name}"))
}

/// A value of any type, more often one that is right somewhere.
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
                .prop_map(|members| {
                    let members = members.into_iter().map(|(name, it)| (name.to_owned(), it));
                    Value::Object(members.collect())
                }),
        ]
    })
}

impl Mutation {
    /// Makes the change, or none where the document has no such place.
    pub(crate) fn apply(&self, document: &mut Value) {
        let places = places(document);
        let at = |index: &Index| places[index.index(places.len())].as_str();
        match self {
            Mutation::Delete(index) => {
                take(document, at(index));
            }
            Mutation::Replace(index, value) => put(document, at(index), value.clone()),
            Mutation::Rename(index, name) => {
                if let Some(value) = take(document, at(index)) {
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
                    put(document, one, second);
                    put(document, other, first);
                }
            }
            Mutation::Copy(from, to) => {
                let value = document.pointer(at(from)).cloned().unwrap_or_default();
                put(document, at(to), value);
            }
            Mutation::Refer(index, to) => put(document, at(index), json!({ "$ref": to })),
            Mutation::Wrap(index, wrapping, depth) => {
                let value = document.pointer(at(index)).cloned().unwrap_or_default();
                let value = (0..*depth).fold(value, |value, _| wrapping.wrap(value));
                put(document, at(index), value);
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
            Wrapping::Member => json!({ "schema": value }),
        }
    }
}

/// Every place of a document but its root, as JSON pointers.
fn places(document: &Value) -> Vec<String> {
    let mut places = Vec::new();
    let mut open = vec![(String::new(), document)];
    while let Some((at, value)) = open.pop() {
        let inner: Vec<(String, &Value)> = match value {
            Value::Object(members) => members
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
        open.extend(
            inner
                .into_iter()
                .map(|(key, it)| (format!("{at}/{key}"), it)),
        );
        places.push(at);
    }
    // The root comes first; without it, most mutations would leave no document.
    if places.len() > 1 {
        places.remove(0);
    }
    places
}

fn parent(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn put(document: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = document.pointer_mut(pointer) {
        *place = value;
    }
}

fn take(document: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, key) = pointer.rsplit_once('/')?;
    match document.pointer_mut(parent)? {
        Value::Object(members) => members.remove(&key.replace("~1", "/").replace("~0", "~")),
        Value::Array(items) => Some(items.remove(key.parse().ok()?)),
        _ => None,
    }
}

/// Adds a member to an object, an item to a list, or makes an object of anything else.
fn insert(document: &mut Value, pointer: &str, name: &str, value: Value) {
    match document.pointer_mut(pointer) {
        Some(Value::Object(members)) => {
            members.insert(name.to_owned(), value);
        }
        Some(Value::Array(items)) => items.push(value),
        Some(place) => *place = Value::Object(Map::from_iter([(name.to_owned(), value)])),
        None => {}
    }
}
