//! Live events of all chats, and replies that are sent once (feature `watch`).
//!
//! [`Client::watch`](crate::Client::watch) polls the list of chats and reads the messages of those that have
//! changed. Each [`Event`] is delivered at least once. The events of a chat are delivered in the order of message
//! ids and one at a time, except for messages that become visible late; chats are independent of one another, so a
//! handler that is slow, fails or panics delays no other chat, unless [too many](Watch::max_in_flight) are slow.
//!
//! # State
//!
//! A [`StateStore`](crate::state::StateStore) holds the position in each chat: what was acknowledged, and what was
//! handed out before. So after a crash only a message that may have been handed out counts as a
//! [redelivery](Delivery::is_redelivery). While the store fails, chats are polled, but nothing new is handed out and
//! acknowledgements wait, since a hand-out that is not recorded could not be recognized later; the failure is
//! [reported](Report::StoreFailed). If it fails for longer than the lease can wait, the lease is lost, and the watcher
//! goes on when the store works again.
//!
//! All keys start with `watch/`, the [name](Watch::name) and the user id. If some of them are missing, the watcher
//! fails with [`is_state_lost`](WatchError::is_state_lost) instead of starting anew. A store that has lost
//! everything looks like an empty one, so the watcher starts anew, and a chat whose key alone is missing starts where the
//! watcher was first started.
//!
//! # Completeness
//!
//! The service is not made for gapless polling: its times have a resolution of one second, and ids may become
//! visible late (unknown). A poll reads the list of chats back to the time of the last poll, so it finds every chat
//! that has moved up since, however many share a second. A chat that was active is read again after 2, 10 and
//! 30 seconds and at the next [resync](Watch::resync_interval), at which the whole list of chats is read as well: it
//! finds chats that changed without moving up, and late messages. The ids that were delivered are remembered until
//! then, at most 256 per chat. While nothing happens, a watcher sends one request per interval besides the resync.
//!
//! Not found is a message that becomes visible later than a resync, or after 256 later messages of its chat; and a
//! chat that is new to the watcher and shares its second with more chats than the service lists on a page, until it
//! changes again.
//!
//! # Webhooks
//!
//! A webhook reports a message sooner than a poll finds it. With `Watch::webhooks` (feature `webhooks`), the deliveries
//! of a `webhooks::Receiver` wake the watcher, which then reads the new messages, and polls are rare while webhooks
//! prove reliable. Nothing depends on a delivery: lost, repeated, reordered and forged ones cost time only.
//!
//! # Many logins
//!
//! One process can run a watcher for each of many logins, with one store. A [`RequestBudget`] limits the requests of
//! all of them together. Logins that are started together do not poll together.
//!
//! # Several processes
//!
//! Any number of processes can watch one login with the same store: a lease elects the one that reads. If it stops,
//! another takes over after at most about 20 seconds, or sooner with a shorter
//! [lease duration](Watch::lease_duration). If it loses the lease while it runs, its deliveries are
//! [revoked](Delivery::is_revoked).
//!
//! What outgrows a process is mostly the work of handlers. Then other processes can handle the events that one has
//! read: see [`Watch::forwarded`] and the crate `basalam-chat-nats`.
//!
//! # Replies
//!
//! [`Delivery::reply`] sends a message *effectively once*, even if the program dies between sending and
//! acknowledging; see [`Reply`] for the assumptions.
//!
//! # Without `async`
//!
//! `blocking::Client::watch` (feature `blocking`) has the same settings. Its handlers run on threads, and its watcher is an
//! iterator.
//!
//! # How do I …
//!
//! | | |
//! | --- | --- |
//! | listen for messages of all chats? | [`Client::watch`](crate::Client::watch) with a handler ([`Watch::run`]), or as a stream ([`Watch::start`]) |
//! | answer once? | [`Delivery::reply`] |
//! | stop, or poll at once? | a [`WatchHandle`] |
//! | see failures? | [`Watch::on_report`]: a [`Report`], with a [`HandlerFailure`] if a handler failed |
//! | find what was given up? | [`Watch::dead_letter`]: a [`DeadLetter`] with a [`DeadLetterReason`] |
//! | watch many logins? | one [`Watch`] each, with one [`RequestBudget`] |
//! | use webhooks? | `Watch::webhooks` (feature `webhooks`) |
//! | handle events in other processes? | the crate `basalam-chat-nats`; for other queues, a [`ForwardedEvent`] of [`ForwardedDeliveries`], with a [`ForwardedOutcome`] |

mod attempt;
#[cfg(feature = "blocking")]
pub(crate) mod blocking;
mod builder;
mod chat_list;
mod checkpoint;
mod claims;
mod config;
mod delivery;
mod dispatch;
mod error;
mod event;
mod forwarded;
mod front;
mod handler;
mod handout;
mod lead;
mod load;
mod observe;
mod outage;
mod poller;
mod reader;
mod reply;
mod reply_key;
mod scheduler;
mod session;
mod shared;
mod tenure;
mod term;
mod watcher;
mod webhooks;
mod writer;

pub use crate::http::request_budget::RequestBudget;
pub use builder::Watch;
pub use delivery::Delivery;
pub use error::{DeadLetter, DeadLetterReason, HandlerFailure, Report, WatchError};
pub use event::Event;
pub use forwarded::{ForwardedDeliveries, ForwardedEvent, ForwardedOutcome};
pub use reply::Reply;
pub use watcher::{WatchHandle, Watcher};
