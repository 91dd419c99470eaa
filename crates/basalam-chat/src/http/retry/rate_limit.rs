//! The pause that all calls of a login share while the service is rate limiting it.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::random::{RandomSource, jitter};

/// Holds back the calls of one login after a 429, until the service accepts requests again.
///
/// Without a 429, a call costs one atomic load. A 429 starts a pause. Calls that start or retry meanwhile
/// wait for its end, and then start one after the other in the order in which they came; if one of the
/// first meets another 429, the others keep waiting.
#[derive(Debug, Default)]
pub(crate) struct RateLimitGate {
    /// The number of the window, shifted left by one. The lowest bit is set while calls must read `state`.
    head: AtomicU64,
    state: Mutex<State>,
}

/// A window is the time from the end of one pause to the end of the next.
#[derive(Debug, Default)]
struct State {
    /// The number of pauses so far.
    window: u64,
    /// The end of the last pause, unless it has been forgotten.
    paused_until: Option<Instant>,
    /// The longest additional delay of a call after the pause.
    spread: Duration,
    /// How much longer or shorter the spread is than by default, in powers of two.
    spread_exponent: i32,
    /// The number of pauses without an accepted request between them.
    consecutive: u32,
    current: Counts,
    previous: Counts,
    /// The places of the calls that have waited and have not ended, in the order in which they came.
    places: BTreeSet<u64>,
    next_place: u64,
}

/// The responses to the requests of a window.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    accepted: u32,
    limited: u32,
}

/// The permission to send one request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    window: u64,
    is_counted: bool,
}

/// A pause that a call has to wait for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    pub(super) window: u64,
    pub(super) remaining: Duration,
    pub(super) spread: Duration,
}

/// The place of a call in the order of all that wait. It keeps it for its retries, and loses it when it ends.
#[derive(Debug)]
pub(super) struct Place<'a> {
    gate: &'a RateLimitGate,
    number: u64,
}

/// The default spread is the length of the pause, divided by this.
const SPREAD_DIVISOR: u32 = 4;

/// The bounds of the exponent of the spread.
const SPREAD_EXPONENTS: std::ops::RangeInclusive<i32> = -7..=2;

const MAX_SPREAD: Duration = Duration::from_secs(5);

/// The longest pause that calls share: a single absurd `Retry-After` must not stop a login for good. The
/// call that receives one fails at once.
const MAX_SHARED_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// `Retry-After` has whole seconds, so two that end less than this apart describe the same limit.
const RETRY_AFTER_RESOLUTION: Duration = Duration::from_secs(1);

impl RateLimitGate {
    /// Returns the permission to send a request, or the pause to wait for. `waited_for` is the window of the
    /// pause that the call has just waited for.
    pub(super) fn enter(
        &self,
        now: impl FnOnce() -> Instant,
        waited_for: Option<u64>,
    ) -> Result<Ticket, Pause> {
        let head = self.head.load(Ordering::Acquire);
        if head & 1 == 0 {
            return Ok(Ticket {
                window: head >> 1,
                is_counted: false,
            });
        }
        let state = self.state();
        // Not compared with the clock, which may have been slow to wake the call.
        if waited_for != Some(state.window) {
            let remaining = state.remaining(now());
            if !remaining.is_zero() {
                return Err(state.pause(remaining));
            }
        }
        Ok(Ticket {
            window: state.window,
            is_counted: true,
        })
    }

    /// Records a 429 and returns the pause that its call has to wait for. `backoff` is the length of a pause
    /// without `Retry-After`, for the number of consecutive pauses.
    pub(super) fn limited(
        &self,
        ticket: Ticket,
        now: Instant,
        retry_after: Option<Duration>,
        backoff: impl FnOnce(u32) -> Duration,
    ) -> Pause {
        let mut state = self.state();
        if let Some(counts) = state.counts(ticket) {
            counts.limited += 1;
        }
        let remaining = state.remaining(now);
        // The request was sent before the pause began: it met the same limit.
        let was_in_flight = ticket.window < state.window && !remaining.is_zero();
        let wanted = retry_after.unwrap_or_default();
        if was_in_flight && wanted <= remaining.saturating_add(RETRY_AFTER_RESOLUTION) {
            return state.pause(remaining.max(wanted));
        }
        state.start_pause(now, retry_after, backoff);
        self.head.store((state.window << 1) | 1, Ordering::Release);
        state.pause(state.remaining(now).max(wanted))
    }

