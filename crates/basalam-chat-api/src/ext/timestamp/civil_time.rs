//! Civil times that can be compared and shifted.
//!
//! A hand-written calendar avoids a date and time dependency for all users of the SDK. The tests compare it
//! with jiff.

use std::time::Duration;

use crate::newtypes::Timestamp;

/// A date and a time of day without a time zone, in the years 0 to 9999.
///
/// Stored as the duration since the start of the year 0, without leap seconds.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct CivilTime(Duration);

impl CivilTime {
    /// Parses a timestamp, ignoring any UTC offset. Returns `None` if it is malformed.
    pub fn from_timestamp(time: &Timestamp) -> Option<CivilTime> {
        time.split_offset()
            .and_then(|(civil, _)| CivilTime::parse(civil))
    }

    /// Parses `YYYY-MM-DD HH:MM:SS` with a space or a `T` as separator. Minutes, seconds and a fraction of up
    /// to nine digits are optional.
    pub(super) fn parse(s: &str) -> Option<CivilTime> {
        let mut rest = s.as_bytes();
        let year = digits(&mut rest, 4)?;
        one_of(&mut rest, b"-")?;
        let month = digits(&mut rest, 2).filter(|month| (1..=12).contains(month))?;
        one_of(&mut rest, b"-")?;
        let day = digits(&mut rest, 2)?;
        let days = days_from_date(year, month, day)?;
        one_of(&mut rest, b" Tt")?;
        let hour = digits(&mut rest, 2).filter(|hour| *hour < 24)?;
        let (mut minute, mut second, mut nanosecond) = (0, 0, 0);
        if one_of(&mut rest, b":").is_some() {
            minute = digits(&mut rest, 2).filter(|minute| *minute < 60)?;
            if one_of(&mut rest, b":").is_some() {
                // A leap second is clamped to the previous second.
                second = digits(&mut rest, 2).filter(|second| *second <= 60)?.min(59);
                if one_of(&mut rest, b".,").is_some() {
                    nanosecond = fraction(&mut rest)?;
                }
            }
        }
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
        rest.is_empty()
            .then(|| CivilTime(Duration::new(seconds, nanosecond)))
    }

    /// Formats as `YYYY-MM-DD HH:MM:SS`, with the separator between date and time of day.
    pub(super) fn format(self, separator: char) -> String {
        let seconds = self.whole_seconds();
        let (year, month, day) = date_from_days(seconds / SECONDS_PER_DAY);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        format!("{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}")
    }

    /// Returns the whole seconds since the start of the year 0.
    pub fn whole_seconds(self) -> u64 {
        self.0.as_secs()
    }

    /// Subtracts a duration, saturating at the start of the year 0.
    pub fn saturating_sub(self, duration: Duration) -> CivilTime {
        CivilTime(self.0.saturating_sub(duration))
    }

    /// Adds seconds and truncates the fraction. Returns `None` if the result is outside the years 0 to 9999.
    pub(super) fn plus_seconds(self, seconds: i64) -> Option<CivilTime> {
        let second = self.whole_seconds().checked_add_signed(seconds)?;
        (second < days_before_year(10_000) * SECONDS_PER_DAY)
            .then(|| CivilTime(Duration::from_secs(second)))
    }
}

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;

/// Consumes exactly `count` ASCII digits.
fn digits(input: &mut &[u8], count: usize) -> Option<u64> {
    let (number, rest) = input.split_at_checked(count)?;
    *input = rest;
    number.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u64::from(digit - b'0'))
    })
}

/// Consumes one of several characters.
fn one_of(input: &mut &[u8], any_of: &[u8]) -> Option<()> {
    let (first, rest) = input.split_first()?;
    any_of.contains(first).then(|| *input = rest)
}

/// Consumes one to nine digits as a fraction of a second, in nanoseconds.
fn fraction(input: &mut &[u8]) -> Option<u32> {
    let mut nanoseconds = 0;
    let mut unit = 100_000_000;
    while let Some((digit, rest)) = input.split_first()
        && digit.is_ascii_digit()
        && unit > 0
    {
        nanoseconds += unit * u32::from(digit - b'0');
        unit /= 10;
        *input = rest;
    }
    (unit < 100_000_000).then_some(nanoseconds)
}

/// Returns the days from the start of the year 0 to a date, or `None` if the month does not have that day.
fn days_from_date(year: u64, month: u64, day: u64) -> Option<u64> {
    let first = days_before_month(year, month);
    let next = days_before_month(year, month + 1);
    let index = day.checked_sub(1).filter(|index| first + index < next)?;
    Some(days_before_year(year) + first + index)
}

/// Returns the year, month and day of a date, from its days since the start of the year 0.
fn date_from_days(days: u64) -> (u64, u64, u64) {
    // The estimate from the average length of a year is at most one year off.
    let mut year = days * 400 / DAYS_PER_400_YEARS + 1;
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

const DAYS_PER_400_YEARS: u64 = 400 * 365 + 97;

/// Returns the days from the start of the year 0 to the start of `year`.
fn days_before_year(year: u64) -> u64 {
    // Year 0 is a leap year, so the divisions round up.
    365 * year + year.div_ceil(4) - year.div_ceil(100) + year.div_ceil(400)
}

/// Returns the days of a year before a month from 1 to 13, where 13 is the first month of the next year.
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
