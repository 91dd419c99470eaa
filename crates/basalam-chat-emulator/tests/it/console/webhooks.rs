use reqwest::Method;
use serde_json::json;

use super::{assert_get_rejected, assert_rejected, get, seed_chat, send};
use crate::support::Service;
use crate::webhook_deliveries::Receiver;
use crate::webhooks::{builder, new_webhook};

#[tokio::test]
async fn webhooks_and_deliveries_are_listed_and_sent_again() {
    let receiver = Receiver::default();
    let url = receiver.start().await;
    let service = Service::start_with(builder()).await;
    let (seller, customer) = service.users();
    seed_chat(&service, &[]);
    service
        .post("/v1/webhooks", seller, &new_webhook(&url))
        .await
        .ok();
    let listed = get(&service, "webhooks").await;
    let webhook = &listed["webhooks"][0];
    assert_eq!(webhook["url"], url);
    assert_eq!(
        webhook["events"],
        json!(["CHAT_RECEIVED_MESSAGE", "CHAT_SEND_MESSAGE"])
    );
    assert_eq!(webhook["user_ids"], json!([seller.id]));
    assert_eq!(webhook["is_active"], true);
    assert_eq!(listed["bots"], json!([]));

    service.send_text(7, customer, "one").await;
    service.send_text(7, seller, "two").await;
    service.emulator.webhooks_delivered().await;
    let deliveries = get(&service, "deliveries").await;
    let deliveries = deliveries["deliveries"].as_array().unwrap();
    assert_eq!(deliveries.len(), 2);
    assert_eq!(deliveries[0]["event"], "CHAT_SEND_MESSAGE");
    let first = &deliveries[1];
    assert_eq!(first["event"], "CHAT_RECEIVED_MESSAGE");
    assert_eq!(first["webhook_id"], webhook["id"]);
    assert_eq!(first["status"], 200);
    assert_eq!(first["attempt"], 1);
    assert_eq!(first["error"], json!(null));
    assert_eq!(first["body"]["message"]["text"], "one");
    assert!(first["duration_ms"].as_f64().unwrap() > 0.0);
    assert!(!first.to_string().contains("the secret"));

    let path = format!("deliveries/{}/resend", first["id"]);
    send(&service, Method::POST, &path, None).await.ok();
    service.emulator.webhooks_delivered().await;
    assert_eq!(receiver.texts(), ["one", "two", "one"]);
    let newest = get(&service, "deliveries?limit=1").await;
    assert_eq!(newest["deliveries"][0]["event"], "CHAT_RECEIVED_MESSAGE");

    let webhook_path = format!("/v1/webhooks/{}", webhook["id"]);
    let inactive = json!({ "is_active": false });
    service.patch(&webhook_path, seller, &inactive).await.ok();
    let rejected = send(&service, Method::POST, &path, None).await;
    assert_rejected(rejected, 400, "not active").await;
    service.delete(&webhook_path, seller, &json!({})).await.ok();
    let rejected = send(&service, Method::POST, &path, None).await;
    assert_rejected(rejected, 404, "webhook").await;
}

#[tokio::test]
async fn failed_attempts_are_listed_with_their_reason() {
    let service = Service::start_with(builder().webhook_retries(1)).await;
    let (seller, customer) = service.users();
    seed_chat(&service, &[]);
    service
        .emulator
        .add_webhook(seller.id, "http://127.0.0.1:9/?token=secret")
        .unwrap();
    let text = format!("my token is {}", customer.token());
    service.send_text(7, customer, &text).await;
    service.emulator.webhooks_delivered().await;
    let deliveries = get(&service, "deliveries").await;
    assert_eq!(deliveries["deliveries"][0]["attempt"], 2);
    assert_eq!(deliveries["deliveries"][0]["status"], 0);
    assert!(
        !deliveries["deliveries"][0]["error"]
            .as_str()
            .unwrap()
            .is_empty()
    );
    let text = deliveries.to_string() + &get(&service, "webhooks").await.to_string();
    assert!(
        !text.contains("secret") && !text.contains(customer.token()),
        "{text}"
    );
}

#[tokio::test]
async fn invalid_parameters_are_named() {
    let service = Service::start().await;
    assert_get_rejected(&service, "deliveries?limit=0", 400, "`limit`").await;
    assert_get_rejected(&service, "deliveries?x=0", 400, "x").await;
    for id in ["7", "x"] {
        let path = format!("deliveries/{id}/resend");
        let rejected = send(&service, Method::POST, &path, None).await;
        assert_rejected(rejected, 404, id).await;
    }
}
