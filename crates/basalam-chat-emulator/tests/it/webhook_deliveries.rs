use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::any;
use basalam_chat_emulator::{DELIVER_WEBHOOK, Fault, FaultRule, SeedChat};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;

use crate::support::{Service, assert_invalid_argument};
use crate::webhooks::{URL, builder, new_webhook};

/// A server that records deliveries and responds with a sequence of statuses, then 200.
#[derive(Clone, Default)]
pub(crate) struct Receiver {
    received: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
    statuses: Arc<Mutex<Vec<u16>>>,
}

impl Receiver {
    pub(crate) async fn start(&self) -> String {
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

    pub(crate) fn texts(&self) -> Vec<String> {
        let texts = self.bodies().into_iter();
        let text = |body: Value| body["message"]["text"].as_str().unwrap().to_owned();
        texts.map(text).collect()
    }
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
    assert_eq!(receiver.texts(), ["sent", "seeded"]);
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

/// A server that accepts connections and does not respond.
async fn start_hanging() -> (String, Arc<Mutex<Vec<tokio::net::TcpStream>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let connections = Arc::new(Mutex::new(Vec::new()));
    let accepted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            accepted.lock().unwrap().push(connection);
        }
    });
    (url, connections)
}

#[tokio::test]
async fn a_reset_gives_up_pending_deliveries_even_if_a_new_webhook_has_the_same_id() {
    let receiver = Receiver::default();
    let url = receiver.start().await;
    let (hanging_url, connections) = start_hanging().await;
    let service = Service::start_with(builder()).await;
    let (seller, customer) = service.users();
    let old = service.emulator.add_webhook(seller.id, &hanging_url);
    let chat = service.create_chat(customer, seller).await;
    service.send_text(chat, customer, "in progress").await;
    service.send_text(chat, customer, "waiting").await;
    while connections.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    service.emulator.reset().unwrap();
    // There is nothing left to wait for.
    service.emulator.webhooks_delivered().await;
    let new = service.emulator.add_webhook(seller.id, &url);
    assert_eq!(old.unwrap(), new.unwrap());
    let rule = FaultRule::new(Fault::repeated()).times(1);
    service.emulator.add_fault(rule).unwrap();
    // The attempt in progress fails.
    connections.lock().unwrap().clear();
    let chat = service.create_chat(customer, seller).await;
    service.send_text(chat, customer, "after the reset").await;
    service.emulator.webhooks_delivered().await;
    assert_eq!(receiver.texts(), ["after the reset"; 2]);
    assert_eq!(service.emulator.request_count(DELIVER_WEBHOOK), Some(2));
}

#[tokio::test]
async fn a_shutdown_gives_up_pending_deliveries() {
    let (url, connections) = start_hanging().await;
    let emulator = builder().start().await.unwrap();
    let (seller, customer) = (emulator.seller().id, emulator.customer().id);
    emulator.add_webhook(seller, &url).unwrap();
    let chat = SeedChat::private(seller, customer);
    let chat = emulator.seed_chat(chat).unwrap();
    emulator
        .seed_messages(chat, customer, ["one", "two"])
        .unwrap();
    while connections.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let mut connection = connections.lock().unwrap().pop().unwrap();
    let mut start = [0; 10];
    connection.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"POST /hook");
    emulator.shutdown().await;
    // The connection was closed without a response.
    connection.read_to_end(&mut Vec::new()).await.unwrap();
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let receiver = Receiver::default();
    let target = receiver.start().await;
    let redirect = Router::new().fallback(move || {
        let redirect = axum::response::Redirect::temporary(&target);
        async move { redirect }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, redirect).await });
    let service = Service::start_with(builder().webhook_retries(0)).await;
    let (seller, customer) = service.users();
    let webhook = service.emulator.add_webhook(seller.id, &url).unwrap();
    let chat = service.create_chat(customer, seller).await;
    service.send_text(chat, customer, "hello").await;
    service.emulator.webhooks_delivered().await;
    let path = format!("/v1/webhooks/{webhook}/logs");
    let log = service.get(&path, seller).await.ok();
    assert_eq!(log["data"][0]["status_code"], 307);
    assert!(receiver.bodies().is_empty());
}

#[tokio::test]
async fn a_delivery_that_is_overtaken_keeps_its_delay() {
    let receiver = Receiver::default();
    let url = receiver.start().await;
    let service = Service::start_with(builder()).await;
    let (seller, customer) = service.users();
    service.emulator.add_webhook(seller.id, &url).unwrap();
    let late = Fault::reordered().delay(Duration::from_millis(500));
    let rule = FaultRule::new(late).times(1);
    service.emulator.add_fault(rule).unwrap();
    let chat = service.create_chat(customer, seller).await;
    for text in ["late", "one", "two"] {
        service.send_text(chat, customer, text).await;
    }
    service.emulator.webhooks_delivered().await;
    assert_eq!(receiver.texts(), ["one", "two", "late"]);
}
