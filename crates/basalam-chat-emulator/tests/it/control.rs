use basalam_chat_emulator::Emulator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::console::send;
use crate::support::{BufferedResponse, Service};

async fn post(service: &Service, path: &str, body: Value) -> BufferedResponse {
    send(service, Method::POST, path, Some(body)).await
}

async fn get(service: &Service, path: &str) -> Value {
    send(service, Method::GET, path, None).await.ok()
}

#[tokio::test]
async fn index_lists_base_url_users_bots_and_operations() {
    let service = Service::start().await;
    let index = get(&service, "").await;
    assert_eq!(index["base_url"], service.emulator.base_url());
    assert_eq!(
        index["users"][0]["token"],
        service.emulator.seller().token()
    );
    assert_eq!(index["bots"][0]["token"], service.emulator.bot().token());
    let operations = index["operations"].as_array().unwrap();
    assert!(operations.contains(&json!("create_message")));
    let without_slash = format!("{}/_emulator", service.emulator.base_url());
    BufferedResponse::send(service.client.get(without_slash))
        .await
        .ok();
}

#[tokio::test]
async fn faults_can_be_added_listed_and_cleared() {
    let service = Service::start().await;
    let fault = json!({ "fault": "status", "status": 503, "retry_after": "1", "times": 1 });
    post(&service, "faults", fault).await.ok();
    let disconnect = json!({ "fault": "disconnect", "operation": "get_chats", "probability": 0.5 });
    post(&service, "faults", disconnect).await.ok();
    let listed = get(&service, "faults").await;
    assert_eq!(listed["faults"][0]["fault"], "status 503");
    assert_eq!(listed["faults"][1]["operation"], "get_chats");
    assert_eq!(service.current_user_status().await, 503);
    assert_eq!(service.current_user_status().await, 200);
    let listed = get(&service, "faults").await;
    assert_eq!(listed["faults"].as_array().unwrap().len(), 1);
    send(&service, Method::DELETE, "faults", None).await.ok();
    assert_eq!(get(&service, "faults").await, json!({ "faults": [] }));
}

#[tokio::test]
async fn accepts_every_fault_kind_and_rejects_invalid_faults() {
    let service = Service::start().await;
    for fault in [
        json!({ "fault": "latency", "delay_ms": 1 }),
        json!({ "fault": "hang", "after_handling": true }),
        json!({ "fault": "status", "status": 400, "headers": { "X-A": "b" }, "body": "no", "media_type": "text/html" }),
        json!({ "fault": "html", "status": 502 }),
        json!({ "fault": "late_messages", "seconds": 3, "probability": 0.5 }),
        json!({ "fault": "redirect", "location": "https://example.com" }),
        json!({ "fault": "override_status", "status": 201 }),
        json!({ "fault": "truncated_body" }),
        json!({ "fault": "oversized_body", "bytes": 10 }),
        json!({ "fault": "invalid_json" }),
        json!({ "fault": "empty_body" }),
        json!({ "fault": "unknown_fields" }),
        json!({ "fault": "unknown_values" }),
        json!({ "fault": "missing_field", "field": "id" }),
        json!({ "fault": "null_field", "field": "id", "probability": 0.5, "random_seed": 7 }),
    ] {
        post(&service, "faults", fault).await.ok();
    }
    send(&service, Method::DELETE, "faults", None).await.ok();
    for (fault, expected) in [
        (json!({ "fault": "thunder" }), "fault"),
        (json!({ "fault": "status" }), "status"),
        (json!({ "fault": "status", "status": 99 }), "99"),
        (json!({ "fault": "disconnect", "status": 500 }), "status"),
        (
            json!({ "fault": "empty_body", "operation": "get_message" }),
            "get_message",
        ),
        (json!({ "fault": "empty_body", "chance": 1 }), "chance"),
        (json!({ "fault": "empty_body", "probability": 2 }), "2"),
        (json!([]), "invalid"),
    ] {
        let response = post(&service, "faults", fault).await;
        assert_eq!(response.status, 400, "{response:?}");
        let message = response.json()["message"].to_string();
        assert!(message.contains(expected), "{message}");
    }
    assert_eq!(service.current_user_status().await, 200);
}

