use basalam_chat_emulator::{Fault, SeedChat};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Events, delete, get, post, seed_chat, send};
use crate::support::{Service, messages, text_message};

fn flag(name: &'static str) -> impl Fn(&Value) -> bool {
    move |data| data[name] == true
}

#[tokio::test]
async fn finished_requests_and_changed_chats_are_published() {
    let service = Service::start().await;
    let (_, customer) = service.users();
    seed_chat(&service, &["1"]);
    let mut events = Events::open(&service).await;
    service.send_text(7, customer, "hello").await;
    let changes = events
        .changes(|it| it["requests"] != json!([]) && it["chats"] == json!([7]))
        .await;
    let request = &changes["requests"][0];
    assert_eq!(request["operation"], "create_message");
    assert_eq!(request["user_id"], customer.id);
    assert_eq!(request["status"], 200);
    assert_eq!(request["path"], "/v1/chats/7/messages");
    assert!(request["started_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(changes["skipped_requests"], 0);

    let path = "/v1/chats?x=customer-token&access_token=secret";
    service.get(path, customer).await;
    let changes = events.changes(|it| it["requests"] != json!([])).await;
    assert!(!changes.to_string().contains("secret"), "{changes}");
}

#[tokio::test]
async fn every_change_of_a_chat_is_published() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let ids = seed_chat(&service, &["1", "2"]);
    let mut events = Events::open(&service).await;
    let is_changed = |it: &Value| it["chats"].as_array().is_some_and(|it| !it.is_empty());
    let emulator = &service.emulator;
    emulator.mark_seen(7, seller.id).unwrap();
    events.changes(is_changed).await;
    emulator.delete_message(ids[0]);
    events.changes(is_changed).await;
    let edit = json!({ "message_id": ids[1], "content": { "text": "edited" } });
    service
        .patch("/v1/chats/messages", customer, &edit)
        .await
        .ok();
    events.changes(is_changed).await;
    let body = json!({ "chat_ids": [7] });
    service
        .delete("/v1/chats", customer, &body)
        .await
        .assert_accepted();
    events.changes(is_changed).await;
    let stranger = emulator.add_user("Stranger").id;
    let chat = emulator
        .seed_chat(SeedChat::private(stranger, seller.id))
        .unwrap();
    events.changes(|it| it["chats"] == json!([chat])).await;
    emulator.delete_chat(7);
    events.changes(|it| it["chats"] == json!([7])).await;
}

#[tokio::test]
async fn changes_of_everything_else_are_flags() {
    let service = Service::start().await;
    let mut events = Events::open(&service).await;
    post(&service, "faults", json!({ "rule": "503,times=1" }))
        .await
        .ok();
    events.changes(flag("faults")).await;
    assert_eq!(service.current_user_status().await, 503);
    // The rule is used up.
    events.changes(flag("faults")).await;
    let limit = json!({ "rate_limit": "10/s" });
    send(&service, Method::PATCH, "settings", Some(limit))
        .await
        .ok();
    events.changes(flag("settings")).await;
    post(&service, "clock", json!({ "now": "2026-07-22 10:00:00" }))
        .await
        .ok();
    let changes = events.changes(|it| it.get("clock").is_some()).await;
    let clock = json!({ "now": "2026-07-22 10:00:00", "state": "stopped" });
    assert_eq!(changes["clock"], clock);
    service.emulator.add_user("Sara");
    events.changes(flag("users")).await;
    let seller = service.emulator.seller().id;
    service
        .emulator
        .add_webhook(seller, "http://127.0.0.1:1/")
        .unwrap();
    events.changes(flag("deliveries")).await;
}

#[tokio::test]
async fn seed_reset_and_clearing_the_log_cause_a_resync() {
    let service = Service::start().await;
    let mut events = Events::open(&service).await;
    seed_chat(&service, &["1"]);
    events.resync().await;
    delete(&service, "requests").await.ok();
    events.resync().await;
    send(&service, Method::POST, "reset", None).await.ok();
    events.resync().await;
    // Changes are published afterwards, too.
    let (seller, customer) = service.users();
    let chat = service.create_chat(customer, seller).await;
    events.changes(|it| it["chats"] == json!([chat])).await;
}

#[tokio::test]
async fn more_changed_chats_than_fit_are_null() {
    let service = Service::start().await;
    let mut events = Events::open(&service).await;
    let seller = service.emulator.seller().id;
    let customers = json!({ "kind": "customers", "count": 100, "user_id": seller, "messages": 0 });
    for _ in 0..3 {
        post(&service, "simulate", customers.clone()).await.ok();
    }
    let mut known = 0;
    // The chats of one interval may fit, depending on when it ends.
    while known < 300 {
        let changes = events.changes(|it| it["chats"] != json!([])).await;
        let Some(chats) = changes["chats"].as_array() else {
            return;
        };
        assert!(chats.len() <= 200);
        known += chats.len();
    }
}

#[tokio::test]
async fn seventeenth_stream_is_rejected_until_one_is_closed() {
    let service = Service::start().await;
    let mut streams = Vec::new();
    for _ in 0..16 {
        streams.push(Events::open(&service).await);
    }
    let rejected = Events::request(&service).await;
    assert_eq!(rejected.status(), 503);
    let message: Value = serde_json::from_str(&rejected.text().await.unwrap()).unwrap();
    assert!(message["message"].as_str().unwrap().contains("16"));
    drop(streams.pop());
    // The server notices the closed connection soon afterwards.
    while Events::request(&service).await.status() != 200 {}
}

#[tokio::test]
async fn shutdown_ends_streams_at_once() {
    let service = Service::start().await;
    let mut events = Events::open(&service).await;
    let Service { emulator, .. } = service;
    let ended = async { while events.next().await.is_some() {} };
    tokio::join!(emulator.shutdown(), ended);
}

#[tokio::test]
async fn first_event_has_the_position_in_the_log_and_the_clock() {
    let service = Service::start().await;
    service.current_user_status().await;
    post(&service, "clock", json!({ "now": "2026-07-22 10:00:00" }))
        .await
        .ok();
    let response = Events::request(&service).await;
    let mut events = Events {
        response,
        buffer: Vec::new(),
    };
    let (name, data) = events.next().await.unwrap();
    assert_eq!(name, "hello");
    assert_eq!(
        data,
        json!({ "last_request": 1, "now": "2026-07-22 10:00:00", "clock": "stopped" })
    );
    service.current_user_status().await;
    let page = get(&service, "requests?after=1").await;
    assert_eq!(page["requests"][0]["number"], 2);
    assert_eq!(page["next"], 2);
}

#[tokio::test]
async fn slow_request_is_published_when_it_finishes() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let chat = service.create_chat(customer, seller).await;
    let mut events = Events::open(&service).await;
    service.emulator.fail_next(Fault::hang()).unwrap();
    let request = service.request(Method::POST, &messages(chat), customer);
    let hanging = tokio::spawn(request.json(&text_message("hello")).send());
    while service.emulator.total_request_count() < 2 {
        tokio::task::yield_now().await;
    }
    service.current_user_status().await;
    events
        .changes(|it| it["requests"][0]["number"] == 3 || it["requests"][1]["number"] == 3)
        .await;
    hanging.abort();
    let changes = events.changes(|it| it["requests"] != json!([])).await;
    assert_eq!(changes["requests"][0]["number"], 2);
    assert_eq!(changes["requests"][0]["status"], json!(null));
    assert_eq!(changes["requests"][0]["fault"], "hang");
}
