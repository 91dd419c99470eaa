//! The clock of the service and the format of its times.

mod settable;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};

pub(crate) use settable::{ClockState, SettableClock};

/// The source of the service's times.
///
/// Every closure that returns a [`DateTime`] is a clock. The emulator reads it once per
/// request and truncates the time to whole seconds, as the service does.
///
/// ```
/// use basalam_chat_emulator::Clock;
/// use jiff::civil::date;
///
/// let noon = || date(2026, 7, 22).at(12, 0, 0, 0);
/// assert_eq!(noon.now().hour(), 12);
/// ```
pub trait Clock: Send + Sync + 'static {
    /// Returns the civil time in the time zone of the emulated service.
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

/// The system clock, in UTC.
///
/// The time zone of the real service is unknown.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime {
        Timestamp::now().to_zoned(TimeZone::UTC).datetime()
    }
}

/// Truncates a time to whole seconds, as the service does.
pub(crate) fn truncate_to_seconds(time: DateTime) -> DateTime {
    // Zero is a valid nanosecond, so the fallback is unreachable.
    time.with().subsec_nanosecond(0).build().unwrap_or(time)
}

/// Formats a time as the service does, such as `2026-07-22 10:28:23`.
pub(crate) fn format_time(time: DateTime) -> String {
    let (year, month, day) = (time.year(), time.month(), time.day());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    // Faster than `strftime`.
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// A time in the service's JSON format.
#[derive(Clone, Copy)]
pub(crate) struct ServiceTime(pub(crate) DateTime);

impl<'de> Deserialize<'de> for ServiceTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = DateTime::strptime("%Y-%m-%d %H:%M:%S", &text).ok();
        // The format has no sign.
        let time = time.filter(|it| it.year() >= 0);
        time.map(Self)
            .ok_or_else(|| D::Error::custom("must be a time such as \"2026-07-22 10:28:23\""))
    }
}

impl Serialize for ServiceTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format_time(self.0))
    }
}
