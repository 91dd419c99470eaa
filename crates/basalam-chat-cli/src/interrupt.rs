//! Ctrl-C: the first one ends the command cleanly, the second one at once.

use tokio::sync::watch;

use crate::failure::{Failure, Kind};

/// Signals commands to end.
#[derive(Clone)]
pub(crate) struct Interrupt {
    presses: watch::Receiver<u32>,
}

impl Interrupt {
    /// Handles Ctrl-C, and SIGTERM in the same way, from now on.
    pub(crate) fn listen() -> Interrupt {
        let (sender, presses) = watch::channel(0);
        tokio::spawn(async move {
            let mut signals = Signals::new();
            loop {
                signals.next().await;
                if *sender.borrow() > 0 {
                    std::process::exit(Kind::Interrupted.exit_code());
                }
                sender.send_modify(|count| *count += 1);
            }
        });
        Interrupt { presses }
    }

    /// Waits until the command is asked to end.
    pub(crate) async fn pressed(&self) {
        let mut presses = self.presses.clone();
        if presses.wait_for(|count| *count > 0).await.is_err() {
            std::future::pending().await
        }
    }

    /// Runs a future, unless the command is asked to end before it is ready.
    pub(crate) async fn or<T>(&self, future: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = self.pressed() => Err(Failure::interrupted()),
            result = future => Ok(result),
        }
    }
}

#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn new() -> Signals {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate()];
        Signals(kinds.into_iter().filter_map(|it| signal(it).ok()).collect())
    }

    async fn next(&mut self) {
        std::future::poll_fn(|context| {
            let mut signals = self.0.iter_mut();
            match signals.any(|it| it.poll_recv(context).is_ready()) {
                true => std::task::Poll::Ready(()),
                false => std::task::Poll::Pending,
            }
        })
        .await
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Signals {
        Signals
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
