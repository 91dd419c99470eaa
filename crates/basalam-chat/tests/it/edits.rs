//! Changing messages.

use basalam_chat::messages::{MessageEdit, QuickMessageId};
use basalam_chat::{EntityId, MessageId};
use basalam_chat_mock::MockServerExt;
use httpmock::MockServer;
use serde_json::{Value, json};

use super::client;

/// A message as the service gives it.
fn message() -> Value {
    json!({ "data": {
        "id": 7, "chat_id": 9, "message_type": "text", "content": { "text": "new" },
        "created_at": "2026-07-22 10:28:23", "updated_at": "2026-07-22 10:29:23",
    } })
}

/// Sends an edit, and gives the content that went over the wire.
async fn content_of(edit: impl Into<MessageEdit>) -> Value {
    let edit = edit.into();
    let server = MockServer::start();
    let sent = std::sync::Arc::new(std::sync::Mutex::new(Value::Null));
    let seen = sent.clone();
    let mock = server.edit_message(|when, then| {
        when.into_inner().is_true(move |request| {
            let body = serde_json::from_slice(request.body().as_ref());
            *seen.lock().unwrap() = body.unwrap_or_default();
            true
        });
        then.into_inner().status(200).json_body(message());
    });
    client(&server.base_url(), "token")
        .edit_message(MessageId(7), edit)
        .await
        .unwrap();
    mock.assert();
    let body = sent.lock().unwrap().take();
    assert_eq!(body["message_id"], 7);
    body["content"].clone()
}

#[tokio::test]
async fn a_message_is_changed_and_comes_back_as_it_is_stored() {
    let server = MockServer::start();
    let mock = server.edit_message(|when, then| {
        when.x_client_info("info")
            .into_inner()
            .json_body(json!({ "message_id": 7, "content": { "text": "new" } }));
        then.into_inner().status(200).json_body(message());
    });
    let edited = client(&server.base_url(), "token")
        .edit_message(MessageId(7), "new")
        .client_info("info")
        .await
        .unwrap();
    mock.assert();
    assert_eq!(edited.id, MessageId(7));
    assert_eq!(edited.updated_at, "2026-07-22 10:29:23");
}

#[tokio::test]
async fn an_edit_sets_what_was_set_and_nothing_else() {
    assert_eq!(content_of("a".to_owned()).await, json!({ "text": "a" }));
    let caption = MessageEdit::caption("");
    assert_eq!(content_of(caption).await, json!({ "text": "" }));
    let edit = MessageEdit::new()
        .with_entity(EntityId(1))
        .with_quick_message(QuickMessageId(2));
    let expected = json!({ "entity_id": 1, "quick_message_id": 2 });
    assert_eq!(content_of(edit).await, expected);
}

#[tokio::test]
async fn an_edit_that_says_nothing_is_refused_before_anything_is_sent() {
    let client = client("http://127.0.0.1:9", "token");
    for edit in [
        MessageEdit::new(),
        MessageEdit::from(""),
        MessageEdit::text(" \n"),
    ] {
        let error = client.edit_message(MessageId(7), edit).await.unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        assert!(error.to_string().contains("`edit`"), "{error}");
        assert_eq!(error.operation(), Some("edit_message"));
    }
}
