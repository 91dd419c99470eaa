//! HTTP/2 streams that the service refuses or closes early.

use std::collections::VecDeque;

use basalam_chat::{ChatId, Client, NewFile, RetryPolicy};
use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use tokio::task::JoinHandle;

use super::support::clock::TestClock;
use super::support::{builder, listen_async};

const CHATS: &str = r#"{"data":{"chats":[]}}"#;

/// What the service does with a request.
#[derive(Clone, Copy, Debug)]
enum Reaction {
    /// Resets the stream before it reads the body.
    Reset(Reason),
    /// Resets the stream after a part of the body has arrived.
    ResetInBody(Reason),
    /// Responds with this much of the body and then resets the stream.
    Truncate(usize, Reason),
    /// Responds with a part of the body, and closes the connection.
    GoAway,
    /// Reads the request and responds with the status.
    Respond(u16),
}

/// Starts a service that reacts to one request after the other, on as many connections as needed. Returns
/// a client of it, and the number of requests once the client is dropped.
fn start(reactions: &[Reaction]) -> (Client, JoinHandle<usize>) {
    let (listener, base_url) = listen_async();
    let mut reactions = VecDeque::from(reactions.to_vec());
    let total = reactions.len();
    let server = tokio::spawn(async move {
        while !reactions.is_empty() {
            let (stream, _) = listener.accept().await.unwrap();
            let mut connection = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok((request, respond))) = connection.accept().await {
                let reaction = reactions.pop_front().expect("no further request");
                let body = request.into_body();
                if let Reaction::GoAway = reaction {
                    send(respond, CHATS.len(), &CHATS[..5], None);
                    connection.abrupt_shutdown(Reason::NO_ERROR);
                } else {
                    tokio::spawn(react(reaction, body, respond));
                }
            }
        }
        total
    });
    let client = builder(&base_url, "token", &TestClock::new())
        .configure_http(|http| http.http2_prior_knowledge())
        .build();
    (client.unwrap(), server)
}

/// Sends a response with this `Content-Length`, and resets the stream or ends the body.
fn send(
    mut respond: SendResponse<Bytes>,
    length: usize,
    body: &'static str,
    reset: Option<Reason>,
) {
    let response = http::Response::builder().header("content-length", length);
    let response = response.body(()).unwrap();
    let mut stream = respond.send_response(response, false).unwrap();
    let body = Bytes::from_static(body.as_bytes());
    stream.send_data(body, false).unwrap();
    if let Some(reason) = reset {
        // The frames are sent in this order.
        tokio::spawn(async move {
            for _ in 0..1_000 {
                tokio::task::yield_now().await;
            }
            stream.send_reset(reason);
        });
    } else {
        std::mem::forget(stream);
    }
}

async fn react(reaction: Reaction, mut body: RecvStream, mut respond: SendResponse<Bytes>) {
    match reaction {
        Reaction::Reset(reason) => respond.send_reset(reason),
        Reaction::ResetInBody(reason) => {
            body.data().await.unwrap().unwrap();
            respond.send_reset(reason);
        }
        Reaction::Truncate(length, reason) => {
            send(respond, CHATS.len(), &CHATS[..length], Some(reason));
        }
        Reaction::GoAway => unreachable!("it concerns the connection"),
        Reaction::Respond(status) => {
            while let Some(chunk) = body.data().await {
                let length = chunk.unwrap().len();
                body.flow_control().release_capacity(length).unwrap();
            }
            let response = http::Response::builder().status(status).body(()).unwrap();
            let mut stream = respond.send_response(response, false).unwrap();
            let body = Bytes::from_static(CHATS.as_bytes());
            stream.send_data(body, true).unwrap();
        }
    }
}

