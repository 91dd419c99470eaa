//! The baseline: hyper on one connection, with the hand-written types and the same response limit.

use anyhow::{Context, ensure};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;

use super::{MAX_RESPONSE_BYTES, hand_written};
use crate::bodies::{CHAT_ID, TEXT};
use crate::types::{
    Chat, ChatsResponse, Message, MessagesResponse, NewContent, NewMessage, SentResponse,
};

/// The hyper baseline.
#[derive(Debug)]
pub struct HyperBaseline {
    connection: SendRequest<Full<Bytes>>,
    address: String,
    token: HeaderValue,
}

impl HyperBaseline {
    /// Opens a connection.
    ///
    /// # Errors
    ///
    /// Returns an error if the server cannot be reached.
    pub async fn new(base_url: &str) -> anyhow::Result<HyperBaseline> {
        let address = base_url
            .strip_prefix("http://")
            .context("the base URL is not an http URL")?;
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (connection, driver) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(driver);
        Ok(HyperBaseline {
            connection,
            address: address.to_owned(),
            token: hand_written::token()?,
        })
    }

    pub(super) async fn try_clone(&self) -> anyhow::Result<HyperBaseline> {
        HyperBaseline::new(&format!("http://{}", self.address)).await
    }

    pub(super) async fn create_message(&mut self) -> anyhow::Result<Message> {
        let body = NewMessage {
            message_type: "text",
            content: NewContent { text: TEXT },
        };
        let body = serde_json::to_vec(&body)?;
        let path = format!("/v1/chats/{CHAT_ID}/messages");
        let response: SentResponse = self.send(Method::POST, path, body).await?;
        Ok(response.data)
    }

    pub(super) async fn get_messages(&mut self, limit: u32) -> anyhow::Result<Vec<Message>> {
        let path = format!("/v1/chats/{CHAT_ID}/messages?limit={limit}");
        let response: MessagesResponse = self.send(Method::GET, path, Vec::new()).await?;
        Ok(response.data.messages)
    }

    pub(super) async fn get_chats(&mut self, limit: u32) -> anyhow::Result<Vec<Chat>> {
        let path = format!("/v1/chats?limit={limit}");
        let response: ChatsResponse = self.send(Method::GET, path, Vec::new()).await?;
        Ok(response.data.map(|list| list.chats).unwrap_or_default())
    }

    async fn send<T: DeserializeOwned>(
        &mut self,
        method: Method,
        path: String,
        body: Vec<u8>,
    ) -> anyhow::Result<T> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.address)
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(AUTHORIZATION, self.token.clone());
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let request = request.body(Full::new(Bytes::from(body)))?;
        self.connection.ready().await?;
        let response = self.connection.send_request(request).await?;
        ensure!(response.status().is_success(), "{}", response.status());
        let body = Limited::new(response.into_body(), MAX_RESPONSE_BYTES).collect();
        let body = body.await.map_err(anyhow::Error::from_boxed)?.to_bytes();
        Ok(serde_json::from_slice(&body)?)
    }
}
