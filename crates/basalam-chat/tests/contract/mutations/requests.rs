//! Changes that the check of requests sees.

use basalam_chat_openapi::Document;
use serde_json::{Value, json};

use super::assert_seen;
use super::change::{
    add_member, add_operation, at, changed, drop_member, narrow, parameter, parameters, schema,
    set_member, set_required, vocabularies,
};
use crate::requests::violations;

/// Fails where the check does not name the change.
#[track_caller]
fn assert_change_seen(change: impl FnOnce(&mut Value), named: &[&str]) {
    assert_seen(&violations(&changed(change)), named);
}

#[test]
fn an_operation_that_was_added_is_seen() {
    let named = ["get_archived_count: no call of the facade is checked"];
    assert_change_seen(add_operation, &named);
}

#[test]
fn an_operation_that_was_removed_is_seen() {
    assert_change_seen(
        |root| {
            _ = at(root, "/paths")
                .as_object_mut()
                .unwrap()
                .remove("/v1/users/me")
        },
        &["get_current_user: the facade can call it, and the document does not have it"],
    );
}

#[test]
fn a_path_that_was_renamed_is_seen() {
    assert_change_seen(
        |root| {
            let paths = at(root, "/paths").as_object_mut().unwrap();
            let path = paths.remove("/v1/chats/{chat_id}/messages").unwrap();
            paths.insert("/v2/chats/{chat_id}/messages".to_owned(), path);
        },
        &["get_messages", "path: sent /v1/chats/401/messages, not /v2"],
    );
}

#[test]
fn a_method_that_was_changed_is_seen() {
    assert_change_seen(
        |root| {
            let path = at(root, "/paths/~1v1~1chats~1messages").as_object_mut();
            let path = path.unwrap();
            let operation = path.remove("patch").unwrap();
            path.insert("put".to_owned(), operation);
        },
        &["edit_message", "method: sent PATCH, not PUT"],
    );
}

#[test]
fn authorisation_that_was_changed_is_seen() {
    assert_change_seen(
        |root| at(root, "/paths/~1v1~1chats/get")["security"] = json!([]),
        &["get_chats", "security: the document asks for no token"],
    );
    assert_change_seen(
        |root| {
            let operation = at(root, "/paths/~1v1~1bots~1{token}~1getMe/post");
            operation["security"] = json!([{ "personal_token": [] }]);
        },
        &["get_me_post", "security: the document asks for the token"],
    );
}

#[test]
fn a_parameter_that_was_removed_is_seen() {
    let path = "/v1/chats/{chat_id}/messages";
    assert_change_seen(
        |root| parameters(root, path, "get").retain(|it| it["name"] != "cmp"),
        &["get_messages", "query cmp: the document does not name it"],
    );
    assert_change_seen(
        |root| parameters(root, path, "post").retain(|it| it["name"] != "X-Real-IP"),
        &[
            "create_message",
            "header x-real-ip: the document does not name it",
        ],
    );
}

#[test]
fn a_parameter_that_was_added_is_seen() {
    let named = |required| {
        json!({
            "name": "archived", "in": "query", "required": required, "schema": { "type": "boolean" },
        })
    };
    assert_change_seen(
        |root| parameters(root, "/v1/chats", "get").push(named(false)),
        &["get_chats query archived: never sent"],
    );
    assert_change_seen(
        |root| parameters(root, "/v1/chats", "get").push(named(true)),
        &["get_chats with nothing set: query archived: required, and not sent"],
    );
}

#[test]
fn a_parameter_of_another_type_or_with_narrower_bounds_is_seen() {
    for to in [
        json!({ "type": "boolean" }),
        json!({ "type": "integer", "maximum": 100 }),
    ] {
        assert_change_seen(
            |root| parameter(root, "/v1/chats", "get", "limit")["schema"] = to,
            &["get_chats with all set: query limit:"],
        );
    }
    assert_change_seen(
        |root| schema(root, "BotToken")["pattern"] = json!("^[0-9]+$"),
        &["get_me", "path token:"],
    );
}

