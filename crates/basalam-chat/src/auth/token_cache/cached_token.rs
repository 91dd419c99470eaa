//! A token with its header value, and how new it is.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use http::HeaderValue;

use super::super::token_set::TokenSet;
use crate::Error;
use crate::random::{RandomSource, jitter};
use crate::time::Clock;

/// The time after a rejected token was replaced in which a further 401 is not attributed to the token: another
/// refresh would not help, and would invalidate the tokens of other programs. Half of the token's lifetime, if that is
/// shorter.
const REJECTION_COOLDOWN: Duration = Duration::from_secs(30);

/// A token with its header value.
pub(crate) struct CachedToken {
    tokens: TokenSet,
    header: HeaderValue,
    received_at: Instant,
    /// The time from which it is refreshed, if it expires: with jitter, so that processes do not do it at once.
    refresh_at: Option<SystemTime>,
    /// It replaced a token that the service rejected.
    replaces_rejected: bool,
}

impl CachedToken {
    pub(super) fn new(
        tokens: TokenSet,
        replaces_rejected: bool,
        clock: &dyn Clock,
        random: &dyn RandomSource,
    ) -> Result<Arc<CachedToken>, Error> {
        let header = tokens.header()?;
        let leeway = tokens.refresh_leeway();
        let early = leeway + jitter(random, leeway / 10);
        Ok(Arc::new(CachedToken {
            refresh_at: tokens.expires_at().and_then(|end| end.checked_sub(early)),
            tokens,
            header,
            received_at: clock.instant(),
            replaces_rejected,
        }))
    }

    /// Returns `true` if the token is to be refreshed, although it may still be valid.
    pub(super) fn is_due(&self, now: SystemTime) -> bool {
        self.refresh_at.is_some_and(|at| at <= now)
    }

    /// Returns `true` if the token replaced a rejected one, so recently that a further rejection has another cause.
    pub(super) fn is_new_replacement(&self, clock: &dyn Clock) -> bool {
        let since_received = clock.instant().saturating_duration_since(self.received_at);
        let since_issued = self.tokens.age(clock.system_time()).unwrap_or_default();
        let lifetime = self.tokens.lifetime().unwrap_or(Duration::MAX);
        let is_new = since_received.max(since_issued) < REJECTION_COOLDOWN.min(lifetime / 2);
        self.replaces_rejected && is_new
    }

    pub(crate) fn tokens(&self) -> &TokenSet {
        &self.tokens
    }

    /// Returns the value of the `Authorization` header, marked as sensitive.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }
}
