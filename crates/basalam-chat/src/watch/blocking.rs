//! The blocking form of a watcher: an iterator, and handlers on threads.

use std::error::Error as StdError;
use std::fmt;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::handler::handle;
use super::{Delivery, Reply, Watch, WatchError, WatchHandle};
use crate::blocking::Client;
use crate::messages::Message;
use crate::state::StateStore;

type HandlerResult = Result<(), Box<dyn StdError + Send + Sync>>;

impl Client {
    /// Follows all chats of the login; see [`Client::watch`](crate::Client::watch) (feature `watch`).
    ///
    /// The client's thread uses the store. A store that needs a runtime to be opened has to be opened in one that lives as
    /// long as the program; [`FileState::open_blocking`](crate::state::FileState::open_blocking) needs none.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use basalam_chat::state::FileState;
    /// use basalam_chat::{PersonalToken, blocking};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// let client = blocking::Client::new(PersonalToken::new("access-token"))?;
    /// let store = FileState::open_blocking("/var/lib/shop-bot")?;
    /// client.watch(store).run(|delivery| {
    ///     if let Some(message) = delivery.event().received() {
    ///         println!("{} in chat {}", message.id, message.chat_id);
    ///         delivery.reply("Thank you, we will answer soon.").send()?;
    ///     }
    ///     Ok(())
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn watch(&self, store: impl StateStore + 'static) -> Watch<Client> {
        self.async_client().watch(store).with_client(self.clone())
    }
}

impl Watch<Client> {
    /// Starts the watcher on the client's thread. It ends when the [`Watcher`] is dropped.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](WatchError::is_invalid_input) if a setting is invalid, and an error with
    /// [`service`](WatchError::service) if the client's thread cannot be used, as in a forked process.
    pub fn start(self) -> Result<Watcher, WatchError> {
        let client = self.client.clone();
        let slots = self.limit_in_flight();
        let watch = self.with_client(client.async_client());
        let watcher = client.block_on(async move { watch.start() })??;
        Ok(Watcher {
            handle: watcher.handle(),
            watcher: Some(watcher),
            slots,
            client,
        })
    }

    /// Starts the watcher and runs a handler for each delivery; see [`Watcher::run`].
    ///
    /// # Errors
    ///
    /// Those of [`start`](Watch::start) and of [`Watcher::run`].
    pub fn run<H>(self, handler: H) -> Result<(), WatchError>
    where
        H: Fn(Delivery<Client>) -> HandlerResult + Send + Sync + 'static,
    {
        self.start()?.run(handler)
    }
}

/// A running watcher: an iterator over deliveries; returned by `start` of a [`Watch<blocking::Client>`](Watch) (features
/// `blocking` and `watch`).
///
/// `next` blocks until there is a delivery. The iterator ends after a shutdown, and after an error that a repetition does
/// not change: [`is_state_lost`](WatchError::is_state_lost), or an error of the service with
/// [`needs_login`](crate::Error::needs_login) or [`is_configuration`](crate::Error::is_configuration). All other errors are
/// [reported](super::Report), and what failed is repeated. Dropping the watcher stops it at once; what is not acknowledged
/// is delivered again after the next start.
///
/// # Examples
///
/// ```no_run
/// # use basalam_chat::{blocking, state::FileState};
/// # fn run(client: blocking::Client, store: FileState) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// for delivery in client.watch(store).start()? {
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
    handle: WatchHandle,
    /// `None` after the end, and after a panic on the client's thread. It is dropped before the client, whose thread it
    /// needs.
    watcher: Option<super::Watcher>,
    /// The maximum number of handlers that run at a time.
    slots: usize,
    client: Client,
}

impl Watcher {
    /// Returns the handle, to wake or stop the watcher, from any thread.
    pub fn handle(&self) -> WatchHandle {
        self.handle.clone()
    }

