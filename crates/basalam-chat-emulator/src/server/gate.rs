//! The entry of all requests, which checks them before the router handles them.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use serde_json::json;
use tower_service::Service as _;

use super::service::Service;
use super::{body, body_deadline, cors, response};
use crate::access::{Admission, Rejection};
use crate::request_log;

/// The router of a service behind the check of every request.
pub(crate) struct Gate {
    service: Arc<Service>,
    router: Router,
}

impl Gate {
    pub(crate) fn new(service: Arc<Service>, router: Router) -> Self {
        Self { service, router }
    }

    /// Handles a request, or rejects it.
    pub(super) async fn handle(&self, request: Request<Incoming>) -> Response {
        match self.service.options().access.check(&request) {
            Ok(Admission::Plain) => self.route(request).await,
            Ok(Admission::CrossOrigin(origin)) => {
                let mut response = self.route(request).await;
                cors::allow(&mut response, origin);
                response
            }
            Ok(Admission::Preflight(origin)) => cors::preflight(origin, request.headers()),
            Err(rejection) => self.reject(request, rejection).await,
        }
    }

    async fn route(&self, request: Request<Incoming>) -> Response {
        match self.router.clone().call(self.timed(request)).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// Limits the time in which the body of a request must arrive.
    fn timed(&self, request: Request<Incoming>) -> Request<Body> {
        let timeout = self.service.options().connection_limits.body_timeout;
        request.map(|it| body_deadline::limit(it, timeout))
    }

    /// Logs a rejected request and returns the response to it.
    async fn reject(&self, request: Request<Incoming>, rejection: Rejection) -> Response {
        let (started_at, start) = (SystemTime::now(), Instant::now());
        let number = self.service.test_controls().log.next_number();
        let (parts, body) = self.timed(request).into_parts();
        // Read, because most clients only read the response after sending the whole body.
        let _ = body::read(body).await;
        let entry = request_log::Entry {
            number,
            started_at,
            method: parts.method,
            target: request_log::target(&parts.uri),
            operation: None,
            user_id: None,
            status: Some(rejection.status),
            duration: start.elapsed(),
            error: Some(rejection.reason.clone()),
            fault: None,
        };
        self.service.notify_observers(&entry);
        self.service.test_controls().log.push(entry);
        response::json(rejection.status, &json!({ "message": rejection.reason }))
    }
}
