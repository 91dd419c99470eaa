use serde_json::{Value, json};

use crate::support::{Service, messages, text_message};

#[tokio::test]
async fn sent_text_is_returned_and_stored() {
    let (service, clock) = Service::start_with_clock().await;
    let (seller, customer) = service.users();
    let chat = service.create_chat(customer, seller).await;
    clock.set(83);
    let response = service
        .post(&messages(chat), customer, &text_message("سلام 👋"))
        .await
        .ok();
    let id = response["data"]["id"].as_i64().unwrap();
    assert!(id >= 1_231_000_000);
    assert_eq!(response["temp_id"], json!(null));
    assert_eq!(
        response["data"],
        json!({
            "id": id,
            "chat_id": chat,
            "seen_at": null,
            "created_at": "2026-07-22 10:01:23",
            "updated_at": "2026-07-22 10:01:23",
            "message_type": "text",
            "sender": {
                "id": customer.id, "hash_id": customer.hash_id, "name": "Customer",
                "avatar": null, "badge": null, "verified": false, "vendor": null,
            },
            "content": {
                "links": null, "files": null, "text": "سلام 👋",
                "entity_id": null, "metadata": null, "reply_markup": null,
            },
            "forward_from": null,
            "replied_message": null,
        })
    );
    let listed = service.get(&messages(chat), seller).await.ok();
    assert_eq!(listed["data"]["messages"], json!([response["data"]]));

    let stored = service.emulator.messages(chat);
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].id, id);
    assert_eq!(stored[0].sender_id, customer.id);
    assert_eq!(stored[0].text(), Some("سلام 👋"));
    assert_eq!(service.emulator.message_count(), 1);
    assert!(
        !format!("{stored:?}").contains("سلام"),
        "debug output redacts content"
    );
}

#[tokio::test]
async fn sent_message_fields_are_returned() {
    let (service, chat) = Service::start_with_chat().await;
    let customer = service.emulator.customer();
    let file = json!({
        "id": 78_123_456, "url": "https://example.com/a.jpg", "width": 8, "height": 6,
        "name": "a.jpg", "size": 48, "type": "image", "blur_hash": "LEHV6n", "duration": 3,
    });
    let button = json!({ "id": 1, "label": "Open", "type": "url", "data": { "url": "https://example.com" } });
    let body = json!({
        "message_type": "picture",
        "content": { "text": "caption", "entity_id": 7, "quick_message_id": 17 },
        "attachment": { "files": [file, { "id": 2, "url": "b", "name": null }] },
        "temp_id": -5,
        "message_metadata": { "receiver_coupon_hint": true, "nothing": null },
        "inline_markup_button": [[button], []],
    });
    let response = service.post(&messages(chat), customer, &body).await.ok();
    assert_eq!(response["temp_id"], json!(-5));
    assert_eq!(response["data"]["message_type"], json!("picture"));
    assert_eq!(
        response["data"]["content"],
        json!({
            "links": null,
            "files": [file, { "id": 2, "url": "b" }],
            "text": "caption",
            "entity_id": 7,
            "metadata": { "receiver_coupon_hint": true, "nothing": null },
            "reply_markup": [[button], []],
        })
    );
}

#[tokio::test]
async fn reply_contains_replied_message() {
    let (service, chat) = Service::start_with_chat().await;
    let (seller, customer) = service.users();
    let first = service.send_text(chat, customer, "question").await;
    let mut body = text_message("answer");
    body["replied_message_id"] = json!(first);
    let response = service.post(&messages(chat), seller, &body).await.ok();
    let replied = &response["data"]["replied_message"];
    assert_eq!(replied["id"], json!(first));
    assert_eq!(replied["content"]["text"], json!("question"));
    assert!(
        replied["seen_at"].is_string(),
        "replying marks the message as seen"
    );
    assert_eq!(replied.get("replied_message"), None);
}

