use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Service};

fn assert_unauthorised(answer: &Answer) {
    assert_eq!(answer.status, 401, "{answer:?}");
    assert_eq!(
        answer.json(),
        json!({
            "http_status": 401,
            "message": "authentication error",
            "errors": [{ "code": 401, "message": "authentication error", "fields": [] }],
        })
    );
}

async fn with_header(service: &Service, value: Option<&str>) -> Answer {
    let url = format!("{}/v1/users/me", service.emulator.base_url());
    let mut request = service.client.get(url);
    if let Some(value) = value {
        request = request.header("Authorization", value);
    }
    Answer::of(request).await
}

#[tokio::test]
async fn the_owner_of_the_token_is_told() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    let answer = service.get("/v1/users/me", seller).await.ok();
    assert_eq!(answer["id"], json!(seller.id));
    assert_eq!(answer["hash_id"], json!(seller.hash_id));
    assert_eq!(answer["name"], json!("Seller"));
    assert_eq!(
        answer["vendor"]["id"],
        json!(seller.vendor.as_ref().unwrap().id)
    );

    let customer = service.emulator.customer();
    let answer = service.get("/v1/users/me", customer).await.ok();
    assert_eq!(answer["id"], json!(customer.id));
    assert_eq!(answer["vendor"], json!(null));
}

#[tokio::test]
async fn the_scheme_is_taken_in_any_case() {
    let service = Service::start().await;
    for scheme in ["Bearer", "bearer", "BEARER", "Bearer  "] {
        let value = format!("{scheme} {}", service.emulator.seller().token());
        assert_eq!(
            with_header(&service, Some(&value)).await.status,
            200,
            "{scheme}"
        );
    }
}

#[tokio::test]
async fn a_missing_or_unknown_token_is_refused_with_401() {
    let service = Service::start().await;
    let token = service.emulator.seller().token();
    assert_unauthorised(&with_header(&service, None).await);
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer unknown",
        token,
        &format!("Basic {token}"),
        &format!("Bearer{token}"),
        &format!("Bearer {token}x"),
    ] {
        assert_unauthorised(&with_header(&service, Some(value)).await);
    }
}

#[tokio::test]
async fn every_operation_but_those_of_bots_wants_a_token_before_it_looks_at_the_request() {
    let service = Service::start().await;
    for (method, path) in [
        (Method::GET, "/v1/users/me"),
        (Method::GET, "/v1/chats?limit=none"),
        (Method::POST, "/v1/chats"),
        (Method::GET, "/v1/chats/1/messages"),
        (Method::POST, "/v1/chats/none/messages"),
        (Method::PATCH, "/v1/chats/messages"),
        (Method::DELETE, "/v1/chats/messages"),
        (Method::POST, "/v1/chats/messages/forward"),
        (Method::DELETE, "/v1/chats"),
        (Method::GET, "/v1/chats/unseen-count"),
        (Method::POST, "/v1/files"),
    ] {
        let url = format!("{}{path}", service.emulator.base_url());
        let answer = Answer::of(service.client.request(method, url)).await;
        assert_unauthorised(&answer);
    }
}

#[tokio::test]
async fn an_added_user_can_sign_in_at_once() {
    let service = Service::start().await;
    let user = service.emulator.add_user("سارا");
    let answer = service.get("/v1/users/me", &user).await.ok();
    assert_eq!(answer["name"], json!("سارا"));
}
