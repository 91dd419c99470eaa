//! The generated client on reqwest, with a minimal transport that adds the token.

use std::sync::Arc;

use basalam_chat_api::newtypes::{ChatId, MessageType};
use basalam_chat_api::operation::Operation;
use basalam_chat_api::types::{Chat, CreateMessageBody, Message, NewMessageContent};
use basalam_chat_api::{
    Client, Inner, RequestFactory, SuccessResponse, Transport, TransportError, TransportFuture,
};
use http::HeaderValue;
use http::header::AUTHORIZATION;
use reqwest::Request;

use super::hand_written;
use crate::bodies::{CHAT_ID, TEXT};

/// The generated client without the facade.
#[derive(Clone, Debug)]
pub struct Generated {
    client: Client,
}

/// A minimal transport.
#[derive(Debug)]
struct MinimalTransport {
    http: reqwest::Client,
    token: HeaderValue,
}

impl Transport for MinimalTransport {
    fn send<'a>(
        &'a self,
        operation: &'static Operation,
        mut request: Request,
        _: RequestFactory<'a>,
    ) -> TransportFuture<'a> {
        Box::pin(async move {
            let token = self.token.clone();
            request.headers_mut().insert(AUTHORIZATION, token);
            let mut response = self
                .http
                .execute(request)
                .await
                .map_err(TransportError::new)?;
            if response.status().as_u16() != operation.success {
                return Err(TransportError::new(response.status()));
            }
            Ok(SuccessResponse {
                headers: std::mem::take(response.headers_mut()),
                body: response.bytes().await.map_err(TransportError::new)?,
                context: None,
            })
        })
    }
}

impl Generated {
    /// Creates a client.
    ///
    /// # Errors
    ///
    /// Returns an error if the client cannot be created.
    pub fn new(base_url: &str) -> anyhow::Result<Generated> {
        let http = hand_written::http().build()?;
        let token = hand_written::token()?;
        let inner = Inner::new(Arc::new(MinimalTransport {
            http: http.clone(),
            token,
        }));
        Ok(Generated {
            client: Client::new_with_client(base_url, http, inner),
        })
    }

    pub(super) async fn create_message(&self) -> anyhow::Result<Message> {
        let mut content = NewMessageContent::new();
        content.text = Some(TEXT.to_owned());
        let mut body = CreateMessageBody::new(MessageType::Text);
        body.content = Some(content);
        let chat = ChatId(CHAT_ID);
        let sent = self
            .client
            .create_message(&chat, None, None, None, None, &body);
        Ok(sent.await?.into_inner().data)
    }

    pub(super) async fn get_messages(&self, limit: i64) -> anyhow::Result<Vec<Message>> {
        let chat = ChatId(CHAT_ID);
        let page = self
            .client
            .get_messages(&chat, None, Some(limit), None, None);
        Ok(page.await?.into_inner().data.messages)
    }

    pub(super) async fn get_chats(&self, limit: i64) -> anyhow::Result<Vec<Chat>> {
        let page = self
            .client
            .get_chats(None, Some(limit), None, None, None, None, None);
        let list = page.await?.into_inner().data;
        Ok(list.map(|list| list.chats).unwrap_or_default())
    }
}
