//! The tokio runtime that polls a call, and blocking work on its pool of threads.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::{Error, ErrorKind};

/// Returns the runtime that polls the current task.
///
/// Timers, connections and spawned tasks would panic without one. A runtime without its IO or time driver
/// cannot be detected: tokio has no function for it.
pub(crate) fn current_runtime() -> Result<Handle, Error> {
    Handle::try_current().map_err(|error| {
        Error::new(
            ErrorKind::Configuration,
            "no tokio runtime is running",
            "await requests inside a tokio runtime, or use `blocking::Client` (feature `blocking`)",
        )
        .with_source(error)
    })
}

/// Runs blocking work on a thread of the runtime's pool.
///
/// tokio's task is compiled for each type of work, so all work is boxed as one type.
///
/// # Errors
///
/// Fails if no tokio runtime is running, if the work panics, or if the runtime shuts down before it starts.
pub(crate) async fn spawn_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let slot = Arc::new(Mutex::new(None));
    let result = Arc::clone(&slot);
    run(Box::new(move || {
        let value = work();
        *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }))
    .await?;
    let value = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    value.ok_or_else(|| io::Error::other("the blocking work has no result"))
}

async fn run(work: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    let runtime = current_runtime().map_err(io::Error::other)?;
    Ok(runtime.spawn_blocking(work).await?)
}

/// A spawned task, which is aborted when it is dropped.
///
/// tokio's task is compiled for each type of future, so all futures are boxed as one type.
pub(crate) struct Task<T> {
    handle: JoinHandle<()>,
    result: Arc<Mutex<Option<T>>>,
}

/// Spawns a future on a runtime. It is aborted when the returned task is dropped.
pub(crate) fn spawn<T: Send + 'static>(
    runtime: &Handle,
    future: impl Future<Output = T> + Send + 'static,
) -> Task<T> {
    let slot = Arc::new(Mutex::new(None));
    let result = Arc::clone(&slot);
    let handle = spawn_boxed(
        runtime,
        Box::pin(async move {
            let value = future.await;
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        }),
    );
    Task { handle, result }
}

/// Spawns a future that continues even if nobody waits for it.
pub(crate) fn spawn_boxed(
    runtime: &Handle,
    future: Pin<Box<dyn Future<Output = ()> + Send>>,
) -> JoinHandle<()> {
    runtime.spawn(future)
}

impl<T> Future for Task<T> {
    /// Fails if the task panics or the runtime shuts down.
    type Output = io::Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        ready!(Pin::new(&mut self.handle).poll(context))?;
        let result = self
            .result
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        Poll::Ready(result.ok_or_else(|| io::Error::other("the task has no result")))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn work_outside_a_runtime_is_an_error() {
        let mut work = pin!(spawn_blocking(|| ()));
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(Err(error)) = work.as_mut().poll(&mut context) else {
            panic!("the work was started");
        };
        assert!(error.to_string().contains("no tokio runtime"), "{error}");
    }

    #[tokio::test]
    async fn returns_the_result_from_another_thread() {
        let caller = std::thread::current().id();
        let worker = spawn_blocking(|| std::thread::current().id())
            .await
            .unwrap();
        assert_ne!(caller, worker);
    }

    #[tokio::test]
    async fn reports_a_panic_as_an_error() {
        let result = spawn_blocking(|| -> u8 { panic!("on purpose") }).await;
        assert!(result.unwrap_err().to_string().contains("panicked"));
    }
}
