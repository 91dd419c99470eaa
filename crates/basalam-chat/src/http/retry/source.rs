//! The requests of a call, one for each attempt.

use std::future::ready;
use std::pin::Pin;

use basalam_chat_api::RequestFactory;
use basalam_chat_api::operation::Operation;
use reqwest::Request;

use crate::Error;

/// The next request of a call, or `None` if it cannot be built again.
///
/// It is boxed, so that a call that waits does not reserve space for it.
pub(crate) type NextRequest<'a> =
    Pin<Box<dyn Future<Output = Result<Option<Box<Request>>, Error>> + Send + 'a>>;

/// Yields the request of each attempt of a call. It is used as a trait object, so that the retry loop is compiled once.
pub(crate) trait RequestSource: Send {
    fn next(&mut self) -> NextRequest<'_>;

    /// Returns `false` if it is certain that the next request cannot be built.
    fn can_repeat(&self) -> bool {
        true
    }

    /// Returns `true` if the request can be sent again even if the service may have processed it.
    fn is_idempotent(&self, operation: &Operation) -> bool {
        operation.idempotent
    }
}

/// A request that a factory builds again for each retry.
pub(crate) struct RebuiltRequest<'a> {
    first: Option<Box<Request>>,
    factory: RequestFactory<'a>,
}

impl<'a> RebuiltRequest<'a> {
    pub(crate) fn new(first: Request, factory: RequestFactory<'a>) -> RebuiltRequest<'a> {
        RebuiltRequest {
            first: Some(Box::new(first)),
            factory,
        }
    }
}

impl RequestSource for RebuiltRequest<'_> {
    fn next(&mut self) -> NextRequest<'_> {
        let first = self.first.take();
        let request = first.or_else(|| (self.factory)().map(Box::new));
        Box::pin(ready(Ok(request)))
    }
}

/// A request that is cloned for each attempt.
pub(crate) struct ClonedRequest {
    request: Option<Box<Request>>,
    is_idempotent: bool,
}

impl ClonedRequest {
    /// Creates a source. `is_idempotent` replaces what the document says of the operation.
    pub(crate) fn new(request: Request, is_idempotent: bool) -> ClonedRequest {
        ClonedRequest {
            request: Some(Box::new(request)),
            is_idempotent,
        }
    }
}

impl RequestSource for ClonedRequest {
    fn next(&mut self) -> NextRequest<'_> {
        let clone = self.request.as_ref().and_then(|it| it.try_clone());
        // A request with a streaming body can be sent once.
        let request = clone.map(Box::new).or_else(|| self.request.take());
        Box::pin(ready(Ok(request)))
    }

    fn is_idempotent(&self, _: &Operation) -> bool {
        self.is_idempotent
    }
}
