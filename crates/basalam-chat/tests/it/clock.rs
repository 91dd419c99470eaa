//! Time and chance of a test's own: nothing waits for real.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use basalam_chat::random::RandomSource;
use basalam_chat::time::{Clock, Sleep, SleepReason};
use tokio::sync::watch;

/// A clock that stands still until somebody advances it. A pause before a retry is over at once, advances
/// it, and is noted; the wait for an answer ends when the clock has been advanced so far.
#[derive(Clone, Debug)]
pub(crate) struct TestClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    began: Instant,
    passed: watch::Sender<Duration>,
    pauses: Mutex<Vec<Duration>>,
}

/// The day on which every test begins.
pub(crate) const BEGINNING: SystemTime = SystemTime::UNIX_EPOCH;

impl TestClock {
    pub(crate) fn new() -> TestClock {
        // Almost every client of these tests has such a clock.
        super::secrets::listen();
        TestClock(Arc::new(Inner {
            began: Instant::now(),
            passed: watch::Sender::new(Duration::ZERO),
            pauses: Mutex::default(),
        }))
    }

    pub(crate) fn advance(&self, duration: Duration) {
        self.0.passed.send_modify(|passed| *passed += duration);
    }

    /// The pauses before retries so far.
    pub(crate) fn pauses(&self) -> Vec<Duration> {
        self.0.pauses.lock().unwrap().clone()
    }

    /// How many waits for an answer are under way.
    pub(crate) fn waiting(&self) -> usize {
        self.0.passed.receiver_count()
    }

    fn passed(&self) -> Duration {
        *self.0.passed.borrow()
    }
}

impl Clock for TestClock {
    fn instant(&self) -> Instant {
        self.0.began + self.passed()
    }

    fn system_time(&self) -> SystemTime {
        BEGINNING + Duration::from_secs(1_000_000_000) + self.passed()
    }

    fn sleep(&self, duration: Duration, wait: SleepReason) -> Sleep {
        if wait == SleepReason::Backoff {
            self.0.pauses.lock().unwrap().push(duration);
            self.advance(duration);
            return Box::pin(std::future::ready(()));
        }
        let mut passed = self.0.passed.subscribe();
        let end = self.passed() + duration;
        Box::pin(async move {
            // The clock outlives its client, so that the sender is there.
            let _ = passed.wait_for(|passed| *passed >= end).await;
        })
    }
}

/// Gives the same byte again and again: 0 makes every pause as short as can be, 255 as long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steady(pub(crate) u8);

impl RandomSource for Steady {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}
