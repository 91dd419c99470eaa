//! A local Basalam chat service for development and tests.
//!
//! It speaks real HTTP, keeps its state in memory, and starts in one line:
//!
//! ```
//! use basalam_chat_emulator::Emulator;
//!
//! # async fn example() -> Result<(), basalam_chat_emulator::Error> {
//! let emulator = Emulator::start().await?;
//! let base_url = emulator.base_url();
//! let token = emulator.customer().token();
//! # let _ = (base_url, token);
//! # Ok(())
//! # }
//! # let runtime = tokio::runtime::Builder::new_current_thread().build();
//! # runtime.unwrap().block_on(example()).unwrap();
//! ```
//!
//! or from a terminal, with `cargo run -p basalam-chat-emulator -- --port 8080`.
//!
//! Point a client's base URL at it and use the token of one of its users: two are
//! there from the start, [`Emulator::seller`] and [`Emulator::customer`], and
//! [`Emulator::add_user`] adds more.
//!
//! # What it speaks
//!
//! Routes, parameters and bodies come from the project's OpenAPI document, and every
//! request and every answer is checked against it. Of its operations these are
//! spoken today:
//!
//! - `create_chat`, `get_chats`
//! - `create_message`, `get_messages`
//! - `get_current_user`
//!
//! Every other one is answered as the gateway answers a path that it does not know:
//! 404 with the text `404 page not found`.
//!
//! # How it refuses
//!
//! - An unknown or missing token: 401, in the shape of a sister service (likely).
//! - A chat or message that does not exist or that the user has no part in, and an
//!   unknown user: 404 with `{"message":"not found"}` (likely).
//! - A request that breaks the document, a body that is no JSON or is not sent as
//!   JSON: 422 with `{"detail":[{"loc":…,"msg":…,"type":…}]}` (certain). The names in
//!   `type` are pydantic's (inferred). Members that the document does not know are
//!   let through, and `[]` is taken for an empty object, as the official SDKs send
//!   both.
//! - A body above [`MAX_BODY_BYTES`]: 413 (unknown).
//!
//! # Where nobody knows what the service does
//!
//! Options of the [`Builder`] decide what can go either way: bounds of time, a cap on
//! pages, ids as text, whether reading marks as seen. The rest is chosen here:
//!
//! - Without `message_id`, or with 0, a page of messages is the first `limit` of the
//!   whole chat in the given order; so the newest by default, and the oldest with
//!   `order=asc`. With `cmp=gt` and `order=desc` the newest above the id come.
//! - `cmp=bt` and a `limit` below 1 are violations.
//! - Chats of the same second are listed with the larger id first. `updated_at` and
//!   `modified_at` both move with each message.
//! - `filters=order` gives the chats that have a message of the type `order`.
//! - `create_chat` follows `user_id` where both ids are given; none at all and one's
//!   own are violations.
//! - A message may come without any content. One that replies to or forwards a
//!   message that its sender cannot see, or replies to another chat's, is a 404.

mod clock;
mod contract;
mod emulator;
mod error;
mod operations;
mod options;
mod problem;
mod server;
mod state;
mod test_aids;
mod user;

pub use clock::{Clock, SystemClock};
pub use emulator::{Builder, Emulator, StoredMessage};
pub use error::Error;
pub use options::TimeBound;
pub use user::{NewUser, User, Vendor};

/// The largest body of a request, in bytes: 8 MiB. Unknown of the service.
pub const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;
