use serde_json::json;

use super::{assert_rejected, get, post, seed_chat};
use crate::support::Service;

#[tokio::test]
async fn messages_are_sent_at_once() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    seed_chat(&service, &[]);
    let body = json!({ "kind": "messages", "chat_id": 7, "sender_id": customer.id, "count": 50 });
    let ids = post(&service, "simulate", body).await.ok();
    assert_eq!(ids["message_ids"].as_array().unwrap().len(), 50);
    assert_eq!(service.message_ids(7, seller, "limit=100").await.len(), 50);
}

#[tokio::test]
async fn customers_are_new_users_with_messages() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    let body = json!({ "kind": "customers", "count": 10, "user_id": seller.id, "messages": 3 });
    let ids = post(&service, "simulate", body.clone()).await.ok();
    post(&service, "simulate", body).await.ok();
    assert_eq!(ids["user_ids"].as_array().unwrap().len(), 10);
    let chats = service.chats(seller, "filters=unseen").await;
    assert_eq!(chats.len(), 20);
    assert!(chats.iter().all(|it| it["unseen_message_count"] == 3));
}

#[tokio::test]
async fn odd_messages_are_stored_as_they_are() {
    let service = Service::start().await;
    let customer = service.emulator.customer();
    seed_chat(&service, &[]);
    let body = json!({ "kind": "odd", "chat_id": 7, "sender_id": customer.id });
    post(&service, "simulate", body).await.ok();
    let messages = get(&service, "chats/7/messages").await;
    let text = messages.to_string();
    for part in [
        "\u{202e}",
        "<script>",
        "a_type_of_the_future",
        "text_length",
        "javascript:",
    ] {
        assert!(text.contains(part), "{part:?}");
    }
    // The service can still list them.
    assert!(service.message_ids(7, customer, "limit=100").await.len() > 10);
}

#[tokio::test]
async fn invalid_simulations_change_nothing() {
    let service = Service::start().await;
    let customer = service.emulator.customer().id;
    seed_chat(&service, &[]);
    for (body, part) in [
        (
            json!({ "kind": "messages", "chat_id": 7, "sender_id": customer, "count": 0 }),
            "`count`",
        ),
        (
            json!({ "kind": "messages", "chat_id": 7, "sender_id": customer, "count": 1001 }),
            "1000",
        ),
        (
            json!({ "kind": "messages", "chat_id": 8, "sender_id": customer, "count": 1 }),
            "8",
        ),
        (
            json!({ "kind": "messages", "chat_id": 7, "sender_id": 9999, "count": 1 }),
            "9999",
        ),
        (
            json!({ "kind": "customers", "count": 101, "user_id": customer, "messages": 1 }),
            "`count`",
        ),
        (
            json!({ "kind": "customers", "count": 1, "user_id": customer, "messages": 21 }),
            "`messages`",
        ),
        (
            json!({ "kind": "customers", "count": 1, "user_id": 9999, "messages": 1 }),
            "9999",
        ),
        (json!({ "kind": "odd", "chat_id": 7 }), "sender_id"),
        (json!({ "kind": "storm" }), "storm"),
        (json!({}), "kind"),
    ] {
        assert_rejected(post(&service, "simulate", body).await, 400, part).await;
    }
    assert_eq!(service.emulator.message_count(), 0);
    assert_eq!(service.emulator.users().len(), 2);
}
