//! A token from the developer panel.

use std::fmt;

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::Error;

/// A personal access token, as Basalam's developer panel gives it.
///
/// Certain, from the vendor's documentation: such a token acts for the user who made it, within the
/// scopes that were chosen, and lives for about a year.
///
/// # Examples
///
/// ```
/// use basalam_chat::PersonalToken;
///
/// let token = PersonalToken::new("access-token");
/// assert_eq!(format!("{token:?}"), "PersonalToken([redacted])");
/// ```
#[derive(Clone)]
pub struct PersonalToken {
    access_token: SecretString,
}

impl PersonalToken {
    /// Takes the access token in. It is kept as a secret from here on, and wiped when dropped.
    ///
    /// It is checked when a client is made of it.
    pub fn new(access_token: impl Into<String>) -> PersonalToken {
        PersonalToken {
            access_token: SecretString::from(access_token.into()),
        }
    }

    pub(super) fn header(&self) -> Result<HeaderValue, Error> {
        let token = self.access_token.expose_secret();
        let refuse = |problem| {
            Error::invalid_input(
                "token",
                problem,
                "copy the access token again, and nothing else",
            )
        };
        if token.is_empty() {
            return Err(refuse("is empty"));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refuse(
                "has a space, a line end or another character that no token has",
            ));
        }
        let header = SecretString::from(format!("Bearer {token}"));
        let mut header = HeaderValue::from_str(header.expose_secret())
            .map_err(|_| refuse("has a character that no header can carry"))?;
        header.set_sensitive(true);
        Ok(header)
    }

    pub(super) fn redact(&self, text: &str) -> String {
        match self.access_token.expose_secret() {
            // No real token is that short, and one of a test may be a part of every other word.
            token if token.len() < 8 => text.to_owned(),
            token => text.replace(token, "[redacted]"),
        }
    }
}

impl fmt::Debug for PersonalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalToken([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_no_header_can_carry_is_refused_and_not_repeated() {
        for (token, problem) in [
            ("", "is empty"),
            ("canary-token\n", "has a space, a line end"),
            ("Bearer canary-token", "has a space, a line end"),
            ("canary-\u{6cc}", "has a space, a line end"),
        ] {
            let error = PersonalToken::new(token).header().unwrap_err();
            assert!(error.is_invalid_input());
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(problem), "{shown}");
            assert!(!shown.contains("canary"), "{shown}");
        }
    }

    #[test]
    fn the_header_is_marked_as_a_secret() {
        let header = PersonalToken::new("canary").header().unwrap();
        assert!(header.is_sensitive());
        assert_eq!(format!("{header:?}"), "Sensitive");
    }
}
