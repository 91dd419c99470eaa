use basalam_chat_emulator::{Emulator, User};
use serde_json::{Value, json};

use crate::support::{Answer, Service, StoppedClock, messages, text_message};

const MESSAGES: &str = "/v1/chats/messages";
const FORWARD: &str = "/v1/chats/messages/forward";

async fn with_chat() -> (Service, i64) {
    let service = Service::start().await;
    let chat = service
        .chat(service.emulator.customer(), service.emulator.seller())
        .await;
    (service, chat)
}

async fn edit(service: &Service, user: &User, id: i64, content: Value) -> Answer {
    let body = json!({ "message_id": id, "content": content });
    service.patch(MESSAGES, user, &body).await
}

async fn delete(service: &Service, user: &User, ids: &[i64]) -> Answer {
    service
        .delete(MESSAGES, user, &json!({ "message_ids": ids }))
        .await
}

async fn forward(service: &Service, user: &User, ids: &[i64], chat: i64) -> Answer {
    let body = json!({ "message_ids": ids, "chat_ids": [chat] });
    service.post(FORWARD, user, &body).await
}

fn texts(service: &Service, chat: i64) -> Vec<String> {
    let messages = service.emulator.messages(chat);
    let texts = messages.iter().map(|it| it.text().unwrap().to_owned());
    texts.collect()
}

