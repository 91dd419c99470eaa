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
//! # How do I …
//!
//! | | |
//! | --- | --- |
//! | connect? | [`Client::new`], or [`Client::builder`] for timeouts, retries, a proxy, another URL |
//! | log in? | [`auth`] |
//! | send, read, edit or delete messages? | [`messages`] |
//! | open and list chats? | [`chats`] |
//! | upload and send files? | [`files`] |
//! | answer the messages of all chats? | `watch` (feature `watch`) |
//! | receive webhooks? | `webhooks` (feature `webhooks`) |
//! | work without `async`? | `blocking` (feature `blocking`) |
//! | page through a list? | [`stream` and `pages`](#lists) |
//! | handle errors? | [`Error`], with an [`ErrorKind`]; a [`ValidationProblem`] for each field that the service rejects; a [`BatchReport`] for lists of ids, with the [`CallOutcome`] of each [`BatchCall`] |
//! | wait out a rate limit? | the client does; [`RetryPolicy`] has the limits, and [`Error::retry_limit`] returns the [`RetryLimit`] that was met |
//! | run requests at the same time? | `tokio::join!` on their [`RequestFuture`]s |
//! | convert ids and names? | parse an id ([`InvalidId`]), or compare an open enumeration such as [`MessageType`], which keeps an [`UnknownValue`] |
//! | keep state across restarts? | [`state`] |
//! | test without the service? | the crates `basalam-chat-emulator` and `basalam-chat-mock` |
//!
//! The guide in `docs/guide` of the repository has a chapter for each task.
//!
//! # Requests
//!
//! [`Client`] has a method for each operation of the service, with the name that the vendor uses. Required
//! parameters are arguments, optional ones are setters, and `.await` sends the request:
//! [`create_message`](Client::create_message), [`get_messages`](Client::get_messages),
//! [`edit_message`](Client::edit_message), [`delete_message`](Client::delete_message),
//! [`forward_message`](Client::forward_message), [`create_chat`](Client::create_chat),
//! [`get_chats`](Client::get_chats), [`delete_chats`](Client::delete_chats),
//! [`get_unseen_chat_count`](Client::get_unseen_chat_count),
//! [`get_current_user`](Client::get_current_user), [`upload_file`](Client::upload_file), and
//! [`bot`](Client::bot) for the operations of a bot token, and [`webhooks`](Client::webhooks) for those on webhooks.
//! [`raw`] is the generated client with all
//! operations.
//!
//! # Responses
//!
//! One unexpected value never fails more than itself:
//!
//! - Integers, floats and booleans are decoded from numbers, strings and floats that contain them, such as
//!   `12.0` and `"12"`. An empty array in place of an object is an empty object, and the reverse.
//! - An unknown message type is decoded as [`MessageType::Unknown`], which preserves its name.
//! - Unknown fields are kept in the field `extra` of each response type. An optional field whose value has
//!   an unexpected type is `None`, and its value is kept there as well. Serializing a response writes them
//!   again.
//! - A message or chat that cannot be decoded even so is an [`UnreadableItem`], with its JSON and its id:
//!   [`Page::unreadable`] lists those of a page, and streams and iterators yield an error for each, after
//!   which they continue. This includes items without a required field, with an invalid id, or with values
//!   that JSON libraries cannot represent, such as the number `1e400`.
//!
//! Fields that the service is known or likely to omit are optional. All public response types are
//! `#[non_exhaustive]`. [`raw::read_json`] decodes stored responses in the same way; their `Deserialize`
//! implementation rejects values of an unexpected type.
//!
//! # Lists
//!
//! A request for a list returns one page. `stream` yields all items and `pages` all pages; both can resume
//! from a cursor. [`follow`](Client::follow) returns the new messages of a chat.
//!
//! # Runtime
//!
//! Requests are awaited inside a tokio runtime with its IO and time drivers enabled, as `#[tokio::main]` creates
//! it. Outside a runtime, every call fails with [`is_configuration`](Error::is_configuration) before anything is
//! sent. tokio panics if a driver is not enabled, or if a future that has started inside a runtime is polled
//! outside.
//!
//! # Errors
//!
//! Every call can fail with an [`Error`], which has predicates such as
//! [`is_not_found`](Error::is_not_found). Three of them answer what to do next:
//! [`is_transient`](Error::is_transient) if a later repetition may succeed,
//! [`needs_login`](Error::needs_login) if the user has to log in again, and
//! [`may_have_succeeded`](Error::may_have_succeeded) if the service may have processed the request. For a
//! message, [`find_sent_message`](Client::find_sent_message) then finds out whether it arrived.
//!
//! The message of an error contains no token and nothing of the request, and of the response only error
//! messages in the formats that the service is known to use. Paths in a response contain the field names of the
//! contract and `?` for all others. [`Error::body`] is the start of the response with the secrets of the request
//! redacted; it may contain private messages.
//!
//! # State
//!
//! [`state`] stores small durable values that several processes can share, in memory or in files. The crate
//! `basalam-chat-state` adds databases and encryption.
//!
//! # Token safety
//!
//! Tokens are stored as secrets. They are sent over HTTPS or to a loopback address only, unless you
//! [allow plain HTTP to a host](ClientBuilder::allow_plain_http_to). Redirects are never followed.
//!
//! `Debug` output of requests and responses does not show tokens, client secrets and the headers of webhooks: fields
//! with a secret value have the type [`Secret`]. Serializing a response writes them. `Debug` output of responses shows
//! everything else, including private messages.
//!
//! # Features
//!
//! - `rustls` (default): TLS with rustls and the crypto provider aws-lc-rs, which needs a C compiler to build.
//! - `rustls-no-provider`: TLS with rustls and the crypto provider that the program installs, such as ring. Disable
//!   the default features to use it; `build` fails if none is installed.
//! - `native-tls`: TLS with the system library. Disable the default features to use it: if several TLS features are
//!   enabled, rustls is used. What other crates enable in reqwest makes no difference.
//! - `socks`: SOCKS proxies, from the environment or [`ClientBuilder::proxy`].
//! - `blocking`: `blocking::Client`, for programs without `async`.
//! - `gzip`: compressed responses.
//! - `jiff`: `Timestamp::civil` and `Timestamp::instant`, which convert the service's times to jiff types.
//! - `tracing`: a span for each call and each attempt, without bodies and tokens.
//! - `watch`: `Client::watch`, live events of all chats, and replies that are sent once; with `blocking` also
//!   `blocking::Client::watch`.
//! - `schemars`: JSON Schemas of the types.
//! - `file-state`: `state::FileState` and `auth::TokenStore::directory`, which keep state and tokens in a directory.
//!   `watch` enables it.
//! - `webhooks`: `Client::webhooks`, the operations on webhooks, and `webhooks::Receiver`, which checks and decodes the
//!   requests that they deliver.
//! - `webhooks-tower`: `webhooks::Receiver` as a tower service, for axum, hyper and others.
//! - `webhooks-axum`: `webhooks::Receiver` as an axum router.
//! - `build-time-codegen`: generates the client during the build, from the `openapi/chat.json` of
//!   `basalam-chat-api` or from the file named by the environment variable `BASALAM_CHAT_SPEC`.

