//! The time that the service writes.

mod settable;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

pub(crate) use settable::SettableClock;

/// Tells the service what time it is.
///
/// Every closure that gives a [`DateTime`] is a clock. It is asked once per request,
/// and what it says is cut to whole seconds, as the service's times are.
///
/// ```
/// use basalam_chat_emulator::Clock;
/// use jiff::civil::date;
///
/// let noon = || date(2026, 7, 22).at(12, 0, 0, 0);
/// assert_eq!(noon.now().hour(), 12);
/// ```
pub trait Clock: Send + Sync + 'static {
    /// Gives the civil time, in whatever zone the service is to run.
    fn now(&self) -> DateTime;
}

impl<F> Clock for F
where
    F: Fn() -> DateTime + Send + Sync + 'static,
{
    fn now(&self) -> DateTime {
        self()
    }
}

/// The computer's clock, in UTC.
///
/// The zone of the real service's times is unknown.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime {
        Timestamp::now().to_zoned(TimeZone::UTC).datetime()
    }
}
