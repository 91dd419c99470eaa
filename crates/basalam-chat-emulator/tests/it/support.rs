//! Raw HTTP against an emulator.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use basalam_chat_emulator::{Emulator, EmulatorBuilder, User};
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
        Self::with(Emulator::builder()).await
    }

    pub(crate) async fn with(builder: EmulatorBuilder) -> Self {
        Self {
            emulator: builder.start().await.unwrap(),
            client: reqwest::Client::new(),
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str, user: &User) -> RequestBuilder {
        let url = format!("{}{path}", self.emulator.base_url());
        self.client.request(method, url).bearer_auth(user.token())
    }

    pub(crate) async fn get(&self, path: &str, user: &User) -> Answer {
        Answer::of(self.request(Method::GET, path, user)).await
    }

    pub(crate) async fn post(&self, path: &str, user: &User, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path, user).json(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, user: &User, body: &Value) -> Answer {
        Answer::of(self.request(Method::PATCH, path, user).json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str, user: &User, body: &Value) -> Answer {
        Answer::of(self.request(Method::DELETE, path, user).json(body)).await
    }

    /// Opens the chat of two users, and gives its id.
    pub(crate) async fn chat(&self, one: &User, other: &User) -> i64 {
        let body = json!({ "user_id": other.id });
        let answer = self.post("/v1/chats", one, &body).await;
        answer.ok()["data"]["id"].as_i64().unwrap()
    }

    /// Sends a text, and gives the id of the message.
    pub(crate) async fn send(&self, chat: i64, user: &User, text: &str) -> i64 {
        let answer = self.post(&messages(chat), user, &text_message(text)).await;
        answer.ok()["data"]["id"].as_i64().unwrap()
    }

    /// Gives the chats that a query finds.
    pub(crate) async fn chats(&self, user: &User, query: &str) -> Vec<Value> {
        let answer = self.get(&format!("/v1/chats?{query}"), user).await;
        answer.ok()["data"]["chats"].as_array().unwrap().clone()
    }

    /// Gives the ids of the messages that a query finds.
    pub(crate) async fn message_ids(&self, chat: i64, user: &User, query: &str) -> Vec<i64> {
        let path = format!("{}?{query}", messages(chat));
        let answer = self.get(&path, user).await.ok();
        let messages = answer["data"]["messages"].as_array().unwrap();
        messages
            .iter()
            .map(|it| it["id"].as_i64().unwrap())
            .collect()
    }
}

pub(crate) fn messages(chat: i64) -> String {
    format!("/v1/chats/{chat}/messages")
}

pub(crate) fn text_message(text: &str) -> Value {
    json!({ "message_type": "text", "content": { "text": text } })
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
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

    /// Gives the body of a success.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }

    /// Asserts that the work was accepted.
    pub(crate) fn assert_accepted(&self) {
        assert_eq!(self.ok(), json!({ "data": true }));
    }

    /// Asserts that a known route does not have what was asked for.
    pub(crate) fn assert_not_found(&self) {
        assert_eq!(self.status, 404, "{self:?}");
        assert_eq!(self.json(), json!({ "message": "not found" }));
    }

    /// Asserts that the gateway knows no such route.
    pub(crate) fn assert_unknown_route(&self) {
        assert_eq!(self.status, 404, "{self:?}");
        assert!(self.media_type.starts_with("text/plain"), "{self:?}");
        assert_eq!(self.text, "404 page not found");
    }

    /// Asserts that the request is refused with one violation, and gives it.
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

/// A clock that stands still until a test moves it.
#[derive(Clone)]
pub(crate) struct StoppedClock(Arc<AtomicI64>);

impl StoppedClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(0)))
    }

    /// Sets the seconds after 2026-07-22 10:00:00.
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
