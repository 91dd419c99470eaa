//! The port in the README's commands, which one step at a time can use.

use std::net::TcpListener;
use std::sync::{Mutex, PoisonError};

use crate::process::Outcome;

pub(super) const PORT: u16 = 8080;

/// Steps run beside one another.
static IN_USE: Mutex<()> = Mutex::new(());

/// Runs a function that uses the port, after other steps have released it. Skipped if another program uses it.
pub(super) fn with_port(run: impl FnOnce() -> anyhow::Result<Outcome>) -> anyhow::Result<Outcome> {
    let _in_use = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
    if TcpListener::bind(("127.0.0.1", PORT)).is_err() {
        return Ok(Outcome::Skipped(format!("port {PORT} is in use")));
    }
    run()
}
