//! Options of the emulated service, most of them for unknown behaviour.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::access::Access;
use crate::clock::{Clock, SystemClock};
use crate::oauth::{ACCESS_TOKEN_LIFETIME, RefreshTokenPolicy};
use crate::rate_limit::RateLimit;

/// The maximum size of a request body in bytes: 8 MiB. The limit of the service is unknown.
pub const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

/// The kind of a bound of a time range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeBound {
    /// The bound is part of the range.
    Inclusive,
    /// The bound is not part of the range.
    Exclusive,
}

/// The handling of `cmp=bt` when messages are listed. The contract lists the value and does not define it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BetweenComparison {
    /// The request is a violation.
    #[default]
    Reject,
    /// The page contains the messages around `message_id`: half of them below it, and the rest from it on.
    Around,
    /// `message_id` is ignored: the page is the first one.
    Ignore,
}

/// The options of a running emulator.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) sender_ids_as_strings: bool,
    pub(crate) max_page_size: Option<usize>,
    pub(crate) max_unseen_count: Option<usize>,
    pub(crate) max_file_bytes: usize,
    pub(crate) include_upload_url: bool,
    pub(crate) from_bound: TimeBound,
    pub(crate) before_bound: TimeBound,
    pub(crate) between: BetweenComparison,
    pub(crate) zoned_times: bool,
    pub(crate) epoch_times: bool,
    pub(crate) mark_seen_on_read: bool,
    pub(crate) latency: Duration,
    pub(crate) return_metadata: bool,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) access_token_lifetime: Duration,
    pub(crate) refresh_token_policy: RefreshTokenPolicy,
    pub(crate) allow_remote_webhooks: bool,
    pub(crate) webhook_retries: u32,
    pub(crate) webhook_retry_delay: Duration,
    pub(crate) access: Access,
    pub(crate) connection_limits: ConnectionLimits,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The limits of connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionLimits {
    pub(crate) max_connections: usize,
    /// The time in which a client must send the head of its next request.
    pub(crate) idle_timeout: Duration,
    /// The time in which a client must send the body of a request.
    pub(crate) body_timeout: Duration,
}

impl Options {
    /// Returns the expiry of an access token that is issued now.
    pub(crate) fn access_token_expiry(&self, now: DateTime) -> DateTime {
        let lifetime = SignedDuration::try_from(self.access_token_lifetime);
        now.saturating_add(lifetime.unwrap_or(SignedDuration::MAX))
    }
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            max_connections: 1000,
            idle_timeout: Duration::from_secs(120),
            body_timeout: Duration::from_secs(120),
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sender_ids_as_strings: false,
            max_page_size: None,
            max_unseen_count: None,
            max_file_bytes: 64 * 1024 * 1024,
            include_upload_url: true,
            from_bound: TimeBound::Inclusive,
            before_bound: TimeBound::Exclusive,
            between: BetweenComparison::default(),
            zoned_times: false,
            epoch_times: false,
            mark_seen_on_read: false,
            latency: Duration::ZERO,
            return_metadata: true,
            rate_limit: None,
            access_token_lifetime: ACCESS_TOKEN_LIFETIME,
            refresh_token_policy: RefreshTokenPolicy::default(),
            allow_remote_webhooks: false,
            webhook_retries: 3,
            webhook_retry_delay: Duration::from_secs(1),
            access: Access::default(),
            connection_limits: ConnectionLimits::default(),
            clock: Arc::new(SystemClock),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Options")
            .field("sender_ids_as_strings", &self.sender_ids_as_strings)
            .field("max_page_size", &self.max_page_size)
            .field("max_unseen_count", &self.max_unseen_count)
            .field("max_file_bytes", &self.max_file_bytes)
            .field("include_upload_url", &self.include_upload_url)
            .field("from_bound", &self.from_bound)
            .field("before_bound", &self.before_bound)
            .field("between", &self.between)
            .field("zoned_times", &self.zoned_times)
            .field("epoch_times", &self.epoch_times)
            .field("mark_seen_on_read", &self.mark_seen_on_read)
            .field("latency", &self.latency)
            .field("return_metadata", &self.return_metadata)
            .field("rate_limit", &self.rate_limit)
            .field("access_token_lifetime", &self.access_token_lifetime)
            .field("refresh_token_policy", &self.refresh_token_policy)
            .field("allow_remote_webhooks", &self.allow_remote_webhooks)
            .field("webhook_retries", &self.webhook_retries)
            .field("webhook_retry_delay", &self.webhook_retry_delay)
            .field("access", &self.access)
            .field("connection_limits", &self.connection_limits)
            .finish_non_exhaustive()
    }
}
