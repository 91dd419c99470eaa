//! A client registered with Basalam, and the scopes that it requests.

use basalam_chat_api::newtypes::Scope;
use secrecy::{ExposeSecret, SecretString};

use crate::Error;

/// The id and secret of a client registered with Basalam.
#[derive(Clone)]
pub(super) struct OAuthClient {
    pub(super) id: String,
    pub(super) secret: SecretString,
    /// The service does not know the client, which has neither id nor secret.
    pub(super) is_public: bool,
}

impl OAuthClient {
    pub(super) fn new(id: impl Into<String>, secret: impl Into<String>) -> OAuthClient {
        OAuthClient {
            id: id.into(),
            secret: SecretString::from(secret.into()),
            is_public: false,
        }
    }

    /// Creates a client that sends neither id nor secret.
    pub(super) fn public() -> OAuthClient {
        OAuthClient {
            is_public: true,
            ..OAuthClient::new("", "")
        }
    }

    /// Rejects an empty id or secret.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.is_public {
            return Ok(());
        }
        for (argument, value) in [
            ("client_id", &*self.id),
            ("client_secret", self.secret.expose_secret()),
        ] {
            if value.is_empty() {
                let remedy = "copy it from the developer panel";
                return Err(Error::invalid_input(argument, "is empty", remedy));
            }
        }
        Ok(())
    }
}

/// Joins scopes with spaces, as OAuth does.
pub(super) fn join_scopes(scopes: &[Scope]) -> Result<String, Error> {
    if scopes.is_empty() {
        let remedy = "add at least one, such as `Scope::CustomerChatRead`";
        return Err(Error::invalid_input("scopes", "is empty", remedy));
    }
    let scopes: Vec<&str> = scopes.iter().map(Scope::as_str).collect();
    Ok(scopes.join(" "))
}
