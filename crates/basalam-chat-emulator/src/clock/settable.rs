//! A clock that can be set while the service runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::Serialize;

use super::{Clock, truncate_to_seconds};
use crate::error::Error;

/// The clock of a running service: the configured clock until it is set.
pub(crate) struct SettableClock {
    base: Arc<dyn Clock>,
    /// The setting and a counter of its changes.
    setting: Mutex<(Setting, u64)>,
}

/// Whether time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClockState {
    Running,
    Stopped,
}

#[derive(Clone, Copy)]
enum Setting {
    /// The base clock plus this offset.
    Offset(SignedDuration),
    /// Stopped at this time.
    Stopped(DateTime),
}

impl SettableClock {
    pub(crate) fn new(base: Arc<dyn Clock>) -> Self {
        Self {
            base,
            setting: Mutex::new((Setting::Offset(SignedDuration::ZERO), 0)),
        }
    }

    /// Stops the clock at a time.
    pub(crate) fn set(&self, time: DateTime) {
        self.update(|_| Ok(Setting::Stopped(time)))
            .unwrap_or_default();
    }

    /// Stops the clock at the current time.
    pub(crate) fn pause(&self) {
        self.set(self.now());
    }

    /// Lets a stopped clock run again from the time at which it stopped.
    pub(crate) fn resume(&self) {
        let base = truncate_to_seconds(self.base.now());
        self.update(|setting| {
            Ok(match setting {
                Setting::Stopped(time) => Setting::Offset(base.duration_until(time)),
                running => running,
            })
        })
        .unwrap_or_default();
    }

    pub(crate) fn state(&self) -> ClockState {
        match self.setting().0 {
            Setting::Offset(_) => ClockState::Running,
            Setting::Stopped(_) => ClockState::Stopped,
        }
    }

    /// Returns a counter of the changes of the clock, except that time passes.
    pub(crate) fn version(&self) -> u64 {
        self.setting().1
    }

    /// Moves the clock forwards; a stopped clock stays stopped.
    pub(crate) fn advance(&self, by: Duration) -> Result<(), Error> {
        let too_far = || {
            Error::invalid_argument("the clock cannot move beyond the year 9999; advance it less")
        };
        let by = SignedDuration::try_from(by).map_err(|_| too_far())?;
        let now = self.now();
        now.checked_add(by).map_err(|_| too_far())?;
        self.update(|setting| {
            Ok(match setting {
                Setting::Offset(offset) => {
                    Setting::Offset(offset.checked_add(by).ok_or_else(too_far)?)
                }
                Setting::Stopped(time) => {
                    Setting::Stopped(time.checked_add(by).map_err(|_| too_far())?)
                }
            })
        })
    }

    /// Resets the clock to its base clock.
    pub(crate) fn reset(&self) {
        self.update(|_| Ok(Setting::Offset(SignedDuration::ZERO)))
            .unwrap_or_default();
    }

    /// Returns the time in whole seconds.
    pub(crate) fn now(&self) -> DateTime {
        let (setting, _) = *self.setting();
        let time = match setting {
            Setting::Stopped(time) => time,
            Setting::Offset(SignedDuration::ZERO) => self.base.now(),
            Setting::Offset(by) => self.base.now().saturating_add(by),
        };
        truncate_to_seconds(time)
    }

    fn update(&self, update: impl FnOnce(Setting) -> Result<Setting, Error>) -> Result<(), Error> {
        let mut setting = self.setting();
        *setting = (update(setting.0)?, setting.1 + 1);
        Ok(())
    }

    fn setting(&self) -> MutexGuard<'_, (Setting, u64)> {
        self.setting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn follows_base_clock_until_set_and_after_reset() {
        let noon = date(2026, 7, 22).at(12, 0, 0, 5);
        let clock = SettableClock::new(Arc::new(move || noon));
        assert_eq!(clock.now(), date(2026, 7, 22).at(12, 0, 0, 0));
        clock.advance(Duration::from_secs(61)).unwrap();
        assert_eq!(clock.now(), date(2026, 7, 22).at(12, 1, 1, 0));
        clock.set(date(2030, 1, 1).at(0, 0, 0, 0));
        clock.advance(Duration::from_secs(1)).unwrap();
        assert_eq!(clock.now(), date(2030, 1, 1).at(0, 0, 1, 0));
        clock.reset();
        assert_eq!(clock.now(), date(2026, 7, 22).at(12, 0, 0, 0));
    }

    #[test]
    fn resumed_clock_continues_at_the_time_at_which_it_stopped() {
        let base = Arc::new(Mutex::new(date(2026, 7, 22).at(12, 0, 0, 0)));
        let source = Arc::clone(&base);
        let clock = SettableClock::new(Arc::new(move || *source.lock().unwrap()));
        let advance = || {
            let mut base = base.lock().unwrap();
            *base = base.saturating_add(SignedDuration::from_secs(10));
        };
        clock.pause();
        assert_eq!(clock.state(), ClockState::Stopped);
        advance();
        assert_eq!(clock.now(), date(2026, 7, 22).at(12, 0, 0, 0));
        clock.resume();
        clock.resume();
        assert_eq!(clock.state(), ClockState::Running);
        assert_eq!(clock.now(), date(2026, 7, 22).at(12, 0, 0, 0));
        advance();
        assert_eq!(clock.now(), date(2026, 7, 22).at(12, 0, 10, 0));
    }

    #[test]
    fn rejects_times_beyond_year_9999() {
        let end = date(9999, 12, 31).at(23, 59, 59, 0);
        let clock = SettableClock::new(Arc::new(move || end));
        for by in [Duration::from_secs(1), Duration::MAX] {
            assert!(clock.advance(by).unwrap_err().is_invalid_argument());
        }
        assert_eq!(clock.now(), end);
    }
}
