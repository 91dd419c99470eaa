//! Finding out what became of a message whose answer is lost.

use std::time::Duration;

use basalam_chat::messages::{Delivery, UnconfirmedMessage};
use basalam_chat::{ChatId, Client, Error, MessageId, PersonalToken, UserId};
use basalam_chat_emulator::{Emulator, Fault};

use super::clock::TestClock;

struct Scene {
    emulator: Emulator,
    clock: TestClock,
    seller: Client,
    chat: ChatId,
}

async fn scene() -> Scene {
    let emulator = Emulator::start().await.unwrap();
    let clock = TestClock::new();
    let seller = Client::builder(PersonalToken::new(emulator.seller().token()))
        .base_url(emulator.base_url())
        .clock(clock.clone())
        .build()
        .unwrap();
    let customer = UserId(emulator.customer().id);
    let chat = seller.create_chat(customer).await.unwrap().id;
    Scene {
        emulator,
        clock,
        seller,
        chat,
    }
}

impl Scene {
    /// Fails to send, and gives what may have been sent.
    async fn lost(&self, fault: Fault, marked: bool) -> UnconfirmedMessage {
        self.emulator.fail_next(fault).unwrap();
        let mut request = self.seller.create_message(self.chat, "It is on its  way");
        if marked {
            request = request.random_idempotency_key();
        }
        let error = request.await.unwrap_err();
        assert!(error.may_have_succeeded(), "{error}");
        error.unconfirmed_message().unwrap().clone()
    }

    async fn found(&self, message: &UnconfirmedMessage) -> Delivery {
        self.seller.find_sent_message(message).await.unwrap()
    }
}

fn accepted() -> [Fault; 5] {
    [
        Fault::disconnect().after_handling(),
        Fault::truncated_body(),
        Fault::invalid_json(),
        Fault::empty_body(),
        Fault::status(502).after_handling(),
    ]
}

fn not_accepted() -> [Fault; 2] {
    [Fault::disconnect(), Fault::status(503)]
}

#[tokio::test]
async fn a_marked_message_that_arrived_is_found_for_certain() {
    let scene = scene().await;
    for (number, fault) in accepted().into_iter().enumerate() {
        let message = scene.lost(fault, true).await;
        assert!(message.is_marked());
        // Others say the same, before and after.
        scene
            .seller
            .create_message(scene.chat, "It is on its way")
            .await
            .unwrap();
        let Delivery::Arrived(arrived) = scene.found(&message).await else {
            panic!("message {number} was not found");
        };
        let stored = scene.emulator.messages(scene.chat.0);
        assert_eq!(arrived.id, MessageId(stored[2 * number].id));
    }
}

#[tokio::test]
async fn a_message_that_did_not_arrive_is_not_found() {
    let scene = scene().await;
    for fault in not_accepted() {
        for marked in [true, false] {
            let message = scene.lost(fault.clone(), marked).await;
            assert_eq!(scene.found(&message).await, Delivery::NotFound);
        }
    }
    assert_eq!(scene.emulator.messages_stored(), 0);
}

#[tokio::test]
async fn without_a_mark_an_equal_text_of_ones_own_leaves_it_unknown() {
    let scene = scene().await;
    for fault in accepted() {
        let message = scene.lost(fault, false).await;
        assert_eq!(scene.found(&message).await, Delivery::Unknown);
    }
}

#[tokio::test]
async fn equal_texts_of_others_and_from_before_the_call_do_not_count() {
    let scene = scene().await;
    let text = "It is on its way";
    scene.seller.create_message(scene.chat, text).await.unwrap();
    scene
        .emulator
        .advance_clock(Duration::from_secs(3600))
        .unwrap();
    let customer = super::client(scene.emulator.base_url(), scene.emulator.customer().token());
    customer.create_message(scene.chat, text).await.unwrap();
    let message = scene.lost(Fault::disconnect(), false).await;
    assert_eq!(scene.found(&message).await, Delivery::NotFound);
    // The longer ago the call, the further back its message may be.
    scene.clock.advance(Duration::from_secs(3600));
    assert_eq!(scene.found(&message).await, Delivery::Unknown);
}

#[tokio::test]
async fn marks_of_other_sendings_do_not_count_and_each_sending_has_its_own() {
    let scene = scene().await;
    let request = scene
        .seller
        .create_message(scene.chat, "It is on its way")
        .metadata(serde_json::json!({ "ticket": 7 }))
        .random_idempotency_key();
    request.clone().await.unwrap();
    request.await.unwrap();
    let stored = scene.emulator.messages(scene.chat.0);
    let metadata: Vec<_> = stored.iter().map(|it| &it.content["metadata"]).collect();
    assert_eq!(metadata[0]["ticket"], 7);
    assert_ne!(
        metadata[0]["basalam_chat_mark"],
        metadata[1]["basalam_chat_mark"]
    );
    for marked in [true, false] {
        let message = scene.lost(Fault::disconnect(), marked).await;
        assert_eq!(scene.found(&message).await, Delivery::NotFound);
    }
}

#[tokio::test]
async fn a_service_that_keeps_no_marks_leaves_it_unknown() {
    let scene = scene().await;
    let message = scene.lost(Fault::truncated_body(), true).await;
    scene
        .emulator
        .fail_next(Fault::null_field("metadata"))
        .unwrap();
    // The current user is asked for first.
    scene.seller.current_user_id().await.unwrap();
    scene
        .emulator
        .fail_next(Fault::null_field("metadata"))
        .unwrap();
    assert_eq!(scene.found(&message).await, Delivery::Unknown);
}

#[tokio::test]
async fn what_was_certainly_not_sent_leaves_nothing_to_find() {
    let scene = scene().await;
    let fails = async |fault: Fault| -> Error {
        scene.emulator.fail_next(fault).unwrap();
        let request = super::hasty(&scene.seller).create_message(scene.chat, "hello");
        request.await.unwrap_err()
    };
    for status in [400, 401, 403, 404, 409, 422, 429] {
        let error = fails(Fault::status(status)).await;
        assert!(error.unconfirmed_message().is_none(), "{error}");
        assert!(!error.was_accepted());
    }
    assert!(!fails(Fault::status(503)).await.was_accepted());
    assert!(fails(Fault::invalid_json()).await.was_accepted());
    assert!(fails(Fault::truncated_body()).await.was_accepted());
}

#[tokio::test]
async fn nothing_of_a_message_is_shown_while_it_is_looked_for() {
    let scene = scene().await;
    let message = scene.lost(Fault::disconnect(), true).await;
    let request = scene.seller.find_sent_message(&message);
    let shown = format!("{message:?} {request:?}");
    assert!(!shown.contains("on its"), "{shown}");
    let stranger = scene.emulator.add_user("Stranger");
    let stranger = super::client(scene.emulator.base_url(), stranger.token());
    let error = stranger.find_sent_message(&message).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("on its"), "{error}");
}
