//! jiff reads and counts the same.

use jiff::Span;
use jiff::civil::{Date, DateTime, date};
use proptest::prelude::*;

use super::*;

/// What jiff reads, in nanoseconds since the year 0 began.
fn by_jiff(text: &str) -> Option<i128> {
    let time: DateTime = text.parse().ok()?;
    let beginning = date(0, 1, 1).at(0, 0, 0, 0);
    Some(time.duration_since(beginning).as_nanos())
}

fn read(text: &str) -> Option<i128> {
    let CivilTime(passed) = CivilTime::read(text)?;
    Some(passed.as_nanos().try_into().unwrap())
}

fn numbers(date: Date) -> (u64, u64, u64) {
    let number = |number: i16| u64::try_from(number).unwrap();
    (
        number(date.year()),
        number(date.month().into()),
        number(date.day().into()),
    )
}

#[test]
fn every_month_of_every_year_begins_and_ends_where_it_does_by_jiff() {
    let mut days = 0;
    let mut first = date(0, 1, 1);
    loop {
        let last = first.last_of_month();
        for date in [first, last] {
            let (year, month, day) = numbers(date);
            let passed = days + day - 1;
            assert_eq!(days_of(year, month, day), Some(passed), "{date}");
            assert_eq!(date_of(passed), (year, month, day), "{date}");
        }
        let (year, month, day) = numbers(last);
        assert_eq!(days_of(year, month, day + 1), None, "{last}");
        assert_eq!(days_of(year, month, 0), None, "{last}");
        days += day;
        match last.tomorrow() {
            Ok(next) => first = next,
            Err(_) => break,
        }
    }
    assert_eq!(days, days_before_year(10_000));
}

#[test]
fn what_jiff_refuses_is_refused() {
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
        assert_eq!(by_jiff(text), None, "{text}");
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn a_leap_second_is_the_one_before_it() {
    let leap = "2016-12-31 23:59:60";
    assert_eq!(read(leap), read("2016-12-31 23:59:59"));
    assert_eq!(read(leap), by_jiff(leap));
}

proptest! {
    #[test]
    fn whatever_has_the_form_of_a_time_is_read_as_jiff_reads_it(
        text in "[0-9]{4}-[01][0-9]-[0-3][0-9][ Tt][0-2][0-9](:[0-6][0-9](:[0-6][0-9]([.,][0-9]{1,10})?)?)?",
    ) {
        prop_assert_eq!(read(&text), by_jiff(&text));
    }

    #[test]
    fn no_text_breaks_it_and_none_is_read_otherwise_than_by_jiff(
        start in "[0-9]{0,4}-?[01][0-9]-?[0-3][0-9][ Tt]?[0-2][0-9]:?[0-5][0-9]:?[0-5][0-9]",
        at in 0..24_usize,
        text in "\\PC{0,3}",
    ) {
        let (before, after) = start.split_at(at.min(start.len()));
        for text in [format!("{before}{text}{after}"), text, before.to_owned()] {
            if let Some(time) = read(&text) {
                prop_assert_eq!(Some(time), by_jiff(&text), "{}", text);
            }
        }
    }

    #[test]
    fn a_time_is_shifted_as_by_jiff(
        text in "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8]) [01][0-9]:[0-5][0-9]:[0-5][0-9]",
        seconds in prop_oneof![-200_000..200_000_i64, -400_000_000_000..400_000_000_000_i64],
    ) {
        let time: DateTime = text.parse().unwrap();
        let expected = time.checked_add(Span::new().seconds(seconds)).ok();
        let expected = expected.filter(|time| time.year() >= 0);
        let expected = expected.map(|time| time.strftime("%Y-%m-%d %H:%M:%S").to_string());
        let shifted = CivilTime::read(&text).unwrap().plus_seconds(seconds);
        prop_assert_eq!(shifted.map(|time| time.write(' ')), expected);
    }
}
