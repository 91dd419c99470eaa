//! The builder of a watcher.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};

use super::config::{Config, Start};
use super::shared::Shared;
use super::{
    DeadLetter, Delivery, ForwardedDeliveries, Report, RequestBudget, WatchError, Watcher, lead,
};
use crate::Client;
use crate::chats::ChatType;
use crate::messages::MessageId;
use crate::state::StateStore;

impl Client {
    /// Follows all chats of the login; see [`watch`](crate::watch).
    ///
    /// `store` keeps the position in each chat across restarts, so a [`MemoryState`](crate::state::MemoryState) is
    /// for tests only. Share it as an `Arc` to use it elsewhere too.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use basalam_chat::{Client, PersonalToken};
    /// use basalam_chat::state::FileState;
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// let client = Client::new(PersonalToken::new("access-token"))?;
    /// let store = FileState::open("/var/lib/shop-bot").await?;
    /// client.watch(store)
    ///     .run(|delivery| async move {
    ///         if let Some(message) = delivery.event().received() {
    ///             println!("{} in chat {}", message.id, message.chat_id);
    ///             delivery.reply("Thank you, we will answer soon.").await?;
    ///         }
    ///         Ok(())
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listen")]
    #[doc(alias = "poll")]
    #[doc(alias = "live")]
    #[doc(alias = "subscribe")]
    #[doc(alias = "events")]
    #[doc(alias = "bot")]
    #[doc(alias = "long polling")]
    #[doc(alias = "long_polling")]
    pub fn watch(&self, store: impl StateStore + 'static) -> Watch {
        Watch {
            client: self.clone(),
            store: Arc::new(store),
            config: Config::default(),
        }
    }
}

/// Builder for a [`Watcher`]; returned by [`Client::watch`]. `Watch<blocking::Client>` (feature `blocking`) has the same
/// settings.
///
/// | setting | default |
/// | --- | --- |
/// | start | after the messages that exist when the watcher is first started |
/// | [poll interval](Watch::poll_interval) | 2 seconds |
/// | [idle interval](Watch::idle_interval) | 15 seconds |
/// | `webhooks` (feature `webhooks`) | none |
/// | `webhook_interval` (feature `webhooks`) | 60 seconds |
/// | [resync interval](Watch::resync_interval) | 10 minutes |
/// | [deliveries in flight](Watch::max_in_flight) | 64 |
/// | [handler timeout](Watch::handler_timeout) | 10 minutes |
/// | [shutdown timeout](Watch::shutdown_timeout) | 25 seconds |
/// | [attempts](Watch::max_attempts) | 5 |
/// | [lease duration](Watch::lease_duration) | 15 seconds |
/// | [visibility lag](Watch::visibility_lag) | 5 seconds |
/// | [reply timeout](Watch::reply_timeout) | the [operation timeout](crate::ClientBuilder::operation_timeout) of the client |
/// | [own messages](Watch::own_messages) | not delivered |
/// | [chat types](Watch::chat_types) | all |
/// | [request budget](Watch::request_budget) | none |
/// | [dead letters](Watch::dead_letter) | reported only |
/// | [reports](Watch::on_report) | ignored |
///
/// Durations above 30 years are the same as 30 years, so [`Duration::MAX`] means never. Invalid settings are errors of
/// [`start`](Watch::start) and [`run`](Watch::run).
#[derive(Clone)]
#[must_use = "a watcher does nothing until it is started or run"]
pub struct Watch<C = Client> {
    pub(super) client: C,
    store: Arc<dyn StateStore>,
    config: Config,
}

impl<C> Watch<C> {
    /// Starts with the first message of each chat, if the watcher has no state yet.
    pub fn from_the_beginning(mut self) -> Watch<C> {
        self.config.start = Start::Beginning;
        self
    }

    /// Starts after this message in all chats, if the watcher has no state yet. Ids are shared by all chats and grow
    /// with time (likely: the service sorts by them).
    pub fn after(mut self, message: MessageId) -> Watch<C> {
        self.config.start = Start::After(message);
        self
    }

    /// Sets the name, which is part of all keys in the store: ASCII letters, digits, `-` and `_`. Two watchers of one
    /// login with different names each receive everything; those with the same name take turns.
    pub fn name(mut self, name: impl Into<String>) -> Watch<C> {
        self.config.name = name.into();
        self
    }

    /// Sets the interval between polls while there is activity. Must be greater than zero. The default is 2 seconds.
    pub fn poll_interval(mut self, interval: Duration) -> Watch<C> {
        self.config.poll_interval = interval;
        self
    }

    /// Sets the longest interval between polls, which is reached after some polls without activity: each interval is
    /// half as long again as the one before. The default is 15 seconds. One that is shorter than the poll interval is the
    /// same as that. [`WatchHandle::wake`](super::WatchHandle::wake) polls at once.
    pub fn idle_interval(mut self, interval: Duration) -> Watch<C> {
        self.config.idle_interval = interval;
        self
    }

