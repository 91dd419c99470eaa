use std::time::Duration;

use basalam_chat_emulator::{Emulator, Fault};
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Service, assert_invalid_argument};

async fn connect(service: &Service) -> TcpStream {
    let address = service.emulator.base_url().trim_start_matches("http://");
    TcpStream::connect(address).await.unwrap()
}

/// Waits until the emulator closes a connection. Returns what it sent before.
async fn read_to_end(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A connection with unread bytes ends with an error.
    let _ = stream.read_to_end(&mut bytes).await;
    bytes
}

#[tokio::test]
async fn idle_connections_do_not_lock_out_other_clients() {
    let service = Service::start_with(Emulator::builder().max_connections(8)).await;
    let mut idle = Vec::new();
    for index in 0..300 {
        let mut stream = connect(&service).await;
        if index % 2 == 0 {
            stream
                .write_all(b"GET /v1/users/me HTTP/1.1\r\nHost: loc")
                .await
                .unwrap();
        }
        idle.push(stream);
    }
    assert_eq!(service.current_user_status().await, 200);
    // The oldest are closed.
    read_to_end(idle.remove(0)).await;
    read_to_end(idle.remove(0)).await;
}

#[tokio::test]
async fn connection_with_a_request_in_progress_is_not_closed_for_others() {
    let service = Service::start_with(Emulator::builder().max_connections(2)).await;
    let seller = service.emulator.seller();
    service.emulator.fail_next(Fault::hang()).unwrap();
    let hanging = service.request(Method::GET, "/v1/users/me", seller).send();
    let hanging = tokio::spawn(hanging);
    while service.emulator.request_count("get_current_user") != Some(1) {
        tokio::task::yield_now().await;
    }
    let mut idle = Vec::new();
    for _ in 0..20 {
        idle.push(connect(&service).await);
    }
    assert_eq!(service.current_user_status().await, 200);
    assert!(!hanging.is_finished());
    hanging.abort();
}

#[tokio::test]
async fn client_waits_while_all_connections_have_requests_in_progress() {
    let service = Service::start_with(Emulator::builder().max_connections(2)).await;
    let seller = service.emulator.seller();
    let mut hanging = Vec::new();
    for count in 1..=3 {
        service.emulator.fail_next(Fault::hang()).unwrap();
        let request = service.request(Method::GET, "/v1/users/me", seller).send();
        hanging.push(tokio::spawn(request));
        while service.emulator.request_count("get_current_user") != Some(count) {
            tokio::task::yield_now().await;
        }
    }
    // One connection above the limit is accepted; the next one waits.
    let waiting = tokio::spawn(service.request(Method::GET, "/v1/users/me", seller).send());
    for request in hanging.drain(..2) {
        request.abort();
    }
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn connections_without_a_complete_request_head_are_closed() {
    let timeout = Duration::from_millis(30);
    let service = Service::start_with(Emulator::builder().idle_timeout(timeout)).await;
    let silent = connect(&service).await;
    read_to_end(silent).await;
    let mut partial = connect(&service).await;
    partial
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        .await
        .unwrap();
    read_to_end(partial).await;
    let mut kept = connect(&service).await;
    kept.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    assert!(read_to_end(kept).await.ends_with(b"404 page not found"));
    assert_eq!(service.current_user_status().await, 200);
}

#[tokio::test]
async fn requests_with_an_incomplete_body_fail_after_the_timeout() {
    let timeout = Duration::from_millis(30);
    let service = Service::start_with(Emulator::builder().body_timeout(timeout)).await;
    for (path, content_type) in [
        ("/v1/chats", "application/json"),
        ("/v1/files", "multipart/form-data; boundary=x"),
        ("/oauth/token", "application/json"),
        ("/_emulator/seed", "application/json"),
    ] {
        let mut stream = connect(&service).await;
        let token = service.emulator.seller().token();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             X-Basalam-Emulator: 1\r\nContent-Type: {content_type}\r\nContent-Length: 100\r\n\r\n--x"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let response = String::from_utf8(read_to_end(stream).await).unwrap();
        assert!(response.starts_with("HTTP/1.1 4"), "{path}: {response}");
    }
    assert_eq!(service.current_user_status().await, 200);
}

#[tokio::test]
async fn rejects_limits_of_0() {
    let builder = Emulator::builder;
    assert_invalid_argument(builder().max_connections(0).start().await);
    assert_invalid_argument(builder().idle_timeout(Duration::ZERO).start().await);
    assert_invalid_argument(builder().body_timeout(Duration::ZERO).start().await);
}
