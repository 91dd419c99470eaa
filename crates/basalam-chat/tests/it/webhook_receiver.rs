//! The receiver of deliveries, without a server.

use basalam_chat::UserId;
use basalam_chat::messages::MessageKind;
use basalam_chat::reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use basalam_chat::webhooks::{Event, Outcome, Receiver};
use serde_json::{Value, json};

const SECRET: &str = "Bearer 0f5c1d7e-secret-of-the-tests";
const USER: UserId = UserId(430);

fn receiver() -> Receiver {
    Receiver::builder(USER, SECRET).build().unwrap()
}

fn headers(value: &str) -> HeaderMap {
    HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())])
}

fn message(id: i64, sender: i64) -> Value {
    json!({
        "id": id, "chat_id": 2, "message": { "text": "hello", "links": {} }, "message_type": "TEXT",
        "sender_id": sender, "seen_at": null, "message_source": null,
        "created_at": "2026-07-22 10:28:23", "updated_at": "2026-07-22 10:28:23",
    })
}

fn accept(receiver: &Receiver, body: &Value) -> Outcome {
    receiver.accept(&headers(SECRET), body.to_string().as_bytes())
}

#[test]
fn sent_and_received_messages_are_told_apart_by_the_sender() {
    let receiver = receiver();
    let received = accept(&receiver, &message(1, 431));
    assert!(matches!(received.event(), Some(Event::MessageReceived(_))));
    let sent = accept(&receiver, &message(2, 430));
    let Some(Event::MessageSent(event)) = sent.event() else {
        panic!("{sent:?}");
    };
    assert_eq!(event.message.kind(), MessageKind::Text("hello"));
    assert!(event.message.is_from(USER));

    let mut unknown = message(3, 0);
    unknown["sender_id"] = json!(null);
    let outcome = accept(&receiver, &unknown);
    assert!(matches!(outcome.event(), Some(Event::MessageReceived(_))));
    unknown["id"] = json!(4);
    unknown["receiver"] = json!({ "id": 431 });
    let outcome = accept(&receiver, &unknown);
    assert!(matches!(outcome.event(), Some(Event::MessageSent(_))));
}

#[test]
fn other_and_unreadable_bodies_are_accepted_as_they_are() {
    let receiver = receiver();
    let order = json!({ "id": 1, "order": { "items": [] } });
    let outcome = accept(&receiver, &order);
    assert_eq!(outcome.status(), 200);
    let Some(Event::Other(value)) = outcome.event() else {
        panic!("{outcome:?}");
    };
    assert_eq!(**value, order);
    for body in [&b""[..], b"\xff\xfe", b"{", b"text", b"  "] {
        let outcome = receiver.accept(&headers(SECRET), body);
        assert_eq!(outcome.status(), 200);
        let Some(Event::Unreadable(raw)) = outcome.event() else {
            panic!("{outcome:?}");
        };
        assert_eq!(&raw[..], body);
    }
}

#[tokio::test]
async fn every_authenticated_delivery_wakes_and_no_other_does() {
    let receiver = Receiver::builder(USER, SECRET)
        .max_body_bytes(400)
        .build()
        .unwrap();
    let mut wakeups = receiver.wakeups();
    let body = message(1, 431).to_string();
    let large = vec![b' '; 401];
    for (body, status) in [
        (body.as_bytes(), 200),
        // Repeated.
        (body.as_bytes(), 200),
        (b"{", 200),
        (&large[..400], 200),
        (&large[..], 413),
    ] {
        assert_eq!(
            receiver.accept(&headers("Bearer wrong"), body).status(),
            401
        );
        assert!(!is_woken(&mut wakeups));
        assert_eq!(receiver.accept(&headers(SECRET), body).status(), status);
        assert!(is_woken(&mut wakeups));
        assert!(!is_woken(&mut wakeups));
    }
    for id in 0..100 {
        accept(&receiver, &message(id, 431));
    }
    assert!(is_woken(&mut wakeups), "coalesced");
    assert!(!is_woken(&mut wakeups), "coalesced");
    assert!(
        is_woken(&mut receiver.wakeups()),
        "of deliveries before the subscription"
    );
    drop(receiver);
    assert_eq!(wakeups.next().await, None);
}

