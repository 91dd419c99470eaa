//! How many retries a client may make, all its calls taken together.

use std::sync::atomic::{AtomicU64, Ordering};

/// Retries that may be made for each hundred calls.
pub(crate) const PERCENT: u32 = 20;

/// Retries that may be made before any call has earned one.
const RESERVE: u64 = 10;

/// What one retry costs; a call earns the percentage of it.
const RETRY: u64 = 100;

/// Keeps a client from multiplying its requests while the service is down.
///
/// Every call earns a part of a retry, every retry is paid for. What is earned and not used is kept, up
/// to as much as the client starts with.
#[derive(Debug)]
pub(super) struct Budget {
    balance: AtomicU64,
    earned: u64,
    limited: bool,
}

impl Budget {
    /// `percent` of the calls may be retries; without it, as many as the policies allow.
    pub(super) fn new(percent: Option<u32>) -> Budget {
        Budget {
            balance: AtomicU64::new(RESERVE * RETRY),
            earned: u64::from(percent.unwrap_or(0)),
            limited: percent.is_some(),
        }
    }

    /// A call begins.
    pub(super) fn earn(&self) {
        let most = RESERVE * RETRY;
        // Usually it is full, and what is only read is no cause for cores to wait for one another.
        if self.balance.load(Ordering::Relaxed) >= most {
            return;
        }
        let add = |balance: u64| Some(balance.saturating_add(self.earned).min(most));
        // The closure never gives `None`, so that nothing is lost here.
        let _ = self
            .balance
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Pays for a retry, where there is enough.
    pub(super) fn pay(&self) -> bool {
        let pay = |balance: u64| balance.checked_sub(RETRY);
        let paid = self
            .balance
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay);
        !self.limited || paid.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retries(budget: &Budget, asked: usize) -> usize {
        (0..asked).filter(|_| budget.pay()).count()
    }

    #[test]
    fn a_fifth_of_the_calls_may_be_retries_once_the_reserve_is_used_up() {
        let budget = Budget::new(Some(PERCENT));
        assert_eq!(retries(&budget, 100), 10);
        let mut made = 0;
        for _ in 0..100 {
            budget.earn();
            made += retries(&budget, 1);
        }
        assert_eq!(made, 20);
    }

    #[test]
    fn a_long_quiet_time_earns_no_more_than_the_reserve() {
        let budget = Budget::new(Some(PERCENT));
        (0..10_000).for_each(|_| budget.earn());
        assert_eq!(retries(&budget, 100), 10);
    }

    #[test]
    fn without_a_limit_every_retry_is_granted_and_with_nothing_earned_none_beyond_the_reserve() {
        assert_eq!(retries(&Budget::new(None), 1000), 1000);
        let budget = Budget::new(Some(0));
        (0..100).for_each(|_| budget.earn());
        assert_eq!(retries(&budget, 100), 10);
    }
}
