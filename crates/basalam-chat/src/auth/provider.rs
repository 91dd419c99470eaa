//! Access tokens from a custom source.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use super::token_set::TokenSet;

/// The error of a custom token provider. Its message is part of [`Error`](crate::Error), so it must not contain
/// tokens.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The future of a token provider.
pub type AuthFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send + 'a>>;

/// A custom source of access tokens; see
/// [`Authentication::provider`](super::Authentication::provider).
///
/// The client caches the token until shortly before it expires or until the service rejects it. Concurrent
/// requests share one call. A token without an expiry is cached until the service rejects it.
///
/// # Examples
///
/// ```
/// use basalam_chat::Client;
/// use basalam_chat::auth::{AuthFuture, Authentication, TokenProvider, TokenSet};
///
/// #[derive(Debug)]
/// struct Vault;
///
/// impl TokenProvider for Vault {
///     fn token(&self, _rejected: Option<&TokenSet>) -> AuthFuture<'_, TokenSet> {
///         Box::pin(async { Ok(TokenSet::new(std::env::var("BASALAM_TOKEN")?)) })
///     }
/// }
///
/// # fn main() -> Result<(), basalam_chat::Error> {
/// let client = Client::new(Authentication::provider(Vault))?;
/// # Ok(())
/// # }
/// ```
pub trait TokenProvider: fmt::Debug + Send + Sync {
    /// Returns an access token. Times out after 60 seconds.
    ///
    /// `rejected` is the previous token if the service rejected it or it has expired; returning it again
    /// makes the request fail. It is `None` for the first token, and if the previous one is still valid but
    /// about to expire.
    fn token(&self, rejected: Option<&TokenSet>) -> AuthFuture<'_, TokenSet>;
}
