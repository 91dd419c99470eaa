//! Custom token providers that fail or hang.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::auth::{AuthFuture, Authentication, TokenProvider, TokenSet};
use basalam_chat::time::Clock;
use basalam_chat::{ChatId, PersonalToken, RequestOptions};
use basalam_chat_emulator::{Fault, FaultRule, TOKEN_OPERATION};

use super::support::auth::{
    HOUR, advance, client, client_credentials, current_user, start, stored_tokens,
};
use super::support::clock::TestClock;
use super::support::yield_until;

/// A provider that returns one token after the other and records the rejected ones.
#[derive(Debug, Default)]
struct QueueProvider {
    tokens: Mutex<Vec<TokenSet>>,
    rejected: Arc<Mutex<Vec<Option<String>>>>,
}

impl TokenProvider for QueueProvider {
    fn token(&self, rejected: Option<&TokenSet>) -> AuthFuture<'_, TokenSet> {
        let rejected = rejected.map(|it| it.expose_access_token().to_owned());
        self.rejected.lock().unwrap().push(rejected);
        let next = self.tokens.lock().unwrap().pop();
        Box::pin(async { next.ok_or_else(|| "the vault is empty".into()) })
    }
}

#[tokio::test]
async fn provider_is_called_once_and_receives_the_rejected_token() {
    let (emulator, clock) = start().await;
    let rejected = Arc::default();
    let good = TokenSet::new(emulator.seller().token());
    let provider = QueueProvider {
        tokens: Mutex::new(vec![good, TokenSet::new("rejected-token")]),
        rejected: Arc::clone(&rejected),
    };
    let client = client(&emulator, &clock, Authentication::provider(provider));
    assert_eq!(current_user(&client).await.unwrap().0, emulator.seller().id);
    current_user(&client).await.unwrap();
    let expected = [None, Some("rejected-token".to_owned())];
    assert_eq!(*rejected.lock().unwrap(), expected);
    // A new token that is rejected at once has not expired, so no other is requested.
    emulator.revoke_token(emulator.seller().token());
    assert!(current_user(&client).await.unwrap_err().is_unauthorized());
    clock.advance(Duration::from_secs(31));
    let error = current_user(&client).await.unwrap_err();
    assert!(error.to_string().contains("the vault is empty"), "{error}");
}

#[derive(Debug)]
struct PanickingProvider;

impl TokenProvider for PanickingProvider {
    fn token(&self, _: Option<&TokenSet>) -> AuthFuture<'_, TokenSet> {
        Box::pin(async { std::panic::resume_unwind(Box::new("a bug in user code")) })
    }
}

#[tokio::test]
async fn panicking_provider_fails_requests_without_a_hang() {
    let (emulator, clock) = start().await;
    let client = client(
        &emulator,
        &clock,
        Authentication::provider(PanickingProvider),
    );
    for _ in 0..2 {
        assert!(current_user(&client).await.unwrap_err().is_authentication());
    }
}

/// A provider that never returns a token.
#[derive(Debug)]
struct HangingProvider;

impl TokenProvider for HangingProvider {
    fn token(&self, _: Option<&TokenSet>) -> AuthFuture<'_, TokenSet> {
        Box::pin(std::future::pending())
    }
}

/// Advances the clock until the task has finished.
async fn advance_until_done<T>(clock: &TestClock, task: tokio::task::JoinHandle<T>) -> T {
    while !task.is_finished() {
        if clock.pending_timeouts() > 0 {
            clock.advance(Duration::from_millis(100));
        }
        tokio::task::yield_now().await;
    }
    task.await.unwrap()
}

#[tokio::test]
async fn hanging_provider_fails_requests_and_is_called_again() {
    let (emulator, clock) = start().await;
    let client = client(&emulator, &clock, Authentication::provider(HangingProvider));
    for _ in 0..2 {
        let call = tokio::spawn(client.create_message(ChatId(1), "x").send());
        let error = advance_until_done(&clock, call).await.unwrap_err();
        assert!(
            error.to_string().contains("timed out after 60 s"),
            "{error}"
        );
        assert!(!error.may_have_succeeded() && error.unconfirmed_message().is_none());
        clock.advance(Duration::from_secs(2));
    }
}

#[tokio::test]
async fn operation_timeout_without_a_token_leaves_no_unconfirmed_message() {
    let (emulator, clock) = start().await;
    let client = client(&emulator, &clock, Authentication::provider(HangingProvider));
    let options = RequestOptions::new().operation_timeout(Duration::from_secs(5));
    let request = client.create_message(ChatId(1), "x").options(options);
    let error = advance_until_done(&clock, tokio::spawn(request.send()))
        .await
        .unwrap_err();
    assert!(error.is_authentication(), "{error}");
    assert!(!error.may_have_succeeded() && error.unconfirmed_message().is_none());
    assert_eq!(emulator.total_request_count(), 0);
}

#[tokio::test]
async fn hanging_early_refresh_delays_requests_for_five_seconds() {
    let (emulator, clock) = start().await;
    let client = client(&emulator, &clock, client_credentials(&emulator));
    client.get_chats().await.unwrap();
    let hangs = FaultRule::new(Fault::hang()).operation(TOKEN_OPERATION);
    emulator.add_fault(hangs).unwrap();
    advance(&emulator, &clock, HOUR - Duration::from_secs(250));
    let call = tokio::spawn(client.get_chats().send());
    yield_until(|| {
        emulator.request_count(TOKEN_OPERATION) >= Some(2) && clock.pending_timeouts() >= 2
    })
    .await;
    assert_eq!(emulator.request_count("get_chats"), Some(1));
    clock.advance(Duration::from_secs(5));
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn short_lived_token_is_refreshed_after_nine_tenths_of_its_lifetime() {
    let (emulator, clock) = start().await;
    let rejected: Arc<Mutex<Vec<Option<String>>>> = Arc::default();
    let end = clock.system_time() + Duration::from_secs(100);
    let short = TokenSet::new(emulator.seller().token()).with_expiry(end);
    let provider = QueueProvider {
        tokens: Mutex::new(vec![short.clone(), short]),
        rejected: Arc::clone(&rejected),
    };
    let client = client(&emulator, &clock, Authentication::provider(provider));
    for _ in 0..5 {
        current_user(&client).await.unwrap();
    }
    assert_eq!(*rejected.lock().unwrap(), [None]);
    // The provider is called before the token expires, and the old token was not rejected.
    clock.advance(Duration::from_secs(91));
    current_user(&client).await.unwrap();
    assert_eq!(*rejected.lock().unwrap(), [None, None]);
}

#[tokio::test]
async fn configured_token_is_used_if_the_stored_one_is_rejected() {
    let (emulator, clock) = start().await;
    let store = stored_tokens(&TokenSet::new("expired")).await;
    let token = PersonalToken::new(emulator.seller().token()).store(store);
    let client = client(&emulator, &clock, token);
    assert_eq!(current_user(&client).await.unwrap().0, emulator.seller().id);
}
