//! The HTTP server: routes requests to operations and converts results to responses.

mod authorize;
mod body;
mod body_deadline;
pub(crate) mod connections;
mod console;
mod control;
mod cors;
pub(crate) mod delivery;
pub(crate) mod events;
mod fault_injection;
pub(crate) mod gate;
pub(crate) mod listener;
mod log_context;
mod log_middleware;
mod multipart;
mod player;
mod recording;
mod response;
mod service;
mod settings;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::middleware;
use axum::response::Response;
use axum::routing::{MethodFilter, get, on, post};
use basalam_chat_openapi::Method;
use bytes::Bytes;
use serde_json::json;

use crate::contract::{OperationContract, RequestParts};
use crate::form::Form;
use crate::oauth::TOKEN_OPERATION;
use crate::operations;
use log_context::LogContext;
pub(crate) use service::{Service, ServiceConfig};

/// Creates the router of a service, optionally with the control endpoints.
pub(crate) fn router(service: &Arc<Service>, has_control: bool) -> Router {
    let mut router = Router::new();
    for operation in &service.contract().operations {
        let handle = move |State(service), request| handle_operation(service, operation, request);
        router = router.route(&operation.path, on(method_filter(operation.method), handle));
    }
    let router = router
        .route("/files/{id}/{name}", get(handle_file))
        .route("/oauth/token", post(handle_token))
        .route("/accounts/sso", get(handle_authorize))
        .fallback(handle_unknown_route)
        .method_not_allowed_fallback(handle_unknown_route)
        .with_state(Arc::clone(service))
        .layer(middleware::from_fn_with_state(
            Arc::clone(service),
            log_middleware::log_request,
        ));
    // Health checks need no control endpoints.
    let router = router.route("/_emulator/readyz", get(readyz));
    match has_control {
        true => {
            let control = control::router(service, &router);
            router.merge(control)
        }
        false => router,
    }
}

/// Reports that the emulator handles requests.
async fn readyz() -> Response {
    response::json(200, &json!({ "ok": true }))
}

async fn handle_operation(
    service: Arc<Service>,
    operation: &'static OperationContract,
    request: Request,
) -> Response {
    service.test_controls().count_request(&operation.id);
    let log_context = LogContext::of(&request);
    log_context.set_operation(&operation.id);
    let (mut parts, payload) = match read(&service, operation, request).await {
        Ok(read) => read,
        Err(rejection) => return rejection,
    };
    if let Some(seconds) = service.exceeds_rate_limit(&parts.headers) {
        log_context.set_error("the rate limit is exceeded".to_owned());
        return response::too_many_requests(seconds);
    }
    service.run_hooks(&operation.id);
    if let Some(queued) = service.test_controls().next_response() {
        return queued;
    }
    let Some(handler) = operations::handler(&operation.id) else {
        return response::unknown_route();
    };
    let Ok(path) = RawPathParams::from_request_parts(&mut parts, &()).await else {
        // The percent-decoded path is not UTF-8.
        return response::unknown_route();
    };
    let request = request_parts(&parts, &path, &payload);
    let handle = || service.handle(operation, handler, &request, &log_context);
    let fault = service.test_controls().faults.next(&operation.id);
    match fault {
        Some(fault) => fault_injection::inject(fault, &service, &log_context, handle).await,
        None => handle().into_response(),
    }
}

/// Handles the token endpoint, which the document does not define.
async fn handle_token(State(service): State<Arc<Service>>, request: Request) -> Response {
    service.test_controls().count_request(TOKEN_OPERATION);
    let log_context = LogContext::of(&request);
    log_context.set_operation(TOKEN_OPERATION);
    let (parts, body) = request.into_parts();
    let body = match body::read(body).await {
        Ok(body) => body,
        Err(rejection) => return rejection,
    };
    service.run_hooks(TOKEN_OPERATION);
    if let Some(queued) = service.test_controls().next_response() {
        return queued;
    }
    let handle = || token::handle(&service, &parts.headers, &body, &log_context);
    let fault = service.test_controls().faults.next(TOKEN_OPERATION);
    match fault {
        Some(fault) => fault_injection::inject(fault, &service, &log_context, handle).await,
        None => handle().into_response(),
    }
}

/// Handles the authorization page.
async fn handle_authorize(State(service): State<Arc<Service>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if let Err(rejection) = body::read(body).await {
        return rejection;
    }
    let queued = service.test_controls().next_response();
    queued.unwrap_or_else(|| authorize::authorize(&service, &parts.uri))
}

/// Returns an uploaded file, which needs no token.
async fn handle_file(State(service): State<Arc<Service>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Err(rejection) = body::read(body).await {
        return rejection;
    }
    if let Some(queued) = service.test_controls().next_response() {
        return queued;
    }
    let Ok(path) = RawPathParams::from_request_parts(&mut parts, &()).await else {
        return response::unknown_route();
    };
    let value = |name| path.iter().find(|it| it.0 == name).map(|it| it.1);
    let now = service.now();
    let mut state = service.state();
    let id = value("id").and_then(|it| it.parse().ok());
    let file = id.and_then(|id| state.files.get(id, now));
    match file.filter(|it| value("name") == Some(it.name.as_str())) {
        Some(file) => response::file(file, service.options().access.cors.is_enabled()),
        None => response::unknown_route(),
    }
}

async fn handle_unknown_route(State(service): State<Arc<Service>>, request: Request) -> Response {
    if let Err(rejection) = body::read(request.into_body()).await {
        return rejection;
    }
    let queued = service.test_controls().next_response();
    queued.unwrap_or_else(response::unknown_route)
}

/// The body of a request, as bytes or as a form.
#[derive(Default)]
struct Payload {
    body: Bytes,
    form: Option<Form>,
}

/// Reads a whole request, or returns the response that rejects it.
async fn read(
    service: &Service,
    operation: &OperationContract,
    request: Request,
) -> Result<(Parts, Payload), Response> {
    let (parts, body) = request.into_parts();
    let mut payload = Payload::default();
    if operation.takes_form() && multipart::is_multipart(&parts.headers) {
        let request = Request::from_parts(parts.clone(), body);
        payload.form = Some(multipart::read(request, service.options().max_file_bytes).await?);
    } else {
        payload.body = body::read(body).await?;
    }
    Ok((parts, payload))
}

fn request_parts<'a>(
    parts: &'a Parts,
    path: &RawPathParams,
    payload: &'a Payload,
) -> RequestParts<'a> {
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    RequestParts {
        path: path.iter().map(owned).collect(),
        query: url::form_urlencoded::parse(query).into_owned().collect(),
        headers: &parts.headers,
        body: &payload.body,
        form: payload.form.as_ref(),
    }
}

fn method_filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Put => MethodFilter::PUT,
        Method::Post => MethodFilter::POST,
        Method::Delete => MethodFilter::DELETE,
        Method::Options => MethodFilter::OPTIONS,
        Method::Head => MethodFilter::HEAD,
        Method::Patch => MethodFilter::PATCH,
        Method::Trace => MethodFilter::TRACE,
    }
}
