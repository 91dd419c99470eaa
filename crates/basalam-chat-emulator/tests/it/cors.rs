use basalam_chat_emulator::Emulator;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;

use crate::support::{BufferedResponse, Service};

const ORIGIN: &str = "http://localhost:3000";

fn header<'r>(response: &'r reqwest::Response, name: &str) -> &'r str {
    response
        .headers()
        .get(name)
        .map_or("", |it| it.to_str().unwrap())
}

#[tokio::test]
async fn browser_client_of_a_permitted_origin_can_use_the_service() {
    let service = Service::start_with(Emulator::builder().cors(ORIGIN)).await;
    let (seller, customer) = service.users();
    let url = format!("{}/v1/chats", service.emulator.base_url());
    let preflight = service.client.request(Method::OPTIONS, &url);
    let preflight = preflight
        .header("Origin", ORIGIN)
        .header("Access-Control-Request-Method", "POST")
        .header(
            "Access-Control-Request-Headers",
            "authorization,content-type",
        )
        .header("Access-Control-Request-Private-Network", "true");
    let response = preflight.send().await.unwrap();
    assert_eq!(response.status(), 204);
    for (name, value) in [
        ("access-control-allow-origin", ORIGIN),
        ("access-control-allow-methods", "POST"),
        ("access-control-allow-headers", "authorization,content-type"),
        ("access-control-allow-private-network", "true"),
        ("vary", "origin"),
    ] {
        assert_eq!(header(&response, name), value);
    }

    let body = json!({ "user_id": customer.id });
    let request = service
        .request(Method::POST, "/v1/chats", seller)
        .json(&body);
    let response = request.header("Origin", ORIGIN).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "access-control-allow-origin"), ORIGIN);
    assert_eq!(header(&response, "access-control-expose-headers"), "*");
    // Errors can be read as well, and other clients see no difference.
    let request = service.request(Method::GET, "/nowhere", seller);
    let response = request.header("Origin", ORIGIN).send().await.unwrap();
    assert_eq!(header(&response, "access-control-allow-origin"), ORIGIN);
    let response = service
        .request(Method::GET, "/v1/chats", seller)
        .send()
        .await
        .unwrap();
    assert_eq!(header(&response, "access-control-allow-origin"), "");
}

#[tokio::test]
async fn token_endpoint_is_available_to_permitted_origins() {
    let service = Service::start_with(Emulator::builder().cors("*")).await;
    let client = service.emulator.oauth_client();
    let url = format!("{}/oauth/token", service.emulator.base_url());
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client.id()),
        ("client_secret", client.secret()),
    ];
    let request = service.client.post(url).form(&form);
    let response = request.header("Origin", "null").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "access-control-allow-origin"), "null");
}

#[tokio::test]
async fn control_endpoints_and_other_origins_stay_closed() {
    let service = Service::start_with(Emulator::builder().cors(ORIGIN)).await;
    for (path, origin) in [
        ("/_emulator/", ORIGIN),
        ("/_emulator/console/", ORIGIN),
        ("/v1/users/me", "http://localhost:3001"),
    ] {
        for method in [Method::GET, Method::OPTIONS] {
            let url = format!("{}{path}", service.emulator.base_url());
            let request = service.client.request(method, url).header("Origin", origin);
            let request = request.header("Access-Control-Request-Method", "GET");
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 403, "{path}");
            assert_eq!(
                header(&response, "access-control-allow-origin"),
                "",
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn without_cors_preflight_requests_are_rejected_with_the_remedy() {
    let service = Service::start().await;
    let url = format!("{}/v1/chats", service.emulator.base_url());
    let request = service
        .client
        .request(Method::OPTIONS, url)
        .header("Origin", ORIGIN);
    let request = request.header("Access-Control-Request-Method", "GET");
    let response = BufferedResponse::send(request).await;
    assert_eq!(response.status, 403);
    assert!(response.text.contains("--cors"), "{response:?}");
}

#[tokio::test]
async fn uploaded_files_are_attachments_that_other_pages_embed_only_with_cors() {
    for (builder, policy, status) in [
        (Emulator::builder(), "same-origin", 403),
        (Emulator::builder().cors(ORIGIN), "cross-origin", 200),
    ] {
        let service = Service::start_with(builder).await;
        let part = Part::bytes(b"<script>alert(1)</script>".to_vec()).file_name("a.html");
        let form = Form::new().part("file", part.mime_str("text/html").unwrap());
        let request = service.request(Method::POST, "/v1/files", service.emulator.seller());
        let request = request.multipart(form.text("file_type", "chat.file"));
        let uploaded = BufferedResponse::send(request).await.ok();
        let url = uploaded["url"].as_str().unwrap();
        let response = service.client.get(url).send().await.unwrap();
        assert_eq!(response.status(), 200);
        for (name, value) in [
            ("content-type", "text/html"),
            ("content-disposition", "attachment"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("cross-origin-resource-policy", policy),
        ] {
            assert_eq!(header(&response, name), value);
        }
        // As an image of another page.
        let embedded = service.client.get(url);
        let embedded = embedded
            .header("Sec-Fetch-Site", "same-site")
            .header("Sec-Fetch-Mode", "no-cors");
        assert_eq!(embedded.send().await.unwrap().status(), status);
        let own = service
            .client
            .get(url)
            .header("Sec-Fetch-Site", "same-origin");
        assert_eq!(own.send().await.unwrap().status(), 200);
    }
}