    /// Records that the service accepted a request.
    pub(super) fn accepted(&self, ticket: Ticket, now: impl FnOnce() -> Instant) {
        if !ticket.is_counted {
            return;
        }
        let mut state = self.state();
        if let Some(counts) = state.counts(ticket) {
            counts.accepted += 1;
        }
        let is_current = ticket.window == state.window;
        if is_current && state.is_over(now()) {
            state.paused_until = None;
            state.consecutive = 0;
            self.head.store(state.window << 1, Ordering::Release);
        }
    }

    /// Returns the last place.
    pub(super) fn place(&self) -> Place<'_> {
        let mut state = self.state();
        let number = state.next_place;
        state.next_place += 1;
        state.places.insert(number);
        Place { gate: self, number }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics under the lock in an inconsistent state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remaining(&self, now: Instant) -> Duration {
        let until = self.paused_until.unwrap_or(now);
        until.saturating_duration_since(now)
    }

    /// Returns `true` if every call that waited has been released.
    fn is_over(&self, now: Instant) -> bool {
        self.paused_until
            .is_none_or(|until| until + self.spread <= now)
    }

    fn pause(&self, remaining: Duration) -> Pause {
        Pause {
            window: self.window,
            remaining,
            spread: self.spread,
        }
    }

    /// Returns the counts of the window in which a request was sent, if they are still needed.
    fn counts(&mut self, ticket: Ticket) -> Option<&mut Counts> {
        match self.window - ticket.window {
            _ if !ticket.is_counted => None,
            0 => Some(&mut self.current),
            1 => Some(&mut self.previous),
            _ => None,
        }
    }

    fn start_pause(
        &mut self,
        now: Instant,
        retry_after: Option<Duration>,
        backoff: impl FnOnce(u32) -> Duration,
    ) {
        let is_consecutive = self.paused_until.is_some() && self.current.accepted == 0;
        self.consecutive = match is_consecutive {
            true => self.consecutive.saturating_add(1),
            false => 1,
        };
        // All responses of the previous window have arrived; those of this one have not.
        self.adapt_spread();
        self.previous = std::mem::take(&mut self.current);
        self.window += 1;
        let length = retry_after.unwrap_or_else(|| backoff(self.consecutive));
        let length = length.min(MAX_SHARED_PAUSE);
        // Never before the end of a pause that is still running.
        self.paused_until = Some(now + length.max(self.remaining(now)));
        let factor = 2_f64.powi(self.spread_exponent) / f64::from(SPREAD_DIVISOR);
        self.spread = length.mul_f64(factor).min(MAX_SPREAD);
    }

    /// Spreads calls further if more than a third of the requests of a window were rejected: the fewer are
    /// in flight when the first is rejected, the fewer are in vain. Otherwise, closer together.
    fn adapt_spread(&mut self) {
        let Counts { accepted, limited } = self.previous;
        let change = match (limited * 2).cmp(&accepted) {
            _ if accepted + limited == 0 => 0,
            std::cmp::Ordering::Greater => 1,
            _ => -1,
        };
        let (min, max) = (*SPREAD_EXPONENTS.start(), *SPREAD_EXPONENTS.end());
        self.spread_exponent = (self.spread_exponent + change).clamp(min, max);
    }
}

impl Place<'_> {
    /// Returns the additional delay of a call after a pause: a random time in the part of `spread` that
    /// belongs to its place.
    pub(super) fn delay(&self, spread: Duration, random: &dyn RandomSource) -> Duration {
        let state = self.gate.state();
        let first = state.places.first().copied().unwrap_or(self.number);
        let count = (state.next_place - first).max(1);
        let position = self.number - first;
        drop(state);
        let part = spread.div_f64(count as f64);
        part.mul_f64(position as f64) + jitter(random, part)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.gate.state().places.remove(&self.number);
    }
}
