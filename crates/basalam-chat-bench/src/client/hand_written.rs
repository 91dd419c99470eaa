//! A hand-written client on reqwest and serde.
//!
//! It does what the facade does for a successful call, as a careful developer would write it: the token
//! header is marked as sensitive, redirects are not followed, responses have a timeout and a maximum size,
//! and the types hold the same data. The difference is what the facade adds: retries, typed errors and
//! argument checks.

use std::time::Duration;

use anyhow::ensure;
use bytes::{Bytes, BytesMut};
use http::HeaderValue;
use http::header::{ACCEPT, AUTHORIZATION};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response};
use serde::de::DeserializeOwned;

use super::MAX_RESPONSE_BYTES;
use crate::TOKEN;
use crate::bodies::{CHAT_ID, TEXT};
use crate::types::{
    Chat, ChatsResponse, Message, MessagesResponse, NewContent, NewMessage, SentResponse,
};

/// The hand-written client.
#[derive(Clone, Debug)]
pub struct HandWritten {
    http: Client,
    base_url: String,
    token: HeaderValue,
}

/// Returns a reqwest builder with the settings of the facade.
pub(super) fn http() -> ClientBuilder {
    Client::builder()
        .user_agent("hand-written/1.0")
        .timeout(Duration::from_secs(30))
        .connect_timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
}

pub(super) fn token() -> anyhow::Result<HeaderValue> {
    let mut token = HeaderValue::try_from(format!("Bearer {TOKEN}"))?;
    token.set_sensitive(true);
    Ok(token)
}

impl HandWritten {
    /// Creates a client.
    ///
    /// # Errors
    ///
    /// Returns an error if the client cannot be created.
    pub fn new(base_url: &str) -> anyhow::Result<HandWritten> {
        Ok(HandWritten {
            http: http().build()?,
            base_url: base_url.to_owned(),
            token: token()?,
        })
    }

    pub(super) async fn create_message(&self) -> anyhow::Result<Message> {
        let url = format!("{}/v1/chats/{CHAT_ID}/messages", self.base_url);
        let body = NewMessage {
            message_type: "text",
            content: NewContent { text: TEXT },
        };
        let response: SentResponse = self.send(self.http.post(url).json(&body)).await?;
        Ok(response.data)
    }

    pub(super) async fn get_messages(&self, limit: u32) -> anyhow::Result<Vec<Message>> {
        self.page(None, limit).await
    }

    /// Lists a page of messages older than `before`, or the newest page.
    ///
    /// # Errors
    ///
    /// Returns an error if the call fails.
    pub async fn page(&self, before: Option<i64>, limit: u32) -> anyhow::Result<Vec<Message>> {
        let url = format!("{}/v1/chats/{CHAT_ID}/messages", self.base_url);
        let mut request = self.http.get(url).query(&[("limit", limit)]);
        if let Some(before) = before {
            request = request.query(&[("message_id", before)]);
            request = request.query(&[("cmp", "lt"), ("order", "desc")]);
        }
        let response: MessagesResponse = self.send(request).await?;
        Ok(response.data.messages)
    }

    pub(super) async fn get_chats(&self, limit: u32) -> anyhow::Result<Vec<Chat>> {
        let url = format!("{}/v1/chats", self.base_url);
        let request = self.http.get(url).query(&[("limit", limit)]);
        let response: ChatsResponse = self.send(request).await?;
        Ok(response.data.map(|list| list.chats).unwrap_or_default())
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> anyhow::Result<T> {
        let request = request.header(AUTHORIZATION, self.token.clone());
        let request = request.header(ACCEPT, HeaderValue::from_static("application/json"));
        let response = request.send().await?;
        ensure!(response.status().is_success(), "{}", response.status());
        // reqwest's `json` decodes with `from_slice`, too.
        Ok(serde_json::from_slice(&read_body(response).await?)?)
    }
}

/// Reads a body up to the maximum size, without a copy if it arrives in a single chunk.
async fn read_body(mut response: Response) -> anyhow::Result<Bytes> {
    let announced = response.content_length().unwrap_or_default();
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    ensure!(announced <= MAX_RESPONSE_BYTES, "response too large");
    let first = response.chunk().await?.unwrap_or_default();
    ensure!(first.len() <= MAX_RESPONSE_BYTES, "response too large");
    let Some(mut chunk) = response.chunk().await? else {
        return Ok(first);
    };
    let mut body = BytesMut::with_capacity(announced.max(first.len()));
    body.extend_from_slice(&first);
    loop {
        let length = body.len() + chunk.len();
        ensure!(length <= MAX_RESPONSE_BYTES, "response too large");
        body.extend_from_slice(&chunk);
        match response.chunk().await? {
            Some(next) => chunk = next,
            None => return Ok(body.freeze()),
        }
    }
}
