//! Changes that the check of responses reports.

use serde_json::{Value, json};

use super::assert_reported;
use super::change::{
    add_operation, add_property, at, changed, remove_property, set_property, set_required, set_type,
};
use crate::responses::violations;

/// Panics if the check of the responses of an operation does not report the change.
#[track_caller]
fn assert_detects(operation: &str, change: impl FnOnce(&mut Value), expected: &[&str]) {
    let violations = violations(&changed(change), operation);
    assert_reported(&violations, &[&[operation], expected].concat());
}

#[test]
fn reports_added_operation() {
    let expected = ["no generated type decodes its response"];
    assert_detects("get_archived_count", add_operation, &expected);
}

#[test]
fn reports_removed_success_response() {
    assert_detects(
        "get_unseen_chat_count",
        |root| {
            let responses = at(root, "/paths/~1v1~1chats~1unseen-count/get/responses");
            responses.as_object_mut().unwrap().remove("200");
        },
        &["it documents no success response"],
    );
}

#[test]
fn reports_property_that_became_optional() {
    for (operation, name, property) in [
        ("get_messages", "Message", "content"),
        ("get_messages", "MessageList", "messages"),
        ("create_chat", "Chat", "chat_type"),
        ("get_unseen_chat_count", "UnseenChatCount", "count"),
        ("get_current_user", "CurrentUser", "id"),
        ("upload_file", "UploadFileResponse", "id"),
    ] {
        assert_detects(
            operation,
            |root| set_required(root, name, property, false),
            &[&format!("missing field `{property}`")],
        );
    }
}

#[test]
fn reports_removed_required_property() {
    for (operation, name, property) in [
        ("edit_message", "EditMessageResponse", "data"),
        ("get_messages", "RepliedMessage", "updated_at"),
        ("create_chat", "Group", "title"),
        ("log_out_post", "BotResponse", "ok"),
    ] {
        assert_detects(
            operation,
            |root| remove_property(root, name, property),
            &[&format!("missing field `{property}`")],
        );
    }
}

#[test]
fn reports_property_with_another_type() {
    for (operation, name, property, to) in [
        (
            "get_unseen_chat_count",
            "UnseenChatCount",
            "count",
            "string",
        ),
        ("create_chat", "Chat", "show_approvals", "string"),
        ("edit_message", "Message", "created_at", "integer"),
        ("edit_message", "MessageContent", "text", "object"),
        ("get_messages", "MessageFile", "url", "array"),
        ("get_me", "BotResponse", "description", "number"),
        ("upload_file", "UploadFileResponse", "size", "number"),
    ] {
        assert_detects(
            operation,
            |root| set_type(root, name, property, to),
            &[property, ", expected ", "as in {"],
        );
    }
}

#[test]
fn reports_property_that_became_nullable() {
    for (property, to) in [
        ("id", json!({ "type": "integer", "nullable": true })),
        (
            "marked_as_unread",
            json!({ "type": "boolean", "nullable": true }),
        ),
    ] {
        assert_detects(
            "create_chat",
            |root| set_property(root, "Chat", property, to),
            &[&format!("data.{property}"), "null"],
        );
    }
}

#[test]
fn added_property_is_preserved() {
    for (operation, name) in [
        ("edit_message", "Message"),
        ("create_chat", "Chat"),
        ("get_messages", "RepliedMessage"),
        ("get_unseen_chat_count", "UnseenChatCount"),
    ] {
        let reactions = json!({ "type": "array", "items": { "type": "string" } });
        let document = changed(|root| {
            add_property(root, name, "reactions", reactions);
            set_required(root, name, "reactions", true);
        });
        crate::assert_no_violations(&violations(&document, operation));
    }
}

#[test]
fn reports_replaced_property_with_another_type() {
    // The property exists already, and the response contains it with a type that is not decoded.
    assert_detects(
        "create_message",
        |root| {
            remove_property(root, "CreateMessageResponse", "temp_id");
            let boolean = json!({ "type": "boolean" });
            add_property(root, "CreateMessageResponse", "temp_id", boolean);
        },
        &["temp_id", "invalid type: boolean"],
    );
}

#[test]
fn reports_schema_without_instances() {
    assert_detects(
        "create_message",
        |root| {
            let described = json!({ "type": "string", "maxLength": 3 });
            set_property(root, "Sender", "badge", described);
        },
        &["badge: no instances can be generated for the keyword \"maxLength\""],
    );
}
