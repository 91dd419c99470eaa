//! Reading times, which come without a zone.

mod civil_time;

#[cfg(feature = "jiff")]
use jiff::{civil::DateTime, tz::Offset};

pub use civil_time::CivilTime;

use crate::newtypes::Timestamp;

#[cfg(feature = "jiff")]
impl Timestamp {
    /// Reads the time on the clock, as it is written: a date and a time of day without a zone.
    ///
    /// Unknown: which zone the service's clock is in. `None` for a text that is no time.
    ///
    /// ```
    /// # use basalam_chat_api::newtypes::Timestamp;
    /// let time = Timestamp::from("2026-07-22 10:28:23");
    /// assert_eq!(time.civil(), Some(jiff::civil::date(2026, 7, 22).at(10, 28, 23, 0)));
    /// ```
    pub fn civil(&self) -> Option<DateTime> {
        self.parts().and_then(|(clock, _)| clock.parse().ok())
    }

    /// Reads the instant, given the offset of the service's clock from UTC.
    ///
    /// A text that names its own offset is read with that one. `None` for a text that is no time.
    ///
    /// ```
    /// # use basalam_chat_api::newtypes::Timestamp;
    /// let time = Timestamp::from("2026-07-22 10:28:23");
    /// let tehran = jiff::tz::Offset::from_seconds(3 * 3600 + 1800).unwrap();
    /// assert_eq!(time.instant(tehran).unwrap().to_string(), "2026-07-22T06:58:23Z");
    /// ```
    pub fn instant(&self, offset: Offset) -> Option<jiff::Timestamp> {
        let (clock, zone) = self.parts()?;
        match zone {
            "" => offset.to_timestamp(clock.parse().ok()?).ok(),
            _ => self.as_str().parse().ok(),
        }
    }
}

impl Timestamp {
    /// The same time, later by this many seconds (earlier where negative), written in the same form.
    ///
    /// A fraction of a second is dropped. `None` for a text that is no time, and for a time that would be
    /// outside of the years 0 to 9999.
    ///
    /// ```
    /// # use basalam_chat_api::newtypes::Timestamp;
    /// let time = Timestamp::from("2026-12-31 23:59:59");
    /// assert_eq!(time.plus_seconds(1).unwrap(), "2027-01-01 00:00:00");
    /// ```
    pub fn plus_seconds(&self, seconds: i64) -> Option<Timestamp> {
        let (clock, zone) = self.parts()?;
        let separator = clock.as_bytes().get(10).copied().map(char::from)?;
        let time = CivilTime::read(clock)?.plus_seconds(seconds)?;
        Some(Timestamp::from(format!("{}{zone}", time.write(separator))))
    }

    /// The text without its zone, and the zone.
    fn parts(&self) -> Option<(&str, &str)> {
        let text = self.as_str();
        // The date's own hyphens are within the first ten characters.
        let time_of_day = text.get(10..).filter(|text| !text.is_empty())?;
        // Bytes will do: none of a longer character is one of these.
        let zone = time_of_day
            .bytes()
            .position(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-'))
            .map_or(text.len(), |at| at + 10);
        Some(text.split_at(zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts that are no times.
    const NO_TIMES: [&str; 6] = [
        "",
        "soon",
        "2025-05-17",
        "۲۰۲۵-۰۵-۱۷ ۱۴:۲۵:۳۹",
        "2025-13-17 14:25:39",
        "           ",
    ];

    /// One time in every form that has been seen.
    const FORMS: [&str; 4] = [
        "2025-05-17 14:25:39",
        "2025-05-17T14:25:39",
        "2025-05-17T14:25:39Z",
        "2025-05-17 14:25:39+03:30",
    ];

    #[test]
    fn every_form_that_has_been_seen_is_read() {
        let expected = CivilTime::of(&Timestamp::from(FORMS[0]));
        assert!(expected.is_some());
        for text in FORMS {
            assert_eq!(CivilTime::of(&Timestamp::from(text)), expected, "{text}");
        }
        let fraction = CivilTime::of(&Timestamp::from("2025-05-17T14:25:39.5"));
        assert!(fraction > expected);
        assert_eq!(
            fraction.map(CivilTime::whole_seconds),
            expected.map(CivilTime::whole_seconds)
        );
    }

    #[test]
    fn what_is_no_time_is_none_and_nothing_breaks() {
        for text in NO_TIMES {
            let time = Timestamp::from(text);
            assert!(time.plus_seconds(1).is_none(), "{text}");
            assert!(CivilTime::of(&time).is_none(), "{text}");
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
    fn a_shifted_time_keeps_its_form() {
        for (text, later) in [
            ("2025-05-17 14:25:59", "2025-05-17 14:26:00"),
            ("2025-05-17T14:25:59Z", "2025-05-17T14:26:00Z"),
            ("2025-05-17T14:25:59.9+03:30", "2025-05-17T14:26:00+03:30"),
        ] {
            assert_eq!(Timestamp::from(text).plus_seconds(1).unwrap(), later);
        }
    }

    #[cfg(feature = "jiff")]
    mod as_types_of_jiff {
        use super::*;

        #[test]
        fn every_form_that_has_been_seen_is_read() {
            let expected = jiff::civil::date(2025, 5, 17).at(14, 25, 39, 0);
            for text in FORMS {
                assert_eq!(Timestamp::from(text).civil(), Some(expected), "{text}");
            }
            let fraction = Timestamp::from("2025-05-17T14:25:39.5").civil().unwrap();
            assert_eq!(fraction.subsec_nanosecond(), 500_000_000);
        }

        #[test]
        fn what_is_no_time_is_no_instant() {
            for text in NO_TIMES {
                let time = Timestamp::from(text);
                assert!(time.instant(Offset::UTC).is_none(), "{text}");
            }
        }

        #[test]
        fn an_own_offset_goes_before_a_given_one() {
            let time = Timestamp::from("2025-05-17T14:25:39Z");
            let given = Offset::from_seconds(3600).unwrap();
            assert_eq!(
                time.instant(given).unwrap().to_string(),
                "2025-05-17T14:25:39Z"
            );
        }
    }
}
