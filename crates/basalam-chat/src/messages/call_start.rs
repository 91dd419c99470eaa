//! The time at which a call started.

use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Clock;

/// The time at which a call started, on two clocks: the monotonic clock may stop while the computer
/// sleeps, and the system time may be changed.
///
/// It serializes as milliseconds since the Unix epoch, since no other process has the monotonic clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallStart {
    /// Missing in another process.
    instant: Option<Instant>,
    system_time: SystemTime,
}

impl CallStart {
    pub(super) fn now(clock: &dyn Clock) -> CallStart {
        CallStart {
            instant: Some(clock.instant()),
            system_time: clock.system_time(),
        }
    }

    /// The time from the Unix epoch to the start, or `None` if the system time is earlier.
    pub(super) fn since_epoch(self) -> Option<Duration> {
        self.system_time.duration_since(SystemTime::UNIX_EPOCH).ok()
    }

    /// The time since the start, on the clock that advanced further. Without a monotonic clock, and with a
    /// system time that was set back, it is unknown, so the longest duration is returned.
    pub(super) fn elapsed(self, clock: &dyn Clock) -> Duration {
        let system = clock.system_time().duration_since(self.system_time).ok();
        let monotonic = self
            .instant
            .map(|instant| clock.instant().saturating_duration_since(instant));
        monotonic.max(system).unwrap_or(Duration::MAX)
    }
}

impl Serialize for CallStart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let milliseconds = self.since_epoch().unwrap_or_default().as_millis();
        u64::try_from(milliseconds)
            .unwrap_or(u64::MAX)
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CallStart {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CallStart, D::Error> {
        let milliseconds = Duration::from_millis(u64::deserialize(deserializer)?);
        let system_time = SystemTime::UNIX_EPOCH.checked_add(milliseconds);
        Ok(CallStart {
            instant: None,
            system_time: system_time
                .ok_or_else(|| serde::de::Error::custom("the time is out of range"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Sleep, SleepReason};

    /// A clock that shows these times.
    #[derive(Debug)]
    struct Times(Instant, SystemTime);

    impl Clock for Times {
        fn instant(&self) -> Instant {
            self.0
        }

        fn system_time(&self) -> SystemTime {
            self.1
        }

        fn sleep(&self, _: Duration, _: SleepReason) -> Sleep {
            Box::pin(std::future::pending())
        }
    }

    #[test]
    fn elapsed_is_that_of_the_clock_that_advanced_further() {
        let (instant, epoch) = (Instant::now(), SystemTime::UNIX_EPOCH);
        let second = Duration::from_secs(1);
        let at = |monotonic: u32, system: u32| {
            Times(instant + second * monotonic, epoch + second * system)
        };
        let start = CallStart::now(&at(0, 100));
        assert_eq!(start.elapsed(&at(5, 103)), second * 5);
        assert_eq!(start.elapsed(&at(3, 105)), second * 5);
        assert_eq!(start.elapsed(&at(3, 50)), second * 3);

        let json = serde_json::to_string(&start).unwrap();
        assert_eq!(json, "100000");
        let stored: CallStart = serde_json::from_str(&json).unwrap();
        assert_eq!(stored.elapsed(&at(1, 107)), second * 7);
        // The system time was set back, so it is unknown how long ago the call was.
        assert_eq!(stored.elapsed(&at(1, 99)), Duration::MAX);
    }

    #[test]
    fn times_that_do_not_fit_are_errors() {
        for json in ["-1", "null", "\"now\"", "1.5"] {
            assert!(serde_json::from_str::<CallStart>(json).is_err(), "{json}");
        }
    }
}
