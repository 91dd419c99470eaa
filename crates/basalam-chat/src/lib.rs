//! A Rust SDK for the chat service of the [Basalam](https://basalam.com) marketplace.
//!
//! ```no_run
//! use basalam_chat::{Client, MessageId, PersonalToken, UserId};
//!
//! # async fn run() -> Result<(), basalam_chat::Error> {
//! let client = Client::new(PersonalToken::new("access-token"))?;
//! let chat = client.create_chat(UserId(123)).await?;
//! let sent = client.create_message(chat.id, "Hello, how can I help you?").await?;
//! let page = client.get_messages(chat.id).before(sent.id).limit(20).await?;
//! # let _ = page;
//! # Ok(())
//! # }
//! ```
//!
//! # Requests
//!
//! [`Client`] has methods for the service's operations, under the vendor's own names. What an operation
//! needs is an argument, what it takes besides is a setter, and `.await` sends it:
//! [`create_message`](Client::create_message), [`get_messages`](Client::get_messages),
//! [`edit_message`](Client::edit_message), [`delete_message`](Client::delete_message),
//! [`forward_message`](Client::forward_message), [`create_chat`](Client::create_chat),
//! [`get_chats`](Client::get_chats), [`delete_chats`](Client::delete_chats),
//! [`get_unseen_chat_count`](Client::get_unseen_chat_count),
//! [`get_current_user`](Client::get_current_user), [`upload_file`](Client::upload_file), and
//! [`bot`](Client::bot) for what a bot's token allows. What else the generated client has is reached
//! through [`raw`].
//!
//! # Answers
//!
//! What comes back is read tolerantly, so that an odd message does not spoil the page that it is on: a
//! kind of message that nobody knew when this version was made is an unknown [`MessageType`] with its
//! text, members that nobody has named are kept in the content, the sender and the contact, and what the
//! service is known or likely to leave out may be missing. All public types that hold answers are
//! `#[non_exhaustive]`.
//!
//! # Lists
//!
//! A request for a list gives one page when it is awaited. Its `stream` walks through the whole list, its
//! `pages` does so page by page, and both can go on later from a cursor. [`follow`](Client::follow) gives
//! what is new in a chat.
//!
//! # Errors
//!
//! Every call gives an [`Error`] with predicates such as [`is_not_found`](Error::is_not_found). It shows
//! no token, nothing of what was sent, and of the answer only what the service says of the error.
//!
//! # Safety of tokens
//!
//! A token is a secret from the moment it is taken in. It is sent over https, or to a loopback address,
//! and nowhere else unless you [name the host](ClientBuilder::allow_plain_http_to); redirects are never
//! followed.
//!
//! # Features
//!
//! - `rustls` (on by default): TLS by rustls.
//! - `native-tls`: TLS by the system's library; for it alone, turn the default features off.
//! - `blocking`: `blocking::Client`, which waits for each answer, for programs without `async`.
//! - `gzip`: asks for answers compressed.
//! - `jiff`: `Timestamp::civil` and `Timestamp::instant`, which read the service's times as jiff's types.
//! - `tracing`: a span for each call and each attempt, without bodies and tokens.
//! - `schemars`: JSON Schemas of the types.
//! - `build-time-codegen`: generates the client while the crate is built, from the document beside
//!   `basalam-chat-api` or from the one that `BASALAM_CHAT_SPEC` names.

pub mod auth;
mod batch;
#[cfg(feature = "blocking")]
pub mod blocking;
pub mod bots;
pub mod chats;
mod client;
mod environment;
mod error;
pub mod files;
mod http;
pub mod messages;
mod paging;
pub mod random;
pub mod raw;
mod request;
mod threads;
pub mod time;
mod transport;
pub mod users;

pub use crate::http::{RequestOptions, RetryPolicy};
pub use auth::PersonalToken;
pub use basalam_chat_api::newtypes::{
    ButtonId, ChatFilter, ChatId, ChatOrder, ChatType, Comparison, EntityId, FileId, HashId,
    MessageId, MessageType, Scope, SortOrder, Timestamp, UserId, VendorId,
};
pub use basalam_chat_api::{InvalidId, UnknownValue};
pub use batch::{BatchCall, BatchReport, CallOutcome};
pub use client::{Client, ClientBuilder};
pub use environment::Environment;
pub use error::{Error, ErrorKind, ValidationProblem};
pub use files::NewFile;
pub use messages::NewMessage;
pub use request::RequestFuture;

/// Civil times and offsets, which [`Timestamp`] is read as.
#[cfg(feature = "jiff")]
pub use jiff;
/// The HTTP client below, for [`ClientBuilder::configure_http`].
pub use reqwest;
/// JSON of any shape: metadata, the data of buttons, members that nobody has named.
pub use serde_json;

/// The code of the README is compiled with the tests, but for the part on the blocking client, which is
/// compiled beside that.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
