//! Retries: the policy, which errors are retried, the budget, rate limits, and the retry loop.

pub(crate) mod budget;
pub(crate) mod call;
mod classify;
pub(crate) mod limit;
pub(crate) mod policy;
pub(crate) mod rate_limit;
pub(super) mod retry_after;
pub(crate) mod source;
