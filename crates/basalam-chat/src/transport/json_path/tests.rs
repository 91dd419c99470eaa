use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use serde_path_to_error::Segment;

use super::json_path;
use crate::error::known_field_name;
use crate::{ChatId, MessageType};

/// A type with values of every kind that responses contain. Its fields have names of the contract.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Node {
    id: ChatId,
    count: i64,
    #[serde(rename = "verified")]
    is_open: bool,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: MessageType,
    #[serde(rename = "size")]
    length: Option<f64>,
    #[serde(rename = "messages")]
    items: Vec<Node>,
    #[serde(rename = "group")]
    named: Option<BTreeMap<String, Node>>,
    #[serde(rename = "metadata")]
    free: Value,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

/// Returns the path reported by `serde_path_to_error`, or `None` if the document can be decoded.
fn expected(text: &[u8]) -> Option<String> {
    let mut json = serde_json::Deserializer::from_slice(text);
    match serde_path_to_error::deserialize::<_, Node>(&mut json) {
        Ok(_) => None,
        Err(error) => {
            let segments = error.path().iter();
            // For a truncated field name, the expected path ends with an unknown segment, ours with the object.
            let known = segments.filter(|segment| !matches!(segment, Segment::Unknown));
            Some(known.fold(String::new(), joined))
        }
    }
}

fn joined(mut path: String, segment: &Segment) -> String {
    let Segment::Map { key } = segment else {
        return path + &segment.to_string();
    };
    if !path.is_empty() {
        path.push('.');
    }
    path + known_field_name(key)
}

fn found(text: &[u8]) -> Option<String> {
    let error = serde_json::from_slice::<Node>(text).err()?;
    Some(json_path(text, &error))
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["(id|text|files)", "[a-z]{1,3}", r#"[a"\\/\n.é سلام😀]{0,3}"#]
}

fn free() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f32>().prop_map(Value::from),
        name().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn node() -> impl Strategy<Value = Node> {
    let flat = (
        any::<i64>(),
        any::<bool>(),
        prop::option::of(name()),
        free(),
    );
    let flat = flat.prop_map(|(number, is_open, name, free)| Node {
        id: ChatId(number),
        count: number / 7,
        is_open,
        kind: MessageType::from(name.as_deref().unwrap_or("text")),
        name,
        length: is_open.then_some(1.5),
        items: Vec::new(),
        named: None,
        extra: Map::from_iter([("content".to_owned(), free.clone())]),
        free,
    });
    flat.prop_recursive(3, 12, 3, |inner| {
        let items = prop::collection::vec(inner.clone(), 0..3);
        let named = prop::option::of(prop::collection::btree_map(name(), inner.clone(), 0..3));
        (inner, items, named).prop_map(|(node, items, named)| Node {
            items,
            named,
            ..node
        })
    })
}

/// Collects the pointers of all values of a document.
fn pointers(value: &Value, pointer: &str, all: &mut Vec<String>) {
    all.push(pointer.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{pointer}/{index}"), all);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                pointers(field, &format!("{pointer}/{name}"), all);
            }
        }
        _ => {}
    }
}

/// Values of various types, to replace another one.
fn replacement() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(-7),
        json!(1.5e300),
        json!(u64::MAX),
        json!("a \"wrong\" {[text"),
        json!([]),
        json!([1, "a"]),
        json!({}),
        json!({ "a": [1] }),
    ])
}

fn to_json(value: &Value, is_pretty: bool) -> String {
    match is_pretty {
        true => serde_json::to_string_pretty(value).unwrap(),
        false => value.to_string(),
    }
}

