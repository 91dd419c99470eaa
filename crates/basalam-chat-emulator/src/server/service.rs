//! The service behind the routes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::header::{AUTHORIZATION, HOST};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde_json::Value;

use super::answer::{self, Answer};
use crate::clock::SettableClock;
use crate::contract::{Contract, OperationContract, RequestParts};
use crate::oauth::{IssuedTokens, TOKEN_OPERATION};
use crate::operations::{Call, Handler};
use crate::options::Options;
use crate::problem::Problem;
use crate::state::State;
use crate::state::tokens::Grant;
use crate::test_aids::TestAids;

/// How long authorization codes are good for. Unknown of the service.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// The service behind the routes.
pub(crate) struct Service {
    contract: &'static Contract,
    options: Options,
    state: Mutex<State>,
    aids: Mutex<TestAids>,
    /// Whom OAuth clients act for that name nobody.
    default_user_id: i64,
    clock: SettableClock,
    base_url: String,
}

impl Service {
    pub(crate) fn new(
        contract: &'static Contract,
        options: Options,
        state: State,
        default_user_id: i64,
        base_url: String,
    ) -> Self {
        Self {
            contract,
            clock: SettableClock::new(Arc::clone(&options.clock)),
            options,
            state: Mutex::new(state),
            aids: Mutex::default(),
            default_user_id,
            base_url,
        }
    }

    pub(crate) fn contract(&self) -> &'static Contract {
        self.contract
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn clock(&self) -> &SettableClock {
        &self.clock
    }

    /// Gives the time, to the second.
    pub(crate) fn now(&self) -> DateTime {
        self.clock.now()
    }

    pub(super) fn default_user_id(&self) -> i64 {
        self.default_user_id
    }

    /// Tells whether something can be counted, hooked and made fail under this id.
    pub(crate) fn knows_operation(&self, id: &str) -> bool {
        id == TOKEN_OPERATION || self.contract.operation(id).is_some()
    }

    /// Makes an authorization code.
    pub(crate) fn issue_code(&self, grant: Grant, redirect_uri: Option<String>) -> String {
        let expires_at = self.now().saturating_add(CODE_LIFETIME);
        let mut state = self.state();
        state.tokens.issue_code(grant, redirect_uri, expires_at)
    }

    /// Makes tokens as the token endpoint does.
    pub(crate) fn issue_tokens(&self, grant: Grant) -> IssuedTokens {
        let expires_in = self.options.access_token_lifetime;
        let expires_at = self.options.access_token_expiry(self.now());
        let pair = self.state().tokens.issue_pair(grant, expires_at);
        IssuedTokens {
            access_token: pair.access_token.into(),
            refresh_token: pair.refresh_token.unwrap_or_default().into(),
            expires_in,
        }
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
            now: self.now(),
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
        let scopes = &operation.scopes;
        let (user_id, missing) = if let Some(user) = state.users.by_token(token) {
            (user.id, scopes.iter().find(|it| !user.has_scope(it)))
        } else {
            let grant = state.tokens.access(token, self.now());
            let grant = grant.ok_or(Problem::Unauthorized)?;
            (grant.user_id, scopes.iter().find(|it| !grant.has_scope(it)))
        };
        match missing {
            Some(scope) => Err(Problem::Forbidden {
                scope: scope.clone(),
            }),
            None => Ok(Some(user_id)),
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
        let service = Service::new(contract, Options::default(), state, user.id, String::new());
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
