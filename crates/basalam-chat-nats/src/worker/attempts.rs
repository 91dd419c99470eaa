//! How long an event has blocked its partition, and how long the next attempt may take.

use std::time::Duration;

use async_nats::jetstream::message::PublishMessage;
use serde::{Deserialize, Serialize};
use tokio::time::timeout_at;

use crate::NatsError;
use crate::queue::Queue;

const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(10);
/// With less time, no attempt is made.
const SHORTEST_ATTEMPT: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) handler_timeout: Duration,
    pub(super) block_timeout: Duration,
    pub(super) ack_wait: Duration,
}

/// The failed attempts of an event, stored for the worker that makes the next one.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Attempts {
    sequence: u64,
    /// The number of the last attempt that ended.
    attempt: u32,
    /// The time from the first one until the next one.
    blocked_ms: u64,
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), NatsError> {
        let needed = self.handler_timeout.checked_add(self.ack_wait);
        let problem = if self.handler_timeout < SHORTEST_ATTEMPT {
            "`handler_timeout` is too short; use at least half a second"
        } else if needed.is_none_or(|needed| needed > self.block_timeout) {
            "`block_timeout` is shorter than the handler timeout and the acknowledgement wait; use a longer one"
        } else {
            return Ok(());
        };
        Err(NatsError::invalid_input(problem))
    }

    /// Returns how long an event has blocked its partition before this attempt. What is not recorded are attempts of
    /// workers that died, each of which took at most the handler timeout and the acknowledgement wait.
    pub(super) fn blocked(
        &self,
        sequence: u64,
        attempt: u32,
        record: Option<Attempts>,
    ) -> Duration {
        let record = record.filter(|it| it.sequence == sequence && it.attempt < attempt);
        let (recorded, blocked) = record.map_or((0, 0), |it| (it.attempt, it.blocked_ms));
        let unrecorded = attempt.saturating_sub(1).saturating_sub(recorded);
        let longest = self.handler_timeout.saturating_add(self.ack_wait);
        Duration::from_millis(blocked).saturating_add(longest.saturating_mul(unrecorded))
    }

    /// Returns the time limit of an attempt, or `None` if there is no time for one: its worker may die at the end of it.
    pub(super) fn attempt(&self, blocked: Duration) -> Option<Duration> {
        let left = self.block_timeout.saturating_sub(blocked);
        let left = left.saturating_sub(self.ack_wait);
        (left >= SHORTEST_ATTEMPT).then_some(left.min(self.handler_timeout))
    }
}

/// Returns the pause after a failed attempt.
pub(super) fn backoff(attempt: u32) -> Duration {
    let factor = 2_u32.saturating_pow(attempt.saturating_sub(1).min(16));
    FIRST_RETRY.saturating_mul(factor).min(LONGEST_RETRY)
}

impl Attempts {
    pub(super) fn new(sequence: u64, attempt: u32, blocked: Duration) -> Attempts {
        Attempts {
            sequence,
            attempt,
            blocked_ms: u64::try_from(blocked.as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// Reads the record of a partition. If it cannot be read, the attempts count as those of workers that died.
    pub(super) async fn read(queue: &Queue, partition: u32) -> Option<Attempts> {
        let deadline = queue.nats.deadline();
        let subject = queue.attempts_subject(partition);
        let last = queue.attempts.get_last_raw_message_by_subject(&subject);
        let message = timeout_at(deadline, last).await.ok()?.ok()?;
        serde_json::from_slice(&message.payload).ok()
    }

    /// Stores the record of a partition, if possible.
    pub(super) async fn store(&self, queue: &Queue, partition: u32) {
        // Integers always serialize.
        let payload = serde_json::to_vec(self).unwrap_or_default();
        let message = PublishMessage::build().payload(payload.into());
        let _ = queue
            .nats
            .publish(queue.attempts_subject(partition), message)
            .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limits() -> Limits {
        Limits {
            handler_timeout: 20 * SECOND,
            block_timeout: 60 * SECOND,
            ack_wait: 10 * SECOND,
        }
    }

    /// Returns how long an event blocks its partition if each attempt lasts as long as it may and ends in one way.
    fn simulate(mut fails: impl FnMut(u32) -> Option<Duration>) -> (u32, Duration) {
        let limits = limits();
        let (mut now, mut record, mut attempt) = (Duration::ZERO, None, 1);
        loop {
            let blocked = limits.blocked(7, attempt, record);
            assert!(
                blocked >= now,
                "attempt {attempt} underestimates {now:?} as {blocked:?}"
            );
            let Some(longest) = limits.attempt(blocked) else {
                return (attempt - 1, now);
            };
            match fails(attempt) {
                Some(duration) => {
                    let blocked = blocked + duration.min(longest) + backoff(attempt);
                    now += duration.min(longest) + backoff(attempt);
                    record = Some(Attempts::new(7, attempt, blocked));
                }
                None => now += longest + limits.ack_wait,
            }
            attempt += 1;
        }
    }

    #[test]
    fn events_block_their_partition_for_a_minute_at_most() {
        let minute = 60 * SECOND;
        for (name, fails) in [
            ("crash", (|_| None) as fn(u32) -> Option<Duration>),
            ("time out", |_| Some(20 * SECOND)),
            ("fail at once", |_| Some(Duration::ZERO)),
            ("fail, then crash", |attempt| {
                (attempt < 3).then_some(SECOND)
            }),
            ("crash, then fail", |attempt| {
                (attempt > 1).then_some(SECOND)
            }),
        ] {
            let (attempts, blocked) = simulate(fails);
            assert!(blocked <= minute, "{name}: {blocked:?}");
            assert!(attempts >= 2, "{name}: {attempts}");
        }
        assert!(simulate(|_| Some(Duration::ZERO)).0 >= 5);
    }

    #[test]
    fn records_of_other_events_do_not_count() {
        let limits = limits();
        let other = Attempts::new(6, 2, 50 * SECOND);
        assert_eq!(limits.blocked(7, 1, Some(other)), Duration::ZERO);
        assert_eq!(limits.blocked(7, 2, Some(other)), 30 * SECOND);
        assert_eq!(limits.blocked(7, 2, None), 30 * SECOND);
        let same = Attempts::new(7, 1, 2 * SECOND);
        assert_eq!(limits.blocked(7, 2, Some(same)), 2 * SECOND);
        assert_eq!(limits.blocked(7, 3, Some(same)), 32 * SECOND);
        // After the server has forgotten deliveries, attempts are counted anew.
        assert_eq!(limits.blocked(7, 1, Some(same)), Duration::ZERO);
    }

    #[test]
    fn invalid_limits_are_refused() {
        limits().check().unwrap();
        for (handler_timeout, block_timeout) in [
            (Duration::ZERO, 60 * SECOND),
            (51 * SECOND, 60 * SECOND),
            (20 * SECOND, Duration::ZERO),
            (Duration::MAX, 60 * SECOND),
        ] {
            let limits = Limits {
                handler_timeout,
                block_timeout,
                ..limits()
            };
            assert!(limits.check().unwrap_err().is_invalid_input(), "{limits:?}");
        }
    }

    #[test]
    fn pauses_grow_and_are_bounded() {
        let pauses: Vec<_> = [1, 2, 3, 5, u32::MAX].map(backoff).into();
        assert!(pauses.is_sorted(), "{pauses:?}");
        assert_eq!((pauses[0], pauses[4]), (SECOND, 10 * SECOND));
    }
}
