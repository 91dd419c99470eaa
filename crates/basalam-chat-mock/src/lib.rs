//! Typed [httpmock](https://github.com/httpmock/httpmock) mocks of the Basalam chat service, for tests of
//! code that uses it.
//!
//! [`MockServerExt`] adds a method to [`MockServer`](httpmock::MockServer) for each operation of the service
//! except the file upload, whose body is not JSON. Each method takes a closure with two arguments whose types
//! are specific to the operation:
//!
//! - *when* matches the operation's method and path, and has a method for each parameter and the body;
//! - *then* has a method `ok` for the response.
//!
//! Both use the types of the generated client ([`types`], [`newtypes`]), so conditions and responses that the
//! service does not support do not compile. [`MessageFixture`] and [`ChatFixture`] build messages and chats of
//! which only a few fields matter. Prefer to deserialize other responses from JSON in the service's format: such
//! a test also detects a response that the service cannot send. To go beyond the documented API, `into_inner()`
//! returns httpmock's own `When` and `Then`.
//!
//! Mocks are stateless. For tests that need chats with stored messages, use `basalam-chat-emulator` instead.
//!
//! # Testing a success
//!
//! The function under test sends a greeting to a customer. The test passes it a client of the mock server
//! and asserts on the received request:
//!
//! ```
//! use basalam_chat::{ChatId, Client, Error, MessageId, PersonalToken};
//! use basalam_chat_mock::MockServerExt;
//! use basalam_chat_mock::types::{CreateMessageResponse, CreateMessageBody};
//! use httpmock::MockServer;
//! use serde_json::json;
//!
//! // The code under test.
//! async fn greet(client: &Client, chat: ChatId) -> Result<MessageId, Error> {
//!     let sent = client.create_message(chat, "Hello, how can I help you?").await?;
//!     Ok(sent.id)
//! }
//!
//! // The test.
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start_async().await;
//! let body: CreateMessageBody = serde_json::from_value(json!({
//!     "message_type": "text",
//!     "content": { "text": "Hello, how can I help you?" },
//! }))?;
//! let response: CreateMessageResponse = serde_json::from_value(json!({ "data": {
//!     "id": 71, "chat_id": 9, "message_type": "text",
//!     "content": { "text": "Hello, how can I help you?" },
//!     "created_at": "2026-07-22 10:28:23", "updated_at": "2026-07-22 10:28:23",
//! } }))?;
//! let mock = server.create_message(|when, then| {
//!     when.chat_id(&ChatId(9)).body(&body);
//!     then.ok(&response);
//! });
//!
//! // Plain http is allowed for loopback addresses.
//! let client = Client::builder(PersonalToken::new("any-token"))
//!     .base_url(server.base_url())
//!     .build()?;
//! assert_eq!(greet(&client, ChatId(9)).await?, MessageId(71));
//! mock.assert();
//! # Ok(())
//! # }
//! ```
//!
//! # Testing an error
//!
//! Error responses use `into_inner()`, since `ok` only accepts the documented success response:
//!
//! ```
//! use basalam_chat::{Client, PersonalToken};
//! use basalam_chat_mock::MockServerExt;
//! use httpmock::MockServer;
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start_async().await;
//! server.get_unseen_chat_count(|_when, then| {
//!     let body = json!({ "errors": [{ "message": "missing scope" }] });
//!     then.into_inner().status(403).json_body(body);
//! });
//! let client = Client::builder(PersonalToken::new("any-token"))
//!     .base_url(server.base_url())
//!     .build()?;
//! let error = client.get_unseen_chat_count().await.unwrap_err();
//! assert!(error.is_forbidden());
//! assert_eq!(error.messages(), ["missing scope"]);
//! # Ok(())
//! # }
//! ```

mod fixtures;

pub use basalam_chat_api::{newtypes, types};
pub use fixtures::{ChatFixture, MessageFixture, chats_response, messages_response, sent_response};

/// The generated mocks.
#[rustfmt::skip]
#[allow(missing_docs, clippy::all, clippy::unwrap_used)]
mod generated {
    include!("generated/mock.rs");
}

pub use generated::{MockServerExt, operations};
