use basalam_chat_emulator::User;
use serde_json::{Value, json};

use crate::support::{BufferedResponse, Service, messages, text_message};

const MESSAGES: &str = "/v1/chats/messages";
const FORWARD: &str = "/v1/chats/messages/forward";

async fn edit(service: &Service, user: &User, id: i64, content: Value) -> BufferedResponse {
    let body = json!({ "message_id": id, "content": content });
    service.patch(MESSAGES, user, &body).await
}

async fn delete(service: &Service, user: &User, ids: &[i64]) -> BufferedResponse {
    service
        .delete(MESSAGES, user, &json!({ "message_ids": ids }))
        .await
}

async fn forward(service: &Service, user: &User, ids: &[i64], chat: i64) -> BufferedResponse {
    let body = json!({ "message_ids": ids, "chat_ids": [chat] });
    service.post(FORWARD, user, &body).await
}

fn texts(service: &Service, chat: i64) -> Vec<String> {
    let messages = service.emulator.messages(chat);
    let texts = messages.iter().map(|it| it.text().unwrap().to_owned());
    texts.collect()
}

/// Sends a message in a chat that the customer cannot access. Returns the ids of both.
async fn send_hidden_message(service: &Service) -> (i64, i64) {
    let stranger = service.emulator.add_user("Stranger");
    let chat = service
        .create_chat(&stranger, service.emulator.seller())
        .await;
    let message = service.send_text(chat, &stranger, "hidden").await;
    (chat, message)
}

#[tokio::test]
async fn edit_changes_content_and_updated_at_but_not_order() {
    let (service, clock) = Service::start_with_clock().await;
    let (seller, customer) = service.users();
    let chat = service.create_chat(customer, seller).await;
    let mut body = text_message("frist");
    body["message_metadata"] = json!({ "kept": true });
    let sent = service.post(&messages(chat), customer, &body).await.ok();
    let id = sent["data"]["id"].as_i64().unwrap();
    let last = service.send_text(chat, customer, "second").await;
    clock.set(5);
    let edited = edit(
        &service,
        customer,
        id,
        json!({ "text": "first", "entity_id": 7 }),
    )
    .await
    .ok();
    let edited = &edited["data"];
    assert_eq!(edited["id"], json!(id));
    assert_eq!(edited["content"]["text"], json!("first"));
    assert_eq!(edited["content"]["entity_id"], json!(7));
    assert_eq!(edited["content"]["metadata"], json!({ "kept": true }));
    assert_eq!(edited["created_at"], json!("2026-07-22 10:00:00"));
    assert_eq!(edited["updated_at"], json!("2026-07-22 10:00:05"));

    let listed = service.get(&messages(chat), seller).await.ok();
    assert_eq!(listed["data"]["messages"][1], *edited);
    assert_eq!(service.message_ids(chat, seller, "").await, [last, id]);
    let chat = &service.chats(seller, "").await[0];
    assert_eq!(chat["updated_at"], json!("2026-07-22 10:00:00"));
}

#[tokio::test]
async fn editing_another_users_message_is_404() {
    let (service, chat) = Service::start_with_chat().await;
    let (seller, customer) = service.users();
    let id = service.send_text(chat, customer, "mine").await;
    let stranger = service.emulator.add_user("Stranger");
    for (user, id) in [(seller, id), (&stranger, id), (customer, 5)] {
        let response = edit(&service, user, id, json!({ "text": "yours" })).await;
        response.assert_not_found();
    }
    assert_eq!(texts(&service, chat), ["mine"]);
}

#[tokio::test]
async fn edit_rejects_null_content_and_non_text_messages() {
    let (service, chat) = Service::start_with_chat().await;
    let customer = service.emulator.customer();
    let id = service.send_text(chat, customer, "text").await;
    let response = edit(&service, customer, id, json!(null)).await;
    response.assert_invalid(json!(["body", "content"]));
    let body = json!({ "message_id": id });
    let response = service.patch(MESSAGES, customer, &body).await;
    let violation = response.assert_invalid(json!(["body", "content"]));
    assert_eq!(violation["type"], json!("missing"));

    let body = json!({ "message_type": "product", "content": { "entity_id": 7 } });
    let sent = service.post(&messages(chat), customer, &body).await.ok();
    let id = sent["data"]["id"].as_i64().unwrap();
    let response = edit(&service, customer, id, json!({ "entity_id": 8 })).await;
    let violation = response.assert_invalid(json!(["body", "message_id"]));
    assert!(violation["msg"].as_str().unwrap().contains("product"));
}

#[tokio::test]
async fn deleted_messages_disappear_for_both_users_and_from_replies() {
    let (service, chat) = Service::start_with_chat().await;
    let (seller, customer) = service.users();
    let mut ids = Vec::new();
    for text in ["one", "two", "three"] {
        ids.push(service.send_text(chat, customer, text).await);
    }
    let mut reply = text_message("to one");
    reply["replied_message_id"] = json!(ids[0]);
    service.post(&messages(chat), seller, &reply).await.ok();

    delete(&service, customer, &ids[..2])
        .await
        .assert_accepted();
    assert_eq!(texts(&service, chat), ["three", "to one"]);
    assert_eq!(service.emulator.message_count(), 2);
    for user in [seller, customer] {
        let listed = service.get(&messages(chat), user).await.ok();
        let listed = listed["data"]["messages"].as_array().unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!(listed[0]["replied_message"], json!(null));
    }
    let deleted = edit(&service, customer, ids[0], json!({ "text": "?" })).await;
    deleted.assert_not_found();
}

