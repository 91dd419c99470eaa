//! Whether the clients that are compared do the same work.

#![allow(clippy::unwrap_used)] // In a test, a panic is the report.

use std::time::Duration;

use basalam_chat_api::types as generated;
use basalam_chat_bench::bodies::{self, HISTORY, NEWEST_ID};
use basalam_chat_bench::{AnyClient, ByHand, Case, Kind, MAX_ANSWER_BYTES, serve, types};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Starts the server in this process and gives its address.
async fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, Duration::ZERO));
    format!("http://{address}")
}

#[tokio::test]
async fn every_client_gets_the_same_number_of_things() {
    let base_url = start().await;
    for (case, expected) in Case::ALL.iter().zip([1, 20, 100, 30]) {
        for kind in Kind::ALL {
            let mut client = AnyClient::new(*kind, &base_url).await.unwrap();
            for _ in 0..2 {
                let count = client.call(*case).await.unwrap();
                assert_eq!(count, expected, "{} {}", kind.name(), case.name());
            }
            let mut another = client.another().await.unwrap();
            assert_eq!(another.call(*case).await.unwrap(), expected);
        }
    }
}

/// Asserts that a type holds all that a body says.
fn holds_all<T: DeserializeOwned + Serialize>(body: &[u8]) {
    let expected: Value = serde_json::from_slice(body).unwrap();
    let value: T = basalam_chat_api::read_json(body).unwrap();
    assert_eq!(serde_json::to_value(value).unwrap(), expected);
}

#[test]
fn the_types_that_are_written_by_hand_hold_what_the_generated_ones_hold() {
    let messages = bodies::messages(100);
    holds_all::<generated::GetMessagesResponse>(&messages);
    holds_all::<types::MessagesResponse>(&messages);
    holds_all::<generated::GetChatsResponse>(&bodies::chats());
    holds_all::<types::ChatsResponse>(&bodies::chats());
    holds_all::<generated::CreateMessageResponse>(&bodies::sent());
    holds_all::<types::SentResponse>(&bodies::sent());
}

/// Members and words that nobody has named yet.
#[test]
fn both_kinds_of_types_keep_what_they_do_not_know() {
    let text = String::from_utf8(bodies::messages(20).to_vec()).unwrap();
    let text = text.replace("\"text\":", "\"new_member\":[1],\"text\":");
    let text = text.replace(
        "\"message_type\":\"product\"",
        "\"message_type\":\"hologram\"",
    );
    assert!(text.contains("hologram"));
    holds_all::<generated::GetMessagesResponse>(text.as_bytes());
    holds_all::<types::MessagesResponse>(text.as_bytes());
}

#[tokio::test]
async fn a_history_is_paged_to_its_end_and_no_message_comes_twice() {
    let client = ByHand::new(&start().await).unwrap();
    let oldest = NEWEST_ID - HISTORY + 1;
    let mut before = oldest + 250;
    let mut ids = Vec::new();
    loop {
        let page = client.page(Some(before), 100).await.unwrap();
        let Some(last) = page.last() else { break };
        before = last.id;
        ids.extend(page.iter().map(|message| message.id));
    }
    // Pages are whole ones, so that the last one goes a little beyond.
    let expected: Vec<i64> = (0..300).map(|place| oldest + 249 - place).collect();
    assert_eq!(ids, expected);
}

/// Answers everything with a body that is larger than the limit, and says so before, or not.
async fn start_oversized(is_announced: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 8192];
            let length = stream.read(&mut request).await.unwrap();
            assert!(length > 0);
            let size = MAX_ANSWER_BYTES + 1;
            let head = match is_announced {
                true => format!("HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n"),
                // It goes on until the connection is closed.
                false => "HTTP/1.1 200 OK\r\n\r\n".to_owned(),
            };
            stream.write_all(head.as_bytes()).await.unwrap();
            let piece = vec![b' '; 1024 * 1024];
            // The client goes away before the end.
            while stream.write_all(&piece).await.is_ok() {}
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn no_client_but_the_bare_generated_one_reads_more_than_the_limit() {
    for is_announced in [true, false] {
        let base_url = start_oversized(is_announced).await;
        for kind in [Kind::Facade, Kind::ByHand, Kind::Floor] {
            let mut client = AnyClient::new(kind, &base_url).await.unwrap();
            let error = client.call(Case::GetChats30).await.unwrap_err();
            let text = format!("{error:#}");
            assert!(
                text.contains("large") || text.contains("limit") || text.contains("exceeded"),
                "{} (announced: {is_announced}): {text}",
                kind.name()
            );
        }
    }
}
