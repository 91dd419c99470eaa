//! A test with the emulator, which the guide shows.

// ANCHOR: test
use basalam_chat::{ChatId, Client, PersonalToken};
use basalam_chat_emulator::{Emulator, SeedChat};
use basalam_chat_guide::testing::remind;

#[tokio::test]
async fn customer_who_has_answered_is_left_alone() {
    let emulator = Emulator::start().await.unwrap();
    let (seller, customer) = (emulator.seller(), emulator.customer());
    let chat = SeedChat::private(seller.id, customer.id);
    let chat = emulator.seed_chat(chat).unwrap();
    emulator
        .seed_messages(chat, seller.id, ["Which colour?"])
        .unwrap();

    let client = Client::builder(PersonalToken::new(seller.token()))
        .base_url(emulator.base_url())
        .build()
        .unwrap();
    assert!(remind(&client, ChatId(chat)).await.unwrap().is_some());

    emulator.seed_messages(chat, customer.id, ["Blue"]).unwrap();
    assert!(remind(&client, ChatId(chat)).await.unwrap().is_none());
    // The question, the reminder and the answer.
    assert_eq!(emulator.messages(chat).len(), 3);
}
// ANCHOR_END: test
