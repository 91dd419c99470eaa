//! The tokens and secrets of the service, for redaction.

use super::State;

impl State {
    /// Returns `true` if a string is a token, a code or the secret of an OAuth client.
    pub(crate) fn is_secret(&self, text: &str) -> bool {
        self.users.by_token(text).is_some()
            || self.bots.has_token(text)
            || self.tokens.has_secret(text)
    }
}
