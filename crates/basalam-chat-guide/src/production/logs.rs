//! Logs of calls (feature `tracing`).

// ANCHOR: program
use tracing::{Level, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Logs a line for each call with its operation, attempts and error. Start with
/// `tracing::subscriber::set_global_default(log_calls(std::io::stderr))`.
pub fn log_calls<W>(writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .with_writer(writer)
        .with_max_level(Level::INFO)
        .with_span_events(FmtSpan::CLOSE)
        .finish()
}
// ANCHOR_END: program
