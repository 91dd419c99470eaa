use basalam_chat::{ChatId, MessageId};
use basalam_chat_emulator::{Emulator, Fault, FaultRule, SeedChat};
use basalam_chat_guide::bulk::{announce, clean_up, patient};

use super::support::shop_on;

const TEXT: &str = "We are closed on Friday.";

#[tokio::test]
async fn storm_of_429_delays_the_work_and_loses_nothing() {
    let emulator = Emulator::start().await.unwrap();
    let shop = shop_on(&emulator);
    let chats: Vec<ChatId> = (0..40)
        .map(|_| {
            let customer = emulator.add_user("Customer").id;
            let chat = SeedChat::private(shop.seller.id, customer);
            ChatId(emulator.seed_chat(chat).unwrap())
        })
        .collect();
    let storm = Fault::status(429).retry_after("120");
    let rule = FaultRule::new(storm).operation("create_message").times(10);
    emulator.add_fault(rule).unwrap();

    // A call of the first client does not wait for two minutes.
    let error = shop
        .client
        .create_message(shop.chat, TEXT)
        .await
        .unwrap_err();
    assert!(error.is_rate_limited());
    let client = patient::patient(&shop.client).unwrap();
    let failed = announce::announce(&client, chats.clone(), TEXT, "closed-9f86d081").await;
    assert!(failed.is_empty(), "{failed:?}");
    for chat in chats {
        assert_eq!(emulator.messages(chat.0).len(), 1);
    }
}

#[tokio::test]
async fn chats_that_fail_are_returned() {
    let emulator = Emulator::start().await.unwrap();
    let shop = shop_on(&emulator);
    let chats = [shop.chat, ChatId(77)];
    let failed = announce::announce(&shop.client, chats, TEXT, "closed-9f86d081").await;
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].0, ChatId(77));
    assert!(failed[0].1.is_not_found());
}

#[tokio::test]
async fn ids_that_are_left_are_returned() {
    let emulator = Emulator::start().await.unwrap();
    let shop = shop_on(&emulator);
    let texts = (0..70).map(|number| number.to_string());
    let own = emulator
        .seed_messages(shop.chat.0, shop.seller.id, texts)
        .unwrap();
    let mut messages: Vec<MessageId> = own.into_iter().map(MessageId).collect();
    // The second call contains a message of the customer, which the seller cannot delete.
    messages[40] = MessageId(shop.receive(&emulator, &["Thanks!"])[0]);
    let left = clean_up::delete_all(&shop.client, &messages).await.unwrap();
    assert_eq!(left, messages[30..]);
    assert!(
        clean_up::delete_all(&shop.client, &messages[60..])
            .await
            .unwrap()
            .is_empty()
    );
}
