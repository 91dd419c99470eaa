//! Public streams, which wrap the paginators.

/// Declares a public stream over a [`Paginator`](super::Paginator) or an
/// [`ItemPaginator`](super::ItemPaginator).
macro_rules! impl_stream {
    (
        $(#[$docs:meta])*
        pub struct $name:ident($paginator:ident<$pager:ty>) -> $item:ty;
    ) => {
        $(#[$docs])*
        #[must_use = "streams do nothing unless polled"]
        pub struct $name($crate::paging::$paginator<$pager>);

        impl $name {
            pub(super) fn new(pager: $pager) -> $name {
                $name($crate::paging::$paginator::new(pager))
            }

            /// Returns the next element, or `None` at the end.
            pub async fn next(&mut self) -> Option<Result<$item, $crate::Error>> {
                self.try_next().await.transpose()
            }

            /// Returns the next element, or `Ok(None)` at the end.
            ///
            /// # Errors
            ///
            /// Any [`Error`]($crate::Error) of the request for a page. A stream of items also returns an
            /// [unreadable item]($crate::Error::is_unreadable_item) as an error, and continues after it.
            pub async fn try_next(&mut self) -> Result<Option<$item>, $crate::Error> {
                ::std::future::poll_fn(|context| self.0.poll_next(context)).await
            }
        }

        impl ::futures_core::Stream for $name {
            type Item = Result<$item, $crate::Error>;

            fn poll_next(
                mut self: ::std::pin::Pin<&mut Self>,
                context: &mut ::std::task::Context<'_>,
            ) -> ::std::task::Poll<Option<Self::Item>> {
                self.0.poll_next(context).map(Result::transpose)
            }
        }

        #[cfg(feature = "blocking")]
        impl $crate::blocking::Source for $name {
            type Item = $item;

            fn buffered(&mut self) -> Option<Result<$item, $crate::Error>> {
                self.0.buffered()
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
pub(crate) use impl_stream;
