//! Token requests of an OAuth application without a client.

use super::base_url::parse_base_url;
use crate::auth::token_endpoint::TokenEndpoint;
use crate::auth::{AuthorizationCode, TokenSet};
use crate::{Client, Error};

impl AuthorizationCode {
    /// Exchanges an authorization code for tokens, for a web program that stores the tokens of many people
    /// itself. Check the `state` first, or use [`callback`](AuthorizationCode::callback) instead.
    ///
    /// The code can be used once, so the request is sent again only if the service did not process it. The
    /// timeouts and retries are the defaults of a [`ClientBuilder`](crate::ClientBuilder).
    ///
    /// # Errors
    ///
    /// [`is_authentication`](Error::is_authentication) if the service rejects the code or the client;
    /// [`oauth_error`](Error::oauth_error) is then `invalid_grant` or `invalid_client`, for example.
    /// [`is_invalid_input`](Error::is_invalid_input) if the client id, the secret or the URL is invalid.
    /// Besides these, the [errors](Error) of every call.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use basalam_chat::Client;
    /// use basalam_chat::auth::AuthorizationCode;
    ///
    /// # async fn run(code: &str) -> Result<(), basalam_chat::Error> {
    /// let app = AuthorizationCode::new("client-id", "client-secret", "https://shop.example/callback");
    /// let tokens = app.exchange(code).await?;
    /// // Save `tokens.expose_as_json()`, and later, with the loaded tokens:
    /// let tokens = app.refresh(&tokens).await?;
    /// let client = Client::new(tokens)?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn exchange(&self, code: impl Into<String>) -> Result<TokenSet, Error> {
        let endpoint = self.token_endpoint(|url| build_endpoint(self, url))?;
        self.exchange_at(endpoint, code.into()).await
    }

    /// Exchanges a refresh token for new tokens. If the service issues no new refresh token, the returned
    /// tokens have the previous one.
    ///
    /// A refresh invalidates the previous tokens (likely), so save the new ones before anything else, and do
    /// not refresh the same tokens twice at once.
    ///
    /// # Errors
    ///
    /// The errors of [`exchange`](AuthorizationCode::exchange);
    /// [`is_invalid_input`](Error::is_invalid_input) if there is no refresh token. If
    /// [`oauth_error`](Error::oauth_error) is `invalid_grant`, the person has to log in again. If
    /// [`may_have_succeeded`](Error::may_have_succeeded) is `true`, the refresh token may be used up.
    pub async fn refresh(&self, tokens: &TokenSet) -> Result<TokenSet, Error> {
        let endpoint = self.token_endpoint(|url| build_endpoint(self, url))?;
        self.refresh_at(endpoint, tokens).await
    }
}

/// Creates the token endpoint at `url`, with the settings of a default client.
fn build_endpoint(app: &AuthorizationCode, url: &str) -> Result<TokenEndpoint, Error> {
    // Only the id and the secret of the client are checked.
    let client = Client::builder(app.code("")).auth_base_url(url).build()?;
    let url = parse_base_url("auth_base_url", url, &[])?;
    Ok(client.transport().token_endpoint(&url))
}
