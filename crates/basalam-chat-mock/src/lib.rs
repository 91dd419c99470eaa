//! Typed [httpmock](https://github.com/httpmock/httpmock) mocks of the Basalam chat service, to test
//! your own code with.
//!
//! [`MockServerExt`] gives a [`MockServer`](httpmock::MockServer) a method for each operation of the
//! service but the upload, whose body is no JSON. It takes a closure with two arguments of the
//! operation's own types:
//!
//! - *when* has a method for each parameter and the body, and matches the operation's method and path
//!   before any of them is called;
//! - *then* has `ok` for the answer.
//!
//! Both take the types of the generated client ([`types`], [`newtypes`]), so that a condition or an
//! answer that the service could not have does not compile. An answer is best read from JSON, as the
//! service writes it: a test then breaks where the service could not answer so. Where a test wants to
//! leave what is documented, `into_inner()` gives httpmock's own `When` and `Then`.
//!
//! Mocks answer what each test tells them; where a test wants chats that remember what was sent, take
//! `basalam-chat-emulator` instead.
//!
//! # Testing your own code
//!
//! Say your code greets a customer. The test gives it a client of the mock server, and asserts on what
//! the service was asked:
//!
//! ```
//! use basalam_chat::{ChatId, Client, Error, MessageId, PersonalToken};
//! use basalam_chat_mock::MockServerExt;
//! use basalam_chat_mock::types::{CreateMessageResponse, CreateMessageBody};
//! use httpmock::MockServer;
//! use serde_json::json;
//!
//! // Your code.
//! async fn greet(client: &Client, chat: ChatId) -> Result<MessageId, Error> {
//!     let sent = client.create_message(chat, "Hello, how can I help you?").await?;
//!     Ok(sent.id)
//! }
//!
//! // Your test.
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start_async().await;
//! let body: CreateMessageBody = serde_json::from_value(json!({
//!     "message_type": "text",
//!     "content": { "text": "Hello, how can I help you?" },
//! }))?;
//! let answer: CreateMessageResponse = serde_json::from_value(json!({ "data": {
//!     "id": 71, "chat_id": 9, "message_type": "text",
//!     "content": { "text": "Hello, how can I help you?" },
//!     "created_at": "2026-07-22 10:28:23", "updated_at": "2026-07-22 10:28:23",
//! } }))?;
//! let mock = server.create_message(|when, then| {
//!     when.chat_id(&ChatId(9)).body(&body);
//!     then.ok(&answer);
//! });
//!
//! // A loopback address may be reached over plain http.
//! let client = Client::builder(PersonalToken::new("any-token"))
//!     .base_url(server.base_url())
//!     .build()?;
//! assert_eq!(greet(&client, ChatId(9)).await?, MessageId(71));
//! mock.assert();
//! # Ok(())
//! # }
//! ```
//!
//! What your code does when the service refuses is tested in the same way, with an answer beside the
//! documented success:
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
//!     let refusal = json!({ "errors": [{ "message": "not in the scope" }] });
//!     then.into_inner().status(403).json_body(refusal);
//! });
//! let client = Client::builder(PersonalToken::new("any-token"))
//!     .base_url(server.base_url())
//!     .build()?;
//! let error = client.get_unseen_chat_count().await.unwrap_err();
//! assert!(error.is_forbidden());
//! assert_eq!(error.messages(), ["not in the scope"]);
//! # Ok(())
//! # }
//! ```

pub use basalam_chat_api::{newtypes, types};

/// The generated mocks.
#[rustfmt::skip]
#[allow(missing_docs, clippy::all, clippy::unwrap_used)]
mod generated {
    include!("generated/mock.rs");
}

pub use generated::{MockServerExt, operations};
