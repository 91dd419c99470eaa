//! Receiving webhooks.

pub mod bridge;
pub mod secret;
