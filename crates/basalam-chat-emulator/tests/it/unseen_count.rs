use basalam_chat_emulator::{Emulator, User};
use serde_json::{Value, json};

use crate::support::{Service, assert_invalid_argument};

async fn unseen_count(service: &Service, user: &User) -> Value {
    service.get("/v1/chats/unseen-count", user).await.ok()
}

/// Adds `count` users who each send two messages to the seller.
async fn add_writers(service: &Service, count: usize) -> Vec<(User, i64)> {
    let mut writers = Vec::new();
    for index in 0..count {
        let writer = service.emulator.add_user(format!("Writer {index}"));
        let chat = service
            .create_chat(&writer, service.emulator.seller())
            .await;
        for text in ["one", "two"] {
            service.send_text(chat, &writer, text).await;
        }
        writers.push((writer, chat));
    }
    writers
}

#[tokio::test]
async fn unseen_count_counts_chats_not_messages() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    let nothing = json!({ "count": 0, "more_than_count": false });
    assert_eq!(unseen_count(&service, seller).await, nothing);
    let writers = add_writers(&service, 3).await;
    service
        .create_chat(seller, service.emulator.customer())
        .await;
    let response = unseen_count(&service, seller).await;
    assert_eq!(response, json!({ "count": 3, "more_than_count": false }));
    assert_eq!(unseen_count(&service, &writers[0].0).await, nothing);

    service.send_text(writers[0].1, seller, "answer").await;
    let body = json!({ "chat_ids": [writers[1].1] });
    service
        .delete("/v1/chats", seller, &body)
        .await
        .assert_accepted();
    assert_eq!(unseen_count(&service, seller).await["count"], json!(1));
    assert_eq!(
        unseen_count(&service, &writers[0].0).await["count"],
        json!(1)
    );
}

#[tokio::test]
async fn unseen_count_stops_at_maximum_and_reports_more() {
    let service = Service::start_with(Emulator::builder().max_unseen_count(2)).await;
    let seller = service.emulator.seller();
    add_writers(&service, 2).await;
    let response = unseen_count(&service, seller).await;
    assert_eq!(response, json!({ "count": 2, "more_than_count": false }));
    add_writers(&service, 1).await;
    let response = unseen_count(&service, seller).await;
    assert_eq!(response, json!({ "count": 2, "more_than_count": true }));
}

#[tokio::test]
async fn rejects_max_unseen_count_of_0() {
    let builder = Emulator::builder().max_unseen_count(0);
    assert_invalid_argument(builder.start().await);
}
