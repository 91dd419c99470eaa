//! The tokens of one login in a store that several clients share.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::UNIX_EPOCH;

use basalam_chat::auth::{TokenSet, TokenStore};
use basalam_chat::state::StateStore;
use basalam_chat_emulator::{Emulator, RefreshTokenPolicy, TOKEN_OPERATION};

/// The key of the tokens.
pub(crate) const KEY: &str = "tokens/431";

pub(crate) fn issue(emulator: &Emulator) -> TokenSet {
    let issued = emulator
        .issue_tokens(emulator.oauth_client().id(), emulator.seller().id)
        .unwrap();
    TokenSet::new(issued.access_token()).with_refresh_token(issued.refresh_token())
}

/// Starts an emulator that revokes a login if a refresh token is used twice.
pub(crate) async fn start() -> Emulator {
    let builder = Emulator::builder().refresh_token_policy(RefreshTokenPolicy::RevokeOnReuse);
    builder.start().await.unwrap()
}

/// Returns a store with an expired access token.
pub(crate) async fn expired(emulator: &Emulator, state: impl StateStore + 'static) -> TokenStore {
    let store = TokenStore::new(state, KEY).unwrap();
    let tokens = issue(emulator).with_expiry(UNIX_EPOCH);
    store.save(&tokens).await.unwrap();
    store
}

pub(crate) async fn stored(store: &TokenStore) -> TokenSet {
    store.tokens().await.unwrap().unwrap()
}

/// Runs the calls of a hook on a store in memory, which never wait.
pub(crate) fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a store in memory does not wait"),
    }
}

/// Runs a hook during the first refresh.
pub(crate) fn on_first_refresh(emulator: &Emulator, hook: impl FnOnce(&Emulator) + Send + 'static) {
    let mut hook = Some(hook);
    let hook = move |emulator: &Emulator| {
        if let Some(hook) = hook.take() {
            hook(emulator);
        }
    };
    emulator.on_request(TOKEN_OPERATION, hook).unwrap();
}
