//! The builder of a watcher.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};

use super::shared::Shared;
use super::{DeadLetter, Delivery, Report, RequestBudget, WatchError, Watcher, lead};
use crate::chats::ChatType;
use crate::messages::MessageId;
use crate::state::{StateKey, StateStore};
use crate::{Client, Error};

const SHORTEST_LEASE: Duration = Duration::from_secs(3);

type Hook<T> = Arc<dyn Fn(&T) + Send + Sync>;

#[derive(Clone)]
pub(super) struct Config {
    pub(super) start: Start,
    pub(super) name: String,
    pub(super) poll_interval: Duration,
    pub(super) idle_interval: Duration,
    pub(super) resync_interval: Duration,
    pub(super) max_in_flight: usize,
    pub(super) handler_timeout: Duration,
    pub(super) shutdown_timeout: Duration,
    pub(super) max_attempts: u32,
    pub(super) lease_duration: Duration,
    pub(super) visibility_lag: Duration,
    pub(super) own_messages: bool,
    pub(super) chat_types: Option<Vec<ChatType>>,
    pub(super) request_budget: Option<RequestBudget>,
    pub(super) dead_letter: Option<Hook<DeadLetter>>,
    pub(super) on_report: Option<Hook<Report>>,
}

/// The position at which a watcher without state starts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Start {
    Now,
    Beginning,
    After(MessageId),
}

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
    pub fn watch(&self, store: impl StateStore + 'static) -> Watch {
        Watch {
            client: self.clone(),
            store: Arc::new(store),
            config: Config {
                start: Start::Now,
                name: "default".to_owned(),
                poll_interval: Duration::from_secs(2),
                idle_interval: Duration::from_secs(15),
                resync_interval: Duration::from_secs(600),
                max_in_flight: 64,
                handler_timeout: Duration::from_secs(600),
                shutdown_timeout: Duration::from_secs(25),
                max_attempts: 5,
                lease_duration: Duration::from_secs(15),
                visibility_lag: Duration::from_secs(5),
                own_messages: false,
                chat_types: None,
                request_budget: None,
                dead_letter: None,
                on_report: None,
            },
        }
    }
}

/// Builder for a [`Watcher`]; returned by [`Client::watch`].
///
/// | setting | default |
/// | --- | --- |
/// | start | after the messages that exist when the watcher is first started |
/// | [poll interval](Watch::poll_interval) | 2 seconds |
/// | [idle interval](Watch::idle_interval) | 15 seconds |
/// | [resync interval](Watch::resync_interval) | 10 minutes |
/// | [deliveries in flight](Watch::max_in_flight) | 64 |
/// | [handler timeout](Watch::handler_timeout) | 10 minutes |
/// | [shutdown timeout](Watch::shutdown_timeout) | 25 seconds |
/// | [attempts](Watch::max_attempts) | 5 |
/// | [lease duration](Watch::lease_duration) | 15 seconds |
/// | [visibility lag](Watch::visibility_lag) | 5 seconds |
/// | [own messages](Watch::own_messages) | left out |
/// | [chat types](Watch::chat_types) | all |
/// | [request budget](Watch::request_budget) | none |
#[derive(Clone)]
#[must_use = "a watcher does nothing until it is started or run"]
pub struct Watch {
    client: Client,
    store: Arc<dyn StateStore>,
    config: Config,
}

impl Watch {
    /// Starts with the first message of each chat, if the watcher has no state yet.
    pub fn from_the_beginning(mut self) -> Watch {
        self.config.start = Start::Beginning;
        self
    }

    /// Starts after this message in all chats, if the watcher has no state yet. Ids are shared by all chats and grow
    /// with time (likely: the service sorts by them).
    pub fn after(mut self, message: MessageId) -> Watch {
        self.config.start = Start::After(message);
        self
    }

    /// Sets the name, which is part of all keys in the store: ASCII letters, digits, `-` and `_`. Two watchers of one
    /// login with different names each receive everything; those with the same name take turns.
    pub fn name(mut self, name: impl Into<String>) -> Watch {
        self.config.name = name.into();
        self
    }

    /// Sets the interval between polls while there is activity. Must be greater than zero.
    pub fn poll_interval(mut self, interval: Duration) -> Watch {
        self.config.poll_interval = interval;
        self
    }

    /// Sets the longest interval between polls, which is reached after some polls without activity. A shorter one
    /// than the poll interval is the same as that. [`WatchHandle::wake`](super::WatchHandle::wake) polls at once.
    pub fn idle_interval(mut self, interval: Duration) -> Watch {
        self.config.idle_interval = interval;
        self
    }

    /// Sets the interval at which the whole list of chats is read, and the messages of chats that were active since.
    /// A message that becomes visible late is found if it is late by less than this. Must be greater than zero.
    pub fn resync_interval(mut self, interval: Duration) -> Watch {
        self.config.resync_interval = interval;
        self
    }

    /// Sets the maximum number of deliveries, each of another chat, that are not acknowledged. Must be greater than
    /// zero.
    pub fn max_in_flight(mut self, deliveries: usize) -> Watch {
        self.config.max_in_flight = deliveries;
        self
    }

    /// Sets the timeout of a handler, after which it is cancelled and the attempt has failed. Must be greater than
    /// zero.
    pub fn handler_timeout(mut self, timeout: Duration) -> Watch {
        self.config.handler_timeout = timeout;
        self
    }

