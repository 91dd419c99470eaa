//! Scale-out of [`basalam_chat`] on NATS JetStream: many workers handle the events that one process reads.
//!
//! One process can watch a thousand logins with [`Client::watch`](basalam_chat::Client::watch). What outgrows it is the
//! work of the handlers. With this crate, a [`Relay`] publishes the events to a stream of NATS, and any number of
//! [`Worker`]s handle them, with the same handlers and the same `Delivery`. Order within each chat, redelivery after a
//! crash and replies that are sent once remain. `docs/scale-out.md` of the repository says when to use it and how to
//! size and run it.
//!
//! | type | what it does |
//! | --- | --- |
//! | [`NatsOptions`], [`Nats`] | the connection, with authentication and TLS |
//! | [`EventQueue`] | the stream of events, in partitions by chat, and the stream of dead letters |
//! | [`Relay`] | publishes what a watcher reads |
//! | [`Worker`] | handles what was published |
//! | [`NatsState`] | a [`StateStore`](basalam_chat::state::StateStore) for both, on a key-value bucket |
//!
//! # Examples
//!
//! The relay, of which several can run; one of them leads:
//!
//! ```no_run
//! # use basalam_chat::{Client, PersonalToken};
//! use basalam_chat_nats::{NatsOptions, QueueOptions};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//! # let client = Client::new(PersonalToken::new("access-token"))?;
//! let options = NatsOptions::new("nats://localhost").monitoring_url("http://localhost:8222");
//! let nats = options.connect().await?;
//! let state = nats.state("chat-state").await?;
//! let queue = nats.queue(QueueOptions::new("chat")).await?;
//! queue.relay().run(client.watch(state)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! A worker, on as many machines as needed:
//!
//! ```no_run
//! # use basalam_chat::{Client, PersonalToken};
//! # use basalam_chat_nats::{NatsOptions, QueueOptions};
//! # async fn run() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//! # let client = Client::new(PersonalToken::new("access-token"))?;
//! # let nats = NatsOptions::new("nats://localhost").connect().await?;
//! let state = nats.state("chat-state").await?;
//! let queue = nats.queue(QueueOptions::new("chat")).await?;
//! let user = client.current_user_id().await?;
//! queue
//!     .worker()
//!     .login(user, client.watch(state))
//!     .run(|delivery| async move {
//!         if delivery.event().received().is_some() {
//!             delivery.reply("Thank you, we will answer soon.").await?;
//!         }
//!         Ok(())
//!     })
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! - `schemars`: `event_schema`, the JSON Schema of the events, for workers in other languages. It is also the file
//!   `event.schema.json` of the crate.

mod connection;
mod error;
mod event;
mod monitoring;
mod options;
mod partition;
mod queue;
mod relay;
mod settings;
mod state;
mod worker;

pub use connection::Nats;
pub use error::NatsError;
#[cfg(feature = "schemars")]
pub use event::event_schema;
pub use event::{EVENT_HEADER, EVENT_VERSION};
pub use options::NatsOptions;
pub use partition::partition;
pub use queue::{EventQueue, PartitionLag, QueueOptions};
pub use relay::{Relay, RelayedLogin};
pub use state::NatsState;
pub use worker::{Worker, WorkerHandle};
