//! OAuth, as tests set it up and look at it.

use std::time::Duration;

use jiff::civil::DateTime;

use super::Emulator;
use crate::error::Error;
use crate::oauth::{IssuedTokens, OAuthClient};
use crate::state::tokens::Grant;

impl Emulator {
    /// Gives the OAuth client that every service starts with: it may ask for every
    /// scope and send codes to any address.
    pub fn oauth_client(&self) -> &OAuthClient {
        &self.shared.oauth_client
    }

    /// Gives all OAuth clients that there are now, by id.
    #[must_use]
    pub fn oauth_clients(&self) -> Vec<OAuthClient> {
        self.service().state().tokens.clients().cloned().collect()
    }

    /// Gives the address of the token endpoint, for `POST`.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("{}/oauth/token", self.base_url())
    }

    /// Gives the address of the page where users let a client act for them.
    ///
    /// It takes `client_id`, `redirect_uri`, `scope` and `state`, as the real one. As
    /// nobody logs in, it lists the users to choose from; with `user_id`, which is the
    /// emulator's own, it redirects at once.
    #[must_use]
    pub fn authorize_url(&self) -> String {
        format!("{}/accounts/sso", self.base_url())
    }

    /// Adds an OAuth client.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when the id or the secret is empty, when there is a
    /// client of that id, and when it acts for a user that does not exist.
    pub fn add_oauth_client(&self, client: OAuthClient) -> Result<(), Error> {
        self.service().state().add_oauth_client(client)
    }

    /// Gives a code as the page would, for all scopes that the client may ask for and
    /// with any `redirect_uri`. It can be used once, within 10 minutes by the
    /// emulator's clock.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when there is no such client or no such user.
    pub fn issue_code(&self, client_id: &str, user_id: i64) -> Result<String, Error> {
        let grant = self.grant(client_id, user_id)?;
        Ok(self.service().issue_code(grant, None))
    }

    /// Gives an access token and a refresh token as the token endpoint would, without a
    /// request.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when there is no such client or no such user.
    pub fn issue_tokens(&self, client_id: &str, user_id: i64) -> Result<IssuedTokens, Error> {
        let grant = self.grant(client_id, user_id)?;
        Ok(self.service().issue_tokens(grant))
    }

    /// Makes a token invalid: a user's own, an access token or a refresh token. Tells
    /// whether it was one.
    pub fn revoke_token(&self, token: &str) -> bool {
        let mut state = self.service().state();
        state.users.forget_token(token) || state.tokens.revoke(token)
    }

    /// Gives the number of requests that came in at the token endpoint with this
    /// `grant_type`, such as `refresh_token`, however they were answered. Those that an
    /// answer or a fault of the test's own kept from being read are not among them.
    ///
    /// [`Emulator::requests`] with [`TOKEN_OPERATION`](crate::TOKEN_OPERATION) counts
    /// all.
    #[must_use]
    pub fn token_requests(&self, grant_type: &str) -> u64 {
        self.service().aids().grants(grant_type)
    }

    /// Gives the time by the emulator's clock, to the second.
    #[must_use]
    pub fn now(&self) -> DateTime {
        self.service().now()
    }

    /// Stops the emulator's clock at a time.
    pub fn set_clock(&self, time: DateTime) {
        self.service().clock().set(time);
    }

    /// Moves the emulator's clock forwards; where it stands still it stands still later.
    /// Access tokens and files come to their ends so.
    ///
    /// # Errors
    ///
    /// [`Error::is_argument`] when that is beyond the year 9999.
    pub fn advance_clock(&self, by: Duration) -> Result<(), Error> {
        self.service().clock().advance(by)
    }

    /// Lets the emulator's clock run again as it did at the start.
    pub fn reset_clock(&self) {
        self.service().clock().reset();
    }

    fn grant(&self, client_id: &str, user_id: i64) -> Result<Grant, Error> {
        let state = self.service().state();
        let client = state.tokens.client(client_id).ok_or_else(|| {
            Error::argument(format!(
                "there is no OAuth client {client_id:?}; add it first"
            ))
        })?;
        if state.users.by_id(user_id).is_none() {
            return Err(no_user(user_id));
        }
        Ok(Grant {
            client_id: client.id.clone(),
            user_id,
            scopes: client.scopes.clone(),
        })
    }
}

fn no_user(id: i64) -> Error {
    Error::argument(format!("no user has the id {id}; add one first"))
}
