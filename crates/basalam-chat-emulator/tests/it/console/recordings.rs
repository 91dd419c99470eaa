use basalam_chat_emulator::Fault;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::{Events, assert_get_rejected, delete, get, seed_chat, send};
use crate::support::{BufferedResponse, Service, messages, text_message};
use crate::webhooks::{URL, new_webhook};

fn body(message: &Value) -> &str {
    message["body"].as_str().unwrap()
}

fn header<'v>(message: &'v Value, name: &str) -> Option<&'v str> {
    let headers = message["headers"].as_array().unwrap();
    let header = headers.iter().find(|it| it[0] == name);
    header.and_then(|it| it[1].as_str())
}

#[tokio::test]
async fn headers_and_bodies_are_recorded_while_a_console_is_open() {
    let service = Service::start().await;
    let customer = service.emulator.customer();
    seed_chat(&service, &[]);
    service.send_text(7, customer, "before").await;
    assert_get_rejected(&service, "requests/1", 404, "recorded").await;
    let _events = Events::open(&service).await;
    service.send_text(7, customer, "سلام").await;
    let exchange = get(&service, "requests/2").await;
    let (request, response) = (&exchange["request"], &exchange["response"]);
    assert_eq!(request["method"], "POST");
    let url = format!("{}/v1/chats/7/messages", service.emulator.base_url());
    assert_eq!(request["url"], url);
    let sent: Value = serde_json::from_str(body(request)).unwrap();
    assert_eq!(sent, text_message("سلام"));
    assert_eq!(header(request, "content-type"), Some("application/json"));
    assert_eq!(header(request, "authorization"), Some("Bearer ***"));
    assert_eq!(request["body_truncated"], false);
    assert_eq!(response["status"], 200);
    assert!(body(response).contains("سلام"));
    let listed = get(&service, "requests").await;
    assert_eq!(listed["requests"].as_array().unwrap().len(), 2);
    for path in ["requests/3", "requests/x", "requests/-1"] {
        assert_get_rejected(&service, path, 404, "").await;
    }
    delete(&service, "requests").await.ok();
    assert_get_rejected(&service, "requests/2", 404, "recorded").await;
}

#[tokio::test]
async fn tokens_are_masked_in_recordings_and_exports() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    seed_chat(&service, &[]);
    let _events = Events::open(&service).await;
    let bot = service.emulator.bot().token();
    let text = format!("my {}, {bot} and {}.", customer.token(), seller.token());
    service.send_text(7, customer, &text).await;
    service
        .get(&format!("/v1/bots/{bot}/getMe"), seller)
        .await
        .ok();
    service
        .post("/v1/webhooks", seller, &new_webhook(URL))
        .await
        .ok();
    service.get("/v1/webhooks", seller).await.ok();
    let client = service.emulator.oauth_client();
    let code = service
        .emulator
        .issue_code(client.id(), customer.id)
        .unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client.id()),
        ("client_secret", client.secret()),
        ("code", &code),
        ("redirect_uri", "http://localhost/"),
    ];
    let url = format!("{}/oauth/token", service.emulator.base_url());
    let issued = BufferedResponse::send(service.client.post(url).form(&form))
        .await
        .ok();
    let access_token = issued["access_token"].as_str().unwrap();
    let refresh_token = issued["refresh_token"].as_str().unwrap();
    service.current_user(access_token).await.ok();
    let url = format!("{}/oauth/token", service.emulator.base_url());
    let body = json!({
        "grant_type": "refresh_token", "refresh_token": refresh_token,
        "client_id": client.id(), "client_secret": client.secret(),
    });
    BufferedResponse::send(service.client.post(url).json(&body))
        .await
        .ok();
    let authorize = format!(
        "{}/accounts/sso?client_id={}&redirect_uri=http://127.0.0.1:9/&user_id={}&scope=",
        service.emulator.base_url(),
        client.id(),
        customer.id
    );
    // The redirect leads nowhere.
    _ = service.client.get(authorize).send().await;

    let count = service.emulator.total_request_count();
    let mut recorded = send(&service, Method::GET, "requests.har", None).await.text;
    recorded += &send(&service, Method::GET, "requests", None).await.text;
    for number in 1..=count {
        recorded += &get(&service, &format!("requests/{number}"))
            .await
            .to_string();
    }
    for secret in [
        customer.token(),
        seller.token(),
        bot.split_once(':').unwrap().1,
        client.secret(),
        &code,
        access_token,
        refresh_token,
        "the secret",
    ] {
        assert!(!recorded.contains(secret), "{secret}");
    }
    let redirect = get(&service, &format!("requests/{count}")).await;
    let location = header(&redirect["response"], "location").unwrap();
    assert!(location.contains("code=***"), "{location}");
    let message = get(&service, "requests/1").await;
    assert!(
        message["request"]["body"]
            .as_str()
            .unwrap()
            .contains("my ***")
    );
}