// Shows the feature of each item in the documentation. It is unstable, so it is only used for that.
#![cfg_attr(docsrs, feature(doc_cfg))]

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
mod html;
mod http;
pub mod messages;
mod paging;
pub mod random;
pub mod raw;
mod request;
mod runtime;
pub mod state;
pub mod time;
mod transport;
pub mod users;
#[cfg(feature = "watch")]
pub mod watch;
#[cfg(feature = "webhooks")]
pub mod webhooks;

pub use crate::http::{RequestOptions, RetryLimit, RetryPolicy};
pub use auth::PersonalToken;
pub use basalam_chat_api::newtypes::{
    ButtonId, ChatFilter, ChatId, ChatOrder, ChatType, Comparison, EntityId, FileId, HashId,
    MessageId, MessageType, Scope, SortOrder, Timestamp, UserId, VendorId,
};
pub use basalam_chat_api::{Extra, InvalidId, Secret, UnknownValue, UnreadableItem};
pub use batch::{BatchCall, BatchReport, CallOutcome};
pub use client::{Client, ClientBuilder};
pub use environment::Environment;
pub use error::{Error, ErrorKind, ValidationProblem};
pub use files::NewFile;
pub use messages::NewMessage;
pub use paging::Page;
pub use request::RequestFuture;

/// Date and time types, to which [`Timestamp`] converts (feature `jiff`).
#[cfg(feature = "jiff")]
pub use jiff;
/// The underlying HTTP client, for [`ClientBuilder::configure_http`].
pub use reqwest;
/// JSON values: metadata, button data, unknown fields.
pub use serde_json;

/// Compiles the code of the README as doctests, if the features are enabled that it uses.
#[cfg(all(
    doctest,
    feature = "blocking",
    feature = "watch",
    feature = "webhooks-axum"
))]
#[doc = include_str!("../../../README.md")]
struct Readme;
