//! Calls of webhook operations.

use basalam_chat::UserId;
use basalam_chat::webhooks::{WebhookEventId, WebhookId, WebhookMethod, WebhookServiceId};
use serde_json::json;

use crate::requests::recorder::{Expected, Recorder};

const URL: &str = "https://example.com/webhooks";

const EVENTS: [WebhookEventId; 2] = [
    WebhookEventId::CHAT_RECEIVED_MESSAGE,
    WebhookEventId::CHAT_SEND_MESSAGE,
];

pub(super) async fn make(recorder: &mut Recorder) {
    changes(recorder).await;
    lists(recorder).await;
    registrations(recorder).await;
}

async fn changes(recorder: &mut Recorder) {
    let webhooks = recorder.client.webhooks();
    for method in WebhookMethod::KNOWN {
        let body = json!({
            "url": URL, "event_ids": [1, 4], "request_method": method, "register_me": true,
        });
        let expected = Expected::new("create_webhook", format!("with {method}")).body(body);
        let call = webhooks.create_webhook(URL, EVENTS).method(method.clone());
        recorder.run(expected, call).await;

        let body = json!({ "request_method": method });
        let expected = Expected::new("update_webhook", format!("with {method}"));
        let expected = expected.path("webhook_id", 801).body(body);
        let call = webhooks
            .update_webhook(WebhookId(801))
            .method(method.clone());
        recorder.run(expected, call).await;
    }
    let expected = Expected::new("create_webhook", "with all set").body(json!({
        "url": URL,
        "event_ids": [1, 4],
        "request_method": "POST",
        "request_headers": r#"{"Authorization":"Bearer secret"}"#,
        "service_id": 811,
        "is_active": false,
        "register_me": true,
    }));
    let call = webhooks
        .create_webhook(URL, EVENTS)
        .header("Authorization", "Bearer secret")
        .service(WebhookServiceId(811))
        .active(false)
        .register_me(true);
    recorder.run(expected, call).await;
    let expected = Expected::new("update_webhook", "with all set")
        .path("webhook_id", 802)
        .body(json!({
            "url": URL,
            "event_ids": [4, 1],
            "request_method": "PUT",
            "request_headers": r#"{"X-Secret":"the secret"}"#,
            "is_active": true,
        }));
    let call = webhooks
        .update_webhook(WebhookId(802))
        .url(URL)
        .events([EVENTS[1], EVENTS[0]])
        .method(WebhookMethod::Put)
        .header("X-Secret", "the secret")
        .active(true);
    recorder.run(expected, call).await;
    let expected = Expected::new("delete_webhook_by_id", "").path("webhook_id", 803);
    let call = webhooks.delete_webhook(WebhookId(803));
    recorder.run(expected, call).await;
    let body = json!({ "title": "the title", "description": "the description" });
    let expected = Expected::new("create_webhook_service", "").body(body);
    let call = webhooks.create_webhook_service("the title", "the description");
    recorder.run(expected, call).await;
}

async fn lists(recorder: &mut Recorder) {
    let webhooks = recorder.client.webhooks();
    let expected = Expected::new("get_webhooks", "with nothing set");
    recorder.run(expected, webhooks.get_webhooks()).await;
    let expected = Expected::new("get_webhooks", "with all set")
        .query("service_id", 812)
        .query("event_ids", "1,4");
    let call = webhooks.get_webhooks();
    let call = call.service(WebhookServiceId(812)).events(EVENTS);
    recorder.run(expected, call).await;
    let expected = Expected::new("get_webhook_events", "");
    recorder.run(expected, webhooks.get_webhook_events()).await;
    let expected = Expected::new("get_webhook_services", "");
    recorder
        .run(expected, webhooks.get_webhook_services())
        .await;
    let expected = Expected::new("get_webhook_logs", "").path("webhook_id", 804);
    let call = webhooks.get_webhook_logs(WebhookId(804));
    recorder.run(expected, call).await;

    let expected = Expected::new("get_webhook_customers", "with nothing set");
    recorder
        .run(expected, webhooks.get_webhook_customers())
        .await;
    let expected = Expected::new("get_webhook_customers", "with all set")
        .query("page", 2)
        .query("per_page", 51)
        .query("webhook_id", 805);
    let call = webhooks.get_webhook_customers();
    let call = call.page(2).per_page(51).webhook(WebhookId(805));
    recorder.run(expected, call).await;
    let expected = Expected::new("get_registered_webhooks", "with nothing set");
    recorder
        .run(expected, webhooks.get_registered_webhooks())
        .await;
    let expected = Expected::new("get_registered_webhooks", "with all set")
        .query("page", 3)
        .query("per_page", 52)
        .query("service_id", 813);
    let call = webhooks.get_registered_webhooks();
    let call = call.page(3).per_page(52).service(WebhookServiceId(813));
    recorder.run(expected, call).await;
}

async fn registrations(recorder: &mut Recorder) {
    let webhooks = recorder.client.webhooks();
    let expected = Expected::new("register_webhook", "").body(json!({ "webhook_id": 806 }));
    let call = webhooks.register_webhook(WebhookId(806));
    recorder.run(expected, call).await;
    let expected = Expected::new("unregister_webhook", "of the token's user");
    let expected = expected.body(json!({ "webhook_id": 807 }));
    let call = webhooks.unregister_webhook(WebhookId(807));
    recorder.run(expected, call).await;
    let body = json!({ "webhook_id": 808, "customer_id": 202 });
    let expected = Expected::new("unregister_webhook", "of another user").body(body);
    let call = webhooks
        .unregister_webhook(WebhookId(808))
        .customer(UserId(202));
    recorder.run(expected, call).await;
}
