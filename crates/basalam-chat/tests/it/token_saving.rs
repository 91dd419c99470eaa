//! New tokens that a store fails to save.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use basalam_chat::Client;
use basalam_chat::auth::TokenStore;
use basalam_chat::state::{
    DeleteMode, Entry, MemoryState, PutMode, StateError, StateErrorKind, StateFuture, StateKey,
    StateStore, Version,
};
use basalam_chat_emulator::Emulator;

use super::support::auth::{HOUR, advance, client, current_user, personal_token, start};
use super::support::clock::TestClock;
use super::support::yield_until;

/// A store that fails the next writes of the tokens, never ends them, or panics.
#[derive(Clone, Debug, Default)]
struct FailingState {
    state: MemoryState,
    failures: Arc<AtomicUsize>,
    hangs: Arc<AtomicBool>,
    is_hanging: Arc<AtomicBool>,
    panics: Arc<AtomicBool>,
}

impl StateStore for FailingState {
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>> {
        self.state.get(key)
    }

    fn put<'a>(
        &'a self,
        key: &'a StateKey,
        value: &'a [u8],
        mode: PutMode,
    ) -> StateFuture<'a, Version> {
        if key.as_str() != "tokens/1" {
            return self.state.put(key, value, mode);
        }
        assert!(!self.panics.load(Ordering::SeqCst), "on purpose");
        if self.hangs.load(Ordering::SeqCst) {
            self.is_hanging.store(true, Ordering::SeqCst);
            return Box::pin(std::future::pending());
        }
        let decrement = |left: usize| left.checked_sub(1);
        let fails = (self.failures)
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, decrement)
            .is_ok();
        if fails {
            let error = StateError::new(StateErrorKind::Unavailable, "the disk is full");
            return Box::pin(async { Err(error) });
        }
        self.state.put(key, value, mode)
    }

    fn delete<'a>(&'a self, key: &'a StateKey, mode: DeleteMode) -> StateFuture<'a, ()> {
        self.state.delete(key, mode)
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a StateKey>,
        limit: usize,
    ) -> StateFuture<'a, Vec<Entry>> {
        self.state.list(prefix, after, limit)
    }
}

#[tokio::test]
async fn tokens_that_cannot_be_saved_are_kept_and_not_used_before() {
    let (emulator, clock) = start().await;
    let state = FailingState::default();
    let store = TokenStore::new(state.clone(), "tokens/1").unwrap();
    let client = client(
        &emulator,
        &clock,
        personal_token(&emulator).store(store.clone()),
    );
    current_user(&client).await.unwrap();
    advance(&emulator, &clock, HOUR);
    state.failures.store(14, Ordering::SeqCst);
    let error = current_user(&client).await.unwrap_err();
    assert!(error.is_authentication() && error.is_transient());
    assert!(error.to_string().contains("the disk is full"), "{error}");
    assert!(store.tokens().await.unwrap().is_none());
    client.close().await.unwrap();
    assert!(store.tokens().await.unwrap().is_some());
    clock.advance(Duration::from_secs(2));
    current_user(&client).await.unwrap();
    assert_eq!(emulator.token_request_count("refresh_token"), 1);
}

/// The login of a client whose refreshed tokens could not be saved.
async fn unsaved_tokens() -> (Emulator, TestClock, FailingState, Client) {
    let (emulator, clock) = start().await;
    let state = FailingState::default();
    let store = TokenStore::new(state.clone(), "tokens/1").unwrap();
    let login = personal_token(&emulator).store(store);
    let client = client(&emulator, &clock, login);
    current_user(&client).await.unwrap();
    advance(&emulator, &clock, HOUR);
    state.failures.store(13, Ordering::SeqCst);
    let error = current_user(&client).await.unwrap_err();
    assert!(
        error.to_string().contains("Do not end the program"),
        "{error}"
    );
    (emulator, clock, state, client)
}

/// Checks that tokens are still known to the client, and to nobody else before it has saved them.
async fn assert_saved_by_close(emulator: &Emulator, state: &FailingState, client: &Client) {
    let store = TokenStore::new(state.clone(), "tokens/1").unwrap();
    assert!(store.tokens().await.unwrap().is_none());
    client.close().await.unwrap();
    assert!(store.tokens().await.unwrap().is_some());
    assert_eq!(emulator.token_request_count("refresh_token"), 1);
}

#[tokio::test]
async fn tokens_are_kept_if_close_is_dropped_while_it_saves_them() {
    let (emulator, _clock, state, client) = unsaved_tokens().await;
    state.hangs.store(true, Ordering::SeqCst);
    tokio::select! {
        closed = client.close() => panic!("the store never responds: {closed:?}"),
        () = yield_until(|| state.is_hanging.load(Ordering::SeqCst)) => {}
    }
    state.hangs.store(false, Ordering::SeqCst);
    assert_saved_by_close(&emulator, &state, &client).await;
}

#[tokio::test]
async fn tokens_are_kept_if_close_times_out_while_it_saves_them() {
    let (emulator, clock, state, client) = unsaved_tokens().await;
    state.hangs.store(true, Ordering::SeqCst);
    let pass_time = async {
        yield_until(|| state.is_hanging.load(Ordering::SeqCst)).await;
        clock.advance(HOUR);
    };
    let (closed, ()) = tokio::join!(client.close(), pass_time);
    let error = closed.unwrap_err();
    assert!(
        error.is_transient() && error.to_string().contains("`close` again"),
        "{error}"
    );
    state.hangs.store(false, Ordering::SeqCst);
    assert_saved_by_close(&emulator, &state, &client).await;
}

#[tokio::test]
async fn tokens_are_kept_if_a_custom_store_panics_while_it_saves_them() {
    let (emulator, clock) = start().await;
    let state = FailingState::default();
    let store = TokenStore::new(state.clone(), "tokens/1").unwrap();
    let login = personal_token(&emulator).store(store);
    let client = client(&emulator, &clock, login);
    current_user(&client).await.unwrap();
    advance(&emulator, &clock, HOUR);
    state.panics.store(true, Ordering::SeqCst);
    let error = current_user(&client).await.unwrap_err();
    assert!(error.to_string().contains("panicked"), "{error}");
    state.panics.store(false, Ordering::SeqCst);
    assert_saved_by_close(&emulator, &state, &client).await;
}
