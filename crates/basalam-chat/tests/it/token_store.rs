//! Tokens in a state store that several clients share.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use basalam_chat::auth::{TokenSet, TokenStore};
use basalam_chat::state::{
    DeleteMode, Entry, FileState, MemoryState, PutMode, StateError, StateErrorKind, StateFuture,
    StateKey, StateStore, Version,
};
use basalam_chat_emulator::TOKEN_OPERATION;

use super::support::auth::{HOUR, advance, client, current_user, personal_token, start};

/// A store that fails the next writes of the tokens.
#[derive(Clone, Debug, Default)]
struct FailingState {
    state: MemoryState,
    failures: Arc<AtomicUsize>,
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
        let decrement = |left: usize| left.checked_sub(1);
        let fails = key.as_str() == "tokens/1"
            && (self.failures)
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
async fn clients_with_one_store_refresh_once() {
    let (emulator, clock) = start().await;
    let token = personal_token(&emulator).store(TokenStore::in_memory());
    let one = client(&emulator, &clock, token.clone());
    let other = one.with_authentication(token).unwrap();
    for _ in 0..3 {
        advance(&emulator, &clock, HOUR);
        let (one, other) = tokio::join!(current_user(&one), current_user(&other));
        assert_eq!(one.unwrap(), other.unwrap());
    }
    assert_eq!(emulator.token_request_count("refresh_token"), 3);
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

#[tokio::test]
async fn refresh_that_another_process_did_not_finish_is_reported() {
    let (emulator, clock) = start().await;
    let state = MemoryState::new();
    let store = TokenStore::new(state.clone(), "tokens/1").unwrap();
    let spent = TokenSet::new("expired").with_refresh_token("spent");
    store.save(&spent).await.unwrap();
    let key = StateKey::new("tokens/1").unwrap();
    let version = state.get(&key).await.unwrap().unwrap().version;
    let begun = format!(r#"{{"tokens":{version},"id":"1"}}"#);
    let key = StateKey::new("tokens/1.refresh").unwrap();
    state
        .put(&key, begun.as_bytes(), PutMode::Create)
        .await
        .unwrap();
    let client = client(
        &emulator,
        &clock,
        personal_token(&emulator).store(store.clone()),
    );
    // The configured token is another login, so that it is used.
    current_user(&client).await.unwrap();
    let app = emulator.oauth_client();
    let lost =
        basalam_chat::PersonalToken::new("expired").refreshable("spent", app.id(), app.secret());
    store.save(&spent).await.unwrap();
    let version = state
        .get(&StateKey::new("tokens/1").unwrap())
        .await
        .unwrap()
        .unwrap()
        .version;
    let begun = format!(r#"{{"tokens":{version},"id":"2"}}"#);
    state
        .put(&key, begun.as_bytes(), PutMode::Overwrite)
        .await
        .unwrap();
    let lost = client.with_authentication(lost.store(store)).unwrap();
    let error = current_user(&lost).await.unwrap_err();
    assert!(
        error.is_unfinished_refresh() && error.needs_login(),
        "{error}"
    );
    assert_eq!(error.oauth_error(), Some("invalid_grant"));
}

#[tokio::test]
async fn rejected_refresh_token_without_an_unfinished_refresh_is_another_error() {
    let (emulator, clock) = start().await;
    let app = emulator.oauth_client();
    let spent =
        basalam_chat::PersonalToken::new("expired").refreshable("spent", app.id(), app.secret());
    let client = client(&emulator, &clock, spent.store(TokenStore::in_memory()));
    for _ in 0..2 {
        let error = current_user(&client).await.unwrap_err();
        assert!(
            !error.is_unfinished_refresh() && error.needs_login(),
            "{error}"
        );
        clock.advance(Duration::from_secs(2));
    }
}

#[tokio::test]
async fn unusable_directories_are_refused_before_anything_is_sent() {
    let (emulator, clock) = start().await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("tokens.json");
    std::fs::write(&file, "{}").unwrap();
    let mut paths = vec![file, "/dev/null".into()];
    #[cfg(unix)]
    {
        let fifo = directory.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.unwrap().success());
        let link = directory.path().join("link-to-fifo");
        std::os::unix::fs::symlink(&fifo, &link).unwrap();
        let dangling = directory.path().join("dangling-link");
        std::os::unix::fs::symlink(directory.path().join("missing"), &dangling).unwrap();
        let socket = directory.path().join("socket");
        std::os::unix::net::UnixListener::bind(&socket).unwrap();
        paths.extend([fifo, link, dangling, socket]);
        // As on a file system without modes.
        let without_modes = directory.path().join("without-modes");
        std::fs::create_dir(&without_modes).unwrap();
        std::fs::write(without_modes.join("lock"), "").unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o666);
        std::fs::set_permissions(without_modes.join("lock"), mode).unwrap();
        paths.push(without_modes);
    }
    for path in paths {
        let login = personal_token(&emulator).store(TokenStore::directory(&path));
        let error = current_user(&client(&emulator, &clock, login))
            .await
            .unwrap_err();
        assert!(
            error.is_authentication() && !error.is_transient(),
            "{error}"
        );
    }
    assert_eq!(emulator.request_count(TOKEN_OPERATION), Some(0));
    assert_eq!(emulator.request_count("get_current_user"), Some(0));
}

#[cfg(unix)]
#[tokio::test]
async fn symbolic_link_to_a_directory_is_followed() {
    let (emulator, clock) = start().await;
    let directory = tempfile::tempdir().unwrap();
    let (target, link) = (
        directory.path().join("target"),
        directory.path().join("link"),
    );
    std::fs::create_dir(&target).unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let store = TokenStore::directory(&link);
    let client = client(&emulator, &clock, personal_token(&emulator).store(store));
    advance(&emulator, &clock, HOUR);
    current_user(&client).await.unwrap();
    let state = FileState::open(&target).await.unwrap();
    let stored = state.get(&StateKey::new("tokens").unwrap()).await.unwrap();
    assert!(stored.is_some() && link.is_symlink());
}

#[tokio::test]
async fn close_waits_for_a_running_refresh() {
    let (emulator, clock) = start().await;
    let store = TokenStore::in_memory();
    let client = client(
        &emulator,
        &clock,
        personal_token(&emulator).store(store.clone()),
    );
    advance(&emulator, &clock, HOUR);
    let (reached, is_reached) = tokio::sync::oneshot::channel();
    let mut reached = Some(reached);
    let hook = move |_: &basalam_chat_emulator::Emulator| {
        reached.take().map(|it| it.send(()));
    };
    emulator.on_request(TOKEN_OPERATION, hook).unwrap();
    let call = tokio::spawn(client.get_unseen_chat_count().send());
    is_reached.await.unwrap();
    call.abort();
    client.close().await.unwrap();
    assert!(store.tokens().await.unwrap().is_some());
}
