//! Cached responses must not outlive a change.

use basalam_chat_emulator::{SeedChat, SeedMessage};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::support::{Service, messages};

async fn message_page(service: &Service, chat: i64) -> Vec<Value> {
    let seller = service.emulator.seller();
    let response = service.get(&messages(chat), seller).await.ok();
    response["data"]["messages"].as_array().unwrap().clone()
}

async fn first_chat(service: &Service) -> Value {
    let seller = service.emulator.seller();
    service.chats(seller, "").await[0].clone()
}

#[tokio::test]
async fn message_changes_appear_in_next_message_and_chat_list() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let chat = service.create_chat(seller, customer).await;
    let first = service.send_text(chat, seller, "first").await;
    let reply = SeedMessage::text("reply").replied_message_id(first);
    let ids = service.emulator.seed_messages(chat, seller.id, [reply]);
    let reply = ids.unwrap()[0];

    assert_eq!(
        message_page(&service, chat).await[0]["replied_message"]["id"],
        first
    );
    assert_eq!(
        message_page(&service, chat).await[1]["seen_at"],
        json!(null)
    );
    assert_eq!(
        first_chat(&service).await["last_message"]["seen_at"],
        json!(null)
    );

    let edit = json!({ "message_id": first, "content": { "text": "edited" } });
    service
        .patch("/v1/chats/messages", seller, &edit)
        .await
        .ok();
    let shown = message_page(&service, chat).await;
    assert_eq!(shown[1]["content"]["text"], "edited");
    assert_eq!(shown[0]["replied_message"]["content"]["text"], "edited");
    let last = first_chat(&service).await["last_message"].clone();
    assert_eq!(last["replied_message"]["content"]["text"], "edited");

    service.emulator.mark_seen(chat, customer.id).unwrap();
    assert!(message_page(&service, chat).await[1]["seen_at"].is_string());
    let shown = first_chat(&service).await;
    assert!(shown["last_message"]["seen_at"].is_string());
    assert_eq!(shown["contact_last_seen_message_id"], reply);

    service.emulator.delete_message(first);
    assert_eq!(
        message_page(&service, chat).await[0]["replied_message"],
        json!(null)
    );
    let last = first_chat(&service).await["last_message"].clone();
    assert_eq!(last["replied_message"], json!(null));
}

#[tokio::test]
async fn chat_changes_appear_in_next_chat_list() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let chat = service.create_chat(seller, customer).await;
    assert_eq!(first_chat(&service).await["last_message"], json!(null));
    let id = service.send_text(chat, customer, "one").await;
    assert_eq!(first_chat(&service).await["unseen_message_count"], 1);
    service.emulator.mark_seen(chat, seller.id).unwrap();
    let shown = first_chat(&service).await;
    assert_eq!(shown["unseen_message_count"], 0);
    assert_eq!(shown["last_seen_id"], id);
    let time = date(2020, 1, 1).at(0, 0, 0, 0);
    service.emulator.set_chat_updated_at(chat, time).unwrap();
    assert_eq!(
        first_chat(&service).await["updated_at"],
        "2020-01-01 00:00:00"
    );
    service.emulator.set_chat_modified_at(chat, None).unwrap();
    assert_eq!(first_chat(&service).await["modified_at"], json!(null));
    service.emulator.delete_message(id);
    assert_eq!(first_chat(&service).await["last_message"], json!(null));
}

#[tokio::test]
async fn reused_chat_id_does_not_return_cached_data() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    for title in ["one", "two"] {
        let group = SeedChat::group(title, [seller.id]).id(7);
        service.emulator.seed_chat(group).unwrap();
        assert_eq!(first_chat(&service).await["group"]["title"], title);
        assert!(service.emulator.delete_chat(7));
    }
    for title in ["three", "four"] {
        let seed = json!({ "chats": [{
            "chat_type": "group", "id": 8, "title": title, "member_ids": [seller.id],
            "messages": [{ "sender_id": seller.id, "id": 5, "text": title }],
        }] });
        service.emulator.seed_json(&seed.to_string()).unwrap();
        let shown = first_chat(&service).await;
        assert_eq!(shown["group"]["title"], title);
        assert_eq!(message_page(&service, 8).await[0]["content"]["text"], title);
        service.emulator.reset().unwrap();
    }
}
