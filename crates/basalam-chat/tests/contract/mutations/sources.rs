//! Changes that the check of the generated sources reports: everything that the generator uses.

use serde_json::{Value, json};

use super::assert_reported;
use super::change::{
    add_operation, at, changed, enums, parameter, remove_value, set_property, set_required,
};
use crate::up_to_date::violations;

const CLIENT: &str = "crates/basalam-chat-api/src/generated/client.rs is stale";
const OPERATIONS: &str = "crates/basalam-chat-api/src/generated/operations.rs is stale";
const NEWTYPES: &str = "crates/basalam-chat-api/src/generated/newtypes.rs is stale";
const MOCK: &str = "crates/basalam-chat-mock/src/generated/mock.rs is stale";

#[track_caller]
fn assert_detects(change: impl FnOnce(&mut Value), stale: &[&str]) {
    let violations = violations(&changed(change));
    for expected in stale {
        assert_reported(&violations, &[expected]);
    }
}

#[test]
fn reports_added_operation() {
    assert_detects(add_operation, &[CLIENT, OPERATIONS, MOCK]);
}

#[test]
fn reports_property_that_became_optional() {
    assert_detects(
        |root| set_required(root, "Message", "content", false),
        &[CLIENT],
    );
}

#[test]
fn reports_parameter_with_another_type() {
    assert_detects(
        |root| {
            let limit = parameter(root, "/v1/chats", "get", "limit");
            limit["schema"] = json!({ "type": "string" });
        },
        &[CLIENT, MOCK],
    );
}

#[test]
fn reports_changed_idempotency() {
    assert_detects(
        |root| at(root, "/paths/~1v1~1chats/post")["x-idempotent"] = json!(false),
        &[OPERATIONS],
    );
}

#[test]
fn reports_value_removed_from_any_enum() {
    let root = crate::committed_document().root().clone();
    for (enum_name, values) in enums(&root) {
        let last = &values[values.len() - 1];
        assert_detects(|root| remove_value(root, &enum_name, last), &[NEWTYPES]);
    }
}

#[test]
fn reports_document_that_the_generator_rejects() {
    let change = |root: &mut Value| set_property(root, "Chat", "id", json!({ "not": {} }));
    assert_detects(change, &["the generator: "]);
}
