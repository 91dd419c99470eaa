//! Which requests are retried, and how often.

use std::time::Duration;

use basalam_chat::{ChatId, Client, ClientBuilder, Error, MessageId, NewFile};
use basalam_chat::{RequestOptions, RetryLimit, RetryPolicy};
use basalam_chat_emulator::{Emulator, Fault, FaultRule};

use super::support::clock::{ConstantRandom, TestClock};
use super::support::{builder, no_retries, open_chat, refused_url};

/// Returns a builder of a client for the seller with the longest possible backoff.
pub(crate) fn seller_builder(emulator: &Emulator, clock: &TestClock) -> ClientBuilder {
    builder(emulator.base_url(), emulator.seller().token(), clock)
        .random_source(ConstantRandom(255))
}

pub(crate) async fn start() -> (Emulator, TestClock, Client) {
    let emulator = Emulator::start().await.unwrap();
    let clock = TestClock::new();
    let client = seller_builder(&emulator, &clock).build().unwrap();
    (emulator, clock, client)
}

pub(crate) fn add_fault(emulator: &Emulator, fault: Fault, times: u64) {
    let rule = FaultRule::new(fault).times(times);
    emulator.add_fault(rule).unwrap();
}

#[tokio::test]
async fn retries_idempotent_requests_twice_with_doubling_backoff() {
    let (emulator, clock, client) = start().await;
    add_fault(&emulator, Fault::status(503), 2);
    client.get_chats().await.unwrap();
    assert_eq!(emulator.request_count("get_chats"), Some(3));
    assert_eq!(clock.backoff_millis(), [200, 400]);

    add_fault(&emulator, Fault::status(503), 3);
    let error = client.get_chats().await.unwrap_err();
    assert!(error.is_server_error());
    assert_eq!(error.attempts(), 3);
    assert!(error.to_string().contains("after 3 attempts"), "{error}");
    assert_eq!(emulator.request_count("get_chats"), Some(6));
}

#[tokio::test]
async fn does_not_retry_create_message_after_server_errors_or_disconnects() {
    let (emulator, clock, client) = start().await;
    let chat = open_chat(&client, &emulator).await;
    for fault in [
        Fault::status(500),
        Fault::status(502),
        Fault::status(503).retry_after("1"),
        Fault::status(504),
        Fault::disconnect(),
    ] {
        add_fault(&emulator, fault, 1);
        let error = client.create_message(chat, "hello").await.unwrap_err();
        assert!(error.may_have_succeeded(), "{error}");
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!(emulator.request_count("create_message"), Some(5));
    assert_eq!(clock.backoffs(), []);
}

#[tokio::test]
async fn retries_429_for_every_operation() {
    let (emulator, clock, client) = start().await;
    let chat = open_chat(&client, &emulator).await;
    add_fault(&emulator, Fault::status(429), 2);
    let sent = client.create_message(chat, "hello").await.unwrap();
    assert_eq!(emulator.messages(chat.0).len(), 1);
    add_fault(&emulator, Fault::status(429), 1);
    client.forward_message([sent.id], chat).await.unwrap();
    add_fault(&emulator, Fault::status(429), 1);
    let (sender, receiver) = std::sync::mpsc::channel();
    let file = NewFile::from_bytes("a.txt", "all of it");
    let upload = client
        .upload_file(file)
        .on_progress(move |sent, _| sender.send(sent).unwrap());
    let upload = upload.await.unwrap();
    assert_eq!(receiver.iter().last(), Some(9));
    let stored = emulator.file(upload.file.id.0).unwrap();
    assert_eq!(stored.bytes(), b"all of it");
    assert_eq!(clock.backoffs().len(), 4);
}

#[tokio::test]
async fn does_not_retry_uploads_from_a_reader() {
    let (emulator, _, client) = start().await;
    add_fault(&emulator, Fault::status(429), 1);
    let file = NewFile::from_reader("a.txt", &b"all of it"[..]);
    let error = client.upload_file(file).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_limit(), None);
    assert_eq!(emulator.request_count("upload_file"), Some(1));
}

