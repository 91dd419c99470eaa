//! The receiver as a tower service (feature `webhooks-tower`).

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::{Receiver, WakeOnDrop};

/// The tower service of a [`Receiver`]; returned by [`Receiver::service`].
#[derive(Clone, Debug)]
pub struct DeliveryService {
    receiver: Receiver,
}

impl Receiver {
    /// Returns a tower service that receives deliveries, at any path (feature `webhooks-tower`).
    ///
    /// It accepts POST, PUT and PATCH. It reads nothing of the body of a request without the secret, at most
    /// [`max_body_bytes`](Receiver::max_body_bytes) of others, and waits for a body no longer than the
    /// [`body_timeout`](super::ReceiverBuilder::body_timeout). Besides the statuses of
    /// [`accept`](Receiver::accept), it responds with 405 to other methods, 408 after the timeout, and 400 to a body
    /// that ends early.
    ///
    /// In axum: `Router::new().route_service("/webhooks/430", receiver.service())`.
    pub fn service(&self) -> DeliveryService {
        DeliveryService {
            receiver: self.clone(),
        }
    }

    async fn receive<B>(self, headers: HeaderMap, method: Method, body: B) -> StatusCode
    where
        B: Body,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        if ![Method::POST, Method::PUT, Method::PATCH].contains(&method) {
            return StatusCode::METHOD_NOT_ALLOWED;
        }
        if !self.is_authentic(&headers) {
            return StatusCode::UNAUTHORIZED;
        }
        let _wake = WakeOnDrop(&self);
        let limit = self.max_body_bytes();
        let length = headers.get(CONTENT_LENGTH);
        let length: Option<usize> = length.and_then(|it| it.to_str().ok()?.parse().ok());
        if length.is_some_and(|length| length > limit) {
            return StatusCode::PAYLOAD_TOO_LARGE;
        }
        let body = Limited::new(body, limit).collect();
        match tokio::time::timeout(self.shared.body_timeout, body).await {
            Ok(Ok(body)) => {
                // Even if the secret has been replaced since the start of the request.
                let status = self.accept_authentic(&body.to_bytes()).status();
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Ok(Err(error)) if error.is::<LengthLimitError>() => StatusCode::PAYLOAD_TOO_LARGE,
            Ok(Err(_)) => StatusCode::BAD_REQUEST,
            Err(_) => StatusCode::REQUEST_TIMEOUT,
        }
    }
}

impl<B> tower_service::Service<Request<B>> for DeliveryService
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<String>;
    type Error = Infallible;
    type Future = DeliveryFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> DeliveryFuture {
        let (parts, body) = request.into_parts();
        let receiver = self.receiver.clone();
        DeliveryFuture(Box::pin(receiver.receive(
            parts.headers,
            parts.method,
            body,
        )))
    }
}

/// The future of a [`DeliveryService`].
pub struct DeliveryFuture(Pin<Box<dyn Future<Output = StatusCode> + Send>>);

impl Future for DeliveryFuture {
    type Output = Result<Response<String>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context).map(|status| {
            let mut response = Response::new(String::new());
            *response.status_mut() = status;
            Ok(response)
        })
    }
}

impl fmt::Debug for DeliveryFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryFuture").finish_non_exhaustive()
    }
}
