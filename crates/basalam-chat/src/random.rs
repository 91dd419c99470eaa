//! The random source of a client, for backoff jitter and idempotency keys.
//!
//! A client uses [`SystemRandom`] unless
//! [`ClientBuilder::random_source`](crate::ClientBuilder::random_source) sets another [`RandomSource`].

use std::fmt;
use std::time::Duration;

/// A source of random bytes.
///
/// Use a cryptographically secure source, except in tests: nobody else must be able to guess or repeat an
/// idempotency key. The OAuth `state` of a login does not use this source, but always [`SystemRandom`].
pub trait RandomSource: fmt::Debug + Send + Sync {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The cryptographically secure random source of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl RandomSource for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // Fails only on systems without a random source, on which TLS does not work either.
        getrandom::fill(bytes).expect("the operating system should have a random source");
    }
}

/// Returns a uniformly distributed duration from zero to `max`.
pub(crate) fn jitter(source: &dyn RandomSource, max: Duration) -> Duration {
    let mut bytes = [0; 8];
    source.fill(&mut bytes);
    // A double represents 53 bits exactly.
    let fraction = (u64::from_le_bytes(bytes) >> 11) as f64 / (1_u64 << 53) as f64;
    max.mul_f64(fraction)
}

/// Returns 32 random hexadecimal digits.
pub(crate) fn random_hex(source: &dyn RandomSource) -> String {
    let mut bytes = [0; 16];
    source.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Constant(u8);

    impl RandomSource for Constant {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn jitter_is_between_zero_and_max() {
        let max = Duration::from_secs(10);
        assert_eq!(jitter(&Constant(0), max), Duration::ZERO);
        let highest = jitter(&Constant(255), max);
        assert!(
            highest <= max && highest > max.mul_f64(0.999),
            "{highest:?}"
        );
        assert_eq!(jitter(&Constant(255), Duration::ZERO), Duration::ZERO);
    }

    #[test]
    fn random_hex_has_32_digits_and_differs() {
        assert_eq!(random_hex(&Constant(0xa5)), "a5".repeat(16));
        assert_ne!(random_hex(&SystemRandom), random_hex(&SystemRandom));
    }
}
