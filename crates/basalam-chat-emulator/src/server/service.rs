//! The service behind the routes.

use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::header::AUTHORIZATION;
use jiff::SignedDuration;
use jiff::civil::DateTime;
use tokio::sync::watch;

use super::answer::{self, Answer};
use super::log::Notes;
use crate::clock::SettableClock;
use crate::contract::{Contract, OperationContract, RequestParts};
use crate::emulator::Setup;
use crate::error::Error;
use crate::fault::FaultRule;
use crate::oauth::{IssuedTokens, TOKEN_OPERATION};
use crate::operations::{Call, Handler, Reply};
use crate::options::Options;
use crate::problem::Problem;
use crate::request_log::{self, Observer};
use crate::seed::{Seed, SeededIds};
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
    setup: Setup,
    observers: Vec<Observer>,
    clock: SettableClock,
    base_url: String,
    /// Whether the server is about to end.
    is_ending: watch::Sender<bool>,
}

/// What a service is made of.
pub(crate) struct Parts {
    pub(crate) contract: &'static Contract,
    pub(crate) options: Options,
    pub(crate) clock: SettableClock,
    pub(crate) state: State,
    pub(crate) default_user_id: i64,
    pub(crate) setup: Setup,
    pub(crate) observers: Vec<Observer>,
    pub(crate) base_url: String,
}

impl Service {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            contract: parts.contract,
            options: parts.options,
            state: Mutex::new(parts.state),
            aids: Mutex::default(),
            default_user_id: parts.default_user_id,
            setup: parts.setup,
            observers: parts.observers,
            clock: parts.clock,
            base_url: parts.base_url,
            is_ending: watch::Sender::new(false),
        }
    }

    /// Says that the server is about to end, so that nobody waits for a fault any more.
    pub(crate) fn end(&self) {
        self.is_ending.send_replace(true);
    }

    /// Waits until the server is about to end.
    pub(super) async fn ended(&self) {
        // An error means that the service is gone, which is an end as well.
        let _ = self.is_ending.subscribe().wait_for(|it| *it).await;
    }

    /// Goes back to what the service started with: users, chats, messages and tokens,
    /// without faults, counts and log. What hooks do stays.
    pub(crate) fn reset(&self) -> Result<(), Error> {
        self.clock.reset();
        let prepared = self.setup.prepare(self.now())?;
        if let Some(time) = prepared.clock {
            self.clock.set(time);
        }
        *self.state() = prepared.state;
        self.aids().reset();
        Ok(())
    }

    /// Puts a seed into the service, all of it or nothing.
    pub(crate) fn plant(&self, seed: &Seed) -> Result<SeededIds, Error> {
        let mut state = self.state();
        let mut copy = state.clone();
        let seeded = seed.put_into(&mut copy, self.now())?;
        *state = copy;
        drop(state);
        if let Some(time) = seed.clock {
            self.clock.set(time.0);
        }
        Ok(seeded)
    }

    /// Adds a rule of faults, refusing one that could not happen.
    pub(crate) fn add_fault(&self, rule: FaultRule) -> Result<(), Error> {
        rule.check()?;
        if let Some(id) = rule.operation_id() {
            self.check_operation(id)?;
        }
        self.aids().add_fault(rule);
        Ok(())
    }

    /// Refuses the id of an operation that there is not.
    pub(crate) fn check_operation(&self, id: &str) -> Result<(), Error> {
        match self.knows_operation(id) {
            true => Ok(()),
            false => Err(Error::argument(format!(
                "the OpenAPI document has no operation {id:?}; its ids are names such as `get_messages`"
            ))),
        }
    }

    /// Marks all that others wrote in a chat as seen by a member.
    pub(crate) fn mark_seen(&self, chat_id: i64, user_id: i64) -> Result<(), Error> {
        let now = self.now();
        let mut state = self.state();
        if state.chat_of(chat_id, user_id).is_none() {
            return Err(Error::argument(format!(
                "the user {user_id} has no chat {chat_id}; seed it first, with that user as a member"
            )));
        }
        state.mark_seen(chat_id, user_id, now);
        Ok(())
    }

    /// Tells whoever wants to know that a request is over.
    pub(super) fn observe(&self, request: &request_log::Entry) {
        if self.observers.is_empty() {
            return;
        }
        let request = request.shown();
        for observer in &self.observers {
            observer(&request);
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

    /// Gives every id under which something can be counted, hooked and made fail.
    pub(super) fn operation_ids(&self) -> impl Iterator<Item = &str> {
        let documented = self.contract.operations.iter().map(|it| it.id.as_str());
        documented.chain([TOKEN_OPERATION])
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
        notes: &Notes,
    ) -> Answer {
        let (status, body) = match self.work(operation, handler, request) {
            Ok(Reply::Whole(body)) => (200, body),
            Ok(Reply::List(text)) => {
                return Answer {
                    status: 200,
                    body: text,
                };
            }
            Err(Problem::Bug(fault)) => return answer::bug(&operation.id, 200, &fault),
            Err(problem) => {
                notes.refusal(problem.reason());
                (problem.status(), problem.body())
            }
        };
        match operation.check_answer(status, &body) {
            Ok(()) => Answer::new(status, &body),
            Err(fault) => answer::bug(&operation.id, status, &fault),
        }
    }

    fn work(
        &self,
        operation: &OperationContract,
        handler: Handler,
        request: &RequestParts<'_>,
    ) -> Result<Reply, Problem> {
        let user_id = self.authorise(operation, request)?;
        let checked = operation.check_request(request).map_err(Problem::Invalid)?;
        let call = Call {
            user_id,
            parameters: checked.parameters,
            body: Cell::new(checked.body),
            request,
            base_url: &self.base_url,
            now: self.now(),
            options: &self.options,
            list: operation.list(),
        };
        handler.run(&mut self.state(), &call)
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
    use crate::Emulator;

    /// What the service answers where the operation's handler is `handler`.
    fn answer_of(handler: Handler) -> (u16, String) {
        let emulator = Emulator::builder().start_blocking().unwrap();
        let service = emulator.service();
        let authorization = format!("Bearer {}", emulator.seller().token());
        let request = RequestParts {
            path: Vec::new(),
            query: Vec::new(),
            headers: &HeaderMap::from_iter([(AUTHORIZATION, authorization.parse().unwrap())]),
            body: &Bytes::new(),
            form: None,
        };
        let operation = service.contract().operation("get_current_user").unwrap();
        let answer = service.answer(operation, handler, &request, &Notes::default());
        (answer.status, answer.body)
    }

    #[test]
    fn an_answer_of_its_own_that_breaks_the_document_becomes_a_500_saying_so() {
        let (status, body) = answer_of(Handler::Whole(|_, _| Ok(json!({ "id": [] }))));
        assert_eq!(status, 500);
        for words in ["get_current_user", "/id", "bug"] {
            assert!(body.contains(words), "{body}");
        }
        // The operation documents no 404.
        let (status, _) = answer_of(Handler::Whole(|_, _| Err(Problem::NotFound)));
        assert_eq!(status, 500);
        let (status, _) = answer_of(Handler::Whole(|_, _| Ok(json!({ "id": 1 }))));
        assert_eq!(status, 200);
    }
}
