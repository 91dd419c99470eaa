//! Walks through lists as plain iterators.

use std::fmt;

use super::Client;
use crate::Error;
use crate::chats::{ChatCursor, ChatStream};
use crate::messages::{MessageCursor, MessageStream};

/// Walks through a list and waits for each page: what stream `S` is to the async client.
///
/// Made by the `iter` and `pages` of the request builders. It gives what the stream would give, in
/// the same order, ends where it ends, and reads ahead as it does. Nothing is asked for before the first
/// `next`.
#[must_use = "an iterator does nothing unless it is read"]
pub struct Iter<S> {
    client: Client,
    /// Missing once reading it has failed beyond repair.
    stream: Option<S>,
}

impl<S> Iter<S> {
    pub(crate) fn new(client: Client, stream: S) -> Iter<S> {
        Iter {
            client,
            stream: Some(stream),
        }
    }
}

/// A stream that an iterator can read.
pub(crate) trait Source: Send + Sized + 'static {
    type Item: Send + 'static;

    /// Gives what is at hand without waiting.
    fn at_hand(&mut self) -> Option<Self::Item>;

    /// Waits for what comes next.
    fn next(&mut self) -> impl Future<Output = Option<Result<Self::Item, Error>>> + Send;
}

/// Gives what an iterator gives next. The stream itself travels to the worker, but only where it must
/// wait there for a page.
pub(crate) fn next<S: Source>(iter: &mut Iter<S>) -> Option<Result<S::Item, Error>> {
    let mut stream = iter.stream.take()?;
    if let Some(item) = stream.at_hand() {
        iter.stream = Some(stream);
        return Some(Ok(item));
    }
    if let Err(error) = iter.client.check_thread() {
        iter.stream = Some(stream);
        return Some(Err(error));
    }
    let step = async move {
        let item = stream.next().await;
        (stream, item)
    };
    match iter.client.wait(step) {
        Ok((stream, item)) => {
            iter.stream = Some(stream);
            item
        }
        Err(error) => Some(Err(error)),
    }
}

impl Iter<MessageStream> {
    /// Where the last message that was given stands, for
    /// [`GetMessages::resume`](crate::messages::GetMessages::resume); none after a panic of the client's
    /// thread.
    pub fn cursor(&self) -> Option<MessageCursor> {
        self.stream.as_ref().map(MessageStream::cursor)
    }
}

impl Iter<ChatStream> {
    /// Where the last chat that was given stands, for
    /// [`GetChats::resume`](crate::chats::GetChats::resume); none after a panic of the client's thread.
    pub fn cursor(&self) -> Option<ChatCursor> {
        self.stream.as_ref().map(ChatStream::cursor)
    }
}

impl<S> fmt::Debug for Iter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").finish_non_exhaustive()
    }
}
