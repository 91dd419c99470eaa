use basalam_chat_emulator::User;
use serde_json::json;

use crate::support::{BufferedResponse, Service, messages, text_message};

async fn start_with_message() -> (Service, i64) {
    let (service, chat) = Service::start_with_chat().await;
    service
        .send_text(chat, service.emulator.seller(), "hello")
        .await;
    (service, chat)
}

async fn delete(service: &Service, user: &User, ids: &[i64]) -> BufferedResponse {
    service
        .delete("/v1/chats", user, &json!({ "chat_ids": ids }))
        .await
}

#[tokio::test]
async fn deleted_chat_disappears_only_for_the_user_who_deleted_it() {
    let (service, chat) = start_with_message().await;
    let (seller, customer) = service.users();
    delete(&service, customer, &[chat]).await.assert_accepted();
    assert!(service.chats(customer, "").await.is_empty());
    let response = service.get(&messages(chat), customer).await;
    response.assert_not_found();
    let response = service
        .post(&messages(chat), customer, &text_message("?"))
        .await;
    response.assert_not_found();

    assert_eq!(service.chats(seller, "").await.len(), 1);
    assert_eq!(service.message_ids(chat, seller, "").await.len(), 1);
}

#[tokio::test]
async fn deleted_chat_reappears_if_created_again_or_written_to() {
    let (service, chat) = start_with_message().await;
    let (seller, customer) = service.users();
    delete(&service, customer, &[chat]).await.assert_accepted();
    assert_eq!(service.create_chat(customer, seller).await, chat);
    assert_eq!(service.message_ids(chat, customer, "").await.len(), 1);

    delete(&service, customer, &[chat]).await.assert_accepted();
    service.send_text(chat, seller, "again").await;
    let listed = &service.chats(customer, "").await[0];
    assert_eq!(listed["unseen_message_count"], json!(2));
    assert_eq!(service.message_ids(chat, customer, "").await.len(), 2);
}

#[tokio::test]
async fn delete_chats_is_idempotent_and_ignores_unknown_ids() {
    let (service, chat) = start_with_message().await;
    let (seller, customer) = service.users();
    let stranger = service.emulator.add_user("Stranger");
    let elsewhere = service.create_chat(&stranger, seller).await;
    for _ in 0..2 {
        let ids = [5, chat, chat, elsewhere];
        delete(&service, customer, &ids).await.assert_accepted();
    }
    assert_eq!(service.chats(&stranger, "").await.len(), 1);
    assert_eq!(service.chats(seller, "").await.len(), 2);
}
