use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::any;
use basalam_chat_emulator::{DELIVER_WEBHOOK, Emulator, EmulatorBuilder, Fault, FaultRule};
use serde_json::{Value, json};

use crate::support::{Service, assert_invalid_argument};

const URL: &str = "http://127.0.0.1:9/";

fn new_webhook(url: &str) -> Value {
    json!({
        "url": url, "event_ids": [1, 4], "request_method": "POST", "register_me": true,
        "request_headers": r#"{"X-Secret":"the secret"}"#,
    })
}

/// A server that records deliveries and responds with a sequence of statuses, then 200.
#[derive(Clone, Default)]
struct Receiver {
    received: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
    statuses: Arc<Mutex<Vec<u16>>>,
}

impl Receiver {
    async fn start(&self) -> String {
        let handle = async |State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes| {
            let body = serde_json::from_slice(&body).unwrap();
            receiver.received.lock().unwrap().push((headers, body));
            let status = receiver.statuses.lock().unwrap().pop().unwrap_or(200);
            StatusCode::from_u16(status).unwrap()
        };
        let router = Router::new()
            .route("/hook", any(handle))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/hook?a=b")
    }

    fn bodies(&self) -> Vec<Value> {
        let received = self.received.lock().unwrap();
        received.iter().map(|(_, body)| body.clone()).collect()
    }
}

fn builder() -> EmulatorBuilder {
    Emulator::builder().webhook_retry_delay(Duration::ZERO)
}

#[tokio::test]
async fn delivers_the_documented_body_with_the_headers_of_the_webhook() {
    let receiver = Receiver::default();
    let url = receiver.start().await;
    let service = Service::start_with(builder()).await;
    let (seller, customer) = service.users();
    service
        .post("/v1/webhooks", seller, &new_webhook(&url))
        .await
        .ok();
    let chat = service.create_chat(customer, seller).await;
    let id = service.send_text(chat, customer, "hello").await;
    service.emulator.webhooks_delivered().await;

    let (headers, body) = receiver.received.lock().unwrap()[0].clone();
    assert_eq!(headers["x-secret"], "the secret");
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(body["id"], id);
    assert_eq!(body["chat_id"], chat);
    assert_eq!(body["message"]["text"], "hello");
    assert_eq!(body["message"]["links"], json!({}));
    assert_eq!(body["message_type"], "TEXT");
    assert_eq!(body["sender_id"], customer.id);
    assert_eq!(body["sender"]["id"], customer.id);
    assert_eq!(body["receiver"]["id"], seller.id);
    assert!(body["sender"]["avatar"].is_object());
    assert_eq!(body.get("content"), None);
}

#[tokio::test]
async fn delivers_messages_of_registered_users_only_and_by_event() {
    let receiver = Receiver::default();
    let url = receiver.start().await;
    let service = Service::start_with(builder()).await;
    let (seller, customer) = service.users();
    let chat = service.create_chat(customer, seller).await;
    service
        .send_text(chat, customer, "before the webhook")
        .await;
    let mut webhook = new_webhook(&url);
    webhook["event_ids"] = json!([4]);
    service.post("/v1/webhooks", seller, &webhook).await.ok();
    service.send_text(chat, customer, "received").await;
    service.send_text(chat, seller, "sent").await;
    let seeded = service.emulator.seed_messages(chat, seller.id, ["seeded"]);
    seeded.unwrap();
    let other = service.emulator.add_user("Other");
    let other_chat = service.create_chat(&other, customer).await;
    service.send_text(other_chat, &other, "of others").await;
    service.emulator.webhooks_delivered().await;
    let texts: Vec<_> = receiver
        .bodies()
        .iter()
        .map(|it| it["message"]["text"].clone())
        .collect();
    assert_eq!(texts, ["sent", "seeded"]);
}

#[tokio::test]
async fn retries_until_a_success_and_logs_each_attempt() {
    let receiver = Receiver::default();
    let url = receiver.start().await;
    receiver.statuses.lock().unwrap().extend([503, 302]);
    let service = Service::start_with(builder()).await;
    let (seller, customer) = service.users();
    let webhook = service.emulator.add_webhook(seller.id, &url).unwrap();
    let chat = service.create_chat(customer, seller).await;
    service.send_text(chat, customer, "hello").await;
    service.emulator.webhooks_delivered().await;
    let log = service
        .get(&format!("/v1/webhooks/{webhook}/logs"), seller)
        .await
        .ok();
    let statuses: Vec<_> = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["status_code"].clone())
        .collect();
    assert_eq!(statuses, [200, 503, 302]);
    let first = &log["data"][2];
    assert_eq!(first["user_id"], seller.id);
    assert_eq!(first["request"]["body"]["message"]["text"], "hello");
    assert_eq!(service.emulator.request_count(DELIVER_WEBHOOK), Some(3));
}

#[tokio::test]
async fn gives_up_after_the_retries_and_continues_with_the_next_delivery() {
    let service = Service::start_with(builder().webhook_retries(1)).await;
    let (seller, customer) = service.users();
    // Nothing listens there.
    let webhook = service.emulator.add_webhook(seller.id, URL).unwrap();
    let chat = service.create_chat(customer, seller).await;
    for text in ["one", "two"] {
        service.send_text(chat, customer, text).await;
    }
    service.emulator.webhooks_delivered().await;
    let log = service
        .get(&format!("/v1/webhooks/{webhook}/logs"), seller)
        .await
        .ok();
    assert_eq!(log["result_count"], 4);
    for entry in log["data"].as_array().unwrap() {
        assert_eq!(entry["status_code"], 0);
        assert!(entry["response"]["error"].is_string());
    }
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

#[tokio::test]
async fn faults_of_deliveries_do_not_apply_to_operations_and_the_reverse() {
    let service = Service::start().await;
    for rule in ["503,operation=deliver_webhook", "lost,operation=get_chats"] {
        let rule: FaultRule = rule.parse().unwrap();
        assert_invalid_argument(service.emulator.add_fault(rule));
    }
    service
        .emulator
        .add_fault(FaultRule::new(Fault::lost()))
        .unwrap();
    assert_eq!(service.current_user_status().await, 200);
    service.emulator.clear_faults();

    let receiver = Receiver::default();
    let url = receiver.start().await;
    let (seller, customer) = service.users();
    service.emulator.add_webhook(seller.id, &url).unwrap();
    let chat = service.create_chat(customer, seller).await;
    service
        .emulator
        .seed_messages(chat, customer.id, ["one"])
        .unwrap();
    service.emulator.webhooks_delivered().await;
    assert_eq!(receiver.bodies().len(), 1);
}

#[tokio::test]
async fn a_delivery_that_nothing_overtakes_is_not_held_back_forever() {
    let receiver = Receiver::default();
    let url = receiver.start().await;
    let service = Service::start_with(builder()).await;
    let (seller, customer) = service.users();
    service.emulator.add_webhook(seller.id, &url).unwrap();
    service
        .emulator
        .add_fault(FaultRule::new(Fault::reordered()))
        .unwrap();
    let chat = service.create_chat(customer, seller).await;
    service.send_text(chat, customer, "alone").await;
    service.emulator.webhooks_delivered().await;
    assert_eq!(receiver.bodies().len(), 1);
}
