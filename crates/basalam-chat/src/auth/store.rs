//! Storage of tokens in a state store.

mod turn;

use std::fmt;
#[cfg(feature = "file-state")]
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
#[cfg(feature = "file-state")]
use tokio::sync::OnceCell;
use tokio::sync::{Mutex, MutexGuard};

use super::token_set::TokenSet;
use crate::Error;
#[cfg(feature = "file-state")]
use crate::state::FileState;
use crate::state::{DeleteMode, MemoryState, PutMode, StateError, StateKey, StateStore, Version};
pub(super) use turn::{Claim, Turn};

/// The default of [`TokenStore::lease_duration`].
const LEASE_DURATION: Duration = Duration::from_secs(10);

/// A shorter lease would be renewed all the time.
const MIN_LEASE_DURATION: Duration = Duration::from_millis(100);

/// The tokens of one login in a [`StateStore`], so that a program can use them after a restart, and several clients
/// and processes can share them. Clones share the tokens.
///
/// The client loads the tokens before the first request and before each refresh, and saves new tokens before any
/// request uses them. One client at a time refreshes, in all processes that share the store: it holds a lease,
/// loads the tokens again, and refreshes only if that is still needed. The others use the access token while it is
/// valid, and the new tokens as soon as they are saved. A 401 is followed by loading the tokens, too.
///
/// Three keys are used: `KEY` for the tokens, `KEY.lease` for the lease, and `KEY.refresh`, which records that a
/// refresh has begun.
///
/// # Crashes and pauses
///
/// If a process dies during a refresh, another one takes over after the
/// [lease duration](TokenStore::lease_duration). If it died before the service received the request, or after the
/// tokens were saved, nothing is lost. If it died between, nobody has the new tokens, and requests fail with
/// [`is_unfinished_refresh`](Error::is_unfinished_refresh) and [`needs_login`](Error::needs_login).
///
/// A process that is paused during a refresh for longer than the lease duration still saves its tokens, unless
/// another process has saved others meanwhile. If the service revokes the login when a refresh token is reused
/// (RFC 9700), the process that takes over can then cause a new login, so choose a lease duration that exceeds the
/// pauses of your processes.
///
/// While the store cannot be used, requests use the access token that the client has. If it is no longer valid, they
/// fail with [`is_transient`](Error::is_transient), and nothing is spent. New tokens that cannot be saved are kept: the
/// client tries again for ten seconds, then with each request that needs a token, and in
/// [`close`](crate::Client::close). Until they are saved, the process must not end, nor drop the last clone of the
/// client. Another process waits for two seconds before it takes over an unfinished refresh, in case its tokens are
/// saved after the store has restarted.
///
/// # Examples
///
/// ```
/// use basalam_chat::auth::{AuthorizationCode, TokenStore};
/// use basalam_chat::state::MemoryState;
///
/// # fn main() -> Result<(), basalam_chat::Error> {
/// // The tokens of many people in one store, such as `SqliteState` of `basalam-chat-state`.
/// let state = MemoryState::new();
/// let app = AuthorizationCode::new("client-id", "client-secret", "https://shop.example/callback");
/// let login = app.resume(TokenStore::new(state.clone(), "tokens/431")?);
/// # let _ = login;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TokenStore {
    shared: Arc<Shared>,
    lease_duration: Duration,
}

struct Shared {
    state: Source,
    key: StateKey,
    lease_key: StateKey,
    /// Records that a refresh has begun.
    refresh_key: StateKey,
    /// Held during a refresh: the clients of this process need not poll the lease.
    turn: Mutex<()>,
}

enum Source {
    Open(Arc<dyn StateStore>),
    /// Opened when it is first needed.
    #[cfg(feature = "file-state")]
    Directory {
        path: PathBuf,
        state: OnceCell<FileState>,
    },
}

/// Stored tokens with their version.
pub(super) struct Stored {
    pub(super) tokens: TokenSet,
    pub(super) version: Version,
}

impl TokenStore {
    /// Stores the tokens of a login in a state store, at a key such as `tokens/431`. Each login needs a separate key.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if the key is not a valid [`StateKey`], or has more than 248
    /// bytes.
    pub fn new(
        state: impl StateStore + 'static,
        key: impl AsRef<str>,
    ) -> Result<TokenStore, Error> {
        let keys = keys(key.as_ref()).map_err(|error| {
            Error::invalid_input(
                "key",
                &format!("is invalid: {error}"),
                "use a key such as `tokens/431`",
            )
        })?;
        Ok(TokenStore::with_source(Source::Open(Arc::new(state)), keys))
    }

    /// Stores the tokens of a login in memory, for clients of one process.
    pub fn in_memory() -> TokenStore {
        TokenStore::with_source(Source::Open(Arc::new(MemoryState::new())), default_keys())
    }

