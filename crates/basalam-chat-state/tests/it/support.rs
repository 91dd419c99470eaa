//! What the tests of several stores share.

use std::net::TcpListener;
use std::time::Duration;

use basalam_chat::state::{StateFuture, StateKey};

/// The time limit for starting and stopping a server.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn key(name: &str) -> StateKey {
    StateKey::new(name).unwrap()
}

/// Returns a port of this machine on which nothing listens.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Returns a finished operation.
pub(crate) fn done<T: Send + 'static>(value: T) -> StateFuture<'static, T> {
    Box::pin(async { Ok(value) })
}
