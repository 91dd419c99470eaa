use basalam_chat_emulator::{Emulator, User};
use serde_json::{Value, json};

use crate::support::Service;

async fn count(service: &Service, user: &User) -> Value {
    service.get("/v1/chats/unseen-count", user).await.ok()
}

/// Lets `number` users write to the seller, twice each.
async fn written_to(service: &Service, number: usize) -> Vec<(User, i64)> {
    let mut writers = Vec::new();
    for number in 0..number {
        let writer = service.emulator.add_user(format!("Writer {number}"));
        let chat = service.chat(&writer, service.emulator.seller()).await;
        for text in ["one", "two"] {
            service.send(chat, &writer, text).await;
        }
        writers.push((writer, chat));
    }
    writers
}

#[tokio::test]
async fn chats_with_unseen_messages_are_counted_and_not_the_messages() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    let nothing = json!({ "count": 0, "more_than_count": false });
    assert_eq!(count(&service, seller).await, nothing);
    let writers = written_to(&service, 3).await;
    service.chat(seller, service.emulator.customer()).await;
    let answer = count(&service, seller).await;
    assert_eq!(answer, json!({ "count": 3, "more_than_count": false }));
    assert_eq!(count(&service, &writers[0].0).await, nothing);

    service.send(writers[0].1, seller, "answer").await;
    let body = json!({ "chat_ids": [writers[1].1] });
    service
        .delete("/v1/chats", seller, &body)
        .await
        .assert_accepted();
    assert_eq!(count(&service, seller).await["count"], json!(1));
    assert_eq!(count(&service, &writers[0].0).await["count"], json!(1));
}

#[tokio::test]
async fn the_count_stops_at_its_cap_and_says_that_there_are_more() {
    let service = Service::with(Emulator::builder().max_unseen_count(2)).await;
    let seller = service.emulator.seller();
    written_to(&service, 2).await;
    let answer = count(&service, seller).await;
    assert_eq!(answer, json!({ "count": 2, "more_than_count": false }));
    written_to(&service, 1).await;
    let answer = count(&service, seller).await;
    assert_eq!(answer, json!({ "count": 2, "more_than_count": true }));
}

#[tokio::test]
async fn a_cap_of_0_is_refused() {
    let builder = Emulator::builder().max_unseen_count(0);
    let error = builder.start().await.unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
}
