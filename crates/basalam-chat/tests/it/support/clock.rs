//! A clock and a random source that tests control.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use basalam_chat::random::RandomSource;
use basalam_chat::time::{Clock, Sleep, SleepReason};
use tokio::sync::watch;

/// A clock that stands still until a test advances it.
///
/// A backoff ends at once, advances the clock and is recorded. A timeout ends when the clock has been
/// advanced far enough.
#[derive(Clone, Debug)]
pub(crate) struct TestClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    started_at: Instant,
    elapsed: watch::Sender<Duration>,
    backoffs: Mutex<Vec<Duration>>,
}

impl TestClock {
    pub(crate) fn new() -> TestClock {
        // Almost every test creates a clock before its first request.
        super::child_trace::init_in_child();
        TestClock(Arc::new(Inner {
            started_at: Instant::now(),
            elapsed: watch::Sender::new(Duration::ZERO),
            backoffs: Mutex::default(),
        }))
    }

    pub(crate) fn advance(&self, duration: Duration) {
        self.0.elapsed.send_modify(|elapsed| *elapsed += duration);
    }

    /// Returns the backoffs so far.
    pub(crate) fn backoffs(&self) -> Vec<Duration> {
        self.0.backoffs.lock().unwrap().clone()
    }

    /// Returns the backoffs so far, rounded to milliseconds.
    pub(crate) fn backoff_millis(&self) -> Vec<u128> {
        let rounded = |backoff: &Duration| (backoff.as_secs_f64() * 1000.0).round() as u128;
        self.backoffs().iter().map(rounded).collect()
    }

    /// Returns the number of timeouts that have not ended yet.
    pub(crate) fn pending_timeouts(&self) -> usize {
        self.0.elapsed.receiver_count()
    }

    fn elapsed(&self) -> Duration {
        *self.0.elapsed.borrow()
    }
}

impl Clock for TestClock {
    fn instant(&self) -> Instant {
        self.0.started_at + self.elapsed()
    }

    /// Starts at 2001-09-09 01:46:40 UTC.
    fn system_time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000) + self.elapsed()
    }

    fn sleep(&self, duration: Duration, reason: SleepReason) -> Sleep {
        if reason == SleepReason::Backoff {
            self.0.backoffs.lock().unwrap().push(duration);
            self.advance(duration);
            return Box::pin(std::future::ready(()));
        }
        let mut elapsed = self.0.elapsed.subscribe();
        let end = self.elapsed() + duration;
        Box::pin(async move {
            // The clock outlives its client, so the sender still exists.
            let _ = elapsed.wait_for(|elapsed| *elapsed >= end).await;
        })
    }
}

/// Fills with one byte: 0 results in the shortest possible backoff, 255 in the longest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConstantRandom(pub(crate) u8);

impl RandomSource for ConstantRandom {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}
