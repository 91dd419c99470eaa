//! OAuth and the clock, for tests.

use std::time::Duration;

use jiff::civil::DateTime;

use super::Emulator;
use crate::error::Error;
use crate::oauth::{IssuedTokens, OAuthClient};
use crate::state::tokens::Authorization;

impl Emulator {
    /// Returns the initial OAuth client, which by default may request every scope and use
    /// every redirect URI.
    pub fn oauth_client(&self) -> &OAuthClient {
        &self.shared.oauth_client
    }

    /// Returns all OAuth clients, by id.
    #[must_use]
    pub fn oauth_clients(&self) -> Vec<OAuthClient> {
        self.service().state().tokens.clients().cloned().collect()
    }

    /// Returns the URL of the token endpoint, for `POST`.
    #[must_use]
    pub fn token_url(&self) -> String {
        self.service().token_url()
    }

    /// Returns the URL of the authorization page.
    ///
    /// Its parameters are `client_id`, `redirect_uri`, `scope` and `state`, as for the real
    /// page. There is no login: the page lists the users, or redirects immediately with the
    /// additional parameter `user_id`, which is specific to the emulator.
    #[must_use]
    pub fn authorize_url(&self) -> String {
        self.service().authorize_url()
    }

    /// Adds an OAuth client.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the id or the secret is empty, if the id is taken, or
    /// if its user does not exist.
    pub fn add_oauth_client(&self, client: OAuthClient) -> Result<(), Error> {
        self.service().state().add_oauth_client(client)
    }

    /// Issues an authorization code as the authorization page does, for all scopes of the
    /// client and any `redirect_uri`. The code can be used once, within 10 minutes of the
    /// emulator's clock.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the client or the user does not exist.
    pub fn issue_code(&self, client_id: &str, user_id: i64) -> Result<String, Error> {
        let authorization = self.authorization(client_id, user_id)?;
        Ok(self.service().issue_code(authorization, None))
    }

    /// Issues an access token and a refresh token as the token endpoint does, without a
    /// request.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the client or the user does not exist.
    pub fn issue_tokens(&self, client_id: &str, user_id: i64) -> Result<IssuedTokens, Error> {
        let authorization = self.authorization(client_id, user_id)?;
        Ok(self.service().issue_tokens(authorization))
    }

    /// Revokes the token of a user, an access token or a refresh token. Returns `false` if
    /// the token did not exist.
    pub fn revoke_token(&self, token: &str) -> bool {
        let mut state = self.service().state();
        state.users.revoke_token(token) || state.tokens.revoke(token)
    }

    /// Returns the number of requests to the token endpoint with this `grant_type`, such as
    /// `refresh_token`, regardless of the response. Requests that got a queued response or a fault
    /// without [`Fault::after_handling`](crate::Fault::after_handling) are not included.
    ///
    /// [`Emulator::request_count`] with [`TOKEN_OPERATION`](crate::TOKEN_OPERATION) counts all
    /// requests.
    #[must_use]
    pub fn token_request_count(&self, grant_type: &str) -> u64 {
        let controls = self.service().test_controls();
        controls.token_request_count(grant_type)
    }

    /// Returns the time of the emulator's clock in whole seconds.
    #[must_use]
    pub fn now(&self) -> DateTime {
        self.service().now()
    }

    /// Stops the emulator's clock at a time.
    pub fn set_clock(&self, time: DateTime) {
        self.service().clock().set(time);
    }

    /// Moves the emulator's clock forwards, for example to expire access tokens and files. A
    /// stopped clock stays stopped.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_argument`] if the new time is beyond the year 9999.
    pub fn advance_clock(&self, by: Duration) -> Result<(), Error> {
        self.service().clock().advance(by)
    }

    /// Resets the emulator's clock to the configured clock.
    pub fn reset_clock(&self) {
        self.service().clock().reset();
    }

    fn authorization(&self, client_id: &str, user_id: i64) -> Result<Authorization, Error> {
        let state = self.service().state();
        let client = state.tokens.client(client_id).ok_or_else(|| {
            Error::invalid_argument(format!(
                "there is no OAuth client {client_id:?}; add the client first"
            ))
        })?;
        state.users.require(user_id)?;
        Ok(Authorization {
            client_id: client.id.clone(),
            user_id,
            scopes: client.scopes.clone(),
        })
    }
}