#[tokio::test]
async fn tokens_in_unexpected_places_are_masked() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    seed_chat(&service, &[]);
    let mut events = Events::open(&service).await;
    let token = customer.token();
    service.get(&format!("/v1/chats?x={token}"), seller).await;
    service.get(&format!("/{token}/x"), seller).await;
    let listed = get(&service, "requests").await.to_string();
    let har = get(&service, "requests.har").await.to_string();
    let published = events.changes(|it| it["requests"][1].is_object()).await;
    let logged = format!("{:?}", service.emulator.request_log());
    for text in [listed, har, published.to_string(), logged] {
        assert!(text.contains("/v1/chats?x=***"), "{text}");
        assert!(!text.contains(token), "{text}");
    }
    let escaped: String = token
        .chars()
        .map(|it| format!("\\u{:04x}", it as u32))
        .collect();
    let escaped = format!(r#"{{"message_type":"text","content":{{"text":"{escaped}"}}}}"#);
    // The limit is in the middle of the token.
    let start = r#"{"message_type":"text","content":{"text":""#;
    let padding = " ".repeat(64 * 1024 - start.len() - token.len() / 2);
    let cut = format!(r#"{start}{padding}{token}"}}}}"#);
    for (number, body) in [(3, escaped), (4, cut)] {
        let request = service.request(Method::POST, &messages(7), customer);
        let request = request.header("Content-Type", "application/json");
        BufferedResponse::send(request.body(body)).await.ok();
        let exchange = get(&service, &format!("requests/{number}")).await;
        let body = self::body(&exchange["request"]);
        for part in [&token[..token.len() / 2], "\\u0063"] {
            assert!(!body.contains(part), "{body}");
        }
    }
}

#[tokio::test]
async fn large_and_binary_bodies_are_cut_and_encoded() {
    let service = Service::start().await;
    let customer = service.emulator.customer();
    seed_chat(&service, &[]);
    let _events = Events::open(&service).await;
    service.send_text(7, customer, &"پ".repeat(100_000)).await;
    let exchange = get(&service, "requests/1").await;
    for message in [&exchange["request"], &exchange["response"]] {
        assert_eq!(message["body_truncated"], true);
        assert_eq!(message["body_base64"], false);
        assert!((60_000..=64 * 1024 + 3).contains(&body(message).len()));
    }
    let file = Part::bytes(vec![0xff; 200_000]).file_name("a.png");
    let form = Form::new()
        .text("file_type", "chat.photo")
        .part("file", file);
    let request = service.request(Method::POST, "/v1/files", customer);
    let uploaded = BufferedResponse::send(request.multipart(form)).await.ok();
    let exchange = get(&service, "requests/2").await;
    assert_eq!(exchange["request"]["body_truncated"], true);
    assert_eq!(exchange["request"]["body_base64"], true);
    assert!(body(&exchange["request"]).len() < 100_000);
    // The recording does not change what the service receives and sends.
    let id = uploaded["id"].as_i64().unwrap();
    assert_eq!(service.emulator.file(id).unwrap().bytes().len(), 200_000);
    let url = uploaded["urls"]["primary"].as_str().unwrap();
    let file = service.client.get(url).send().await.unwrap();
    assert_eq!(file.bytes().await.unwrap().len(), 200_000);
}

#[tokio::test]
async fn faults_are_recorded_as_the_client_sees_them() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    let _events = Events::open(&service).await;
    service.emulator.fail_next(Fault::status(503)).unwrap();
    service.get("/v1/chats", seller).await;
    let exchange = get(&service, "requests/1").await;
    assert_eq!(exchange["response"]["status"], 503);
    assert!(body(&exchange["response"]).contains("injected fault"));
    service.emulator.fail_next(Fault::disconnect()).unwrap();
    service
        .request(Method::GET, "/v1/chats", seller)
        .send()
        .await
        .unwrap_err();
    assert_eq!(get(&service, "requests/2").await["response"], json!(null));
    service
        .emulator
        .fail_next(Fault::oversized_body(1_000_000))
        .unwrap();
    assert_eq!(service.get("/v1/chats", seller).await.text.len(), 1_000_000);
    let exchange = get(&service, "requests/3").await;
    assert_eq!(exchange["response"]["body"], json!(null));
    assert_eq!(exchange["response"]["body_truncated"], true);
    service.emulator.fail_next(Fault::truncated_body()).unwrap();
    let response = service
        .request(Method::GET, "/v1/chats", seller)
        .send()
        .await
        .unwrap();
    response.text().await.unwrap_err();
}

