//! The transport trait that sends every request of the generated client.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use reqwest::{Request, Response};

use crate::operation::Operation;

/// The future returned by [`Transport::send`].
pub type TransportFuture<'a> =
    Pin<Box<dyn Future<Output = Result<SuccessResponse, TransportError>> + Send + 'a>>;

/// Builds the request of an operation again, for a retry.
pub type RequestFactory<'a> = &'a (dyn Fn() -> Option<Request> + Sync);

/// Sends the requests of the generated client.
///
/// An implementation is responsible for everything that applies to all requests, such as authorization,
/// timeouts and retries.
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends a request of `operation` and returns its success response with the complete body.
    ///
    /// `rebuild` builds the same request again for a retry. Unlike a clone of the request, it costs nothing
    /// if there is no retry.
    ///
    /// # Errors
    ///
    /// Returns an error for any other outcome. The caller receives it inside
    /// [`Error::UnexpectedResponse`](crate::Error::UnexpectedResponse).
    fn send<'a>(
        &'a self,
        operation: &'static Operation,
        request: Request,
        rebuild: RequestFactory<'a>,
    ) -> TransportFuture<'a>;
}

/// A documented success response with its complete body.
pub struct SuccessResponse {
    /// The headers.
    pub headers: HeaderMap,
    /// The decompressed body.
    pub body: Bytes,
    /// Data of the transport, which it receives again in an [`UndecodableResponse`].
    pub context: Option<Box<dyn Any + Send + Sync>>,
}

/// A success response that cannot be decoded.
///
/// The caller receives it like a [`TransportError`], since progenitor's variant for it has no context.
pub struct UndecodableResponse {
    /// The decompressed body.
    pub body: Bytes,
    /// The error of the decoder.
    pub error: serde_json::Error,
    /// The transport's data of the [`SuccessResponse`].
    pub context: Option<Box<dyn Any + Send + Sync>>,
}

/// Omits the body and the error, which contain private messages.
impl fmt::Debug for UndecodableResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UndecodableResponse({} bytes)", self.body.len())
    }
}

/// Omits the body, which contains private messages.
impl fmt::Debug for SuccessResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SuccessResponse({} bytes)", self.body.len())
    }
}

/// An error of a [`Transport`], of a type known to its caller.
///
/// progenitor's error type has no variant for it, so it is carried in the extensions of a synthetic
/// response, from which [`take`](TransportError::take) extracts it.
#[derive(Clone, Debug)]
pub struct TransportError(Arc<dyn Any + Send + Sync>);

/// The status of the synthetic response, which no document uses.
const SYNTHETIC_STATUS: u16 = 599;

impl TransportError {
    /// Wraps an error.
    pub fn new<T: Any + Send + Sync>(error: T) -> TransportError {
        TransportError(Arc::new(error))
    }

    /// Takes the error out of a response, if it contains one of type `T`.
    pub fn take<T: Any + Send + Sync>(response: &mut Response) -> Option<T> {
        let TransportError(error) = response.extensions().get()?;
        if !error.is::<T>() {
            return None;
        }
        let TransportError(error) = response.extensions_mut().remove::<TransportError>()?;
        Arc::into_inner(error.downcast::<T>().ok()?)
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response = http::Response::new(Vec::new());
        // 599 is a valid status code, so the default is never used.
        *response.status_mut() = http::StatusCode::from_u16(SYNTHETIC_STATUS).unwrap_or_default();
        response.extensions_mut().insert(self);
        Response::from(response)
    }
}

/// State of the generated client: its transport.
#[derive(Clone, Debug)]
pub struct Inner {
    pub(crate) transport: Arc<dyn Transport>,
}

impl Inner {
    /// Creates the client state from a transport.
    pub fn new(transport: Arc<dyn Transport>) -> Inner {
        Inner { transport }
    }
}
