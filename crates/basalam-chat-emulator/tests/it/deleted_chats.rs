use basalam_chat_emulator::User;
use serde_json::json;

use crate::support::{Answer, Service, messages, text_message};

async fn with_chat() -> (Service, i64) {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    service.send(chat, seller, "hello").await;
    (service, chat)
}

async fn delete(service: &Service, user: &User, ids: &[i64]) -> Answer {
    service
        .delete("/v1/chats", user, &json!({ "chat_ids": ids }))
        .await
}

#[tokio::test]
async fn a_deleted_chat_is_gone_for_whoever_deleted_it_and_for_nobody_else() {
    let (service, chat) = with_chat().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    delete(&service, customer, &[chat]).await.assert_accepted();
    assert!(service.chats(customer, "").await.is_empty());
    let answer = service.get(&messages(chat), customer).await;
    answer.assert_not_found();
    let answer = service
        .post(&messages(chat), customer, &text_message("?"))
        .await;
    answer.assert_not_found();

    assert_eq!(service.chats(seller, "").await.len(), 1);
    assert_eq!(service.message_ids(chat, seller, "").await.len(), 1);
}

#[tokio::test]
async fn a_deleted_chat_comes_back_as_it_was_when_it_is_opened_or_written_to() {
    let (service, chat) = with_chat().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    delete(&service, customer, &[chat]).await.assert_accepted();
    assert_eq!(service.chat(customer, seller).await, chat);
    assert_eq!(service.message_ids(chat, customer, "").await.len(), 1);

    delete(&service, customer, &[chat]).await.assert_accepted();
    service.send(chat, seller, "again").await;
    let back = &service.chats(customer, "").await[0];
    assert_eq!(back["unseen_message_count"], json!(2));
    assert_eq!(service.message_ids(chat, customer, "").await.len(), 2);
}

#[tokio::test]
async fn deleting_chats_twice_does_no_harm_and_ids_of_nothing_are_passed_over() {
    let (service, chat) = with_chat().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let stranger = service.emulator.add_user("Stranger");
    let elsewhere = service.chat(&stranger, seller).await;
    for _ in 0..2 {
        let ids = [5, chat, chat, elsewhere];
        delete(&service, customer, &ids).await.assert_accepted();
    }
    assert_eq!(service.chats(&stranger, "").await.len(), 1);
    assert_eq!(service.chats(seller, "").await.len(), 2);
}
