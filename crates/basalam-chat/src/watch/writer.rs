//! Writes of checkpoints, many at a time.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{Notify, oneshot};

use super::outage::Outage;
use super::shared::Shared;
use crate::state::{PutMode, PutRequest, StateError, StateErrorKind, StateKey, Version};

/// The maximum number of writes that are made together.
const MAX_BATCH: usize = 256;

#[derive(Default)]
pub(super) struct Writer {
    queue: Mutex<VecDeque<Write>>,
    queued: Notify,
}

struct Write {
    request: PutRequest,
    done: oneshot::Sender<Version>,
}

impl Writer {
    /// Writes a value, waits until it is stored, and returns its version. It waits for as long as the store fails,
    /// and returns `None` if the lease is lost.
    pub(super) async fn write(
        &self,
        key: StateKey,
        value: Vec<u8>,
        version: Option<Version>,
    ) -> Option<Version> {
        let mode = version.map_or(PutMode::Create, PutMode::Update);
        let (done, stored) = oneshot::channel();
        let request = PutRequest::new(key, value, mode);
        self.lock().push_back(Write { request, done });
        self.queued.notify_one();
        stored.await.ok()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Write>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_batch(&self) -> Vec<Write> {
        let mut queue = self.lock();
        let count = queue.len().min(MAX_BATCH);
        queue.drain(..count).collect()
    }

    /// Makes the writes until one conflicts: another process has written, so it has the lease.
    pub(super) async fn run(&self, shared: &Shared) {
        let mut outage = Outage::default();
        let mut batch = Vec::new();
        loop {
            batch.append(&mut self.next_batch());
            if batch.is_empty() {
                self.queued.notified().await;
                continue;
            }
            match write_all(shared, std::mem::take(&mut batch)).await {
                (remaining, None) => {
                    batch = remaining;
                    outage.succeeded(shared);
                }
                (_, Some(error)) if error.is_conflict() => return,
                (remaining, Some(error)) => {
                    batch = remaining;
                    outage.failed(shared, error);
                    outage.backoff(shared).await;
                }
            }
        }
    }
}

/// Makes the writes once. Returns those that failed, and the last error.
async fn write_all(shared: &Shared, batch: Vec<Write>) -> (Vec<Write>, Option<StateError>) {
    let requests: Vec<PutRequest> = batch.iter().map(|write| write.request.clone()).collect();
    let results = match shared.store.put_many(&requests).await {
        Ok(results) => results,
        // Nothing is known about any of them.
        Err(error) => vec![Err(error); batch.len()],
    };
    let (mut remaining, mut last_error) = (Vec::new(), None);
    let mut results = results.into_iter();
    for write in batch {
        let result = results.next().unwrap_or_else(|| {
            let message = "the store has returned no result";
            Err(StateError::new(StateErrorKind::Unknown, message))
        });
        let result = match result {
            // A conflict may be caused by this very write, whose response was lost before.
            Err(error) if error.is_unknown() || error.is_conflict() => {
                confirm(shared, &write).await
            }
            result => result,
        };
        match result {
            Ok(version) => {
                // The reader may have been stopped.
                let _ = write.done.send(version);
            }
            Err(error) if error.is_conflict() => return (remaining, Some(error)),
            Err(error) => {
                remaining.push(write);
                last_error = Some(error);
            }
        }
    }
    (remaining, last_error)
}

/// Finds out whether a write was made. Its value is unique.
async fn confirm(shared: &Shared, write: &Write) -> Result<Version, StateError> {
    let request = &write.request;
    match shared.store.get(&request.key).await? {
        Some(entry) if entry.value == request.value => Ok(entry.version),
        _ => {
            let store = &shared.store;
            store
                .put_confirmed(&request.key, &request.value, request.mode)
                .await
        }
    }
}
