//! What is sent again, after which pause, and what is not.

use std::time::Duration;

use basalam_chat::{ChatId, Client, Error, MessageId, PersonalToken, RequestOptions, RetryPolicy};
use basalam_chat::{ClientBuilder, NewFile, UserId};
use basalam_chat_emulator::{Emulator, Fault, FaultRule};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::clock::{Steady, TestClock};

/// A seller's client, whose pauses are as long as they can be.
fn builder(emulator: &Emulator, clock: &TestClock) -> ClientBuilder {
    Client::builder(PersonalToken::new(emulator.seller().token()))
        .base_url(emulator.base_url())
        .clock(clock.clone())
        .random_source(Steady(255))
}

async fn start() -> (Emulator, TestClock, Client) {
    let emulator = Emulator::start().await.unwrap();
    let clock = TestClock::new();
    let client = builder(&emulator, &clock).build().unwrap();
    (emulator, clock, client)
}

fn failing(emulator: &Emulator, fault: Fault, times: u64) {
    emulator
        .add_fault(FaultRule::new(fault).times(times))
        .unwrap();
}

fn milliseconds(pauses: &[Duration]) -> Vec<u128> {
    let rounded = |pause: &Duration| (pause.as_secs_f64() * 1000.0).round() as u128;
    pauses.iter().map(rounded).collect()
}

async fn chat(client: &Client, emulator: &Emulator) -> ChatId {
    let customer = UserId(emulator.customer().id);
    client.create_chat(customer).await.unwrap().id
}

#[tokio::test]
async fn what_does_no_harm_is_sent_up_to_three_times_with_doubling_pauses() {
    let (emulator, clock, client) = start().await;
    failing(&emulator, Fault::status(503), 2);
    client.get_chats().await.unwrap();
    assert_eq!(emulator.requests("get_chats"), Some(3));
    assert_eq!(milliseconds(&clock.pauses()), [200, 400]);

    failing(&emulator, Fault::status(503), 3);
    let error = client.get_chats().await.unwrap_err();
    assert!(error.is_server_error());
    assert_eq!(error.attempts(), 3);
    assert!(error.to_string().contains("after 3 attempts"), "{error}");
    assert_eq!(emulator.requests("get_chats"), Some(6));
}

#[tokio::test]
async fn a_pause_is_a_random_part_of_its_longest() {
    let emulator = Emulator::start().await.unwrap();
    for (byte, expected) in [(0, [0, 0]), (127, [100, 199]), (255, [200, 400])] {
        let clock = TestClock::new();
        let client = builder(&emulator, &clock).random_source(Steady(byte));
        failing(&emulator, Fault::status(500), 2);
        client.build().unwrap().get_chats().await.unwrap();
        assert_eq!(milliseconds(&clock.pauses()), expected);
    }
}

#[tokio::test]
async fn retry_after_sets_the_pause_in_every_form_and_is_clamped() {
    let (emulator, clock, client) = start().await;
    // The clock stands at 2001-09-09 01:46:40.
    for (text, expected) in [
        ("7", 7_000),
        ("Sun, 09 Sep 2001 01:46:49 GMT", 9_000),
        ("Sun, 09 Sep 2001 01:46:30 GMT", 200),
        ("0", 200),
        ("60", 60_000),
        ("61", 60_000),
        ("99999999999999999999", 60_000),
        ("soon", 200),
        ("-3", 200),
    ] {
        let before = clock.pauses().len();
        let clock = TestClock::new();
        let client = builder(&emulator, &clock).build().unwrap();
        failing(&emulator, Fault::status(429).retry_after(text), 1);
        client.get_chats().await.unwrap();
        assert_eq!(milliseconds(&clock.pauses()), [expected], "{text}");
        assert_eq!(before, 0);
    }
    failing(&emulator, Fault::status(503).retry_after("3"), 1);
    client.get_chats().await.unwrap();
    assert_eq!(milliseconds(&clock.pauses()), [3_000]);
}

