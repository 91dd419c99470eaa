//! Keys of a state store.

use std::fmt;
use std::str::FromStr;

use super::StateError;

/// The maximum length of a [`StateKey`] in bytes.
pub const MAX_KEY_BYTES: usize = 256;

/// A key of a [`StateStore`](super::StateStore), such as `tokens/431` or `watch/431/183583802`.
///
/// A key has 1 to 256 characters: ASCII letters, digits, and `-`, `_`, `.`, `=` and `/`. It does not start or
/// end with `/` or `.`, and has no two of them in a row, so it is also valid as a path, a Redis key and a NATS
/// key.
///
/// Keys are compared and listed byte by byte.
///
/// # Examples
///
/// ```
/// use basalam_chat::state::StateKey;
///
/// let key = StateKey::new("tokens/431").unwrap();
/// assert_eq!(key.as_str(), "tokens/431");
/// assert!(StateKey::new("../secret").is_err());
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct StateKey(Box<str>);

impl StateKey {
    /// Creates a key.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](StateError::is_invalid_input) if the string is not a valid key.
    pub fn new(key: impl AsRef<str>) -> Result<StateKey, StateError> {
        let key = key.as_ref();
        match problem(key) {
            None => Ok(StateKey(key.into())),
            Some(problem) => Err(StateError::invalid_input(format!("the key {problem}"))),
        }
    }

    /// Returns the key as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns why a key is invalid. The key is not part of the message: it may be hostile.
fn problem(key: &str) -> Option<String> {
    let is_separator = |byte: u8| matches!(byte, b'/' | b'.');
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=' | b'/' | b'.');
    let bytes = key.as_bytes();
    if bytes.is_empty() || bytes.len() > MAX_KEY_BYTES {
        let length = bytes.len();
        return Some(format!("has {length} bytes; use 1 to {MAX_KEY_BYTES}"));
    }
    if let Some(position) = bytes.iter().position(|byte| !is_allowed(*byte)) {
        return Some(format!(
            "has a character that is not allowed at byte {position}; use ASCII letters, digits, `-`, `_`, `.`, `=` and `/`"
        ));
    }
    let has_edge = is_separator(bytes[0]) || is_separator(bytes[bytes.len() - 1]);
    let has_pair = bytes
        .windows(2)
        .any(|pair| is_separator(pair[0]) && is_separator(pair[1]));
    (has_edge || has_pair).then(|| {
        "starts or ends with `/` or `.`, or has two of them in a row; put a letter or digit between"
            .to_owned()
    })
}

impl std::borrow::Borrow<str> for StateKey {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for StateKey {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for StateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for StateKey {
    type Err = StateError;

    fn from_str(key: &str) -> Result<StateKey, StateError> {
        StateKey::new(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_documented_alphabet() {
        let longest = "k".repeat(MAX_KEY_BYTES);
        for key in ["a", "tokens/431", "A-z_0.9=", "a/b.c/d", &longest] {
            assert_eq!(StateKey::new(key).unwrap().as_str(), key);
        }
    }

    #[test]
    fn rejects_other_keys_without_repeating_them() {
        let too_long = "k".repeat(MAX_KEY_BYTES + 1);
        for key in [
            "", "/a", "a/", ".a", "a.", "a//b", "a..b", "a/../b", "a b", "سلام", "a:b", "a\0",
            &too_long,
        ] {
            let error = StateKey::new(key).unwrap_err();
            assert!(error.is_invalid_input(), "{key}");
            assert!(key.len() < 4 || !error.to_string().contains(key), "{error}");
        }
    }
}
