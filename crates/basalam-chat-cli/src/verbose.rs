//! `--verbose`: each request of the client on standard error, without bodies and tokens.

use std::io::{self, Write};

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::output::print_log;

/// Logs the requests of the client from now on.
pub(crate) fn enable(is_json: bool) {
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(move || Log { is_json });
    let only_client = Targets::new().with_target("basalam_chat", Level::DEBUG);
    // Fails only if it is already enabled.
    let _ = tracing_subscriber::registry()
        .with(layer)
        .with(only_client)
        .try_init();
}

/// A line of the log.
struct Log {
    is_json: bool,
}

impl Write for Log {
    /// Prints a line, which the layer writes at once.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        print_log(text.trim_end_matches('\n'), self.is_json);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
