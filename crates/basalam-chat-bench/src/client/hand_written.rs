//! The client that is written by hand, on reqwest and serde.
//!
//! It does what the facade does on a call that succeeds, as a careful developer would write it: the
//! token is a marked header, no redirect is followed, an answer has a time and a size, and the types
//! hold the same data. What the facade adds (retries, typed errors, checks of the arguments) is what is
//! measured.

use std::time::Duration;

use anyhow::ensure;
use bytes::{Bytes, BytesMut};
use http::HeaderValue;
use http::header::{ACCEPT, AUTHORIZATION};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response};
use serde::de::DeserializeOwned;

use super::MAX_ANSWER_BYTES;
use crate::TOKEN;
use crate::bodies::{CHAT_ID, TEXT};
use crate::types::{
    Chat, ChatsResponse, Message, MessagesResponse, NewContent, NewMessage, SentResponse,
};

/// The client that is written by hand.
#[derive(Clone, Debug)]
pub struct ByHand {
    http: Client,
    base_url: String,
    token: HeaderValue,
}

/// reqwest, set up as the facade sets it up.
pub(super) fn http() -> ClientBuilder {
    Client::builder()
        .user_agent("by-hand/1.0")
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

impl ByHand {
    /// Makes a client.
    ///
    /// # Errors
    ///
    /// Gives an error where the client cannot be made.
    pub fn new(base_url: &str) -> anyhow::Result<ByHand> {
        Ok(ByHand {
            http: http().timeout(Duration::from_secs(30)).build()?,
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
        let answer: SentResponse = self.send(self.http.post(url).json(&body)).await?;
        Ok(answer.data)
    }

    pub(super) async fn get_messages(&self, limit: u32) -> anyhow::Result<Vec<Message>> {
        self.page(None, limit).await
    }

    /// Reads a page of the messages before one.
    ///
    /// # Errors
    ///
    /// Gives an error where the call fails.
    pub async fn page(&self, before: Option<i64>, limit: u32) -> anyhow::Result<Vec<Message>> {
        let url = format!("{}/v1/chats/{CHAT_ID}/messages", self.base_url);
        let mut request = self.http.get(url).query(&[("limit", limit)]);
        if let Some(before) = before {
            request = request.query(&[("message_id", before)]);
            request = request.query(&[("cmp", "lt"), ("order", "desc")]);
        }
        let answer: MessagesResponse = self.send(request).await?;
        Ok(answer.data.messages)
    }

    pub(super) async fn get_chats(&self, limit: u32) -> anyhow::Result<Vec<Chat>> {
        let url = format!("{}/v1/chats", self.base_url);
        let request = self.http.get(url).query(&[("limit", limit)]);
        let answer: ChatsResponse = self.send(request).await?;
        Ok(answer.data.map(|list| list.chats).unwrap_or_default())
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> anyhow::Result<T> {
        let request = request.header(AUTHORIZATION, self.token.clone());
        let request = request.header(ACCEPT, HeaderValue::from_static("application/json"));
        let answer = request.send().await?;
        ensure!(answer.status().is_success(), "refused: {}", answer.status());
        // As reqwest's own `json` reads a body.
        Ok(serde_json::from_slice(&read(answer).await?)?)
    }
}

/// Reads a body whole, and no more than the limit. What comes in one piece is not copied.
async fn read(mut answer: Response) -> anyhow::Result<Bytes> {
    let announced = answer.content_length().unwrap_or_default();
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    ensure!(announced <= MAX_ANSWER_BYTES, "the answer is too large");
    let first = answer.chunk().await?.unwrap_or_default();
    ensure!(first.len() <= MAX_ANSWER_BYTES, "the answer is too large");
    let Some(mut piece) = answer.chunk().await? else {
        return Ok(first);
    };
    let mut body = BytesMut::with_capacity(announced.max(first.len()));
    body.extend_from_slice(&first);
    loop {
        let length = body.len() + piece.len();
        ensure!(length <= MAX_ANSWER_BYTES, "the answer is too large");
        body.extend_from_slice(&piece);
        match answer.chunk().await? {
            Some(next) => piece = next,
            None => return Ok(body.freeze()),
        }
    }
}
