//! Running of the program's handler.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use super::attempt::Attempt;
use super::shared::Shared;
use super::{Delivery, HandlerFailure, Report};

/// Runs a handler and resolves its delivery.
pub(super) async fn handle<F>(
    shared: &Shared,
    delivery: Delivery,
    timeout: Duration,
    handler: impl FnOnce(Delivery) -> F,
) where
    F: Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>>,
{
    // Resolves the delivery even if the task is aborted.
    let guard = NackGuard(delivery.shared_attempt().clone());
    let attempt = &guard.0;
    attempt.begin_run();
    let failure = tokio::select! {
        // First, so that a handler does not go on after a pause of the process that was longer than the lease.
        biased;
        () = attempt.revoked() => return,
        result = catch_panic(async { handler(delivery).await }) => match result {
            Some(Ok(())) => return attempt.resolve(true),
            Some(Err(error)) => HandlerFailure::Error(error),
            None => HandlerFailure::Panicked,
        },
        () = shared.sleep(timeout) => HandlerFailure::TimedOut,
    };
    // First, since a handler on a thread may still run.
    attempt.resolve(false);
    shared.report(&Report::HandlerFailed {
        chat: attempt.chat,
        attempt: attempt.number,
        failure,
    });
}

/// Runs a future, and returns `None` if it panics.
async fn catch_panic<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|context| {
        // The future is dropped after a panic, so nobody sees what it has left half done.
        let result = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        result.map_or(Poll::Ready(None), |poll| poll.map(Some))
    })
    .await
}

struct NackGuard(Arc<Attempt>);

impl Drop for NackGuard {
    fn drop(&mut self) {
        self.0.resolve(false);
    }
}
