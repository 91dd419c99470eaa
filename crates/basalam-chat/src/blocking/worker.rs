//! The background thread of a blocking client.

use std::convert::Infallible;
use std::future::Future;
use std::process;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::{self, ThreadId};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::error::{Error, ErrorKind};

/// A thread with a tokio runtime. It ends when the worker is dropped, which waits for what must be finished before,
/// unless it happens on that thread.
#[derive(Debug)]
pub(super) struct Worker {
    runtime: Handle,
    thread: ThreadId,
    /// The process that the thread belongs to.
    process: u32,
    /// Nothing is ever sent: the thread ends when the sender is dropped.
    lifetime: Option<oneshot::Sender<Infallible>>,
    /// Nothing is ever sent: the sender is dropped when the thread has finished. A mutex, since a receiver cannot be
    /// shared between threads.
    finished: Mutex<mpsc::Receiver<Infallible>>,
}

impl Worker {
    /// Starts the thread and runs `init` on it, inside its runtime. If that succeeds, `finish` runs before the thread ends.
    pub(super) fn start<T: Clone + Send + 'static>(
        init: impl FnOnce() -> Result<T, Error> + Send + 'static,
        finish: impl AsyncFnOnce(T) + Send + 'static,
    ) -> Result<(Worker, T), Error> {
        let (lifetime, ended) = oneshot::channel();
        let (finished_sender, finished) = mpsc::sync_channel::<Infallible>(0);
        let (started, start) = mpsc::sync_channel(1);
        let thread = thread::Builder::new().name("basalam-chat".to_owned());
        thread
            .spawn(move || {
                let runtime = match Builder::new_current_thread().enable_all().build() {
                    Ok(runtime) => runtime,
                    Err(error) => {
                        // The receiver is waiting.
                        let _ = started.send(Err(thread_not_started(error)));
                        return;
                    }
                };
                let value = {
                    let _guard = runtime.enter();
                    init()
                };
                let value = match value {
                    Ok(value) => value,
                    Err(error) => {
                        let _ = started.send(Err(error));
                        return;
                    }
                };
                let _ = started.send(Ok((
                    runtime.handle().clone(),
                    thread::current().id(),
                    value.clone(),
                )));
                runtime.block_on(async {
                    // Returns an error when the sender is dropped.
                    let _ = ended.await;
                    finish(value).await;
                });
                drop(finished_sender);
                // Does not wait for blocking work, such as a DNS lookup.
                runtime.shutdown_background();
            })
            .map_err(thread_not_started)?;
        let started = start.recv().map_err(|_| thread_panicked())?;
        let (runtime, thread, value) = started?;
        let worker = Worker {
            runtime,
            thread,
            process: process::id(),
            lifetime: Some(lifetime),
            finished: Mutex::new(finished),
        };
        Ok((worker, value))
    }

    /// Fails on the worker's own thread, which cannot wait for itself, and in a forked process, which does
    /// not have the thread.
    pub(super) fn check_thread(&self) -> Result<(), Error> {
        if process::id() != self.process {
            return Err(called_after_fork());
        }
        match thread::current().id() == self.thread {
            true => Err(called_on_worker()),
            false => Ok(()),
        }
    }

    /// Runs a future on the thread and waits for its output.
    pub(super) fn block_on<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Error> {
        self.check_thread()?;
        // tokio's channel cannot block inside a runtime.
        let (sender, receiver) = mpsc::sync_channel(1);
        self.runtime.spawn(async move {
            let output = future.await;
            // The receiver is waiting.
            let _ = sender.send(output);
        });
        // If the future panics or the thread ends, the sender is dropped.
        receiver.recv().map_err(|_| worker_gone())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.lifetime = None;
        if self.check_thread().is_ok() {
            let finished = self
                .finished
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner);
            // Returns an error when the sender is dropped.
            let _ = finished.recv();
        }
    }
}

fn thread_not_started(error: std::io::Error) -> Error {
    Error::new(
        ErrorKind::Configuration,
        format!("the thread of the blocking client cannot be started: {error}"),
        "check the process limits for threads, memory and open files",
    )
    .with_source(error)
}

fn thread_panicked() -> Error {
    Error::new(
        ErrorKind::Configuration,
        "the thread of the blocking client panicked while it built the client",
        "check the function passed to `configure_http`",
    )
}

fn called_on_worker() -> Error {
    Error::new(
        ErrorKind::InvalidInput,
        "the blocking client was called on its own thread, which would deadlock",
        "do not call it in a callback of one of its requests",
    )
}

fn called_after_fork() -> Error {
    Error::new(
        ErrorKind::Configuration,
        "the blocking client was created before this process was forked, and its thread exists only in the \
         parent process",
        "create the client after the fork",
    )
}

/// The future was dropped without a result.
fn worker_gone() -> Error {
    Error::new(
        ErrorKind::Connection,
        "the thread of the blocking client panicked or ended before the response arrived",
        "",
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// Sends on a channel when it is dropped.
    struct OnDrop(mpsc::Sender<()>);

    impl Drop for OnDrop {
        fn drop(&mut self) {
            // There may be no receiver left.
            let _ = self.0.send(());
        }
    }

    fn worker() -> Worker {
        Worker::start(|| Ok(()), async |()| ()).unwrap().0
    }

    #[test]
    fn panic_of_a_future_is_an_error_and_the_worker_continues() {
        let worker = worker();
        let error = worker
            .block_on::<()>(async { std::panic::resume_unwind(Box::new(())) })
            .unwrap_err();
        assert!(error.may_have_succeeded(), "{error}");
        assert_eq!(worker.block_on(async { 7 }).unwrap(), 7);
    }

    #[test]
    fn panic_of_init_is_an_error() {
        let init = || std::panic::resume_unwind(Box::new(()));
        let error = Worker::start(init, async |()| ())
            .map(|(_, ())| ())
            .unwrap_err();
        assert!(error.is_configuration(), "{error}");
    }

    #[test]
    fn future_for_an_ended_thread_is_an_error() {
        let mut worker = worker();
        let (sender, dropped) = mpsc::channel();
        let on_drop = OnDrop(sender);
        worker.runtime.spawn(async move {
            let _on_drop = on_drop;
            std::future::pending::<()>().await;
        });
        worker.lifetime = None;
        dropped.recv().unwrap();
        assert!(worker.block_on(async {}).unwrap_err().may_have_succeeded());
    }

    #[test]
    fn waiting_on_the_worker_thread_is_an_error_instead_of_a_deadlock() {
        let worker = Arc::new(worker());
        let inner = worker.clone();
        let error = worker
            .block_on(async move { inner.block_on(async {}) })
            .unwrap();
        assert!(error.unwrap_err().is_invalid_input());
    }

    #[test]
    fn thread_ends_when_dropped_on_itself() {
        let worker = Arc::new(worker());
        let last = worker.clone();
        let (start, started) = oneshot::channel::<()>();
        let (sender, ended) = mpsc::channel();
        let on_drop = OnDrop(sender);
        worker.runtime.spawn(async move {
            let _ = started.await;
            drop(last);
            let _on_drop = on_drop;
            std::future::pending::<()>().await;
        });
        drop(worker);
        start.send(()).unwrap();
        ended.recv().unwrap();
    }
}
