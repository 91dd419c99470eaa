use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Service};

#[tokio::test]
async fn written_answers_are_given_once_each_in_their_order() {
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
    let answer = Answer::read(response).await;
    assert_eq!(
        (answer.status, answer.media_type.as_str()),
        (502, "text/html")
    );
    assert_eq!(answer.text, "<h1>سلام</h1>");

    let request = service.request(Method::GET, "/nowhere", seller);
    let response = request.send().await.unwrap();
    assert_eq!(response.headers().get("content-type"), None);
    assert_eq!(response.bytes().await.unwrap().as_ref(), b"\xff\x00");

    service.get("/v1/users/me", seller).await.ok();
}

#[tokio::test]
async fn a_request_with_a_written_answer_does_nothing_else() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(seller, customer).await;
    service.emulator.queue_response(200, &[], "").unwrap();
    let path = format!("/v1/chats/{chat}/messages");
    let answer = service
        .post(&path, seller, &json!({ "message_type": "text" }))
        .await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(service.emulator.message_count(), 0);
}

#[tokio::test]
async fn a_written_answer_that_cannot_be_sent_is_refused() {
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
        let refused = service.emulator.queue_response(status, &headers, "");
        assert!(
            refused.unwrap_err().is_invalid_argument(),
            "{status} {headers:?}"
        );
    }
    let seller = service.emulator.seller();
    service.get("/v1/users/me", seller).await.ok();
}

#[tokio::test]
async fn requests_are_counted_by_operation_however_they_are_answered() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let requests = |id| service.emulator.request_count(id);
    assert_eq!(requests("get_chats"), Some(0));
    service.chats(seller, "").await;
    service.get("/v1/chats?limit=0", seller).await;
    let url = format!("{}/v1/chats", service.emulator.base_url());
    Answer::of(service.client.get(url)).await;
    service.emulator.queue_response(500, &[], "").unwrap();
    service.get("/v1/chats", seller).await;
    service.chat(seller, customer).await;
    service.get("/nowhere", seller).await;

    assert_eq!(requests("get_chats"), Some(4));
    assert_eq!(requests("create_chat"), Some(1));
    assert_eq!(requests("get_messages"), Some(0));
    assert_eq!(requests("no_such_operation"), None);
}
