//! HTTP: from a request to an operation, and back to an answer.

mod answer;
mod body;
pub(crate) mod running;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use basalam_chat_openapi::Method;
use bytes::Bytes;
use serde_json::Value;

use crate::contract::{Contract, OperationContract, RequestParts};
use crate::operations::{self, Call, Handler};
use crate::options::Options;
use crate::problem::Problem;
use crate::state::State;
use crate::test_aids::TestAids;

/// The service behind the routes.
pub(crate) struct Service {
    contract: &'static Contract,
    options: Options,
    state: Mutex<State>,
    aids: Mutex<TestAids>,
}

impl Service {
    pub(crate) fn new(contract: &'static Contract, options: Options, state: State) -> Self {
        Self {
            contract,
            options,
            state: Mutex::new(state),
            aids: Mutex::default(),
        }
    }

    pub(crate) fn contract(&self) -> &'static Contract {
        self.contract
    }

    /// Locks the state. The guard must not live across an `await`.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // A handler that panicked may have left one request half done, which is no
        // reason to fail every other.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the test aids. The guard must not live across an `await`.
    pub(crate) fn aids(&self) -> MutexGuard<'_, TestAids> {
        self.aids.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request for an operation that the emulator speaks.
    fn answer(
        &self,
        operation: &OperationContract,
        handler: Handler,
        request: &RequestParts<'_>,
    ) -> Response {
        let (status, body) = match self.work(operation, handler, request) {
            Ok(body) => (200, body),
            Err(problem) => (problem.status(), problem.body()),
        };
        match operation.check_answer(status, &body) {
            Ok(()) => answer::json(status, &body),
            Err(fault) => answer::bug(&operation.id, status, &fault),
        }
    }

    fn work(
        &self,
        operation: &OperationContract,
        handler: Handler,
        request: &RequestParts<'_>,
    ) -> Result<Value, Problem> {
        let user_id = self.authorise(operation, request)?;
        let checked = operation.check_request(request).map_err(Problem::Invalid)?;
        let call = Call::new(user_id, checked, self.options.now(), &self.options);
        handler(&mut self.state(), &call)
    }

    fn authorise(
        &self,
        operation: &OperationContract,
        request: &RequestParts<'_>,
    ) -> Result<Option<i64>, Problem> {
        if !operation.needs_token {
            return Ok(None);
        }
        let token = bearer_token(request).ok_or(Problem::Unauthorized)?;
        let state = self.state();
        let user = state.users.by_token(token).ok_or(Problem::Unauthorized)?;
        Ok(Some(user.id))
    }
}

/// Gives the token of `Authorization: Bearer <token>`, the scheme in any case.
fn bearer_token<'a>(request: &'a RequestParts<'_>) -> Option<&'a str> {
    let value = request.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_start_matches(' '))
}

/// Makes a route of every operation of the document.
pub(crate) fn router(service: &Arc<Service>) -> Router {
    let mut router = Router::new();
    for operation in &service.contract.operations {
        let service = Arc::clone(service);
        let answer = move |request| answer_operation(Arc::clone(&service), operation, request);
        router = router.route(&operation.path, on(method_filter(operation.method), answer));
    }
    let for_path = Arc::clone(service);
    let for_method = Arc::clone(service);
    router
        .fallback(move |request| answer_unknown(Arc::clone(&for_path), request))
        .method_not_allowed_fallback(move |request| answer_unknown(for_method.clone(), request))
}

async fn answer_operation(
    service: Arc<Service>,
    operation: &'static OperationContract,
    request: Request,
) -> Response {
    service.aids().count(&operation.id);
    let (mut parts, body) = request.into_parts();
    let body = match body::read(body).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
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
    service.answer(operation, handler, &request_parts(&parts, &path, &body))
}

async fn answer_unknown(service: Arc<Service>, request: Request) -> Response {
    if let Err(refusal) = body::read(request.into_body()).await {
        return refusal;
    }
    let raw = service.aids().next_answer();
    raw.unwrap_or_else(answer::unknown_route)
}

fn request_parts<'a>(parts: &'a Parts, path: &RawPathParams, body: &'a Bytes) -> RequestParts<'a> {
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    RequestParts {
        path: path.iter().map(owned).collect(),
        query: url::form_urlencoded::parse(query).into_owned().collect(),
        headers: &parts.headers,
        body,
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

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use http_body_util::BodyExt;
    use serde_json::json;

    use super::*;

    /// What the service answers where the operation's handler is `handler`.
    async fn answer_of(handler: Handler) -> (u16, String) {
        let mut state = State::default();
        let user = state.users.add_named("Sara".to_owned());
        let contract = Contract::embedded().unwrap();
        let service = Service::new(contract, Options::default(), state);
        let authorization = format!("Bearer {}", user.token()).parse().unwrap();
        let request = RequestParts {
            path: Vec::new(),
            query: Vec::new(),
            headers: &HeaderMap::from_iter([(AUTHORIZATION, authorization)]),
            body: &Bytes::new(),
        };
        let operation = contract.operation("get_current_user").unwrap();
        let answer = service.answer(operation, handler, &request);
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn an_answer_of_its_own_that_breaks_the_document_becomes_a_500_saying_so() {
        let (status, body) = answer_of(|_, _| Ok(json!({ "id": [] }))).await;
        assert_eq!(status, 500);
        for words in ["get_current_user", "/id", "bug"] {
            assert!(body.contains(words), "{body}");
        }
        // The operation documents no 404.
        let (status, _) = answer_of(|_, _| Err(Problem::NotFound)).await;
        assert_eq!(status, 500);
        let (status, _) = answer_of(|_, _| Ok(json!({ "id": 1 }))).await;
        assert_eq!(status, 200);
    }
}
