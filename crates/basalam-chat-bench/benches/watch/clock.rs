//! A clock that runs faster than the system's.

use std::time::{Duration, Instant, SystemTime};

use basalam_chat::time::{Clock, Sleep, SleepReason};

/// A clock by which scheduled actions come sooner. Timeouts of requests take as long as by the system's clock, since the
/// requests do.
#[derive(Debug)]
pub(crate) struct FastClock {
    started_at: Instant,
    factor: u32,
}

impl FastClock {
    pub(crate) fn new(factor: u32) -> FastClock {
        FastClock {
            started_at: Instant::now(),
            factor,
        }
    }
}

impl Clock for FastClock {
    fn instant(&self) -> Instant {
        self.started_at + self.started_at.elapsed() * self.factor
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration, reason: SleepReason) -> Sleep {
        let duration = match reason {
            SleepReason::Timeout => duration,
            _ => duration / self.factor,
        };
        Box::pin(tokio::time::sleep(duration))
    }
}
