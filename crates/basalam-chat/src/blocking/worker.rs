//! The thread that does the work of a blocking client.

use std::convert::Infallible;
use std::future::Future;
use std::sync::mpsc;
use std::thread::{self, ThreadId};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::Error;

/// A thread with a runtime of its own. It ends when this is dropped, which does not wait for it: whoever
/// drops it may be that thread.
#[derive(Debug)]
pub(super) struct Worker {
    runtime: Handle,
    thread: ThreadId,
    /// Nothing is ever sent: the thread ends when this end of the channel is gone.
    _lifetime: oneshot::Sender<Infallible>,
}

impl Worker {
    /// Starts the thread, and runs `make` on it, inside its runtime.
    pub(super) fn start<T: Send + 'static>(
        make: impl FnOnce() -> T + Send + 'static,
    ) -> Result<(Worker, T), Error> {
        let (lifetime, ended) = oneshot::channel();
        let (started, start) = mpsc::sync_channel(1);
        let thread = thread::Builder::new().name("basalam-chat".to_owned());
        thread
            .spawn(move || {
                let runtime = match Builder::new_current_thread().enable_all().build() {
                    Ok(runtime) => runtime,
                    Err(error) => {
                        // The receiver waits, and would only miss this by a panic of its own.
                        let _ = started.send(Err(error));
                        return;
                    }
                };
                let made = {
                    let _inside = runtime.enter();
                    make()
                };
                let _ = started.send(Ok((runtime.handle().clone(), thread::current().id(), made)));
                // The sender sends nothing, so this ends with an error once it is dropped.
                let _ = runtime.block_on(ended);
                // Work that cannot be interrupted, such as a look-up of a name, ends by itself.
                runtime.shutdown_background();
            })
            .map_err(Error::no_thread)?;
        let started = start.recv().map_err(|_| Error::thread_panicked())?;
        let (runtime, thread, made) = started.map_err(Error::no_thread)?;
        let worker = Worker {
            runtime,
            thread,
            _lifetime: lifetime,
        };
        Ok((worker, made))
    }

    /// Refuses to wait on the thread for the thread.
    pub(super) fn check_thread(&self) -> Result<(), Error> {
        match thread::current().id() == self.thread {
            true => Err(Error::own_thread()),
            false => Ok(()),
        }
    }

    /// Runs a future on the thread, and waits for what it gives.
    pub(super) fn wait<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Error> {
        self.check_thread()?;
        // Not tokio's channel: that one refuses to wait inside a runtime.
        let (give, take) = mpsc::sync_channel(1);
        self.runtime.spawn(async move {
            let given = future.await;
            // The receiver waits for it.
            let _ = give.send(given);
        });
        // Where the future panics or the thread is gone, the sender is dropped without a word.
        take.recv().map_err(|_| Error::worker_gone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// Tells by a channel that it was dropped.
    struct Told(mpsc::Sender<()>);

    impl Drop for Told {
        fn drop(&mut self) {
            // Nobody may be listening any more.
            let _ = self.0.send(());
        }
    }

    fn worker() -> Worker {
        Worker::start(|| ()).unwrap().0
    }

    #[test]
    fn a_panic_of_the_work_is_an_error_and_the_next_work_is_done() {
        let worker = worker();
        let error = worker
            .wait::<()>(async { std::panic::resume_unwind(Box::new(())) })
            .unwrap_err();
        assert!(error.may_have_succeeded(), "{error}");
        assert_eq!(worker.wait(async { 7 }).unwrap(), 7);
    }

    #[test]
    fn a_panic_of_the_thread_is_an_error() {
        let error = Worker::start(|| std::panic::resume_unwind(Box::new(())))
            .map(|(_, ())| ())
            .unwrap_err();
        assert!(error.is_configuration(), "{error}");
    }

    #[test]
    fn work_for_a_thread_that_is_gone_is_an_error() {
        let mut worker = worker();
        let (told, gone) = mpsc::channel();
        let told = Told(told);
        worker.runtime.spawn(async move {
            let _told = told;
            std::future::pending::<()>().await;
        });
        (worker._lifetime, _) = oneshot::channel();
        gone.recv().unwrap();
        assert!(worker.wait(async {}).unwrap_err().may_have_succeeded());
    }

    #[test]
    fn waiting_on_the_thread_for_itself_is_an_error_and_no_hang() {
        let worker = Arc::new(worker());
        let inner = worker.clone();
        let error = worker.wait(async move { inner.wait(async {}) }).unwrap();
        assert!(error.unwrap_err().is_invalid_input());
    }

    #[test]
    fn the_thread_ends_when_it_is_dropped_on_itself() {
        let worker = Arc::new(worker());
        let last = worker.clone();
        let (go, gone) = oneshot::channel::<()>();
        let (told, ended) = mpsc::channel();
        let told = Told(told);
        worker.runtime.spawn(async move {
            let _ = gone.await;
            drop(last);
            let _told = told;
            std::future::pending::<()>().await;
        });
        drop(worker);
        go.send(()).unwrap();
        ended.recv().unwrap();
    }
}
