use reqwest::Method;
use serde_json::json;

use crate::support::{BufferedResponse, Service};

#[tokio::test]
async fn queued_responses_are_sent_once_in_order() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    let html = [
        ("Content-Type", "text/html"),
        ("X-One", "a"),
        ("X-One", "b"),
    ];
    service
        .emulator
        .queue_response(502, &html, "<h1>سلام</h1>")
        .unwrap();
    service
        .emulator
        .queue_response(200, &[], b"\xff\x00".to_vec())
        .unwrap();

    let request = service.request(Method::GET, "/v1/users/me", seller);
    let response = request.send().await.unwrap();
    assert_eq!(response.headers().get_all("x-one").iter().count(), 2);
    let response = BufferedResponse::read(response).await;
    assert_eq!(
        (response.status, response.media_type.as_str()),
        (502, "text/html")
    );
    assert_eq!(response.text, "<h1>سلام</h1>");

    let request = service.request(Method::GET, "/nowhere", seller);
    let response = request.send().await.unwrap();
    assert_eq!(response.headers().get("content-type"), None);
    assert_eq!(response.bytes().await.unwrap().as_ref(), b"\xff\x00");

    service.get("/v1/users/me", seller).await.ok();
}

#[tokio::test]
async fn queued_response_skips_request_handling() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let chat = service.create_chat(seller, customer).await;
    service.emulator.queue_response(200, &[], "").unwrap();
    let path = format!("/v1/chats/{chat}/messages");
    let response = service
        .post(&path, seller, &json!({ "message_type": "text" }))
        .await;
    assert_eq!((response.status, response.text.as_str()), (200, ""));
    assert_eq!(service.emulator.message_count(), 0);
}

#[tokio::test]
async fn rejects_invalid_queued_responses() {
    let service = Service::start().await;
    for (status, headers) in [
        (99, vec![]),
        (100, vec![]),
        (1000, vec![]),
        (200, vec![("", "a")]),
        (200, vec![("a b", "a")]),
        (200, vec![("a", "b\nc")]),
        (200, vec![("Content-Length", "5")]),
        (200, vec![("transfer-encoding", "chunked")]),
    ] {
        let result = service.emulator.queue_response(status, &headers, "");
        assert!(
            result.unwrap_err().is_invalid_argument(),
            "{status} {headers:?}"
        );
    }
    let seller = service.emulator.seller();
    service.get("/v1/users/me", seller).await.ok();
}

#[tokio::test]
async fn request_count_includes_failed_requests() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let requests = |id| service.emulator.request_count(id);
    assert_eq!(requests("get_chats"), Some(0));
    service.chats(seller, "").await;
    service.get("/v1/chats?limit=0", seller).await;
    let url = format!("{}/v1/chats", service.emulator.base_url());
    BufferedResponse::send(service.client.get(url)).await;
    service.emulator.queue_response(500, &[], "").unwrap();
    service.get("/v1/chats", seller).await;
    service.create_chat(seller, customer).await;
    service.get("/nowhere", seller).await;

    assert_eq!(requests("get_chats"), Some(4));
    assert_eq!(requests("create_chat"), Some(1));
    assert_eq!(requests("get_messages"), Some(0));
    assert_eq!(requests("no_such_operation"), None);
}
