//! Errors of the blocking client.

use super::{Error, ErrorKind};

impl Error {
    /// No thread, or no runtime on it.
    pub(crate) fn no_thread(error: std::io::Error) -> Error {
        Error::new(
            ErrorKind::Configuration,
            format!("the thread of the blocking client cannot be started: {error}"),
            "check the limits of the process: threads, memory and open files",
        )
        .because(error)
    }

    /// The thread panicked while it made the client.
    pub(crate) fn thread_panicked() -> Error {
        Error::new(
            ErrorKind::Configuration,
            "the thread of the blocking client panicked while it made the client",
            "check what `configure_http` does",
        )
    }

    /// A call of the blocking client on its own thread, which would wait for itself.
    pub(crate) fn own_thread() -> Error {
        Error::new(
            ErrorKind::InvalidInput,
            "the blocking client was called on its own thread, which would wait for itself",
            "call it elsewhere than in a callback of one of its requests",
        )
    }

    /// The work was dropped without an answer.
    pub(crate) fn worker_gone() -> Error {
        Error::new(
            ErrorKind::Connection,
            "the thread of the blocking client panicked or ended before an answer came",
            "",
        )
    }
}