/// Returns `true` if a wake-up is there, without waiting.
fn is_woken(wakeups: &mut basalam_chat::webhooks::Wakeups) -> bool {
    let next = std::pin::pin!(wakeups.next());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    next.poll(&mut context).is_ready()
}

#[tokio::test]
async fn events_are_delivered_once_and_slow_subscribers_miss_the_oldest() {
    let receiver = Receiver::builder(USER, SECRET)
        .event_buffer(4)
        .build()
        .unwrap();
    let mut events = receiver.events();
    for id in [1, 1, 2, 1] {
        let status = accept(&receiver, &message(id, 431)).status();
        assert_eq!(status, 200);
    }
    let mut edited = message(1, 431);
    edited["updated_at"] = json!("2026-07-22 11:00:00");
    accept(&receiver, &edited);
    for expected in [1, 2, 1] {
        let event = events.next().await.unwrap();
        assert_eq!(event.message().unwrap().message.id.0, expected);
    }
    // An edit within the second of the last change.
    edited["message"]["text"] = json!("hello!");
    for _ in 0..2 {
        accept(&receiver, &edited);
    }
    let event = events.next().await.unwrap();
    let text = &event.message().unwrap().message.content.text;
    assert_eq!(text.as_deref(), Some("hello!"));
    assert_eq!(events.missed(), 0);
    for id in 10..20 {
        accept(&receiver, &message(id, 431));
    }
    let event = events.next().await.unwrap();
    assert_eq!(event.message().unwrap().message.id.0, 16);
    assert_eq!(events.missed(), 6);
}

#[test]
fn two_secrets_are_accepted_while_one_replaces_the_other() {
    let receiver = Receiver::builder(USER, "new")
        .previous_secret("old")
        .build()
        .unwrap();
    let status = |value| receiver.accept(&headers(value), b"{}").status();
    assert_eq!(
        (status("new"), status("old"), status("newest")),
        (200, 200, 401)
    );
    // A rotation that is repeated, as after a failed `update_webhook`, changes nothing.
    for _ in 0..2 {
        receiver.rotate_secret("newest").unwrap();
        assert_eq!(
            (status("new"), status("old"), status("newest")),
            (200, 401, 200)
        );
    }
    receiver.clone().forget_previous_secret();
    assert_eq!(
        (status("new"), status("old"), status("newest")),
        (401, 401, 200)
    );
    assert!(receiver.rotate_secret(" ").unwrap_err().is_invalid_input());
    assert_eq!(status("newest"), 200);
}

#[test]
fn the_header_must_occur_exactly_once_under_its_name() {
    let receiver = Receiver::builder(USER, SECRET)
        .header("X-Secret")
        .build()
        .unwrap();
    let name = HeaderName::from_static("x-secret");
    let value = HeaderValue::from_static(SECRET);
    let mut headers = HeaderMap::from_iter([(AUTHORIZATION, value.clone())]);
    assert!(!receiver.is_authentic(&headers));
    headers.append(&name, value.clone());
    assert!(receiver.is_authentic(&headers));
    headers.append(&name, HeaderValue::from_static("other"));
    assert!(!receiver.is_authentic(&headers));
    headers.insert(&name, value.clone());
    headers.append(&name, value);
    assert!(!receiver.is_authentic(&headers));
}

#[test]
fn invalid_settings_are_rejected_by_name() {
    let builder = || Receiver::builder(USER, SECRET);
    for (builder, argument) in [
        (Receiver::builder(USER, ""), "secret"),
        (Receiver::builder(USER, " Bearer a"), "secret"),
        (Receiver::builder(USER, "a\nb"), "secret"),
        (Receiver::builder(UserId(0), SECRET), "user"),
        (builder().previous_secret(""), "previous_secret"),
        (builder().header("a b"), "header"),
        (builder().max_body_bytes(0), "max_body_bytes"),
        (builder().event_buffer(0), "event_buffer"),
        (builder().event_buffer(usize::MAX), "event_buffer"),
    ] {
        let error = builder.build().unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        assert!(
            error.to_string().contains(&format!("`{argument}`")),
            "{error}"
        );
    }
}

#[test]
fn debug_output_does_not_contain_the_secret() {
    let builder = Receiver::builder(USER, SECRET).previous_secret("previous-canary");
    let shown = format!("{builder:?} {:?}", builder.clone().build().unwrap());
    assert!(!shown.contains("secret-of-the-tests"), "{shown}");
    assert!(!shown.contains("previous-canary"), "{shown}");
}

