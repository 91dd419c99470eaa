//! The blocking client: the same requests without `async` (feature `blocking`).
//!
//! [`Client`] has the methods of the [async client](crate::Client), except `raw`, and the request builders
//! have the same setters. `send` replaces `.await`, and `iter` and `pages` return an [`Iter`], a plain
//! iterator, instead of a stream.
//!
//! ```no_run
//! use basalam_chat::{PersonalToken, UserId, blocking};
//!
//! fn main() -> Result<(), basalam_chat::Error> {
//!     let client = blocking::Client::new(PersonalToken::new("access-token"))?;
//!     let chat = client.create_chat(UserId(123)).send()?;
//!     client.create_message(chat.id, "Hello, how can I help you?").send()?;
//!     for message in client.get_messages(chat.id).iter().take(100) {
//!         println!("{}", message?.created_at);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Live updates
//!
//! `Client::watch` (feature `watch`) delivers the events of all chats; see the module `watch`.
//!
//! # Threads
//!
//! A client has a background thread that owns the connections and sends the requests. It ends when the last
//! clone, builder and iterator of the client is dropped, on any thread. The client works with and without
//! an async runtime. Inside one, a call blocks its thread until the response arrives, which the
//! [async client](crate::Client) does not.
//!
//! A process that is forked does not have the thread, so every call of a client that was created before the
//! fork fails with [`is_configuration`](crate::Error::is_configuration) in the child. Create the client after
//! the fork.

mod client;
mod iter;
mod operations;
mod worker;

#[cfg(feature = "watch")]
pub use crate::watch::blocking::Watcher;
pub use client::Client;
pub use iter::Iter;
pub(crate) use iter::{Source, next};
