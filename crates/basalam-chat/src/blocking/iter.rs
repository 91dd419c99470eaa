//! Lists as plain iterators.

use std::fmt;

use super::client::Client;
use crate::Error;

/// An iterator over a list that blocks until each page arrives: the blocking form of the stream `S`.
///
/// Created by the methods `iter` and `pages` of the request builders. It yields the items of the stream in the
/// same order, and prefetches as the stream does. No request is sent before the first `next`.
#[must_use = "an iterator does nothing unless it is consumed"]
pub struct Iter<S> {
    client: Client,
    /// Missing after a panic on the client's thread.
    stream: Option<S>,
}

impl<S> Iter<S> {
    pub(crate) fn new(client: Client, stream: S) -> Iter<S> {
        Iter {
            client,
            stream: Some(stream),
        }
    }

    pub(super) fn stream(&self) -> Option<&S> {
        self.stream.as_ref()
    }
}

/// A stream that an iterator can read.
pub(crate) trait Source: Send + Sized + 'static {
    type Item: Send + 'static;

    /// Returns the next item if it is buffered.
    fn buffered(&mut self) -> Option<Result<Self::Item, Error>>;

    /// Waits for the next item.
    fn next(&mut self) -> impl Future<Output = Option<Result<Self::Item, Error>>> + Send;
}

/// Returns the next item of an iterator. The stream is moved to the worker only to wait for a page.
pub(crate) fn next<S: Source>(iter: &mut Iter<S>) -> Option<Result<S::Item, Error>> {
    let mut stream = iter.stream.take()?;
    if let Some(item) = stream.buffered() {
        iter.stream = Some(stream);
        return Some(item);
    }
    if let Err(error) = iter.client.check_thread() {
        iter.stream = Some(stream);
        return Some(Err(error));
    }
    let step = async move {
        let item = stream.next().await;
        (stream, item)
    };
    match iter.client.block_on(step) {
        Ok((stream, item)) => {
            iter.stream = Some(stream);
            item
        }
        Err(error) => Some(Err(error)),
    }
}

impl<S> fmt::Debug for Iter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").finish_non_exhaustive()
    }
}
