//! The HTTP stack below authentication: attempts, timeouts, retries, redaction and tracing.
//!
//! It knows nothing about tokens: [`auth`](crate::auth) sends its token requests with it, and `transport`
//! adds the access token to all others.

mod attempt;
mod body;
mod config;
mod error;
mod header;
mod redact;
#[cfg(feature = "watch")]
pub(crate) mod request_budget;
pub(crate) mod retry;
mod stack;
mod timeout;
mod trace;

pub(crate) use config::CallConfig;
pub use config::RequestOptions;
pub(crate) use error::root_cause;
pub(crate) use header::check_header;
pub(crate) use redact::Secrets;
pub use retry::limit::RetryLimit;
pub use retry::policy::RetryPolicy;
pub(crate) use stack::{HttpStack, RunningTasks};
pub(crate) use timeout::timeout;
