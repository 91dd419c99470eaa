//! Bodies and statuses of successful responses: empty ones, byte order marks, and lists without a list.

use basalam_chat::{ChatId, Client, MessageId, NewFile};
use basalam_chat_emulator::Emulator;
use serde_json::json;

use super::support::auth;
use super::support::clock::TestClock;
use super::support::json::message;
use super::support::{seller, without_retries};

const BYTE_ORDER_MARK: &str = "\u{feff}";

async fn start() -> (Emulator, Client) {
    let emulator = Emulator::start().await.unwrap();
    let client = without_retries(&seller(&emulator));
    (emulator, client)
}

fn queue(emulator: &Emulator, status: u16, body: &str) {
    let headers = [("content-type", "application/json")];
    emulator.queue_response(status, &headers, body).unwrap();
}

#[tokio::test]
async fn accepts_any_success_status() {
    let (emulator, client) = start().await;
    for status in [200, 201, 202, 203] {
        queue(
            &emulator,
            status,
            &json!({ "data": message(7) }).to_string(),
        );
        let sent = client.create_message(ChatId(2), "hello").await.unwrap();
        assert_eq!(sent.id, MessageId(7));
    }
}

#[tokio::test]
async fn empty_response_is_a_success_if_no_field_is_required() {
    let (emulator, client) = start().await;
    for (status, body) in [
        (204, ""),
        (200, ""),
        (202, " \n"),
        (200, BYTE_ORDER_MARK),
        (200, "{}"),
    ] {
        queue(&emulator, status, body);
        client.delete_chats([ChatId(1)]).await.unwrap();
        queue(&emulator, status, body);
        client.delete_message([MessageId(1)]).await.unwrap();
        queue(&emulator, status, body);
        client
            .forward_message([MessageId(1)], ChatId(1))
            .await
            .unwrap();
    }
    queue(&emulator, 200, r#"{"data": false}"#);
    let error = client.delete_chats([ChatId(1)]).await.unwrap_err();
    assert!(error.is_unsuccessful());
}

#[tokio::test]
async fn empty_response_is_a_decode_error_if_a_field_is_required() {
    let (emulator, client) = start().await;
    for (status, body) in [(204, ""), (200, ""), (200, " ")] {
        queue(&emulator, status, body);
        let error = client.create_message(ChatId(2), "hello").await.unwrap_err();
        assert!(error.is_decode() && error.was_accepted(), "{error}");
        queue(&emulator, status, body);
        assert!(client.get_chats().await.unwrap_err().is_decode());
        queue(&emulator, status, body);
        assert!(
            client
                .get_unseen_chat_count()
                .await
                .unwrap_err()
                .is_decode()
        );
    }
}

#[tokio::test]
async fn response_without_the_list_is_a_decode_error() {
    let (emulator, client) = start().await;
    let bodies = [
        "{}",
        r#"{"data": {}}"#,
        r#"{"data": []}"#,
        r#"{"data": null}"#,
        r#"{"data": "none"}"#,
        r#"{"data": {"chats": null, "messages": null}}"#,
        r#"{"data": {"chats": 0, "messages": "0"}}"#,
        "[]",
        "null",
    ];
    for body in bodies {
        queue(&emulator, 200, body);
        let error = client.get_chats().await.unwrap_err();
        assert!(error.is_decode(), "{body}: {error}");
        queue(&emulator, 200, body);
        let error = client.get_messages(ChatId(2)).await.unwrap_err();
        assert!(error.is_decode(), "{body}: {error}");
        queue(&emulator, 200, body);
        let error = client.get_chats().stream().try_next().await.unwrap_err();
        assert!(error.is_decode(), "{body}: {error}");
        queue(&emulator, 200, body);
        let mut stream = client.get_messages(ChatId(2)).stream();
        assert!(stream.try_next().await.unwrap_err().is_decode(), "{body}");
        queue(&emulator, 200, body);
        let mut follower = client.follow(ChatId(2)).after(MessageId(1));
        assert!(
            follower.new_messages().await.unwrap_err().is_decode(),
            "{body}"
        );
    }
}

#[tokio::test]
async fn empty_list_is_the_end_of_the_list() {
    let (emulator, client) = start().await;
    for list in ["[]", "{}"] {
        let body = format!(r#"{{"data": {{"chats": {list}, "messages": {list}}}}}"#);
        queue(&emulator, 200, &body);
        assert!(
            client
                .get_chats()
                .stream()
                .try_next()
                .await
                .unwrap()
                .is_none()
        );
        queue(&emulator, 200, &body);
        let mut stream = client.get_messages(ChatId(2)).stream();
        assert!(stream.try_next().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn byte_order_mark_is_skipped_in_every_response() {
    let (emulator, client) = start().await;
    let body = json!({ "data": message(7) });
    queue(&emulator, 200, &format!("{BYTE_ORDER_MARK}{body}"));
    let sent = client.create_message(ChatId(2), "hello").await.unwrap();
    assert_eq!(sent.id, MessageId(7));

    queue(
        &emulator,
        200,
        &format!("{BYTE_ORDER_MARK}{{\"id\": 7, \"url\": \"https://example.com/a\"}}"),
    );
    let upload = client
        .upload_file(NewFile::from_bytes("a.txt", "text"))
        .await
        .unwrap();
    assert_eq!(upload.id.0, 7);

    queue(
        &emulator,
        404,
        &format!("{BYTE_ORDER_MARK}{{\"message\": \"no such chat\"}}"),
    );
    let error = client.get_messages(ChatId(2)).await.unwrap_err();
    assert_eq!(error.messages(), ["no such chat"]);

    let clock = TestClock::new();
    let login = auth::client(&emulator, &clock, auth::client_credentials(&emulator));
    let tokens = json!({ "access_token": "abc", "token_type": "Bearer", "expires_in": 3600 });
    queue(&emulator, 200, &format!("{BYTE_ORDER_MARK}{tokens}"));
    login.authenticate().await.unwrap();

    // The path of an error is the same with and without a mark.
    queue(
        &emulator,
        200,
        &format!("{BYTE_ORDER_MARK}{{\"data\": {{\"messages\": 5}}}}"),
    );
    let error = client.get_messages(ChatId(2)).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("expected an array, at `data.messages`"),
        "{error}"
    );
}

#[tokio::test]
async fn raw_body_is_returned_as_received() {
    use basalam_chat::raw::{self, operations::GET_MESSAGES};

    let (emulator, client) = start().await;
    let body = || {
        raw::body(&client, &GET_MESSAGES, |raw| async move {
            raw.get_messages(&ChatId(1), None, None, None, None).await
        })
    };
    // The client skips a byte order mark of any response.
    for received in [
        "{ \"data\" : {\"messages\":[{\"id\":7,\"size\":1e400,\"size\":12.0}]}}\n",
        "not JSON",
        "",
    ] {
        queue(&emulator, 200, received);
        assert_eq!(body().await.unwrap(), received.as_bytes());
    }
    queue(&emulator, 200, &format!("{BYTE_ORDER_MARK}{{}}"));
    assert_eq!(body().await.unwrap(), b"{}");
    queue(&emulator, 404, r#"{"message":"not found"}"#);
    let error = body().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(error.operation(), Some("get_messages"));
    queue(&emulator, 401, "{}");
    assert!(body().await.unwrap_err().needs_login());
}

#[tokio::test]
async fn raw_body_without_a_call_of_the_operation_is_an_error() {
    use basalam_chat::raw::{self, operations::GET_MESSAGES};

    let (_emulator, client) = start().await;
    let error = basalam_chat::raw::Error::<()>::InvalidRequest("no call".to_owned());
    let body = raw::body::<(), _>(&client, &GET_MESSAGES, |_| async { Err(error) });
    assert!(body.await.unwrap_err().is_invalid_input());
}
