//! OAuth: who may ask for tokens, and what they get.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

/// The id that stands for the token endpoint, `POST /oauth/token`, wherever an
/// operation is named: in [`Emulator::requests`](crate::Emulator::requests),
/// [`Emulator::on_request`](crate::Emulator::on_request) and
/// [`FaultRule::operation`](crate::FaultRule::operation).
///
/// The OpenAPI document does not have it. A fault without an operation does not happen
/// to it.
pub const TOKEN_OPERATION: &str = "get_token";

/// How long access tokens are good for unless
/// [`EmulatorBuilder::access_token_lifetime`](crate::EmulatorBuilder::access_token_lifetime) says
/// otherwise: 366 days, as in the documented example (certain).
pub(crate) const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(31_622_400);

/// An application that may ask for tokens.
///
/// Every service starts with one, [`Emulator::oauth_client`](crate::Emulator::oauth_client);
/// [`Emulator::add_oauth_client`](crate::Emulator::add_oauth_client) adds more. `Debug`
/// leaves the secret out.
///
/// ```
/// use basalam_chat_emulator::{Emulator, OAuthClient};
///
/// let emulator = Emulator::builder().start_blocking()?;
/// let client = OAuthClient::new("my-app", "my-secret")
///     .redirect_uri("https://example.com/callback")
///     .scopes(["customer.chat.read", "customer.chat.write"]);
/// emulator.add_oauth_client(client)?;
/// let code = emulator.issue_code("my-app", emulator.customer().id)?;
/// # let _ = code;
/// # Ok::<(), basalam_chat_emulator::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a client does nothing until the emulator is given it"]
pub struct OAuthClient {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
    pub(crate) redirect_uris: BTreeSet<String>,
    /// `None` for all.
    pub(crate) scopes: Option<BTreeSet<String>>,
    pub(crate) user_id: Option<i64>,
}

impl OAuthClient {
    /// Starts with the id and the secret, neither of them empty.
    pub fn new(id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            redirect_uris: BTreeSet::new(),
            scopes: None,
            user_id: None,
        }
    }

    /// Adds an address that codes may be sent to; it is compared as it is written.
    /// Default: any address will do.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.insert(uri.into());
        self
    }

    /// Sets the scopes that it may ask for, such as `customer.chat.read`; `*` stands
    /// for all, which is the default. Asking for another is refused with
    /// `invalid_scope`.
    pub fn scopes<I>(mut self, scopes: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let scopes: BTreeSet<String> = scopes.into_iter().map(Into::into).collect();
        self.scopes = (!scopes.contains("*")).then_some(scopes);
        self
    }

    /// Sets the user that it acts for with its own credentials. Default: the seller.
    /// Whom the service lets it act for is unknown.
    pub fn acting_for(mut self, user_id: i64) -> Self {
        self.user_id = Some(user_id);
        self
    }

    /// Gives the text to send as `client_id`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Gives the text to send as `client_secret`.
    ///
    /// It is worth nothing outside of this emulator, yet treat it as you treat real
    /// ones: a program that logs this one will log those too.
    #[must_use]
    pub fn secret(&self) -> &str {
        self.secret.expose_secret()
    }
}

/// What becomes of a refresh token that is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RefreshTokens {
    /// It is used up, and the answer has a new one (likely).
    #[default]
    Rotated,
    /// It stays good, and the answer has none.
    Kept,
}

/// A pair of tokens that was issued without a request.
///
/// `Debug` leaves both out.
#[derive(Clone)]
#[non_exhaustive]
pub struct IssuedTokens {
    pub(crate) access_token: SecretString,
    pub(crate) refresh_token: SecretString,
    /// How long the access token is good for.
    pub expires_in: Duration,
}

impl IssuedTokens {
    /// Gives the access token to send as `Authorization: Bearer …`.
    #[must_use]
    pub fn access_token(&self) -> &str {
        self.access_token.expose_secret()
    }

    /// Gives the refresh token to send to the token endpoint.
    #[must_use]
    pub fn refresh_token(&self) -> &str {
        self.refresh_token.expose_secret()
    }
}

impl fmt::Debug for IssuedTokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IssuedTokens")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}
