//! State of [`basalam_chat`] that several processes share: databases, encryption, and the tests that every store
//! passes.
//!
//! | type | shared by | feature |
//! | --- | --- | --- |
//! | [`SqliteState`] | the processes of one machine | `sqlite` (default) |
//! | [`PostgresState`] | processes on any machine | `postgres` |
//! | [`RedisState`] | processes on any machine | `redis` |
//! | [`EncryptedState`] | as the store that it wraps | `encryption` |
//!
//! `postgres-rustls` and `redis-rustls` add TLS to the stores on servers. Without them, a URL that requires TLS is
//! refused.
//!
//! [`connect`] opens the store that a URL names. The trait, leases and the stores in memory and in files are in
//! [`basalam_chat::state`].
//!
//! The feature `conformance` adds the tests of [`conformance`], which check a custom store. They are unstable: any
//! release can add tests or change their interface.
//!
//! # Examples
//!
//! ```no_run
//! # #[cfg(feature = "sqlite")]
//! # async fn run() -> Result<(), basalam_chat::state::StateError> {
//! use basalam_chat::state::{PutMode, StateKey, StateStore};
//! use basalam_chat_state::SqliteState;
//!
//! let store = SqliteState::open("/var/lib/shop-bot/state.db").await?;
//! let key = StateKey::new("positions/183583802")?;
//! store.put(&key, b"1415", PutMode::Overwrite).await?;
//! # Ok(())
//! # }
//! ```

// Shows the feature of each item in the documentation.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "conformance")]
pub mod conformance;
mod connect;
#[cfg(feature = "encryption")]
mod encrypted;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod remote;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(
    feature = "sqlite",
    feature = "postgres-rustls",
    feature = "redis-rustls"
))]
mod threads;
#[cfg(any(feature = "postgres-rustls", feature = "redis-rustls"))]
mod tls;

#[cfg(feature = "redis")]
pub use self::redis::{RedisOptions, RedisState};
pub use connect::connect;
#[cfg(feature = "encryption")]
pub use encrypted::{EncryptedState, EncryptionKey};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresOptions, PostgresState};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteState;
