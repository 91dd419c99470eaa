use std::time::Duration;

use basalam_chat_emulator::{Emulator, Fault, FaultRule, RateLimit};
use reqwest::Method;
use serde_json::{Value, json};

use super::{assert_rejected, delete, get, post, send};
use crate::support::{BufferedResponse, Service};

async fn change(service: &Service, body: Value) -> BufferedResponse {
    send(service, Method::PATCH, "settings", Some(body)).await
}

#[tokio::test]
async fn latency_and_rate_limit_can_be_changed_and_are_reset() {
    let limit = RateLimit::new(100, Duration::from_secs(60));
    let service = Service::start_with(Emulator::builder().rate_limit(limit)).await;
    let initial = json!({ "latency_ms": 0, "rate_limit": "100/m" });
    assert_eq!(get(&service, "settings").await, initial);
    assert_eq!(get(&service, "").await["settings"], initial);
    let changed = change(&service, json!({ "rate_limit": "1/h" })).await.ok();
    assert_eq!(changed, json!({ "latency_ms": 0, "rate_limit": "1/h" }));
    assert_eq!(service.current_user_status().await, 200);
    assert_eq!(service.current_user_status().await, 429);
    let changed = change(&service, json!({ "latency_ms": 1 })).await.ok();
    assert_eq!(changed, json!({ "latency_ms": 1, "rate_limit": "1/h" }));
    change(&service, json!({ "rate_limit": null })).await.ok();
    assert_eq!(service.current_user_status().await, 200);
    send(&service, Method::POST, "reset", None).await.ok();
    assert_eq!(get(&service, "settings").await, initial);
}

#[tokio::test]
async fn invalid_settings_change_nothing() {
    let service = Service::start().await;
    for (body, part) in [
        (json!({ "latency_ms": -1 }), "latency_ms"),
        (json!({ "latency_ms": 5, "rate_limit": "often" }), "often"),
        (json!({ "latency_ms": 5, "rate_limit": "0/s" }), "0/s"),
        (json!({ "speed": 1 }), "speed"),
        (json!([]), "invalid"),
    ] {
        assert_rejected(change(&service, body).await, 400, part).await;
    }
    let unchanged = json!({ "latency_ms": 0, "rate_limit": null });
    assert_eq!(get(&service, "settings").await, unchanged);
}

#[tokio::test]
async fn clock_can_be_paused_and_resumed() {
    let (service, clock) = Service::start_with_clock().await;
    let running = json!({ "now": "2026-07-22 10:00:00", "state": "running" });
    assert_eq!(get(&service, "clock").await, running);
    let stopped = json!({ "now": "2026-07-22 10:00:00", "state": "stopped" });
    let paused = post(&service, "clock", json!({ "pause": true })).await.ok();
    assert_eq!(paused, stopped);
    clock.set(60);
    assert_eq!(get(&service, "clock").await, stopped);
    let resumed = post(&service, "clock", json!({ "resume": true }))
        .await
        .ok();
    assert_eq!(resumed, running);
    clock.set(70);
    assert_eq!(get(&service, "clock").await["now"], "2026-07-22 10:00:10");
    for body in [
        json!({ "pause": true, "resume": true }),
        json!({ "pause": true, "advance_seconds": 1 }),
        json!({ "pause": false }),
    ] {
        assert_rejected(post(&service, "clock", body).await, 400, "`pause`").await;
    }
}

#[tokio::test]
async fn faults_can_be_added_by_rule_and_removed_by_id() {
    let service = Service::start().await;
    let rule = "503,operation=get_current_user,times=2";
    let added = post(&service, "faults", json!({ "rule": rule })).await.ok();
    let hang = post(&service, "faults", json!({ "fault": "hang" }))
        .await
        .ok();
    assert_ne!(added["id"], hang["id"]);
    let faults = get(&service, "faults").await;
    assert_eq!(faults["faults"][0]["id"], added["id"]);
    assert_eq!(faults["faults"][0]["rule"], rule);
    assert_eq!(faults["faults"][0]["fault"], "status 503");
    assert_eq!(faults["faults"][1]["rule"], "hang");
    let path = format!("faults/{}", hang["id"]);
    delete(&service, &path).await.ok();
    assert_rejected(delete(&service, &path).await, 404, "rule").await;
    assert_rejected(delete(&service, "faults/x").await, 404, "x").await;
    assert_eq!(service.current_user_status().await, 503);
    let faults = get(&service, "faults").await;
    let left = "503,operation=get_current_user,times=1";
    assert_eq!(faults["faults"][0]["rule"], left);
    assert_eq!(service.current_user_status().await, 503);
    assert_eq!(service.current_user_status().await, 200);
    for (body, part) in [
        (json!({ "rule": "thunder" }), "thunder"),
        (json!({ "rule": "503,operation=nothing" }), "nothing"),
        (json!({ "rule": "503", "times": 1 }), "times"),
        (json!({ "rule": 503 }), "string"),
    ] {
        assert_rejected(post(&service, "faults", body).await, 400, part).await;
    }
}

#[tokio::test]
async fn every_listed_fault_can_be_added_and_rules_of_closures_have_no_text() {
    let service = Service::start().await;
    let info = get(&service, "").await;
    let kinds = info["fault_kinds"].as_array().unwrap();
    assert!(kinds.contains(&json!("disconnect")));
    for kind in kinds {
        let rule = &info["fault_examples"][kind.as_str().unwrap()];
        post(&service, "faults", json!({ "rule": rule })).await.ok();
    }
    let listed = get(&service, "faults").await;
    // What is listed can be added again.
    for fault in listed["faults"].as_array().unwrap() {
        post(&service, "faults", json!({ "rule": fault["rule"] }))
            .await
            .ok();
    }
    delete(&service, "faults").await.ok();
    let closure = FaultRule::new(Fault::map_body(|_| {}));
    service.emulator.add_fault(closure).unwrap();
    let listed = get(&service, "faults").await;
    assert_eq!(listed["faults"][0]["rule"], json!(null));
}

#[tokio::test]
async fn index_has_the_version_and_the_usernames_of_bots() {
    let service = Service::start().await;
    let index = get(&service, "").await;
    assert_eq!(index["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        index["bots"][0]["username"],
        service.emulator.bot().username
    );
}
