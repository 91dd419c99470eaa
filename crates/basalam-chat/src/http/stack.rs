//! The parts that all calls of a client share.

use std::sync::Arc;

use super::redact::Redactor;
use super::retry::budget::RetryBudget;
use crate::random::RandomSource;
use crate::time::Clock;

/// The connections, the retry budget, the clock and the random source of a client.
#[derive(Debug)]
pub(crate) struct HttpStack {
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    random: Arc<dyn RandomSource>,
    budget: RetryBudget,
    redactor: Arc<Redactor>,
    max_response_bytes: usize,
}

impl HttpStack {
    pub(crate) fn new(
        client: reqwest::Client,
        clock: Arc<dyn Clock>,
        random: Arc<dyn RandomSource>,
        retry_budget: Option<u32>,
        max_response_bytes: usize,
    ) -> HttpStack {
        HttpStack {
            client,
            clock,
            random,
            budget: RetryBudget::new(retry_budget),
            redactor: Arc::default(),
            max_response_bytes,
        }
    }

    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn random(&self) -> &dyn RandomSource {
        &*self.random
    }

    pub(crate) fn redactor(&self) -> &Arc<Redactor> {
        &self.redactor
    }

    pub(super) fn budget(&self) -> &RetryBudget {
        &self.budget
    }

    pub(super) fn max_response_bytes(&self) -> usize {
        self.max_response_bytes
    }
}
