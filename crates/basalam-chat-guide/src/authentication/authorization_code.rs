//! The login of another person, who grants access in a browser.

// ANCHOR: program
use basalam_chat::auth::{AuthorizationCode, AuthorizationRequest, Scope, TokenStore};
use basalam_chat::{Client, Error};

/// Starts a login. Redirect the person to `url()`, and keep `state()` in their session.
pub fn start(app: &AuthorizationCode) -> Result<AuthorizationRequest, Error> {
    app.authorize_url([
        Scope::CustomerProfileRead,
        Scope::CustomerChatRead,
        Scope::CustomerChatWrite,
    ])
}

/// Finishes a login, at the redirect URI. `state` comes from the session, `query` from the request.
pub async fn finish(
    shared: &Client,
    app: &AuthorizationCode,
    state: &str,
    query: &str,
    tokens: TokenStore,
) -> Result<Client, Error> {
    let login = app.callback(state, query)?.store(tokens);
    let client = shared.with_authentication(login)?;
    // Exchanges the code for tokens now, so that an error is part of the login.
    client.authenticate().await?;
    Ok(client)
}
// ANCHOR_END: program
