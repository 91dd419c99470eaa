//! A limit for the requests of each token.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Error;

/// The number of tokens above which those without a request in the current period are forgotten.
const MAX_TOKENS: usize = 10_000;

/// A number of requests per period and token, such as `10/s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    requests: u32,
    period: Duration,
}

impl RateLimit {
    /// Creates a limit of `requests` per `period`. Both must be greater than zero; otherwise the emulator does not
    /// start.
    #[must_use]
    pub fn new(requests: u32, period: Duration) -> Self {
        Self { requests, period }
    }

    pub(crate) fn is_valid(self) -> bool {
        self.requests > 0 && !self.period.is_zero()
    }
}

/// Formats the limit as it is parsed, such as `10/s`. The period is rounded up to milliseconds.
impl fmt::Display for RateLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.period.as_nanos().div_ceil(1_000_000);
        let units = [(3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];
        let exact = units
            .into_iter()
            .find(|it| milliseconds.is_multiple_of(it.0));
        let (length, unit) = exact.unwrap_or((1, "ms"));
        match milliseconds / length {
            1 => write!(formatter, "{}/{unit}", self.requests),
            count => write!(formatter, "{}/{count}{unit}", self.requests),
        }
    }
}

/// Parses `REQUESTS/PERIOD`; the period is `ms`, `s`, `m` or `h`, optionally after an integer.
///
/// ```
/// use std::time::Duration;
/// use basalam_chat_emulator::RateLimit;
///
/// assert_eq!("10/s".parse(), Ok(RateLimit::new(10, Duration::from_secs(1))));
/// assert_eq!("100/5m".parse(), Ok(RateLimit::new(100, Duration::from_secs(300))));
/// # Ok::<(), basalam_chat_emulator::Error>(())
/// ```
impl FromStr for RateLimit {
    type Err = Error;

    fn from_str(limit: &str) -> Result<Self, Error> {
        parse(limit).ok_or_else(|| {
            Error::invalid_argument(format!(
                "the rate limit {limit:?} is invalid; write it like \"10/s\", \"100/m\" or \"50/10s\""
            ))
        })
    }
}

fn parse(limit: &str) -> Option<RateLimit> {
    let (requests, period) = limit.split_once('/')?;
    let unit = period.find(|it: char| !it.is_ascii_digit())?;
    let (count, unit) = period.split_at(unit);
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let count: u32 = if count.is_empty() {
        1
    } else {
        count.parse().ok()?
    };
    let period = Duration::from_millis(u64::from(count) * milliseconds);
    let limit = RateLimit::new(requests.parse().ok()?, period);
    limit.is_valid().then_some(limit)
}

/// The requests of each token in its current period.
#[derive(Default)]
pub(crate) struct RateLimiter(Mutex<HashMap<String, Period>>);

struct Period {
    started_at: Instant,
    requests: u32,
}

impl RateLimiter {
    /// Counts a request. If it is above the limit, returns the seconds until the next period.
    pub(crate) fn count(&self, limit: RateLimit, token: &str, now: Instant) -> Option<u64> {
        let mut periods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |it: &Period| now.saturating_duration_since(it.started_at) >= limit.period;
        if periods.len() > MAX_TOKENS {
            periods.retain(|_, it| !is_over(it));
        }
        let start = || Period {
            started_at: now,
            requests: 0,
        };
        let period = periods.entry(token.to_owned()).or_insert_with(start);
        if is_over(period) {
            *period = start();
        }
        if period.requests < limit.requests {
            period.requests += 1;
            return None;
        }
        let passed = now.saturating_duration_since(period.started_at);
        Some((limit.period - passed).as_secs_f64().ceil().max(1.0) as u64)
    }

    pub(crate) fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_token_separately_and_per_period() {
        let limiter = RateLimiter::default();
        let limit = RateLimit::new(2, Duration::from_secs(10));
        let now = Instant::now();
        let at = |seconds: u64| now + Duration::from_secs(seconds);
        assert_eq!(limiter.count(limit, "one", now), None);
        assert_eq!(limiter.count(limit, "one", at(1)), None);
        assert_eq!(limiter.count(limit, "one", at(2)), Some(8));
        assert_eq!(limiter.count(limit, "other", at(2)), None);
        assert_eq!(limiter.count(limit, "one", at(9)), Some(1));
        assert_eq!(limiter.count(limit, "one", at(10)), None);
        limiter.count(limit, "one", at(10));
        limiter.clear();
        assert_eq!(limiter.count(limit, "one", at(10)), None);
    }

    #[test]
    fn is_displayed_as_parsed() {
        for limit in [
            "10/s", "100/m", "1/h", "50/10s", "5/1500ms", "2/ms", "7/90s",
        ] {
            assert_eq!(limit.parse::<RateLimit>().unwrap().to_string(), limit);
        }
        let minute = RateLimit::new(1, Duration::from_secs(60));
        assert_eq!(minute.to_string(), "1/m");
    }

    #[test]
    fn rejects_invalid_limits() {
        for limit in [
            "",
            "10",
            "10/",
            "/s",
            "0/s",
            "10/0s",
            "10/d",
            "10/-1s",
            "ten/s",
            "10/ثانیه",
        ] {
            let error = limit.parse::<RateLimit>().unwrap_err();
            assert!(error.is_invalid_argument(), "{limit}");
        }
    }
}
