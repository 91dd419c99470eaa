//! A running emulator and a client for raw HTTP requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use basalam_chat_emulator::{Emulator, EmulatorBuilder, Error, Fault, User};
use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

/// A running emulator and a client for it.
pub(crate) struct Service {
    pub(crate) emulator: Emulator,
    pub(crate) client: reqwest::Client,
}

impl Service {
    pub(crate) async fn start() -> Self {
        Self::start_with(Emulator::builder()).await
    }

    pub(crate) async fn start_with(builder: EmulatorBuilder) -> Self {
        Self {
            emulator: builder.start().await.unwrap(),
            client: reqwest::Client::new(),
        }
    }

    /// Starts a service whose clock the test sets.
    pub(crate) async fn start_with_clock() -> (Self, ManualClock) {
        let clock = ManualClock::new();
        let builder = Emulator::builder().clock(clock.clock());
        (Self::start_with(builder).await, clock)
    }

    /// Starts a service with a chat of the customer and the seller. Returns the chat id.
    pub(crate) async fn start_with_chat() -> (Self, i64) {
        let service = Self::start().await;
        let (seller, customer) = service.users();
        let chat = service.create_chat(customer, seller).await;
        (service, chat)
    }

    /// Returns the seller and the customer.
    pub(crate) fn users(&self) -> (&User, &User) {
        (self.emulator.seller(), self.emulator.customer())
    }

    pub(crate) fn request(&self, method: Method, path: &str, user: &User) -> RequestBuilder {
        let url = format!("{}{path}", self.emulator.base_url());
        self.client.request(method, url).bearer_auth(user.token())
    }

    pub(crate) async fn get(&self, path: &str, user: &User) -> BufferedResponse {
        self.get_with_token(path, user.token()).await
    }

    pub(crate) async fn get_with_token(&self, path: &str, token: &str) -> BufferedResponse {
        let url = format!("{}{path}", self.emulator.base_url());
        BufferedResponse::send(self.client.get(url).bearer_auth(token)).await
    }

    pub(crate) async fn post(&self, path: &str, user: &User, body: &Value) -> BufferedResponse {
        BufferedResponse::send(self.request(Method::POST, path, user).json(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, user: &User, body: &Value) -> BufferedResponse {
        BufferedResponse::send(self.request(Method::PATCH, path, user).json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str, user: &User, body: &Value) -> BufferedResponse {
        BufferedResponse::send(self.request(Method::DELETE, path, user).json(body)).await
    }

    pub(crate) async fn current_user(&self, token: &str) -> BufferedResponse {
        self.get_with_token("/v1/users/me", token).await
    }

    /// Requests the current user as the seller. Returns the status.
    pub(crate) async fn current_user_status(&self) -> u16 {
        self.current_user(self.emulator.seller().token())
            .await
            .status
    }

    /// Creates the chat of two users. Returns its id.
    pub(crate) async fn create_chat(&self, one: &User, other: &User) -> i64 {
        let body = json!({ "user_id": other.id });
        let response = self.post("/v1/chats", one, &body).await;
        response.ok()["data"]["id"].as_i64().unwrap()
    }

    /// Sends a text message. Returns its id.
    pub(crate) async fn send_text(&self, chat: i64, user: &User, text: &str) -> i64 {
        let response = self.post(&messages(chat), user, &text_message(text)).await;
        response.ok()["data"]["id"].as_i64().unwrap()
    }

    /// Sends a text message as the customer, and aborts the request after `fault` has begun.
    pub(crate) async fn send_and_abort(&self, chat: i64, fault: Fault) {
        let arrived = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&arrived);
        let hook = move |_: &Emulator| flag.store(true, Ordering::SeqCst);
        self.emulator.on_request("create_message", hook).unwrap();
        self.emulator.fail_next(fault).unwrap();
        let (seller, customer) = self.users();
        let request = self.request(Method::POST, &messages(chat), customer);
        let pending = tokio::spawn(request.json(&text_message("hello")).send());
        while !arrived.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
        // The emulator has one thread, so the fault has begun when this request completes.
        self.get("/v1/users/me", seller).await.ok();
        pending.abort();
        assert!(pending.await.unwrap_err().is_cancelled());
    }

    /// Returns the chats that match a query.
    pub(crate) async fn chats(&self, user: &User, query: &str) -> Vec<Value> {
        let response = self.get(&format!("/v1/chats?{query}"), user).await;
        response.ok()["data"]["chats"].as_array().unwrap().clone()
    }

    /// Returns the ids of the messages that match a query.
    pub(crate) async fn message_ids(&self, chat: i64, user: &User, query: &str) -> Vec<i64> {
        let path = format!("{}?{query}", messages(chat));
        let body = self.get(&path, user).await.ok();
        let messages = body["data"]["messages"].as_array().unwrap();
        messages
            .iter()
            .map(|it| it["id"].as_i64().unwrap())
            .collect()
    }

    /// Drops the emulator and waits until it has stopped.
    pub(crate) async fn drop_emulator(self) {
        let url = self.emulator.base_url().to_owned();
        drop(self.emulator);
        while self.client.get(&url).send().await.is_ok() {}
    }
}

pub(crate) fn messages(chat: i64) -> String {
    format!("/v1/chats/{chat}/messages")
}

pub(crate) fn text_message(text: &str) -> Value {
    json!({ "message_type": "text", "content": { "text": text } })
}

/// Asserts that a call rejects an argument. Returns the error message.
pub(crate) fn assert_invalid_argument<T>(result: Result<T, Error>) -> String {
    let error = result.err().unwrap();
    assert!(error.is_invalid_argument(), "{error}");
    error.to_string()
}

/// A response with its whole body.
#[derive(Debug)]
pub(crate) struct BufferedResponse {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) text: String,
}

impl BufferedResponse {
    pub(crate) async fn send(request: RequestBuilder) -> Self {
        Self::read(request.send().await.unwrap()).await
    }

