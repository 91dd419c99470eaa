//! Retries: the policy, which errors are retried, the budget, `Retry-After`, and the retry loop.

pub(crate) mod budget;
pub(crate) mod call;
mod classify;
pub(crate) mod policy;
pub(super) mod retry_after;
pub(crate) mod source;
