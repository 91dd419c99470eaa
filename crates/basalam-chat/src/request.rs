//! What every request builder runs as.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::Error;

/// A request on its way: what `.await` on a request builder waits for.
///
/// Nothing is sent before it is polled. Dropping it abandons the request, which the service may have
/// done by then.
#[must_use = "futures do nothing unless they are awaited"]
pub struct RequestFuture<T>(Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>);

impl<T> RequestFuture<T> {
    pub(crate) fn new(future: impl Future<Output = Result<T, Error>> + Send + 'static) -> Self {
        RequestFuture(Box::pin(future))
    }
}

impl<T> Future for RequestFuture<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<T> fmt::Debug for RequestFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestFuture").finish_non_exhaustive()
    }
}
