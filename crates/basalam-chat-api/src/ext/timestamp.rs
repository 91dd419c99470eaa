//! Conversion and arithmetic of [`Timestamp`]s, which have no time zone.

mod civil_time;

#[cfg(feature = "jiff")]
use jiff::{civil::DateTime, tz::Offset};

pub use civil_time::CivilTime;

use crate::newtypes::Timestamp;

#[cfg(feature = "jiff")]
impl Timestamp {
    /// Parses the date and the time of day, ignoring any UTC offset (feature `jiff`).
    ///
    /// Unknown: the time zone of the service. Returns `None` if the timestamp is malformed.
    ///
    /// ```
    /// # use basalam_chat_api::newtypes::Timestamp;
    /// let time = Timestamp::from("2026-07-22 10:28:23");
    /// assert_eq!(time.civil(), Some(jiff::civil::date(2026, 7, 22).at(10, 28, 23, 0)));
    /// ```
    pub fn civil(&self) -> Option<DateTime> {
        self.split_offset()
            .and_then(|(civil, _)| civil.parse().ok())
    }

    /// Converts to an instant, using `offset` as the service's UTC offset (feature `jiff`).
    ///
    /// A UTC offset in the timestamp takes precedence. Returns `None` if the timestamp is malformed.
    ///
    /// ```
    /// # use basalam_chat_api::newtypes::Timestamp;
    /// let time = Timestamp::from("2026-07-22 10:28:23");
    /// let tehran = jiff::tz::Offset::from_seconds(3 * 3600 + 1800).unwrap();
    /// assert_eq!(time.instant(tehran).unwrap().to_string(), "2026-07-22T06:58:23Z");
    /// ```
    pub fn instant(&self, offset: Offset) -> Option<jiff::Timestamp> {
        let (civil, utc_offset) = self.split_offset()?;
        match utc_offset {
            "" => offset.to_timestamp(civil.parse().ok()?).ok(),
            _ => self.as_str().parse().ok(),
        }
    }
}

impl Timestamp {
    /// Adds seconds, which can be negative, and preserves the format.
    ///
    /// Truncates fractional seconds. Returns `None` if the timestamp is malformed or the result is outside
    /// the years 0 to 9999.
    ///
    /// ```
    /// # use basalam_chat_api::newtypes::Timestamp;
    /// let time = Timestamp::from("2026-12-31 23:59:59");
    /// assert_eq!(time.plus_seconds(1).unwrap(), "2027-01-01 00:00:00");
    /// ```
    pub fn plus_seconds(&self, seconds: i64) -> Option<Timestamp> {
        let (civil, utc_offset) = self.split_offset()?;
        let separator = civil.as_bytes().get(10).copied().map(char::from)?;
        let time = CivilTime::parse(civil)?.plus_seconds(seconds)?;
        let time = time.format(separator);
        Some(Timestamp::from(format!("{time}{utc_offset}")))
    }

    /// Splits off the UTC offset, which can be empty.
    fn split_offset(&self) -> Option<(&str, &str)> {
        let value = self.as_str();
        // Skips the hyphens of the date.
        let time_of_day = value.get(10..).filter(|time| !time.is_empty())?;
        // ASCII bytes do not occur within multi-byte characters.
        let start = time_of_day
            .bytes()
            .position(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-'))
            .map_or(value.len(), |index| index + 10);
        Some(value.split_at(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Malformed timestamps.
    const MALFORMED: [&str; 6] = [
        "",
        "soon",
        "2025-05-17",
        "۲۰۲۵-۰۵-۱۷ ۱۴:۲۵:۳۹",
        "2025-13-17 14:25:39",
        "           ",
    ];

    /// One time in all formats that have been observed.
    const FORMATS: [&str; 4] = [
        "2025-05-17 14:25:39",
        "2025-05-17T14:25:39",
        "2025-05-17T14:25:39Z",
        "2025-05-17 14:25:39+03:30",
    ];

    #[test]
    fn parses_all_observed_formats() {
        let expected = CivilTime::from_timestamp(&Timestamp::from(FORMATS[0]));
        assert!(expected.is_some());
        for text in FORMATS {
            assert_eq!(
                CivilTime::from_timestamp(&Timestamp::from(text)),
                expected,
                "{text}"
            );
        }
        let fraction = CivilTime::from_timestamp(&Timestamp::from("2025-05-17T14:25:39.5"));
        assert!(fraction > expected);
        assert_eq!(
            fraction.map(CivilTime::whole_seconds),
            expected.map(CivilTime::whole_seconds)
        );
    }

    #[test]
    fn returns_none_for_malformed_and_out_of_range_times() {
        for text in MALFORMED {
            let time = Timestamp::from(text);
            assert!(time.plus_seconds(1).is_none(), "{text}");
            assert!(CivilTime::from_timestamp(&time).is_none(), "{text}");
        }
        for (text, seconds) in [
            ("9999-12-31 23:59:59", 1),
            ("9999-12-31 23:59:59", i64::MAX),
            ("0000-01-01 00:00:00", -1),
            ("0000-01-01 00:00:00", i64::MIN),
        ] {
            let time = Timestamp::from(text);
            assert!(time.plus_seconds(seconds).is_none(), "{text} {seconds}");
        }
    }

    #[test]
    fn plus_seconds_preserves_the_format() {
        for (text, later) in [
            ("2025-05-17 14:25:59", "2025-05-17 14:26:00"),
            ("2025-05-17T14:25:59Z", "2025-05-17T14:26:00Z"),
            ("2025-05-17T14:25:59.9+03:30", "2025-05-17T14:26:00+03:30"),
        ] {
            assert_eq!(Timestamp::from(text).plus_seconds(1).unwrap(), later);
        }
    }

    #[cfg(feature = "jiff")]
    mod jiff_conversions {
        use super::*;

        #[test]
        fn parses_all_observed_formats() {
            let expected = jiff::civil::date(2025, 5, 17).at(14, 25, 39, 0);
            for text in FORMATS {
                assert_eq!(Timestamp::from(text).civil(), Some(expected), "{text}");
            }
            let fraction = Timestamp::from("2025-05-17T14:25:39.5").civil().unwrap();
            assert_eq!(fraction.subsec_nanosecond(), 500_000_000);
        }

        #[test]
        fn instant_of_malformed_time_is_none() {
            for text in MALFORMED {
                let time = Timestamp::from(text);
                assert!(time.instant(Offset::UTC).is_none(), "{text}");
            }
        }

        #[test]
        fn utc_offset_in_timestamp_takes_precedence() {
            let time = Timestamp::from("2025-05-17T14:25:39Z");
            let offset = Offset::from_seconds(3600).unwrap();
            assert_eq!(
                time.instant(offset).unwrap().to_string(),
                "2025-05-17T14:25:39Z"
            );
        }
    }
}
