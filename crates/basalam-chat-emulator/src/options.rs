//! What the emulator does where nobody knows what the service does.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::clock::{Clock, SystemClock};
use crate::oauth::{ACCESS_TOKEN_LIFETIME, RefreshTokens};

/// Whether a bound of time takes in the second that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeBound {
    /// The second itself belongs to the range.
    Inclusive,
    /// The second itself does not belong to the range.
    Exclusive,
}

/// The options of a running emulator.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) sender_ids_as_strings: bool,
    pub(crate) page_cap: Option<usize>,
    pub(crate) unseen_count_cap: Option<usize>,
    pub(crate) max_file_bytes: usize,
    pub(crate) uploads_have_url: bool,
    pub(crate) from_bound: TimeBound,
    pub(crate) before_bound: TimeBound,
    pub(crate) reading_marks_seen: bool,
    pub(crate) latency: Duration,
    pub(crate) access_token_lifetime: Duration,
    pub(crate) refresh_tokens: RefreshTokens,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Options {
    /// Gives when an access token that is issued now is over.
    pub(crate) fn access_token_expiry(&self, now: DateTime) -> DateTime {
        let lifetime = SignedDuration::try_from(self.access_token_lifetime);
        now.saturating_add(lifetime.unwrap_or(SignedDuration::MAX))
    }
}

/// Cuts a time to whole seconds, as the service's times are.
pub(crate) fn whole_seconds(time: DateTime) -> DateTime {
    // Zero is in the range of every part of a time, so this never falls back.
    time.with().subsec_nanosecond(0).build().unwrap_or(time)
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sender_ids_as_strings: false,
            page_cap: None,
            unseen_count_cap: None,
            max_file_bytes: 64 * 1024 * 1024,
            uploads_have_url: true,
            from_bound: TimeBound::Inclusive,
            before_bound: TimeBound::Exclusive,
            reading_marks_seen: false,
            latency: Duration::ZERO,
            access_token_lifetime: ACCESS_TOKEN_LIFETIME,
            refresh_tokens: RefreshTokens::default(),
            clock: Arc::new(SystemClock),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Options")
            .field("sender_ids_as_strings", &self.sender_ids_as_strings)
            .field("page_cap", &self.page_cap)
            .field("unseen_count_cap", &self.unseen_count_cap)
            .field("max_file_bytes", &self.max_file_bytes)
            .field("uploads_have_url", &self.uploads_have_url)
            .field("from_bound", &self.from_bound)
            .field("before_bound", &self.before_bound)
            .field("reading_marks_seen", &self.reading_marks_seen)
            .field("latency", &self.latency)
            .field("access_token_lifetime", &self.access_token_lifetime)
            .field("refresh_tokens", &self.refresh_tokens)
            .finish_non_exhaustive()
    }
}
