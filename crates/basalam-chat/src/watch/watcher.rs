//! The running watcher.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use super::handler::handle;
use super::shared::Shared;
use super::{Delivery, WatchError};

/// A running watcher: a stream of deliveries; returned by [`Watch::start`](super::Watch::start).
///
/// The stream ends after a shutdown, and after an error that a repetition does not change. Dropping it stops the
/// watcher at once; what is not acknowledged is delivered again after the next start.
///
/// # Examples
///
/// ```no_run
/// # use basalam_chat::{Client, state::FileState};
/// # async fn run(client: Client, store: FileState) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let mut watcher = client.watch(store).start()?;
/// while let Some(delivery) = watcher.next().await {
///     let delivery = delivery?;
///     if let Some(message) = delivery.event().received() {
///         println!("{} in chat {}", message.id, message.chat_id);
///     }
///     delivery.ack();
/// }
/// # Ok(())
/// # }
/// ```
pub struct Watcher {
    shared: Arc<Shared>,
    deliveries: mpsc::Receiver<Result<Delivery, WatchError>>,
    /// `None` after the end.
    task: Option<JoinHandle<()>>,
}

/// Controls a [`Watcher`] from elsewhere. Clones control the same watcher.
#[derive(Clone, Debug)]
pub struct WatchHandle {
    shared: Arc<Shared>,
}

impl WatchHandle {
    /// Polls at once instead of after the interval, for example after the program has opened a chat. Several calls
    /// before the poll starts are one. Webhooks do this themselves if the watcher has their receiver.
    pub fn wake(&self) {
        self.shared.wake.notify_one();
    }

    /// Stops the watcher: nothing more is handed out, and deliveries in flight have the shutdown timeout to be
    /// acknowledged. The stream ends afterwards, and `run` returns.
    pub fn shutdown(&self) {
        self.shared.shutdown.send_replace(true);
    }
}

impl Watcher {
    pub(super) fn new(
        shared: Arc<Shared>,
        deliveries: mpsc::Receiver<Result<Delivery, WatchError>>,
        task: JoinHandle<()>,
    ) -> Watcher {
        Watcher {
            shared,
            deliveries,
            task: Some(task),
        }
    }

    /// Returns the handle, to wake or stop the watcher.
    pub fn handle(&self) -> WatchHandle {
        let shared = self.shared.clone();
        WatchHandle { shared }
    }

    /// Returns the next delivery, or `None` after the end.
    ///
    /// Cancel safe: nothing is lost if the future is dropped.
    ///
    /// # Errors
    ///
    /// One that ends the watcher: [`is_state_lost`](WatchError::is_state_lost), or an error of the service with
    /// [`needs_login`](crate::Error::needs_login) or [`is_configuration`](crate::Error::is_configuration). All other
    /// errors are [reported](super::Report), and what failed is repeated.
    pub async fn next(&mut self) -> Option<Result<Delivery, WatchError>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Runs a handler for each delivery, each in its own task, until [`WatchHandle::shutdown`] is called.
    ///
    /// `Ok` acknowledges the delivery. An error, a panic and a timeout are failed attempts, which are
    /// [reported](super::Report::HandlerFailed): the event is delivered again after a backoff, and goes to the dead
    /// letters after the last attempt. Other chats are not affected. (A program that is compiled with
    /// `panic = "abort"` ends at a panic.)
    ///
    /// If this process loses its lease, its handlers are cancelled at their next `.await`.
    ///
    /// # Errors
    ///
    /// As [`next`](Watcher::next).
    ///
    /// # Examples
    ///
    /// A bot that stops when it is asked to, after the handlers that run have finished:
    ///
    /// ```no_run
    /// # use basalam_chat::{Client, state::FileState};
    /// # async fn run(client: Client, store: FileState, stop: impl Future + Send + 'static)
    /// # -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// let watcher = client.watch(store).start()?;
    /// let handle = watcher.handle();
    /// tokio::spawn(async move {
    ///     // Such as `tokio::signal::ctrl_c()`.
    ///     stop.await;
    ///     handle.shutdown();
    /// });
    /// watcher
    ///     .run(|delivery| async move {
    ///         if delivery.event().received().is_some() {
    ///             delivery.reply("Thank you, we will answer soon.").await?;
    ///         }
    ///         Ok(())
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn run<H, F>(self, handler: H) -> Result<(), WatchError>
    where
        H: Fn(Delivery) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        self.run_tasks(move |shared, delivery| {
            let handler = handler.clone();
            async move {
                let timeout = shared.config.handler_timeout;
                handle(&shared, delivery, timeout, &*handler).await;
            }
        })
        .await
    }

    /// Spawns a task for each delivery until the watcher ends.
    pub(super) async fn run_tasks<T>(
        mut self,
        task: impl Fn(Arc<Shared>, Delivery) -> T,
    ) -> Result<(), WatchError>
    where
        T: Future<Output = ()> + Send + 'static,
    {
        let mut handlers = JoinSet::new();
        loop {
            tokio::select! {
                // Finished tasks are removed.
                Some(_) = handlers.join_next() => {}
                delivery = self.next() => match delivery {
                    None => return Ok(()),
                    Some(Err(error)) => return Err(error),
                    Some(Ok(delivery)) => {
                        handlers.spawn(task(self.shared.clone(), delivery));
                    }
                },
            }
        }
    }
}

impl Stream for Watcher {
    type Item = Result<Delivery, WatchError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let delivery = ready!(self.deliveries.poll_recv(context));
        if delivery.is_none()
            && let Some(task) = &mut self.task
        {
            // A panic of the clock or of the store must not look like a shutdown.
            let result = ready!(Pin::new(task).poll(context));
            self.task = None;
            if let Err(error) = result
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
        Poll::Ready(delivery)
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher").finish_non_exhaustive()
    }
}
