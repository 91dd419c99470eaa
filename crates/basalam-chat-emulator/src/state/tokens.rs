//! OAuth clients, authorization codes and tokens.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::DateTime;

use crate::error::Error;
use crate::oauth::OAuthClient;

/// The OAuth clients, and the codes and tokens that were issued to them.
#[derive(Clone, Default)]
pub(crate) struct Tokens {
    clients: BTreeMap<String, OAuthClient>,
    codes: HashMap<String, AuthorizationCode>,
    access_tokens: HashMap<String, AccessToken>,
    refresh_tokens: HashMap<String, RefreshToken>,
    /// Rotated refresh tokens.
    used_refresh_tokens: HashMap<String, UsedRefreshToken>,
    issued_count: u64,
}

/// The user that a client acts for, and the scopes that it may use.
#[derive(Clone)]
pub(crate) struct Authorization {
    pub(crate) client_id: String,
    pub(crate) user_id: i64,
    /// `None` for all scopes.
    pub(crate) scopes: Option<BTreeSet<String>>,
}

#[derive(Clone)]
struct AuthorizationCode {
    authorization: Authorization,
    /// `None` for any URI.
    redirect_uri: Option<String>,
    expires_at: DateTime,
}

#[derive(Clone)]
struct AccessToken {
    authorization: Authorization,
    expires_at: DateTime,
}

#[derive(Clone)]
struct RefreshToken {
    authorization: Authorization,
    /// The token that is revoked when this one is used.
    access_token: String,
    /// Identifies the tokens that descend from one authorization.
    login: u64,
}

#[derive(Clone)]
struct UsedRefreshToken {
    client_id: String,
    login: u64,
}

/// The tokens of a token response.
pub(crate) struct TokenPair {
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
}

/// Why an authorization code is rejected.
pub(crate) enum CodeError {
    Invalid,
    RedirectUriMismatch,
}

impl Authorization {
    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|it| it.contains(scope))
    }
}

impl Tokens {
    pub(crate) fn add_client(&mut self, client: OAuthClient) -> Result<(), Error> {
        if client.id.is_empty() || client.secret().is_empty() {
            return Err(Error::invalid_argument(
                "the id or the secret of an OAuth client is empty; set both",
            ));
        }
        if self.clients.contains_key(&client.id) {
            return Err(Error::invalid_argument(format!(
                "the OAuth client id {:?} is taken; set another id",
                client.id
            )));
        }
        self.clients.insert(client.id.clone(), client);
        Ok(())
    }

    /// Returns all clients, by id.
    pub(crate) fn clients(&self) -> impl Iterator<Item = &OAuthClient> {
        self.clients.values()
    }

    pub(crate) fn client(&self, id: &str) -> Option<&OAuthClient> {
        self.clients.get(id)
    }

    /// Returns `true` if a string is a code, a token or the secret of a client.
    pub(crate) fn has_secret(&self, text: &str) -> bool {
        self.codes.contains_key(text)
            || self.access_tokens.contains_key(text)
            || self.refresh_tokens.contains_key(text)
            || self.used_refresh_tokens.contains_key(text)
            || self.clients.values().any(|it| it.secret() == text)
    }

    /// Issues a single-use code.
    pub(crate) fn issue_code(
        &mut self,
        authorization: Authorization,
        redirect_uri: Option<String>,
        expires_at: DateTime,
    ) -> String {
        let code = self.next_token("authorization-code");
        let issued = AuthorizationCode {
            authorization,
            redirect_uri,
            expires_at,
        };
        self.codes.insert(code.clone(), issued);
        code
    }

    /// Consumes a code of the client.
    pub(crate) fn consume_code(
        &mut self,
        code: &str,
        client_id: &str,
        redirect_uri: &str,
        now: DateTime,
    ) -> Result<Authorization, CodeError> {
        let issued = self.codes.get(code);
        let issued = issued
            .filter(|it| it.authorization.client_id == client_id && now < it.expires_at)
            .ok_or(CodeError::Invalid)?;
        let expected = issued.redirect_uri.as_deref();
        if expected.is_some_and(|it| it != redirect_uri) {
            return Err(CodeError::RedirectUriMismatch);
        }
        let consumed = self.codes.remove(code).ok_or(CodeError::Invalid)?;
        Ok(consumed.authorization)
    }