#[tokio::test]
async fn what_the_service_asked_for_is_told_as_it_asked() {
    let (emulator, _, client) = start().await;
    let client = super::hasty(&client);
    failing(&emulator, Fault::status(429).retry_after("3600"), 1);
    let error = client.get_chats().await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(client.get_chats().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_pause_that_would_end_after_the_deadline_is_not_waited_for() {
    let (emulator, clock, client) = start().await;
    let options = RequestOptions::new().operation_timeout(Duration::from_secs(10));
    failing(&emulator, Fault::status(429).retry_after("10"), 1);
    let error = client.get_chats().options(options).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(clock.pauses(), []);
    failing(&emulator, Fault::status(429).retry_after("9"), 1);
    client.get_chats().options(options).await.unwrap();
    assert_eq!(milliseconds(&clock.pauses()), [9_000]);
}

/// Waits until a number of requests has come in, and lets the clock pass their time then.
async fn pass_when_waiting(emulator: &Emulator, clock: &TestClock, requests: u64, time: Duration) {
    while emulator.requests("get_chats") < Some(requests) || clock.waiting() == 0 {
        tokio::task::yield_now().await;
    }
    clock.advance(time);
}

#[tokio::test]
async fn every_attempt_has_its_time_and_the_call_has_one_too() {
    let (emulator, clock, client) = start().await;
    failing(&emulator, Fault::hang(), 9);
    let options = RequestOptions::new()
        .attempt_timeout(Duration::from_secs(30))
        .operation_timeout(Duration::from_secs(50));
    let call = tokio::spawn(client.get_chats().options(options).send());
    pass_when_waiting(&emulator, &clock, 1, Duration::from_secs(30)).await;
    // The first attempt and the pause are over; the second one has what is left.
    pass_when_waiting(&emulator, &clock, 2, Duration::from_millis(19_900)).await;
    let error = call.await.unwrap().unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.attempts(), 2);
    assert_eq!(emulator.requests("get_chats"), Some(2));
}

#[tokio::test]
async fn what_may_double_a_message_is_sent_once() {
    let (emulator, clock, client) = start().await;
    let chat = chat(&client, &emulator).await;
    for fault in [
        Fault::status(500),
        Fault::status(502),
        Fault::status(503).retry_after("1"),
        Fault::status(504),
        Fault::disconnect(),
    ] {
        failing(&emulator, fault, 1);
        let error = client.create_message(chat, "hello").await.unwrap_err();
        assert!(error.may_have_succeeded(), "{error}");
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!(emulator.requests("create_message"), Some(5));
    assert_eq!(clock.pauses(), []);
}

#[tokio::test]
async fn a_429_is_waited_for_whatever_the_operation() {
    let (emulator, clock, client) = start().await;
    let chat = chat(&client, &emulator).await;
    failing(&emulator, Fault::status(429), 2);
    let sent = client.create_message(chat, "hello").await.unwrap();
    assert_eq!(emulator.messages(chat.0).len(), 1);
    failing(&emulator, Fault::status(429), 1);
    client.forward_message([sent.id], chat).await.unwrap();
    failing(&emulator, Fault::status(429), 1);
    let mut told = Vec::new();
    let (tell, hear) = std::sync::mpsc::channel();
    let file = NewFile::from_bytes("a.txt", "all of it");
    let upload = client
        .upload_file(file)
        .on_progress(move |sent, _| tell.send(sent).unwrap());
    let upload = upload.await.unwrap();
    told.extend(hear.iter());
    assert_eq!(told.last(), Some(&9));
    let stored = emulator.file(upload.file.id.0).unwrap();
    assert_eq!(stored.bytes(), b"all of it");
    assert_eq!(clock.pauses().len(), 4);
}

#[tokio::test]
async fn what_can_be_read_once_is_uploaded_once() {
    let (emulator, _, client) = start().await;
    failing(&emulator, Fault::status(429), 1);
    let file = NewFile::from_reader("a.txt", &b"all of it"[..]);
    let error = client.upload_file(file).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(emulator.requests("upload_file"), Some(1));
}

#[tokio::test]
async fn a_connection_that_was_never_made_is_tried_again_whatever_the_operation() {
    let clock = TestClock::new();
    // Nobody listens there: the port was free a moment ago, and is closed again.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", port.local_addr().unwrap());
    drop(port);
    let client = Client::builder(PersonalToken::new("token"))
        .base_url(base_url)
        .clock(clock.clone())
        .build()
        .unwrap();
    let error = client.create_message(ChatId(1), "hello").await.unwrap_err();
    assert!(error.is_connect() && !error.may_have_succeeded());
    assert_eq!(error.attempts(), 3);
    assert_eq!(clock.pauses().len(), 2);
    let file = NewFile::from_bytes("a.txt", "all of it");
    let error = client.upload_file(file).await.unwrap_err();
    assert_eq!(error.attempts(), 3);
}

#[tokio::test]
async fn retries_can_be_turned_off_for_a_client_and_for_a_request() {
    let (emulator, clock, client) = start().await;
    let off = builder(&emulator, &clock).retry_policy(RetryPolicy::never());
    failing(&emulator, Fault::status(503), 1);
    off.build().unwrap().get_chats().await.unwrap_err();
    let options = RequestOptions::new().retry_policy(RetryPolicy::never());
    failing(&emulator, Fault::status(503), 1);
    client.get_chats().options(options).await.unwrap_err();
    assert_eq!(emulator.requests("get_chats"), Some(2));
    let patient = RetryPolicy::new()
        .max_attempts(5)
        .base_delay(Duration::from_secs(1))
        .max_delay(Duration::from_secs(3));
    failing(&emulator, Fault::status(503), 4);
    let options = RequestOptions::new().retry_policy(patient);
    client.get_chats().options(options).await.unwrap();
    assert_eq!(milliseconds(&clock.pauses()), [1_000, 2_000, 3_000, 3_000]);
}

#[tokio::test]
async fn a_fifth_of_all_calls_may_be_retries_and_no_more() {
    let (emulator, _, client) = start().await;
    emulator
        .add_fault(FaultRule::new(Fault::status(503)))
        .unwrap();
    for _ in 0..100 {
        client.get_chats().await.unwrap_err();
    }
    // Ten are free; every call but the first, for which there is no room, earns a fifth of one.
    assert_eq!(emulator.requests("get_chats"), Some(129));
    let unlimited = builder(&emulator, &TestClock::new()).retry_budget(None);
    let unlimited = unlimited.build().unwrap();
    for _ in 0..100 {
        unlimited.get_chats().await.unwrap_err();
    }
    assert_eq!(emulator.requests("get_chats"), Some(429));
}

#[tokio::test]
async fn options_that_cannot_be_used_are_refused_by_name_before_anything_is_sent() {
    let (emulator, clock, client) = start().await;
    let refused = |error: Error, named: &str| {
        assert!(error.is_invalid_input(), "{error}");
        assert!(error.to_string().contains(named), "{error}");
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
        refused(client.with_options(options).unwrap_err(), named);
        let request = client.delete_message([MessageId(1)]).options(options);
        refused(request.await.unwrap_err(), named);
    }
    let built = |builder: ClientBuilder, named| refused(builder.build().unwrap_err(), named);
    built(
        builder(&emulator, &clock).operation_timeout(zero),
        "`operation_timeout`",
    );
    built(
        builder(&emulator, &clock).retry_policy(none),
        "`max_attempts`",
    );
    assert_eq!(emulator.total_requests(), 0);
}

#[tokio::test]
async fn options_reach_every_page_of_a_stream() {
    let (emulator, clock, client) = start().await;
    let off = RequestOptions::new().retry_policy(RetryPolicy::never());
    failing(&emulator, Fault::status(503), 1);
    let mut chats = client.get_chats().options(off).stream();
    assert!(chats.try_next().await.unwrap_err().is_server_error());
    assert_eq!(clock.pauses(), []);
}

#[tokio::test]
async fn what_an_earlier_attempt_may_have_done_is_not_forgotten() {
    let (emulator, _, client) = start().await;
    let chat = chat(&client, &emulator).await;
    let sent = client.create_message(chat, "hello").await.unwrap();
    for (last, named) in [
        (Fault::status(404), "not there"),
        (Fault::status(429).retry_after("3600"), "fewer requests"),
        (Fault::redirect(302, "/elsewhere"), "redirects"),
    ] {
        let lost = Fault::disconnect().after_handling();
        failing(&emulator, lost, 1);
        failing(&emulator, last, 1);
        let patience = RequestOptions::new().operation_timeout(Duration::from_secs(30));
        let request = client.delete_message([sent.id]).options(patience);
        let error = request.await.unwrap_err();
        assert!(error.to_string().contains(named), "{error}");
        assert!(error.may_have_succeeded(), "{error}");
        assert!(error.to_string().contains("an earlier attempt"), "{error}");
        emulator.clear_faults();
    }
}

/// Calls a service whose answer stops in its midst, and lets the time for it pass.
async fn call_stalling(answer: &'static str, timeout: Duration) -> Error {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let clock = TestClock::new();
    let client = Client::builder(PersonalToken::new("token"))
        .base_url(format!("http://{}", listener.local_addr().unwrap()))
        .clock(clock.clone())
        .retry_policy(RetryPolicy::never())
        .attempt_timeout(timeout)
        .build()
        .unwrap();
    let call = tokio::spawn(client.create_message(ChatId(1), "hello").send());
    let (mut stream, _) = listener.accept().await.unwrap();
    assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
    stream.write_all(answer.as_bytes()).await.unwrap();
    // What was written is there at once on loopback: the runtime looks for it once in so many turns, and the
    // client reads it then.
    for _ in 0..10_000 {
        tokio::task::yield_now().await;
    }
    clock.advance(timeout);
    call.await.unwrap().unwrap_err()
}

#[tokio::test]
async fn an_answer_that_stops_in_its_midst_is_told_by_what_came() {
    let long = Duration::from_secs(30);
    // Shorter than what the rest of a refusal is waited for.
    let short = Duration::from_secs(1);
    for timeout in [short, long] {
        let refused = "HTTP/1.1 422 Unprocessable\r\ncontent-length: 100\r\n\r\n{";
        let error = call_stalling(refused, timeout).await;
        assert!(
            error.is_validation() && !error.may_have_succeeded(),
            "{error}"
        );
        let busy = "HTTP/1.1 429 Busy\r\nretry-after: 7\r\ncontent-length: 100\r\n\r\n";
        let error = call_stalling(busy, timeout).await;
        assert!(error.is_rate_limited() && !error.may_have_succeeded());
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        let accepted = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{";
        let error = call_stalling(accepted, timeout).await;
        assert!(error.is_timeout() && error.was_accepted(), "{error}");
    }
}

#[tokio::test]
async fn an_upload_obeys_a_deadline_of_its_own() {
    let (emulator, clock, client) = start().await;
    failing(&emulator, Fault::hang(), 1);
    let options = RequestOptions::new().operation_timeout(Duration::from_secs(10));
    let upload = client.upload_file(NewFile::from_bytes("a.txt", "x"));
    let call = tokio::spawn(upload.options(options).send());
    while emulator.requests("upload_file") == Some(0) || clock.waiting() == 0 {
        tokio::task::yield_now().await;
    }
    clock.advance(Duration::from_secs(10));
    assert!(call.await.unwrap().unwrap_err().is_timeout());
}

#[tokio::test]
async fn a_request_that_the_service_says_it_did_not_begin_is_sent_again_over_http_2() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut connection = h2::server::handshake(stream).await.unwrap();
        let mut requests = 0;
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            requests += 1;
            match requests {
                1 => respond.send_reset(h2::Reason::REFUSED_STREAM),
                2 => {
                    let answer = http::Response::builder().status(403).body(()).unwrap();
                    respond.send_response(answer, true).unwrap();
                }
                _ => panic!("a request too many"),
            }
        }
        requests
    });
    let client = Client::builder(PersonalToken::new("token"))
        .base_url(base_url)
        .clock(TestClock::new())
        .configure_http(|http| http.http2_prior_knowledge())
        .build()
        .unwrap();
    let error = client.create_message(ChatId(1), "hello").await.unwrap_err();
    assert!(error.is_forbidden(), "{error}");
    assert_eq!(error.attempts(), 2);
    drop(client);
    assert_eq!(server.await.unwrap(), 2);
}
