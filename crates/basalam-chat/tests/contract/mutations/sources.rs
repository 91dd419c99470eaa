//! Changes that the check of the generated sources sees: all that the generator reads.

use serde_json::{Value, json};

use super::assert_seen;
use super::change::{
    add_operation, at, changed, narrow, parameter, set_member, set_required, vocabularies,
};
use crate::fresh::violations;

const CLIENT: &str = "crates/basalam-chat-api/src/generated/client.rs is stale";
const OPERATIONS: &str = "crates/basalam-chat-api/src/generated/operations.rs is stale";
const SCALARS: &str = "crates/basalam-chat-api/src/generated/newtypes.rs is stale";
const MOCK: &str = "crates/basalam-chat-mock/src/generated/mock.rs is stale";

#[track_caller]
fn assert_change_seen(change: impl FnOnce(&mut Value), stale: &[&str]) {
    let violations = violations(&changed(change));
    for named in stale {
        assert_seen(&violations, &[named]);
    }
}

#[test]
fn an_operation_that_was_added_is_seen() {
    assert_change_seen(add_operation, &[CLIENT, OPERATIONS, MOCK]);
}

#[test]
fn a_member_that_is_no_longer_required_is_seen() {
    assert_change_seen(
        |root| set_required(root, "Message", "content", false),
        &[CLIENT],
    );
}

#[test]
fn a_parameter_of_another_type_is_seen() {
    assert_change_seen(
        |root| {
            let limit = parameter(root, "/v1/chats", "get", "limit");
            limit["schema"] = json!({ "type": "string" });
        },
        &[CLIENT, MOCK],
    );
}

#[test]
fn whether_an_operation_may_be_repeated_is_seen() {
    assert_change_seen(
        |root| at(root, "/paths/~1v1~1chats/post")["x-idempotent"] = json!(false),
        &[OPERATIONS],
    );
}

#[test]
fn a_vocabulary_that_was_narrowed_is_seen() {
    let root = crate::committed().root().clone();
    for (vocabulary, values) in vocabularies(&root) {
        let last = &values[values.len() - 1];
        assert_change_seen(|root| narrow(root, &vocabulary, last), &[SCALARS]);
    }
}

#[test]
fn a_document_that_the_generator_refuses_is_seen() {
    let change = |root: &mut Value| set_member(root, "Chat", "id", json!({ "not": {} }));
    assert_change_seen(change, &["the generator: "]);
}