    pub(crate) fn issue_access_token(
        &mut self,
        authorization: Authorization,
        expires_at: DateTime,
    ) -> String {
        let token = self.next_token("access-token");
        let issued = AccessToken {
            authorization,
            expires_at,
        };
        self.access_tokens.insert(token.clone(), issued);
        token
    }

    pub(crate) fn issue_pair(
        &mut self,
        authorization: Authorization,
        expires_at: DateTime,
    ) -> TokenPair {
        // No other login has this number, since each one issues tokens.
        let login = self.issued_count;
        self.issue_pair_of(login, authorization, expires_at)
    }

    fn issue_pair_of(
        &mut self,
        login: u64,
        authorization: Authorization,
        expires_at: DateTime,
    ) -> TokenPair {
        let access_token = self.issue_access_token(authorization.clone(), expires_at);
        let refresh_token = self.next_token("refresh-token");
        let issued = RefreshToken {
            authorization,
            access_token: access_token.clone(),
            login,
        };
        self.refresh_tokens.insert(refresh_token.clone(), issued);
        TokenPair {
            access_token,
            refresh_token: Some(refresh_token),
        }
    }

    /// Returns the authorization of a refresh token of the client.
    pub(crate) fn refresh_authorization(
        &self,
        token: &str,
        client_id: &str,
    ) -> Option<&Authorization> {
        let authorization = &self.refresh_tokens.get(token)?.authorization;
        (authorization.client_id == client_id).then_some(authorization)
    }

    /// Issues an access token for a refresh token, and revokes the previous access token.
    /// With `rotate` it also replaces the refresh token.
    pub(crate) fn refresh(
        &mut self,
        token: &str,
        authorization: Authorization,
        rotate: bool,
        expires_at: DateTime,
    ) -> TokenPair {
        if let Some(used) = self.refresh_tokens.get(token) {
            self.access_tokens.remove(&used.access_token);
        }
        if rotate && let Some(RefreshToken { login, .. }) = self.refresh_tokens.remove(token) {
            let used = UsedRefreshToken {
                client_id: authorization.client_id.clone(),
                login,
            };
            self.used_refresh_tokens.insert(token.to_owned(), used);
            return self.issue_pair_of(login, authorization, expires_at);
        }
        let access_token = self.issue_access_token(authorization, expires_at);
        if let Some(used) = self.refresh_tokens.get_mut(token) {
            used.access_token.clone_from(&access_token);
        }
        TokenPair {
            access_token,
            refresh_token: None,
        }
    }

    /// Revokes all tokens of the login of a used refresh token of the client. Returns `false` if the token was not
    /// used.
    pub(crate) fn revoke_reused(&mut self, token: &str, client_id: &str) -> bool {
        let used = self.used_refresh_tokens.get(token);
        let Some(used) = used.filter(|it| it.client_id == client_id) else {
            return false;
        };
        let login = used.login;
        let revoked = (self.refresh_tokens).extract_if(|_, issued| issued.login == login);
        for (_, issued) in revoked {
            self.access_tokens.remove(&issued.access_token);
        }
        true
    }

    /// Returns the authorization of a valid access token.
    pub(crate) fn access_authorization(
        &self,
        token: &str,
        now: DateTime,
    ) -> Option<&Authorization> {
        let issued = self.access_tokens.get(token)?;
        (now < issued.expires_at).then_some(&issued.authorization)
    }

    /// Revokes an access or refresh token. Returns `false` if it did not exist.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        self.access_tokens.remove(token).is_some() || self.refresh_tokens.remove(token).is_some()
    }

    /// Returns an unused token string, the same in every run for reproducible tests.
    fn next_token(&mut self, kind: &str) -> String {
        self.issued_count += 1;
        format!("emulated-{kind}-{}", self.issued_count)
    }
}
