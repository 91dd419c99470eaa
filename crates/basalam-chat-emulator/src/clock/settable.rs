//! A clock that can be set while the service runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::{Clock, truncate_to_seconds};
use crate::error::Error;

/// The clock of a running service: the configured clock until it is set.
pub(crate) struct SettableClock {
    base: Arc<dyn Clock>,
    setting: Mutex<Setting>,
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
            setting: Mutex::new(Setting::Offset(SignedDuration::ZERO)),
        }
    }

    /// Stops the clock at a time.
    pub(crate) fn set(&self, time: DateTime) {
        *self.setting() = Setting::Stopped(time);
    }

    /// Moves the clock forwards; a stopped clock stays stopped.
    pub(crate) fn advance(&self, by: Duration) -> Result<(), Error> {
        let too_far = || {
            Error::invalid_argument("the clock cannot move beyond the year 9999; advance it less")
        };
        let by = SignedDuration::try_from(by).map_err(|_| too_far())?;
        let now = self.now();
        now.checked_add(by).map_err(|_| too_far())?;
        let mut setting = self.setting();
        *setting = match *setting {
            Setting::Offset(offset) => Setting::Offset(offset.checked_add(by).ok_or_else(too_far)?),
            Setting::Stopped(time) => {
                Setting::Stopped(time.checked_add(by).map_err(|_| too_far())?)
            }
        };
        Ok(())
    }

    /// Resets the clock to its base clock.
    pub(crate) fn reset(&self) {
        *self.setting() = Setting::Offset(SignedDuration::ZERO);
    }

    /// Returns the time in whole seconds.
    pub(crate) fn now(&self) -> DateTime {
        let setting = *self.setting();
        let time = match setting {
            Setting::Stopped(time) => time,
            Setting::Offset(SignedDuration::ZERO) => self.base.now(),
            Setting::Offset(by) => self.base.now().saturating_add(by),
        };
        truncate_to_seconds(time)
    }

    fn setting(&self) -> MutexGuard<'_, Setting> {
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
    fn rejects_times_beyond_year_9999() {
        let end = date(9999, 12, 31).at(23, 59, 59, 0);
        let clock = SettableClock::new(Arc::new(move || end));
        for by in [Duration::from_secs(1), Duration::MAX] {
            assert!(clock.advance(by).unwrap_err().is_invalid_argument());
        }
        assert_eq!(clock.now(), end);
    }
}
