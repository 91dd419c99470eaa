//! Settings for production.

pub mod connect;
pub mod logs;
pub mod metrics;
pub mod proxy;
pub mod state;
