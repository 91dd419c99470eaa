//! Traces of the child process in which `redaction` runs all other tests.

use std::io;
use std::sync::Once;

use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

/// The environment variable that is set in the child.
pub(crate) const TRACED_CHILD: &str = "BASALAM_CHAT_TESTS_LISTEN";

/// Writes every trace of a child to its standard error.
pub(crate) fn init_in_child() {
    static ONCE: Once = Once::new();
    if std::env::var_os(TRACED_CHILD).is_some() {
        ONCE.call_once(|| {
            // Some tests run a mock server in this process, which traces the requests that it receives.
            let own = filter_fn(|metadata| !metadata.target().starts_with("httpmock"));
            let traces = fmt::layer().with_writer(io::stderr).with_filter(own);
            tracing_subscriber::registry().with(traces).init();
        });
    }
}
