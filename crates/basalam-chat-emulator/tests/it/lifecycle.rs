use std::sync::Arc;

use basalam_chat_emulator::{Emulator, Fault};
use reqwest::Method;

use crate::support::{BufferedResponse, Service};

#[tokio::test]
async fn shutdown_refuses_connections_and_frees_the_port() {
    let service = Service::start().await;
    let seller = service.emulator.seller().clone();
    service.get("/v1/users/me", &seller).await.ok();
    let url = service.emulator.base_url().to_owned();
    let port = url.rsplit(':').next().unwrap().parse().unwrap();
    service.emulator.shutdown().await;
    // A new connection: a pooled one can fail in several ways.
    let refused = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
    assert_eq!(
        refused.unwrap_err().kind(),
        std::io::ErrorKind::ConnectionRefused
    );

    let restarted = Emulator::builder().port(port).start().await.unwrap();
    assert_eq!(restarted.base_url(), url);
}

#[tokio::test]
async fn shutdown_aborts_pending_requests() {
    let service = Service::start().await;
    let hour = std::time::Duration::from_secs(3600);
    let seller = service.emulator.seller().clone();
    let mut waiting = Vec::new();
    for fault in [Fault::hang(), Fault::latency(hour)] {
        service.emulator.fail_next(fault).unwrap();
        let request = service.request(Method::GET, "/v1/users/me", &seller);
        waiting.push(tokio::spawn(request.send()));
    }
    while service.emulator.request_count("get_current_user") != Some(2) {
        tokio::task::yield_now().await;
    }
    service.emulator.shutdown().await;
    for request in waiting {
        assert!(request.await.unwrap().is_err());
    }
}

#[tokio::test]
async fn shutdown_handles_requests_that_the_latency_delays() {
    let hour = std::time::Duration::from_secs(3600);
    let service = Service::start_with(Emulator::builder().latency(hour)).await;
    let seller = service.emulator.seller().clone();
    let request = service.request(Method::GET, "/v1/users/me", &seller);
    let waiting = tokio::spawn(request.send());
    while service.emulator.total_request_count() != 1 {
        tokio::task::yield_now().await;
    }
    service.emulator.shutdown().await;
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn drop_stops_the_emulator() {
    let service = Service::start().await;
    service.drop_emulator().await;
}

#[tokio::test]
async fn handle_can_be_shared_between_tasks() {
    let emulator = Arc::new(Emulator::start().await.unwrap());
    let tasks: Vec<_> = (0..4)
        .map(|index| {
            let emulator = Arc::clone(&emulator);
            tokio::spawn(async move { emulator.add_user(format!("User {index}")).id })
        })
        .collect();
    let mut ids = Vec::new();
    for task in tasks {
        ids.push(task.await.unwrap());
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

#[tokio::test]
async fn emulators_do_not_share_state() {
    let (one, other) = (Service::start().await, Service::start().await);
    assert_ne!(one.emulator.base_url(), other.emulator.base_url());
    let (seller, customer) = (one.emulator.seller(), one.emulator.customer());
    one.create_chat(seller, customer).await;
    assert!(other.chats(other.emulator.seller(), "").await.is_empty());
}

#[tokio::test]
async fn bind_error_names_the_port() {
    let first = Emulator::start().await.unwrap();
    let port = first.base_url().rsplit(':').next().unwrap();
    let second = Emulator::builder()
        .port(port.parse().unwrap())
        .start()
        .await;
    let error = second.unwrap_err();
    assert!(error.is_bind());
    assert!(error.to_string().contains(port), "{error}");
}

#[test]
fn start_blocking_serves_while_the_starting_thread_is_blocked() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    // A server on this current-thread runtime would never run while the thread is blocked.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let url = format!("{}/v1/users/me", emulator.base_url());
    let token = emulator.customer().token().to_owned();
    let inside = runtime.enter();
    let status = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let request = reqwest::Client::new().get(url).bearer_auth(token);
        runtime.block_on(BufferedResponse::send(request)).status
    })
    .join()
    .unwrap();
    drop(inside);
    assert_eq!(status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_in_a_multi_thread_runtime() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    service.get("/v1/users/me", seller).await.ok();
}

#[tokio::test]
async fn debug_output_redacts_tokens() {
    let service = Service::start().await;
    let texts = [
        format!("{:?}", service.emulator),
        format!("{:?}", service.emulator.seller()),
        format!("{:?}", Emulator::builder()),
        format!("{:?}", service.emulator.bot()),
    ];
    for text in texts {
        assert!(!text.contains("-token"), "{text}");
    }
}
