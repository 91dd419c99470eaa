//! Random source: the random bytes a client uses for backoff jitter, OAuth `state` and idempotency keys.
//!
//! A client uses [`SystemRandom`] unless
//! [`ClientBuilder::random_source`](crate::ClientBuilder::random_source) sets another one.

use std::fmt;
use std::time::Duration;

/// Gives random bytes.
///
/// They spread retries over time, and they are the `state` of a login and the mark of a message, which
/// nobody must be able to guess.
pub trait RandomSource: fmt::Debug + Send + Sync {
    /// Fills `bytes` with random ones.
    fn fill(&self, bytes: &mut [u8]);
}

/// The system's randomness, which nobody can guess.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl RandomSource for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // It fails on systems alone that have no randomness at all, where nothing that needs some can
        // be safe; TLS has failed there before.
        getrandom::fill(bytes).expect("the system has a source of randomness");
    }
}

/// A duration from zero up to `longest`, uniformly distributed.
pub(crate) fn jitter(source: &dyn RandomSource, longest: Duration) -> Duration {
    let mut bytes = [0; 8];
    source.fill(&mut bytes);
    // 53 bits are what a double holds exactly.
    let fraction = (u64::from_le_bytes(bytes) >> 11) as f64 / (1_u64 << 53) as f64;
    longest.mul_f64(fraction)
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
    fn jitter_is_between_zero_and_the_longest() {
        let longest = Duration::from_secs(10);
        assert_eq!(jitter(&Constant(0), longest), Duration::ZERO);
        let most = jitter(&Constant(255), longest);
        assert!(most <= longest && most > longest.mul_f64(0.999), "{most:?}");
        assert_eq!(jitter(&Constant(255), Duration::ZERO), Duration::ZERO);
    }

    #[test]
    fn random_hex_has_32_digits_and_differs() {
        assert_eq!(random_hex(&Constant(0xa5)), "a5".repeat(16));
        assert_ne!(random_hex(&SystemRandom), random_hex(&SystemRandom));
    }
}
