//! The same document gives the same bytes.

use basalam_chat_codegen::generate;
use serde_json::Value;

use crate::change::SMALL;
use crate::workspace;

/// Writes a document with the members of every object in another order.
fn reordered(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members
                .sort_by_key(|(name, _)| std::cmp::Reverse(name.chars().rev().collect::<String>()));
            text.push('{');
            for (index, (name, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                reordered(member, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                reordered(item, text);
            }
            text.push(']');
        }
        value => text.push_str(&value.to_string()),
    }
}

#[test]
fn generating_twice_and_from_another_order_of_members_gives_the_same_bytes() {
    for document in [SMALL.to_owned(), workspace("openapi/chat.json")] {
        let sources = generate(&document).unwrap();
        assert!(sources == generate(&document).unwrap());

        let value: Value = serde_json::from_str(&document).unwrap();
        let mut other = String::new();
        reordered(&value, &mut other);
        assert!(other.find("\"paths\"") != document.find("\"paths\""));
        assert_eq!(serde_json::from_str::<Value>(&other).unwrap(), value);
        assert!(sources == generate(&other).unwrap());
    }
}

#[test]
fn problems_come_in_the_same_order_whatever_the_order_of_members() {
    let broken = SMALL
        .replace("\"type\": \"string\"", "\"type\": \"file\"")
        .replace("\"x-idempotent\"", "\"x-harmless\"");
    let problems = |document: &str| generate(document).unwrap_err().to_string();
    let mut other = String::new();
    reordered(&serde_json::from_str(&broken).unwrap(), &mut other);
    assert_eq!(problems(&broken), problems(&other));
}

#[test]
fn the_committed_sources_are_what_the_document_gives() {
    let sources = generate(&workspace("openapi/chat.json")).unwrap();
    for (path, text) in [
        (
            "crates/basalam-chat-api/src/generated/client.rs",
            &sources.client,
        ),
        (
            "crates/basalam-chat-api/src/generated/newtypes.rs",
            &sources.newtypes,
        ),
        (
            "crates/basalam-chat-api/src/generated/operations.rs",
            &sources.operations,
        ),
        (
            "crates/basalam-chat-mock/src/generated/mock.rs",
            &sources.mock,
        ),
    ] {
        assert!(
            workspace(path) == *text,
            "{path} is stale: run `cargo xtask generate`"
        );
    }
}
