//! Changes that the check of answers sees.

use serde_json::{Value, json};

use super::assert_seen;
use super::change::{
    add_member, add_operation, at, changed, drop_member, set_member, set_required,
};
use crate::answers::violations;

/// Fails where the check of an operation's answers does not name the change.
#[track_caller]
fn assert_change_seen(operation: &str, change: impl FnOnce(&mut Value), named: &[&str]) {
    let violations = violations(&changed(change), operation);
    assert_seen(&violations, &[&[operation], named].concat());
}

#[test]
fn an_operation_that_was_added_is_seen() {
    let named = ["no generated type reads its answer"];
    assert_change_seen("get_archived_count", add_operation, &named);
}

#[test]
fn a_success_answer_that_was_removed_is_seen() {
    assert_change_seen(
        "get_unseen_chat_count",
        |root| {
            let responses = at(root, "/paths/~1v1~1chats~1unseen-count/get/responses");
            responses.as_object_mut().unwrap().remove("200");
        },
        &["it documents no success answer"],
    );
}

#[test]
fn a_member_that_is_no_longer_required_is_seen() {
    for (operation, name, member) in [
        ("get_messages", "Message", "content"),
        ("get_messages", "MessageList", "messages"),
        ("create_chat", "Chat", "chat_type"),
        ("get_unseen_chat_count", "UnseenChatCount", "count"),
        ("get_current_user", "CurrentUser", "id"),
        ("upload_file", "UploadFileResponse", "id"),
    ] {
        assert_change_seen(
            operation,
            |root| set_required(root, name, member, false),
            &[&format!("missing field `{member}`")],
        );
    }
}

#[test]
fn a_required_member_that_was_dropped_is_seen() {
    for (operation, name, member) in [
        ("edit_message", "EditMessageResponse", "data"),
        ("get_messages", "RepliedMessage", "updated_at"),
        ("create_chat", "Group", "title"),
        ("log_out_post", "BotResponse", "ok"),
    ] {
        assert_change_seen(
            operation,
            |root| drop_member(root, name, member),
            &[&format!("missing field `{member}`")],
        );
    }
}

#[test]
fn a_member_with_another_type_is_seen() {
    for (operation, name, member, to) in [
        (
            "get_unseen_chat_count",
            "UnseenChatCount",
            "count",
            "string",
        ),
        ("create_chat", "Chat", "show_approvals", "integer"),
        ("edit_message", "Message", "created_at", "integer"),
        ("edit_message", "MessageContent", "text", "object"),
        ("get_messages", "MessageFile", "url", "array"),
        ("get_me", "BotResponse", "description", "number"),
        ("upload_file", "UploadFileResponse", "size", "number"),
    ] {
        assert_change_seen(
            operation,
            |root| set_member(root, name, member, json!({ "type": to })),
            &[member, "invalid type", "as in {"],
        );
    }
}

#[test]
fn a_member_that_may_now_be_null_is_seen() {
    for (member, to) in [
        ("id", json!({ "type": "integer", "nullable": true })),
        (
            "marked_as_unread",
            json!({ "type": "boolean", "nullable": true }),
        ),
    ] {
        assert_change_seen(
            "create_chat",
            |root| set_member(root, "Chat", member, to),
            &[&format!("data.{member}"), "null"],
        );
    }
}

#[test]
fn a_member_that_was_added_and_has_no_field_is_lost_and_seen() {
    for (operation, name, place) in [
        ("edit_message", "Message", "answer.data.reactions: is lost"),
        ("create_chat", "Chat", "answer.data.reactions: is lost"),
        (
            "get_messages",
            "RepliedMessage",
            "replied_message.reactions: is lost",
        ),
    ] {
        let reactions = json!({ "type": "array", "items": { "type": "string" } });
        let add = |root: &mut Value| {
            add_member(root, name, "reactions", reactions);
            set_required(root, name, "reactions", true);
        };
        assert_change_seen(operation, add, &[place]);
    }
}

#[test]
fn an_answer_with_a_member_of_a_wrong_type_is_seen() {
    // The member is there already, and the answer brings it with a type that nothing reads.
    assert_change_seen(
        "create_message",
        |root| {
            drop_member(root, "CreateMessageResponse", "temp_id");
            add_member(
                root,
                "CreateMessageResponse",
                "temp_id",
                json!({ "type": "boolean" }),
            );
        },
        &["temp_id", "invalid type: boolean"],
    );
}

#[test]
fn a_schema_that_no_instances_are_known_for_is_not_passed_over() {
    assert_change_seen(
        "create_message",
        |root| {
            let described = json!({ "type": "string", "maxLength": 3 });
            set_member(root, "Sender", "badge", described);
        },
        &["badge: no instances are known for the keyword \"maxLength\""],
    );
}
