//! Attempt timeouts and operation timeouts.

use std::time::Duration;

use basalam_chat::{ChatId, Error, NewFile, RequestOptions, RetryPolicy};
use basalam_chat_emulator::{Emulator, Fault};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::retries::{add_fault, start};
use super::support::clock::TestClock;
use super::support::{builder, listen_async, yield_until};

/// Advances the clock when the emulator has received this many requests for chats.
async fn advance_when_pending(
    emulator: &Emulator,
    clock: &TestClock,
    requests: u64,
    duration: Duration,
) {
    yield_until(|| {
        emulator.request_count("get_chats") >= Some(requests) && clock.pending_timeouts() > 0
    })
    .await;
    clock.advance(duration);
}

#[tokio::test]
async fn attempt_timeout_and_operation_timeout_both_apply() {
    let (emulator, clock, client) = start().await;
    add_fault(&emulator, Fault::hang(), 9);
    let options = RequestOptions::new()
        .attempt_timeout(Duration::from_secs(30))
        .operation_timeout(Duration::from_secs(50));
    let call = tokio::spawn(client.get_chats().options(options).send());
    advance_when_pending(&emulator, &clock, 1, Duration::from_secs(30)).await;
    // The second attempt ends with the operation timeout.
    advance_when_pending(&emulator, &clock, 2, Duration::from_millis(19_900)).await;
    let error = call.await.unwrap().unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.attempts(), 2);
    assert_eq!(emulator.request_count("get_chats"), Some(2));
}

/// Returns the error of a call whose response stops after `response`.
async fn error_of_stalled_response(response: &'static str, timeout: Duration) -> Error {
    let (listener, base_url) = listen_async();
    let clock = TestClock::new();
    let client = builder(&base_url, "token", &clock)
        .retry_policy(RetryPolicy::never())
        .attempt_timeout(timeout)
        .build()
        .unwrap();
    let call = tokio::spawn(client.create_message(ChatId(1), "hello").send());
    let (mut stream, _) = listener.accept().await.unwrap();
    assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
    stream.write_all(response.as_bytes()).await.unwrap();
    // Loopback delivers the bytes at once. The runtime polls for them every few turns, and the client reads
    // them then.
    for _ in 0..10_000 {
        tokio::task::yield_now().await;
    }
    clock.advance(timeout);
    call.await.unwrap().unwrap_err()
}

#[tokio::test]
async fn stalled_response_is_classified_by_its_head() {
    let long = Duration::from_secs(30);
    // Shorter than the timeout for the body of an error response.
    let short = Duration::from_secs(1);
    for timeout in [short, long] {
        let rejected = "HTTP/1.1 422 Unprocessable\r\ncontent-length: 100\r\n\r\n{";
        let error = error_of_stalled_response(rejected, timeout).await;
        assert!(
            error.is_validation() && !error.may_have_succeeded(),
            "{error}"
        );
        let busy = "HTTP/1.1 429 Busy\r\nretry-after: 7\r\ncontent-length: 100\r\n\r\n";
        let error = error_of_stalled_response(busy, timeout).await;
        assert!(error.is_rate_limited() && !error.may_have_succeeded());
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        let accepted = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{";
        let error = error_of_stalled_response(accepted, timeout).await;
        assert!(error.is_timeout() && error.was_accepted(), "{error}");
    }
}

#[tokio::test]
async fn operation_timeout_applies_to_uploads() {
    let (emulator, clock, client) = start().await;
    add_fault(&emulator, Fault::hang(), 1);
    let options = RequestOptions::new().operation_timeout(Duration::from_secs(10));
    let upload = client.upload_file(NewFile::from_bytes("a.txt", "x"));
    let call = tokio::spawn(upload.options(options).send());
    yield_until(|| emulator.request_count("upload_file") > Some(0) && clock.pending_timeouts() > 0)
        .await;
    clock.advance(Duration::from_secs(10));
    assert!(call.await.unwrap().unwrap_err().is_timeout());
}
