//! OAuth clients and issued tokens.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

/// The operation id of the token endpoint, `POST /oauth/token`, in
/// [`Emulator::request_count`](crate::Emulator::request_count),
/// [`Emulator::on_request`](crate::Emulator::on_request) and
/// [`FaultRule::operation`](crate::FaultRule::operation).
///
/// The OpenAPI document does not define the endpoint. Fault rules without an operation do
/// not apply to it.
pub const TOKEN_OPERATION: &str = "get_token";

/// The default lifetime of access tokens: 366 days, as in the documented example (certain).
pub(crate) const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(31_622_400);

/// An OAuth client, which can request tokens.
///
/// Every emulator has one from the start,
/// [`Emulator::oauth_client`](crate::Emulator::oauth_client);
/// [`Emulator::add_oauth_client`](crate::Emulator::add_oauth_client) adds more. `Debug`
/// redacts the secret.
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
#[must_use = "a client does nothing until it is added to an emulator"]
pub struct OAuthClient {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
    pub(crate) redirect_uris: BTreeSet<String>,
    /// `None` for all scopes.
    pub(crate) scopes: Option<BTreeSet<String>>,
    pub(crate) user_id: Option<i64>,
}

impl OAuthClient {
    /// Creates a client with an id and a secret. Neither may be empty.
    pub fn new(id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            redirect_uris: BTreeSet::new(),
            scopes: None,
            user_id: None,
        }
    }

    /// Adds a redirect URI, which is compared as a string. Default: every URI is allowed.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.insert(uri.into());
        self
    }

    /// Sets the scopes that the client may request, such as `customer.chat.read`; `*`
    /// stands for all. Default: all. Requests for another scope fail with
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

    /// Sets the user whose access tokens the grant `client_credentials` issues. Default:
    /// the seller. Which users the service allows is unknown.
    pub fn user_id(mut self, user_id: i64) -> Self {
        self.user_id = Some(user_id);
        self
    }

    /// Returns the `client_id`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the `client_secret`.
    ///
    /// It is valid for this emulator only. Handle it like a real one: a program that logs
    /// this secret also logs real ones.
    #[must_use]
    pub fn secret(&self) -> &str {
        self.secret.expose_secret()
    }
}

/// The handling of a refresh token after its use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RefreshTokenPolicy {
    /// Refresh token rotation: the used token becomes invalid, and the response has a new
    /// one (likely).
    #[default]
    Rotate,
    /// The token stays valid, and the response has no refresh token.
    Reuse,
    /// Rotation with the detection of replays that RFC 9700 recommends: if a used token is sent again, all tokens
    /// of its login become invalid, and the user has to log in again.
    RevokeOnReuse,
}

/// An access token and a refresh token that were issued without a request.
///
/// `Debug` redacts both.
#[derive(Clone)]
#[non_exhaustive]
pub struct IssuedTokens {
    pub(crate) access_token: SecretString,
    pub(crate) refresh_token: SecretString,
    /// The lifetime of the access token.
    pub expires_in: Duration,
}

impl IssuedTokens {
    /// Returns the access token to send as `Authorization: Bearer …`.
    #[must_use]
    pub fn access_token(&self) -> &str {
        self.access_token.expose_secret()
    }

    /// Returns the refresh token to send to the token endpoint.
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
