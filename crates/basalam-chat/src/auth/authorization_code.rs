//! Acting for people who have logged in at Basalam.

use std::fmt;

use basalam_chat_api::newtypes::Scope;
use basalam_chat_api::operations::AUTHORIZATION_URL;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::Login;
use super::login::Code;
use super::oauth_client::{OAuthClient, joined};
use crate::random::{SystemRandom, random_hex};
use crate::{Environment, Error};

/// Lets people log in at Basalam, so that a client acts for them.
///
/// It takes three steps: send the person to [`authorize_url`](AuthorizationCode::authorize_url), read what
/// comes to the redirect address with [`callback`](AuthorizationCode::callback), and make a
/// [`Client`](crate::Client) of the [`Login`]. The code is exchanged for tokens with the client's first
/// request, or by [`authenticate`](crate::Client::authenticate).
///
/// Certain, from the vendor's documentation: the addresses, the parameters, and that a code can be used
/// once.
///
/// # Examples
///
/// ```no_run
/// use basalam_chat::Client;
/// use basalam_chat::auth::{AuthorizationCode, FileTokenStore, Scope};
///
/// # async fn run(query: &str) -> Result<(), basalam_chat::Error> {
/// let app = AuthorizationCode::new("client-id", "client-secret", "https://shop.example/callback");
///
/// // Send the person there, and keep the state with their session.
/// let request = app.authorize_url([Scope::CustomerChatRead, Scope::CustomerChatWrite])?;
/// println!("log in at {}", request.url());
/// let state = request.state().to_owned();
///
/// // At the redirect address, with the query that came.
/// let login = app.callback(&state, query)?.store(FileTokenStore::new("tokens.json"));
/// let client = Client::new(login)?;
/// let grant = client.authenticate().await?;
///
/// // When the program starts anew.
/// let login = app.resume(FileTokenStore::new("tokens.json"));
/// # let _ = (grant, login);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AuthorizationCode {
    client: OAuthClient,
    redirect_uri: String,
    authorization_url: String,
}

impl AuthorizationCode {
    /// Takes the id and the secret of your client in, and the redirect address that is registered for it.
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        redirect_uri: impl Into<String>,
    ) -> AuthorizationCode {
        AuthorizationCode {
            client: OAuthClient::new(client_id, client_secret),
            redirect_uri: redirect_uri.into(),
            authorization_url: AUTHORIZATION_URL.to_owned(),
        }
    }

    /// Lets people log in at another of Basalam's own services.
    pub fn environment(mut self, environment: Environment) -> AuthorizationCode {
        self.authorization_url = environment.authorization_url();
        self
    }

    /// Lets people log in at this address instead, such as an emulator's.
    pub fn authorization_url(mut self, url: impl Into<String>) -> AuthorizationCode {
        self.authorization_url = url.into();
        self
    }

    /// Makes the address to send a person to, who grants these scopes there; at least one.
    ///
    /// It holds a random `state`, which comes back with the code and is checked by
    /// [`callback`](AuthorizationCode::callback), so that nobody can slip in a login of their own.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) where there is no scope, the client's id is empty or
    /// an address is none.
    pub fn authorize_url(
        &self,
        scopes: impl IntoIterator<Item = Scope>,
    ) -> Result<AuthorizationRequest, Error> {
        self.authorize_url_with_state(scopes, random_hex(&SystemRandom))
    }

    /// As [`authorize_url`](AuthorizationCode::authorize_url), with a `state` of your own: a random one
    /// that nobody can guess.
    ///
    /// # Errors
    ///
    /// As there, and where the state is empty.
    pub fn authorize_url_with_state(
        &self,
        scopes: impl IntoIterator<Item = Scope>,
        state: impl Into<String>,
    ) -> Result<AuthorizationRequest, Error> {
        self.client.check()?;
        let scopes: Vec<Scope> = scopes.into_iter().collect();
        let state = state.into();
        if state.is_empty() {
            let remedy = "use a random one, as `authorize_url` does";
            return Err(Error::invalid_input("state", "is empty", remedy));
        }
        check_url("redirect_uri", &self.redirect_uri)?;
        let mut url = check_url("authorization_url", &self.authorization_url)?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.client.id)
            .append_pair("scope", &joined(&scopes)?)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("state", &state);
        Ok(AuthorizationRequest {
            url: url.into(),
            state: SecretString::from(state),
        })
    }

    /// Reads what came to the redirect address: its query, or the whole URL.
    ///
    /// `state` is the one of the [`AuthorizationRequest`] that the person was sent with.
    ///
    /// # Errors
    ///
    /// [`is_authentication`](Error::is_authentication) where the state is another one, or where the
    /// person or the service refused; what was said is in [`messages`](Error::messages).
    pub fn callback(&self, state: &str, query: &str) -> Result<Login, Error> {
        // A question mark may also stand within a value.
        let query = match query.split_once('?') {
            Some((before, query)) if !before.contains('=') => query,
            _ => query,
        };
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        let values = Values::read(query);
        // Before all else: what came with another state is not about this login.
        if state.is_empty() || values.state.as_ref().map(ExposeSecret::expose_secret) != Some(state)
        {
            return Err(Error::authentication(
                "the `state` that came back is not the one that the login began with",
                "begin the login anew: somebody may have tried to slip in one of their own",
            ));
        }
        if let Some(error) = &values.error {
            return Err(Error::login_refused(
                error,
                values.error_description.as_deref(),
            ));
        }
        match values.code {
            Some(code) => Ok(self.code(code.expose_secret())),
            None => Err(Error::authentication(
                "no `code` came back from the login",
                "begin the login anew",
            )),
        }
    }

    /// Takes a code whose `state` has been checked elsewhere, such as by a web framework.
    pub fn code(&self, code: impl Into<String>) -> Login {
        Login {
            client: self.client.clone(),
            code: Some(Code {
                code: SecretString::from(code.into()),
                redirect_uri: self.redirect_uri.clone(),
            }),
            store: None,
        }
    }

    /// Goes on with the tokens that a store holds from an earlier login.
    ///
    /// Where it holds none, requests fail with [`is_authentication`](Error::is_authentication).
    pub fn resume(&self, store: impl super::TokenStore + 'static) -> Login {
        let login = Login {
            client: self.client.clone(),
            code: None,
            store: None,
        };
        login.store(store)
    }
}

