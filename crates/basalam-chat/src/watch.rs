//! Live events of all chats, and replies that are sent once (feature `watch`).
//!
//! [`Client::watch`](crate::Client::watch) polls the list of chats and reads the messages of those that have
//! changed. Each [`Event`] is delivered at least once. The events of a chat are delivered in the order of message
//! ids and one at a time, except for messages that become visible late; chats are independent of one another, so a
//! handler that is slow, fails or panics delays no other chat.
//!
//! # State
//!
//! A [`StateStore`](crate::state::StateStore) holds the position in each chat: what was acknowledged, and what was
//! handed out before. So after a crash only a message that may have been handed out counts as a
//! [redelivery](Delivery::is_redelivery). While the store fails, chats are polled, but nothing new is handed out and
//! acknowledgements wait, since a hand-out that is not recorded could not be recognized later; the failure is
//! [reported](Report::StoreFailed).
//!
//! All keys start with `watch/`, the [name](Watch::name) and the user id. If some of them are missing, the watcher
//! fails with [`is_state_lost`](WatchError::is_state_lost) instead of starting anew. A store that has lost
//! everything cannot be told apart from an empty one.
//!
//! # Completeness
//!
//! The service is not made for gapless polling: its times have a resolution of one second, and ids may become
//! visible late (unknown). So a chat that was active is read again after 2, 10 and 30 seconds and at the next
//! [resync](Watch::resync_interval), at which the whole list of chats is read as well. The ids that were delivered
//! are remembered until then, at most 256 per chat. While nothing happens, a watcher sends one request per
//! interval besides the resync.
//!
//! # Several processes
//!
//! Any number of processes can watch one login with the same store: a lease elects the one that reads. If it stops,
//! another takes over after at most about 20 seconds. If it loses the lease while it runs, its deliveries are
//! [revoked](Delivery::is_revoked).
//!
//! # Replies
//!
//! [`Delivery::reply`] sends a message *effectively once*, even if the program dies between sending and
//! acknowledging; see [`Reply`] for the assumptions.

mod budget;
mod chat_list;
mod checkpoint;
mod config;
mod delivery;
mod dispatch;
mod error;
mod event;
mod front;
mod handout;
mod lead;
mod load;
mod observe;
mod poller;
mod reader;
mod reply;
mod reply_key;
mod scheduler;
mod shared;
mod term;
mod watcher;
mod writer;

pub use budget::RequestBudget;
pub use config::Watch;
pub use delivery::Delivery;
pub use error::{DeadLetter, DeadLetterReason, Report, WatchError};
pub use event::Event;
pub use reply::Reply;
pub use watcher::{WatchHandle, Watcher};
