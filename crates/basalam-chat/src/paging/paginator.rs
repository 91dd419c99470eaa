//! Paginator of pages: drives a [`Pager`] and prefetches the next page.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::{Page, PageItems, Pager};
use crate::runtime::{Task, spawn};
use crate::{Error, ErrorKind};

type PageOf<P> = Page<<P as Pager>::Item, <P as Pager>::Cursor>;

type FetchResult<P> = (P, Result<Option<PageItems<<P as Pager>::Item>>, Error>);

/// Fetches one page after the other.
pub(crate) struct Paginator<P: Pager> {
    state: State<P>,
    /// The position after the last yielded page. The pager may be a page ahead.
    cursor: P::Cursor,
}

enum State<P: Pager> {
    /// No page is being fetched.
    Idle(Box<P>),
    /// A spawned task fetches the next page.
    Prefetching(Task<FetchResult<P>>),
    /// The next page is fetched while the caller polls.
    Fetching(Pin<Box<dyn Future<Output = FetchResult<P>> + Send>>),
    /// The list has ended, or an error has ended the paginator.
    Done,
}

impl<P: Pager> Paginator<P> {
    pub(crate) fn new(pager: P) -> Paginator<P> {
        Paginator {
            cursor: pager.cursor().clone(),
            state: State::Idle(Box::new(pager)),
        }
    }

    /// Returns the next page, or `None` at the end.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<PageOf<P>>, Error>> {
        loop {
            let (pager, result) = match &mut self.state {
                State::Done => return Poll::Ready(Ok(None)),
                State::Idle(_) => {
                    if let State::Idle(pager) = std::mem::replace(&mut self.state, State::Done) {
                        self.state = State::fetch(*pager);
                    }
                    continue;
                }
                State::Prefetching(task) => match ready!(Pin::new(task).poll(context)) {
                    Ok(fetched) => fetched,
                    Err(error) => {
                        self.state = State::Done;
                        return Poll::Ready(Err(Error::prefetch_failed(error)));
                    }
                },
                State::Fetching(fetch) => ready!(fetch.as_mut().poll(context)),
            };
            self.state = State::Done;
            return Poll::Ready(match result {
                Ok(Some(items)) => {
                    let cursor = pager.cursor().clone();
                    self.cursor.clone_from(&cursor);
                    self.state = match pager.read_ahead() {
                        true => State::fetch(pager),
                        false => State::Idle(Box::new(pager)),
                    };
                    Ok(Some(Page::new(items, cursor)))
                }
                Ok(None) => Ok(None),
                Err(error) => {
                    // The list continues past the missing items. Any other error would repeat on the next call.
                    if error.is_incomplete_list() {
                        self.state = State::Idle(Box::new(pager));
                    }
                    Err(error)
                }
            });
        }
    }

    /// The position after the last yielded page.
    pub(crate) fn cursor(&self) -> &P::Cursor {
        &self.cursor
    }

    /// Always returns `None`: only polling shows whether the next page has arrived.
    #[cfg(feature = "blocking")]
    pub(crate) fn buffered<T>(&mut self) -> Option<T> {
        None
    }
}

impl<P: Pager> State<P> {
    /// Starts fetching the next page, in a task if the pager reads ahead.
    fn fetch(mut pager: P) -> State<P> {
        let read_ahead = pager.read_ahead();
        let fetch = async move {
            let result = pager.next_page().await;
            (pager, result)
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) if read_ahead => State::Prefetching(spawn(&runtime, fetch)),
            _ => State::Fetching(Box::pin(fetch)),
        }
    }
}

impl Error {
    fn prefetch_failed(error: io::Error) -> Error {
        Error::new(
            ErrorKind::Connection,
            "the task that prefetches the next page ended early",
            "keep the runtime running while a stream is read, or turn `read_ahead` off",
        )
        .with_source(error)
    }
}