#[tokio::test]
async fn an_edited_text_keeps_its_place_and_shows_when_it_changed() {
    let clock = StoppedClock::new();
    let service = Service::with(Emulator::builder().clock(clock.clock())).await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    let mut body = text_message("frist");
    body["message_metadata"] = json!({ "kept": true });
    let sent = service.post(&messages(chat), customer, &body).await.ok();
    let id = sent["data"]["id"].as_i64().unwrap();
    let last = service.send(chat, customer, "second").await;
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
async fn only_ones_own_messages_can_be_edited() {
    let (service, chat) = with_chat().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let id = service.send(chat, customer, "mine").await;
    let stranger = service.emulator.add_user("Stranger");
    for (user, id) in [(seller, id), (&stranger, id), (customer, 5)] {
        let answer = edit(&service, user, id, json!({ "text": "yours" })).await;
        answer.assert_not_found();
    }
    assert_eq!(texts(&service, chat), ["mine"]);
}

#[tokio::test]
async fn null_content_and_other_types_than_text_cannot_be_edited() {
    let (service, chat) = with_chat().await;
    let customer = service.emulator.customer();
    let id = service.send(chat, customer, "text").await;
    let answer = edit(&service, customer, id, json!(null)).await;
    answer.assert_invalid(json!(["body", "content"]));
    let body = json!({ "message_id": id });
    let answer = service.patch(MESSAGES, customer, &body).await;
    let violation = answer.assert_invalid(json!(["body", "content"]));
    assert_eq!(violation["type"], json!("missing"));

    let body = json!({ "message_type": "product", "content": { "entity_id": 7 } });
    let sent = service.post(&messages(chat), customer, &body).await.ok();
    let id = sent["data"]["id"].as_i64().unwrap();
    let answer = edit(&service, customer, id, json!({ "entity_id": 8 })).await;
    let violation = answer.assert_invalid(json!(["body", "message_id"]));
    assert!(violation["msg"].as_str().unwrap().contains("product"));
}

#[tokio::test]
async fn deleted_messages_vanish_for_both_sides_and_from_replies() {
    let (service, chat) = with_chat().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let mut ids = Vec::new();
    for text in ["one", "two", "three"] {
        ids.push(service.send(chat, customer, text).await);
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
    let gone = edit(&service, customer, ids[0], json!({ "text": "?" })).await;
    gone.assert_not_found();
}

#[tokio::test]
async fn an_unseen_message_that_is_deleted_is_counted_no_more_and_is_not_the_last() {
    let (service, chat) = with_chat().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let first = service.send(chat, customer, "one").await;
    let second = service.send(chat, customer, "two").await;
    delete(&service, customer, &[second])
        .await
        .assert_accepted();
    let listed = &service.chats(seller, "").await[0];
    assert_eq!(listed["unseen_message_count"], json!(1));
    assert_eq!(listed["last_message"]["id"], json!(first));
    assert_eq!(service.send(chat, seller, "three").await, second + 1);
}

#[tokio::test]
async fn deleting_twice_does_no_harm_and_ids_of_nothing_are_passed_over() {
    let (service, chat) = with_chat().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let stranger = service.emulator.add_user("Stranger");
    let elsewhere = service.chat(&stranger, seller).await;
    let hidden = service.send(elsewhere, &stranger, "hidden").await;
    let id = service.send(chat, customer, "mine").await;
    for _ in 0..2 {
        delete(&service, customer, &[5, id, id, hidden])
            .await
            .assert_accepted();
    }
    assert_eq!(texts(&service, chat), [""; 0]);
    assert_eq!(texts(&service, elsewhere), ["hidden"]);
}

#[tokio::test]
async fn nothing_is_deleted_where_one_message_is_somebody_elses() {
    let (service, chat) = with_chat().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let mine = service.send(chat, customer, "mine").await;
    let theirs = service.send(chat, seller, "theirs").await;
    delete(&service, customer, &[mine, theirs])
        .await
        .assert_not_found();
    assert_eq!(texts(&service, chat), ["mine", "theirs"]);
}

#[tokio::test]
async fn forwarded_messages_are_copied_in_the_order_of_their_ids() {
    let (service, chat) = with_chat().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let first = service.send(chat, customer, "one").await;
    let mut reply = json!({
        "message_type": "picture", "replied_message_id": first, "content": { "text": "two" },
        "attachment": { "files": [{ "id": 1, "url": "a" }] }, "message_metadata": { "a": 1 },
    });
    reply["inline_markup_button"] = json!([[{ "id": 1, "label": "a", "type": "msg", "data": {} }]]);
    let sent = service.post(&messages(chat), seller, &reply).await.ok();
    let second = sent["data"]["id"].as_i64().unwrap();
    let other = service.emulator.add_user("Other");
    let to = service.chat(customer, &other).await;

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
async fn nothing_is_forwarded_where_a_message_or_the_chat_is_not_ones_own() {
    let (service, chat) = with_chat().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let stranger = service.emulator.add_user("Stranger");
    let elsewhere = service.chat(&stranger, seller).await;
    let hidden = service.send(elsewhere, &stranger, "hidden").await;
    let id = service.send(chat, customer, "mine").await;
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
async fn the_numbers_of_ids_that_the_contract_allows_are_kept_to() {
    let service = Service::start().await;
    let customer = service.emulator.customer();
    let ids = |count: i64| (1..=count).collect::<Vec<_>>();
    for (count, status) in [(0, 422), (1, 200), (30, 200), (31, 422)] {
        let answer = delete(&service, customer, &ids(count)).await;
        assert_eq!(answer.status, status, "deleting {count}");
        let body = json!({ "chat_ids": ids(count) });
        let answer = service.delete("/v1/chats", customer, &body).await;
        assert_eq!(answer.status, status, "deleting {count} chats");
    }
    for (count, status) in [(0, 422), (1, 404), (26, 404), (27, 422)] {
        let answer = forward(&service, customer, &ids(count), 1).await;
        assert_eq!(answer.status, status, "forwarding {count}");
    }
    for id in [0, 2_147_483_648] {
        let answer = delete(&service, customer, &[id]).await;
        answer.assert_invalid(json!(["body", "message_ids", 0]));
    }
    let body = json!({ "message_ids": [1], "chat_ids": [1, 2] });
    let answer = service.post(FORWARD, customer, &body).await;
    answer.assert_invalid(json!(["body", "chat_ids"]));
}
