//! A login that is kept between calls of the command.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use basalam_chat::auth::{Authentication, AuthorizationCode, TokenSet, TokenStore};
use basalam_chat::state::{DeleteMode, FileState, MemoryState, PutMode, StateKey, StateStore};
use basalam_chat::{Client, ClientBuilder, Secret};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Kind};

/// A profile: the login of one account.
pub(crate) struct Profile {
    pub(crate) name: String,
    place: Place,
}

enum Place {
    Directory(PathBuf),
    /// Ends with the process.
    Memory(MemoryState),
}

/// What is known of a login besides its tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Login {
    pub(crate) method: Method,
    /// The URL of the service, if it is not the production service.
    pub(crate) base_url: Option<String>,
}

/// How the tokens were obtained.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Method {
    PersonalToken,
    OAuth(OAuthClient),
}

/// The OAuth client of the user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OAuthClient {
    pub(crate) id: String,
    pub(crate) secret: Secret<String>,
    pub(crate) redirect_uri: String,
}

impl Method {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Method::PersonalToken => "personal_token",
            Method::OAuth(_) => "oauth",
        }
    }
}

impl OAuthClient {
    /// Returns the authorization code flow of this client.
    pub(crate) fn flow(&self) -> AuthorizationCode {
        let secret = self.secret.expose_secret();
        AuthorizationCode::new(&self.id, secret, &self.redirect_uri)
    }
}

impl Profile {
    pub(crate) fn in_directory(name: &str, path: PathBuf) -> Profile {
        Profile {
            name: name.to_owned(),
            place: Place::Directory(path),
        }
    }

    pub(crate) fn in_memory() -> Profile {
        Profile {
            name: "emulator".to_owned(),
            place: Place::Memory(MemoryState::new()),
        }
    }

    /// Returns the login and its tokens, or a failure whose hint is how to log in.
    pub(crate) async fn load(&self) -> Result<(Login, TokenStore), Failure> {
        let not_logged_in = || {
            let message = format!("the profile `{}` is not logged in", self.name);
            let login = match self.name.as_str() {
                "default" => "basalam-chat login".to_owned(),
                name => format!("basalam-chat --profile {name} login"),
            };
            let hint = format!("Log in with `{login}`, or try a command with `--emulator`.");
            Failure::new(Kind::NeedsLogin, message).hint(hint)
        };
        if let Place::Directory(path) = &self.place
            && !path.exists()
        {
            return Err(not_logged_in());
        }
        let store = self.open().await?;
        let entry = store.get(&login_key()?).await?.ok_or_else(not_logged_in)?;
        let login = serde_json::from_slice(&entry.value).map_err(|_| {
            Failure::failed("the login of the profile was written by another version")
                .hint("Log in again with `basalam-chat login`.")
        })?;
        Ok((login, token_store(store)?))
    }

    /// Saves a login and its tokens.
    pub(crate) async fn save(&self, login: &Login, tokens: &TokenSet) -> Result<(), Failure> {
        let store = self.open().await?;
        let json = serde_json::to_vec(login)
            .map_err(|error| Failure::failed(format!("the login cannot be saved: {error}")))?;
        token_store(store.clone())?.save(tokens).await?;
        store.put(&login_key()?, &json, PutMode::Overwrite).await?;
        Ok(())
    }

    /// Deletes the login and its tokens. Returns `false` if there was none.
    pub(crate) async fn delete(&self) -> Result<bool, Failure> {
        let Place::Directory(path) = &self.place else {
            return Ok(true);
        };
        if !path.exists() {
            return Ok(false);
        }
        let store = self.open().await?;
        token_store(store.clone())?.delete().await?;
        store.delete(&login_key()?, DeleteMode::Any).await?;
        // Values that were deleted may still be in the files.
        match fs::remove_dir_all(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::io(
                "the files of the login cannot be deleted",
                &error,
            )),
            _ => Ok(true),
        }
    }

    /// The directory of the login, if it is kept in one.
    pub(crate) fn directory(&self) -> Option<&PathBuf> {
        match &self.place {
            Place::Directory(path) => Some(path),
            Place::Memory(_) => None,
        }
    }

    async fn open(&self) -> Result<Arc<dyn StateStore>, Failure> {
        Ok(match &self.place {
            Place::Directory(path) => Arc::new(FileState::open(path).await?),
            Place::Memory(state) => Arc::new(state.clone()),
        })
    }
}

impl Login {
    /// Returns a client builder with the tokens of a store.
    pub(crate) async fn builder(&self, store: TokenStore) -> Result<ClientBuilder, Failure> {
        let authentication = match &self.method {
            Method::OAuth(client) => Authentication::from(client.flow().resume(store)),
            Method::PersonalToken => {
                let tokens = store.tokens().await?.ok_or_else(|| {
                    Failure::new(Kind::NeedsLogin, "the profile has no token")
                        .hint("Log in again with `basalam-chat login`.")
                })?;
                Authentication::from(tokens)
            }
        };
        Ok(client_builder(authentication, self.base_url.as_deref()))
    }
}

/// Returns a client builder for a service, the production service by default.
pub(crate) fn client_builder(
    authentication: impl Into<Authentication>,
    base_url: Option<&str>,
) -> ClientBuilder {
    let builder = Client::builder(authentication)
        .user_agent(concat!("basalam-chat-cli/", env!("CARGO_PKG_VERSION")));
    match base_url {
        Some(url) => builder.base_url(url),
        None => builder,
    }
}

fn token_store(store: Arc<dyn StateStore>) -> Result<TokenStore, Failure> {
    Ok(TokenStore::new(store, "tokens")?)
}

fn login_key() -> Result<StateKey, Failure> {
    Ok(StateKey::new("login")?)
}
