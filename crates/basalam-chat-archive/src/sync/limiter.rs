//! The number of concurrent requests, which adapts to latency and rate limits.

use std::time::Duration;

/// The number of requests at the start is half of the maximum, and at most this.
const MAX_START: usize = 64;

/// Latency is noise up to this.
const SLACK: Duration = Duration::from_millis(50);

/// Slow start, then additive increase, and multiplicative decrease after a 429.
///
/// Each completed request allows one more in slow start, which doubles the number in each round trip. It ends at the
/// first 429, or if the latency rises to twice the lowest one: then more requests would only wait in a queue.
#[derive(Debug)]
pub(super) struct Limiter {
    limit: f64,
    max: f64,
    is_slow_start: bool,
    lowest: Option<Duration>,
    /// A moving average.
    latency: f64,
}

impl Limiter {
    pub(super) fn new(max: usize) -> Limiter {
        let max = max.max(1);
        Limiter {
            limit: (max / 2).clamp(1, MAX_START) as f64,
            max: max as f64,
            is_slow_start: true,
            lowest: None,
            latency: 0.0,
        }
    }

    /// Returns the number of concurrent requests that is allowed, at least 1.
    pub(super) fn limit(&self) -> usize {
        self.limit as usize
    }

    /// Records a completed request. `is_saturated` if as many requests as allowed were running.
    pub(super) fn succeeded(&mut self, latency: Duration, is_saturated: bool) {
        let lowest = self.lowest.map_or(latency, |it| it.min(latency));
        self.latency = match self.lowest {
            None => latency.as_secs_f64(),
            Some(_) => self.latency + (latency.as_secs_f64() - self.latency) / 16.0,
        };
        self.lowest = Some(lowest);
        let is_rising = self.latency > (lowest * 2 + SLACK).as_secs_f64();
        let is_high = self.latency > (lowest * 4 + SLACK * 2).as_secs_f64();
        if is_rising {
            self.is_slow_start = false;
        }
        let step = match (self.is_slow_start, is_high, is_rising) {
            (_, true, _) => -1.0 / self.limit,
            (_, _, true) => 0.0,
            (true, ..) => 1.0,
            (false, ..) => 1.0 / self.limit,
        };
        if step < 0.0 || is_saturated {
            self.limit = (self.limit + step).clamp(1.0, self.max);
        }
    }

    /// Records a pause after a 429, which several requests may have met.
    pub(super) fn rate_limited(&mut self) {
        self.is_slow_start = false;
        self.limit = (self.limit / 2.0).max(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Completes as many requests as are allowed.
    fn round(limiter: &mut Limiter, latency: Duration) {
        for _ in 0..limiter.limit() {
            limiter.succeeded(latency, true);
        }
    }

    #[test]
    fn doubles_up_to_the_maximum() {
        let mut limiter = Limiter::new(32);
        let limits: Vec<usize> = (0..6)
            .map(|_| {
                let limit = limiter.limit();
                round(&mut limiter, 50 * MS);
                limit
            })
            .collect();
        assert_eq!(limits, [16, 32, 32, 32, 32, 32]);
        assert_eq!(Limiter::new(16).limit(), 8);
        assert_eq!(Limiter::new(1000).limit(), 64);
        assert_eq!(Limiter::new(0).limit(), 1);
    }

    #[test]
    fn rate_limit_halves_and_growth_is_then_additive() {
        let mut limiter = Limiter::new(64);
        (0..2).for_each(|_| round(&mut limiter, 50 * MS));
        assert_eq!(limiter.limit(), 64);
        limiter.rate_limited();
        assert_eq!(limiter.limit(), 32);
        round(&mut limiter, 50 * MS);
        assert!((32..=33).contains(&limiter.limit()), "{}", limiter.limit());
        (0..10).for_each(|_| limiter.rate_limited());
        assert_eq!(limiter.limit(), 1);
    }

    #[test]
    fn rising_latency_ends_the_growth_and_high_latency_shrinks() {
        let mut limiter = Limiter::new(1000);
        round(&mut limiter, 20 * MS);
        (0..20).for_each(|_| round(&mut limiter, 100 * MS));
        let grown = limiter.limit();
        assert!(grown < 200, "{grown}");
        (0..40).for_each(|_| round(&mut limiter, 2000 * MS));
        assert!(limiter.limit() < grown, "{}", limiter.limit());
        assert!(limiter.limit() >= 1);
    }

    #[test]
    fn does_not_grow_while_fewer_requests_run() {
        let mut limiter = Limiter::new(64);
        (0..100).for_each(|_| limiter.succeeded(50 * MS, false));
        assert_eq!(limiter.limit(), 32);
    }
}
