//! `is_transient` and `needs_login`.

use basalam_chat::auth::{AuthFuture, Authentication, TokenProvider, TokenSet};
use basalam_chat::{ChatId, Client, Error, PersonalToken, RetryPolicy};
use basalam_chat_emulator::{Emulator, Fault, FaultRule, TOKEN_OPERATION};
use httpmock::MockServer;
use serde_json::json;

use super::error_for;
use crate::support::auth::{authorization_code, client_credentials, personal_token, stored_tokens};
use crate::support::clock::TestClock;
use crate::support::{CANARY, client, refused_url, seller, without_retries};

/// Returns the error of the first call with this login.
async fn login_error(emulator: &Emulator, login: impl Into<Authentication>) -> Error {
    let client = Client::builder(login)
        .base_url(emulator.base_url())
        .clock(TestClock::new())
        .retry_policy(RetryPolicy::never());
    let client = client.build().unwrap();
    client.get_current_user().await.unwrap_err()
}

#[tokio::test]
async fn statuses_that_may_change_are_transient() {
    for status in [408, 425, 429, 500, 502, 503, 504, 520, 599] {
        let error = error_for(status, "application/json", "{}").await;
        assert!(error.is_transient() && !error.needs_login(), "{error}");
    }
    for status in [400, 403, 404, 405, 409, 413, 418, 422, 501, 505] {
        let error = error_for(status, "application/json", "{}").await;
        assert!(!error.is_transient() && !error.needs_login(), "{error}");
    }
    let error = error_for(401, "application/json", "{}").await;
    assert!(!error.is_transient() && error.needs_login(), "{error}");
}

#[tokio::test]
async fn connection_failures_are_transient() {
    let client = without_retries(&client(&refused_url(), CANARY));
    let error = client.create_message(ChatId(1), "hello").await.unwrap_err();
    assert!(error.is_transient() && !error.may_have_succeeded());
    let emulator = Emulator::start().await.unwrap();
    let seller = without_retries(&seller(&emulator));
    emulator.fail_next(Fault::disconnect()).unwrap();
    let error = seller
        .create_chat(basalam_chat::UserId(1))
        .await
        .unwrap_err();
    assert!(
        error.is_transient() && error.may_have_succeeded(),
        "{error}"
    );
    for fault in [Fault::invalid_json(), Fault::redirect(307, "/elsewhere")] {
        emulator.fail_next(fault).unwrap();
        let error = seller.get_chats().await.unwrap_err();
        assert!(!error.is_transient() && !error.needs_login(), "{error}");
    }
    let error = seller.get_chats().limit(0).await.unwrap_err();
    assert!(!error.is_transient() && !error.needs_login(), "{error}");
}

#[tokio::test]
async fn failed_bot_method_is_transient_by_its_code_and_needs_no_login() {
    for (body, is_transient) in [
        (json!({ "ok": false, "error_code": 429 }), true),
        (json!({ "ok": false, "error_code": 503 }), true),
        (json!({ "ok": false, "error_code": 401 }), false),
        (json!({ "ok": false }), false),
    ] {
        let server = MockServer::start();
        server.mock(|_, then| {
            then.status(200).json_body(body.clone());
        });
        let bot = client(&server.base_url(), CANARY).bot("1:secret").unwrap();
        let error = bot.get_me().await.unwrap_err();
        assert_eq!(error.is_transient(), is_transient, "{body}");
        assert!(!error.needs_login());
    }
    let error = Emulator::start().await.unwrap();
    let bot = client(error.base_url(), CANARY).bot("1:secret").unwrap();
    let error = bot.get_me().await.unwrap_err();
    assert!(!error.needs_login() && !error.is_transient(), "{error}");
}

#[tokio::test]
async fn revoked_refresh_token_and_used_code_need_a_login() {
    let emulator = Emulator::start().await.unwrap();
    let app = emulator.oauth_client();
    let expired = PersonalToken::new("expired").refreshable("spent", app.id(), app.secret());
    let stored = TokenSet::new("expired").with_refresh_token("spent");
    let stored = authorization_code(&emulator).resume(stored_tokens(&stored).await);
    let code = authorization_code(&emulator).code("used");
    let rejected = PersonalToken::new("rejected");
    for login in [
        expired.into(),
        stored.into(),
        code.into(),
        Authentication::from(rejected),
    ] {
        let error = login_error(&emulator, login).await;
        assert!(error.needs_login(), "{error}");
        assert!(!error.is_transient(), "{error}");
    }
    let error = authorization_code(&emulator)
        .callback("state", "state=state&error=access_denied")
        .unwrap_err();
    assert!(error.needs_login() && !error.is_transient(), "{error}");
}

#[tokio::test]
async fn failing_token_endpoint_is_transient_and_wrong_client_is_neither() {
    let emulator = Emulator::start().await.unwrap();
    for fault in [Fault::status(503), Fault::disconnect(), Fault::status(429)] {
        let rule = FaultRule::new(fault).operation(TOKEN_OPERATION).times(1);
        emulator.add_fault(rule).unwrap();
        let error = login_error(&emulator, client_credentials(&emulator)).await;
        assert!(error.is_authentication(), "{error}");
        assert!(error.is_transient() && !error.needs_login(), "{error}");
    }
    let app = emulator.oauth_client();
    let wrong = basalam_chat::auth::ClientCredentials::new(app.id(), "wrong");
    let error = login_error(&emulator, wrong).await;
    assert!(!error.is_transient() && !error.needs_login(), "{error}");
    let valid = personal_token(&emulator);
    let rule = FaultRule::new(Fault::status(401))
        .times(1)
        .operation("get_current_user");
    emulator.add_fault(rule).unwrap();
    let client = Client::builder(valid).base_url(emulator.base_url());
    client.build().unwrap().get_current_user().await.unwrap();
}

#[derive(Debug)]
struct FailingProvider;

impl TokenProvider for FailingProvider {
    fn token(&self, _: Option<&TokenSet>) -> AuthFuture<'_, TokenSet> {
        Box::pin(async { Err("the vault is sealed".into()) })
    }
}

#[tokio::test]
async fn failing_provider_is_transient() {
    let emulator = Emulator::start().await.unwrap();
    let login = Authentication::provider(FailingProvider);
    let error = login_error(&emulator, login).await;
    assert!(error.is_transient() && !error.needs_login(), "{error}");
}
