//! Tests of `basalam-chat-nats`. Those of the module `nats` need nats-server; see `nats::server`.
#![allow(clippy::unwrap_used)] // In a test, a panic is the report.

mod nats;
