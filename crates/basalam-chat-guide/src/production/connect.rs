//! The settings of a client.

// ANCHOR: program
use std::time::Duration;

use basalam_chat::{Client, ClientBuilder, Error, RetryPolicy};

/// Builds a client for a web service that must answer its own users within ten seconds. `builder` is
/// `Client::builder(token)`.
pub fn connect(builder: ClientBuilder) -> Result<Client, Error> {
    builder
        .user_agent("my-shop/1.0")
        .connect_timeout(Duration::from_secs(2))
        .attempt_timeout(Duration::from_secs(4))
        .operation_timeout(Duration::from_secs(10))
        // A rate limit that lasts longer is an error that the caller can show.
        .retry_policy(RetryPolicy::new().max_retry_after(Duration::from_secs(3)))
        .build()
}
// ANCHOR_END: program
