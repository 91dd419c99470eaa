use basalam_chat_emulator::MAX_BODY_BYTES;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{BufferedResponse, Service, messages, text_message};

#[tokio::test]
async fn invalid_body_is_422_with_location_and_type() {
    let (service, chat) = Service::start_with_chat().await;
    let customer = service.emulator.customer();
    for (body, location, rule) in [
        (json!({}), json!(["body", "message_type"]), "missing"),
        (
            json!({ "message_type": "shout" }),
            json!(["body", "message_type"]),
            "enum",
        ),
        (
            json!({ "message_type": 5 }),
            json!(["body", "message_type"]),
            "string_type",
        ),
        (json!("text"), json!(["body"]), "dict_type"),
        (json!(null), json!(["body"]), "dict_type"),
        (
            json!({ "message_type": "text", "content": { "text": 5 } }),
            json!(["body", "content", "text"]),
            "string_type",
        ),
        (
            json!({ "message_type": "text", "content": "hello" }),
            json!(["body", "content"]),
            "dict_type",
        ),
        (
            json!({ "message_type": "picture", "attachment": { "files": [{ "id": 1, "url": "a" }, { "id": "2" }] } }),
            json!(["body", "attachment", "files", 1, "url"]),
            "missing",
        ),
        (
            json!({ "message_type": "text", "forward_from": 0 }),
            json!(["body", "forward_from"]),
            "greater_than_equal",
        ),
        (
            json!({ "message_type": "text", "forward_from": 2_147_483_648_i64 }),
            json!(["body", "forward_from"]),
            "less_than_equal",
        ),
        (
            json!({ "message_type": "text", "temp_id": 1.5 }),
            json!(["body", "temp_id"]),
            "int_type",
        ),
        (
            json!({ "message_type": "text", "temp_id": 1e300 }),
            json!(["body", "temp_id"]),
            "value_error",
        ),
    ] {
        let response = service.post(&messages(chat), customer, &body).await;
        assert_eq!(response.status, 422, "{body}: {response:?}");
        let detail = &response.json()["detail"];
        let found = detail.as_array().unwrap();
        let found = found
            .iter()
            .any(|it| it["loc"] == location && it["type"] == json!(rule));
        assert!(found, "{body}: {detail}");
    }
    assert_eq!(service.emulator.message_count(), 0);
}

#[tokio::test]
async fn reports_all_violations_of_a_request() {
    let service = Service::start().await;
    let body =
        json!({ "message_type": "text", "temp_id": "one", "content": { "entity_id": "two" } });
    let response = service
        .post(
            "/v1/chats/three/messages",
            service.emulator.customer(),
            &body,
        )
        .await;
    assert_eq!(response.status, 422);
    let response = response.json();
    let detail = response["detail"].as_array().unwrap();
    let locations: Vec<_> = detail.iter().map(|it| it["loc"].clone()).collect();
    assert_eq!(locations.len(), 3, "{response}");
    for location in [
        json!(["path", "chat_id"]),
        json!(["body", "temp_id"]),
        json!(["body", "content", "entity_id"]),
    ] {
        assert!(locations.contains(&location), "{response}");
    }
}

#[tokio::test]
async fn invalid_parameters_are_422_with_location() {
    let service = Service::start().await;
    let customer = service.emulator.customer();
    for (path, location, rule) in [
        ("/v1/chats/abc/messages", ["path", "chat_id"], "int_parsing"),
        ("/v1/chats/1.5/messages", ["path", "chat_id"], "int_parsing"),
        (
            "/v1/chats/0/messages",
            ["path", "chat_id"],
            "greater_than_equal",
        ),
        (
            "/v1/chats/10000000000/messages",
            ["path", "chat_id"],
            "less_than_equal",
        ),
        (
            "/v1/chats/99999999999999999999/messages",
            ["path", "chat_id"],
            "int_parsing",
        ),
        (
            "/v1/chats/%D8%B3%D9%84%D8%A7%D9%85/messages",
            ["path", "chat_id"],
            "int_parsing",
        ),
        (
            "/v1/chats/1/messages?message_id=",
            ["query", "message_id"],
            "int_parsing",
        ),
        (
            "/v1/chats/1/messages?message_id=x",
            ["query", "message_id"],
            "int_parsing",
        ),
        (
            "/v1/chats/1/messages?limit=ten",
            ["query", "limit"],
            "int_parsing",
        ),
        ("/v1/chats/1/messages?order=up", ["query", "order"], "enum"),
        ("/v1/chats/1/messages?cmp=%3C", ["query", "cmp"], "enum"),
        ("/v1/chats?order_by=name", ["query", "order_by"], "enum"),
        ("/v1/chats?filters=", ["query", "filters"], "enum"),
    ] {
        let response = service.get(path, customer).await;
        let violation = response.assert_invalid(json!(location));
        assert_eq!(violation["type"], json!(rule), "{path}");
    }
}

