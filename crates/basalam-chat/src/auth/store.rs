//! Storage for tokens.

mod file;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

pub use file::FileTokenStore;

use super::token_set::TokenSet;

/// The error of a custom token store or token provider. Its message is part of
/// [`Error`](crate::Error), so it must not contain tokens.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The future of a token store or a token provider.
pub type AuthFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send + 'a>>;

/// Persistent storage for tokens, so that a program can use them after a restart.
///
/// The client loads the tokens before the first request and before each refresh, since another program may
/// have refreshed them. It saves each new set before any request uses it. If saving fails or takes more than
/// 60 seconds, requests fail until it succeeds: unsaved tokens would be lost with the program.
///
/// # Examples
///
/// A custom store:
///
/// ```
/// use std::sync::Mutex;
///
/// use basalam_chat::auth::{AuthFuture, TokenSet, TokenStore};
///
/// #[derive(Debug, Default)]
/// struct Settings(Mutex<Option<String>>);
///
/// impl TokenStore for Settings {
///     fn load(&self) -> AuthFuture<'_, Option<TokenSet>> {
///         Box::pin(async {
///             let stored = self.0.lock().map_err(|_| "the settings are poisoned")?.clone();
///             Ok(stored.as_deref().map(TokenSet::from_json).transpose()?)
///         })
///     }
///
///     fn save<'a>(&'a self, tokens: &'a TokenSet) -> AuthFuture<'a, ()> {
///         Box::pin(async {
///             let mut stored = self.0.lock().map_err(|_| "the settings are poisoned")?;
///             *stored = Some(tokens.expose_as_json());
///             Ok(())
///         })
///     }
/// }
/// ```
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// Returns the tokens saved last, or `None` if none were saved.
    fn load(&self) -> AuthFuture<'_, Option<TokenSet>>;

    /// Saves tokens, replacing the previous ones.
    fn save<'a>(&'a self, tokens: &'a TokenSet) -> AuthFuture<'a, ()>;
}

/// Storage in memory, for clients that share a login.
///
/// Clones share the tokens.
#[derive(Clone, Default)]
pub struct MemoryTokenStore(Arc<Mutex<Option<TokenSet>>>);

impl MemoryTokenStore {
    /// Creates an empty store.
    pub fn new() -> MemoryTokenStore {
        MemoryTokenStore::default()
    }

    /// Returns the stored tokens.
    pub fn tokens(&self) -> Option<TokenSet> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl From<TokenSet> for MemoryTokenStore {
    fn from(tokens: TokenSet) -> MemoryTokenStore {
        MemoryTokenStore(Arc::new(Mutex::new(Some(tokens))))
    }
}

impl TokenStore for MemoryTokenStore {
    fn load(&self) -> AuthFuture<'_, Option<TokenSet>> {
        Box::pin(std::future::ready(Ok(self.tokens())))
    }

    fn save<'a>(&'a self, tokens: &'a TokenSet) -> AuthFuture<'a, ()> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(tokens.clone());
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Contains no token.
impl fmt::Debug for MemoryTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryTokenStore").finish_non_exhaustive()
    }
}
