use basalam_chat_emulator::{Emulator, NewUser};
use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Service, messages, text_message};

const READING: [(&str, &str); 3] = [
    ("GET", "/v1/chats"),
    ("GET", "/v1/chats/1/messages"),
    ("GET", "/v1/chats/unseen-count"),
];
const WRITING: [(&str, &str); 6] = [
    ("POST", "/v1/chats"),
    ("DELETE", "/v1/chats"),
    ("POST", "/v1/chats/1/messages"),
    ("PATCH", "/v1/chats/messages"),
    ("DELETE", "/v1/chats/messages"),
    ("POST", "/v1/chats/messages/forward"),
];
const FREE: [(&str, &str); 2] = [("GET", "/v1/users/me"), ("POST", "/v1/files")];

/// Sends requests of which most are violations: what counts is whether they are looked
/// at.
async fn statuses(service: &Service, user: NewUser, requests: &[(&str, &str)]) -> Vec<u16> {
    let user = service.emulator.add_user_with(user).unwrap();
    let mut statuses = Vec::new();
    for (method, path) in requests {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = Answer::of(service.request(method, path, &user)).await;
        statuses.push(answer.status);
    }
    statuses
}

#[tokio::test]
async fn a_token_without_the_scope_is_refused_with_403_before_the_request_is_looked_at() {
    let service = Service::start().await;
    for (scopes, refused) in [
        (vec!["customer.chat.read"], &WRITING[..]),
        (vec!["customer.chat.write"], &READING[..]),
        (vec!["vendor.product.read"], &READING[..]),
        (vec![], &WRITING[..]),
    ] {
        let user = NewUser::new("Limited").scopes(scopes.clone());
        let statuses = statuses(&service, user, refused).await;
        assert!(
            statuses.iter().all(|it| *it == 403),
            "{scopes:?}: {statuses:?}"
        );
    }
}

#[tokio::test]
async fn a_token_with_the_scope_or_with_all_is_let_through() {
    let service = Service::start().await;
    for (scopes, allowed) in [
        (Some(vec!["customer.chat.read"]), &READING[..]),
        (
            Some(vec!["vendor.product.read", "customer.chat.write"]),
            &WRITING[..],
        ),
        (Some(vec!["*"]), &READING[..]),
        (Some(vec!["*"]), &WRITING[..]),
        (None, &READING[..]),
        (None, &WRITING[..]),
        (Some(vec![]), &FREE[..]),
    ] {
        let user = NewUser::new("Allowed");
        let user = match scopes.clone() {
            Some(scopes) => user.scopes(scopes),
            None => user,
        };
        let statuses = statuses(&service, user, allowed).await;
        assert!(!statuses.contains(&403), "{scopes:?}: {statuses:?}");
    }
}

#[tokio::test]
async fn a_403_names_the_scope_and_nothing_is_done() {
    let reader = NewUser::new("Reader").scopes(["customer.chat.read"]);
    let service = Service::with(Emulator::builder().customer(reader)).await;
    let (seller, reader) = (service.emulator.seller(), service.emulator.customer());
    assert!(reader.has_scope("customer.chat.read") && !reader.has_scope("customer.chat.write"));
    let chat = service.chat(seller, reader).await;
    let answer = service
        .post(&messages(chat), reader, &text_message("hello"))
        .await;
    assert_eq!(answer.status, 403);
    let body = answer.json();
    assert_eq!(body["http_status"], json!(403));
    let words = body["errors"][0]["message"].as_str().unwrap();
    assert!(words.contains("customer.chat.write"), "{words}");
    assert_eq!(service.emulator.message_count(), 0);
    assert_eq!(service.chats(reader, "").await.len(), 1);
}
