//! How far back a poll reads the list of chats.

use std::time::{Duration, Instant};

/// Times of the service have a resolution of one second, and several of its machines may disagree by another.
const TOLERANCE: i64 = 2_000;

/// An estimate of the service's clock, from the times of the chats that were listed.
///
/// A chat that changes after a poll has begun gets a time that is not earlier than the service's clock was then. That
/// clock is not known, but it was past the newest listed time when this was received, and has run as fast as the local
/// one since. So the next poll is complete when it reaches a chat that is older than this, however many chats share a
/// second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Front {
    origin: Instant,
    /// The service's clock is ahead of the time since `origin` by at least this, in milliseconds.
    lead: Option<i64>,
    /// When the last complete poll began.
    began: Instant,
}

impl Front {
    pub(super) fn new(now: Instant) -> Front {
        Front {
            origin: now,
            lead: None,
            began: now,
        }
    }

    /// Returns the second before which no chat has changed since the last complete poll began; `None` if none was.
    pub(super) fn unchanged_before(&self) -> Option<i64> {
        let clock = self.lead? + self.milliseconds(self.began);
        Some((clock - TOLERANCE).div_euclid(1_000))
    }

    /// Records a complete poll: when it began, when its first page was received, and the newest second on that.
    pub(super) fn advance(&mut self, began: Instant, received: Instant, newest: Option<u64>) {
        self.began = began;
        let newest = newest.and_then(|newest| i64::try_from(newest).ok()?.checked_mul(1_000));
        let lead = newest.map(|newest| newest - self.milliseconds(received));
        // An empty list has nothing to read back to.
        self.lead = self.lead.max(lead).or(Some(i64::MIN / 2));
    }

    fn milliseconds(&self, at: Instant) -> i64 {
        let since = at.saturating_duration_since(self.origin);
        let limit = Duration::from_secs(u64::from(u32::MAX));
        // At most 2^32 seconds.
        i64::try_from(since.min(limit).as_millis()).unwrap_or(i64::MAX / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn poll_reads_back_over_the_seconds_around_the_last_one() {
        let start = Instant::now();
        let mut front = Front::new(start);
        assert_eq!(front.unchanged_before(), None);
        front.advance(start, start, Some(1_000));
        assert_eq!(front.unchanged_before(), Some(998));
        // The poll took a while, during which the service's clock went on.
        front.advance(start + second(1), start + second(4), Some(1_003));
        assert_eq!(front.unchanged_before(), Some(999));
    }

    #[test]
    fn seconds_that_have_passed_are_not_read_again() {
        let start = Instant::now();
        let mut front = Front::new(start);
        front.advance(start, start, Some(1_000));
        front.advance(start + second(2), start + second(2), Some(1_000));
        assert_eq!(front.unchanged_before(), Some(1_000));
        front.advance(start + second(30), start + second(30), Some(1_000));
        assert_eq!(front.unchanged_before(), Some(1_028));
    }

    #[test]
    fn earlier_newest_time_does_not_move_the_clock_back() {
        let start = Instant::now();
        let mut front = Front::new(start);
        front.advance(start, start, Some(1_000));
        front.advance(start, start, Some(900));
        front.advance(start, start, None);
        assert_eq!(front.unchanged_before(), Some(998));
    }
}