#[tokio::test]
async fn rejects_invalid_json_and_other_content_types() {
    let (service, chat) = Service::start_with_chat().await;
    let customer = service.emulator.customer();
    let request = || service.request(Method::POST, &messages(chat), customer);
    let valid = text_message("hello").to_string();
    let json = "application/json";
    for (media_type, body, rule) in [
        (json, "", "missing"),
        (json, "{", "json_invalid"),
        (json, "{\"message_type\": \"text\",}", "json_invalid"),
        (json, "message_type=text", "json_invalid"),
        ("text/plain", &valid, "model_attributes_type"),
        (
            "application/x-www-form-urlencoded",
            "message_type=text",
            "model_attributes_type",
        ),
    ] {
        let request = request()
            .header("Content-Type", media_type)
            .body(body.to_owned());
        let response = BufferedResponse::send(request).await;
        assert_eq!(response.status, 422, "{body}");
        let violation = response.json()["detail"][0].clone();
        assert_eq!(violation["loc"][0], json!("body"), "{body}");
        assert_eq!(violation["type"], json!(rule), "{body}");
    }
    let response = BufferedResponse::send(request().body(valid.clone())).await;
    response.assert_invalid(json!(["body"]));
    for media_type in [
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/vnd.api+json",
    ] {
        let request = request()
            .header("Content-Type", media_type)
            .body(valid.clone());
        assert_eq!(
            BufferedResponse::send(request).await.status,
            200,
            "{media_type}"
        );
    }
}

#[tokio::test]
async fn rejects_invalid_utf8_body() {
    let (service, chat) = Service::start_with_chat().await;
    let request = service
        .request(Method::POST, &messages(chat), service.emulator.customer())
        .header("Content-Type", "application/json")
        .body(b"{\"message_type\": \"text\", \"content\": {\"text\": \"\xff\"}}".to_vec());
    let response = BufferedResponse::send(request).await;
    assert_eq!(response.status, 422);
    assert_eq!(response.json()["detail"][0]["type"], json!("json_invalid"));
}

#[tokio::test]
async fn accepts_extra_fields_that_official_sdks_send() {
    let (service, chat) = Service::start_with_chat().await;
    let customer = service.emulator.customer();
    for extra in [
        json!({ "chat_id": chat }),
        json!({ "content": [] }),
        json!({ "attachment": [], "message_metadata": [] }),
        json!({ "attachment": { "files": [] }, "inline_markup_button": [] }),
        json!({ "inline_markup_button": [[{ "id": 1, "label": "a", "type": "msg", "data": [] }]] }),
    ] {
        let mut body = json!({ "message_type": "text" });
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        service.post(&messages(chat), customer, &body).await.ok();
    }
    let path = format!("{}?chat_id={chat}&limit=1", messages(chat));
    let listed = service.get(&path, customer).await.ok();
    let content = &listed["data"]["messages"][0]["content"];
    assert_eq!(content["reply_markup"][0][0]["data"], json!({}));
}

#[tokio::test]
async fn accepts_percent_encoded_paths() {
    let (service, chat) = Service::start_with_chat().await;
    let customer = service.emulator.customer();
    let encoded: String = chat
        .to_string()
        .bytes()
        .map(|it| format!("%{it:02X}"))
        .collect();
    service
        .get(&format!("/v1/chats/{encoded}/messages"), customer)
        .await
        .ok();
}

#[tokio::test]
async fn unknown_route_is_plain_text_404() {
    let service = Service::start().await;
    let customer = service.emulator.customer();
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/v1"),
        (Method::GET, "/v1/chats/"),
        (Method::GET, "/v2/chats"),
        (Method::GET, "/v1/chats/1"),
        (Method::GET, "/v1/chats/1/messages/2"),
        (Method::PUT, "/v1/chats"),
        (Method::DELETE, "/v1/users/me"),
        (Method::GET, "/v1/chats/%FF/messages"),
    ] {
        let response = BufferedResponse::send(service.request(method, path, customer)).await;
        response.assert_unknown_route();
    }
}

