//! `Retry-After`: how long the service asks to wait.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::RETRY_AFTER;

/// Reads `Retry-After`, in seconds or as a date; nothing where it is neither. A date that has passed asks
/// for no wait.
///
/// Unknown: whether the service ever sends it.
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than fit are for ever, which whoever waits clamps.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(text: &str) -> Option<Duration> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes(text.as_bytes()).unwrap();
        headers.insert(RETRY_AFTER, value);
        retry_after(&headers, now)
    }

    #[test]
    fn seconds_and_dates_are_read() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(read("0"), seconds(0));
        assert_eq!(read(" 120 "), seconds(120));
        assert_eq!(read("99999999999999999999999"), seconds(u64::MAX));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:47 GMT"), seconds(10));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:27 GMT"), seconds(0));
        // The two older forms of HTTP's dates.
        assert_eq!(read("Sunday, 06-Nov-94 08:49:47 GMT"), seconds(10));
        assert_eq!(read("Sun Nov  6 08:49:47 1994"), seconds(10));
    }

    #[test]
    fn what_is_neither_asks_for_nothing() {
        for text in [
            "",
            "soon",
            "-1",
            "1.5",
            "+5",
            "1e3",
            "Sun, 06 Nov",
            "\u{6f5}",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), SystemTime::now()), None);
    }
}
