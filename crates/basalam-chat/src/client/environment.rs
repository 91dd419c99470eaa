//! The services that a client can talk to.

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
}
