//! The `Retry-After` header.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::RETRY_AFTER;

/// Parses `Retry-After`, in seconds or as a date. Returns `None` if it is missing or neither, and zero for
/// a date in the past.
///
/// Unknown: whether the service ever sends it.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // An overflow is longer than any limit on the wait.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn parse(value: &str) -> Option<Duration> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        headers.insert(RETRY_AFTER, value);
        retry_after(&headers, now)
    }

    #[test]
    fn parses_seconds_and_dates() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(parse("0"), seconds(0));
        assert_eq!(parse(" 120 "), seconds(120));
        assert_eq!(parse("99999999999999999999999"), seconds(u64::MAX));
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:47 GMT"), seconds(10));
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:27 GMT"), seconds(0));
        // The two obsolete date formats of HTTP.
        assert_eq!(parse("Sunday, 06-Nov-94 08:49:47 GMT"), seconds(10));
        assert_eq!(parse("Sun Nov  6 08:49:47 1994"), seconds(10));
    }

    #[test]
    fn ignores_invalid_values() {
        for value in [
            "",
            "soon",
            "-1",
            "1.5",
            "+5",
            "1e3",
            "Sun, 06 Nov",
            "\u{6f5}",
        ] {
            assert_eq!(parse(value), None, "{value}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), SystemTime::now()), None);
    }
}
