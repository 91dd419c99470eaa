//! The retry budget, shared by all calls of a client.

use std::sync::atomic::{AtomicU64, Ordering};

/// The default number of retries for each hundred calls.
pub(crate) const DEFAULT_PERCENT: u32 = 20;

/// The number of retries in a full budget. A new budget is full.
const MAX_RETRIES: u64 = 10;

/// The cost of one retry. Each call deposits the configured percentage of it.
const RETRY_COST: u64 = 100;

const MAX_BALANCE: u64 = MAX_RETRIES * RETRY_COST;

/// A token bucket that keeps a client from multiplying its requests while the service is down.
///
/// Each call deposits a part of a retry, each retry withdraws a whole one. The balance never exceeds the
/// initial one.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    balance: AtomicU64,
    deposit: u64,
    is_limited: bool,
}

impl RetryBudget {
    /// Creates a budget in which `percent` of the calls may be retries; `None` is no limit.
    pub(crate) fn new(percent: Option<u32>) -> RetryBudget {
        RetryBudget {
            balance: AtomicU64::new(MAX_BALANCE),
            deposit: u64::from(percent.unwrap_or(0)),
            is_limited: percent.is_some(),
        }
    }

    /// Adds the deposit of one call.
    pub(super) fn deposit(&self) {
        // Usually full. A read alone does not make cores contend for the cache line.
        if self.balance.load(Ordering::Relaxed) >= MAX_BALANCE {
            return;
        }
        let add = |balance: u64| Some(balance.saturating_add(self.deposit).min(MAX_BALANCE));
        // Never an error, since the closure always returns `Some`.
        let _ = self
            .balance
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Withdraws the cost of a retry. Returns `false` if the balance is too low.
    pub(super) fn withdraw(&self) -> bool {
        let subtract = |balance: u64| balance.checked_sub(RETRY_COST);
        let paid = self
            .balance
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, subtract);
        !self.is_limited || paid.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retries(budget: &RetryBudget, attempts: usize) -> usize {
        (0..attempts).filter(|_| budget.withdraw()).count()
    }

    #[test]
    fn allows_a_fifth_of_the_calls_to_be_retries_once_the_reserve_is_used_up() {
        let budget = RetryBudget::new(Some(DEFAULT_PERCENT));
        assert_eq!(retries(&budget, 100), 10);
        let mut allowed = 0;
        for _ in 0..100 {
            budget.deposit();
            allowed += retries(&budget, 1);
        }
        assert_eq!(allowed, 20);
    }

    #[test]
    fn balance_never_exceeds_the_reserve() {
        let budget = RetryBudget::new(Some(DEFAULT_PERCENT));
        (0..10_000).for_each(|_| budget.deposit());
        assert_eq!(retries(&budget, 100), 10);
    }

    #[test]
    fn no_limit_allows_every_retry_and_zero_percent_only_the_reserve() {
        assert_eq!(retries(&RetryBudget::new(None), 1000), 1000);
        let budget = RetryBudget::new(Some(0));
        (0..100).for_each(|_| budget.deposit());
        assert_eq!(retries(&budget, 100), 10);
    }
}
