//! Integration tests of the client against a local emulator or a mock server.

// A failed `unwrap` fails the test, as it should.
#![allow(clippy::unwrap_used)]

mod arguments;
mod backoff;
mod batches;
#[cfg(feature = "blocking")]
mod blocking;
mod bots;
mod chat_stream;
mod close;
mod compression;
mod current_user;
mod document_constants;
mod edit_message;
mod errors;
mod faults;
mod find_sent_message;
mod follower;
#[cfg(all(feature = "blocking", target_os = "linux"))]
mod fork;
mod http2;
mod lenient_decoding;
mod login;
mod message_kinds;
mod message_stream;
mod proxy;
mod rate_limits;
mod redaction;
mod requests;
mod response_bodies;
mod retries;
mod runtime;
mod serialization;
mod soak;
mod support;
mod timeouts;
mod token_contention;
mod token_errors;
mod token_exchange;
mod token_leases;
mod token_providers;
mod token_refresh;
mod token_saving;
mod token_store;
mod trait_bounds;
mod unreadable_items;
mod uploads;
#[cfg(feature = "watch")]
mod watch;
#[cfg(feature = "webhooks-axum")]
mod webhook_deliveries;
#[cfg(feature = "webhooks")]
mod webhook_receiver;
mod webhooks;
