//! A client for work that nobody waits for.

// ANCHOR: program
use std::time::Duration;

use basalam_chat::{Client, Error, RequestOptions, RetryPolicy};

/// Returns a client of the same login that waits out rate limits for up to an hour.
pub fn patient(client: &Client) -> Result<Client, Error> {
    let hour = Duration::from_secs(3600);
    let policy = RetryPolicy::new()
        .max_rate_limit_retries(1_000)
        .max_retry_after(hour);
    client.with_options(
        RequestOptions::new()
            .operation_timeout(hour)
            .retry_policy(policy),
    )
}
// ANCHOR_END: program
