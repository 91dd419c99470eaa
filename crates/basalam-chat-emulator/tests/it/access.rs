use basalam_chat_emulator::Emulator;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{BufferedResponse, Service, assert_invalid_argument};

/// Every kind of path: of the service, OAuth, files, the control endpoints, the console, and unknown ones.
const PATHS: [&str; 8] = [
    "/v1/users/me",
    "/v1/bots/110201:the-token-of-an-emulated-bot-is-no-secret/getMe",
    "/accounts/sso",
    "/files/78000000/a.html",
    "/_emulator/",
    "/_emulator/console/",
    "/_emulator/readyz",
    "/nowhere",
];

/// Sends a request as it is, and returns the status and the body of the response.
pub(crate) async fn send_raw(service: &Service, request: &str) -> (u16, String) {
    let address = service.emulator.base_url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

/// Sends a request with these header lines.
async fn send(service: &Service, line: &str, headers: &[&str]) -> (u16, String) {
    let headers = headers.join("\r\n");
    let request = format!("{line} HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n");
    send_raw(service, &request).await
}

#[tokio::test]
async fn foreign_hosts_get_403_on_every_path() {
    let service = Service::start().await;
    for path in PATHS {
        let (status, body) = send(&service, &format!("GET {path}"), &["Host: evil.example"]).await;
        assert_eq!(status, 403, "{path}");
        let body: Value = serde_json::from_str(&body).unwrap();
        let message = body["message"].as_str().unwrap();
        assert!(message.contains("--allow-host evil.example"), "{message}");
    }
    let posted = send(&service, "POST /oauth/token", &["Host: evil.example"]).await;
    assert_eq!(posted.0, 403);
}

#[tokio::test]
async fn allowed_hosts_can_be_used() {
    let service = Service::start_with(Emulator::builder().allow_host("emulator")).await;
    for host in [
        "emulator:8080",
        "localhost",
        "a.localhost",
        "[::1]:1",
        "10.0.0.1",
    ] {
        let host = format!("Host: {host}");
        let (status, _) = send(&service, "GET /_emulator/", &[&host]).await;
        assert_eq!(status, 200, "{host}");
    }
}

#[tokio::test]
async fn requests_without_host_or_with_several_hosts_get_400() {
    let service = Service::start().await;
    for request in [
        "GET /_emulator/ HTTP/1.0\r\n\r\n",
        "GET /_emulator/ HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET /_emulator/ HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ] {
        assert_eq!(send_raw(&service, request).await.0, 400, "{request}");
    }
    let (status, _) = send_raw(
        &service,
        "GET /_emulator/ HTTP/1.0\r\nHost: localhost\r\n\r\n",
    )
    .await;
    assert_eq!(status, 200);
    let proxied = "GET http://evil.example/_emulator/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(send_raw(&service, proxied).await.0, 403);
}

#[tokio::test]
async fn web_pages_of_other_origins_get_403_on_every_path() {
    let service = Service::start().await;
    for path in PATHS {
        for header in [
            "Origin: https://evil.example",
            "Origin: null",
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-site",
        ] {
            let (status, body) = send(
                &service,
                &format!("GET {path}"),
                &["Host: localhost", header],
            )
            .await;
            assert_eq!(status, 403, "{path} {header}");
            assert!(!body.contains("token\":"), "{body}");
        }
    }
}

#[tokio::test]
async fn simple_requests_of_other_pages_change_nothing() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    service.create_chat(seller, customer).await;
    let address = service.emulator.base_url();
    for (path, body) in [
        ("reset", ""),
        ("seed", r#"{"users":[{"name":"a","id":501}]}"#),
        ("faults", r#"{"fault":"disconnect"}"#),
        ("clock", r#"{"advance_seconds":60}"#),
    ] {
        for with_origin in [true, false] {
            let request = service.client.post(format!("{address}/_emulator/{path}"));
            let request = request.header("Content-Type", "text/plain").body(body);
            let response = BufferedResponse::send(match with_origin {
                true => request.header("Origin", "https://evil.example"),
                false => request,
            })
            .await;
            assert_eq!(response.status, 403, "{path} {response:?}");
        }
    }
    assert_eq!(service.chats(seller, "").await.len(), 1);
    assert_eq!(service.emulator.users().len(), 2);
    assert_eq!(service.current_user_status().await, 200);
}

#[tokio::test]
async fn navigations_and_pictures_of_other_pages_do_not_change_bots() {
    for builder in [
        Emulator::builder(),
        Emulator::builder().cors("http://localhost:3000"),
    ] {
        let service = Service::start_with(builder).await;
        let bot = service.emulator.bot().token();
        let site = "Sec-Fetch-Site: cross-site";
        for [mode, destination] in [["navigate", "document"], ["no-cors", "image"]] {
            let mode = format!("Sec-Fetch-Mode: {mode}");
            let destination = format!("Sec-Fetch-Dest: {destination}");
            let headers = ["Host: localhost", site, &mode, &destination];
            for operation in ["logOut", "deleteWebhook", "getMe"] {
                let line = format!("GET /v1/bots/{bot}/{operation}");
                let (status, _) = send(&service, &line, &headers).await;
                assert_eq!(status, 403, "{operation} {mode}");
            }
        }
    }
}

#[tokio::test]
async fn control_changes_without_header_or_json_name_the_remedy() {
    let service = Service::start().await;
    let url = format!("{}/_emulator/faults", service.emulator.base_url());
    let fault = json!({ "fault": "disconnect" });
    let response = BufferedResponse::send(service.client.post(&url).json(&fault)).await;
    assert_eq!(response.status, 403);
    let message = response.json()["message"].to_string();
    assert!(message.contains("`X-Basalam-Emulator: 1`"), "{message}");
    let request = service.client.post(&url).header("X-Basalam-Emulator", "1");
    let response = BufferedResponse::send(request.body(fault.to_string())).await;
    assert_eq!(response.status, 415);
    let message = response.json()["message"].to_string();
    assert!(
        message.contains("`Content-Type: application/json`"),
        "{message}"
    );
    let request = service.client.post(&url).header("X-Basalam-Emulator", "1");
    BufferedResponse::send(request.json(&fault)).await.ok();
}

#[tokio::test]
async fn rejected_requests_are_logged_with_their_reason_and_not_handled() {
    let service = Service::start().await;
    send(
        &service,
        "GET /v1/users/me?a=secret",
        &["Host: evil.example"],
    )
    .await;
    send(
        &service,
        "POST /_emulator/reset",
        &["Host: localhost", "Origin: https://evil.example"],
    )
    .await;
    let log = service.emulator.request_log();
    assert_eq!(log.len(), 2);
    assert_eq!(log[0].status, Some(403));
    assert_eq!(log[0].path, "/v1/users/me");
    assert!(
        log[0].error.as_deref().unwrap().contains("`evil.example`"),
        "{log:?}"
    );
    assert_eq!(log[1].path, "/_emulator/reset");
    assert!(
        log[1]
            .error
            .as_deref()
            .unwrap()
            .contains("`https://evil.example`"),
        "{log:?}"
    );
    assert_eq!(service.emulator.request_count("get_current_user"), Some(0));
}

#[tokio::test]
async fn readyz_needs_no_control_endpoints_and_is_not_logged() {
    for enabled in [true, false] {
        let service = Service::start_with(Emulator::builder().control(enabled)).await;
        let url = format!("{}/_emulator/readyz", service.emulator.base_url());
        let response = BufferedResponse::send(service.client.get(url)).await;
        assert_eq!(response.ok(), json!({ "ok": true }));
        assert_eq!(service.emulator.total_request_count(), 0);
    }
}

#[tokio::test]
async fn invalid_host_names_and_origins_are_rejected() {
    let builder = Emulator::builder();
    let message = assert_invalid_argument(builder.clone().allow_host("*").start().await);
    assert!(message.contains("host name"), "{message}");
    let message = assert_invalid_argument(builder.cors("localhost:3000").start().await);
    assert!(message.contains("http://localhost:3000"), "{message}");
}
