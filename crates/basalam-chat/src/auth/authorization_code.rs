//! The OAuth authorization code flow, for the accounts of people who log in at Basalam.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, OnceLock};

use basalam_chat_api::newtypes::Scope;
use basalam_chat_api::operations::AUTHORIZATION_URL;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::authentication::CodeGrant;
use super::login::Login;
use super::oauth_client::{OAuthClient, join_scopes};
use super::store::TokenStore;
use super::token_endpoint::TokenEndpoint;
use super::token_set::TokenSet;
use crate::Error;
use crate::environment::Environment;
use crate::random::{SystemRandom, random_hex};

/// The OAuth authorization code flow: people log in at Basalam, and a client acts for them.
///
/// It has three steps: redirect the person to [`authorize_url`](AuthorizationCode::authorize_url), pass the
/// query of the redirect URI to [`callback`](AuthorizationCode::callback), and create a
/// [`Client`](crate::Client) from the [`Login`]. The first request of the client, or
/// [`authenticate`](crate::Client::authenticate), exchanges the code for tokens.
///
/// Certain, from the vendor's documentation: the URLs, the parameters, and that a code can be used once.
///
/// # Examples
///
/// ```no_run
/// use basalam_chat::Client;
/// use basalam_chat::auth::{AuthorizationCode, TokenStore, Scope};
///
/// # async fn run(query: &str) -> Result<(), basalam_chat::Error> {
/// let app = AuthorizationCode::new("client-id", "client-secret", "https://shop.example/callback");
///
/// // Redirect the person, and save the state in their session.
/// let request = app.authorize_url([Scope::CustomerChatRead, Scope::CustomerChatWrite])?;
/// println!("log in at {}", request.url());
/// let state = request.state().to_owned();
///
/// // In the handler of the redirect URI:
/// let login = app.callback(&state, query)?.store(TokenStore::directory("basalam-tokens"));
/// let client = Client::new(login)?;
/// let token = client.authenticate().await?;
///
/// // After a restart:
/// let login = app.resume(TokenStore::directory("basalam-tokens"));
/// # let _ = (token, login);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AuthorizationCode {
    client: OAuthClient,
    redirect_uri: String,
    authorization_url: String,
    auth_base_url: String,
    /// The endpoint of `exchange` and `refresh`, once it was needed.
    endpoint: Arc<OnceLock<TokenEndpoint>>,
}

