//! Edits of messages.

use basalam_chat::messages::{MessageEdit, QuickMessageId};
use basalam_chat::{EntityId, MessageId};
use basalam_chat_mock::MockServerExt;
use httpmock::MockServer;
use serde_json::{Value, json};

use super::support::{client, json};

fn response() -> Value {
    let mut message = json::message(7);
    message["updated_at"] = json!("2026-07-22 10:29:23");
    json!({ "data": message })
}

/// Sends an edit and returns the content in its body.
async fn content_of(edit: impl Into<MessageEdit>) -> Value {
    let edit = edit.into();
    let server = MockServer::start();
    let sent = std::sync::Arc::new(std::sync::Mutex::new(Value::Null));
    let received = sent.clone();
    let mock = server.edit_message(|when, then| {
        when.into_inner().is_true(move |request| {
            let body = serde_json::from_slice(request.body().as_ref());
            *received.lock().unwrap() = body.unwrap_or_default();
            true
        });
        then.into_inner().status(200).json_body(response());
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
async fn sends_the_edit_and_returns_the_stored_message() {
    let server = MockServer::start();
    let mock = server.edit_message(|when, then| {
        when.x_client_info("info")
            .into_inner()
            .json_body(json!({ "message_id": 7, "content": { "text": "new" } }));
        then.into_inner().status(200).json_body(response());
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
async fn sends_only_the_fields_that_were_set() {
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
async fn rejects_empty_edits_before_sending() {
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
