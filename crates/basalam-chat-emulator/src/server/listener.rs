//! The listener, which serves on its own thread.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::{oneshot, watch};

use super::connections::{Connections, signalled};
use super::gate::Gate;
use crate::error::Error;
use crate::options::ConnectionLimits;

/// The time that requests in progress have to finish on shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// A server that runs until it is shut down or dropped.
///
/// It has its own thread and event loop, so that it responds even while the thread that
/// started it is blocked.
pub(crate) struct Server {
    /// Dropped to signal the shutdown.
    shutdown: watch::Sender<()>,
    stopped: oneshot::Receiver<()>,
}

impl Server {
    /// Binds an address. Connections are queued until [`Server::start`].
    pub(crate) fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
        let bind_error = |error: io::Error| {
            Error::bind(format!(
                "cannot listen on {address}: {error}; choose another port, or 0 for any free one"
            ))
        };
        let listener = TcpListener::bind(address).map_err(bind_error)?;
        listener.set_nonblocking(true).map_err(bind_error)?;
        let address = listener.local_addr().map_err(bind_error)?;
        Ok((listener, address))
    }

    /// Starts to serve connections of a listener.
    ///
    /// `background` runs beside it. `on_shutdown` runs when the shutdown begins, before the server waits for requests in
    /// progress.
    pub(crate) fn start(
        listener: TcpListener,
        gate: Gate,
        limits: ConnectionLimits,
        background: impl Future<Output = ()> + Send + 'static,
        on_shutdown: impl FnOnce() + Send + 'static,
    ) -> Result<Self, Error> {
        let start_error = |error| Error::runtime(format!("cannot start the server: {error}"));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(start_error)?;
        let listener = {
            let _guard = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(start_error)?
        };

        let (shutdown, signal) = watch::channel(());
        let (notify_stopped, stopped) = oneshot::channel();
        thread::Builder::new()
            .name("basalam-chat-emulator".to_owned())
            .spawn(move || {
                runtime.spawn(background);
                let connections = Connections::new(gate, limits, signal.clone());
                serve(&runtime, connections.serve(listener), signal, on_shutdown);
                // Without waiting for the look-up of a webhook's host, which blocks a thread.
                runtime.shutdown_background();
                // Fails if the server was dropped, so that no task awaits the end of the thread.
                let _ = notify_stopped.send(());
            })
            .map_err(start_error)?;
        Ok(Self { shutdown, stopped })
    }

    /// Stops listening and waits for requests in progress.
    pub(crate) async fn shutdown(self) {
        drop(self.shutdown);
        // An error means that the thread has already ended.
        let _ = self.stopped.await;
    }
}

/// Serves connections until the sender of the signal is dropped.
fn serve(
    runtime: &Runtime,
    serving: impl Future<Output = ()> + Send + 'static,
    mut signal: watch::Receiver<()>,
    on_shutdown: impl FnOnce(),
) {
    runtime.block_on(async {
        let serving = tokio::spawn(serving);
        signalled(&mut signal).await;
        on_shutdown();
        // Dropping the runtime aborts the remaining requests.
        let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, serving).await;
    });
}