impl AuthorizationCode {
    /// Creates the flow of a registered client, from its id, secret and redirect URI.
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        redirect_uri: impl Into<String>,
    ) -> AuthorizationCode {
        AuthorizationCode {
            client: OAuthClient::new(client_id, client_secret),
            redirect_uri: redirect_uri.into(),
            authorization_url: AUTHORIZATION_URL.to_owned(),
            auth_base_url: Environment::default().auth_base_url().to_owned(),
            endpoint: Arc::default(),
        }
    }

    /// Selects the environment for the login, [`exchange`](AuthorizationCode::exchange) and
    /// [`refresh`](AuthorizationCode::refresh).
    pub fn environment(mut self, environment: Environment) -> AuthorizationCode {
        self.authorization_url = environment.authorization_url();
        self.auth_base_url(environment.auth_base_url())
    }

    /// Sets the URL of the token service for [`exchange`](AuthorizationCode::exchange) and
    /// [`refresh`](AuthorizationCode::refresh), such as that of an emulator. The rules of
    /// [`ClientBuilder::base_url`](crate::ClientBuilder::base_url) apply. A [`Client`](crate::Client) has its
    /// own setting.
    pub fn auth_base_url(mut self, url: impl Into<String>) -> AuthorizationCode {
        self.auth_base_url = url.into();
        self.endpoint = Arc::default();
        self
    }

    /// Sets the login URL, such as that of an emulator.
    pub fn authorization_url(mut self, url: impl Into<String>) -> AuthorizationCode {
        self.authorization_url = url.into();
        self
    }

    /// Returns the URL at which a person logs in and grants these scopes; at least one.
    ///
    /// It contains a random `state`, which is returned with the code and checked by
    /// [`callback`](AuthorizationCode::callback), so that an attacker cannot inject another login.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if there is no scope, the client id is empty or a URL is
    /// invalid.
    pub fn authorize_url(
        &self,
        scopes: impl IntoIterator<Item = Scope>,
    ) -> Result<AuthorizationRequest, Error> {
        self.authorize_url_with_state(scopes, random_hex(&SystemRandom))
    }

    /// Like [`authorize_url`](AuthorizationCode::authorize_url), with a custom `state`, which must be random
    /// and impossible to guess.
    ///
    /// # Errors
    ///
    /// The same, and if the state is empty.
    pub fn authorize_url_with_state(
        &self,
        scopes: impl IntoIterator<Item = Scope>,
        state: impl Into<String>,
    ) -> Result<AuthorizationRequest, Error> {
        self.client.check()?;
        let scopes: Vec<Scope> = scopes.into_iter().collect();
        let state = state.into();
        if state.is_empty() {
            let remedy = "use a random string, as `authorize_url` does";
            return Err(Error::invalid_input("state", "is empty", remedy));
        }
        parse_url("redirect_uri", &self.redirect_uri)?;
        let mut url = parse_url("authorization_url", &self.authorization_url)?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.client.id)
            .append_pair("scope", &join_scopes(&scopes)?)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("state", &state);
        Ok(AuthorizationRequest {
            url: url.into(),
            state: SecretString::from(state),
        })
    }

    /// Parses the query of the redirect URI, or the whole URL.
    ///
    /// `state` is that of the [`AuthorizationRequest`].
    ///
    /// # Errors
    ///
    /// [`is_authentication`](Error::is_authentication) if the state differs, or if the person or the service
    /// denied the login; [`messages`](Error::messages) contains the reason.
    pub fn callback(&self, state: &str, query: &str) -> Result<Login, Error> {
        // A value may also contain a question mark.
        let query = match query.split_once('?') {
            Some((before, query)) if !before.contains('=') => query,
            _ => query,
        };
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        let callback = Callback::parse(query);
        // Checked first: a query with another state does not belong to this login.
        let actual = callback.state.as_ref().map(ExposeSecret::expose_secret);
        if state.is_empty() || actual != Some(state) {
            return Err(Error::authentication(
                "the `state` of the callback differs from that of the login",
                "start a new login: somebody may have tried to inject another one",
            ));
        }
        if let Some(error) = &callback.error {
            let description = callback.error_description.as_deref();
            return Err(Error::login_denied(error, description));
        }
        match callback.code {
            Some(code) => Ok(self.code(code.expose_secret())),
            None => Err(Error::authentication(
                "the callback has no `code`",
                "start a new login",
            )),
        }
    }

    /// Creates a login from a code whose `state` has been checked elsewhere, such as by a web framework.
    pub fn code(&self, code: impl Into<String>) -> Login {
        Login {
            client: self.client.clone(),
            code: Some(self.grant(code)),
            store: None,
        }
    }

    /// Exchanges a code at an endpoint.
    pub(crate) async fn exchange_at(
        &self,
        endpoint: &TokenEndpoint,
        code: String,
    ) -> Result<TokenSet, Error> {
        let grant = self.grant(code);
        endpoint.exchange_code(&self.client, &grant).await
    }

    /// Exchanges the refresh token of a set at an endpoint.
    pub(crate) async fn refresh_at(
        &self,
        endpoint: &TokenEndpoint,
        tokens: &TokenSet,
    ) -> Result<TokenSet, Error> {
        let refresh_token = tokens.expose_refresh_token();
        let refresh_token = refresh_token.ok_or_else(Error::no_refresh_token)?;
        let refreshed = endpoint.refresh(&self.client, refresh_token).await?;
        Ok(refreshed.inherit_from(tokens))
    }

    /// Returns the token endpoint, which `build` creates when it is first needed.
    pub(crate) fn token_endpoint(
        &self,
        build: impl FnOnce(&str) -> Result<TokenEndpoint, Error>,
    ) -> Result<&TokenEndpoint, Error> {
        if let Some(endpoint) = self.endpoint.get() {
            return Ok(endpoint);
        }
        let endpoint = build(&self.auth_base_url)?;
        Ok(self.endpoint.get_or_init(|| endpoint))
    }

    fn grant(&self, code: impl Into<String>) -> CodeGrant {
        CodeGrant {
            code: SecretString::from(code.into()),
            redirect_uri: self.redirect_uri.clone(),
        }
    }

    /// Resumes with the tokens that a store contains from an earlier login.
    ///
    /// If it contains none, requests fail with [`is_authentication`](Error::is_authentication).
    pub fn resume(&self, store: TokenStore) -> Login {
        let login = Login {
            client: self.client.clone(),
            code: None,
            store: None,
        };
        login.store(store)
    }
}

/// The login URL of a person, with its `state`.
#[derive(Clone)]
pub struct AuthorizationRequest {
    url: String,
    state: SecretString,
}

impl AuthorizationRequest {
    /// Returns the URL for the person's browser.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the `state` that must be returned with the code. Save it in the person's session.
    pub fn state(&self) -> &str {
        self.state.expose_secret()
    }
}

/// The query parameters of the redirect URI.
#[derive(Default)]
struct Callback {
    state: Option<SecretString>,
    code: Option<SecretString>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Callback {
    fn parse(query: &str) -> Callback {
        let mut callback = Callback::default();
        // The base is arbitrary: only the query is read.
        let Ok(mut url) = Url::parse("https://localhost") else {
            return callback;
        };
        url.set_query(Some(query));
        for (name, value) in url.query_pairs() {
            let value = value.into_owned();
            match &*name {
                "state" => callback.state = Some(SecretString::from(value)),
                "code" if !value.is_empty() => callback.code = Some(SecretString::from(value)),
                "error" => callback.error = Some(value),
                "error_description" => callback.error_description = Some(value),
                _ => {}
            }
        }
        callback
    }
}

fn parse_url(argument: &str, url: &str) -> Result<Url, Error> {
    Url::parse(url).map_err(|error| {
        let problem = format!("is not an absolute URL ({error})");
        Error::invalid_input(
            argument,
            &problem,
            "use a URL such as https://shop.example/callback",
        )
    })
}

impl fmt::Debug for AuthorizationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationCode")
            .field("client_id", &self.client.id)
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

/// Contains neither the state nor the URL.
impl fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationRequest")
            .finish_non_exhaustive()
    }
}
