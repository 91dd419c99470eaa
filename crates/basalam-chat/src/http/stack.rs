//! The parts that all calls of a client share.

use std::sync::Arc;

use tokio::sync::watch;

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
    /// The running token refreshes of all logins.
    pub(crate) refreshes: RunningTasks,
}

/// The number of running background tasks.
#[derive(Debug, Default)]
pub(crate) struct RunningTasks(Arc<watch::Sender<usize>>);

/// A running task, until it is dropped.
pub(crate) struct RunningTask(Arc<watch::Sender<usize>>);

impl RunningTasks {
    pub(crate) fn start(&self) -> RunningTask {
        self.0.send_modify(|count| *count += 1);
        RunningTask(self.0.clone())
    }

    /// Waits until no task is running.
    pub(crate) async fn wait(&self) {
        // The sender exists, so it is not an error.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for RunningTask {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl HttpStack {
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn random(&self) -> &dyn RandomSource {
        &*self.random
    }
}
