use basalam_chat_emulator::{Emulator, NewUser};
use reqwest::Method;
use serde_json::json;

use crate::support::{BufferedResponse, Service, messages, text_message};

const READ_REQUESTS: [(&str, &str); 3] = [
    ("GET", "/v1/chats"),
    ("GET", "/v1/chats/1/messages"),
    ("GET", "/v1/chats/unseen-count"),
];
const WRITE_REQUESTS: [(&str, &str); 6] = [
    ("POST", "/v1/chats"),
    ("DELETE", "/v1/chats"),
    ("POST", "/v1/chats/1/messages"),
    ("PATCH", "/v1/chats/messages"),
    ("DELETE", "/v1/chats/messages"),
    ("POST", "/v1/chats/messages/forward"),
];
const UNSCOPED_REQUESTS: [(&str, &str); 14] = [
    ("GET", "/v1/users/me"),
    ("POST", "/v1/files"),
    ("GET", "/v1/webhooks"),
    ("POST", "/v1/webhooks"),
    ("PATCH", "/v1/webhooks/1"),
    ("DELETE", "/v1/webhooks/1"),
    ("GET", "/v1/webhooks/1/logs"),
    ("GET", "/v1/webhooks/events"),
    ("GET", "/v1/webhooks/customers"),
    ("GET", "/v1/webhooks/services"),
    ("POST", "/v1/webhooks/services"),
    ("GET", "/v1/customers/webhooks"),
    ("POST", "/v1/customers/webhooks"),
    ("DELETE", "/v1/customers/webhooks"),
];

/// Returns the status of each request. Most requests are invalid: a status other than
/// 403 shows that the scope check passed.
async fn statuses(service: &Service, user: NewUser, requests: &[(&str, &str)]) -> Vec<u16> {
    let user = service.emulator.add_user_with(user).unwrap();
    let mut statuses = Vec::new();
    for (method, path) in requests {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let response = BufferedResponse::send(service.request(method, path, &user)).await;
        statuses.push(response.status);
    }
    statuses
}

#[tokio::test]
async fn missing_scope_is_403_before_validation() {
    let service = Service::start().await;
    for (scopes, forbidden) in [
        (vec!["customer.chat.read"], &WRITE_REQUESTS[..]),
        (vec!["customer.chat.write"], &READ_REQUESTS[..]),
        (vec!["vendor.product.read"], &READ_REQUESTS[..]),
        (vec![], &WRITE_REQUESTS[..]),
    ] {
        let user = NewUser::new("Limited").scopes(scopes.clone());
        let statuses = statuses(&service, user, forbidden).await;
        assert!(
            statuses.iter().all(|it| *it == 403),
            "{scopes:?}: {statuses:?}"
        );
    }
}

#[tokio::test]
async fn accepts_token_with_scope_or_wildcard() {
    let service = Service::start().await;
    for (scopes, allowed) in [
        (Some(vec!["customer.chat.read"]), &READ_REQUESTS[..]),
        (
            Some(vec!["vendor.product.read", "customer.chat.write"]),
            &WRITE_REQUESTS[..],
        ),
        (Some(vec!["*"]), &READ_REQUESTS[..]),
        (Some(vec!["*"]), &WRITE_REQUESTS[..]),
        (None, &READ_REQUESTS[..]),
        (None, &WRITE_REQUESTS[..]),
        (Some(vec![]), &UNSCOPED_REQUESTS[..]),
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
async fn missing_scope_403_names_the_scope_and_stores_nothing() {
    let reader = NewUser::new("Reader").scopes(["customer.chat.read"]);
    let service = Service::start_with(Emulator::builder().customer(reader)).await;
    let (seller, reader) = (service.emulator.seller(), service.emulator.customer());
    assert!(reader.has_scope("customer.chat.read") && !reader.has_scope("customer.chat.write"));
    let chat = service.create_chat(seller, reader).await;
    let response = service
        .post(&messages(chat), reader, &text_message("hello"))
        .await;
    assert_eq!(response.status, 403);
    let body = response.json();
    assert_eq!(body["http_status"], json!(403));
    let message = body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("customer.chat.write"), "{message}");
    assert_eq!(service.emulator.message_count(), 0);
    assert_eq!(service.chats(reader, "").await.len(), 1);
}