    /// Polls at once if a webhook delivers something, and less often while the webhooks prove reliable (features `watch`
    /// and `webhooks`). The deliveries are hints: events contain what the service returns.
    ///
    /// `receiver` is the one whose service or router receives the deliveries of this login, in this process. If several
    /// processes watch the login, only the one that reads it is woken, by the deliveries that arrive there.
    ///
    /// Webhooks count as reliable when a delivery and a new message of another user are found within 10 seconds of
    /// each other, and until a poll finds a message without that. Then polls become as frequent as without webhooks,
    /// and this is [reported](Report::WebhooksSilent). So subscribe to
    /// [`CHAT_RECEIVED_MESSAGE`](crate::webhooks::WebhookEventId::CHAT_RECEIVED_MESSAGE).
    ///
    /// # Errors
    ///
    /// The watcher ends with [`is_invalid_input`](WatchError::is_invalid_input) if the receiver is for another user.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # use basalam_chat::state::FileState;
    /// use basalam_chat::webhooks::Receiver;
    ///
    /// # async fn run(client: Client, store: FileState, secret: String)
    /// # -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// let receiver = Receiver::builder(client.current_user_id().await?, secret).build()?;
    /// // … serve `receiver` at the URL of the webhook …
    /// client
    ///     .watch(store)
    ///     .webhooks(&receiver)
    ///     .run(|delivery| async move {
    ///         println!("an event in chat {}", delivery.chat_id());
    ///         Ok(())
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "webhooks")]
    pub fn webhooks(mut self, receiver: &crate::webhooks::Receiver) -> Watch<C> {
        self.config.webhooks = Some((receiver.user(), receiver.deliveries()));
        self
    }

    /// Sets the interval between polls while [webhooks](Watch::webhooks) prove reliable (features `watch` and
    /// `webhooks`). The default is 60 seconds. One that is shorter than the idle interval is the same as that.
    ///
    /// A message whose delivery gets lost is found after at most this interval.
    #[cfg(feature = "webhooks")]
    pub fn webhook_interval(mut self, interval: Duration) -> Watch<C> {
        self.config.webhook_interval = interval;
        self
    }

    /// Sets the interval at which the whole list of chats is read, and the messages of chats that were active since.
    /// A message that becomes visible late is found if it is late by less than this. Must be greater than zero. The default is 10 minutes.
    pub fn resync_interval(mut self, interval: Duration) -> Watch<C> {
        self.config.resync_interval = interval;
        self
    }

    /// Sets the maximum number of deliveries, each of another chat, that are not acknowledged. Further chats wait. Must
    /// be greater than zero. The default is 64.
    pub fn max_in_flight(mut self, deliveries: usize) -> Watch<C> {
        self.config.max_in_flight = deliveries;
        self
    }

    /// Sets the timeout of a handler of [`run`](Watch::run), after which it is cancelled and the attempt has failed. Must
    /// be greater than zero. The default is 10 minutes. Deliveries of the stream have none.
    pub fn handler_timeout(mut self, timeout: Duration) -> Watch<C> {
        self.config.handler_timeout = timeout;
        self
    }

    /// Sets how long a shutdown waits for deliveries in flight. The default is 25 seconds, after which some more are
    /// needed to release the lease: Kubernetes kills a process after 30.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Watch<C> {
        self.config.shutdown_timeout = timeout;
        self
    }

    /// Sets the number of attempts after which a delivery goes to the dead letters. Must be greater than zero. The
    /// default is 5. The backoff between them grows from 1 to 60 seconds; later messages of the chat wait. An attempt
    /// that ends because the process is stopped or killed, or loses its lease, counts as well.
    pub fn max_attempts(mut self, attempts: u32) -> Watch<C> {
        self.config.max_attempts = attempts;
        self
    }

    /// Sets how long a process that has died keeps the login from others. At least 3 seconds. The default is 15. A process that cannot
    /// renew its lease for two thirds of it stops its handlers, so a short one needs a fast store.
    pub fn lease_duration(mut self, duration: Duration) -> Watch<C> {
        self.config.lease_duration = duration;
        self
    }

    /// Sets how long a sent message may take to appear in the list of messages. Unknown for the service. The default is
    /// 5 seconds.
    pub fn visibility_lag(mut self, lag: Duration) -> Watch<C> {
        self.config.visibility_lag = lag;
        self
    }

    /// Sets the timeout of sending a [reply](super::Delivery::reply), if it is shorter than the
    /// [operation timeout](crate::ClientBuilder::operation_timeout) of the client, which is the default. Must be greater
    /// than zero. An attempt that follows one that may have sent a reply waits for this time and the visibility lag.
    pub fn reply_timeout(mut self, timeout: Duration) -> Watch<C> {
        self.config.reply_timeout = Some(timeout);
        self
    }

    /// Sets whether messages that the token's user sends from elsewhere are delivered. The default is `false`.
    pub fn own_messages(mut self, enabled: bool) -> Watch<C> {
        self.config.own_messages = enabled;
        self
    }

    /// Watches only chats of these types.
    pub fn chat_types(mut self, types: impl IntoIterator<Item = ChatType>) -> Watch<C> {
        self.config.chat_types = Some(types.into_iter().collect());
        self
    }

    /// Limits the requests of this watcher together with those of the others that have the same budget. The default
    /// is no limit.
    pub fn request_budget(mut self, budget: &RequestBudget) -> Watch<C> {
        self.config.request_budget = Some(budget.clone());
        self
    }

    /// Sets the function that receives deliveries that were given up. It is called before the delivery is
    /// acknowledged, at least once, and must not block. If it panics, the event is delivered again. Without it, they
    /// are only [reported](Report::DeadLetter).
    pub fn dead_letter(mut self, handle: impl Fn(&DeadLetter) + Send + Sync + 'static) -> Watch<C> {
        self.config.dead_letter = Some(Arc::new(handle));
        self
    }

    /// Sets the function that receives reports, such as failed requests. It must not block. If it panics, the report
    /// is lost.
    pub fn on_report(mut self, handle: impl Fn(&Report) + Send + Sync + 'static) -> Watch<C> {
        self.config.on_report = Some(Arc::new(handle));
        self
    }

    /// Returns this builder with another client.
    #[cfg(feature = "blocking")]
    pub(super) fn with_client<D>(self, client: D) -> Watch<D> {
        Watch {
            client,
            store: self.store,
            config: self.config,
        }
    }

    /// Returns the maximum number of deliveries in flight.
    #[cfg(feature = "blocking")]
    pub(super) fn limit_in_flight(&self) -> usize {
        self.config.max_in_flight
    }
}

