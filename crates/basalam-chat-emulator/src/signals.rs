//! The signals that end the program.

use anyhow::Context;

/// Receives the signals from its creation on. Without a handler, they are ignored by a process with the id 1, such as
/// that of a container.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    pub(crate) fn new() -> anyhow::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let receive = |kind| signal(kind).context("cannot receive signals");
        Ok(Self {
            interrupt: receive(SignalKind::interrupt())?,
            terminate: receive(SignalKind::terminate())?,
        })
    }

    /// Waits for SIGINT, which Ctrl-C sends, or SIGTERM.
    #[cfg(unix)]
    pub(crate) async fn wait(mut self) -> anyhow::Result<()> {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        Ok(())
    }

    #[cfg(not(unix))]
    pub(crate) fn new() -> anyhow::Result<Self> {
        Ok(Self {})
    }

    /// Waits for Ctrl-C.
    #[cfg(not(unix))]
    pub(crate) async fn wait(self) -> anyhow::Result<()> {
        let received = tokio::signal::ctrl_c().await;
        received.context("cannot wait for Ctrl-C")
    }
}
