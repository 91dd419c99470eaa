//! Tokens in a state store that several clients share.

use std::time::Duration;

use basalam_chat::auth::{TokenSet, TokenStore};
use basalam_chat::state::{FileState, MemoryState, PutMode, StateKey, StateStore};
use basalam_chat::time::Clock;
use basalam_chat_emulator::TOKEN_OPERATION;

use super::support::auth::{
    HOUR, advance, authorization_code, client, current_user, personal_token, start,
};

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
async fn other_values_at_the_key_are_no_tokens_and_not_shown() {
    let (emulator, clock) = start().await;
    let values: [&[u8]; 4] = [b"", b"{\"canary\":1}", b"\xff canary", b"1415"];
    for value in values {
        let state = MemoryState::new();
        let key = StateKey::new("tokens/1").unwrap();
        state.put(&key, value, PutMode::Create).await.unwrap();
        let store = TokenStore::new(state, "tokens/1").unwrap();
        let error = store.tokens().await.unwrap_err();
        assert!(error.is_authentication(), "{error}");
        let login = authorization_code(&emulator).resume(store);
        let shown = current_user(&client(&emulator, &clock, login)).await;
        let shown = format!("{error} {error:?} {}", shown.unwrap_err());
        assert!(shown.contains("a separate key for each login"), "{shown}");
        assert!(!shown.contains("canary"), "{shown}");
    }
    assert_eq!(emulator.request_count(TOKEN_OPERATION), Some(0));
}

/// They are newer than the stored ones, which another login has replaced.
#[tokio::test]
async fn configured_tokens_are_refreshed_after_they_were_used_since_a_refresh_failed() {
    for status in [500, 503, 504] {
        let (emulator, clock) = start().await;
        let store = TokenStore::in_memory();
        let old = TokenSet::new("revoked")
            .with_refresh_token("spent")
            .with_expiry(clock.system_time() + HOUR / 2);
        store.save(&old).await.unwrap();
        let rule = format!("{status},operation={TOKEN_OPERATION},times=1");
        emulator.add_fault(rule.parse().unwrap()).unwrap();
        let login = personal_token(&emulator).store(store.clone());
        let client = client(&emulator, &clock, login);
        current_user(&client).await.unwrap();
        advance(&emulator, &clock, HOUR);
        current_user(&client).await.unwrap();
        let saved = store.tokens().await.unwrap().unwrap();
        assert_ne!(saved.expose_refresh_token(), Some("spent"), "{status}");
    }
}

#[tokio::test]
async fn deleted_tokens_are_not_saved_again_by_a_client_that_has_them() {
    let (emulator, clock) = start().await;
    let state = MemoryState::new();
    let store = TokenStore::new(state.clone(), "tokens/1").unwrap();
    let configured = personal_token(&emulator).store(store.clone());
    let one = client(&emulator, &clock, configured);
    current_user(&one).await.unwrap();
    advance(&emulator, &clock, HOUR);
    // It has refreshed the tokens, and the other one has loaded them.
    current_user(&one).await.unwrap();
    let resumed = authorization_code(&emulator).resume(store.clone());
    let other = one.with_authentication(resumed).unwrap();
    current_user(&other).await.unwrap();
    store.delete().await.unwrap();
    let left = state.list("", None, 9).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
    // Until the access token expires.
    for client in [&one, &other] {
        current_user(client).await.unwrap();
    }
    advance(&emulator, &clock, HOUR);
    for client in [&one, &other] {
        for _ in 0..2 {
            let error = current_user(client).await.unwrap_err();
            assert!(error.needs_login(), "{error}");
            clock.advance(Duration::from_secs(2));
        }
    }
    assert!(store.tokens().await.unwrap().is_none());
    // A new login is used by all.
    let app = emulator.oauth_client();
    let issued = emulator.issue_tokens(app.id(), emulator.seller().id);
    let issued = issued.unwrap();
    let tokens = TokenSet::new(issued.access_token()).with_refresh_token(issued.refresh_token());
    store.save(&tokens).await.unwrap();
    for client in [&one, &other] {
        current_user(client).await.unwrap();
    }
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
