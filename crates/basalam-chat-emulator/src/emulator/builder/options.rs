//! The setters of options, most of them for unknown behaviour of the service.

use std::sync::Arc;
use std::time::Duration;

use super::EmulatorBuilder;
use crate::clock::Clock;
use crate::oauth::RefreshTokenPolicy;
use crate::options::{BetweenComparison, TimeBound};
use crate::rate_limit::RateLimit;

impl EmulatorBuilder {
    /// Sets the lifetime of access tokens from the token endpoint, truncated to whole
    /// seconds; at least one second. Default: 366 days, as in the documented example
    /// (certain).
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.options.access_token_lifetime = lifetime;
        self
    }

    /// Sets the handling of refresh tokens after their use. Default: rotation, the likely behaviour
    /// of the service.
    pub fn refresh_token_policy(mut self, policy: RefreshTokenPolicy) -> Self {
        self.options.refresh_token_policy = policy;
        self
    }

    /// Sets the clock. Default: the system clock in UTC; the time zone of the real service is
    /// unknown.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.options.clock = Arc::new(clock);
        self
    }

    /// Sets whether the `id` of a message's sender is a string. Default: `false`, as in the
    /// contract; the service likely sends both.
    pub fn sender_ids_as_strings(mut self, enabled: bool) -> Self {
        self.options.sender_ids_as_strings = enabled;
        self
    }

    /// Sets the maximum page size for messages and chats, at least 1, which caps `limit`. Default:
    /// no maximum. Whether the service has one is unknown.
    pub fn max_page_size(mut self, max: usize) -> Self {
        self.options.max_page_size = Some(max);
        self
    }

    /// Sets the maximum of the unseen chat count, at least 1; above it `more_than_count` is true.
    /// Default: no maximum. The service likely has one, but its value is unknown.
    pub fn max_unseen_count(mut self, max: usize) -> Self {
        self.options.max_unseen_count = Some(max);
        self
    }

    /// Sets the maximum size of uploaded files in bytes. Default: 64 MiB; the limit of the service
    /// is unknown. All other parts of a form together are limited to
    /// [`MAX_BODY_BYTES`](crate::MAX_BODY_BYTES). Larger forms fail with 413.
    ///
    /// Files are stored in memory.
    pub fn max_file_bytes(mut self, bytes: usize) -> Self {
        self.options.max_file_bytes = bytes;
        self
    }

    /// Sets whether the response to an upload contains the URL in `url` as well as in `urls`;
    /// otherwise `url` is null. Default: `true`; in the vendor's example it is null.
    pub fn include_upload_url(mut self, enabled: bool) -> Self {
        self.options.include_upload_url = enabled;
        self
    }

    /// Sets whether `updated_from` and `modified_from` are inclusive. Default: inclusive; the
    /// service's behaviour is unknown.
    pub fn from_bound(mut self, bound: TimeBound) -> Self {
        self.options.from_bound = bound;
        self
    }

    /// Sets whether `updated_before` and `modified_before` are inclusive. Default: exclusive; the
    /// service's behaviour is unknown.
    pub fn before_bound(mut self, bound: TimeBound) -> Self {
        self.options.before_bound = bound;
        self
    }

    /// Sets the handling of `cmp=bt`. Default: a violation; the service's behaviour is unknown.
    pub fn between(mut self, comparison: BetweenComparison) -> Self {
        self.options.between = comparison;
        self
    }

    /// Sets whether the time parameters of `get_chats` can have a time zone, such as `2026-07-22T10:28:23+03:30`. They
    /// are converted to UTC, the time zone of the default clock. Default: `false`, which makes them violations; the
    /// service's behaviour is unknown.
    pub fn zoned_times(mut self, enabled: bool) -> Self {
        self.options.zoned_times = enabled;
        self
    }

    /// Sets whether the time parameters of `get_chats` can be a Unix time, in seconds or, with 12 or more digits, in
    /// milliseconds. Default: `false`, which makes them violations; the service's behaviour is unknown.
    pub fn epoch_times(mut self, enabled: bool) -> Self {
        self.options.epoch_times = enabled;
        self
    }

    /// Sets whether reading messages marks all messages of the chat as seen. Default: `false`; the
    /// service's behaviour is unknown. Sending a message always marks them.
    pub fn mark_seen_on_read(mut self, enabled: bool) -> Self {
        self.options.mark_seen_on_read = enabled;
        self
    }

    /// Sets whether responses contain the metadata of messages. Default: `true`, which the service likely does.
    pub fn return_metadata(mut self, enabled: bool) -> Self {
        self.options.return_metadata = enabled;
        self
    }

    /// Sets a limit for the requests of each token, in real time, whatever the emulator's clock is. A request above it
    /// gets a 429 with `Retry-After`. Default: no limit; those of the service are unknown. Requests to the token
    /// endpoint are not limited.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.options.rate_limit = Some(limit);
        self
    }

    /// Sets a delay for every request, including requests that fail, except those to the
    /// control endpoints. Default: no delay.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.options.latency = latency;
        self
    }

    /// Sets whether webhooks can have URLs on other hosts, to which the emulator then sends their events. Default:
    /// `false`, which allows loopback addresses and `localhost`. The emulator has no TLS, so URLs start with `http:`.
    pub fn allow_remote_webhooks(mut self, enabled: bool) -> Self {
        self.options.allow_remote_webhooks = enabled;
        self
    }

    /// Sets how often a delivery to a webhook is repeated after a response other than 2xx, or none within 5 seconds.
    /// Default: 3; the service's behaviour is unknown.
    pub fn webhook_retries(mut self, retries: u32) -> Self {
        self.options.webhook_retries = retries;
        self
    }

    /// Sets the delay before the first retry of a delivery; it doubles with each retry. Default: 1 second; the
    /// service's behaviour is unknown.
    pub fn webhook_retry_delay(mut self, delay: Duration) -> Self {
        self.options.webhook_retry_delay = delay;
        self
    }
}
