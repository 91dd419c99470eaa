//! The console and the control endpoints behind it.

mod chats;
mod events;
mod files;
mod recordings;
mod settings;
mod simulation;
mod transcripts;
mod webhooks;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{BufferedResponse, Service};

/// Sends a request to a control endpoint, as the console does.
pub(crate) async fn send(
    service: &Service,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> BufferedResponse {
    let url = format!("{}/_emulator/{path}", service.emulator.base_url());
    let request = service.client.request(method, url);
    let request = request.header("X-Basalam-Emulator", "1");
    BufferedResponse::send(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

async fn get(service: &Service, path: &str) -> Value {
    send(service, Method::GET, path, None).await.ok()
}

async fn post(service: &Service, path: &str, body: Value) -> BufferedResponse {
    send(service, Method::POST, path, Some(body)).await
}

async fn delete(service: &Service, path: &str) -> BufferedResponse {
    send(service, Method::DELETE, path, None).await
}

/// Asserts that a request is rejected with a status and a message that contains `part`.
async fn assert_rejected(response: BufferedResponse, status: u16, part: &str) {
    assert_eq!(response.status, status, "{response:?}");
    let message = response.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains(part), "{message}");
}

async fn assert_get_rejected(service: &Service, path: &str, status: u16, part: &str) {
    let response = send(service, Method::GET, path, None).await;
    assert_rejected(response, status, part).await;
}

/// Adds a private chat of the customer and the seller with the id 7 and messages of the customer.
fn seed_chat(service: &Service, texts: &[&str]) -> Vec<i64> {
    let (seller, customer) = service.users();
    let messages = texts
        .iter()
        .map(|text| json!({ "sender_id": customer.id, "text": text }));
    let seed = json!({ "chats": [{
        "chat_type": "private", "id": 7, "member_ids": [customer.id, seller.id],
        "messages": messages.collect::<Vec<_>>(),
    }] });
    let seeded = service.emulator.seed_json(&seed.to_string()).unwrap();
    seeded.message_ids[0].clone()
}

/// A reader of the event stream.
struct Events {
    response: Response,
    buffer: Vec<u8>,
}

impl Events {
    /// Opens a stream and reads its first event.
    async fn open(service: &Service) -> Self {
        let response = Self::request(service).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut events = Self {
            response,
            buffer: Vec::new(),
        };
        assert_eq!(events.next().await.unwrap().0, "hello");
        events
    }

    async fn request(service: &Service) -> Response {
        let url = format!("{}/_emulator/events", service.emulator.base_url());
        service.client.get(url).send().await.unwrap()
    }

    /// Returns the name and the data of the next event, or `None` at the end of the stream.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|it| it == b"\n\n") {
                let frame: Vec<u8> = self.buffer.drain(..end + 2).collect();
                let frame = String::from_utf8(frame).unwrap();
                if frame.starts_with(':') {
                    continue;
                }
                let (name, data) = frame.trim_end().split_once('\n').unwrap();
                let name = name.strip_prefix("event: ").unwrap().to_owned();
                let data = data.strip_prefix("data: ").unwrap();
                return Some((name, serde_json::from_str(data).unwrap()));
            }
            // An error is the end, too: the connection may be closed in the middle of a chunk.
            let chunk = self.response.chunk().await.ok().flatten()?;
            self.buffer.extend_from_slice(&chunk);
        }
    }

    /// Returns the data of the next changes that match.
    async fn changes(&mut self, is_match: impl Fn(&Value) -> bool) -> Value {
        loop {
            let (name, data) = self.next().await.unwrap();
            if name == "changes" && is_match(&data) {
                return data;
            }
        }
    }

    /// Reads until the event `resync`.
    async fn resync(&mut self) {
        while self.next().await.unwrap().0 != "resync" {}
    }
}
