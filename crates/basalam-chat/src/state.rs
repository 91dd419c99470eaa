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
