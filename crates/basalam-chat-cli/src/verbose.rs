//! `--verbose`: each request of the client on standard error, without bodies and tokens.

use std::io;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Logs the requests of the client from now on.
pub(crate) fn enable() {
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(io::stderr);
    let only_client = Targets::new().with_target("basalam_chat", Level::DEBUG);
    // Fails only if it is already enabled.
    let _ = tracing_subscriber::registry()
        .with(layer)
        .with(only_client)
        .try_init();
}