#[test]
fn a_member_of_a_body_that_was_dropped_is_seen() {
    for (name, member, named) in [
        (
            "CreateMessageBody",
            "message_type",
            "create_message of a text: body.message_type",
        ),
        (
            "AttachmentFile",
            "url",
            "create_message with all set: body.attachment.files[].url",
        ),
        (
            "NewButton",
            "data",
            "create_message with all set: body.inline_markup_button[][].data",
        ),
        (
            "UploadFileBody",
            "file_type",
            "upload_file with all set: body.file_type",
        ),
        (
            "DeleteChatsBody",
            "chat_ids",
            "delete_chats of two: body.chat_ids",
        ),
    ] {
        assert_change_seen(
            |root| drop_member(root, name, member),
            &[named, "the document does not name it"],
        );
    }
}

#[test]
fn a_member_of_a_body_that_was_added_is_seen() {
    assert_change_seen(
        |root| {
            add_member(
                root,
                "NewMessageContent",
                "language",
                json!({ "type": "string" }),
            )
        },
        &["create_message body.content.language: never sent"],
    );
    assert_change_seen(
        |root| {
            add_member(
                root,
                "UploadFileBody",
                "is_public",
                json!({ "type": "boolean" }),
            )
        },
        &["upload_file body.is_public: never sent"],
    );
}

#[test]
fn a_member_of_a_body_that_became_required_and_is_not_sent_is_seen() {
    assert_change_seen(
        |root| set_required(root, "CreateMessageBody", "temp_id", true),
        &[
            "create_message of a text: body",
            "\"temp_id\" is a required property",
        ],
    );
    assert_change_seen(
        |root| set_required(root, "UploadFileBody", "thumbnail", true),
        &[
            "upload_file for chat.photo: body",
            "\"thumbnail\" is a required property",
        ],
    );
}

#[test]
fn a_member_of_a_body_with_another_type_is_seen() {
    assert_change_seen(
        |root| {
            set_member(
                root,
                "CreateMessageBody",
                "temp_id",
                json!({ "type": "string" }),
            )
        },
        &["create_message with all set: body /temp_id: 406 is not of type \"string\""],
    );
    assert_change_seen(
        |root| set_member(root, "AttachmentFile", "name", json!({ "type": "integer" })),
        &["create_message with all set: body /attachment", "a.jpg"],
    );
    assert_change_seen(
        |root| {
            set_member(
                root,
                "UploadFileBody",
                "expire_minutes",
                json!({ "type": "boolean" }),
            )
        },
        &["upload_file with all set: body /expire_minutes:"],
    );
}

#[test]
fn a_body_of_another_media_type_is_seen() {
    assert_change_seen(
        |root| {
            let body = "/paths/~1v1~1files/post/requestBody/content";
            let content = at(root, body).as_object_mut().unwrap();
            let form = content.remove("multipart/form-data").unwrap();
            content.insert("application/json".to_owned(), form);
        },
        &[
            "upload_file",
            "body: the document has none of \"multipart/form-data",
        ],
    );
}

/// Vocabularies that only answers have; the derived schemas and the sources show these.
const OF_ANSWERS: [&str; 1] = ["ChatType"];

#[test]
fn every_value_that_is_taken_out_of_a_vocabulary_of_requests_is_seen() {
    let root = crate::committed().root().clone();
    let mut narrowed = 0;
    for (vocabulary, values) in vocabularies(&root) {
        if OF_ANSWERS.contains(&vocabulary.as_str()) {
            continue;
        }
        // The first and the last stand for the others: each costs a check of all requests.
        for value in [&values[0], &values[values.len() - 1]] {
            let quoted = format!("\"{value}\"");
            assert_change_seen(
                |root| narrow(root, &vocabulary, value),
                &[&quoted, " is not one of "],
            );
            narrowed += 1;
        }
    }
    assert!(narrowed >= 14, "{narrowed}");
}

#[test]
fn a_value_that_was_added_to_a_vocabulary_is_seen() {
    let widened: Document = changed(|root| {
        let values = schema(root, "MessageType")["enum"].as_array_mut();
        values.unwrap().push(json!("hologram"));
    });
    let named = ["create_message body.message_type: the value \"hologram\" is never sent"];
    assert_seen(&violations(&widened), &named);
}
