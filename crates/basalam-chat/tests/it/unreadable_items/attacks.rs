//! A message of one person must not silence the other.

use basalam_chat::messages::Delivery;
use basalam_chat::{ChatId, Client, MessageId, UnreadableItem};
use basalam_chat_emulator::Emulator;
use serde_json::{Map, Value, json};

use crate::support::json::{chat, message};
use crate::support::{customer, open_chat, seller};

/// JSON that `serde_json::Value` cannot represent.
fn poison() -> Vec<String> {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    vec![
        r#""\ud83d""#.to_owned(),
        r#""a cut emoji \udca8 here""#.to_owned(),
        "1e400".to_owned(),
        "-1E999".to_owned(),
        nested(200),
        nested(100_000),
        format!("{}1{}", r#"{"a":"#.repeat(5_000), "}".repeat(5_000)),
        r#"{"\ud83d": 1}"#.to_owned(),
    ]
}

/// Returns the JSON of a value in which a placeholder stands for `poison`.
fn with_poison(value: &Value, poison: &str) -> String {
    value.to_string().replace(r#""@poison""#, poison)
}

/// Returns messages of which the middle one holds `poison` in one of its fields.
fn poisoned_pages(poison: &str) -> Vec<String> {
    let fields = [
        "/content/metadata/key",
        "/content/text",
        "/content/novelty",
        "/novelty",
        "/sender/name",
    ];
    let page = |field: &str| {
        let mut middle = message(2);
        middle["content"]["metadata"] = json!({ "key": 1 });
        let (parent, name) = field.rsplit_once('/').unwrap();
        middle.pointer_mut(parent).unwrap()[name] = json!("@poison");
        let page = json!({ "data": { "messages": [message(1), middle, message(3)] } });
        with_poison(&page, poison)
    };
    fields.map(page).to_vec()
}

fn queue(emulator: &Emulator, body: &str) {
    let headers = [("content-type", "application/json")];
    emulator.queue_response(200, &headers, body).unwrap();
}

#[tokio::test]
async fn deeply_nested_metadata_of_a_message_silences_nobody() {
    let emulator = Emulator::start().await.unwrap();
    let (seller, customer) = (seller(&emulator), customer(&emulator));
    let chat = open_chat(&seller, &emulator).await;
    let mut follower = seller.follow(chat).from_the_beginning();
    let mut ids = Vec::new();
    for depth in [1, 118, 120, 121, 122, 123, 124] {
        let mut value = json!("deep");
        for _ in 1..depth {
            value = json!([value]);
        }
        let mut metadata = Map::new();
        metadata.insert("value".to_owned(), value);
        let request = customer.create_message(chat, "hello").metadata(metadata);
        ids.push(request.await.unwrap().id);
    }
    ids.push(
        customer
            .create_message(chat, "still here")
            .await
            .unwrap()
            .id,
    );

    let page = seller.get_messages(chat).await.unwrap();
    assert_eq!(page.len() + page.unreadable().len(), ids.len());
    assert_eq!(page[0].id, ids[7]);
    let new = follower.new_messages().await.unwrap();
    assert_eq!(new.len() + new.unreadable().len(), ids.len());
    assert_eq!(new.iter().last().unwrap().id, ids[7]);
    let chats = seller.get_chats().await.unwrap();
    assert_eq!(chats[0].id, chat);
    let mut stream = seller.get_messages(chat).stream();
    let mut count = 0;
    while let Some(message) = stream.next().await {
        assert!(message.is_ok_and(|message| message.content.text.is_some()));
        count += 1;
    }
    assert_eq!(count, ids.len());
}

#[tokio::test]
async fn message_with_unrepresentable_value_is_one_unreadable_item() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    for poison in poison() {
        for body in poisoned_pages(&poison) {
            queue(&emulator, &body);
            let page = client.get_messages(ChatId(2)).await.unwrap();
            let ids: Vec<MessageId> = page.iter().map(|message| message.id).collect();
            assert_eq!(ids, [MessageId(1), MessageId(3)], "{poison:.20}");
            let [item] = page.unreadable() else {
                panic!("{poison:.20}");
            };
            assert_eq!((item.id(), item.index()), (Some(2), 1));
            assert_eq!(item.get("message_type"), Some(json!("text")));
            assert!(item.raw().contains(&poison));
            assert!(!item.error().contains("emoji"), "{}", item.error());
        }
    }
}

#[tokio::test]
async fn chat_whose_last_message_is_unrepresentable_stays_readable() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    for poison in poison() {
        let mut attacked = chat(2);
        attacked["last_message"]["content"]["metadata"] = json!({ "key": "@poison" });
        let chats = json!({ "data": { "chats": [chat(1), attacked, chat(3)] } });
        queue(&emulator, &with_poison(&chats, &poison));
        let page = client.get_chats().await.unwrap();
        assert!(page.unreadable().is_empty());
        let ids: Vec<ChatId> = page.iter().map(|chat| chat.id).collect();
        assert_eq!(ids, [ChatId(1), ChatId(2), ChatId(3)]);
        assert!(page[1].last_message.is_none());
        // Kept as a string that contains its JSON, which every JSON library can represent.
        let kept = page[1].extra["last_message"].as_str().unwrap();
        assert!(kept.contains(&poison));
        assert!(serde_json::to_value(&page[1]).is_ok());
    }
}

