use basalam_chat_emulator::{SeedChat, SeedMessage};
use jiff::civil::date;
use serde_json::json;

use crate::support::{Service, assert_invalid_argument, messages};

async fn start_with_seeded_chat() -> (Service, i64) {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller().id, service.emulator.customer().id);
    let chat = service
        .emulator
        .seed_chat(SeedChat::private(seller, customer));
    (service, chat.unwrap())
}

#[tokio::test]
async fn seeded_messages_equal_sent_messages() {
    let (service, clock) = Service::start_with_clock().await;
    let (seller, customer) = service.users();
    let chat = service.create_chat(customer, seller).await;
    clock.set(5);
    let sent = service.send_text(chat, customer, "hello").await;
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
async fn seeds_messages_of_any_type_and_time() {
    let (service, chat) = start_with_seeded_chat().await;
    let (seller, customer) = service.users();
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
async fn seeds_100_000_messages_and_pages_from_the_middle() {
    const COUNT: usize = 100_000;
    let (service, chat) = start_with_seeded_chat().await;
    let customer = service.emulator.customer();
    let texts = (0..COUNT).map(|index| index.to_string());
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
async fn seeding_rejects_unknown_sender_and_chat() {
    let (service, chat) = start_with_seeded_chat().await;
    let stranger = service.emulator.add_user("Stranger");
    let seller = service.emulator.seller();
    for (chat, sender) in [(chat, stranger.id), (chat, 5), (5, seller.id)] {
        let message =
            assert_invalid_argument(service.emulator.seed_messages(chat, sender, ["hello"]));
        assert!(
            message.contains(&chat.to_string()) && message.contains(&sender.to_string()),
            "{message}"
        );
    }
    assert_eq!(service.emulator.message_count(), 0);
}

#[tokio::test]
async fn delete_message_and_delete_chat_ignore_ownership() {
    let (service, chat) = start_with_seeded_chat().await;
    let (seller, customer) = service.users();
    let first = service.send_text(chat, seller, "one").await;
    let second = service.send_text(chat, customer, "two").await;
    assert!(service.emulator.delete_message(first));
    assert!(!service.emulator.delete_message(first));
    assert_eq!(service.message_ids(chat, seller, "").await, [second]);

    assert!(service.emulator.delete_chat(chat));
    assert!(!service.emulator.delete_chat(chat));
    assert!(service.chats(seller, "").await.is_empty());
    let response = service.get(&messages(chat), customer).await;
    response.assert_not_found();
    assert_eq!(service.emulator.message_count(), 0);
    assert_ne!(service.create_chat(customer, seller).await, chat);
}

#[tokio::test]
async fn mark_seen_sets_seen_at_and_resets_unseen_count() {
    let (service, clock) = Service::start_with_clock().await;
    let (seller, customer) = service.users();
    let chat = service.create_chat(customer, seller).await;
    service.send_text(chat, customer, "hello").await;
    clock.set(5);
    service.emulator.mark_seen(chat, seller.id).unwrap();
    assert_eq!(
        service.chats(seller, "").await[0]["unseen_message_count"],
        json!(0)
    );
    let own = &service.chats(customer, "").await[0];
    assert_eq!(own["last_message"]["seen_at"], json!("2026-07-22 10:00:05"));
    let stranger = service.emulator.add_user("Stranger").id;
    assert_invalid_argument(service.emulator.mark_seen(chat, stranger));
}

#[tokio::test]
async fn debug_output_redacts_seed_message_content() {
    let seed = SeedMessage::text("very private");
    assert!(!format!("{seed:?}").contains("very private"));
}
