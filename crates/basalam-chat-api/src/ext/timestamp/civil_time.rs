//! A time on a clock, to compare and to shift.
//!
//! The calendar is these few lines because a library for it would be among what every user of the SDK
//! builds, and nothing else of it would be used. The tests hold them against jiff.

use std::time::Duration;

use crate::newtypes::Timestamp;

/// A date and a time of day in no zone, in the years 0 to 9999.
///
/// It holds what passed since the year 0 began, by a calendar without leap seconds.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct CivilTime(Duration);

impl CivilTime {
    /// Reads a time as it is written; its zone is left out. `None` for a text that is no time.
    pub fn of(time: &Timestamp) -> Option<CivilTime> {
        time.parts().and_then(|(clock, _)| CivilTime::read(clock))
    }

    /// Reads `YYYY-MM-DD HH:MM:SS`, with a `T` between where it has one. Minutes, seconds and up to nine
    /// digits of a fraction may be left out.
    pub(super) fn read(text: &str) -> Option<CivilTime> {
        let mut rest = text.as_bytes();
        let year = number(&mut rest, 4)?;
        take(&mut rest, b"-")?;
        let month = number(&mut rest, 2).filter(|month| (1..=12).contains(month))?;
        take(&mut rest, b"-")?;
        let day = number(&mut rest, 2)?;
        let days = days_of(year, month, day)?;
        take(&mut rest, b" Tt")?;
        let hour = number(&mut rest, 2).filter(|hour| *hour < 24)?;
        let (mut minute, mut second, mut nanosecond) = (0, 0, 0);
        if take(&mut rest, b":").is_some() {
            minute = number(&mut rest, 2).filter(|minute| *minute < 60)?;
            if take(&mut rest, b":").is_some() {
                // A leap second is the one before it.
                second = number(&mut rest, 2).filter(|second| *second <= 60)?.min(59);
                if take(&mut rest, b".,").is_some() {
                    nanosecond = fraction(&mut rest)?;
                }
            }
        }
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
        rest.is_empty()
            .then(|| CivilTime(Duration::new(seconds, nanosecond)))
    }

    /// Writes whole seconds as `YYYY-MM-DD HH:MM:SS`, with this between date and time of day.
    pub(super) fn write(self, separator: char) -> String {
        let seconds = self.whole_seconds();
        let (year, month, day) = date_of(seconds / DAY);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        format!("{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}")
    }

    /// The seconds since the year 0 began, without the fraction.
    pub fn whole_seconds(self) -> u64 {
        self.0.as_secs()
    }

    /// The time this much earlier, or the beginning of the year 0.
    pub fn saturating_sub(self, duration: Duration) -> CivilTime {
        CivilTime(self.0.saturating_sub(duration))
    }

    /// The whole second that is this many seconds later; `None` outside of the years 0 to 9999.
    pub(super) fn plus_seconds(self, seconds: i64) -> Option<CivilTime> {
        let second = self.whole_seconds().checked_add_signed(seconds)?;
        (second < days_before_year(10_000) * DAY).then(|| CivilTime(Duration::from_secs(second)))
    }
}

/// How many seconds a day has.
const DAY: u64 = 24 * 60 * 60;

/// Takes a number of exactly so many ASCII digits off the beginning.
fn number(text: &mut &[u8], digits: usize) -> Option<u64> {
    let (number, rest) = text.split_at_checked(digits)?;
    *text = rest;
    number.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u64::from(digit - b'0'))
    })
}

/// Takes one of these characters off the beginning.
fn take(text: &mut &[u8], any_of: &[u8]) -> Option<()> {
    let (first, rest) = text.split_first()?;
    any_of.contains(first).then(|| *text = rest)
}

/// Takes one to nine digits off the beginning, as nanoseconds.
fn fraction(text: &mut &[u8]) -> Option<u32> {
    let mut nanoseconds = 0;
    let mut unit = 100_000_000;
    while let Some((digit, rest)) = text.split_first()
        && digit.is_ascii_digit()
        && unit > 0
    {
        nanoseconds += unit * u32::from(digit - b'0');
        unit /= 10;
        *text = rest;
    }
    (unit < 100_000_000).then_some(nanoseconds)
}

/// How many days passed from the beginning of the year 0 to a date; `None` for a day that its month has not.
fn days_of(year: u64, month: u64, day: u64) -> Option<u64> {
    let first = days_before_month(year, month);
    let next = days_before_month(year, month + 1);
    let index = day.checked_sub(1).filter(|index| first + index < next)?;
    Some(days_before_year(year) + first + index)
}

/// The date that so many days passed to: year, month and day.
fn date_of(days: u64) -> (u64, u64, u64) {
    // By the average of a year's length it is this year or one beside it.
    let mut year = days * 400 / DAYS_OF_400_YEARS + 1;
    while days_before_year(year) > days {
        year -= 1;
    }
    let mut rest = days - days_before_year(year);
    let mut month = 12;
    while days_before_month(year, month) > rest {
        month -= 1;
    }
    rest -= days_before_month(year, month);
    (year, month, rest + 1)
}

const DAYS_OF_400_YEARS: u64 = 400 * 365 + 97;

/// How many days the years from 0 up to this one have.
fn days_before_year(year: u64) -> u64 {
    // Of so many years from 0 on, the first is a multiple of everything.
    365 * year + year.div_ceil(4) - year.div_ceil(100) + year.div_ceil(400)
}

/// How many days of a year are before its month, 1 to 13: the 13th is the next year's first.
fn days_before_month(year: u64, month: u64) -> u64 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let before = match month {
        1 => return 0,
        2 => return 31,
        3 => 59,
        4 => 90,
        5 => 120,
        6 => 151,
        7 => 181,
        8 => 212,
        9 => 243,
        10 => 273,
        11 => 304,
        12 => 334,
        _ => 365,
    };
    before + u64::from(is_leap)
}

#[cfg(test)]
mod tests;
