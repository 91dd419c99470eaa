//! The settings of a watcher.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::{DeadLetter, Report, RequestBudget, WatchError};
use crate::chats::ChatType;
use crate::messages::MessageId;
use crate::state::StateKey;
use crate::{Error, UserId};

const SHORTEST_LEASE: Duration = Duration::from_secs(3);

/// Longer durations are the same as this one, as in tokio. It can be added to every time.
const LONGEST: Duration = Duration::from_secs(86_400 * 365 * 30);

type Hook<T> = Arc<dyn Fn(&T) + Send + Sync>;

#[derive(Clone)]
pub(super) struct Config {
    pub(super) start: Start,
    pub(super) name: String,
    pub(super) poll_interval: Duration,
    pub(super) idle_interval: Duration,
    pub(super) webhook_interval: Duration,
    pub(super) resync_interval: Duration,
    pub(super) max_in_flight: usize,
    pub(super) handler_timeout: Duration,
    pub(super) shutdown_timeout: Duration,
    pub(super) max_attempts: u32,
    pub(super) lease_duration: Duration,
    pub(super) visibility_lag: Duration,
    /// `None` for the operation timeout of the client.
    pub(super) reply_timeout: Option<Duration>,
    pub(super) own_messages: bool,
    pub(super) chat_types: Option<Vec<ChatType>>,
    /// The user whose webhooks are received, and the number of their deliveries.
    pub(super) webhooks: Option<(UserId, watch::Receiver<u64>)>,
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

impl Default for Config {
    fn default() -> Config {
        Config {
            start: Start::Now,
            name: "default".to_owned(),
            poll_interval: Duration::from_secs(2),
            idle_interval: Duration::from_secs(15),
            webhook_interval: Duration::from_secs(60),
            resync_interval: Duration::from_secs(600),
            max_in_flight: 64,
            handler_timeout: Duration::from_secs(600),
            shutdown_timeout: Duration::from_secs(25),
            max_attempts: 5,
            lease_duration: Duration::from_secs(15),
            visibility_lag: Duration::from_secs(5),
            reply_timeout: None,
            own_messages: false,
            chat_types: None,
            webhooks: None,
            request_budget: None,
            dead_letter: None,
            on_report: None,
        }
    }
}

impl Config {
    /// Checks the settings, and limits the durations.
    pub(super) fn checked(mut self) -> Result<Config, WatchError> {
        self.check_numbers()?;
        self.check_name()?;
        if let Start::After(message) = self.start {
            crate::request::check_id("after", message.0)?;
        }
        for duration in [
            &mut self.poll_interval,
            &mut self.idle_interval,
            &mut self.webhook_interval,
            &mut self.resync_interval,
            &mut self.handler_timeout,
            &mut self.shutdown_timeout,
            &mut self.lease_duration,
            &mut self.visibility_lag,
        ] {
            *duration = (*duration).min(LONGEST);
        }
        Ok(self)
    }

    fn check_numbers(&self) -> Result<(), WatchError> {
        for (argument, is_zero) in [
            ("poll_interval", self.poll_interval.is_zero()),
            ("resync_interval", self.resync_interval.is_zero()),
            ("max_in_flight", self.max_in_flight == 0),
            ("handler_timeout", self.handler_timeout.is_zero()),
            ("max_attempts", self.max_attempts == 0),
            (
                "reply_timeout",
                self.reply_timeout.is_some_and(|it| it.is_zero()),
            ),
        ] {
            if is_zero {
                return Err(Error::zero(argument).into());
            }
        }
        let problem = if self.lease_duration < SHORTEST_LEASE {
            "`lease_duration` is too short; use at least 3 seconds"
        } else if self.max_in_flight > tokio::sync::Semaphore::MAX_PERMITS {
            "`max_in_flight` is too large; use at most some thousand deliveries"
        } else if self
            .request_budget
            .as_ref()
            .is_some_and(|it| !it.is_valid())
        {
            "`request_budget` is invalid; use at least one request per period, and a period above zero"
        } else {
            return Ok(());
        };
        Err(WatchError::invalid_input(problem))
    }

    fn check_name(&self) -> Result<(), WatchError> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if (1..=64).contains(&self.name.len()) && self.name.bytes().all(is_allowed) {
            return Ok(());
        }
        let problem = "`name` is invalid; use 1 to 64 ASCII letters, digits, `-` and `_`";
        Err(WatchError::invalid_input(problem))
    }

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