/// Where to send a person who is to log in.
#[derive(Clone)]
pub struct AuthorizationRequest {
    url: String,
    state: SecretString,
}

impl AuthorizationRequest {
    /// The address for the person's browser.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What must come back with the code. Keep it with the person's session, where nobody else sees it.
    pub fn state(&self) -> &str {
        self.state.expose_secret()
    }
}

/// What the query of the redirect address says.
#[derive(Default)]
struct Values {
    state: Option<SecretString>,
    code: Option<SecretString>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Values {
    fn read(query: &str) -> Values {
        let mut values = Values::default();
        // Any base does: only the query is read.
        let Ok(mut url) = Url::parse("https://localhost") else {
            return values;
        };
        url.set_query(Some(query));
        for (name, value) in url.query_pairs() {
            let value = value.into_owned();
            match &*name {
                "state" => values.state = Some(SecretString::from(value)),
                "code" if !value.is_empty() => values.code = Some(SecretString::from(value)),
                "error" => values.error = Some(value),
                "error_description" => values.error_description = Some(value),
                _ => {}
            }
        }
        values
    }
}

fn check_url(argument: &str, text: &str) -> Result<Url, Error> {
    Url::parse(text).map_err(|error| {
        let problem = format!("is no absolute URL ({error})");
        Error::invalid_input(
            argument,
            &problem,
            "write it like https://shop.example/callback",
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

/// Shows no state, and so no URL.
impl fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationRequest")
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> AuthorizationCode {
        AuthorizationCode::new("shop&1", "canary-secret", "https://shop.example/back?a=b")
    }

    const CHAT: [Scope; 2] = [Scope::CustomerChatRead, Scope::CustomerChatWrite];

    #[test]
    fn the_url_holds_what_the_service_asks_for_and_nothing_secret() {
        let request = app().authorize_url(CHAT).unwrap();
        let url = Url::parse(request.url()).unwrap();
        assert!(
            request
                .url()
                .starts_with("https://basalam.com/accounts/sso?")
        );
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            pairs,
            [
                pair("client_id", "shop&1"),
                pair("scope", "customer.chat.read customer.chat.write"),
                pair("redirect_uri", "https://shop.example/back?a=b"),
                pair("state", request.state()),
            ]
        );
        assert_eq!(request.state().len(), 32);
        assert_ne!(request.state(), app().authorize_url(CHAT).unwrap().state());
        assert!(!format!("{:?}{request:?}", app()).contains("canary"));
    }

    #[test]
    fn the_code_is_read_from_a_query_and_from_a_whole_url() {
        for query in [
            "code=a%2Fb&state=expected",
            "?state=expected&code=a%2Fb",
            "https://shop.example/back?a=b&state=expected&code=a%2Fb#end",
            "a=what?&state=expected&code=a%2Fb",
        ] {
            let login = app().callback("expected", query).unwrap();
            assert_eq!(login.code.unwrap().code.expose_secret(), "a/b", "{query}");
        }
    }

    #[test]
    fn another_state_is_refused_before_anything_else_is_read() {
        for (state, query) in [
            ("expected", "code=a&state=other"),
            ("expected", "code=a"),
            ("expected", "error=access_denied"),
            ("", "code=a&state="),
            ("", "code=a"),
        ] {
            let error = app().callback(state, query).unwrap_err();
            assert!(error.is_authentication(), "{query}");
            assert!(error.to_string().contains("`state`"), "{error}");
        }
    }

    #[test]
    fn a_refusal_is_told_with_what_was_said() {
        let query = "state=s&error=access_denied&error_description=the+person+said+no";
        let error = app().callback("s", query).unwrap_err();
        assert!(error.is_authentication());
        assert_eq!(error.messages(), ["access_denied", "the person said no"]);
        assert!(
            app()
                .callback("s", "state=s")
                .unwrap_err()
                .is_authentication()
        );
    }

    #[test]
    fn what_cannot_be_an_address_or_a_scope_is_refused_by_name() {
        let no_scope = app().authorize_url([]).unwrap_err();
        assert!(no_scope.to_string().contains("`scopes`"));
        let no_state = app().authorize_url_with_state(CHAT, "").unwrap_err();
        assert!(no_state.to_string().contains("`state`"));
        for (id, redirect, named) in [
            ("", "https://shop.example", "`client_id`"),
            ("1", "/callback", "`redirect_uri`"),
        ] {
            let app = AuthorizationCode::new(id, "secret", redirect);
            let error = app.authorize_url(CHAT).unwrap_err();
            assert!(error.is_invalid_input() && error.to_string().contains(named));
        }
    }
}