/// The largest body that the receiver of the random test accepts.
const MAX_BODY_BYTES: usize = 512;

/// SplitMix64: reproducible, and cheap enough for 100,000 requests.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((bits ^ (bits >> 31)) >> 33).unwrap() % end
    }

    fn bytes(&mut self, length: usize, first: usize, count: usize) -> Vec<u8> {
        let byte = |random: &mut Random| u8::try_from(first + random.below(count)).unwrap();
        (0..length).map(|_| byte(self)).collect()
    }

    /// Returns a body: a message with a random change, random bytes, deep nesting, or spaces around the limit.
    fn body(&mut self, message: &[u8]) -> Vec<u8> {
        const ODD: [&str; 9] = [
            "1e400",
            "null",
            "[[[[[[[[[[]]]]]]]]]]",
            "{\"md\":{\"md\":{}}}",
            "\"\\ud800\"",
            "-0",
            "{}",
            "\u{feff}",
            "9223372036854775808",
        ];
        match self.below(12) {
            kind @ 0..8 => {
                let start = self.below(message.len());
                let end = (start + self.below(12)).min(message.len());
                let inserted = match kind {
                    0..4 => ODD[self.below(ODD.len())].as_bytes().to_vec(),
                    4..6 => self.bytes(1, 0, 256),
                    _ => self.bytes(1, 0x20, 0x5f),
                };
                [&message[..start], &inserted, &message[end..]].concat()
            }
            8 | 9 => {
                let length = self.below(64);
                self.bytes(length, 0, 256)
            }
            10 => b"[".repeat(1 + self.below(MAX_BODY_BYTES)),
            _ => vec![b' '; MAX_BODY_BYTES - 2 + self.below(5)],
        }
    }

    /// Returns a value other than the secret: a prefix, including the empty one, a suffix, the secret with a changed
    /// or an additional byte or in another case, or a random value.
    fn forged(&mut self) -> Vec<u8> {
        let secret = SECRET.as_bytes();
        let place = self.below(secret.len());
        let mut value = match self.below(6) {
            0 => secret[..place].to_vec(),
            1 => secret[place + 1..].to_vec(),
            2 => {
                let mut value = secret.to_vec();
                value[place] ^= 1 << self.below(5);
                value
            }
            3 => [secret, &self.bytes(1, 0x21, 0x5e)].concat(),
            4 => secret.to_ascii_uppercase(),
            _ => self.bytes(place, 0x20, 0x5f),
        };
        if value == secret {
            value.pop();
        }
        value
    }
}

#[test]
fn random_requests_neither_panic_nor_pass_as_authentic() {
    let receiver = Receiver::builder(USER, SECRET).max_body_bytes(MAX_BODY_BYTES);
    let receiver = receiver.build().unwrap();
    let message = message(1, 431).to_string().into_bytes();
    let genuine = headers(SECRET);
    let mut random = Random(42);
    let mut statuses = std::collections::BTreeMap::<u16, u32>::new();
    for number in 0..100_000 {
        let body = random.body(&message);
        let is_forged = random.below(2) == 0;
        let forged = is_forged.then(|| match HeaderValue::from_bytes(&random.forged()) {
            Ok(value) => HeaderMap::from_iter([(AUTHORIZATION, value)]),
            Err(_) => HeaderMap::new(),
        });
        let outcome = receiver.accept(forged.as_ref().unwrap_or(&genuine), &body);
        let expected = match is_forged {
            true => 401,
            false if body.len() > MAX_BODY_BYTES => 413,
            false => 200,
        };
        assert_eq!(outcome.status(), expected, "request {number}");
        assert!(
            outcome.event().is_none() || expected == 200,
            "request {number}"
        );
        if let Some(Event::Unreadable(raw)) = outcome.event() {
            assert_eq!(&raw[..], &body[..], "request {number}");
        }
        *statuses.entry(expected).or_default() += 1;
    }
    assert!(statuses.values().all(|count| *count > 1000), "{statuses:?}");
    for length in 0..SECRET.len() {
        let prefix = headers(&SECRET[..length]);
        assert_eq!(receiver.accept(&prefix, &message).status(), 401, "{length}");
    }
    assert_eq!(receiver.accept(&HeaderMap::new(), &message).status(), 401);
}