#[tokio::test]
async fn export_is_har() {
    let service = Service::start().await;
    let customer = service.emulator.customer();
    seed_chat(&service, &[]);
    service.get("/v1/chats?limit=2", customer).await.ok();
    let _events = Events::open(&service).await;
    service.send_text(7, customer, "سلام").await;
    service.emulator.fail_next(Fault::disconnect()).unwrap();
    let request = service.request(Method::GET, &messages(7), customer);
    request.send().await.unwrap_err();
    let response = send(&service, Method::GET, "requests.har", None).await.ok();
    let log = &response["log"];
    assert_eq!(log["version"], "1.2");
    assert_eq!(log["creator"]["name"], "basalam-chat-emulator");
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 3);
    for entry in entries {
        for field in [
            "startedDateTime",
            "time",
            "request",
            "response",
            "cache",
            "timings",
        ] {
            assert!(entry.get(field).is_some(), "{field}");
        }
    }
    // Not recorded, but listed.
    let query = json!([{ "name": "limit", "value": "2" }]);
    assert_eq!(entries[0]["request"]["queryString"], query);
    assert_eq!(entries[0]["request"]["headers"], json!([]));
    assert_eq!(
        entries[1]["request"]["postData"]["mimeType"],
        "application/json"
    );
    assert_eq!(entries[1]["response"]["status"], 200);
    assert_eq!(entries[1]["response"]["statusText"], "OK");
    let content = &entries[1]["response"]["content"];
    assert!(content["text"].as_str().unwrap().contains("سلام"));
    assert_eq!(entries[2]["response"]["status"], 0);
    assert_eq!(entries[2]["_fault"], "disconnect");

    let url = format!("{}/_emulator/requests.har", service.emulator.base_url());
    let response = service.client.get(url).send().await.unwrap();
    let disposition = response.headers()["content-disposition"].to_str().unwrap();
    assert_eq!(disposition, "attachment; filename=\"requests.har\"");
}

#[tokio::test]
async fn log_keeps_the_latest_5000_requests() {
    let service = Service::start().await;
    for _ in 0..5_010 {
        service.current_user_status().await;
    }
    let log = get(&service, "requests").await;
    assert_eq!(log["total"], 5_010);
    let requests = log["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 5_000);
    assert_eq!(requests[0]["number"], 11);
    let newest = get(&service, "requests?limit=2").await;
    assert_eq!(newest["requests"][0]["number"], 5_009);
    assert_eq!(newest["next"], 5_010);
    assert_get_rejected(&service, "requests?after=x", 400, "`after`").await;
    assert_get_rejected(&service, "requests?limit=0", 400, "`limit`").await;
}
