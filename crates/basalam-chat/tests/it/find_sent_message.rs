//! `find_sent_message` reports whether a message was delivered although the response was lost.

use std::time::Duration;

use basalam_chat::messages::{Delivery, UnconfirmedMessage};
use basalam_chat::{ChatId, Client, Error, MessageId};
use basalam_chat_emulator::{Emulator, Fault};
use serde_json::{Value, json};

use super::support::clock::TestClock;
use super::support::json::{message, queue_messages};
use super::support::{builder, customer, open_chat, without_retries};

struct Setup {
    emulator: Emulator,
    clock: TestClock,
    seller: Client,
    chat: ChatId,
}

async fn setup() -> Setup {
    let emulator = Emulator::start().await.unwrap();
    let clock = TestClock::new();
    let seller = builder(emulator.base_url(), emulator.seller().token(), &clock);
    let seller = seller.build().unwrap();
    let chat = open_chat(&seller, &emulator).await;
    Setup {
        emulator,
        clock,
        seller,
        chat,
    }
}

impl Setup {
    /// Sends a message under a fault and returns the unconfirmed message.
    async fn send_unconfirmed(&self, fault: Fault, has_key: bool) -> UnconfirmedMessage {
        self.emulator.fail_next(fault).unwrap();
        let mut request = self.seller.create_message(self.chat, "It is on its  way");
        if has_key {
            request = request.random_idempotency_key();
        }
        let error = request.await.unwrap_err();
        assert!(error.may_have_succeeded(), "{error}");
        error.unconfirmed_message().unwrap().clone()
    }

    async fn find(&self, message: &UnconfirmedMessage) -> Delivery {
        self.seller.find_sent_message(message).await.unwrap()
    }
}

impl Setup {
    /// Sends a text whose response is lost, and looks for it in a chat with these messages.
    async fn find_among(&self, text: &str, has_key: bool, stored: Vec<Value>) -> Delivery {
        self.emulator.fail_next(Fault::disconnect()).unwrap();
        let request = self.seller.create_message(self.chat, text);
        let request = match has_key {
            true => request.random_idempotency_key(),
            false => request,
        };
        let error = request.await.unwrap_err();
        let message = error.unconfirmed_message().unwrap();
        // The client caches the current user, so that the search starts with the messages.
        self.seller.current_user_id().await.unwrap();
        queue_messages(&self.emulator, stored);
        self.find(message).await
    }

    /// Returns a message of the chat as the service stores it.
    fn stored(&self, id: i64, text: &str, sender: Value, created_at: &str) -> Value {
        let mut message = message(id);
        message["chat_id"] = self.chat.0.into();
        message["content"]["text"] = text.into();
        message["created_at"] = created_at.into();
        message["sender"] = sender;
        message
    }

    fn own(&self, id: i64, text: &str) -> Value {
        let sender = json!({ "id": self.emulator.seller().id });
        self.stored(id, text, sender, NOW)
    }
}

const NOW: &str = "2026-07-22 10:28:23";

#[tokio::test]
async fn altered_text_leaves_delivery_unknown() {
    let setup = setup().await;
    for (sent, stored) in [
        ("a & b", "a &amp; b"),
        ("it's new", "it&#39;s new"),
        ("آب", "ا\u{653}ب"),
        ("❤\u{fe0f}", "❤"),
        ("کد ۱۲۳", "کد 123"),
        ("کتاب علی", "كتاب علي"),
        ("می\u{200c}شود", "می شود"),
        ("one\r\ntwo", "one two"),
        // The service masks a number, adds a note, or replaces the text.
        ("call 09121234567", "call 0912*******"),
        ("call 09121234567", "[removed]"),
        ("pay me", "pay me\n(Never pay outside of the marketplace.)"),
        ("hello", ""),
    ] {
        for has_key in [true, false] {
            let delivery = setup
                .find_among(sent, has_key, vec![setup.own(9, stored)])
                .await;
            assert_eq!(delivery, Delivery::Unknown, "{sent} {stored}");
        }
    }
    let (long, cut) = ("سلام ".repeat(2000), "سلام ".repeat(819));
    let delivery = setup
        .find_among(&long, true, vec![setup.own(9, &cut)])
        .await;
    assert_eq!(delivery, Delivery::Unknown);
}

#[tokio::test]
async fn message_without_a_known_sender_leaves_delivery_unknown() {
    let setup = setup().await;
    for sender in [json!(null), json!({}), json!({ "id": null, "name": "Ava" })] {
        let stored = setup.stored(9, "another", sender.clone(), NOW);
        let delivery = setup.find_among("hello", true, vec![stored]).await;
        assert_eq!(delivery, Delivery::Unknown, "{sender}");
    }
}

#[tokio::test]
async fn message_of_another_type_leaves_delivery_unknown() {
    let setup = setup().await;
    for message_type in ["picture", "product", "unheard_of"] {
        let mut stored = setup.own(9, "another");
        stored["message_type"] = message_type.into();
        let delivery = setup.find_among("hello", false, vec![stored]).await;
        assert_eq!(delivery, Delivery::Unknown, "{message_type}");
    }
}

