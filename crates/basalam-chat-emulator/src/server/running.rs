//! Listening, on a thread of its own.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::runtime::Runtime;
use tokio::sync::{oneshot, watch};

use crate::error::Error;

/// How long requests under way may take to end when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// A server that listens until it is stopped or dropped.
///
/// It has a thread and an event loop of its own, so that it answers whatever the
/// thread that started it is doing, be it in a runtime, blocked, or neither.
pub(crate) struct Server {
    /// Dropping it is the signal to stop.
    stop: watch::Sender<()>,
    stopped: oneshot::Receiver<()>,
}

impl Server {
    /// Takes the address. Connections wait until [`Server::start`] serves them.
    pub(crate) fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
        let cannot_listen = |error: io::Error| {
            Error::address(format!(
                "cannot listen on {address}: {error}; choose another port, or 0 for any free one"
            ))
        };
        let listener = TcpListener::bind(address).map_err(cannot_listen)?;
        listener.set_nonblocking(true).map_err(cannot_listen)?;
        let address = listener.local_addr().map_err(cannot_listen)?;
        Ok((listener, address))
    }

    /// Serves what [`Server::listen`] listens to.
    ///
    /// `at_end` runs when it has been told to stop, before it waits for requests under
    /// way.
    pub(crate) fn start(
        listener: TcpListener,
        router: Router,
        at_end: impl FnOnce() + Send + 'static,
    ) -> Result<Self, Error> {
        let cannot_run = |error| Error::system(format!("cannot start a server: {error}"));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(cannot_run)?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(cannot_run)?
        };

        let (stop, signal) = watch::channel(());
        let (tell_stopped, stopped) = oneshot::channel();
        thread::Builder::new()
            .name("basalam-chat-emulator".to_owned())
            .spawn(move || {
                serve(runtime, listener, router, signal, at_end);
                // Nobody waits where the server was dropped.
                let _ = tell_stopped.send(());
            })
            .map_err(cannot_run)?;
        Ok(Self { stop, stopped })
    }

    /// Stops listening, and waits for requests under way.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        // An error means that the thread is gone, which is what is waited for.
        let _ = self.stopped.await;
    }
}

/// Serves until the signal's sender is dropped.
fn serve(
    runtime: Runtime,
    listener: tokio::net::TcpListener,
    router: Router,
    signal: watch::Receiver<()>,
    at_end: impl FnOnce(),
) {
    runtime.block_on(async {
        // Small answers go out at once instead of waiting for more to send.
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let serving = axum::serve(listener, router)
            .with_graceful_shutdown(stopped(signal.clone()))
            .into_future();
        let serving = tokio::spawn(serving);
        stopped(signal).await;
        at_end();
        // What is not done by then is cut off when the runtime is dropped.
        let _ = tokio::time::timeout(GRACE, serving).await;
    });
}

async fn stopped(mut signal: watch::Receiver<()>) {
    while signal.changed().await.is_ok() {}
}
