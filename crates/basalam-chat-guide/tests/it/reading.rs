use basalam_chat::serde_json::json;
use basalam_chat::{PersonalToken, Timestamp};
use basalam_chat_emulator::{Emulator, Fault, SeedMessage};
use basalam_chat_guide::reading::{chats, follow, history, page, times};

use super::support::{shared, shop, shop_on};

#[tokio::test]
async fn newest_messages_are_described() {
    let shop = shop();
    let messages = [
        SeedMessage::text("سلام"),
        SeedMessage::new("product").entity_id(24_835),
        // A type that this version does not know.
        SeedMessage::new("auction"),
    ];
    shared()
        .seed_messages(shop.chat.0, shop.customer.id, messages)
        .unwrap();
    shop.client
        .create_message(shop.chat, "Hello!")
        .await
        .unwrap();
    let lines = page::newest(&shop.client, shop.chat).await.unwrap();
    let expected = [
        "me: Hello!",
        "customer: a message of the type auction",
        "customer: product 24835",
        "customer: سلام",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn message_that_cannot_be_decoded_costs_only_itself() {
    let emulator = Emulator::start().await.unwrap();
    let shop = shop_on(&emulator);
    let ids = shop.receive(&emulator, &["one", "two"]);
    let damage = Fault::map_body(|body| {
        if let Some(newest) = body.pointer_mut("/data/messages/0") {
            newest["created_at"] = json!([1, 2]);
        }
    });
    emulator.fail_next(damage).unwrap();
    let lines = page::newest(&shop.client, shop.chat).await.unwrap();
    let unreadable = format!("message Some({}) is unreadable", ids[1]);
    assert_eq!(lines, ["customer: one", &unreadable]);
}

#[tokio::test]
async fn history_is_read_once_over_several_runs() {
    let shop = shop();
    let directory = tempfile::tempdir().unwrap();
    let position = directory.path().join("position");
    let texts: Vec<String> = (0..250).map(|number| number.to_string()).collect();
    let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
    shop.receive(shared(), &borrowed);
    let run = async || {
        let mut new = Vec::new();
        let save = |message: basalam_chat::messages::Message| new.extend(message.content.text);
        history::export(&shop.client, shop.chat, &position, save)
            .await
            .unwrap();
        new
    };
    assert_eq!(run().await, texts);
    assert!(run().await.is_empty());
    shop.receive(shared(), &["later"]);
    assert_eq!(run().await, ["later"]);
    // After an interruption in the first page, the rest follows.
    let first = shared().messages(shop.chat.0)[0].id;
    std::fs::write(&position, format!("asc:{first}")).unwrap();
    assert_eq!(run().await.len(), 250);
}

#[tokio::test]
async fn unseen_chats_are_listed() {
    let shop = shop();
    assert!(chats::unseen(&shop.client).await.unwrap().is_empty());
    shop.receive(shared(), &["one", "two"]);
    assert_eq!(chats::unseen(&shop.client).await.unwrap(), ["Sara: 2"]);
}

#[tokio::test]
async fn follower_returns_what_is_new() {
    let shop = shop();
    shop.receive(shared(), &["one", "two"]);
    let mut follower = follow::from_the_beginning(&shop.client, shop.chat);
    assert_eq!(follow::print_new(&mut follower).await.unwrap(), 2);
    assert_eq!(follow::print_new(&mut follower).await.unwrap(), 0);
    shop.receive(shared(), &["three"]);
    assert_eq!(follow::print_new(&mut follower).await.unwrap(), 1);
}

#[test]
fn times_are_converted_with_the_offset_of_tehran() {
    let time = times::in_tehran(&Timestamp::from("2026-07-22 10:28:23"));
    assert_eq!(time.unwrap().to_string(), "2026-07-22T06:58:23Z");
    assert!(times::in_tehran(&Timestamp::from("soon")).is_none());
}

/// Code without `async` has the same builders.
#[test]
fn blocking_client_reads_the_same() {
    let shop = shop();
    shop.receive(shared(), &["one", "two"]);
    let client = basalam_chat::Client::builder(PersonalToken::new(shop.seller.token()))
        .base_url(shared().base_url())
        .build_blocking()
        .unwrap();
    let texts = client.get_messages(shop.chat).iter();
    assert_eq!(texts.map(Result::unwrap).count(), 2);
}
