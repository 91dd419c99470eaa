//! What every request builder runs as.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use basalam_chat_api::operation::Operation;

use crate::{Client, Error};

/// What a request builder holds beside its client, and how it is run.
pub(crate) trait Request: Send + Sized + 'static {
    /// What the caller gets.
    type Response: Send + 'static;

    /// The row of the operation, which errors name.
    fn operation() -> &'static Operation;

    /// Checks the arguments, sends, and reads the answer. Nothing is sent before it is polled.
    fn run(self, client: Client) -> impl Future<Output = Result<Self::Response, Error>> + Send;
}

/// Runs a request as a future of its own.
pub(crate) fn future<R: Request>(client: Client, request: R) -> RequestFuture<R::Response> {
    RequestFuture {
        operation: R::operation(),
        run: Box::pin(request.run(client)),
    }
}

/// Refuses a value that no header can carry, naming its setter.
pub(crate) fn check_header(argument: &str, value: Option<&str>) -> Result<(), Error> {
    let Some(value) = value else {
        return Ok(());
    };
    match http::HeaderValue::from_str(value) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::invalid_input(
            argument,
            "has characters that no header can carry",
            "use visible ASCII characters and spaces",
        )),
    }
}

/// Gives a builder with the fields `client` and `request` its ways to be run.
macro_rules! impl_send {
    ($builder:ident -> $response:ty) => {
        impl $builder {
            /// Sends this request by other options than the client's.
            ///
            /// An option that cannot be used is an error when the request is sent.
            pub fn options(mut self, options: $crate::RequestOptions) -> Self {
                self.client = self.client.taking(options);
                self
            }

            /// Sends the request; the same as `.await` on the builder, as a future of its own for
            /// `tokio::spawn` and the like.
            ///
            /// # Errors
            ///
            /// As the method of the client that made the builder.
            pub fn send(self) -> $crate::RequestFuture<$response> {
                $crate::request::future(self.client, self.request)
            }
        }

        #[cfg(feature = "blocking")]
        impl $builder<$crate::blocking::Client> {
            /// Sends this request by other options than the client's.
            ///
            /// An option that cannot be used is an error when the request is sent.
            pub fn options(mut self, options: $crate::RequestOptions) -> Self {
                self.client = self.client.taking(options);
                self
            }

            /// Sends the request and waits for its answer.
            ///
            /// # Errors
            ///
            /// As the method of the client that made the builder.
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

/// A request on its way: what `.await` on a request builder waits for.
///
/// Nothing is sent before it is polled. Dropping it abandons the request, which the service may have
/// done by then.
#[must_use = "futures do nothing unless they are awaited"]
pub struct RequestFuture<T> {
    operation: &'static Operation,
    run: Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>,
}

impl<T> Future for RequestFuture<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = self.run.as_mut().poll(context);
        answer.map_err(|error| error.of(self.operation))
    }
}

impl<T> fmt::Debug for RequestFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestFuture").finish_non_exhaustive()
    }
}
