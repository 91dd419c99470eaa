//! Responses that cannot be decoded.

use basalam_chat_emulator::Emulator;
use serde_json::json;

use super::{error_for, shown};
use crate::support::clock::TestClock;
use crate::support::json::queue;
use crate::support::{builder, seller};

#[tokio::test]
async fn html_body_is_a_decode_error_without_the_body() {
    let error = error_for(200, "text/html", "<html>a private page</html>").await;
    assert!(error.is_decode());
    let shown = shown(&error);
    assert!(shown.contains("the response is not JSON"), "{shown}");
    assert!(shown.contains("Check that the base URL"), "{shown}");
    assert!(!shown.contains("private"), "{shown}");
    assert_eq!(error.body(), Some("<html>a private page</html>"));
}

#[tokio::test]
async fn wrong_type_names_the_path_and_not_the_value() {
    let body = json!({ "data": { "chats": "a private text, expected nothing" } });
    let error = error_for(200, "application/json", &body.to_string()).await;
    assert!(error.is_decode());
    let shown = shown(&error);
    assert!(shown.contains("at `data.chats`"), "{shown}");
    assert!(shown.contains("expected an array"), "{shown}");
    assert!(!shown.contains("private"), "{shown}");
}

#[tokio::test]
async fn invalid_utf8_names_the_path() {
    let body = b"{\"data\": {\"chats\": [{\"archive_state\": \"private \xff\"}]}}";
    let error = error_for(200, "application/json", body).await;
    assert!(error.is_decode());
    let shown = shown(&error);
    let expected = "the response is not UTF-8, at `data.chats[0].archive_state`";
    assert!(shown.contains(expected), "{shown}");
    assert!(!shown.contains("private"), "{shown}");
}

#[tokio::test]
async fn truncated_and_empty_json_are_decode_errors() {
    let error = error_for(200, "application/json", r#"{"data": {"chats": ["#).await;
    assert!(error.is_decode());
    assert!(error.to_string().contains("is truncated"), "{error}");
    let error = error_for(204, "application/json", "").await;
    assert!(error.is_decode());
}

#[tokio::test]
async fn missing_list_is_not_an_empty_list() {
    let error = error_for(200, "application/json", r#"{"message": "busy"}"#).await;
    assert!(error.is_decode());
    assert!(error.to_string().contains("has no field `data`"), "{error}");
}

#[tokio::test]
async fn value_that_resembles_a_serde_message_is_not_shown() {
    let emulator = Emulator::start().await.unwrap();
    let text = "x, expected a secret at line 9";
    let body = json!({ "count": text, "more_than_count": false });
    queue(&emulator, &body);
    let error = seller(&emulator).get_unseen_chat_count().await.unwrap_err();
    assert!(error.is_decode());
    assert!(!shown(&error).contains("secret"), "{error}");
    assert!(error.to_string().contains("expected an integer"), "{error}");
    assert!(error.to_string().contains("at `count`"), "{error}");
}

#[tokio::test]
async fn response_above_the_size_limit_is_rejected() {
    let emulator = Emulator::start().await.unwrap();
    let (base_url, token) = (emulator.base_url(), emulator.seller().token());
    let client = builder(base_url, token, &TestClock::new()).max_response_bytes(1000);
    let client = client.build().unwrap();
    emulator.queue_response(200, &[], vec![b' '; 1001]).unwrap();
    let error = client.get_chats().await.unwrap_err();
    assert!(error.is_response_too_large());
    assert!(shown(&error).contains("larger than 1000 bytes"), "{error}");
}