    pub(crate) async fn read(response: Response) -> Self {
        let media_type = response.headers().get("content-type");
        let media_type = media_type.map(|it| it.to_str().unwrap().to_owned());
        Self {
            status: response.status().as_u16(),
            media_type: media_type.unwrap_or_default(),
            text: response.text().await.unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.media_type, "application/json", "{self:?}");
        serde_json::from_str(&self.text).unwrap()
    }

    /// Asserts status 200 and returns the body.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }

    /// Asserts that the operation succeeded without a result.
    pub(crate) fn assert_accepted(&self) {
        assert_eq!(self.ok(), json!({ "data": true }));
    }

    /// Asserts that the requested resource does not exist.
    pub(crate) fn assert_not_found(&self) {
        assert_eq!(self.status, 404, "{self:?}");
        assert_eq!(self.json(), json!({ "message": "not found" }));
    }

    /// Asserts that the gateway does not know the route.
    pub(crate) fn assert_unknown_route(&self) {
        assert_eq!(self.status, 404, "{self:?}");
        assert!(self.media_type.starts_with("text/plain"), "{self:?}");
        assert_eq!(self.text, "404 page not found");
    }

    /// Asserts that the request is rejected with one violation, and returns it.
    pub(crate) fn assert_invalid(&self, location: Value) -> Value {
        assert_eq!(self.status, 422, "{self:?}");
        let body = self.json();
        let detail = body["detail"].as_array().unwrap();
        assert_eq!(detail.len(), 1, "{self:?}");
        assert_eq!(detail[0]["loc"], location, "{self:?}");
        assert!(!detail[0]["msg"].as_str().unwrap().is_empty());
        detail[0].clone()
    }
}

/// A clock that changes only if a test sets it.
#[derive(Clone)]
pub(crate) struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(0)))
    }

    /// Sets the time, in seconds after 2026-07-22 10:00:00.
    pub(crate) fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::SeqCst);
    }

    pub(crate) fn clock(&self) -> impl Fn() -> DateTime + Send + Sync + 'static {
        let seconds = Arc::clone(&self.0);
        move || {
            let start = date(2026, 7, 22).at(10, 0, 0, 987_654_321);
            start + seconds.load(Ordering::SeqCst).seconds()
        }
    }
}
