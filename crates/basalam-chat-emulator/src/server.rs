//! HTTP: from a request to an operation, and back to an answer.

mod answer;
mod authorize;
mod body;
mod control;
mod faults;
mod form;
mod log;
pub(crate) mod running;
mod service;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts as Head;
use axum::middleware;
use axum::response::Response;
use axum::routing::{MethodFilter, get, on, post};
use basalam_chat_openapi::Method;
use bytes::Bytes;

use crate::contract::{OperationContract, RequestParts};
use crate::form::Form;
use crate::oauth::TOKEN_OPERATION;
use crate::operations;
use log::Notes;
pub(crate) use service::{Parts, Service};

/// Makes a route of every operation of the document, those beside it, and the control
/// paths where they are wanted.
pub(crate) fn router(service: &Arc<Service>, has_control: bool) -> Router {
    let mut router = Router::new();
    for operation in &service.contract().operations {
        let service = Arc::clone(service);
        let answer = move |request| answer_operation(Arc::clone(&service), operation, request);
        router = router.route(&operation.path, on(method_filter(operation.method), answer));
    }
    let for_files = Arc::clone(service);
    let for_tokens = Arc::clone(service);
    let for_codes = Arc::clone(service);
    let for_path = Arc::clone(service);
    let for_method = Arc::clone(service);
    let router = router
        .route(
            "/files/{id}/{name}",
            get(move |request| answer_file(Arc::clone(&for_files), request)),
        )
        .route(
            "/oauth/token",
            post(move |request| answer_token(Arc::clone(&for_tokens), request)),
        )
        .route(
            "/accounts/sso",
            get(move |request| answer_authorize(Arc::clone(&for_codes), request)),
        )
        .fallback(move |request| answer_unknown(Arc::clone(&for_path), request))
        .method_not_allowed_fallback(move |request| answer_unknown(for_method.clone(), request))
        .layer(middleware::from_fn_with_state(
            Arc::clone(service),
            log::write,
        ));
    match has_control {
        true => router.merge(control::router(service)),
        false => router,
    }
}

async fn answer_operation(
    service: Arc<Service>,
    operation: &'static OperationContract,
    request: Request,
) -> Response {
    service.aids().count(&operation.id);
    let notes = Notes::of(&request);
    notes.operation(&operation.id);
    let (mut parts, payload) = match read(&service, operation, request).await {
        Ok(read) => read,
        Err(refusal) => return refusal,
    };
    service.run_hooks(&operation.id);
    if let Some(raw) = service.aids().next_answer() {
        return raw;
    }
    let Some(handler) = operations::handler(&operation.id) else {
        return answer::unknown_route();
    };
    let Ok(path) = RawPathParams::from_request_parts(&mut parts, &()).await else {
        // Percent-encoding that is no UTF-8.
        return answer::unknown_route();
    };
    let request = request_parts(&parts, &path, &payload);
    let work = || service.answer(operation, handler, &request, &notes);
    let fault = service.aids().next_fault(&operation.id);
    match fault {
        Some(fault) => faults::fail(fault, &service, &notes, work).await,
        None => work().into_response(),
    }
}

/// Gives tokens, at the endpoint that the document does not have.
async fn answer_token(service: Arc<Service>, request: Request) -> Response {
    service.aids().count(TOKEN_OPERATION);
    let notes = Notes::of(&request);
    notes.operation(TOKEN_OPERATION);
    let (parts, body) = request.into_parts();
    let body = match body::read(body).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    service.run_hooks(TOKEN_OPERATION);
    if let Some(raw) = service.aids().next_answer() {
        return raw;
    }
    let work = || token::answer(&service, &parts.headers, &body, &notes);
    let fault = service.aids().next_fault(TOKEN_OPERATION);
    match fault {
        Some(fault) => faults::fail(fault, &service, &notes, work).await,
        None => work().into_response(),
    }
}

/// Lets a user choose themselves, and sends them back to the client.
async fn answer_authorize(service: Arc<Service>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if let Err(refusal) = body::read(body).await {
        return refusal;
    }
    let raw = service.aids().next_answer();
    raw.unwrap_or_else(|| authorize::answer(&service, &parts.uri))
}

/// What a request carries beside its head.
#[derive(Default)]
struct Payload {
    body: Bytes,
    form: Option<Form>,
}

/// Reads a request to its end, or gives the answer that refuses it.
async fn read(
    service: &Service,
    operation: &OperationContract,
    request: Request,
) -> Result<(Head, Payload), Response> {
    let (parts, body) = request.into_parts();
    let mut payload = Payload::default();
    if operation.takes_form() && form::is_announced(&parts.headers) {
        let request = Request::from_parts(parts.clone(), body);
        payload.form = Some(form::read(request, service.options().max_file_bytes).await?);
    } else {
        payload.body = body::read(body).await?;
    }
    Ok((parts, payload))
}

/// Gives the bytes of an uploaded file, to everybody.
async fn answer_file(service: Arc<Service>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Err(refusal) = body::read(body).await {
        return refusal;
    }
    if let Some(raw) = service.aids().next_answer() {
        return raw;
    }
    let Ok(path) = RawPathParams::from_request_parts(&mut parts, &()).await else {
        return answer::unknown_route();
    };
    let value = |name| path.iter().find(|it| it.0 == name).map(|it| it.1);
    let now = service.now();
    let mut state = service.state();
    let id = value("id").and_then(|it| it.parse().ok());
    let file = id.and_then(|id| state.files.get(id, now));
    match file.filter(|it| value("name") == Some(it.name.as_str())) {
        Some(file) => answer::file(file),
        None => answer::unknown_route(),
    }
}

async fn answer_unknown(service: Arc<Service>, request: Request) -> Response {
    if let Err(refusal) = body::read(request.into_body()).await {
        return refusal;
    }
    let raw = service.aids().next_answer();
    raw.unwrap_or_else(answer::unknown_route)
}

fn request_parts<'a>(
    parts: &'a Head,
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
