//! Refresh of access tokens: before they expire, and after a 401.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use basalam_chat::auth::TokenStore;
use basalam_chat::chats::UnseenChatCount;
use basalam_chat::{Client, Error, PersonalToken, Scope};
use basalam_chat_emulator::{Emulator, Fault, FaultRule, RefreshTokenPolicy, TOKEN_OPERATION};
use tokio::task::JoinHandle;

use super::support::auth::{
    HOUR, advance, client, client_credentials, current_user, personal_token, start,
};
use super::support::clock::TestClock;
use super::support::{open_chat, without_retries};

fn spawn_calls(client: &Client, count: usize) -> Vec<JoinHandle<Result<UnseenChatCount, Error>>> {
    (0..count)
        .map(|_| tokio::spawn(client.get_unseen_chat_count().send()))
        .collect()
}

#[tokio::test]
async fn client_credentials_refresh_five_minutes_before_expiry() {
    let (emulator, clock) = start().await;
    let credentials = client_credentials(&emulator).scopes([Scope::All]);
    let client = client(&emulator, &clock, credentials);
    current_user(&client).await.unwrap();
    let info = client.authenticate().await.unwrap();
    // If the response lists no scopes, the requested ones are granted.
    assert_eq!(info.allows(&Scope::VendorParcelRead), Some(true));
    assert_eq!(emulator.token_request_count("client_credentials"), 1);
    advance(&emulator, &clock, HOUR - Duration::from_secs(300));
    current_user(&client).await.unwrap();
    assert_eq!(emulator.token_request_count("client_credentials"), 2);
}

#[tokio::test]
async fn failed_early_refresh_keeps_the_token_until_it_expires() {
    let (emulator, clock) = start().await;
    let client = client(&emulator, &clock, client_credentials(&emulator));
    client.get_chats().await.unwrap();
    emulator
        .add_fault(FaultRule::new(Fault::status(503)).operation(TOKEN_OPERATION))
        .unwrap();
    advance(&emulator, &clock, HOUR - Duration::from_secs(200));
    client.get_chats().await.unwrap();
    advance(&emulator, &clock, Duration::from_secs(200));
    let error = client.get_chats().await.unwrap_err();
    assert!(error.is_authentication(), "{error}");
    assert!(error.to_string().contains("status 503"), "{error}");
}

