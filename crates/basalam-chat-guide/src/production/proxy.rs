//! A network with a proxy.

// ANCHOR: program
use std::time::Duration;

use basalam_chat::{Client, ClientBuilder, Error};

/// Builds a client that reaches Basalam through a slow proxy, such as `http://user:password@10.0.0.1:3128` or, with
/// the feature `socks`, `socks5h://127.0.0.1:1080`. `builder` is `Client::builder(token)`.
pub fn behind_proxy(builder: ClientBuilder, proxy: &str) -> Result<Client, Error> {
    builder
        .proxy(proxy)
        .connect_timeout(Duration::from_secs(20))
        .attempt_timeout(Duration::from_secs(60))
        .operation_timeout(Duration::from_secs(180))
        .build()
}
// ANCHOR_END: program
