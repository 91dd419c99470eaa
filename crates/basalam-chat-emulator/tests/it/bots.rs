use basalam_chat_emulator::{Emulator, NewBot};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{BufferedResponse, Service, assert_invalid_argument};

async fn call_bot(
    service: &Service,
    http_method: Method,
    token: &str,
    method: &str,
) -> BufferedResponse {
    let base = service.emulator.base_url();
    let url = format!("{base}/v1/bots/{token}/{method}");
    BufferedResponse::send(service.client.request(http_method, url)).await
}

fn success(result: Value) -> Value {
    json!({ "ok": true, "result": result })
}

fn assert_unauthorized(response: &BufferedResponse) {
    assert_eq!(response.status, 401, "{response:?}");
    assert_eq!(
        response.json(),
        json!({ "ok": false, "error_code": 401, "description": "Unauthorized" })
    );
}

#[tokio::test]
async fn default_bot_exists_and_needs_no_access_token() {
    let service = Service::start().await;
    let bot = service.emulator.bot();
    let me = success(json!({ "id": bot.id, "first_name": "Bot", "username": bot.username }));
    for http_method in [Method::GET, Method::POST] {
        let response = call_bot(&service, http_method, bot.token(), "getMe").await;
        assert_eq!(response.ok(), me);
    }
    assert!(bot.token().starts_with(&format!("{}:", bot.id)));
}

#[tokio::test]
async fn accepts_percent_encoded_bot_token_and_any_body() {
    let service = Service::start().await;
    let bot = service.emulator.bot();
    let encoded = bot.token().replace(':', "%3A");
    call_bot(&service, Method::GET, &encoded, "getMe")
        .await
        .ok();
    let base = service.emulator.base_url();
    let url = format!("{base}/v1/bots/{}/getMe", bot.token());
    BufferedResponse::send(service.client.post(url).json(&json!([])))
        .await
        .ok();
}

#[tokio::test]
async fn webhook_info_has_url_until_webhook_is_deleted() {
    let service = Service::start().await;
    for http_method in [Method::GET, Method::POST, Method::DELETE] {
        let new = NewBot::new("Hooked").webhook_url("https://example.com/hook");
        let bot = service.emulator.add_bot(new).unwrap();
        let url = || service.emulator.bot_webhook_url(bot.id);
        assert_eq!(url().as_deref(), Some("https://example.com/hook"));
        for read_method in [Method::GET, Method::POST] {
            let info = call_bot(&service, read_method, bot.token(), "getWebhookInfo").await;
            assert_eq!(
                info.ok(),
                success(json!({ "url": "https://example.com/hook" }))
            );
        }
        // Deleting is idempotent.
        for _ in 0..2 {
            let response =
                call_bot(&service, http_method.clone(), bot.token(), "deleteWebhook").await;
            assert_eq!(response.ok(), success(json!(true)));
            assert_eq!(url(), None);
        }
        let info = call_bot(&service, Method::GET, bot.token(), "getWebhookInfo").await;
        assert_eq!(info.ok(), success(json!({ "url": "" })));
    }
}

#[tokio::test]
async fn log_out_invalidates_bot_token() {
    let service = Service::start().await;
    for http_method in [Method::GET, Method::POST] {
        let bot = service.emulator.add_bot(NewBot::new("Leaving")).unwrap();
        let response = call_bot(&service, http_method.clone(), bot.token(), "logOut").await;
        assert_eq!(response.ok(), success(json!(true)));
        for method in ["logOut", "getMe", "getWebhookInfo", "deleteWebhook"] {
            let response = call_bot(&service, http_method.clone(), bot.token(), method).await;
            assert_unauthorized(&response);
        }
    }
    let token = service.emulator.bot().token();
    call_bot(&service, Method::GET, token, "getMe").await.ok();
}

#[tokio::test]
async fn unknown_bot_token_is_401_and_malformed_bot_token_is_422() {
    let service = Service::start().await;
    let token = service.emulator.bot().token();
    for unknown in ["1:a", &format!("{token}x"), &token[..token.len() - 1]] {
        let response = call_bot(&service, Method::GET, unknown, "getMe").await;
        assert_unauthorized(&response);
    }
    for malformed in ["a", "1:", "1:a%2Fb", service.emulator.seller().token()] {
        let response = call_bot(&service, Method::GET, malformed, "getMe").await;
        response.assert_invalid(json!(["path", "token"]));
    }
}

#[tokio::test]
async fn undocumented_bot_methods_are_unknown_routes() {
    let service = Service::start().await;
    let token = service.emulator.bot().token();
    for (http_method, method) in [
        (Method::DELETE, "getMe"),
        (Method::DELETE, "logOut"),
        (Method::PUT, "deleteWebhook"),
        (Method::POST, "sendMessage"),
        (Method::GET, "getme"),
    ] {
        let response = call_bot(&service, http_method, token, method).await;
        response.assert_unknown_route();
    }
}

#[tokio::test]
async fn configures_default_bot_and_rejects_invalid_bot_tokens() {
    let bot = NewBot::new("Support").username("support").token("7:abc");
    let service = Service::start_with(Emulator::builder().bot(bot)).await;
    let me = call_bot(&service, Method::GET, "7:abc", "getMe").await.ok();
    let expected = json!({ "id": 7, "first_name": "Support", "username": "support" });
    assert_eq!(me, success(expected));

    let bot = NewBot::new("Support").token("abc");
    assert_invalid_argument(Emulator::builder().bot(bot).start().await);
    let duplicate = NewBot::new("Other").token("7:other");
    assert_invalid_argument(service.emulator.add_bot(duplicate));
}