#[tokio::test]
async fn body_above_size_limit_is_413() {
    let (service, chat) = Service::start_with_chat().await;
    let customer = service.emulator.customer();
    let overhead = text_message("").to_string().len();
    let largest = text_message(&"a".repeat(MAX_BODY_BYTES - overhead));
    assert_eq!(largest.to_string().len(), MAX_BODY_BYTES);
    service.post(&messages(chat), customer, &largest).await.ok();

    let too_large = text_message(&"a".repeat(MAX_BODY_BYTES - overhead + 1));
    for path in [messages(chat), "/nowhere".to_owned()] {
        let response = service.post(&path, customer, &too_large).await;
        assert_eq!(response.status, 413, "{response:?}");
        assert!(
            response.text.contains(&MAX_BODY_BYTES.to_string()),
            "{response:?}"
        );
    }
    assert_eq!(service.emulator.message_count(), 1);
}

/// Sends a large invalid body, and returns the violations of the response.
async fn violations_of_large(method: Method, path: &str, body: String) -> Vec<Value> {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let chat = service.create_chat(seller, customer).await;
    let path = path.replace("{id}", &chat.to_string());
    let request = service.request(method, &path, seller);
    let request = request.header("Content-Type", "application/json");
    let response = BufferedResponse::send(request.body(body)).await;
    assert_eq!(response.status, 422);
    assert!(response.text.len() < 50_000, "{}", response.text.len());
    let log = service.emulator.request_log();
    assert!(log[1].error.as_ref().unwrap().len() < 500, "{log:?}");
    response.json()["detail"].as_array().unwrap().clone()
}

fn omitted(violation: &Value) -> u64 {
    assert_eq!(violation["loc"], json!(["body"]));
    let message = violation["msg"].as_str().unwrap();
    let number = message.split(' ').find_map(|it| it.parse().ok());
    number.unwrap()
}

#[tokio::test]
async fn violations_of_a_megabyte_of_wrong_buttons_are_capped() {
    for buttons in ["[{}]", "[[]]", "[1]", "1"] {
        let count = 1024 * 1024 / (buttons.len() + 1);
        let buttons = vec![buttons; count].join(",");
        let body = format!(r#"{{"message_type":"text","inline_markup_button":[{buttons}]}}"#);
        let violations = violations_of_large(Method::POST, "/v1/chats/{id}/messages", body).await;
        assert_eq!(violations.len(), 101);
        let location = &violations[99]["loc"];
        assert_eq!(location[1], "inline_markup_button");
        assert!(omitted(&violations[100]) > 100_000);
    }
    // Nested arrays.
    let row = format!("[{}]", vec!["{}"; 1000].join(","));
    let buttons = vec![row; 300].join(",");
    let body = format!(r#"{{"message_type":"text","inline_markup_button":[{buttons}]}}"#);
    let violations = violations_of_large(Method::POST, "/v1/chats/{id}/messages", body).await;
    assert_eq!(violations.len(), 101);
}

#[tokio::test]
async fn violations_of_8_mib_of_wrong_ids_are_capped() {
    let ids = vec![r#""a""#; 2_000_000].join(",");
    let body = format!(r#"{{"message_ids":[{ids}]}}"#);
    let violations = violations_of_large(Method::DELETE, "/v1/chats/messages", body).await;
    assert_eq!(violations.len(), 101);
    assert!(
        violations.iter().any(|it| it["type"] == "too_long"),
        "{violations:?}"
    );
    assert!(omitted(&violations[100]) >= 1_999_900);
}

#[tokio::test]
async fn invalid_item_of_a_long_array_keeps_its_index() {
    let mut files = vec![json!({ "id": 1, "url": "https://example.com" }); 3000];
    files[2500] = json!({ "id": "a", "url": "https://example.com" });
    let body = json!({ "message_type": "picture", "attachment": { "files": files } });
    let path = "/v1/chats/{id}/messages";
    let violations = violations_of_large(Method::POST, path, body.to_string()).await;
    assert_eq!(violations.len(), 1, "{violations:?}");
    assert_eq!(
        violations[0]["loc"],
        json!(["body", "attachment", "files", 2500, "id"])
    );
}

#[tokio::test]
async fn empty_arrays_of_many_buttons_are_accepted_for_objects() {
    let (service, chat) = Service::start_with_chat().await;
    let button = json!({ "id": 1, "label": "a", "type": "msg", "data": [] });
    let body = json!({ "message_type": "text", "inline_markup_button": [vec![button; 2000]] });
    let (_, customer) = service.users();
    service.post(&messages(chat), customer, &body).await.ok();
}
