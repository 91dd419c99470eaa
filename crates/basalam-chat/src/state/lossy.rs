//! A store whose writes can get lost on the way there or back, for tests.

use std::sync::Mutex;

use super::{
    DeleteMode, Entry, MemoryState, PutMode, StateError, StateErrorKind, StateFuture, StateKey,
    StateStore, Version,
};

/// What happens to a write whose outcome is reported as unknown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Loss {
    /// It is never made.
    Request,
    /// It is made.
    Response,
    /// It is made at the next call of [`LossyState::deliver`].
    Delayed,
}

#[derive(Debug, Default)]
pub(super) struct LossyState {
    store: MemoryState,
    losses: Mutex<Vec<Loss>>,
    delayed: Mutex<Vec<(StateKey, Vec<u8>, PutMode)>>,
    failed_reads: Mutex<usize>,
}

impl LossyState {
    /// Loses the next writes.
    pub(super) fn lose(&self, losses: &[Loss]) {
        self.losses.lock().unwrap().extend(losses);
    }

    /// Fails this number of reads.
    pub(super) fn fail_reads(&self, count: usize) {
        *self.failed_reads.lock().unwrap() = count;
    }

    /// Makes the delayed writes.
    pub(super) async fn deliver(&self) {
        let delayed: Vec<_> = self.delayed.lock().unwrap().drain(..).collect();
        for (key, value, mode) in delayed {
            // It may have been overtaken.
            let _ = self.store.put(&key, &value, mode).await;
        }
    }

    fn next_loss(&self) -> Option<Loss> {
        let mut losses = self.losses.lock().unwrap();
        (!losses.is_empty()).then(|| losses.remove(0))
    }
}

fn unknown() -> StateError {
    StateError::new(StateErrorKind::Unknown, "the response was lost")
}

impl StateStore for LossyState {
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>> {
        let mut failed = self.failed_reads.lock().unwrap();
        if *failed > 0 {
            *failed -= 1;
            let error = StateError::new(StateErrorKind::Unavailable, "the store is gone");
            return Box::pin(async { Err(error) });
        }
        self.store.get(key)
    }

    fn put<'a>(
        &'a self,
        key: &'a StateKey,
        value: &'a [u8],
        mode: PutMode,
    ) -> StateFuture<'a, Version> {
        Box::pin(async move {
            match self.next_loss() {
                None => return self.store.put(key, value, mode).await,
                Some(Loss::Request) => {}
                Some(Loss::Response) => {
                    self.store.put(key, value, mode).await?;
                }
                Some(Loss::Delayed) => {
                    let write = (key.clone(), value.to_vec(), mode);
                    self.delayed.lock().unwrap().push(write);
                }
            }
            Err(unknown())
        })
    }

    fn delete<'a>(&'a self, key: &'a StateKey, mode: DeleteMode) -> StateFuture<'a, ()> {
        Box::pin(async move {
            match self.next_loss() {
                None => self.store.delete(key, mode).await,
                Some(_) => Err(unknown()),
            }
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a StateKey>,
        limit: usize,
    ) -> StateFuture<'a, Vec<Entry>> {
        self.store.list(prefix, after, limit)
    }
}
