//! Clients that do not know of each other, as in several processes, with the tokens of one login.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use basalam_chat::Client;
use basalam_chat::auth::TokenStore;
use basalam_chat::state::{
    DeleteMode, FileState, LeaseRequest, MemoryState, PutMode, StateKey, StateStore,
};
use basalam_chat_emulator::Emulator;

use super::support::auth::{authorization_code, client, current_user};
use super::support::clock::TestClock;
use super::support::shared_tokens::{KEY, expired, issue, on_first_refresh, ready, start, stored};

/// With the system's clock: in virtual time, a lease can expire while its holder runs.
async fn assert_one_refresh_each_time(emulator: Emulator, stores: [TokenStore; 3]) {
    for refreshes in 1..=5 {
        let clients = stores.clone().map(|store| {
            Client::builder(authorization_code(&emulator).resume(store))
                .base_url(emulator.base_url())
                .build()
                .unwrap()
        });
        let (one, two, three) = tokio::join!(
            current_user(&clients[0]),
            current_user(&clients[1]),
            current_user(&clients[2])
        );
        assert_eq!(one.unwrap(), two.unwrap());
        three.unwrap();
        assert_eq!(emulator.token_request_count("refresh_token"), refreshes);
        let tokens = issue(&emulator).with_expiry(UNIX_EPOCH);
        stores[0].save(&tokens).await.unwrap();
    }
}

#[tokio::test]
async fn separate_stores_over_one_memory_refresh_once() {
    let (emulator, state) = (start().await, MemoryState::new());
    let first = expired(&emulator, state.clone()).await;
    let other = || TokenStore::new(state.clone(), KEY).unwrap();
    let stores = [first, other(), other()];
    assert_one_refresh_each_time(emulator, stores).await;
}

#[tokio::test]
async fn separate_stores_over_one_directory_refresh_once() {
    let emulator = start().await;
    let directory = tempfile::tempdir().unwrap();
    let open = async || FileState::open(directory.path()).await.unwrap();
    let first = expired(&emulator, open().await).await;
    let second = TokenStore::new(open().await, KEY).unwrap();
    let third = TokenStore::new(open().await, KEY).unwrap();
    assert_one_refresh_each_time(emulator, [first, second, third]).await;
}

#[tokio::test]
async fn tokens_that_a_successor_saved_are_not_overwritten() {
    let (emulator, clock, state) = (start().await, TestClock::new(), MemoryState::new());
    let store = expired(&emulator, state).await;
    let successor = store.clone();
    on_first_refresh(&emulator, move |emulator| {
        ready(successor.save(&issue(emulator))).unwrap();
    });
    let client = client(
        &emulator,
        &clock,
        authorization_code(&emulator).resume(store.clone()),
    );
    for _ in 0..2 {
        current_user(&client).await.unwrap();
    }
    // The next token is that of the late response, which is not stored.
    let next = issue(&emulator);
    assert_eq!(emulator.token_request_count("refresh_token"), 1);
    assert_eq!(
        stored(&store).await.expose_access_token(),
        "emulated-access-token-3"
    );
    assert_eq!(next.expose_access_token(), "emulated-access-token-7");
}

#[tokio::test]
async fn tokens_deleted_during_a_refresh_stay_deleted() {
    let (emulator, clock, state) = (start().await, TestClock::new(), MemoryState::new());
    let store = expired(&emulator, state).await;
    let logout = store.clone();
    on_first_refresh(&emulator, move |_| ready(logout.delete()).unwrap());
    let client = client(
        &emulator,
        &clock,
        authorization_code(&emulator).resume(store.clone()),
    );
    let error = current_user(&client).await.unwrap_err();
    assert!(error.is_authentication(), "{error}");
    assert!(store.tokens().await.unwrap().is_none());
}

#[tokio::test]
async fn tokens_are_saved_although_the_lease_was_lost() {
    for is_taken_over in [false, true] {
        let (emulator, clock, state) = (start().await, TestClock::new(), MemoryState::new());
        let store = expired(&emulator, state.clone()).await;
        let lease = StateKey::new(format!("{KEY}.lease")).unwrap();
        on_first_refresh(&emulator, move |_| {
            ready(state.delete(&lease, DeleteMode::Any)).unwrap();
            if is_taken_over {
                let mut request = LeaseRequest::new(lease, Duration::from_secs(10));
                assert!(
                    ready(state.try_acquire_lease(&mut request))
                        .unwrap()
                        .is_some()
                );
            }
        });
        let login = authorization_code(&emulator).resume(store.clone());
        current_user(&client(&emulator, &clock, login))
            .await
            .unwrap();
        let tokens = stored(&store).await;
        assert_eq!(tokens.expose_access_token(), "emulated-access-token-3");
        assert_eq!(emulator.token_request_count("refresh_token"), 1);
    }
}

