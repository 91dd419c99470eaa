//! A timeout on an injected clock.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::time::{Clock, Sleep, SleepReason};

/// Runs a future for at most `duration`. Yields `None` on a timeout.
///
/// The future is borrowed: a moved one would be in memory twice.
pub(crate) fn timeout<'a, T>(
    clock: &'a dyn Clock,
    duration: Duration,
    future: Pin<&'a mut (dyn Future<Output = T> + Send + 'a)>,
) -> Timeout<'a, T> {
    Timeout {
        clock,
        duration,
        future,
        sleep: None,
    }
}

/// The future of [`timeout`]. An `async fn` would hold all fields twice.
pub(crate) struct Timeout<'a, T> {
    clock: &'a dyn Clock,
    duration: Duration,
    future: Pin<&'a mut (dyn Future<Output = T> + Send + 'a)>,
    /// Created when the future is first pending.
    sleep: Option<Sleep>,
}

impl<T> Future for Timeout<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        if let Poll::Ready(value) = self.future.as_mut().poll(context) {
            return Poll::Ready(Some(value));
        }
        let Timeout {
            clock,
            duration,
            sleep,
            ..
        } = &mut *self;
        let sleep = sleep.get_or_insert_with(|| clock.sleep(*duration, SleepReason::Timeout));
        sleep.as_mut().poll(context).map(|()| None)
    }
}
