//! Checks that the compared clients do the same work.

#![allow(clippy::unwrap_used)] // Tests report failures by panicking.

use std::time::Duration;

use basalam_chat_api::types as generated;
use basalam_chat_bench::bodies::{self, HISTORY, NEWEST_ID};
use basalam_chat_bench::{AnyClient, Case, HandWritten, Kind, MAX_RESPONSE_BYTES, serve, types};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Starts the server in this process and returns its URL.
async fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, Duration::ZERO));
    format!("http://{address}")
}

#[tokio::test]
async fn all_clients_receive_the_same_number_of_items() {
    let base_url = start().await;
    for (case, expected) in Case::ALL.iter().zip([1, 20, 100, 30]) {
        for kind in Kind::ALL {
            let mut client = AnyClient::new(*kind, &base_url).await.unwrap();
            for _ in 0..2 {
                let count = client.call(*case).await.unwrap();
                assert_eq!(count, expected, "{} {}", kind.name(), case.name());
            }
            let mut clone = client.try_clone().await.unwrap();
            assert_eq!(clone.call(*case).await.unwrap(), expected);
        }
    }
}

/// Asserts that decoding and encoding a body with a type preserves it.
fn assert_round_trip<T: DeserializeOwned + Serialize>(body: &[u8]) {
    let expected: Value = serde_json::from_slice(body).unwrap();
    let value: T = basalam_chat_api::read_json(body).unwrap();
    assert_eq!(serde_json::to_value(value).unwrap(), expected);
}

#[test]
fn generated_and_hand_written_types_preserve_the_same_data() {
    let messages = bodies::messages(100);
    assert_round_trip::<generated::GetMessagesResponse>(&messages);
    assert_round_trip::<types::MessagesResponse>(&messages);
    assert_round_trip::<generated::GetChatsResponse>(&bodies::chats());
    assert_round_trip::<types::ChatsResponse>(&bodies::chats());
    assert_round_trip::<generated::CreateMessageResponse>(&bodies::sent_message());
    assert_round_trip::<types::SentResponse>(&bodies::sent_message());
}

#[test]
fn generated_and_hand_written_types_preserve_unknown_properties_and_values() {
    let json = String::from_utf8(bodies::messages(20).to_vec()).unwrap();
    let json = json.replace("\"text\":", "\"new_field\":[1],\"text\":");
    let json = json.replace(
        "\"message_type\":\"product\"",
        "\"message_type\":\"hologram\"",
    );
    assert!(json.contains("hologram"));
    assert_round_trip::<generated::GetMessagesResponse>(json.as_bytes());
    assert_round_trip::<types::MessagesResponse>(json.as_bytes());
}

#[tokio::test]
async fn pages_cover_the_history_without_duplicates() {
    let client = HandWritten::new(&start().await).unwrap();
    let oldest = NEWEST_ID - HISTORY + 1;
    let mut before = oldest + 250;
    let mut ids = Vec::new();
    loop {
        let page = client.page(Some(before), 100).await.unwrap();
        let Some(last) = page.last() else { break };
        before = last.id;
        ids.extend(page.iter().map(|message| message.id));
    }
    // The last page is full and extends past the requested range.
    let expected: Vec<i64> = (0..300).map(|index| oldest + 249 - index).collect();
    assert_eq!(ids, expected);
}

/// Starts a server whose responses exceed the limit, with or without a `Content-Length`.
async fn start_oversized(is_announced: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 8192];
            let length = stream.read(&mut request).await.unwrap();
            assert!(length > 0);
            let size = MAX_RESPONSE_BYTES + 1;
            let head = match is_announced {
                true => format!("HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n"),
                // The body ends when the connection is closed.
                false => "HTTP/1.1 200 OK\r\n\r\n".to_owned(),
            };
            stream.write_all(head.as_bytes()).await.unwrap();
            let chunk = vec![b' '; 1024 * 1024];
            // The client disconnects early.
            while stream.write_all(&chunk).await.is_ok() {}
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn clients_reject_oversized_responses() {
    for is_announced in [true, false] {
        let base_url = start_oversized(is_announced).await;
        for kind in [Kind::Facade, Kind::HandWritten, Kind::HyperBaseline] {
            let mut client = AnyClient::new(kind, &base_url).await.unwrap();
            let error = client.call(Case::GetChats30).await.unwrap_err();
            let message = format!("{error:#}");
            assert!(
                message.contains("large")
                    || message.contains("limit")
                    || message.contains("exceeded"),
                "{} (announced: {is_announced}): {message}",
                kind.name()
            );
        }
    }
}
