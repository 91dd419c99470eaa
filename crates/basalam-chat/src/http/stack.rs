//! The parts that all calls of a client share.

use std::sync::Arc;

use super::retry::budget::RetryBudget;
use crate::random::RandomSource;
use crate::time::Clock;

/// The connections, the clock, the random source and the retry budget of a client.
#[derive(Debug)]
pub(crate) struct HttpStack {
    pub(crate) client: reqwest::Client,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn RandomSource>,
    pub(crate) budget: RetryBudget,
    pub(crate) max_response_bytes: usize,
}

impl HttpStack {
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn random(&self) -> &dyn RandomSource {
        &*self.random
    }
}
