//! Sending of request builders.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use basalam_chat_api::operation::Operation;

pub(crate) use crate::http::check_header;
use crate::{Client, Error};

/// Rejects an id that the service cannot have assigned, such as the zero of an unset field. The contract starts
/// ids at 1 (certain for chats and for lists of messages, likely for the others).
pub(crate) fn check_id(argument: &str, id: i64) -> Result<(), Error> {
    match id {
        1.. => Ok(()),
        _ => Err(Error::invalid_input(
            argument,
            &format!("is the id {id}"),
            "pass the id that the service returned, which is greater than zero",
        )),
    }
}

/// Rejects a string without visible characters. `argument` is the setter.
pub(crate) fn check_not_blank(argument: &str, value: Option<&str>) -> Result<(), Error> {
    match value {
        Some(value) if value.trim().is_empty() => Err(Error::invalid_input(
            argument,
            "is empty",
            "set a value, or do not call the setter",
        )),
        _ => Ok(()),
    }
}

/// The parameters of a request builder.
pub(crate) trait Request: Send + Sized + 'static {
    /// The result of the request.
    type Response: Send + 'static;

    /// Returns the operation, whose id is part of errors.
    fn operation() -> &'static Operation;

    /// Checks the parameters, sends the request and decodes the response. Nothing is sent before the future
    /// is polled.
    fn run(self, client: Client) -> impl Future<Output = Result<Self::Response, Error>> + Send;
}

/// Returns the future of a request.
pub(crate) fn future<R: Request>(client: Client, request: R) -> RequestFuture<R::Response> {
    RequestFuture {
        operation: R::operation(),
        future: Box::pin(request.run(client)),
    }
}

/// Implements `options`, `send` and `.await` for a builder with the fields `client` and `request`.
macro_rules! impl_send {
    ($builder:ident -> $response:ty) => {
        impl $builder {
            /// Sets options for this request, which override the client's.
            ///
            /// An invalid option is reported when the request is sent.
            pub fn options(mut self, options: $crate::RequestOptions) -> Self {
                self.client = self.client.with_options_unchecked(options);
                self
            }

            /// Sends the request. Same as `.await` on the builder, but returns a named future, for
            /// `tokio::spawn` and the like.
            ///
            /// # Errors
            ///
            /// See the method of the client that created the builder.
            pub fn send(self) -> $crate::RequestFuture<$response> {
                $crate::request::future(self.client, self.request)
            }
        }

        #[cfg(feature = "blocking")]
        impl $builder<$crate::blocking::Client> {
            /// Sets options for this request, which override the client's.
            ///
            /// An invalid option is reported when the request is sent.
            pub fn options(mut self, options: $crate::RequestOptions) -> Self {
                self.client = self.client.with_options_unchecked(options);
                self
            }

            /// Sends the request and waits for the response (feature `blocking`).
            ///
            /// # Errors
            ///
            /// See the method of the client that created the builder.
            pub fn send(self) -> ::std::result::Result<$response, $crate::Error> {
                self.client.send(self.request)
            }
        }

        impl ::std::future::IntoFuture for $builder {
            type Output = ::std::result::Result<$response, $crate::Error>;
            type IntoFuture = $crate::RequestFuture<$response>;

            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }
    };
}
pub(crate) use impl_send;

/// The future of a request builder, which `.await` polls.
///
/// Nothing is sent before it is polled. Dropping it cancels the request, which the service may already have
/// processed.
#[must_use = "futures do nothing unless they are awaited"]
pub struct RequestFuture<T> {
    operation: &'static Operation,
    future: Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>,
}

impl<T> Future for RequestFuture<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let result = self.future.as_mut().poll(context);
        result.map_err(|error| error.with_operation(self.operation))
    }
}

impl<T> fmt::Debug for RequestFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestFuture").finish_non_exhaustive()
    }
}

/// Declares a request builder without setters: its type, its parameters and how to send it.
macro_rules! plain_request {
    (
        $(#[$docs:meta])*
        pub struct $builder:ident -> $response:ty;
        struct $params:ident { $($field:ident: $type:ty)? }
        $operation:ident => |$client:ident, $received:ident| $send:block
    ) => {
        $(#[$docs])*
        #[derive(Clone, Debug)]
        #[must_use = "a request is sent when it is awaited"]
        pub struct $builder<C = $crate::Client> {
            pub(crate) client: C,
            pub(crate) request: $params,
        }

        #[derive(Clone, Debug)]
        pub(crate) struct $params {
            $($field: $type)?
        }

        $crate::request::impl_send!($builder -> $response);

        impl $crate::request::Request for $params {
            type Response = $response;

            fn operation() -> &'static ::basalam_chat_api::operation::Operation {
                &$operation
            }

            async fn run(self, $client: $crate::Client) -> Result<$response, $crate::Error> {
                let $received = self;
                $send
            }
        }
    };
}
pub(crate) use plain_request;
