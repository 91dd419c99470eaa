//! Connections that are refused, closed or silent.

use std::io::{Read, Write};
use std::time::Duration;

use basalam_chat::ChatId;

use super::shown;
use crate::support::clock::TestClock;
use crate::support::{CANARY, builder, client, listen, listen_async, refused_url, yield_until};

#[tokio::test]
async fn refused_connection_reports_that_nothing_was_sent() {
    let client = client(&refused_url(), CANARY);
    let error = client.create_message(ChatId(1), "hello").await.unwrap_err();
    assert!(error.is_connect());
    assert_eq!(error.operation(), Some("create_message"));
    let shown = shown(&error);
    assert!(shown.contains("nothing was sent"), "{shown}");
    assert!(shown.contains("Check the base URL"), "{shown}");
}

#[tokio::test]
async fn truncated_error_response_is_classified_by_status() {
    let (listener, base_url) = listen();
    let server = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        assert!(connection.read(&mut request).unwrap() > 0);
        let response = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 100\r\n\r\n{";
        connection.write_all(response).unwrap();
    });
    let error = client(&base_url, CANARY).get_chats().await.unwrap_err();
    assert!(error.is_unauthorized(), "{error:?}");
    server.join().unwrap();
}

#[tokio::test]
async fn missing_response_is_a_timeout() {
    // Connections are established, and nothing reads from them.
    let (_listener, base_url) = listen_async();
    let clock = TestClock::new();
    let client = builder(&base_url, CANARY, &clock).build().unwrap();
    let call = tokio::spawn(client.create_message(ChatId(1), "hello").send());
    yield_until(|| clock.pending_timeouts() > 0).await;
    clock.advance(Duration::from_secs(30));
    let error = call.await.unwrap().unwrap_err();
    assert!(error.is_timeout());
    assert!(shown(&error).contains("check before retrying"), "{error}");
}

#[tokio::test]
async fn closed_connection_is_a_connection_error() {
    let (listener, base_url) = listen_async();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let mut first = [0];
            let _ = connection.readable().await;
            let _ = connection.try_read(&mut first);
            drop(connection);
        }
    });
    let client = client(&base_url, CANARY);
    let error = client.create_message(ChatId(1), "hello").await.unwrap_err();
    assert!(error.is_connection(), "{error:?}");
    assert!(shown(&error).contains("check before retrying"), "{error}");
}
