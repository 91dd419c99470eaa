//! Walking through lists, page by page and item by item.
//!
//! A [`Walk`] knows how one list is paged. What is here runs it: [`Pages`] asks for one page after the
//! other, ahead of the caller where that is wanted, and [`Items`] hands their items out one by one.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::JoinHandle;

use crate::Error;

/// How one list is paged.
pub(crate) trait Walk: fmt::Debug + Send + Sized + 'static {
    /// What the list holds.
    type Item: Send + Unpin + 'static;
    /// Where a walk stands, so that another one can go on from there.
    type Cursor: Cursor<Self::Item>;

    /// Gives the next items that the walk has not given yet, at least one, or none at the end.
    ///
    /// After an error the walk stands where it stood before the call, or beyond what the error names.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<Self::Item>>, Error>> + Send;

    /// Where the walk stands.
    fn cursor(&self) -> &Self::Cursor;
}

/// Where a walk stands.
pub(crate) trait Cursor<T>: Clone + fmt::Debug + Send + Unpin + 'static {
    /// Goes on beyond an item that was given.
    fn advance(&mut self, item: &T);
}

/// A page's items, and where the walk stands after it.
type Page<W> = (Vec<<W as Walk>::Item>, <W as Walk>::Cursor);

type Step<W> = (W, Result<Option<Vec<<W as Walk>::Item>>, Error>);

/// One page after the other.
pub(crate) struct Pages<W: Walk> {
    state: State<W>,
    read_ahead: bool,
}

enum State<W: Walk> {
    /// Nothing is under way.
    Resting(Box<W>),
    /// The next page is asked for by a task of its own.
    Ahead(AbortOnDrop<Step<W>>),
    /// The next page is asked for while the caller waits.
    Here(Pin<Box<dyn Future<Output = Step<W>> + Send>>),
    /// The list has ended, or an error has ended the walk.
    Ended,
}

impl<W: Walk> Pages<W> {
    pub(crate) fn new(walk: W, read_ahead: bool) -> Pages<W> {
        Pages {
            state: State::Resting(Box::new(walk)),
            read_ahead,
        }
    }

    /// Gives the items of the next page, and where the walk stands after it.
    pub(crate) fn poll_page(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<Page<W>>, Error>> {
        loop {
            let (walk, result) = match &mut self.state {
                State::Ended => return Poll::Ready(Ok(None)),
                State::Resting(_) => {
                    if let State::Resting(walk) = std::mem::replace(&mut self.state, State::Ended) {
                        self.state = self.ask(*walk);
                    }
                    continue;
                }
                State::Ahead(task) => match ready!(Pin::new(&mut task.0).poll(context)) {
                    Ok(step) => step,
                    Err(error) => {
                        self.state = State::Ended;
                        return Poll::Ready(Err(Error::task(error)));
                    }
                },
                State::Here(step) => ready!(step.as_mut().poll(context)),
            };
            self.state = State::Ended;
            return Poll::Ready(match result {
                Ok(Some(items)) => {
                    let cursor = walk.cursor().clone();
                    self.state = match self.read_ahead {
                        true => self.ask(walk),
                        false => State::Resting(Box::new(walk)),
                    };
                    Ok(Some((items, cursor)))
                }
                Ok(None) => Ok(None),
                Err(error) => {
                    // Beyond a gap the list goes on; any other error would meet the next call too.
                    if error.is_incomplete_list() {
                        self.state = State::Resting(Box::new(walk));
                    }
                    Err(error)
                }
            });
        }
    }

    /// The next page without waiting: never, as only polling tells whether it came.
    #[cfg(feature = "blocking")]
    pub(crate) fn at_hand<T>(&mut self) -> Option<T> {
        None
    }

    fn ask(&self, mut walk: W) -> State<W> {
        let step = async move {
            let result = walk.next().await;
            (walk, result)
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) if self.read_ahead => State::Ahead(AbortOnDrop(runtime.spawn(step))),
            _ => State::Here(Box::pin(step)),
        }
    }
}

/// A task that ends with the one who waits for it.
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One item after the other.
pub(crate) struct Items<W: Walk> {
    pages: Pages<W>,
    page: VecDeque<W::Item>,
    cursor: W::Cursor,
}

impl<W: Walk> Items<W> {
    pub(crate) fn new(walk: W, read_ahead: bool) -> Items<W> {
        Items {
            cursor: walk.cursor().clone(),
            pages: Pages::new(walk, read_ahead),
            page: VecDeque::new(),
        }
    }

    /// The next item, where its page is here. It is moved once, since items are large.
    pub(crate) fn at_hand(&mut self) -> Option<W::Item> {
        self.cursor.advance(self.page.front()?);
        self.page.pop_front()
    }

    pub(crate) fn poll_item(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<W::Item>, Error>> {
        while self.page.is_empty() {
            match ready!(self.pages.poll_page(context))? {
                Some((items, _)) => self.page = items.into(),
                None => return Poll::Ready(Ok(None)),
            }
        }
        Poll::Ready(Ok(self.at_hand()))
    }

    /// Where the last item that was given stands.
    pub(crate) fn cursor(&self) -> &W::Cursor {
        &self.cursor
    }
}

/// Writes a public stream over [`Items`] or [`Pages`].
macro_rules! stream {
    (
        $(#[$docs:meta])*
        pub struct $name:ident($inner:ty) gives $item:ty, by $poll:expr;
    ) => {
        $(#[$docs])*
        #[must_use = "a stream does nothing unless it is read"]
        pub struct $name($inner);

        impl $name {
            /// Gives the next one, or `None` at the end.
            pub async fn next(&mut self) -> Option<Result<$item, $crate::Error>> {
                self.try_next().await.transpose()
            }

            /// Gives the next one, or `None` at the end, with the error outside.
            ///
            /// # Errors
            ///
            /// What [`Error`]($crate::Error) lists for every call.
            pub async fn try_next(&mut self) -> Result<Option<$item>, $crate::Error> {
                ::std::future::poll_fn(|context| $poll(&mut self.0, context)).await
            }
        }

        impl ::futures_core::Stream for $name {
            type Item = Result<$item, $crate::Error>;

            fn poll_next(
                mut self: ::std::pin::Pin<&mut Self>,
                context: &mut ::std::task::Context<'_>,
            ) -> ::std::task::Poll<Option<Self::Item>> {
                $poll(&mut self.0, context).map(Result::transpose)
            }
        }

        #[cfg(feature = "blocking")]
        impl $crate::blocking::Source for $name {
            type Item = $item;

            fn buffered(&mut self) -> Option<$item> {
                self.0.at_hand()
            }

            async fn next(&mut self) -> Option<Result<$item, $crate::Error>> {
                $name::next(self).await
            }
        }

        #[cfg(feature = "blocking")]
        impl ::std::iter::Iterator for $crate::blocking::Iter<$name> {
            type Item = Result<$item, $crate::Error>;

            fn next(&mut self) -> Option<Self::Item> {
                $crate::blocking::next(self)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}
pub(crate) use stream;
