//! Helpers shared by the tests.

pub(crate) mod all_operations;
pub(crate) mod auth;
pub(crate) mod child_trace;
pub(crate) mod clock;
pub(crate) mod fault_cases;
pub(crate) mod http_server;
pub(crate) mod json;
pub(crate) mod shared_tokens;
pub(crate) mod virtual_clock;

use std::net::TcpListener;

use basalam_chat::{
    ChatId, Client, ClientBuilder, PersonalToken, RequestOptions, RetryPolicy, UserId,
};
use basalam_chat_emulator::Emulator;

use clock::TestClock;

/// A token that no error, log or debug output may contain.
pub(crate) const CANARY: &str = "canary-token-8f2c";

/// Returns a client that acts for the emulator's seller.
pub(crate) fn seller(emulator: &Emulator) -> Client {
    client(emulator.base_url(), emulator.seller().token())
}

/// Returns a client that acts for the emulator's customer.
pub(crate) fn customer(emulator: &Emulator) -> Client {
    client(emulator.base_url(), emulator.customer().token())
}

/// Returns a client for `base_url` whose backoff does not take real time.
pub(crate) fn client(base_url: &str, token: &str) -> Client {
    builder(base_url, token, &TestClock::new()).build().unwrap()
}

pub(crate) fn builder(base_url: &str, token: &str, clock: &TestClock) -> ClientBuilder {
    Client::builder(PersonalToken::new(token))
        .base_url(base_url)
        .clock(clock.clone())
}

pub(crate) fn no_retries() -> RequestOptions {
    RequestOptions::new().retry_policy(RetryPolicy::never())
}

/// Returns the same client with retries disabled.
pub(crate) fn without_retries(client: &Client) -> Client {
    client.with_options(no_retries()).unwrap()
}

pub(crate) fn customer_id(emulator: &Emulator) -> UserId {
    UserId(emulator.customer().id)
}

/// Opens the chat between the seller and the customer as the seller.
pub(crate) async fn open_chat(seller: &Client, emulator: &Emulator) -> ChatId {
    seller.create_chat(customer_id(emulator)).await.unwrap().id
}

/// Binds a free local port and returns the base URL of a server on it.
pub(crate) fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    (listener, base_url)
}

pub(crate) fn listen_async() -> (tokio::net::TcpListener, String) {
    let (listener, base_url) = listen();
    listener.set_nonblocking(true).unwrap();
    (
        tokio::net::TcpListener::from_std(listener).unwrap(),
        base_url,
    )
}

/// Returns the URL of a local port that was free a moment ago, so that connections to it are refused.
pub(crate) fn refused_url() -> String {
    listen().1
}

/// Runs other tasks until `is_ready` returns `true`.
pub(crate) async fn yield_until(is_ready: impl Fn() -> bool) {
    while !is_ready() {
        tokio::task::yield_now().await;
    }
}
