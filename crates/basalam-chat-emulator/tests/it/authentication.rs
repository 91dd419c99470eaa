use reqwest::Method;
use serde_json::json;

use crate::support::{BufferedResponse, Service};

fn assert_unauthorized(response: &BufferedResponse) {
    assert_eq!(response.status, 401, "{response:?}");
    assert_eq!(
        response.json(),
        json!({
            "http_status": 401,
            "message": "authentication error",
            "errors": [{ "code": 401, "message": "authentication error", "fields": [] }],
        })
    );
}

async fn with_header(service: &Service, value: Option<&str>) -> BufferedResponse {
    let url = format!("{}/v1/users/me", service.emulator.base_url());
    let mut request = service.client.get(url);
    if let Some(value) = value {
        request = request.header("Authorization", value);
    }
    BufferedResponse::send(request).await
}

#[tokio::test]
async fn current_user_is_the_token_owner() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    let response = service.get("/v1/users/me", seller).await.ok();
    assert_eq!(response["id"], json!(seller.id));
    assert_eq!(response["hash_id"], json!(seller.hash_id));
    assert_eq!(response["name"], json!("Seller"));
    assert_eq!(
        response["vendor"]["id"],
        json!(seller.vendor.as_ref().unwrap().id)
    );

    let customer = service.emulator.customer();
    let response = service.get("/v1/users/me", customer).await.ok();
    assert_eq!(response["id"], json!(customer.id));
    assert_eq!(response["vendor"], json!(null));
}

#[tokio::test]
async fn accepts_bearer_scheme_in_any_case() {
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
async fn missing_or_unknown_token_is_401() {
    let service = Service::start().await;
    let token = service.emulator.seller().token();
    assert_unauthorized(&with_header(&service, None).await);
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
        assert_unauthorized(&with_header(&service, Some(value)).await);
    }
}

#[tokio::test]
async fn authentication_precedes_validation_in_every_operation_except_bots() {
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
        let response = BufferedResponse::send(service.client.request(method, url)).await;
        assert_unauthorized(&response);
    }
}

#[tokio::test]
async fn added_user_can_authenticate() {
    let service = Service::start().await;
    let user = service.emulator.add_user("سارا");
    let response = service.get("/v1/users/me", &user).await.ok();
    assert_eq!(response["name"], json!("سارا"));
}
