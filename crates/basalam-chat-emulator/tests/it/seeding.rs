use basalam_chat_emulator::{Emulator, SeedChat, SeedMessage};
use jiff::civil::date;
use serde_json::json;

use crate::support::{Service, StoppedClock, messages};

async fn with_chat() -> (Service, i64) {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller().id, service.emulator.customer().id);
    let chat = service
        .emulator
        .seed_chat(SeedChat::private(seller, customer));
    (service, chat.unwrap())
}

#[tokio::test]
async fn seeded_messages_are_as_if_sent() {
    let clock = StoppedClock::new();
    let service = Service::with(Emulator::builder().clock(clock.clock())).await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    clock.set(5);
    let sent = service.send(chat, customer, "hello").await;
    let seeded = service
        .emulator
        .seed_messages(chat, customer.id, ["hello"])
        .unwrap();
    assert_eq!(seeded, [sent + 1]);
    let listed = service.get(&messages(chat), seller).await.ok();
    let listed = listed["data"]["messages"].as_array().unwrap();
    let mut expected = listed[1].clone();
    expected["id"] = json!(seeded[0]);
    assert_eq!(listed[0], expected);

    let theirs = &service.chats(seller, "").await[0];
    assert_eq!(theirs["unseen_message_count"], json!(2));
    assert_eq!(theirs["last_message"]["id"], json!(seeded[0]));
    assert_eq!(theirs["updated_at"], json!("2026-07-22 10:00:05"));
}

#[tokio::test]
async fn messages_of_any_type_and_time_can_be_seeded() {
    let (service, chat) = with_chat().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let noon = date(2020, 1, 2).at(12, 0, 0, 999_999_999);
    let ids = service.emulator.seed_messages(
        chat,
        customer.id,
        [
            SeedMessage::text("old").created_at(noon),
            SeedMessage::new("product").entity_id(7),
            SeedMessage::new("picture")
                .with_text("caption")
                .file(1, "a")
                .file(2, "b"),
            SeedMessage::new("invented_tomorrow"),
        ],
    );
    let ids = ids.unwrap();
    let reply = SeedMessage::text("reply")
        .replied_message_id(ids[0])
        .forward_from(5);
    service
        .emulator
        .seed_messages(chat, seller.id, [reply])
        .unwrap();

    let path = format!("{}?order=asc", messages(chat));
    let listed = service.get(&path, seller).await.ok();
    let listed = listed["data"]["messages"].as_array().unwrap();
    assert_eq!(listed[0]["created_at"], json!("2020-01-02 12:00:00"));
    assert_eq!(listed[1]["content"]["entity_id"], json!(7));
    assert_eq!(listed[2]["content"]["text"], json!("caption"));
    let files = json!([{ "id": 1, "url": "a" }, { "id": 2, "url": "b" }]);
    assert_eq!(listed[2]["content"]["files"], files);
    assert_eq!(listed[3]["message_type"], json!("invented_tomorrow"));
    assert_eq!(listed[4]["replied_message"]["id"], json!(ids[0]));
    assert_eq!(listed[4]["forward_from"], json!(5));
}

#[tokio::test]
async fn a_hundred_thousand_messages_are_seeded_and_paged_through_from_the_middle() {
    const COUNT: usize = 100_000;
    let (service, chat) = with_chat().await;
    let customer = service.emulator.customer();
    let texts = (0..COUNT).map(|number| number.to_string());
    let ids = service.emulator.seed_messages(chat, customer.id, texts);
    let ids = ids.unwrap();
    assert!(ids.is_sorted_by(|a, b| a < b));
    assert_eq!(service.emulator.message_count(), COUNT);
    let middle = COUNT / 2;
    let query = format!("limit=100&cmp=gt&order=asc&message_id={}", ids[middle]);
    let page = service.message_ids(chat, customer, &query).await;
    assert_eq!(page, ids[middle + 1..middle + 101]);
    let newest = service.message_ids(chat, customer, "limit=1").await;
    assert_eq!(newest, ids[COUNT - 1..]);
}

#[tokio::test]
async fn messages_from_nobody_or_to_nowhere_are_refused() {
    let (service, chat) = with_chat().await;
    let stranger = service.emulator.add_user("Stranger");
    let seller = service.emulator.seller();
    for (chat, sender) in [(chat, stranger.id), (chat, 5), (5, seller.id)] {
        let error = service.emulator.seed_messages(chat, sender, ["hello"]);
        let error = error.unwrap_err();
        assert!(error.is_invalid_argument());
        let words = error.to_string();
        assert!(
            words.contains(&chat.to_string()) && words.contains(&sender.to_string()),
            "{words}"
        );
    }
    assert_eq!(service.emulator.message_count(), 0);
}

#[tokio::test]
async fn deleting_by_code_takes_away_what_anybody_wrote() {
    let (service, chat) = with_chat().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let first = service.send(chat, seller, "one").await;
    let second = service.send(chat, customer, "two").await;
    assert!(service.emulator.delete_message(first));
    assert!(!service.emulator.delete_message(first), "it is gone");
    assert_eq!(service.message_ids(chat, seller, "").await, [second]);

    assert!(service.emulator.delete_chat(chat));
    assert!(!service.emulator.delete_chat(chat), "it is gone");
    assert!(service.chats(seller, "").await.is_empty());
    let answer = service.get(&messages(chat), customer).await;
    answer.assert_not_found();
    assert_eq!(service.emulator.message_count(), 0);
    assert_ne!(service.chat(customer, seller).await, chat);
}

#[tokio::test]
async fn marking_as_seen_by_code_is_as_if_the_member_had_looked() {
    let clock = StoppedClock::new();
    let service = Service::with(Emulator::builder().clock(clock.clock())).await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    service.send(chat, customer, "hello").await;
    clock.set(5);
    service.emulator.mark_seen(chat, seller.id).unwrap();
    assert_eq!(
        service.chats(seller, "").await[0]["unseen_message_count"],
        json!(0)
    );
    let own = &service.chats(customer, "").await[0];
    assert_eq!(own["last_message"]["seen_at"], json!("2026-07-22 10:00:05"));
    let stranger = service.emulator.add_user("Stranger").id;
    let error = service.emulator.mark_seen(chat, stranger).unwrap_err();
    assert!(error.is_invalid_argument());
}

#[tokio::test]
async fn content_of_seeds_is_not_in_debug_output() {
    let seed = SeedMessage::text("very private");
    assert!(!format!("{seed:?}").contains("very private"));
}