#[tokio::test]
async fn truncated_response_is_a_broken_connection_and_retried_if_idempotent() {
    for first in [
        Reaction::Truncate(5, Reason::NO_ERROR),
        Reaction::Truncate(0, Reason::NO_ERROR),
        Reaction::Truncate(5, Reason::CANCEL),
        Reaction::Truncate(5, Reason::INTERNAL_ERROR),
        Reaction::GoAway,
    ] {
        let (client, server) = start(&[first, Reaction::Respond(200)]);
        let chats = client.get_chats().await;
        assert_eq!(
            chats.unwrap_or_else(|it| panic!("{first:?}: {it}")).len(),
            0
        );
        drop(client);
        assert_eq!(server.await.unwrap(), 2);

        let (client, _server) = start(&[first]);
        let error = client.create_message(ChatId(1), "hello").await.unwrap_err();
        assert!(error.is_connection(), "{first:?}: {error}");
        if let Reaction::Truncate(..) = first {
            assert_eq!(error.status(), Some(200), "{first:?}: {error}");
            assert!(error.was_accepted());
        }
        assert_eq!(error.attempts(), 1);
        assert!(error.may_have_succeeded());
        let shown = error.to_string();
        assert!(shown.contains("the connection"), "{shown}");
    }
}

#[tokio::test]
async fn complete_response_before_a_reset_is_a_success() {
    let whole = Reaction::Truncate(CHATS.len(), Reason::NO_ERROR);
    let (client, _server) = start(&[whole]);
    assert_eq!(client.get_chats().await.unwrap().len(), 0);
}

#[tokio::test]
async fn refused_requests_are_sent_again_by_every_operation() {
    let reactions = [
        Reaction::Reset(Reason::REFUSED_STREAM),
        Reaction::Respond(403),
    ];
    let (client, server) = start(&reactions);
    let error = client.create_message(ChatId(1), "hello").await.unwrap_err();
    assert!(error.is_forbidden(), "{error}");
    assert_eq!(error.attempts(), 2);
    drop(client);
    assert_eq!(server.await.unwrap(), 2);
}

/// More than a service accepts before it reads.
fn large_file() -> Vec<u8> {
    vec![b'x'; 1024 * 1024]
}

#[tokio::test]
async fn upload_that_is_refused_midway_is_sent_again_from_the_start() {
    let refused = Reaction::ResetInBody(Reason::REFUSED_STREAM);
    let (client, server) = start(&[refused, refused, Reaction::Respond(403)]);
    let file = NewFile::from_bytes("a.txt", large_file());
    let error = client.upload_file(file).await.unwrap_err();
    assert!(error.is_forbidden(), "{error}");
    assert_eq!(error.attempts(), 3);
    drop(client);
    assert_eq!(server.await.unwrap(), 3);
}

#[tokio::test]
async fn upload_that_cannot_be_sent_again_reports_the_refusal() {
    let refused = Reaction::ResetInBody(Reason::REFUSED_STREAM);
    let (client, _server) = start(&[refused]);
    let content = std::io::Cursor::new(large_file());
    let file = NewFile::from_reader("a.txt", content);
    let error = client.upload_file(file).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    assert!(!error.may_have_succeeded());
    let shown = error.to_string();
    assert!(
        shown.contains("refused the request without processing it"),
        "{shown}"
    );
    assert!(!shown.contains("no connection"), "{shown}");
    assert!(!shown.contains("nothing was sent"), "{shown}");
}

#[tokio::test]
async fn upload_whose_stream_is_reset_for_another_reason_is_not_sent_again() {
    for reason in [
        Reason::INTERNAL_ERROR,
        Reason::CANCEL,
        Reason::ENHANCE_YOUR_CALM,
    ] {
        let (client, _server) = start(&[Reaction::ResetInBody(reason)]);
        let file = NewFile::from_bytes("a.txt", large_file());
        let error = client.upload_file(file).await.unwrap_err();
        assert!(error.is_connection(), "{reason:?}: {error}");
        assert_eq!(error.attempts(), 1);
        assert!(error.may_have_succeeded(), "{error}");
    }
}

#[tokio::test]
async fn refusal_without_retries_is_named() {
    let (client, _server) = start(&[Reaction::Reset(Reason::REFUSED_STREAM)]);
    let options = basalam_chat::RequestOptions::new().retry_policy(RetryPolicy::never());
    let request = client.create_message(ChatId(1), "hello").options(options);
    let error = request.await.unwrap_err();
    assert!(error.is_connect(), "{error}");
    assert!(
        error.to_string().contains("without processing it"),
        "{error}"
    );
}
