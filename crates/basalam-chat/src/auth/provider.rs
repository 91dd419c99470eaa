//! Access tokens from elsewhere.

use std::fmt;

use super::{AuthFuture, TokenSet};

/// Gives access tokens that come from elsewhere; see
/// [`Authentication::provider`](super::Authentication::provider).
///
/// The client keeps what it is given until shortly before it ends, or until the service refuses it, and
/// asks once however many requests wait. Without a time of expiry, a token is kept until it is refused.
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
///     fn token(&self, _refused: Option<&TokenSet>) -> AuthFuture<'_, TokenSet> {
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
    /// Gives an access token, within 60 seconds. `refused` is the one given before, where the service did
    /// not accept it or its time is over; giving it again makes the request fail. Without it, this is the
    /// first time, or the one given before is about to end.
    fn token(&self, refused: Option<&TokenSet>) -> AuthFuture<'_, TokenSet>;
}
