//! `find_sent_message` reports whether a message was delivered although the response was lost.

use std::time::Duration;

use basalam_chat::messages::{Delivery, UnconfirmedMessage};
use basalam_chat::{ChatId, Client, Error, MessageId};
use basalam_chat_emulator::{Emulator, Fault};

use super::support::clock::TestClock;
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
