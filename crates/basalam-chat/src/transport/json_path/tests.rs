use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use serde_path_to_error::Segment;

use super::json_path;
use crate::{ChatId, MessageType};

/// Values of every kind that answers are made of.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Node {
    id: ChatId,
    count: i64,
    is_open: bool,
    name: Option<String>,
    kind: MessageType,
    length: Option<f64>,
    items: Vec<Node>,
    named: Option<BTreeMap<String, Node>>,
    free: Value,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

/// The path that a reader which keeps it gives; `None` where the text can be read.
fn expected(text: &[u8]) -> Option<String> {
    let mut json = serde_json::Deserializer::from_slice(text);
    match serde_path_to_error::deserialize::<_, Node>(&mut json) {
        Ok(_) => None,
        Err(error) => {
            let segments = error.path().iter();
            // A name that breaks off is unknown there, and the path ends with the object here.
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
    // The names of these documents are letters, or what no format would call a member.
    let is_word = key.starts_with(|it: char| it.is_ascii_alphabetic()) && key.is_ascii();
    let is_word = is_word && !key.contains(['"', '\\', '/', '\n', '.', ' ']);
    path + if is_word { key } else { "?" }
}

fn found(text: &[u8]) -> Option<String> {
    let error = serde_json::from_slice::<Node>(text).err()?;
    Some(json_path(text, &error))
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,3}", r#"[a"\\/\n.é سلام😀]{0,3}"#]
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
                .prop_map(|members| Value::Object(members.into_iter().collect())),
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
        extra: Map::from_iter([("more".to_owned(), free.clone())]),
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

/// Every value of a document, by its pointer.
fn pointers(value: &Value, pointer: &str, all: &mut Vec<String>) {
    all.push(pointer.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{pointer}/{index}"), all);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                pointers(member, &format!("{pointer}/{name}"), all);
            }
        }
        _ => {}
    }
}

/// Anything that may stand where something else should.
fn wrong() -> impl Strategy<Value = Value> {
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

fn written(value: &Value, is_pretty: bool) -> String {
    match is_pretty {
        true => serde_json::to_string_pretty(value).unwrap(),
        false => value.to_string(),
    }
}

proptest! {
    #[test]
    fn a_wrong_value_is_found_where_a_reader_that_keeps_the_path_finds_it(
        node in node(), place in any::<prop::sample::Index>(), wrong in wrong(), is_pretty: bool,
    ) {
        let mut document = serde_json::to_value(node).unwrap();
        let mut places = Vec::new();
        pointers(&document, "", &mut places);
        *document.pointer_mut(place.get(&places).as_str()).unwrap() = wrong;
        let text = written(&document, is_pretty);
        prop_assert_eq!(found(text.as_bytes()), expected(text.as_bytes()), "{}", text);
    }

    #[test]
    fn an_object_without_a_member_is_found_too(
        node in node(), place in any::<prop::sample::Index>(), is_pretty: bool,
    ) {
        let mut document = serde_json::to_value(node).unwrap();
        let mut places = Vec::new();
        pointers(&document, "", &mut places);
        places.retain(|place| !place.is_empty());
        let (parent, name) = place.get(&places).rsplit_once('/').unwrap();
        if let Some(Value::Object(members)) = document.pointer_mut(parent) {
            members.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        let text = written(&document, is_pretty);
        prop_assert_eq!(found(text.as_bytes()), expected(text.as_bytes()), "{}", text);
    }

    #[test]
    fn a_text_that_breaks_off_is_followed_to_its_end(
        node in node(), length in any::<prop::sample::Index>(), is_pretty: bool,
    ) {
        let text = written(&serde_json::to_value(node).unwrap(), is_pretty);
        let text = &text.as_bytes()[..length.index(text.len())];
        prop_assert_eq!(found(text), expected(text), "{}", String::from_utf8_lossy(text));
    }

    #[test]
    fn no_text_and_no_place_breaks_it(
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

fn of<T: serde::de::DeserializeOwned>(text: &str) -> String {
    let error = serde_json::from_str::<T>(text).err().unwrap();
    json_path(text.as_bytes(), &error)
}

#[test]
fn the_path_is_written_as_it_would_be_in_code() {
    type Lists = BTreeMap<String, Vec<Vec<i64>>>;
    assert_eq!(of::<Lists>(r#"{"a": [[1], [2, "3"]]}"#), "a[1][1]");
    assert_eq!(of::<Lists>("{\n  \"a-1_b\": [\n    {}\n  ]\n}"), "a-1_b[0]");
    assert_eq!(of::<Lists>("7"), "");
    assert_eq!(of::<Lists>(""), "");
}

#[test]
fn names_that_may_be_what_people_wrote_are_not_shown() {
    type Lists = BTreeMap<String, Vec<i64>>;
    for name in [
        "سلام",
        "two words",
        r"a\nb",
        r#"\u0061\"b"#,
        "",
        &"a".repeat(49),
    ] {
        assert_eq!(
            of::<Lists>(&format!(r#"{{"{name}": ["a"]}}"#)),
            "?[0]",
            "{name}"
        );
    }
    assert_eq!(of::<Lists>(r#"{"broken off: 7}"#), "");
}

#[test]
fn an_error_without_a_place_gives_no_path() {
    let error = serde_json::from_value::<i64>(json!("a")).unwrap_err();
    assert_eq!(error.line(), 0);
    assert_eq!(json_path(b"[1]", &error), "");
}

#[test]
fn nesting_deeper_than_any_reader_goes_is_walked_past() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let text = format!(r#"{{"unknown": {deep}, "data": "a"}}"#);
    #[derive(Debug, Deserialize)]
    struct Answer {
        #[serde(rename = "data")]
        _data: i64,
    }
    assert_eq!(of::<Answer>(&text), "data");
}