impl Watch {
    /// Starts the watcher in a background task, which ends when the [`Watcher`] is dropped.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](WatchError::is_invalid_input) if a setting is invalid, and an error with
    /// [`service`](WatchError::service) if no tokio runtime is running.
    pub fn start(self) -> Result<Watcher, WatchError> {
        let shared = self.shared()?;
        let runtime = crate::runtime::current_runtime()?;
        let (sender, deliveries) = mpsc::channel(shared.config.max_in_flight);
        let task = runtime.spawn(lead::supervise(shared.clone(), sender));
        Ok(Watcher::new(shared, deliveries, task))
    }

    /// Prepares to handle events that a watcher has read in another process, with the same store and
    /// [name](Watch::name) as here: replies have the same idempotency keys as there.
    ///
    /// `log` identifies where the events are forwarded, for example the stream of a broker: the positions of events
    /// belong to it, so another log needs another string. Handler timeout, visibility lag, reply timeout, dead letters
    /// and reports apply as set here.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](WatchError::is_invalid_input) if a setting is invalid or the store has no state of such a
    /// watcher; and the errors of the service and of the store.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use basalam_chat::Client;
    /// # use basalam_chat::state::FileState;
    /// # use basalam_chat::watch::{Delivery, ForwardedEvent};
    /// # async fn run(client: Client, store: FileState, received: ForwardedEvent)
    /// # -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// let deliveries = client.watch(store).forwarded("events of 2026").await?;
    /// let handler = |delivery: Delivery| async move {
    ///     println!("an event in chat {}", delivery.chat_id());
    ///     Ok(())
    /// };
    /// let outcome = deliveries
    ///     .handle(received, &handler, Duration::from_secs(20))
    ///     .await;
    /// # let _ = outcome;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn forwarded(
        self,
        log: impl Into<String>,
    ) -> Result<ForwardedDeliveries, WatchError> {
        ForwardedDeliveries::open(self.shared()?, log.into()).await
    }

    fn shared(self) -> Result<Arc<Shared>, WatchError> {
        let config = self.config.checked()?;
        let http = self.client.transport().http();
        let (clock, random) = (http.clock.clone(), http.random.clone());
        let reader = match config.request_budget.clone() {
            Some(budget) => self.client.with_budget(budget),
            None => self.client.clone(),
        };
        Ok(Arc::new(Shared {
            reader,
            client: self.client,
            store: self.store,
            config,
            clock,
            random,
            wake: Notify::new(),
            shutdown: watch::Sender::new(false),
        }))
    }

    /// Starts the watcher and runs a handler for each delivery; see [`Watcher::run`].
    ///
    /// # Errors
    ///
    /// Those of [`start`](Watch::start) and of [`Watcher::run`].
    pub async fn run<H, F>(self, handler: H) -> Result<(), WatchError>
    where
        H: Fn(Delivery) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        self.start()?.run(handler).await
    }
}

impl<C: fmt::Debug> fmt::Debug for Watch<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("client", &self.client)
            .field("name", &self.config.name)
            .field("start", &self.config.start)
            .finish_non_exhaustive()
    }
}
