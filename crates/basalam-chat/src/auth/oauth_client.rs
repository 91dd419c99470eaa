//! A client that is registered with Basalam, and the scopes that it asks for.

use basalam_chat_api::newtypes::Scope;
use secrecy::{ExposeSecret, SecretString};

use crate::Error;

/// The id and the secret of a client that is registered with Basalam.
#[derive(Clone)]
pub(crate) struct OAuthClient {
    pub(super) id: String,
    pub(super) secret: SecretString,
}

impl OAuthClient {
    pub(super) fn new(id: impl Into<String>, secret: impl Into<String>) -> OAuthClient {
        OAuthClient {
            id: id.into(),
            secret: SecretString::from(secret.into()),
        }
    }

    /// Refuses what no client has.
    pub(super) fn check(&self) -> Result<(), Error> {
        let refuse = |argument| {
            let remedy = "copy it from the developer panel";
            Err(Error::invalid_input(argument, "is empty", remedy))
        };
        if self.id.is_empty() {
            return refuse("client_id");
        }
        if self.secret.expose_secret().is_empty() {
            return refuse("client_secret");
        }
        Ok(())
    }
}

/// Scopes as the service takes them, separated by spaces.
pub(super) fn joined(scopes: &[Scope]) -> Result<String, Error> {
    if scopes.is_empty() {
        let remedy = "name at least one, such as `Scope::CustomerChatRead`";
        return Err(Error::invalid_input("scopes", "is empty", remedy));
    }
    let scopes: Vec<&str> = scopes.iter().map(Scope::as_str).collect();
    Ok(scopes.join(" "))
}