    /// Sets how long a shutdown waits for deliveries in flight.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Watch {
        self.config.shutdown_timeout = timeout;
        self
    }

    /// Sets the number of attempts after which a delivery goes to the dead letters. Must be greater than zero. The
    /// backoff between them grows from 1 to 60 seconds; later messages of the chat wait.
    pub fn max_attempts(mut self, attempts: u32) -> Watch {
        self.config.max_attempts = attempts;
        self
    }

    /// Sets how long a process that has died keeps the login from others. At least 3 seconds. A process that cannot
    /// renew its lease for two thirds of it stops its handlers, so a short one needs a fast store.
    pub fn lease_duration(mut self, duration: Duration) -> Watch {
        self.config.lease_duration = duration;
        self
    }

    /// Sets how long a sent message may take to appear in the list of messages. Unknown for the service.
    pub fn visibility_lag(mut self, lag: Duration) -> Watch {
        self.config.visibility_lag = lag;
        self
    }

    /// Sets whether messages that the token's user sends from elsewhere are delivered. The default is `false`.
    pub fn own_messages(mut self, enabled: bool) -> Watch {
        self.config.own_messages = enabled;
        self
    }

    /// Watches only chats of these types.
    pub fn chat_types(mut self, types: impl IntoIterator<Item = ChatType>) -> Watch {
        self.config.chat_types = Some(types.into_iter().collect());
        self
    }

    /// Limits the requests of this watcher together with those of the others that have the same budget. The default
    /// is no limit.
    pub fn request_budget(mut self, budget: &RequestBudget) -> Watch {
        self.config.request_budget = Some(budget.clone());
        self
    }

    /// Sets the function that receives deliveries that were given up. It is called before the delivery is
    /// acknowledged, at least once, and must not block. If it panics, the event is delivered again. Without it, they
    /// are only [reported](Report::DeadLetter).
    pub fn dead_letter(mut self, handle: impl Fn(&DeadLetter) + Send + Sync + 'static) -> Watch {
        self.config.dead_letter = Some(Arc::new(handle));
        self
    }

    /// Sets the function that receives reports, such as failed requests. It must not block. If it panics, the report
    /// is lost.
    pub fn on_report(mut self, handle: impl Fn(&Report) + Send + Sync + 'static) -> Watch {
        self.config.on_report = Some(Arc::new(handle));
        self
    }

    /// Starts the watcher in a background task, which ends when the [`Watcher`] is dropped.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](WatchError::is_invalid_input) if a setting is invalid, and an error with
    /// [`service`](WatchError::service) if no tokio runtime is running.
    pub fn start(self) -> Result<Watcher, WatchError> {
        self.check()?;
        let runtime = crate::runtime::current_runtime()?;
        let http = self.client.transport().http();
        let (clock, random) = (http.clock.clone(), http.random.clone());
        let (sender, deliveries) = mpsc::channel(self.config.max_in_flight);
        let budget = self.config.request_budget.clone();
        let reader = match budget {
            Some(budget) => self.client.with_budget(budget),
            None => self.client.clone(),
        };
        let shared = Arc::new(Shared {
            reader,
            client: self.client,
            store: self.store,
            config: self.config,
            clock,
            random,
            wake: Notify::new(),
            shutdown: watch::Sender::new(false),
        });
        let task = runtime.spawn(lead::supervise(shared.clone(), sender));
        Ok(Watcher::new(shared, deliveries, task))
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

    fn check(&self) -> Result<(), WatchError> {
        let config = &self.config;
        for (argument, is_zero) in [
            ("poll_interval", config.poll_interval.is_zero()),
            ("resync_interval", config.resync_interval.is_zero()),
            ("max_in_flight", config.max_in_flight == 0),
            ("handler_timeout", config.handler_timeout.is_zero()),
            ("max_attempts", config.max_attempts == 0),
        ] {
            if is_zero {
                return Err(Error::zero(argument).into());
            }
        }
        if config.lease_duration < SHORTEST_LEASE {
            let problem = "`lease_duration` is too short; use at least 3 seconds";
            return Err(WatchError::invalid_input(problem));
        }
        let budget = config.request_budget.as_ref();
        if budget.is_some_and(|budget| !budget.is_valid()) {
            let problem = "`request_budget` is invalid; use at least one request per period, and a period above zero";
            return Err(WatchError::invalid_input(problem));
        }
        if config.max_in_flight > tokio::sync::Semaphore::MAX_PERMITS {
            return Err(WatchError::invalid_input("`max_in_flight` is too large"));
        }
        if let Start::After(message) = config.start {
            crate::request::check_id("after", message.0)?;
        }
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let length = config.name.len();
        if !(1..=64).contains(&length) || !config.name.bytes().all(is_name) {
            let problem = "`name` is invalid; use 1 to 64 ASCII letters, digits, `-` and `_`";
            return Err(WatchError::invalid_input(problem));
        }
        Ok(())
    }
}

impl Config {
    /// Returns a key of the watcher for this user.
    pub(super) fn key(&self, user: i64, name: &str) -> Result<StateKey, WatchError> {
        let key = format!("watch/{}/{user}/{name}", self.name);
        Ok(StateKey::new(key)?)
    }

    pub(super) fn includes(&self, chat_type: &ChatType) -> bool {
        let types = self.chat_types.as_ref();
        types.is_none_or(|types| types.contains(chat_type))
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("client", &self.client)
            .field("name", &self.config.name)
            .field("start", &self.config.start)
            .finish_non_exhaustive()
    }
}
