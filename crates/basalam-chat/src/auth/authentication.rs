//! The common form of all credentials.

use std::fmt;
use std::sync::Arc;

use basalam_chat_api::newtypes::Scope;
use secrecy::SecretString;

use super::oauth_client::{OAuthClient, join_scopes};
use super::provider::TokenProvider;
use super::store::TokenStore;
use super::token_set::TokenSet;
use crate::Error;

/// The credentials of a [`Client`](crate::Client), of any kind.
///
/// [`PersonalToken`](super::PersonalToken), [`ClientCredentials`](super::ClientCredentials),
/// [`Login`](super::Login) and [`TokenSet`] convert into it, so they can be passed to
/// [`Client::new`](crate::Client::new) directly. [`Authentication::provider`] wraps a [`TokenProvider`], and
/// [`Authentication::none`] is for programs that call bot methods only.
#[derive(Clone)]
pub struct Authentication {
    /// The tokens known from the start.
    pub(super) tokens: Option<TokenSet>,
    /// The source of further tokens.
    pub(super) source: Option<TokenSource>,
}

/// The source of new tokens.
#[derive(Clone)]
pub(super) enum TokenSource {
    OAuth {
        /// Missing for a bare token with a store: it can be loaded but not refreshed.
        client: Option<OAuthClient>,
        initial: InitialTokens,
        store: Option<TokenStore>,
    },
    Provider(Arc<dyn TokenProvider>),
}

/// The source of the first tokens.
#[derive(Clone)]
pub(super) enum InitialTokens {
    /// The store, or the tokens of the [`Authentication`].
    Existing,
    /// An authorization code, which is preferred to stored tokens: it is the newer login.
    Code(CodeGrant),
    /// The id and secret of the OAuth client, for every refresh.
    Credentials(Vec<Scope>),
}

/// An authorization code, which is exchanged for tokens once.
#[derive(Clone)]
pub(super) struct CodeGrant {
    pub(super) code: SecretString,
    pub(super) redirect_uri: String,
}

impl Authentication {
    /// No login, for a program that calls bot methods only.
    ///
    /// Every other operation fails with [`is_configuration`](Error::is_configuration) before anything is
    /// sent.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use basalam_chat::Client;
    /// use basalam_chat::auth::Authentication;
    ///
    /// # async fn run() -> Result<(), basalam_chat::Error> {
    /// let bot = Client::new(Authentication::none())?.bot("123456:bot-token")?;
    /// println!("{}", bot.get_me().await?.username.unwrap_or_default());
    /// # Ok(())
    /// # }
    /// ```
    pub fn none() -> Authentication {
        Authentication {
            tokens: None,
            source: None,
        }
    }

    /// Uses access tokens from a custom source, such as a vault or another service.
    pub fn provider(provider: impl TokenProvider + 'static) -> Authentication {
        Authentication {
            tokens: None,
            source: Some(TokenSource::Provider(Arc::new(provider))),
        }
    }

    /// Rejects credentials that can never authorize a request.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if let Some(tokens) = &self.tokens {
            tokens.header()?;
        }
        match &self.source {
            Some(TokenSource::OAuth {
                client, initial, ..
            }) => {
                if let Some(client) = client {
                    client.check()?;
                }
                match initial {
                    InitialTokens::Credentials(scopes) => join_scopes(scopes).map(drop),
                    InitialTokens::Existing | InitialTokens::Code(_) => Ok(()),
                }
            }
            Some(TokenSource::Provider(_)) | None => Ok(()),
        }
    }

    /// Returns `true` if there is no login.
    pub(crate) fn is_none(&self) -> bool {
        self.tokens.is_none() && self.source.is_none()
    }
}

impl From<TokenSet> for Authentication {
    fn from(tokens: TokenSet) -> Authentication {
        Authentication {
            tokens: Some(tokens),
            source: None,
        }
    }
}

/// Contains no token and no secret.
impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication")
            .field("can_refresh", &self.source.is_some())
            .finish_non_exhaustive()
    }
}