#[tokio::test]
async fn deleting_unseen_message_updates_unseen_count_and_last_message() {
    let (service, chat) = Service::start_with_chat().await;
    let (seller, customer) = service.users();
    let first = service.send_text(chat, customer, "one").await;
    let second = service.send_text(chat, customer, "two").await;
    delete(&service, customer, &[second])
        .await
        .assert_accepted();
    let listed = &service.chats(seller, "").await[0];
    assert_eq!(listed["unseen_message_count"], json!(1));
    assert_eq!(listed["last_message"]["id"], json!(first));
    assert_eq!(service.send_text(chat, seller, "three").await, second + 1);
}

#[tokio::test]
async fn delete_messages_is_idempotent_and_ignores_unknown_ids() {
    let (service, chat) = Service::start_with_chat().await;
    let customer = service.emulator.customer();
    let (elsewhere, hidden) = send_hidden_message(&service).await;
    let id = service.send_text(chat, customer, "mine").await;
    for _ in 0..2 {
        delete(&service, customer, &[5, id, id, hidden])
            .await
            .assert_accepted();
    }
    assert_eq!(texts(&service, chat), [""; 0]);
    assert_eq!(texts(&service, elsewhere), ["hidden"]);
}

#[tokio::test]
async fn delete_with_another_users_message_deletes_nothing() {
    let (service, chat) = Service::start_with_chat().await;
    let (seller, customer) = service.users();
    let mine = service.send_text(chat, customer, "mine").await;
    let theirs = service.send_text(chat, seller, "theirs").await;
    delete(&service, customer, &[mine, theirs])
        .await
        .assert_not_found();
    assert_eq!(texts(&service, chat), ["mine", "theirs"]);
}

#[tokio::test]
async fn forward_copies_messages_in_id_order() {
    let (service, chat) = Service::start_with_chat().await;
    let (seller, customer) = service.users();
    let first = service.send_text(chat, customer, "one").await;
    let mut reply = json!({
        "message_type": "picture", "replied_message_id": first, "content": { "text": "two" },
        "attachment": { "files": [{ "id": 1, "url": "a" }] }, "message_metadata": { "a": 1 },
    });
    reply["inline_markup_button"] = json!([[{ "id": 1, "label": "a", "type": "msg", "data": {} }]]);
    let sent = service.post(&messages(chat), seller, &reply).await.ok();
    let second = sent["data"]["id"].as_i64().unwrap();
    let other = service.emulator.add_user("Other");
    let to = service.create_chat(customer, &other).await;

    forward(&service, customer, &[second, first, second], to)
        .await
        .assert_accepted();
    let listed = service
        .get(&format!("{}?order=asc", messages(to)), &other)
        .await
        .ok();
    let listed = listed["data"]["messages"].as_array().unwrap();
    assert_eq!(listed.len(), 2);
    let sources: Vec<_> = listed.iter().map(|it| it["forward_from"].clone()).collect();
    assert_eq!(sources, [json!(first), json!(second)]);
    for copy in listed {
        assert_eq!(copy["sender"]["id"], json!(customer.id));
        assert_eq!(copy["replied_message"], json!(null));
    }
    assert_eq!(listed[1]["message_type"], json!("picture"));
    assert_eq!(listed[1]["content"], sent["data"]["content"]);
    assert_eq!(
        service.chats(&other, "").await[0]["unseen_message_count"],
        json!(2)
    );
}

#[tokio::test]
async fn forward_with_inaccessible_message_or_chat_forwards_nothing() {
    let (service, chat) = Service::start_with_chat().await;
    let customer = service.emulator.customer();
    let (elsewhere, hidden) = send_hidden_message(&service).await;
    let id = service.send_text(chat, customer, "mine").await;
    for (ids, chat) in [
        (vec![id, hidden], chat),
        (vec![id, 5], chat),
        (vec![id], elsewhere),
        (vec![id], 5),
    ] {
        forward(&service, customer, &ids, chat)
            .await
            .assert_not_found();
    }
    assert_eq!(service.emulator.message_count(), 2);
}

#[tokio::test]
async fn enforces_id_list_length_and_id_range() {
    let service = Service::start().await;
    let customer = service.emulator.customer();
    let ids = |count: i64| (1..=count).collect::<Vec<_>>();
    for (count, status) in [(0, 422), (1, 200), (30, 200), (31, 422)] {
        let response = delete(&service, customer, &ids(count)).await;
        assert_eq!(response.status, status, "deleting {count}");
        let body = json!({ "chat_ids": ids(count) });
        let response = service.delete("/v1/chats", customer, &body).await;
        assert_eq!(response.status, status, "deleting {count} chats");
    }
    for (count, status) in [(0, 422), (1, 404), (26, 404), (27, 422)] {
        let response = forward(&service, customer, &ids(count), 1).await;
        assert_eq!(response.status, status, "forwarding {count}");
    }
    for id in [0, 2_147_483_648] {
        let response = delete(&service, customer, &[id]).await;
        response.assert_invalid(json!(["body", "message_ids", 0]));
    }
    let body = json!({ "message_ids": [1], "chat_ids": [1, 2] });
    let response = service.post(FORWARD, customer, &body).await;
    response.assert_invalid(json!(["body", "chat_ids"]));
}
