//! Processes that lose the lease of a refresh, or take it over.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::auth::TokenStore;
use basalam_chat::state::{
    DeleteMode, Entry, Lease, LeaseRequest, MemoryState, PutMode, StateFuture, StateKey,
    StateStore, Version,
};
use basalam_chat_emulator::TOKEN_OPERATION;

use super::support::auth::{authorization_code, client, current_user};
use super::support::clock::TestClock;
use super::support::shared_tokens::{KEY, expired, issue, on_first_refresh, ready, start, stored};

/// A store that calls hooks, and whose renewals of leases can last forever.
#[derive(Clone, Debug)]
struct HookedState {
    state: MemoryState,
    hooks: Arc<Mutex<Hooks>>,
}

type Hook = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Hooks {
    /// Called after a write of this key.
    after_put: Option<(StateKey, Hook)>,
    /// Called before this read of the tokens.
    before_read: Option<(usize, Hook)>,
    renewals_hang: bool,
}

impl std::fmt::Debug for Hooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hooks")
    }
}

impl HookedState {
    fn new(hooks: Hooks) -> HookedState {
        HookedState {
            state: MemoryState::new(),
            hooks: Arc::new(Mutex::new(hooks)),
        }
    }
}

impl StateStore for HookedState {
    fn get<'a>(&'a self, key: &'a StateKey) -> StateFuture<'a, Option<Entry>> {
        let mut hooks = self.hooks.lock().unwrap();
        let hook = hooks.before_read.take_if(|(reads, _)| {
            *reads -= usize::from(key.as_str() == KEY);
            *reads == 0
        });
        drop(hooks);
        if let Some((_, hook)) = hook {
            hook();
        }
        self.state.get(key)
    }

    fn put<'a>(
        &'a self,
        key: &'a StateKey,
        value: &'a [u8],
        mode: PutMode,
    ) -> StateFuture<'a, Version> {
        Box::pin(async move {
            let version = self.state.put(key, value, mode).await?;
            let mut hooks = self.hooks.lock().unwrap();
            let hook = hooks.after_put.take_if(|hook| hook.0 == *key);
            drop(hooks);
            if let Some((_, hook)) = hook {
                hook();
            }
            Ok(version)
        })
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

    fn renew_lease<'a>(&'a self, lease: &'a mut Lease) -> StateFuture<'a, ()> {
        match self.hooks.lock().unwrap().renewals_hang {
            true => Box::pin(std::future::pending()),
            false => self.state.renew_lease(lease),
        }
    }
}

fn lease_key() -> StateKey {
    StateKey::new(format!("{KEY}.lease")).unwrap()
}

/// Lets another process take over the lease, and returns it.
fn take_over(state: &MemoryState, clock: &TestClock, duration: Duration) -> Lease {
    ready(state.delete(&lease_key(), DeleteMode::Any)).unwrap();
    let mut request = LeaseRequest::new(lease_key(), duration).clock(Arc::new(clock.clone()));
    let lease = ready(state.try_acquire_lease(&mut request)).unwrap();
    lease.unwrap()
}

#[tokio::test]
async fn lease_of_a_dead_holder_is_taken_over_when_it_expires() {
    for seconds in [1, 10, 30] {
        let (emulator, clock, state) = (start().await, TestClock::new(), MemoryState::new());
        let duration = Duration::from_secs(seconds);
        let store = expired(&emulator, state.clone()).await;
        let store = store.lease_duration(duration);
        let mut dead = LeaseRequest::new(lease_key(), duration).clock(Arc::new(clock.clone()));
        assert!(state.try_acquire_lease(&mut dead).await.unwrap().is_some());
        let login = authorization_code(&emulator).resume(store);
        current_user(&client(&emulator, &clock, login))
            .await
            .unwrap();
        let waited: Duration = clock.backoffs().iter().sum();
        assert!(waited >= duration, "{waited:?}");
        assert!(waited < duration + Duration::from_secs(1), "{waited:?}");
        assert_eq!(emulator.token_request_count("refresh_token"), 1);
    }
}

