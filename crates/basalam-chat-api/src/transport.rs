//! The hook through which every generated request leaves this crate.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use reqwest::{Request, Response};

use crate::operation::Operation;

/// What a [`Transport`] answers with, once it is there.
pub type TransportFuture<'a> =
    Pin<Box<dyn Future<Output = Result<SuccessResponse, TransportError>> + Send + 'a>>;

/// Makes the request of an operation once more.
pub type RequestFactory<'a> = &'a (dyn Fn() -> Option<Request> + Sync);

/// Carries requests of the generated client to the service.
///
/// Authorisation, sending, limits and whatever else is done to every request happen in here.
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends a request of `operation`, as often as it takes and may, and gives its success answer, read
    /// whole.
    ///
    /// `again` makes the same request once more. Unlike a copy, it costs nothing where nothing is repeated.
    ///
    /// Whatever else comes is a failure, which reaches the caller inside
    /// [`Error::UnexpectedResponse`](crate::Error::UnexpectedResponse).
    fn send<'a>(
        &'a self,
        operation: &'static Operation,
        request: Request,
        again: RequestFactory<'a>,
    ) -> TransportFuture<'a>;
}

/// An answer that the document describes as success, read whole.
pub struct SuccessResponse {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, decompressed.
    pub body: Bytes,
}

/// Shows nothing of the body, which holds what people write to each other.
impl fmt::Debug for SuccessResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.body.len();
        write!(f, "SuccessResponse({length} bytes)")
    }
}

/// What a transport failed with, of a type that its caller knows.
///
/// progenitor's errors have no place for it, so a failure travels inside an answer that nobody sent, and
/// [`take`](TransportError::take) gets it out again.
#[derive(Clone, Debug)]
pub struct TransportError(Arc<dyn Any + Send + Sync>);

/// The status of an answer that carries a failure. No document names it.
const CARRIER: u16 = 599;

impl TransportError {
    /// Wraps what the transport failed with.
    pub fn new<T: Any + Send + Sync>(failure: T) -> TransportError {
        TransportError(Arc::new(failure))
    }

    /// Takes the failure out of the answer that carries it, if one does and it is a `T`.
    pub fn take<T: Any + Send + Sync>(answer: &mut Response) -> Option<T> {
        let TransportError(failure) = answer.extensions_mut().remove::<TransportError>()?;
        Arc::into_inner(failure.downcast::<T>().ok()?)
    }

    pub(crate) fn into_answer(self) -> Response {
        let mut answer = http::Response::new(Vec::new());
        // 599 is a status that the type can hold, so the default is never reached.
        *answer.status_mut() = http::StatusCode::from_u16(CARRIER).unwrap_or_default();
        answer.extensions_mut().insert(self);
        Response::from(answer)
    }
}

/// What the generated client holds: its way to the service.
#[derive(Clone, Debug)]
pub struct Inner {
    pub(crate) transport: Arc<dyn Transport>,
}

impl Inner {
    /// Makes a client's inside from a transport.
    pub fn new(transport: Arc<dyn Transport>) -> Inner {
        Inner { transport }
    }
}
