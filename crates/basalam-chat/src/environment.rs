//! Basalam's environments and their URLs.

use basalam_chat_api::operations::{AUTHORIZATION_URL, TOKEN_BASE_URL};

/// A deployment of Basalam's service.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Environment {
    /// The production service, `https://openapi.basalam.com`.
    ///
    /// Certain: the published contract contains the URL.
    #[default]
    Production,
    /// The vendor's development service, `https://openapi.basalam.dev`.
    ///
    /// Certain: the official SDKs can be pointed at it. Unknown: whether it is publicly reachable.
    Development,
}

impl Environment {
    /// Returns the URL to which the paths of the operations are appended.
    pub fn base_url(self) -> &'static str {
        match self {
            Environment::Production => "https://openapi.basalam.com",
            Environment::Development => "https://openapi.basalam.dev",
        }
    }

    /// Returns the URL to which the path of the token endpoint is appended.
    pub fn auth_base_url(self) -> &'static str {
        match self {
            Environment::Production => TOKEN_BASE_URL,
            Environment::Development => "https://auth.basalam.dev",
        }
    }

    /// Returns the login URL. Only the top-level domain differs, as in the official SDKs.
    pub(crate) fn authorization_url(self) -> String {
        match self {
            Environment::Production => AUTHORIZATION_URL.to_owned(),
            Environment::Development => AUTHORIZATION_URL.replace("basalam.com", "basalam.dev"),
        }
    }
}