#[tokio::test]
async fn clock_can_be_set_advanced_and_reset() {
    let service = Service::start().await;
    let body = json!({ "now": "2026-07-22 10:00:00" });
    post(&service, "clock", body.clone()).await.ok();
    let advanced = post(&service, "clock", json!({ "advance_seconds": 61 })).await;
    assert_eq!(advanced.ok()["now"], "2026-07-22 10:01:01");
    assert_eq!(get(&service, "clock").await["now"], "2026-07-22 10:01:01");
    for invalid in [
        json!({}),
        json!({ "now": "today" }),
        json!({ "now": "-0001-01-01 00:00:00" }),
        json!({ "now": "2026-07-22 10:00:00", "advance_seconds": 1 }),
    ] {
        assert_eq!(post(&service, "clock", invalid).await.status, 400);
    }
    send(&service, Method::DELETE, "clock", None).await.ok();
    assert_ne!(get(&service, "clock").await["now"], "2026-07-22 10:01:01");
}

#[tokio::test]
async fn request_log_lists_requests_and_redacts_tokens() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    let bot = service.emulator.bot().token();
    service
        .get(&format!("/v1/bots/{bot}/getMe"), seller)
        .await
        .ok();
    service.get("/v1/chats?limit=0", seller).await;
    service
        .emulator
        .fail_next(basalam_chat_emulator::Fault::disconnect())
        .unwrap();
    let request = service.request(Method::GET, "/v1/chats", seller);
    request.send().await.unwrap_err();
    service.get("/nowhere?code=secret", seller).await;

    let log = get(&service, "requests").await;
    assert_eq!(log["total"], 4);
    let requests = log["requests"].as_array().unwrap();
    assert_eq!(requests[0]["path"], "/v1/bots/***/getMe");
    assert_eq!(requests[0]["operation"], "get_me");
    assert_eq!(requests[0]["status"], 200);
    assert_eq!(requests[1]["path"], "/v1/chats?limit=0");
    assert_eq!(requests[1]["error"], "query.limit: greater_than_equal");
    assert_eq!(requests[2]["status"], json!(null));
    assert_eq!(requests[2]["fault"], "disconnect");
    assert_eq!(requests[3]["path"], "/nowhere");
    assert_eq!(requests[3]["operation"], json!(null));
    let text = log.to_string();
    let secret = bot.split_once(':').unwrap().1;
    assert!(
        !text.contains(secret) && !text.contains(seller.token()),
        "{text}"
    );
    assert_eq!(service.emulator.request_log().len(), 4);

    send(&service, Method::DELETE, "requests", None).await.ok();
    assert_eq!(get(&service, "requests").await["requests"], json!([]));
}

#[tokio::test]
async fn seed_seen_and_reset_change_stored_data() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    let seed = json!({
        "users": [{ "name": "a", "id": 501, "token": "a-token" }],
        "chats": [{
            "chat_type": "private", "id": 7, "member_ids": [501, seller.id],
            "messages": [{ "sender_id": 501, "id": 1, "text": "hello" }],
        }],
    });
    let seeded = post(&service, "seed", seed.clone()).await.ok();
    assert_eq!(seeded["chat_ids"], json!([7]));
    assert_eq!(seeded["message_ids"], json!([[1]]));
    assert_eq!(service.chats(seller, "filters=unseen").await.len(), 1);
    let seen = json!({ "chat_id": 7, "user_id": seller.id });
    post(&service, "seen", seen).await.ok();
    assert!(service.chats(seller, "filters=unseen").await.is_empty());
    assert_eq!(
        post(&service, "seen", json!({ "chat_id": 8, "user_id": 1 }))
            .await
            .status,
        400
    );
    assert_eq!(post(&service, "seed", seed).await.status, 400);
    send(&service, Method::POST, "reset", None).await.ok();
    assert!(service.chats(seller, "").await.is_empty());
    assert_eq!(service.emulator.total_request_count(), 1);
}

#[tokio::test]
async fn can_be_disabled_and_is_off_by_default_on_non_loopback_addresses() {
    let service = Service::start_with(Emulator::builder().control(false)).await;
    let index = send(&service, Method::GET, "", None).await;
    index.assert_unknown_route();

    let unspecified = std::net::SocketAddr::from(([0, 0, 0, 0], 0));
    let service = Service::start_with(Emulator::builder().address(unspecified)).await;
    let index = send(&service, Method::GET, "", None).await;
    index.assert_unknown_route();
    let service = Service::start_with(Emulator::builder().address(unspecified).control(true)).await;
    send(&service, Method::GET, "", None).await.ok();
    send(&service, Method::GET, "nothing", None)
        .await
        .assert_unknown_route();
}
