//! Changes that the check of requests reports.

use basalam_chat_openapi::Document;
use serde_json::{Value, json};

use super::assert_reported;
use super::change::{
    add_operation, add_property, at, changed, enums, parameter, parameters, remove_property,
    remove_value, schema, set_required, set_type,
};
use crate::requests::violations;

/// Panics if the check does not report the change.
#[track_caller]
fn assert_detects(change: impl FnOnce(&mut Value), expected: &[&str]) {
    assert_reported(&violations(&changed(change)), expected);
}

#[test]
fn reports_added_operation() {
    let expected = ["get_archived_count: no call of the facade is checked"];
    assert_detects(add_operation, &expected);
}

#[test]
fn reports_removed_operation() {
    assert_detects(
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
fn reports_renamed_path() {
    assert_detects(
        |root| {
            let paths = at(root, "/paths").as_object_mut().unwrap();
            let path = paths.remove("/v1/chats/{chat_id}/messages").unwrap();
            paths.insert("/v2/chats/{chat_id}/messages".to_owned(), path);
        },
        &["get_messages", "path: sent /v1/chats/401/messages, not /v2"],
    );
}

#[test]
fn reports_changed_method() {
    assert_detects(
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
fn reports_changed_security() {
    assert_detects(
        |root| at(root, "/paths/~1v1~1chats/get")["security"] = json!([]),
        &["get_chats", "security: the document asks for no token"],
    );
    assert_detects(
        |root| {
            let operation = at(root, "/paths/~1v1~1bots~1{token}~1getMe/post");
            operation["security"] = json!([{ "personal_token": [] }]);
        },
        &["get_me_post", "security: the document asks for the token"],
    );
}

#[test]
fn reports_removed_parameter() {
    let path = "/v1/chats/{chat_id}/messages";
    assert_detects(
        |root| parameters(root, path, "get").retain(|it| it["name"] != "cmp"),
        &["get_messages", "query cmp: the document does not name it"],
    );
    assert_detects(
        |root| parameters(root, path, "post").retain(|it| it["name"] != "X-Real-IP"),
        &[
            "create_message",
            "header x-real-ip: the document does not name it",
        ],
    );
}

#[test]
fn reports_added_parameter() {
    let archived = |required| {
        json!({
            "name": "archived", "in": "query", "required": required, "schema": { "type": "boolean" },
        })
    };
    assert_detects(
        |root| parameters(root, "/v1/chats", "get").push(archived(false)),
        &["get_chats query archived: never sent"],
    );
    assert_detects(
        |root| parameters(root, "/v1/chats", "get").push(archived(true)),
        &["get_chats with nothing set: query archived: required, and not sent"],
    );
}

#[test]
fn reports_parameter_with_another_type_or_narrower_bounds() {
    for to in [
        json!({ "type": "boolean" }),
        json!({ "type": "integer", "maximum": 100 }),
    ] {
        assert_detects(
            |root| parameter(root, "/v1/chats", "get", "limit")["schema"] = to,
            &["get_chats with all set: query limit:"],
        );
    }
    assert_detects(
        |root| schema(root, "BotToken")["pattern"] = json!("^[0-9]+$"),
        &["get_me", "path token:"],
    );
}

#[test]
fn reports_removed_body_property() {
    for (name, property, expected) in [
        (
            "CreateMessageBody",
            "message_type",
            "create_message with a text: body.message_type",
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
            "delete_chats with two ids: body.chat_ids",
        ),
    ] {
        assert_detects(
            |root| remove_property(root, name, property),
            &[expected, "the document does not name it"],
        );
    }
}

#[test]
fn reports_added_body_property() {
    let language = json!({ "type": "string" });
    assert_detects(
        |root| add_property(root, "NewMessageContent", "language", language),
        &["create_message body.content.language: never sent"],
    );
    let is_public = json!({ "type": "boolean" });
    assert_detects(
        |root| add_property(root, "UploadFileBody", "is_public", is_public),
        &["upload_file body.is_public: never sent"],
    );
}

#[test]
fn reports_body_property_that_became_required() {
    assert_detects(
        |root| set_required(root, "CreateMessageBody", "temp_id", true),
        &[
            "create_message with a text: body",
            "\"temp_id\" is a required property",
        ],
    );
    assert_detects(
        |root| set_required(root, "UploadFileBody", "thumbnail", true),
        &[
            "upload_file for chat.photo: body",
            "\"thumbnail\" is a required property",
        ],
    );
}

#[test]
fn reports_body_property_with_another_type() {
    assert_detects(
        |root| set_type(root, "CreateMessageBody", "temp_id", "string"),
        &["create_message with all set: body /temp_id: 406 is not of type \"string\""],
    );
    assert_detects(
        |root| set_type(root, "AttachmentFile", "name", "integer"),
        &["create_message with all set: body /attachment", "a.jpg"],
    );
    assert_detects(
        |root| set_type(root, "UploadFileBody", "expire_minutes", "boolean"),
        &["upload_file with all set: body /expire_minutes:"],
    );
}

#[test]
fn reports_body_with_another_media_type() {
    assert_detects(
        |root| {
            let body = "/paths/~1v1~1files/post/requestBody/content";
            let content = at(root, body).as_object_mut().unwrap();
            let form = content.remove("multipart/form-data").unwrap();
            content.insert("application/json".to_owned(), form);
        },
        &[
            "upload_file",
            "body: the document has no content of type \"multipart/form-data",
        ],
    );
}

/// Enums that occur only in responses, which the checks of derived schemas and sources cover.
const RESPONSE_ENUMS: [&str; 1] = ["ChatType"];

#[test]
fn reports_value_removed_from_any_request_enum() {
    let root = crate::committed_document().root().clone();
    let mut removed = 0;
    for (enum_name, values) in enums(&root) {
        if RESPONSE_ENUMS.contains(&enum_name.as_str()) {
            continue;
        }
        // Only the first and the last, since each needs a check of all requests.
        for value in [&values[0], &values[values.len() - 1]] {
            let quoted = format!("\"{value}\"");
            assert_detects(
                |root| remove_value(root, &enum_name, value),
                &[&quoted, " is not one of "],
            );
            removed += 1;
        }
    }
    assert!(removed >= 14, "{removed}");
}

#[test]
fn reports_value_added_to_an_enum() {
    let widened: Document = changed(|root| {
        let values = schema(root, "MessageType")["enum"].as_array_mut();
        values.unwrap().push(json!("hologram"));
    });
    let expected = ["create_message body.message_type: the value \"hologram\" is never sent"];
    assert_reported(&violations(&widened), &expected);
}