    /// Stores the tokens of one login in a directory, which is opened as a [`FileState`] before the first request,
    /// and created if it is missing (feature `file-state`). Processes of one machine can share it.
    ///
    /// A directory that cannot be used is refused when it is opened, before anything is sent, with the reason:
    /// the path is a file or a named pipe, or the file system has no locks, renames or modes. A symbolic link is
    /// followed. In a container, mount the directory, not its files.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use basalam_chat::auth::TokenStore;
    /// use basalam_chat::{Client, PersonalToken};
    ///
    /// # fn main() -> Result<(), basalam_chat::Error> {
    /// let token = PersonalToken::new("access-token")
    ///     .refreshable("refresh-token", "client-id", "client-secret")
    ///     .store(TokenStore::directory("basalam-tokens"));
    /// let client = Client::new(token)?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "file-state")]
    pub fn directory(path: impl Into<PathBuf>) -> TokenStore {
        let source = Source::Directory {
            path: path.into(),
            state: OnceCell::new(),
        };
        TokenStore::with_source(source, default_keys())
    }

    fn with_source(state: Source, [key, lease_key, refresh_key]: [StateKey; 3]) -> TokenStore {
        TokenStore {
            shared: Arc::new(Shared {
                state,
                key,
                lease_key,
                refresh_key,
                turn: Mutex::new(()),
            }),
            lease_duration: LEASE_DURATION,
        }
    }

    /// Sets how long other processes wait before they take over the refresh from a process that has died; 10
    /// seconds by default, at least 100 milliseconds. A running process renews its lease.
    pub fn lease_duration(mut self, duration: Duration) -> TokenStore {
        self.lease_duration = duration.max(MIN_LEASE_DURATION);
        self
    }

    /// Returns the stored tokens, or `None` if there are none.
    ///
    /// # Errors
    ///
    /// [`is_authentication`](Error::is_authentication) if the store fails or the key holds anything else.
    pub async fn tokens(&self) -> Result<Option<TokenSet>, Error> {
        Ok(self.load().await?.map(|stored| stored.tokens))
    }

    /// Saves the tokens of a login that was made elsewhere, replacing the previous ones.
    ///
    /// # Errors
    ///
    /// [`is_authentication`](Error::is_authentication) if the store fails.
    pub async fn save(&self, tokens: &TokenSet) -> Result<(), Error> {
        let written = self.write(tokens, PutMode::Overwrite).await;
        written.map_err(Error::store_save_failed)
    }

    /// Deletes the tokens, so that the person has to log in again. Clients use the access token that they have until
    /// it expires, and do not save their tokens again.
    ///
    /// # Errors
    ///
    /// [`is_authentication`](Error::is_authentication) if the store fails.
    pub async fn delete(&self) -> Result<(), Error> {
        let delete = async {
            let state = self.state().await?;
            state.delete(&self.shared.key, DeleteMode::Any).await?;
            // It belongs to the deleted tokens. Another login at this key has no unfinished refresh.
            state
                .delete(&self.shared.refresh_key, DeleteMode::Any)
                .await
        };
        delete.await.map_err(Error::store_delete_failed)
    }

    async fn state(&self) -> Result<&dyn StateStore, StateError> {
        match &self.shared.state {
            Source::Open(state) => Ok(&**state),
            #[cfg(feature = "file-state")]
            Source::Directory { path, state } => {
                let open = || FileState::open(path);
                Ok(state.get_or_try_init(open).await?)
            }
        }
    }

    pub(super) async fn load(&self) -> Result<Option<Stored>, Error> {
        let read = async { self.state().await?.get(&self.shared.key).await };
        let Some(entry) = read.await.map_err(Error::store_load_failed)? else {
            return Ok(None);
        };
        let json = String::from_utf8(entry.value).unwrap_or_default();
        let json = SecretString::from(json);
        let tokens = TokenSet::from_json(json.expose_secret());
        let tokens = tokens.map_err(|_| Error::no_stored_tokens())?;
        Ok(Some(Stored {
            tokens,
            version: entry.version,
        }))
    }

    /// Writes tokens. If the response is lost, reads them to find out whether they were written.
    pub(super) async fn write(&self, tokens: &TokenSet, mode: PutMode) -> Result<(), StateError> {
        let state = self.state().await?;
        let json = SecretString::from(tokens.expose_as_json());
        let value = json.expose_secret().as_bytes();
        let written = state.put_confirmed(&self.shared.key, value, mode).await;
        written.map(drop)
    }

    /// Waits until no other client of this process refreshes.
    pub(super) async fn lock_process(&self) -> MutexGuard<'_, ()> {
        self.shared.turn.lock().await
    }
}

/// Returns the keys of the tokens, the lease and the record of a refresh.
fn keys(key: &str) -> Result<[StateKey; 3], StateError> {
    Ok([
        StateKey::new(key)?,
        StateKey::new(format!("{key}.lease"))?,
        StateKey::new(format!("{key}.refresh"))?,
    ])
}

fn default_keys() -> [StateKey; 3] {
    keys("tokens").expect("the constant is a valid key")
}

/// Contains no token.
impl fmt::Debug for TokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenStore")
            .field("key", &self.shared.key)
            .finish_non_exhaustive()
    }
}
