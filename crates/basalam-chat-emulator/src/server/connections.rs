//! The open connections, whose number is limited.
//!
//! Clients keep connections open for later requests. If there are too many of them, the connection that has been idle
//! for the longest time is closed, so that idle connections cannot lock out other clients.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::{Id, JoinError, JoinSet};

use super::gate::Gate;
use crate::options::ConnectionLimits;

/// How long a client can take to read the rest of a response after its connection was chosen to be closed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// The delay after a failure to accept a connection, such as a lack of file descriptors.
const ACCEPT_DELAY: Duration = Duration::from_millis(20);

/// The open connections of a listener.
pub(super) struct Connections {
    gate: Arc<Gate>,
    limits: ConnectionLimits,
    tasks: JoinSet<()>,
    open: HashMap<Id, Arc<Usage>>,
    /// The latest connection, whose first request may be on its way.
    latest: Option<Id>,
    shared: Arc<Shared>,
    shutdown: watch::Receiver<()>,
}

/// State that all connections share.
#[derive(Default)]
struct Shared {
    /// The number of requests that began or ended.
    ticks: AtomicU64,
    /// Notified when a request ends.
    became_idle: Notify,
}

/// The use of a connection.
///
/// It is idle as soon as the response begins: a client that does not read its response must not keep others out.
struct Usage {
    shared: Arc<Shared>,
    /// The tick at which the connection became idle, or [`BUSY`].
    idle_since: AtomicU64,
    /// Whether the connection had a request.
    is_used: AtomicBool,
    /// Notified to close the connection.
    close: Notify,
}

/// The value of [`Usage::idle_since`] during a request.
const BUSY: u64 = u64::MAX;

impl Connections {
    pub(super) fn new(gate: Gate, limits: ConnectionLimits, shutdown: watch::Receiver<()>) -> Self {
        Self {
            gate: Arc::new(gate),
            limits,
            tasks: JoinSet::new(),
            open: HashMap::new(),
            latest: None,
            shared: Arc::default(),
            shutdown,
        }
    }

    /// Accepts and serves connections until the shutdown, then waits for requests in progress.
    pub(super) async fn serve(mut self, listener: TcpListener) {
        let mut shutdown = self.shutdown.clone();
        loop {
            let is_full = self.is_full();
            tokio::select! {
                () = signalled(&mut shutdown) => break,
                Some(ended) = self.tasks.join_next_with_id() => self.remove(&ended),
                () = self.shared.became_idle.notified(), if is_full => {
                    self.close_idle();
                }
                accepted = listener.accept(), if !is_full => self.accept(accepted).await,
            }
        }
        drop(listener);
        while self.tasks.join_next().await.is_some() {}
    }

    async fn accept(&mut self, accepted: io::Result<(TcpStream, std::net::SocketAddr)>) {
        match accepted {
            Ok((stream, _)) => {
                // Sends small responses immediately.
                let _ = stream.set_nodelay(true);
                self.start(stream);
                if self.is_full() {
                    self.close_idle();
                }
            }
            // The client has closed the connection already.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(_) => {
                // Most likely, the process has no file descriptor left.
                match self.close_idle() {
                    true => tokio::task::yield_now().await,
                    false => tokio::time::sleep(ACCEPT_DELAY).await,
                }
            }
        }
    }

    fn start(&mut self, stream: TcpStream) {
        let usage = Arc::new(Usage::new(Arc::clone(&self.shared)));
        let serving = serve_connection(
            stream,
            Arc::clone(&self.gate),
            Arc::clone(&usage),
            self.limits.idle_timeout,
            self.shutdown.clone(),
        );
        let task = self.tasks.spawn(serving);
        self.latest = Some(task.id());
        self.open.insert(task.id(), usage);
    }

    /// Returns `true` if one connection above the limit is open. It waits until another one can be closed.
    fn is_full(&self) -> bool {
        self.open.len() > self.limits.max_connections
    }

    /// Closes the connection that has been idle for the longest time. Returns `false` if none but the latest is idle.
    fn close_idle(&self) -> bool {
        let others = self.open.iter().filter(|it| Some(*it.0) != self.latest);
        let idle = others.map(|it| it.1).filter(|it| it.idle_since() != BUSY);
        let Some(usage) = idle.min_by_key(|it| it.idle_since()) else {
            return false;
        };
        // It is not chosen again.
        usage.idle_since.store(BUSY, Ordering::Relaxed);
        usage.close.notify_one();
        true
    }

    fn remove(&mut self, ended: &Result<(Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => *id,
            // A handler panicked, which must not fail other connections.
            Err(error) => error.id(),
        };
        self.open.remove(&id);
    }
}

impl Usage {
    fn new(shared: Arc<Shared>) -> Self {
        let now = shared.ticks.fetch_add(1, Ordering::Relaxed);
        Self {
            shared,
            idle_since: AtomicU64::new(now),
            is_used: AtomicBool::new(false),
            close: Notify::new(),
        }
    }

    fn idle_since(&self) -> u64 {
        self.idle_since.load(Ordering::Relaxed)
    }

    /// Marks the connection as busy until the returned value is dropped.
    fn begin(self: &Arc<Self>) -> Request {
        self.idle_since.store(BUSY, Ordering::Relaxed);
        self.is_used.store(true, Ordering::Relaxed);
        Request(Arc::clone(self))
    }
}

/// A request in progress.
struct Request(Arc<Usage>);

impl Drop for Request {
    fn drop(&mut self) {
        let Usage { shared, .. } = &*self.0;
        let now = shared.ticks.fetch_add(1, Ordering::Relaxed);
        self.0.idle_since.store(now, Ordering::Relaxed);
        shared.became_idle.notify_one();
    }
}

/// Serves a connection until its client closes it, the client is idle for too long, or it is chosen to be closed.
async fn serve_connection(
    stream: TcpStream,
    gate: Arc<Gate>,
    usage: Arc<Usage>,
    idle_timeout: Duration,
    mut shutdown: watch::Receiver<()>,
) {
    let service = service_fn(|request| {
        let (gate, request_in_progress) = (Arc::clone(&gate), usage.begin());
        async move {
            let response = gate.handle(request).await;
            drop(request_in_progress);
            Ok::<_, Infallible>(response)
        }
    });
    let mut builder = http1::Builder::new();
    // Also limits the time between two requests.
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(idle_timeout);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let is_shutdown = tokio::select! {
        // Errors concern the client only.
        _ = connection.as_mut() => return,
        () = usage.close.notified() => false,
        () = signalled(&mut shutdown) => true,
    };
    if !usage.is_used.load(Ordering::Relaxed) {
        // There is no response to finish.
        return;
    }
    connection.as_mut().graceful_shutdown();
    if is_shutdown {
        let _ = connection.await;
    } else {
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, connection).await;
    }
}

/// Waits until the sender of the signal is dropped.
pub(super) async fn signalled(signal: &mut watch::Receiver<()>) {
    while signal.changed().await.is_ok() {}
}