#[tokio::test]
async fn forwarded_message_has_forward_from() {
    let (service, chat) = Service::start_with_chat().await;
    let customer = service.emulator.customer();
    let first = service.send_text(chat, customer, "news").await;
    let other = service.emulator.add_user("Other");
    let to = service.create_chat(customer, &other).await;
    let mut body = text_message("news");
    body["forward_from"] = json!(first);
    let response = service.post(&messages(to), customer, &body).await.ok();
    assert_eq!(response["data"]["forward_from"], json!(first));
}

#[tokio::test]
async fn replying_to_or_forwarding_inaccessible_message_is_404() {
    let (service, chat) = Service::start_with_chat().await;
    let (seller, customer) = service.users();
    let stranger = service.emulator.add_user("Stranger");
    let elsewhere = service.create_chat(customer, &stranger).await;
    let hidden = service.send_text(elsewhere, &stranger, "hidden").await;
    let before = service.emulator.message_count();
    for (name, id) in [
        ("replied_message_id", 5),
        ("replied_message_id", hidden),
        ("forward_from", 5),
        ("forward_from", hidden),
    ] {
        let mut body = text_message("?");
        body[name] = json!(id);
        let response = service.post(&messages(chat), seller, &body).await;
        response.assert_not_found();
    }
    assert_eq!(service.emulator.message_count(), before);
}

#[tokio::test]
async fn messages_of_another_users_chat_are_404() {
    let (service, chat) = Service::start_with_chat().await;
    let stranger = service.emulator.add_user("Stranger");
    for id in [chat, 1, 9_999_999_999] {
        let body = text_message("let me in");
        service
            .post(&messages(id), &stranger, &body)
            .await
            .assert_not_found();
        service
            .get(&messages(id), &stranger)
            .await
            .assert_not_found();
    }
    assert_eq!(service.emulator.message_count(), 0);
}

#[tokio::test]
async fn accepts_message_without_content() {
    let (service, chat) = Service::start_with_chat().await;
    let customer = service.emulator.customer();
    for body in [
        json!({ "message_type": "location" }),
        json!({ "message_type": "text", "content": null, "attachment": null, "temp_id": null }),
    ] {
        let response = service.post(&messages(chat), customer, &body).await.ok();
        assert_eq!(response["data"]["content"]["text"], json!(null));
        assert_eq!(response["data"]["content"]["files"], json!(null));
    }
}

#[tokio::test]
async fn concurrent_sends_in_many_chats_have_increasing_ids() {
    const SENDERS: usize = 8;
    const EACH: usize = 25;
    let service = Service::start().await;
    let seller = service.emulator.seller();
    let mut tasks = Vec::new();
    for index in 0..SENDERS {
        let user = service.emulator.add_user(format!("Sender {index}"));
        // Two tasks write to every chat, one for each user.
        let chat = service.create_chat(&user, seller).await;
        for sender in [user.clone(), seller.clone()] {
            let url = format!("{}{}", service.emulator.base_url(), messages(chat));
            let client = service.client.clone();
            tasks.push(tokio::spawn(async move {
                let mut sent = Vec::new();
                for index in 0..EACH {
                    let request = client.post(&url).bearer_auth(sender.token());
                    let body = text_message(&index.to_string());
                    let response = request.json(&body).send().await.unwrap();
                    let response: Value = response.json().await.unwrap();
                    sent.push(response["data"]["id"].as_i64().unwrap());
                }
                (chat, sent)
            }));
        }
    }
    let mut sent = Vec::new();
    for task in tasks {
        sent.push(task.await.unwrap());
    }
    let mut all_ids = Vec::new();
    for (chat, sent) in sent {
        assert!(sent.is_sorted_by(|a, b| a < b), "ids of a sender increase");
        let stored = service.emulator.messages(chat);
        assert!(
            stored.is_sorted_by(|a, b| a.id < b.id),
            "ids in a chat increase"
        );
        assert_eq!(stored.len(), 2 * EACH);
        all_ids.extend(sent);
    }
    all_ids.sort_unstable();
    all_ids.dedup();
    assert_eq!(all_ids.len(), SENDERS * EACH * 2);
    assert_eq!(service.emulator.message_count(), all_ids.len());
}