proptest! {
    #[test]
    fn path_of_wrong_type_agrees_with_serde_path_to_error(
        node in node(), place in any::<prop::sample::Index>(), replacement in replacement(), is_pretty: bool,
    ) {
        let mut document = serde_json::to_value(node).unwrap();
        let mut places = Vec::new();
        pointers(&document, "", &mut places);
        *document.pointer_mut(place.get(&places).as_str()).unwrap() = replacement;
        let text = to_json(&document, is_pretty);
        prop_assert_eq!(found(text.as_bytes()), expected(text.as_bytes()), "{}", text);
    }

    #[test]
    fn path_of_missing_field_agrees_with_serde_path_to_error(
        node in node(), place in any::<prop::sample::Index>(), is_pretty: bool,
    ) {
        let mut document = serde_json::to_value(node).unwrap();
        let mut places = Vec::new();
        pointers(&document, "", &mut places);
        places.retain(|place| !place.is_empty());
        let (parent, name) = place.get(&places).rsplit_once('/').unwrap();
        if let Some(Value::Object(fields)) = document.pointer_mut(parent) {
            fields.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        let text = to_json(&document, is_pretty);
        prop_assert_eq!(found(text.as_bytes()), expected(text.as_bytes()), "{}", text);
    }

    #[test]
    fn path_in_truncated_document_agrees_with_serde_path_to_error(
        node in node(), length in any::<prop::sample::Index>(), is_pretty: bool,
    ) {
        let text = to_json(&serde_json::to_value(node).unwrap(), is_pretty);
        let text = &text.as_bytes()[..length.index(text.len())];
        prop_assert_eq!(found(text), expected(text), "{}", String::from_utf8_lossy(text));
    }

    #[test]
    fn never_panics_on_arbitrary_input_and_position(
        text in r#"[\[\]{}",:\\a1\n é]{0,40}"#,
        bytes in prop::collection::vec(any::<u8>(), 0..40),
        other in r#"[\[\]{}",:\\a1\n]{0,40}"#,
    ) {
        let errors = [
            serde_json::from_str::<Node>(&other).err(),
            serde_json::from_slice::<Node>(&bytes).err(),
            serde_json::from_value::<Node>(json!({})).err(),
        ];
        for error in errors.iter().flatten() {
            json_path(text.as_bytes(), error);
            json_path(&bytes, error);
        }
    }
}

fn path_of<T: serde::de::DeserializeOwned>(text: &str) -> String {
    let error = serde_json::from_str::<T>(text).err().unwrap();
    json_path(text.as_bytes(), &error)
}

#[test]
fn path_uses_dots_and_brackets() {
    type Lists = BTreeMap<String, Vec<Vec<i64>>>;
    assert_eq!(
        path_of::<Lists>(r#"{"files": [[1], [2, "3"]]}"#),
        "files[1][1]"
    );
    assert_eq!(
        path_of::<Lists>("{\n  \"User-Agent\": [\n    {}\n  ]\n}"),
        "User-Agent[0]"
    );
    assert_eq!(path_of::<Lists>("7"), "");
    assert_eq!(path_of::<Lists>(""), "");
}

#[test]
fn hides_names_that_may_be_private() {
    type Lists = BTreeMap<String, Vec<i64>>;
    for name in [
        "سلام",
        "two words",
        r"a\nb",
        r#"\u0061\"b"#,
        "",
        "a_key_of_the_sender",
        "Files",
    ] {
        assert_eq!(
            path_of::<Lists>(&format!(r#"{{"{name}": ["a"]}}"#)),
            "?[0]",
            "{name}"
        );
    }
    assert_eq!(path_of::<Lists>(r#"{"truncated: 7}"#), "");
}

#[test]
fn path_is_empty_for_error_without_position() {
    let error = serde_json::from_value::<i64>(json!("a")).unwrap_err();
    assert_eq!(error.line(), 0);
    assert_eq!(json_path(b"[1]", &error), "");
}

#[test]
fn scans_past_nesting_deeper_than_the_recursion_limit() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let text = format!(r#"{{"unknown": {deep}, "data": "a"}}"#);
    #[derive(Debug, Deserialize)]
    struct Response {
        #[serde(rename = "data")]
        _data: i64,
    }
    assert_eq!(path_of::<Response>(&text), "data");
}
