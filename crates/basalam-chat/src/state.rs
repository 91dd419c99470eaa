//! Small durable state that several processes can share: tokens, positions, leases.
//!
//! A [`StateStore`] maps keys to small values. Every write returns a new [`Version`], and a conditional write
//! succeeds only if the value still has the version that the writer has read. A [`Lease`] excludes other
//! processes for a limited time; it needs nothing but conditional writes, so every custom store has leases.
//!
//! | store | shared by | crate |
//! | --- | --- | --- |
//! | [`MemoryState`] | the clients of one process | `basalam-chat` |
//! | `FileState` | the processes of one machine | `basalam-chat`, feature `file-state` |
//! | `SqliteState` | the processes of one machine | `basalam-chat-state` |
//! | `PostgresState`, `RedisState` | processes on any machine | `basalam-chat-state` |
//! | `NatsState` | processes on any machine | `basalam-chat-nats` |
//!
//! # How do I …
//!
//! | | |
//! | --- | --- |
//! | read and write a value? | [`StateStore::get`] returns an [`Entry`]; [`put`](StateStore::put) takes a [`StateKey`], the bytes and a [`PutMode`] |
//! | write many values? | [`StateStore::put_many`] with [`PutRequest`]s |
//! | delete a value? | [`StateStore::delete`] with a [`DeleteMode`] |
//! | let one process at a time do something? | [`StateStore::try_acquire_lease`] with a [`LeaseRequest`] |
//! | write a store? | implement [`StateStore`], whose methods return a [`StateFuture`] and fail with a [`StateError`] of a [`StateErrorKind`]; `basalam_chat_state::conformance` tests it |

mod entry;
mod error;
#[cfg(feature = "file-state")]
mod file;
mod key;
mod lease;
#[cfg(test)]
mod lossy;
mod memory;
mod store;
mod values;

pub use entry::{DeleteMode, Entry, MAX_VALUE_BYTES, PutMode, PutRequest, Version, check_value};
pub use error::{StateError, StateErrorKind};
#[cfg(feature = "file-state")]
pub use file::FileState;
pub use key::{MAX_KEY_BYTES, StateKey};
pub use lease::{Lease, LeaseRequest};
pub use memory::MemoryState;
pub use store::{StateFuture, StateStore, put_with_put_many};
