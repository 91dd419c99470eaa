//! Comparison with jiff.

use jiff::Span;
use jiff::civil::{Date, DateTime, date};
use proptest::prelude::*;

use super::*;

/// Parses with jiff; returns nanoseconds since the start of the year 0.
fn jiff_nanos(s: &str) -> Option<i128> {
    let time: DateTime = s.parse().ok()?;
    let start = date(0, 1, 1).at(0, 0, 0, 0);
    Some(time.duration_since(start).as_nanos())
}

fn civil_nanos(s: &str) -> Option<i128> {
    let CivilTime(elapsed) = CivilTime::parse(s)?;
    Some(elapsed.as_nanos().try_into().unwrap())
}

fn year_month_day(date: Date) -> (u64, u64, u64) {
    let unsigned = |number: i16| u64::try_from(number).unwrap();
    (
        unsigned(date.year()),
        unsigned(date.month().into()),
        unsigned(date.day().into()),
    )
}

#[test]
fn first_and_last_days_of_all_months_match_jiff() {
    let mut days = 0;
    let mut first = date(0, 1, 1);
    loop {
        let last = first.last_of_month();
        for date in [first, last] {
            let (year, month, day) = year_month_day(date);
            let elapsed = days + day - 1;
            assert_eq!(days_from_date(year, month, day), Some(elapsed), "{date}");
            assert_eq!(date_from_days(elapsed), (year, month, day), "{date}");
        }
        let (year, month, day) = year_month_day(last);
        assert_eq!(days_from_date(year, month, day + 1), None, "{last}");
        assert_eq!(days_from_date(year, month, 0), None, "{last}");
        days += day;
        match last.tomorrow() {
            Ok(next) => first = next,
            Err(_) => break,
        }
    }
    assert_eq!(days, days_before_year(10_000));
}

#[test]
fn rejects_times_that_jiff_rejects() {
    for text in [
        "2025-02-29 10:00:00",
        "2025-00-10 10:00:00",
        "2025-13-10 10:00:00",
        "2025-12-00 10:00:00",
        "2025-12-32 10:00:00",
        "2025-12-10 24:00:00",
        "2025-12-10 10:60:00",
        "2025-12-10 10:00:61",
        "2025-12-10 10:00:00.",
        "2025-12-10 10:00:00.0123456789",
        "2025-12-10 10:00:00 ",
        " 2025-12-10 10:00:00",
        "2025-12-10 10:",
        "2025-12-10 10:00:",
        "2025-12-10 1:00:00",
        "2025-12-10 ",
        "2025-12-10_10:00:00",
        "25-12-10 10:00:00",
        "۲۰۲۵-۱۲-۱۰ ۱۰:۰۰:۰۰",
        "2025-12-10 10:00:0۰",
        "+025-12-10 10:00:00",
        "",
    ] {
        assert_eq!(jiff_nanos(text), None, "{text}");
        assert_eq!(civil_nanos(text), None, "{text}");
    }
}

#[test]
fn leap_second_is_clamped_to_previous_second() {
    let leap = "2016-12-31 23:59:60";
    assert_eq!(civil_nanos(leap), civil_nanos("2016-12-31 23:59:59"));
    assert_eq!(civil_nanos(leap), jiff_nanos(leap));
}

proptest! {
    #[test]
    fn well_formed_times_match_jiff(
        text in "[0-9]{4}-[01][0-9]-[0-3][0-9][ Tt][0-2][0-9](:[0-6][0-9](:[0-6][0-9]([.,][0-9]{1,10})?)?)?",
    ) {
        prop_assert_eq!(civil_nanos(&text), jiff_nanos(&text));
    }

    #[test]
    fn arbitrary_strings_never_panic_and_match_jiff(
        start in "[0-9]{0,4}-?[01][0-9]-?[0-3][0-9][ Tt]?[0-2][0-9]:?[0-5][0-9]:?[0-5][0-9]",
        at in 0..24_usize,
        text in "\\PC{0,3}",
    ) {
        let (before, after) = start.split_at(at.min(start.len()));
        for text in [format!("{before}{text}{after}"), text, before.to_owned()] {
            if let Some(time) = civil_nanos(&text) {
                prop_assert_eq!(Some(time), jiff_nanos(&text), "{}", text);
            }
        }
    }

    #[test]
    fn plus_seconds_matches_jiff(
        text in "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8]) [01][0-9]:[0-5][0-9]:[0-5][0-9]",
        seconds in prop_oneof![-200_000..200_000_i64, -400_000_000_000..400_000_000_000_i64],
    ) {
        let time: DateTime = text.parse().unwrap();
        let expected = time.checked_add(Span::new().seconds(seconds)).ok();
        let expected = expected.filter(|time| time.year() >= 0);
        let expected = expected.map(|time| time.strftime("%Y-%m-%d %H:%M:%S").to_string());
        let shifted = CivilTime::parse(&text).unwrap().plus_seconds(seconds);
        prop_assert_eq!(shifted.map(|time| time.format(' ')), expected);
    }
}