    /// Runs a handler for each delivery, each on its own thread, until [`WatchHandle::shutdown`] is called. This thread
    /// waits meanwhile.
    ///
    /// `Ok` acknowledges the delivery. An error, a panic and a timeout are failed attempts, as those of
    /// [`Watcher::run`](super::Watcher::run) of the async watcher.
    ///
    /// A thread cannot be cancelled. A handler that has timed out, or whose delivery was
    /// [revoked](Delivery::is_revoked), goes on until it returns: its replies are refused, and it counts towards
    /// [`max_in_flight`](Watch::max_in_flight) until then. So let handlers have timeouts for what they wait for.
    ///
    /// # Errors
    ///
    /// Those that end the [iterator](Watcher), and an error with [`service`](WatchError::service) if the client's thread
    /// cannot be used.
    ///
    /// # Examples
    ///
    /// A bot that stops when it is asked to, after the handlers that run have finished:
    ///
    /// ```no_run
    /// # use basalam_chat::{blocking, state::FileState};
    /// # fn run(client: blocking::Client, store: FileState, stop: impl FnOnce() + Send + 'static)
    /// # -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// let watcher = client.watch(store).start()?;
    /// let handle = watcher.handle();
    /// std::thread::spawn(move || {
    ///     // Such as waiting for a signal.
    ///     stop();
    ///     handle.shutdown();
    /// });
    /// watcher.run(|delivery| {
    ///     if delivery.event().received().is_some() {
    ///         delivery.reply("Thank you, we will answer soon.").send()?;
    ///     }
    ///     Ok(())
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn run<H>(mut self, handler: H) -> Result<(), WatchError>
    where
        H: Fn(Delivery<Client>) -> HandlerResult + Send + Sync + 'static,
    {
        let Some(watcher) = self.watcher.take() else {
            return Ok(());
        };
        let (handler, client) = (Arc::new(handler), self.client.clone());
        let slots = Arc::new(Semaphore::new(self.slots));
        self.client
            .block_on(watcher.run_tasks(move |shared, delivery| {
                let (handler, client, slots) = (handler.clone(), client.clone(), slots.clone());
                async move {
                    // A handler that has timed out still has its slot. The semaphore is never closed.
                    if let Ok(slot) = slots.acquire_owned().await {
                        let run =
                            |it: Delivery| run_on_thread(handler, it.with_client(client), slot);
                        let timeout = shared.config.handler_timeout;
                        handle(&shared, delivery, timeout, run).await;
                    }
                }
            }))?
    }
}

/// Runs a handler on a thread, which keeps its slot until it ends, and waits for the result.
async fn run_on_thread<H>(
    handler: Arc<H>,
    delivery: Delivery<Client>,
    slot: OwnedSemaphorePermit,
) -> HandlerResult
where
    H: Fn(Delivery<Client>) -> HandlerResult + Send + Sync + 'static,
{
    let (sender, result) = oneshot::channel();
    let thread = thread::Builder::new().name("basalam-chat-handler".to_owned());
    thread.spawn(move || {
        let _slot = slot;
        // Nobody waits any more if the handler has timed out. A panic drops the sender.
        let _ = sender.send(handler(delivery));
    })?;
    result
        .await
        .unwrap_or_else(|_| resume_unwind(Box::new("the handler panicked")))
}

impl Iterator for Watcher {
    type Item = Result<Delivery<Client>, WatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Err(error) = self.client.check_thread() {
            return Some(Err(error.into()));
        }
        let mut watcher = self.watcher.take()?;
        let step = async move {
            let delivery = watcher.next().await;
            (watcher, delivery)
        };
        let delivery = match self.client.block_on(step) {
            Ok((watcher, delivery)) => {
                self.watcher = Some(watcher);
                delivery?
            }
            Err(error) => Err(error.into()),
        };
        Some(delivery.map(|it| it.with_client(self.client.clone())))
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher").finish_non_exhaustive()
    }
}

impl Reply<Client> {
    /// Sends the reply and waits until it is sent (feature `blocking`).
    ///
    /// # Errors
    ///
    /// Those of [`Reply`].
    pub fn send(self) -> Result<Message, WatchError> {
        let client = self.client.clone();
        client.block_on(self.into_async().into_future())?
    }
}
