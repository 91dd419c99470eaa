use basalam_chat_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{Service, StoppedClock, messages, text_message};

#[tokio::test]
async fn a_sent_text_comes_back_and_is_stored() {
    let clock = StoppedClock::new();
    let service = Service::with(Emulator::builder().clock(clock.clock())).await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    clock.set(83);
    let answer = service
        .post(&messages(chat), customer, &text_message("سلام 👋"))
        .await
        .ok();
    let id = answer["data"]["id"].as_i64().unwrap();
    assert!(id >= 1_231_000_000);
    assert_eq!(answer["temp_id"], json!(null));
    assert_eq!(
        answer["data"],
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
    assert_eq!(listed["data"]["messages"], json!([answer["data"]]));

    let stored = service.emulator.messages(chat);
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].id, id);
    assert_eq!(stored[0].sender_id, customer.id);
    assert_eq!(stored[0].text(), Some("سلام 👋"));
    assert_eq!(service.emulator.message_count(), 1);
    assert!(!format!("{stored:?}").contains("سلام"), "content is private");
}

#[tokio::test]
async fn everything_that_is_sent_comes_back_in_its_place() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
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
    let answer = service.post(&messages(chat), customer, &body).await.ok();
    assert_eq!(answer["temp_id"], json!(-5));
    assert_eq!(answer["data"]["message_type"], json!("picture"));
    assert_eq!(
        answer["data"]["content"],
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
async fn a_reply_carries_the_message_it_answers() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    let first = service.send(chat, customer, "question").await;
    let mut body = text_message("answer");
    body["replied_message_id"] = json!(first);
    let answer = service.post(&messages(chat), seller, &body).await.ok();
    let replied = &answer["data"]["replied_message"];
    assert_eq!(replied["id"], json!(first));
    assert_eq!(replied["content"]["text"], json!("question"));
    assert!(
        replied["seen_at"].is_string(),
        "the answer shows that it was seen"
    );
    assert_eq!(replied.get("replied_message"), None);
}

#[tokio::test]
async fn a_forwarded_message_names_the_one_it_comes_from() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    let first = service.send(chat, customer, "news").await;
    let other = service.emulator.add_user("Other");
    let to = service.chat(customer, &other).await;
    let mut body = text_message("news");
    body["forward_from"] = json!(first);
    let answer = service.post(&messages(to), customer, &body).await.ok();
    assert_eq!(answer["data"]["forward_from"], json!(first));
}

#[tokio::test]
async fn replying_to_or_forwarding_what_is_not_there_is_not_found_and_sends_nothing() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    let stranger = service.emulator.add_user("Stranger");
    let elsewhere = service.chat(customer, &stranger).await;
    let hidden = service.send(elsewhere, &stranger, "hidden").await;
    let before = service.emulator.message_count();
    for (name, id) in [
        ("replied_message_id", 5),
        ("replied_message_id", hidden),
        ("forward_from", 5),
        ("forward_from", hidden),
    ] {
        let mut body = text_message("?");
        body[name] = json!(id);
        let answer = service.post(&messages(chat), seller, &body).await;
        answer.assert_not_found();
    }
    assert_eq!(service.emulator.message_count(), before);
}

#[tokio::test]
async fn a_chat_that_is_not_ones_own_is_not_found() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
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
async fn a_message_may_come_without_any_content() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    for body in [
        json!({ "message_type": "location" }),
        json!({ "message_type": "text", "content": null, "attachment": null, "temp_id": null }),
    ] {
        let answer = service.post(&messages(chat), customer, &body).await.ok();
        assert_eq!(answer["data"]["content"]["text"], json!(null));
        assert_eq!(answer["data"]["content"]["files"], json!(null));
    }
}

#[tokio::test]
async fn ids_increase_and_nothing_is_lost_when_many_send_at_once() {
    const SENDERS: usize = 8;
    const EACH: usize = 25;
    let service = Service::start().await;
    let seller = service.emulator.seller();
    let mut tasks = Vec::new();
    for number in 0..SENDERS {
        let user = service.emulator.add_user(format!("Sender {number}"));
        // Every chat is written to by two tasks, one for each side.
        let chat = service.chat(&user, seller).await;
        for sender in [user.clone(), seller.clone()] {
            let url = format!("{}{}", service.emulator.base_url(), messages(chat));
            let client = service.client.clone();
            tasks.push(tokio::spawn(async move {
                let mut sent = Vec::new();
                for number in 0..EACH {
                    let request = client.post(&url).bearer_auth(sender.token());
                    let body = text_message(&number.to_string());
                    let response = request.json(&body).send().await.unwrap();
                    let answer: Value = response.json().await.unwrap();
                    sent.push(answer["data"]["id"].as_i64().unwrap());
                }
                (chat, sent)
            }));
        }
    }
    let mut sent = Vec::new();
    for task in tasks {
        sent.push(task.await.unwrap());
    }
    let mut all = Vec::new();
    for (chat, sent) in sent {
        assert!(sent.is_sorted_by(|a, b| a < b), "one sender's ids increase");
        let stored = service.emulator.messages(chat);
        assert!(
            stored.is_sorted_by(|a, b| a.id < b.id),
            "a chat's ids increase"
        );
        assert_eq!(stored.len(), 2 * EACH);
        all.extend(sent);
    }
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), SENDERS * EACH * 2);
    assert_eq!(service.emulator.message_count(), all.len());
}
