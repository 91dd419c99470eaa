//! Who the token belongs to, and which messages are theirs.

use basalam_chat::UserId;
use basalam_chat_emulator::Emulator;
use basalam_chat_mock::MockServerExt;
use httpmock::MockServer;
use serde_json::json;

use super::{client, seller};

#[tokio::test]
async fn the_current_user_is_the_one_that_the_token_belongs_to() {
    let emulator = Emulator::start().await.unwrap();
    let user = seller(&emulator).get_current_user().await.unwrap();
    assert_eq!(user.id, UserId(emulator.seller().id));
}

#[tokio::test]
async fn ones_own_messages_are_told_apart_and_the_user_is_asked_for_once() {
    let emulator = Emulator::start().await.unwrap();
    let seller = seller(&emulator);
    let customer = client(emulator.base_url(), emulator.customer().token());
    let partner = UserId(emulator.customer().id);
    let chat = seller.create_chat(partner).await.unwrap();
    let own = seller.create_message(chat.id, "mine").await.unwrap();
    customer.create_message(chat.id, "theirs").await.unwrap();

    assert!(seller.is_mine(&own).await.unwrap());
    let mut mine = Vec::new();
    let again = seller.clone();
    for message in &seller.get_messages(chat.id).await.unwrap() {
        mine.push(again.is_mine(message).await.unwrap());
    }
    assert_eq!(mine, [false, true]);
    assert_eq!(emulator.requests("get_current_user"), Some(1));
}

#[tokio::test]
async fn many_who_wait_for_the_user_ask_once() {
    let emulator = Emulator::start().await.unwrap();
    let seller = seller(&emulator);
    let asking: Vec<_> = (0..10)
        .map(|_| {
            let seller = seller.clone();
            tokio::spawn(async move { seller.current_user_id().await.unwrap() })
        })
        .collect();
    for answer in asking {
        assert_eq!(answer.await.unwrap(), UserId(emulator.seller().id));
    }
    assert_eq!(emulator.requests("get_current_user"), Some(1));
}

#[tokio::test]
async fn a_failure_to_learn_who_the_user_is_is_not_remembered() {
    let emulator = Emulator::start().await.unwrap();
    let seller = seller(&emulator);
    emulator.queue_response(403, &[], "").unwrap();
    let error = seller.current_user_id().await.unwrap_err();
    assert!(error.is_forbidden());
    assert_eq!(error.operation(), Some("get_current_user"));
    let expected = UserId(emulator.seller().id);
    assert_eq!(seller.current_user_id().await.unwrap(), expected);
}

#[tokio::test]
async fn the_chats_with_something_new_are_counted() {
    let server = MockServer::start();
    let mock = server.get_unseen_chat_count(|_, then| {
        then.into_inner()
            .status(200)
            .json_body(json!({ "count": 99, "more_than_count": true }));
    });
    let client = client(&server.base_url(), "token");
    let unseen = client.get_unseen_chat_count().await.unwrap();
    mock.assert();
    assert_eq!((unseen.count, unseen.more_than_count), (99, true));
}
