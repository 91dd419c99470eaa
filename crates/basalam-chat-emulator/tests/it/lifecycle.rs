use std::sync::Arc;

use basalam_chat_emulator::{Emulator, Fault};
use reqwest::Method;

use crate::support::{Answer, Service};

#[tokio::test]
async fn after_shutdown_nobody_answers_and_the_port_is_free() {
    let service = Service::start().await;
    let seller = service.emulator.seller().clone();
    service.get("/v1/users/me", &seller).await.ok();
    let url = service.emulator.base_url().to_owned();
    let port = url.rsplit(':').next().unwrap().parse().unwrap();
    service.emulator.shutdown().await;
    // A connection of its own: one that was kept may end in any of several ways.
    let refused = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
    assert_eq!(
        refused.unwrap_err().kind(),
        std::io::ErrorKind::ConnectionRefused
    );

    let again = Emulator::builder().port(port).start().await.unwrap();
    assert_eq!(again.base_url(), url);
}

#[tokio::test]
async fn who_waits_for_an_answer_that_never_comes_is_let_go_at_the_end() {
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
async fn dropping_it_ends_it() {
    let service = Service::start().await;
    let url = service.emulator.base_url().to_owned();
    drop(service.emulator);
    // It ends in its own time, so this asks until nobody answers.
    while service.client.get(&url).send().await.is_ok() {}
}

#[tokio::test]
async fn one_handle_serves_many_tasks() {
    let emulator = Arc::new(Emulator::start().await.unwrap());
    let tasks: Vec<_> = (0..4)
        .map(|number| {
            let emulator = Arc::clone(&emulator);
            tokio::spawn(async move { emulator.add_user(format!("User {number}")).id })
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
async fn two_emulators_do_not_share_anything() {
    let (one, other) = (Service::start().await, Service::start().await);
    assert_ne!(one.emulator.base_url(), other.emulator.base_url());
    let (seller, customer) = (one.emulator.seller(), one.emulator.customer());
    one.chat(seller, customer).await;
    assert!(other.chats(other.emulator.seller(), "").await.is_empty());
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error_naming_it() {
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
fn it_answers_while_the_thread_that_started_it_is_blocked() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    // The current-thread runtime of a blocked thread would never come to answer.
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
        runtime.block_on(Answer::of(request)).status
    })
    .join()
    .unwrap();
    drop(inside);
    assert_eq!(status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_in_a_runtime_of_many_threads() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    service.get("/v1/users/me", seller).await.ok();
}

#[tokio::test]
async fn nothing_secret_is_in_debug_output() {
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
