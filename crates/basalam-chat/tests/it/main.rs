//! Integration tests of the client against a local emulator or a mock server.

// A failed `unwrap` fails the test, as it should.
#![allow(clippy::unwrap_used)]

mod backoff;
mod batches;
#[cfg(feature = "blocking")]
mod blocking;
mod bots;
mod chat_stream;
mod compression;
mod current_user;
mod document_constants;
mod edit_message;
mod errors;
mod faults;
mod find_sent_message;
mod follower;
mod lenient_decoding;
mod login;
mod message_kinds;
mod message_stream;
mod redaction;
mod requests;
mod retries;
mod soak;
mod support;
mod timeouts;
mod token_providers;
mod token_refresh;
mod trait_bounds;
mod uploads;
