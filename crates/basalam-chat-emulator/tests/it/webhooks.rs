use std::time::Duration;

use basalam_chat_emulator::{Emulator, EmulatorBuilder};
use serde_json::{Value, json};

use crate::support::{Service, assert_invalid_argument};

/// A URL where nothing listens.
pub(crate) const URL: &str = "http://127.0.0.1:9/";

pub(crate) fn new_webhook(url: &str) -> Value {
    json!({
        "url": url, "event_ids": [1, 4], "request_method": "POST", "register_me": true,
        "request_headers": r#"{"X-Secret":"the secret"}"#,
    })
}

pub(crate) fn builder() -> EmulatorBuilder {
    Emulator::builder().webhook_retry_delay(Duration::ZERO)
}

#[tokio::test]
async fn rejects_urls_on_other_hosts_unless_they_are_allowed() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    for url in [
        "http://example.com/",
        "http://192.168.0.1/",
        "http://127.0.0.1.example.com/",
        "http://0.0.0.0/",
        "https://127.0.0.1/",
        "file:///etc/hostname",
        "http://localhost.example.com/",
        "http://localhost./",
        "http://127.0.0.1@example.com/",
        "http://3232235521/",
        "http://0300.0xa8.1/",
        "http://[::]/",
        "http://[::ffff:192.168.0.1]/",
        "http://[::192.168.0.1]/",
        "http://[fe80::1]/",
        "http://127.0.0.1:8080/_emulator/reset",
        "http://127.0.0.1:8080/x/../_emulator",
    ] {
        let response = service
            .post("/v1/webhooks", seller, &new_webhook(url))
            .await;
        response.assert_invalid(json!(["body", "url"]));
        let message = assert_invalid_argument(service.emulator.add_webhook(seller.id, url));
        assert!(message.contains(url), "{message}");
    }
    for url in [
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "http://[::1]:1/",
        "http://127.1.2.3/",
        "http://0x7f.1/",
        "http://LOCALHOST:1/",
    ] {
        service
            .post("/v1/webhooks", seller, &new_webhook(url))
            .await
            .ok();
    }
    let service = Service::start_with(builder().allow_remote_webhooks(true)).await;
    let webhook = new_webhook("http://example.com/");
    let seller = service.emulator.seller();
    service.post("/v1/webhooks", seller, &webhook).await.ok();
    let webhook = new_webhook("https://example.com/");
    let response = service.post("/v1/webhooks", seller, &webhook).await;
    response.assert_invalid(json!(["body", "url"]));
}

#[tokio::test]
async fn rejects_invalid_webhooks() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    for (field, value) in [
        ("event_ids", json!([99])),
        ("request_headers", json!("not JSON")),
        ("request_headers", json!(r#"{"a":1}"#)),
        ("request_headers", json!(r#"{"a b":"c"}"#)),
        ("service_id", json!(1)),
        ("register_me", json!(false)),
    ] {
        let mut webhook = new_webhook(URL);
        webhook[field] = value;
        let response = service.post("/v1/webhooks", seller, &webhook).await;
        response.assert_invalid(json!(["body", field]));
    }
    let response = service.get("/v1/webhooks?event_ids=a", seller).await;
    response.assert_invalid(json!(["query", "event_ids"]));
    let response = service.get("/v1/webhooks/customers?page=0", seller).await;
    response.assert_invalid(json!(["query", "page"]));
}

#[tokio::test]
async fn an_invalid_change_changes_nothing() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    let created = service
        .post("/v1/webhooks", seller, &new_webhook(URL))
        .await
        .ok();
    let path = format!("/v1/webhooks/{}", created["id"]);
    let change = json!({ "url": "http://127.0.0.1:8/", "event_ids": [99] });
    let response = service.patch(&path, seller, &change).await;
    response.assert_invalid(json!(["body", "event_ids"]));
    let listed = service.get("/v1/webhooks", seller).await.ok();
    assert_eq!(listed["data"][0]["url"], URL);
    assert_eq!(listed["data"][0]["events"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn webhooks_of_others_are_not_found() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let id = service.emulator.add_webhook(seller.id, URL).unwrap();
    let path = format!("/v1/webhooks/{id}");
    let empty = json!({});
    service
        .patch(&path, customer, &empty)
        .await
        .assert_not_found();
    service
        .delete(&path, customer, &empty)
        .await
        .assert_not_found();
    service
        .get(&format!("{path}/logs"), customer)
        .await
        .assert_not_found();
    let body = json!({ "webhook_id": id, "customer_id": seller.id });
    service
        .delete("/v1/customers/webhooks", customer, &body)
        .await
        .assert_not_found();
    assert_eq!(
        service.get("/v1/webhooks", customer).await.ok()["total_count"],
        0
    );
}

#[tokio::test]
async fn registering_twice_is_one_registration() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let id = service.emulator.add_webhook(seller.id, URL).unwrap();
    let body = json!({ "webhook_id": id });
    let first = service
        .post("/v1/customers/webhooks", customer, &body)
        .await
        .ok();
    let second = service
        .post("/v1/customers/webhooks", customer, &body)
        .await
        .ok();
    assert_eq!(first["id"], second["id"]);
    let customers = service.get("/v1/webhooks/customers", seller).await.ok();
    assert_eq!(customers["total_count"], 2);
}
