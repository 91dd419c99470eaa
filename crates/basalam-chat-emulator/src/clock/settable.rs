//! A clock that can be set while the service runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::Clock;
use crate::error::Error;

/// The clock of a running service: the one that it was started with, until it is set.
pub(crate) struct SettableClock {
    base: Arc<dyn Clock>,
    setting: Mutex<Setting>,
}

#[derive(Clone, Copy)]
enum Setting {
    /// The base clock, this much later.
    Later(SignedDuration),
    /// Stands still.
    At(DateTime),
}

impl SettableClock {
    pub(crate) fn new(base: Arc<dyn Clock>) -> Self {
        Self {
            base,
            setting: Mutex::new(Setting::Later(SignedDuration::ZERO)),
        }
    }

    /// Stops the clock at a time.
    pub(crate) fn set(&self, time: DateTime) {
        *self.setting() = Setting::At(time);
    }

    /// Moves the clock forwards; one that stands still goes on standing.
    pub(crate) fn advance(&self, by: Duration) -> Result<(), Error> {
        let too_far = || Error::argument("the clock cannot be moved beyond the year 9999");
        let by = SignedDuration::try_from(by).map_err(|_| too_far())?;
        let now = self.now();
        now.checked_add(by).map_err(|_| too_far())?;
        let mut setting = self.setting();
        *setting = match *setting {
            Setting::Later(before) => Setting::Later(before.checked_add(by).ok_or_else(too_far)?),
            Setting::At(time) => Setting::At(time.checked_add(by).map_err(|_| too_far())?),
        };
        Ok(())
    }

    /// Goes back to what the base clock says.
    pub(crate) fn reset(&self) {
        *self.setting() = Setting::Later(SignedDuration::ZERO);
    }

    /// Gives the time, to the second.
    pub(crate) fn now(&self) -> DateTime {
        let setting = *self.setting();
        let time = match setting {
            Setting::At(time) => time,
            Setting::Later(SignedDuration::ZERO) => self.base.now(),
            Setting::Later(by) => self.base.now().saturating_add(by),
        };
        crate::options::whole_seconds(time)
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
    fn it_runs_with_its_base_until_it_is_set_and_again_after_a_reset() {
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
    fn it_refuses_to_be_moved_beyond_what_a_time_can_say() {
        let clock = SettableClock::new(Arc::new(|| date(9999, 12, 31).at(23, 59, 59, 0)));
        assert!(
            clock
                .advance(Duration::from_secs(1))
                .unwrap_err()
                .is_argument()
        );
        assert!(clock.advance(Duration::MAX).unwrap_err().is_argument());
        assert_eq!(clock.now(), date(9999, 12, 31).at(23, 59, 59, 0));
    }
}
