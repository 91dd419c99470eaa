//! Logins and expiring tokens.

use std::time::Duration;

use basalam_chat::auth::{
    Authentication, AuthorizationCode, ClientCredentials, TokenSet, TokenStore,
};
use basalam_chat::{Client, Error, PersonalToken, UserId};
use basalam_chat_emulator::Emulator;

use super::clock::TestClock;

/// The lifetime of the emulator's access tokens.
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// Starts an emulator whose access tokens expire after an hour, with a clock for its clients.
pub(crate) async fn start() -> (Emulator, TestClock) {
    let builder = Emulator::builder().access_token_lifetime(HOUR);
    (builder.start().await.unwrap(), TestClock::new())
}

/// Advances the clocks of the clients and of the emulator.
pub(crate) fn advance(emulator: &Emulator, clock: &TestClock, duration: Duration) {
    clock.advance(duration);
    emulator.advance_clock(duration).unwrap();
}

pub(crate) fn client(
    emulator: &Emulator,
    clock: &TestClock,
    authentication: impl Into<Authentication>,
) -> Client {
    Client::builder(authentication)
        .base_url(emulator.base_url())
        .clock(clock.clone())
        .build()
        .unwrap()
}

/// Returns a refreshable login of the seller with newly issued tokens.
pub(crate) fn personal_token(emulator: &Emulator) -> PersonalToken {
    let app = emulator.oauth_client();
    let issued = emulator
        .issue_tokens(app.id(), emulator.seller().id)
        .unwrap();
    PersonalToken::new(issued.access_token()).refreshable(
        issued.refresh_token(),
        app.id(),
        app.secret(),
    )
}

pub(crate) fn client_credentials(emulator: &Emulator) -> ClientCredentials {
    let app = emulator.oauth_client();
    ClientCredentials::new(app.id(), app.secret())
}

pub(crate) fn authorization_code(emulator: &Emulator) -> AuthorizationCode {
    let app = emulator.oauth_client();
    AuthorizationCode::new(app.id(), app.secret(), "https://shop.example/callback")
        .authorization_url(emulator.authorize_url())
}

pub(crate) async fn current_user(client: &Client) -> Result<UserId, Error> {
    Ok(client.get_current_user().await?.id)
}

/// Returns a store that contains these tokens.
pub(crate) async fn stored_tokens(tokens: &TokenSet) -> TokenStore {
    let store = TokenStore::in_memory();
    store.save(tokens).await.unwrap();
    store
}
