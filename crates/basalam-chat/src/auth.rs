//! Authentication: who the client acts for.

mod personal;

use std::fmt;

pub use personal::PersonalToken;

use crate::Error;

/// What a client proves with whom it acts for.
///
/// Made from a [`PersonalToken`] by `into()`, which [`Client::new`](crate::Client::new) does itself.
#[derive(Clone)]
pub struct Authentication {
    token: PersonalToken,
}

impl Authentication {
    /// Refuses what can never authorise a request.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.token.header().map(drop)
    }

    /// The value of the `Authorization` header, marked as a secret.
    pub(crate) fn header(&self) -> Result<http::HeaderValue, Error> {
        self.token.header()
    }

    /// Replaces the secrets of this authentication where they stand in a text.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.token.redact(text)
    }
}

impl From<PersonalToken> for Authentication {
    fn from(token: PersonalToken) -> Authentication {
        Authentication { token }
    }
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.token.fmt(f)
    }
}