#[tokio::test]
async fn tokens_of_a_dead_holder_are_used_at_once() {
    let (emulator, clock, state) = (start().await, TestClock::new(), MemoryState::new());
    let store = expired(&emulator, state.clone()).await;
    let lease = StateKey::new(format!("{KEY}.lease")).unwrap();
    let mut dead = LeaseRequest::new(lease, Duration::from_secs(10)).clock(Arc::new(clock.clone()));
    assert!(state.try_acquire_lease(&mut dead).await.unwrap().is_some());
    store.save(&issue(&emulator)).await.unwrap();
    let login = authorization_code(&emulator).resume(store);
    current_user(&client(&emulator, &clock, login))
        .await
        .unwrap();
    assert!(clock.backoffs().is_empty());
    assert_eq!(emulator.token_request_count("refresh_token"), 0);
}

/// Tokens are saved for another login, or the same one, and those before are revoked, twice within a second.
#[tokio::test]
async fn tokens_that_are_replaced_twice_are_loaded_after_each_401() {
    let (emulator, clock, state) = (start().await, TestClock::new(), MemoryState::new());
    let store = expired(&emulator, state).await;
    let login = authorization_code(&emulator).resume(store.clone());
    let client = client(&emulator, &clock, login);
    current_user(&client).await.unwrap();
    for _ in 0..3 {
        let before = stored(&store).await;
        store.save(&issue(&emulator)).await.unwrap();
        assert!(emulator.revoke_token(before.expose_access_token()));
        current_user(&client).await.unwrap();
    }
    assert_eq!(emulator.token_request_count("refresh_token"), 1);
}

#[tokio::test]
async fn new_tokens_that_are_rejected_all_the_time_are_not_refreshed() {
    let (emulator, clock, state) = (start().await, TestClock::new(), MemoryState::new());
    let store = expired(&emulator, state).await;
    let login = authorization_code(&emulator).resume(store.clone());
    let client = client(&emulator, &clock, login);
    let rule = "401,operation=get_current_user".parse().unwrap();
    emulator.add_fault(rule).unwrap();
    for _ in 0..5 {
        let error = current_user(&client).await.unwrap_err();
        assert!(error.is_unauthorized(), "{error}");
    }
    assert_eq!(emulator.token_request_count("refresh_token"), 2);
    emulator.clear_faults();
    current_user(&client).await.unwrap();
}

/// A process that takes over waits for the tokens of one that could not save them, although its lease has expired.
#[tokio::test]
async fn tokens_that_are_saved_late_are_used_by_the_process_that_takes_over() {
    let (emulator, clock, state) = (start().await, TestClock::new(), MemoryState::new());
    let store = expired(&emulator, state.clone()).await;
    let key = StateKey::new(KEY).unwrap();
    let version = state.get(&key).await.unwrap().unwrap().version;
    let record = format!(r#"{{"tokens":{version},"id":"1"}}"#);
    let record_key = StateKey::new(format!("{KEY}.refresh")).unwrap();
    let mode = PutMode::Create;
    state
        .put(&record_key, record.as_bytes(), mode)
        .await
        .unwrap();
    let login = authorization_code(&emulator).resume(store.clone());
    let client = client(&emulator, &clock, login);
    // Saved as soon as the client pauses.
    let tokens = issue(&emulator);
    let late = tokio::spawn(async move {
        while clock.backoffs().is_empty() {
            tokio::task::yield_now().await;
        }
        store.save(&tokens).await.unwrap();
    });
    current_user(&client).await.unwrap();
    late.await.unwrap();
    assert_eq!(emulator.token_request_count("refresh_token"), 0);
}

/// Such as by a change of the encryption key.
#[tokio::test]
async fn old_tokens_that_are_written_again_during_a_refresh_are_replaced() {
    for times in 1..=3 {
        let (emulator, clock, state) = (start().await, TestClock::new(), MemoryState::new());
        let store = expired(&emulator, state.clone()).await;
        on_first_refresh(&emulator, move |_| {
            let key = StateKey::new(KEY).unwrap();
            let entry = ready(state.get(&key)).unwrap().unwrap();
            for _ in 0..times {
                ready(state.put(&key, &entry.value, PutMode::Overwrite)).unwrap();
            }
        });
        let login = authorization_code(&emulator).resume(store.clone());
        current_user(&client(&emulator, &clock, login))
            .await
            .unwrap();
        let tokens = stored(&store).await;
        assert_eq!(tokens.expose_access_token(), "emulated-access-token-3");
        assert_eq!(emulator.token_request_count("refresh_token"), 1);
    }
}
