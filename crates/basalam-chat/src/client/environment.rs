//! The services that a client can talk to.

use basalam_chat_api::operations::{AUTHORIZATION_URL, TOKEN_BASE_URL};

/// A service of Basalam's.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Environment {
    /// The service that everybody uses, `https://openapi.basalam.com`.
    ///
    /// Certain: the published contract names it.
    #[default]
    Production,
    /// The vendor's development service, `https://openapi.basalam.dev`.
    ///
    /// Certain: the official SDKs can be pointed at it. Unknown: whether outsiders can reach it.
    Development,
}

impl Environment {
    /// The URL that every path is appended to.
    pub fn base_url(self) -> &'static str {
        match self {
            Environment::Production => "https://openapi.basalam.com",
            Environment::Development => "https://openapi.basalam.dev",
        }
    }

    /// The URL that the path of the token endpoint is appended to.
    pub fn auth_base_url(self) -> &'static str {
        match self {
            Environment::Production => TOKEN_BASE_URL,
            Environment::Development => "https://auth.basalam.dev",
        }
    }

    /// Where people log in. The development service's differs in the host's ending alone, as in the
    /// official SDKs.
    pub(crate) fn authorization_url(self) -> String {
        match self {
            Environment::Production => AUTHORIZATION_URL.to_owned(),
            Environment::Development => AUTHORIZATION_URL.replace("basalam.com", "basalam.dev"),
        }
    }
}