#[tokio::test]
async fn retries_refused_connections_for_every_operation() {
    let clock = TestClock::new();
    let client = builder(&refused_url(), "token", &clock).build().unwrap();
    let error = client.create_message(ChatId(1), "hello").await.unwrap_err();
    assert!(error.is_connect() && !error.may_have_succeeded());
    assert_eq!(error.attempts(), 3);
    assert_eq!(clock.backoffs().len(), 2);
    let file = NewFile::from_bytes("a.txt", "all of it");
    let error = client.upload_file(file).await.unwrap_err();
    assert_eq!(error.attempts(), 3);
}

#[tokio::test]
async fn retry_budget_limits_retries_to_a_fifth_of_the_calls() {
    let (emulator, _, client) = start().await;
    emulator
        .add_fault(FaultRule::new(Fault::status(503)))
        .unwrap();
    for number in 0..100 {
        let error = client.get_chats().await.unwrap_err();
        let is_exhausted = error.attempts() < 3;
        assert_eq!(error.is_retry_budget_exhausted(), is_exhausted, "{number}");
        let shown = error.to_string();
        let is_named = shown.contains("the client's retry budget is exhausted");
        assert_eq!(is_named, is_exhausted, "{shown}");
        if !is_exhausted {
            assert_eq!(error.retry_limit(), Some(RetryLimit::Attempts));
        }
    }
    // The budget starts full at ten; every call after the first deposits a fifth of a retry.
    assert_eq!(emulator.request_count("get_chats"), Some(129));
    let unlimited = seller_builder(&emulator, &TestClock::new()).retry_budget(None);
    let unlimited = unlimited.build().unwrap();
    for _ in 0..100 {
        unlimited.get_chats().await.unwrap_err();
    }
    assert_eq!(emulator.request_count("get_chats"), Some(429));
}

#[tokio::test]
async fn rejects_invalid_options_by_name_before_sending() {
    let (emulator, clock, client) = start().await;
    let rejected = |error: Error, expected: &str| {
        assert!(error.is_invalid_input(), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    };
    let zero = Duration::ZERO;
    let none = RetryPolicy::new().max_attempts(0);
    for (options, named) in [
        (
            RequestOptions::new().operation_timeout(zero),
            "`operation_timeout`",
        ),
        (
            RequestOptions::new().attempt_timeout(zero),
            "`attempt_timeout`",
        ),
        (RequestOptions::new().retry_policy(none), "`max_attempts`"),
    ] {
        rejected(client.with_options(options).unwrap_err(), named);
        let request = client.delete_message([MessageId(1)]).options(options);
        rejected(request.await.unwrap_err(), named);
    }
    let built = |builder: ClientBuilder, named| rejected(builder.build().unwrap_err(), named);
    built(
        seller_builder(&emulator, &clock).operation_timeout(zero),
        "`operation_timeout`",
    );
    built(
        seller_builder(&emulator, &clock).retry_policy(none),
        "`max_attempts`",
    );
    assert_eq!(emulator.total_request_count(), 0);
}

#[tokio::test]
async fn options_apply_to_every_page_of_a_stream() {
    let (emulator, clock, client) = start().await;
    add_fault(&emulator, Fault::status(503), 1);
    let mut chats = client.get_chats().options(no_retries()).stream();
    assert!(chats.try_next().await.unwrap_err().is_server_error());
    assert_eq!(clock.backoffs(), []);
}

#[tokio::test]
async fn error_considers_that_an_earlier_attempt_may_have_succeeded() {
    let (emulator, _, client) = start().await;
    let chat = open_chat(&client, &emulator).await;
    let sent = client.create_message(chat, "hello").await.unwrap();
    for (last, expected) in [
        (Fault::status(404), "did not find the resource"),
        (Fault::redirect(302, "/elsewhere"), "redirects"),
        // The last, since it pauses the login.
        (Fault::status(429).retry_after("3600"), "rate limiting"),
    ] {
        add_fault(&emulator, Fault::disconnect().after_handling(), 1);
        add_fault(&emulator, last, 1);
        let options = RequestOptions::new().operation_timeout(Duration::from_secs(30));
        let request = client.delete_message([sent.id]).options(options);
        let error = request.await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(error.may_have_succeeded(), "{error}");
        assert!(error.to_string().contains("an earlier attempt"), "{error}");
        emulator.clear_faults();
    }
}