#[tokio::test]
async fn messages_that_are_certainly_others_leave_delivery_not_found() {
    let setup = setup().await;
    let mut keyed = setup.own(12, "hello");
    keyed["content"]["metadata"] = json!({ "basalam_chat_idempotency_key": "another" });
    let other = setup.stored(11, "hello", json!({ "id": 7 }), NOW);
    let sender = json!({ "id": setup.emulator.seller().id });
    let older = setup.stored(10, "hello", sender.clone(), "2026-07-22 10:20:23");
    for has_key in [true, false] {
        let stored = vec![keyed.clone(), other.clone(), older.clone()];
        let delivery = setup.find_among("hello", has_key, stored).await;
        assert_eq!(delivery, Delivery::NotFound);
    }
    // The clock of the client starts in September 2001, and the time zone of the service is unknown.
    for (time, expected) in [
        ("2001-09-07 23:00:00", Delivery::NotFound),
        ("2001-09-08 12:00:00", Delivery::Unknown),
        ("2001-09-10 12:00:00", Delivery::Unknown),
        ("yesterday", Delivery::Unknown),
    ] {
        let stored = setup.stored(9, "hello", sender.clone(), time);
        let delivery = setup.find_among("hello", true, vec![stored]).await;
        assert_eq!(delivery, expected, "{time}");
    }
}

#[tokio::test]
async fn equal_text_is_never_claimed_as_delivered_without_a_key() {
    let setup = setup().await;
    for has_key in [true, false] {
        let delivery = setup
            .find_among("hello", has_key, vec![setup.own(9, "hello")])
            .await;
        assert_eq!(delivery, Delivery::Unknown);
    }
}

#[tokio::test]
async fn candidate_resembles_the_message() {
    let setup = setup().await;
    let message = setup.send_unconfirmed(Fault::disconnect(), true).await;
    let read = |value: Value| serde_json::from_value(value).unwrap();
    for (text, expected) in [
        ("It is on its way", true),
        (
            "It is on its way. Never pay outside of the marketplace.",
            true,
        ),
        ("It&nbsp;is on its\u{200c} way", true),
        ("It was sent", false),
        ("", false),
    ] {
        assert_eq!(
            message.resembles(&read(setup.own(9, text))),
            expected,
            "{text}"
        );
    }
    let mut elsewhere = setup.own(9, "It is on its way");
    elsewhere["chat_id"] = 77.into();
    assert!(!message.resembles(&read(elsewhere)));
}

fn faults_after_delivery() -> [Fault; 5] {
    [
        Fault::disconnect().after_handling(),
        Fault::truncated_body(),
        Fault::invalid_json(),
        Fault::empty_body(),
        Fault::status(502).after_handling(),
    ]
}

fn faults_before_delivery() -> [Fault; 2] {
    [Fault::disconnect(), Fault::status(503)]
}

#[tokio::test]
async fn finds_delivered_message_by_idempotency_key() {
    let setup = setup().await;
    for (number, fault) in faults_after_delivery().into_iter().enumerate() {
        let message = setup.send_unconfirmed(fault, true).await;
        assert!(message.has_idempotency_key());
        // Other messages have the same text, before and after it.
        setup
            .seller
            .create_message(setup.chat, "It is on its way")
            .await
            .unwrap();
        let Delivery::Arrived(arrived) = setup.find(&message).await else {
            panic!("message {number} was not found");
        };
        let stored = setup.emulator.messages(setup.chat.0);
        assert_eq!(arrived.id, MessageId(stored[2 * number].id));
    }
}

#[tokio::test]
async fn reports_undelivered_message_as_not_found() {
    let setup = setup().await;
    for fault in faults_before_delivery() {
        for has_key in [true, false] {
            let message = setup.send_unconfirmed(fault.clone(), has_key).await;
            assert_eq!(setup.find(&message).await, Delivery::NotFound);
        }
    }
    assert_eq!(setup.emulator.message_count(), 0);
}

#[tokio::test]
async fn equal_own_text_without_idempotency_key_leaves_delivery_unknown() {
    let setup = setup().await;
    for fault in faults_after_delivery() {
        let message = setup.send_unconfirmed(fault, false).await;
        assert_eq!(setup.find(&message).await, Delivery::Unknown);
    }
}

#[tokio::test]
async fn ignores_equal_texts_of_other_users_and_older_ones() {
    let setup = setup().await;
    let text = "It is on its way";
    setup.seller.create_message(setup.chat, text).await.unwrap();
    setup
        .emulator
        .advance_clock(Duration::from_secs(3600))
        .unwrap();
    let customer = customer(&setup.emulator);
    customer.create_message(setup.chat, text).await.unwrap();
    let message = setup.send_unconfirmed(Fault::disconnect(), false).await;
    assert_eq!(setup.find(&message).await, Delivery::NotFound);
    // The search window grows with the age of the call.
    setup.clock.advance(Duration::from_secs(3600));
    assert_eq!(setup.find(&message).await, Delivery::Unknown);
}