#[tokio::test]
async fn lease_of_a_dead_holder_is_taken_over_even_if_it_is_longer_than_one_refresh_waits() {
    for seconds in [61, 150, 600] {
        let (emulator, clock, state) = (start().await, TestClock::new(), MemoryState::new());
        let duration = Duration::from_secs(seconds);
        let store = expired(&emulator, state.clone()).await;
        let mut dead = LeaseRequest::new(lease_key(), duration).clock(Arc::new(clock.clone()));
        assert!(state.try_acquire_lease(&mut dead).await.unwrap().is_some());
        let login = authorization_code(&emulator).resume(store);
        let client = client(&emulator, &clock, login);
        let mut failures = 0;
        while let Err(error) = current_user(&client).await {
            assert!(error.is_transient(), "{error}");
            failures += 1;
            assert!(failures <= seconds / 10, "the lease is never taken over");
            clock.advance(Duration::from_secs(2));
        }
        assert!(failures > 0);
        assert_eq!(emulator.token_request_count("refresh_token"), 1);
    }
}

#[tokio::test]
async fn lease_durations_have_a_minimum() {
    for duration in [Duration::ZERO, Duration::from_nanos(1)] {
        let (emulator, clock, state) = (start().await, TestClock::new(), MemoryState::new());
        let store = expired(&emulator, state.clone()).await;
        let store = store.lease_duration(duration);
        on_first_refresh(&emulator, move |_| {
            let entry = ready(state.get(&lease_key())).unwrap().unwrap();
            let record = String::from_utf8(entry.value).unwrap();
            assert!(record.contains(r#""duration_ms":100,"#), "{record}");
        });
        let login = authorization_code(&emulator).resume(store);
        current_user(&client(&emulator, &clock, login))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn store_that_does_not_renew_leases_does_not_delay_a_refresh() {
    for seconds in [4, 11] {
        let (emulator, clock) = (start().await, TestClock::new());
        let state = HookedState::new(Hooks {
            renewals_hang: true,
            ..Hooks::default()
        });
        let store = expired(&emulator, state).await;
        let time = clock.clone();
        // The client renews its lease while the service handles the refresh.
        on_first_refresh(&emulator, move |_| {
            time.advance(Duration::from_secs(seconds))
        });
        let login = authorization_code(&emulator).resume(store.clone());
        current_user(&client(&emulator, &clock, login))
            .await
            .unwrap();
        let tokens = stored(&store).await;
        assert_eq!(tokens.expose_access_token(), "emulated-access-token-3");
    }
}

#[tokio::test]
async fn refresh_that_was_not_sent_is_not_taken_for_an_unfinished_one() {
    let (emulator, clock) = (start().await, TestClock::new());
    let state = HookedState::new(Hooks::default());
    let store = expired(&emulator, state.clone()).await;
    let record = StateKey::new(format!("{KEY}.refresh")).unwrap();
    let (values, time) = (state.state.clone(), clock.clone());
    // The process is paused after it has recorded the refresh, and another one takes over and dies.
    let pause = move || {
        time.advance(Duration::from_secs(20));
        take_over(&values, &time, Duration::from_secs(1));
    };
    state.hooks.lock().unwrap().after_put = Some((record, Box::new(pause)));
    let login = authorization_code(&emulator).resume(store);
    current_user(&client(&emulator, &clock, login))
        .await
        .unwrap();
    // An unfinished refresh would be waited for, for two seconds.
    let waited: Duration = clock.backoffs().iter().sum();
    assert!(waited >= Duration::from_secs(1), "{waited:?}");
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    assert_eq!(emulator.token_request_count("refresh_token"), 1);
}

/// The process that took over has spent the refresh token, and saves the new tokens a little later.
#[tokio::test]
async fn rejection_after_a_lost_lease_is_not_reported_before_the_successor_has_saved_its_tokens() {
    for reads in [1, 2, 10] {
        let (emulator, clock) = (start().await, TestClock::new());
        let state = HookedState::new(Hooks::default());
        let store = expired(&emulator, state.clone()).await;
        let rule = format!("400,operation={TOKEN_OPERATION},times=1");
        emulator.add_fault(rule.parse().unwrap()).unwrap();
        let successor = TokenStore::new(state.state.clone(), KEY).unwrap();
        let tokens = issue(&emulator);
        let save = move || ready(successor.save(&tokens)).unwrap();
        let time = clock.clone();
        on_first_refresh(&emulator, move |_| {
            take_over(&state.state, &time, Duration::from_secs(3600));
            state.hooks.lock().unwrap().before_read = Some((reads, Box::new(save)));
            time.advance(Duration::from_secs(11));
        });
        let login = authorization_code(&emulator).resume(store);
        current_user(&client(&emulator, &clock, login))
            .await
            .unwrap();
        assert_eq!(emulator.request_count(TOKEN_OPERATION), Some(1));
    }
}
