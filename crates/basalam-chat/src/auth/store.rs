//! Where tokens outlive the program.

mod file;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

pub use file::FileTokenStore;

use super::TokenSet;

/// Why a store or a provider of yours failed. Its text is shown in errors: leave tokens out of it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What a store or a provider gives, once it is there.
pub type AuthFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send + 'a>>;

/// Keeps tokens, so that a program that starts anew goes on with those that it had.
///
/// The client loads once before the first request and before each renewal, as another program may have
/// renewed by then, and saves each new set before any request uses it. Where saving fails, or takes more than
/// 60 seconds, requests fail until it succeeds: tokens that are lost could not be renewed by the next start.
///
/// # Examples
///
/// A store of your own:
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
///             let stored = self.0.lock().map_err(|_| "the settings are broken")?.clone();
///             Ok(stored.as_deref().map(TokenSet::from_json).transpose()?)
///         })
///     }
///
///     fn save<'a>(&'a self, tokens: &'a TokenSet) -> AuthFuture<'a, ()> {
///         Box::pin(async {
///             let mut stored = self.0.lock().map_err(|_| "the settings are broken")?;
///             *stored = Some(tokens.expose_as_json());
///             Ok(())
///         })
///     }
/// }
/// ```
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// Gives what was saved last; none where nothing was.
    fn load(&self) -> AuthFuture<'_, Option<TokenSet>>;

    /// Keeps a new set instead of the one before.
    fn save<'a>(&'a self, tokens: &'a TokenSet) -> AuthFuture<'a, ()>;
}

/// Keeps tokens as long as the program runs, for clients that share a login.
///
/// Clones share what they keep.
#[derive(Clone, Default)]
pub struct MemoryTokenStore(Arc<Mutex<Option<TokenSet>>>);

impl MemoryTokenStore {
    /// Starts empty.
    pub fn new() -> MemoryTokenStore {
        MemoryTokenStore::default()
    }

    /// What is kept now.
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

/// Shows no token.
impl fmt::Debug for MemoryTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryTokenStore").finish_non_exhaustive()
    }
}