#[tokio::test]
async fn each_send_has_its_own_idempotency_key() {
    let setup = setup().await;
    let request = setup
        .seller
        .create_message(setup.chat, "It is on its way")
        .metadata(serde_json::json!({ "ticket": 7 }))
        .random_idempotency_key();
    request.clone().await.unwrap();
    request.await.unwrap();
    let stored = setup.emulator.messages(setup.chat.0);
    let metadata: Vec<_> = stored.iter().map(|it| &it.content["metadata"]).collect();
    assert_eq!(metadata[0]["ticket"], 7);
    assert_ne!(
        metadata[0]["basalam_chat_idempotency_key"],
        metadata[1]["basalam_chat_idempotency_key"]
    );
    for has_key in [true, false] {
        let message = setup.send_unconfirmed(Fault::disconnect(), has_key).await;
        assert_eq!(setup.find(&message).await, Delivery::NotFound);
    }
}

#[tokio::test]
async fn custom_idempotency_key_identifies_the_message() {
    let setup = setup().await;
    let send = |key: &str| {
        let request = setup.seller.create_message(setup.chat, "It is on its way");
        request
            .metadata(json!({ "ticket": 7 }))
            .idempotency_key(key)
    };
    send("parcel-1").await.unwrap();
    // The service handles the first request whose response is lost, but not the second.
    for (key, fault, arrives) in [
        ("parcel-2", Fault::truncated_body(), true),
        ("parcel-3", Fault::disconnect(), false),
    ] {
        setup.emulator.fail_next(fault).unwrap();
        let error = send(key).await.unwrap_err();
        let found = setup.find(error.unconfirmed_message().unwrap()).await;
        assert_eq!(matches!(found, Delivery::Arrived(_)), arrives, "{key}");
    }
    let stored = setup.emulator.messages(setup.chat.0);
    let metadata: Vec<_> = stored.iter().map(|it| &it.content["metadata"]).collect();
    for (metadata, key) in metadata.iter().zip(["parcel-1", "parcel-2"]) {
        let expected = json!({ "ticket": 7, "basalam_chat_idempotency_key": key });
        assert_eq!(**metadata, expected);
    }
    assert_eq!(stored.len(), 2);
}

#[tokio::test]
async fn last_idempotency_key_applies() {
    let setup = setup().await;
    let request = setup.seller.create_message(setup.chat, "hello");
    let custom = request
        .clone()
        .random_idempotency_key()
        .idempotency_key("custom");
    custom.clone().await.unwrap();
    custom.random_idempotency_key().await.unwrap();
    let own = json!({ "basalam_chat_idempotency_key": "old" });
    request.metadata(own).idempotency_key("new").await.unwrap();
    let stored = setup.emulator.messages(setup.chat.0);
    let key = |index: usize| &stored[index].content["metadata"]["basalam_chat_idempotency_key"];
    assert_eq!(key(0), "custom");
    assert_eq!(key(1).as_str().unwrap().len(), 32);
    assert_eq!(key(2), "new");
}

#[tokio::test]
async fn lost_metadata_leaves_delivery_unknown() {
    let setup = setup().await;
    let message = setup.send_unconfirmed(Fault::truncated_body(), true).await;
    setup
        .emulator
        .fail_next(Fault::null_field("metadata"))
        .unwrap();
    // The client caches the current user, so that the second fault affects the search.
    setup.seller.current_user_id().await.unwrap();
    setup
        .emulator
        .fail_next(Fault::null_field("metadata"))
        .unwrap();
    assert_eq!(setup.find(&message).await, Delivery::Unknown);
}

#[tokio::test]
async fn rejected_message_is_not_unconfirmed() {
    let setup = setup().await;
    let error_of = async |fault: Fault| -> Error {
        setup.emulator.fail_next(fault).unwrap();
        let request = without_retries(&setup.seller).create_message(setup.chat, "hello");
        request.await.unwrap_err()
    };
    for status in [400, 401, 403, 404, 409, 422, 429] {
        let error = error_of(Fault::status(status)).await;
        assert!(error.unconfirmed_message().is_none(), "{error}");
        assert!(!error.was_accepted());
    }
    assert!(!error_of(Fault::status(503)).await.was_accepted());
    assert!(error_of(Fault::invalid_json()).await.was_accepted());
    assert!(error_of(Fault::truncated_body()).await.was_accepted());
}

#[tokio::test]
async fn debug_output_and_errors_do_not_show_the_text() {
    let setup = setup().await;
    let message = setup.send_unconfirmed(Fault::disconnect(), true).await;
    let request = setup.seller.find_sent_message(&message);
    let shown = format!("{message:?} {request:?}");
    assert!(!shown.contains("on its"), "{shown}");
    let stranger = setup.emulator.add_user("Stranger");
    let stranger = super::support::client(setup.emulator.base_url(), stranger.token());
    let error = stranger.find_sent_message(&message).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("on its"), "{error}");
}
