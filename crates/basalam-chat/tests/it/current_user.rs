//! The user of the token, and which messages are theirs.

use basalam_chat::UserId;
use basalam_chat_emulator::Emulator;

use super::support::{customer, open_chat, seller};

#[tokio::test]
async fn returns_the_user_of_the_token() {
    let emulator = Emulator::start().await.unwrap();
    let user = seller(&emulator).get_current_user().await.unwrap();
    assert_eq!(user.id, UserId(emulator.seller().id));
}

#[tokio::test]
async fn is_mine_identifies_own_messages_and_fetches_the_user_once() {
    let emulator = Emulator::start().await.unwrap();
    let seller = seller(&emulator);
    let customer = customer(&emulator);
    let chat = open_chat(&seller, &emulator).await;
    let own = seller.create_message(chat, "mine").await.unwrap();
    customer.create_message(chat, "theirs").await.unwrap();

    assert!(seller.is_mine(&own).await.unwrap());
    let mut mine = Vec::new();
    let clone = seller.clone();
    for message in &seller.get_messages(chat).await.unwrap() {
        mine.push(clone.is_mine(message).await.unwrap());
    }
    assert_eq!(mine, [false, true]);
    assert_eq!(emulator.request_count("get_current_user"), Some(1));
}

#[tokio::test]
async fn concurrent_lookups_send_one_request() {
    let emulator = Emulator::start().await.unwrap();
    let seller = seller(&emulator);
    let lookups: Vec<_> = (0..10)
        .map(|_| {
            let seller = seller.clone();
            tokio::spawn(async move { seller.current_user_id().await.unwrap() })
        })
        .collect();
    for lookup in lookups {
        assert_eq!(lookup.await.unwrap(), UserId(emulator.seller().id));
    }
    assert_eq!(emulator.request_count("get_current_user"), Some(1));
}

#[tokio::test]
async fn failed_lookup_is_not_cached() {
    let emulator = Emulator::start().await.unwrap();
    let seller = seller(&emulator);
    emulator.queue_response(403, &[], "").unwrap();
    let error = seller.current_user_id().await.unwrap_err();
    assert!(error.is_forbidden());
    assert_eq!(error.operation(), Some("get_current_user"));
    let expected = UserId(emulator.seller().id);
    assert_eq!(seller.current_user_id().await.unwrap(), expected);
}
