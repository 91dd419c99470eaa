//! The output is deterministic.

use basalam_chat_codegen::generate;
use serde_json::Value;

use crate::read_workspace_file;
use crate::test_document::SMALL;

/// Writes a document with the keys of every object in another order.
fn write_reordered(value: &Value, json: &mut String) {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<(&String, &Value)> = object.iter().collect();
            entries
                .sort_by_key(|(name, _)| std::cmp::Reverse(name.chars().rev().collect::<String>()));
            json.push('{');
            for (index, (name, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                json.push_str(&Value::from(name.as_str()).to_string());
                json.push(':');
                write_reordered(value, json);
            }
            json.push('}');
        }
        Value::Array(items) => {
            json.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                write_reordered(item, json);
            }
            json.push(']');
        }
        value => json.push_str(&value.to_string()),
    }
}

#[test]
fn output_does_not_depend_on_key_order() {
    for document in [SMALL.to_owned(), read_workspace_file("openapi/chat.json")] {
        let sources = generate(&document).unwrap();
        assert!(sources == generate(&document).unwrap());

        let value: Value = serde_json::from_str(&document).unwrap();
        let mut reordered = String::new();
        write_reordered(&value, &mut reordered);
        assert!(reordered.find("\"paths\"") != document.find("\"paths\""));
        assert_eq!(serde_json::from_str::<Value>(&reordered).unwrap(), value);
        assert!(sources == generate(&reordered).unwrap());
    }
}

#[test]
fn diagnostics_do_not_depend_on_key_order() {
    let broken = SMALL
        .replace("\"type\": \"string\"", "\"type\": \"file\"")
        .replace("\"x-idempotent\"", "\"x-repeatable\"");
    let message = |document: &str| generate(document).unwrap_err().to_string();
    let mut reordered = String::new();
    write_reordered(&serde_json::from_str(&broken).unwrap(), &mut reordered);
    assert_eq!(message(&broken), message(&reordered));
}

#[test]
fn committed_sources_are_up_to_date() {
    let sources = generate(&read_workspace_file("openapi/chat.json")).unwrap();
    for (path, source) in [
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
            read_workspace_file(path) == *source,
            "{path} is stale: run `cargo xtask generate`"
        );
    }
}
