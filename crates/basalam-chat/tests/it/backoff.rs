//! Delays before retries: jitter, `Retry-After` and the policy.

use std::time::Duration;

use basalam_chat::{RequestOptions, RetryLimit, RetryPolicy};
use basalam_chat_emulator::{Emulator, Fault};

use super::retries::{add_fault, seller_builder, start};
use super::support::clock::{ConstantRandom, TestClock};
use super::support::{no_retries, without_retries};

#[tokio::test]
async fn backoff_has_full_jitter() {
    let emulator = Emulator::start().await.unwrap();
    for (byte, expected) in [(0, [0, 0]), (127, [100, 199]), (255, [200, 400])] {
        let clock = TestClock::new();
        let client = seller_builder(&emulator, &clock).random_source(ConstantRandom(byte));
        add_fault(&emulator, Fault::status(500), 2);
        client.build().unwrap().get_chats().await.unwrap();
        assert_eq!(clock.backoff_millis(), expected);
    }
}

#[tokio::test]
async fn honours_retry_after_in_seconds_and_as_date() {
    let (emulator, clock, client) = start().await;
    // The clock starts at 2001-09-09 01:46:40.
    for (retry_after, expected) in [
        ("7", 7_000),
        ("Sun, 09 Sep 2001 01:46:49 GMT", 9_000),
        ("Sun, 09 Sep 2001 01:46:30 GMT", 200),
        ("0", 200),
        ("60", 60_000),
        ("soon", 200),
        ("-3", 200),
    ] {
        // The longest jitter is a quarter of the pause, and 5 seconds at most.
        let jitter = (expected / 4).min(5_000);
        for (byte, expected) in [(0, expected), (255, expected + jitter)] {
            let clock = TestClock::new();
            let client = seller_builder(&emulator, &clock).random_source(ConstantRandom(byte));
            let client = client.build().unwrap();
            add_fault(&emulator, Fault::status(429).retry_after(retry_after), 1);
            client.get_chats().await.unwrap();
            assert_eq!(clock.backoff_millis(), [expected], "{retry_after}");
        }
    }
    add_fault(&emulator, Fault::status(503).retry_after("3"), 1);
    client.get_chats().await.unwrap();
    assert_eq!(clock.backoff_millis(), [3_000]);
}

#[tokio::test]
async fn error_reports_retry_after_unclamped() {
    let (emulator, clock, client) = start().await;
    let client = without_retries(&client);
    add_fault(&emulator, Fault::status(429).retry_after("3600"), 1);
    let error = client.get_chats().await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    clock.advance(Duration::from_secs(3600));
    assert_eq!(client.get_chats().await.unwrap().len(), 0);
}

#[tokio::test]
async fn does_not_sleep_past_the_operation_timeout() {
    let (emulator, clock, client) = start().await;
    let options = RequestOptions::new().operation_timeout(Duration::from_secs(10));
    add_fault(&emulator, Fault::status(429).retry_after("10"), 1);
    let error = client.get_chats().options(options).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_limit(), Some(RetryLimit::OperationTimeout));
    assert!(error.to_string().contains("`operation_timeout`"), "{error}");
    assert_eq!(clock.backoffs(), []);
    clock.advance(Duration::from_secs(10));
    // The jitter is limited too.
    add_fault(&emulator, Fault::status(429).retry_after("9"), 1);
    client.get_chats().options(options).await.unwrap();
    assert_eq!(clock.backoff_millis(), [9_500]);
    for status in [500, 502, 503] {
        add_fault(&emulator, Fault::status(status).retry_after("10"), 1);
        let error = client.get_chats().options(options).await.unwrap_err();
        assert!(error.is_server_error());
        assert_eq!(error.retry_limit(), Some(RetryLimit::OperationTimeout));
    }
}

#[tokio::test]
async fn retry_policy_can_be_set_per_client_and_per_request() {
    let (emulator, clock, client) = start().await;
    let disabled = seller_builder(&emulator, &clock).retry_policy(RetryPolicy::never());
    add_fault(&emulator, Fault::status(503), 1);
    disabled.build().unwrap().get_chats().await.unwrap_err();
    add_fault(&emulator, Fault::status(503), 1);
    let request = client.get_chats().options(no_retries());
    request.await.unwrap_err();
    assert_eq!(emulator.request_count("get_chats"), Some(2));
    let patient = RetryPolicy::new()
        .max_attempts(5)
        .base_delay(Duration::from_secs(1))
        .max_delay(Duration::from_secs(3));
    add_fault(&emulator, Fault::status(503), 4);
    let options = RequestOptions::new().retry_policy(patient);
    client.get_chats().options(options).await.unwrap();
    assert_eq!(clock.backoff_millis(), [1_000, 2_000, 3_000, 3_000]);
}