#[tokio::test]
async fn stream_and_follower_continue_after_an_unrepresentable_message() {
    for body in poisoned_pages("1e400")
        .into_iter()
        .chain(poisoned_pages(r#""\ud83d""#))
    {
        let emulator = Emulator::start().await.unwrap();
        let client = seller(&emulator);
        queue(&emulator, &body);
        let mut follower = client.follow(ChatId(2)).from_the_beginning();
        let new = follower.new_messages().await.unwrap();
        assert_eq!(new.len(), 2);
        let ids: Vec<Option<i64>> = new.unreadable().iter().map(UnreadableItem::id).collect();
        assert_eq!(ids, [Some(2)]);
        assert_eq!(follower.last(), Some(MessageId(3)));

        queue(&emulator, &body);
        queue(&emulator, r#"{"data": {"messages": []}}"#);
        let mut stream = client.get_messages(ChatId(2)).stream();
        let (mut readable, mut unreadable) = (0, 0);
        while let Some(message) = stream.next().await {
            match message {
                Ok(_) => readable += 1,
                Err(error) => {
                    assert!(error.is_unreadable_item(), "{error}");
                    unreadable += 1;
                }
            }
        }
        assert_eq!((readable, unreadable), (2, 1));
    }
}

#[tokio::test]
async fn sent_message_that_is_echoed_with_an_unrepresentable_value_is_returned() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    for poison in poison() {
        for field in ["metadata", "novelty", "links"] {
            let mut sent = message(7);
            sent["content"][field] = json!({ "key": "@poison" });
            queue(&emulator, &with_poison(&json!({ "data": sent }), &poison));
            let sent = client.create_message(ChatId(2), "hello").await.unwrap();
            assert_eq!(sent.id, MessageId(7));
            assert_eq!(sent.content.text.as_deref(), Some("text 7"));
        }
    }
}

#[tokio::test]
async fn unreadable_message_may_be_the_sent_one() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    let chat = open_chat(&client, &emulator).await;
    emulator
        .fail_next(basalam_chat_emulator::Fault::disconnect())
        .unwrap();
    let client: Client = crate::support::without_retries(&client);
    let error = client.create_message(chat, "hello").await.unwrap_err();
    let unconfirmed = error.unconfirmed_message().unwrap();
    client.current_user_id().await.unwrap();
    queue(&emulator, &poisoned_pages("1e400")[0]);
    let delivery = client.find_sent_message(unconfirmed).await.unwrap();
    assert_eq!(delivery, Delivery::Unknown);
}
