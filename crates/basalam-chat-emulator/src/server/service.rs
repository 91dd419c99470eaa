//! The service behind the routes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::header::{AUTHORIZATION, HOST};
use serde_json::Value;

use super::answer::{self, Answer};
use crate::contract::{Contract, OperationContract, RequestParts};
use crate::operations::{Call, Handler};
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
    base_url: String,
}

impl Service {
    pub(crate) fn new(
        contract: &'static Contract,
        options: Options,
        state: State,
        base_url: String,
    ) -> Self {
        Self {
            contract,
            options,
            state: Mutex::new(state),
            aids: Mutex::default(),
            base_url,
        }
    }

    pub(crate) fn contract(&self) -> &'static Contract {
        self.contract
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
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

    /// Runs what tests want to happen before an operation is answered.
    pub(super) fn run_hooks(&self, operation_id: &str) {
        let hooks = self.aids().hooks(operation_id);
        for hook in hooks {
            let mut hook = hook.lock().unwrap_or_else(PoisonError::into_inner);
            hook();
        }
    }

    /// Answers a request for an operation that the emulator speaks.
    pub(super) fn answer(
        &self,
        operation: &OperationContract,
        handler: Handler,
        request: &RequestParts<'_>,
    ) -> Answer {
        let (status, body) = match self.work(operation, handler, request) {
            Ok(body) => (200, body),
            Err(problem) => (problem.status(), problem.body()),
        };
        match operation.check_answer(status, &body) {
            Ok(()) => Answer { status, body },
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
        let call = Call {
            user_id,
            parameters: checked.parameters,
            body: checked.body,
            form: request.form,
            origin: self.origin(request),
            now: self.options.now(),
            options: &self.options,
        };
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
        let missing = operation.scopes.iter().find(|it| !user.has_scope(it));
        match missing {
            Some(scope) => Err(Problem::Forbidden {
                scope: scope.clone(),
            }),
            None => Ok(Some(user.id)),
        }
    }

    /// Gives where the client reaches the service: what it says itself is right behind
    /// a mapped port too.
    fn origin(&self, request: &RequestParts<'_>) -> String {
        let host = request.headers.get(HOST).and_then(|it| it.to_str().ok());
        match host {
            Some(host) if !host.is_empty() => format!("http://{host}"),
            _ => self.base_url.clone(),
        }
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

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use bytes::Bytes;
    use serde_json::json;

    use super::*;

    /// What the service answers where the operation's handler is `handler`.
    fn answer_of(handler: Handler) -> (u16, String) {
        let mut state = State::default();
        let user = state.users.add_named("Sara".to_owned());
        let contract = Contract::embedded().unwrap();
        let service = Service::new(contract, Options::default(), state, String::new());
        let authorization = format!("Bearer {}", user.token()).parse().unwrap();
        let request = RequestParts {
            path: Vec::new(),
            query: Vec::new(),
            headers: &HeaderMap::from_iter([(AUTHORIZATION, authorization)]),
            body: &Bytes::new(),
            form: None,
        };
        let operation = contract.operation("get_current_user").unwrap();
        let answer = service.answer(operation, handler, &request);
        (answer.status, answer.body.to_string())
    }

    #[test]
    fn an_answer_of_its_own_that_breaks_the_document_becomes_a_500_saying_so() {
        let (status, body) = answer_of(|_, _| Ok(json!({ "id": [] })));
        assert_eq!(status, 500);
        for words in ["get_current_user", "/id", "bug"] {
            assert!(body.contains(words), "{body}");
        }
        // The operation documents no 404.
        let (status, _) = answer_of(|_, _| Err(Problem::NotFound));
        assert_eq!(status, 500);
        let (status, _) = answer_of(|_, _| Ok(json!({ "id": 1 })));
        assert_eq!(status, 200);
    }
}
