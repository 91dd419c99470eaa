//! Tests of the stores.
#![allow(clippy::unwrap_used)] // In a test, a panic is the report.

mod broken_stores;
#[cfg(any(feature = "postgres-rustls", feature = "redis-rustls"))]
mod certificates;
mod chaos;
mod conformance;
mod connect;
mod encryption;
mod postgres;
mod processes;
mod redis;
mod sellers;
mod sqlite;
mod support;
mod tokens;