#[tokio::test]
async fn a_thousand_requests_with_an_expired_token_cause_one_refresh() {
    let (emulator, clock) = start().await;
    let client = client(&emulator, &clock, personal_token(&emulator));
    advance(&emulator, &clock, HOUR);
    // The client does not know when the first token expires, so the service responds with 401.
    for call in spawn_calls(&client, 1000) {
        call.await.unwrap().unwrap();
    }
    assert_eq!(emulator.token_request_count("refresh_token"), 1);
    assert_eq!(emulator.request_count(TOKEN_OPERATION), Some(1));
    // The client knows when the second token expires.
    advance(&emulator, &clock, HOUR);
    for call in spawn_calls(&client, 1000) {
        call.await.unwrap().unwrap();
    }
    assert_eq!(emulator.request_count(TOKEN_OPERATION), Some(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failed_refresh_fails_all_waiting_requests_with_its_cause() {
    let (emulator, clock) = start().await;
    let app = emulator.oauth_client();
    let expired = PersonalToken::new("expired").refreshable("used", app.id(), app.secret());
    let client = client(&emulator, &clock, expired);
    for call in spawn_calls(&client, 1000) {
        let error = call.await.unwrap().unwrap_err();
        assert!(error.is_authentication(), "{error}");
        assert!(error.messages().iter().any(|it| it == "invalid_grant"));
        assert!(std::error::Error::source(&error).is_some());
    }
    assert_eq!(emulator.request_count(TOKEN_OPERATION), Some(1));
    // A later request tries again.
    clock.advance(Duration::from_secs(2));
    client.get_unseen_chat_count().await.unwrap_err();
    assert_eq!(emulator.request_count(TOKEN_OPERATION), Some(2));
}

#[tokio::test]
async fn refresh_survives_the_cancellation_of_its_request() {
    let (emulator, clock) = start().await;
    let store = TokenStore::in_memory();
    let login = personal_token(&emulator).store(store.clone());
    let client = client(&emulator, &clock, login);
    current_user(&client).await.unwrap();
    advance(&emulator, &clock, HOUR);
    let (reached, is_reached) = tokio::sync::oneshot::channel();
    let mut reached = Some(reached);
    emulator
        .on_request(TOKEN_OPERATION, move |_| {
            if let Some(reached) = reached.take() {
                reached.send(()).unwrap();
            }
        })
        .unwrap();
    let first = tokio::spawn(client.get_unseen_chat_count().send());
    is_reached.await.unwrap();
    let others = spawn_calls(&client, 10);
    first.abort();
    assert!(first.await.is_err());
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!(emulator.request_count(TOKEN_OPERATION), Some(1));
    assert!(store.tokens().await.unwrap().is_some());
}

#[tokio::test]
async fn request_is_sent_again_once_after_401_even_if_not_idempotent() {
    let (emulator, clock) = start().await;
    let seller = client(&emulator, &clock, personal_token(&emulator));
    let chat = open_chat(&seller, &emulator).await;
    advance(&emulator, &clock, HOUR);
    let seller = without_retries(&seller);
    seller.create_message(chat, "hello").await.unwrap();
    assert_eq!(emulator.request_count("create_message"), Some(2));
    assert_eq!(emulator.messages(chat.0).len(), 1);
    // A permanent 401 is not retried more often.
    emulator
        .add_fault(FaultRule::new(Fault::status(401)).operation("create_message"))
        .unwrap();
    clock.advance(Duration::from_secs(31));
    let error = seller.create_message(chat, "hello").await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert_eq!(error.attempts(), 2);
    assert_eq!(emulator.request_count("create_message"), Some(4));
    // It does not use up refresh tokens either.
    seller.create_message(chat, "hello").await.unwrap_err();
    assert_eq!(emulator.token_request_count("refresh_token"), 2);
    assert_eq!(emulator.messages(chat.0).len(), 1);
}

#[tokio::test]
async fn token_that_expires_before_it_arrives_is_refreshed_again() {
    let lifetime = Duration::from_secs(10);
    let emulator = Emulator::builder().access_token_lifetime(lifetime);
    let (emulator, clock) = (emulator.start().await.unwrap(), TestClock::new());
    let client = client(&emulator, &clock, client_credentials(&emulator));
    let (count, hook_clock) = (AtomicU32::new(0), clock.clone());
    let hook = move |emulator: &Emulator| {
        if count.fetch_add(1, Ordering::Relaxed) < 2 {
            advance(emulator, &hook_clock, lifetime);
        }
    };
    emulator.on_request("get_current_user", hook).unwrap();
    current_user(&client).await.unwrap();
    assert_eq!(emulator.request_count("get_current_user"), Some(3));
    assert_eq!(emulator.token_request_count("client_credentials"), 3);
}

#[tokio::test]
async fn token_without_refresh_token_fails_at_once_after_401() {
    let (emulator, clock) = start().await;
    let client = client(&emulator, &clock, PersonalToken::new("nobodys-token"));
    let error = current_user(&client).await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(emulator.request_count("get_current_user"), Some(1));
    let info = client.authenticate().await.unwrap();
    assert_eq!((info.scopes, info.expires_at), (None, None));
}

#[tokio::test]
async fn keeps_the_refresh_token_if_the_response_has_none() {
    let builder = Emulator::builder().access_token_lifetime(HOUR);
    let builder = builder.refresh_token_policy(RefreshTokenPolicy::Reuse);
    let (emulator, clock) = (builder.start().await.unwrap(), TestClock::new());
    let store = TokenStore::in_memory();
    let client = client(
        &emulator,
        &clock,
        personal_token(&emulator).store(store.clone()),
    );
    for _ in 0..3 {
        advance(&emulator, &clock, HOUR);
        current_user(&client).await.unwrap();
    }
    assert_eq!(emulator.token_request_count("refresh_token"), 3);
    let tokens = store.tokens().await.unwrap().unwrap();
    assert!(tokens.expose_refresh_token().is_some());
}
