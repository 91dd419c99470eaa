//! Strings that are stored without an allocation if they are short.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The length in bytes up to which a string is stored inline. Timestamps are shorter.
const MAX_INLINE: usize = 22;

/// A string of the same size as [`String`], stored inline if it is short.
///
/// A page has several short strings per item, and allocating them takes longer than decoding them.
#[derive(Clone)]
pub enum ShortString {
    /// The length and the bytes.
    Inline(u8, [u8; MAX_INLINE]),
    Allocated(Box<str>),
}

impl ShortString {
    pub fn as_str(&self) -> &str {
        match self {
            ShortString::Inline(length, bytes) => {
                let bytes = bytes.get(..usize::from(*length)).unwrap_or_default();
                // Copied from a string, so the default is never used.
                std::str::from_utf8(bytes).unwrap_or_default()
            }
            ShortString::Allocated(string) => string,
        }
    }

    pub fn into_string(self) -> String {
        match self {
            ShortString::Inline(..) => self.as_str().to_owned(),
            ShortString::Allocated(string) => string.into_string(),
        }
    }

    fn inline(string: &str) -> Option<ShortString> {
        let length = u8::try_from(string.len()).ok()?;
        let mut bytes = [0; MAX_INLINE];
        bytes
            .get_mut(..string.len())?
            .copy_from_slice(string.as_bytes());
        Some(ShortString::Inline(length, bytes))
    }
}

impl From<&str> for ShortString {
    fn from(string: &str) -> ShortString {
        ShortString::inline(string).unwrap_or_else(|| ShortString::Allocated(string.into()))
    }
}

impl From<String> for ShortString {
    fn from(string: String) -> ShortString {
        ShortString::inline(&string).unwrap_or_else(|| ShortString::Allocated(string.into()))
    }
}

impl fmt::Debug for ShortString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for ShortString {
    fn eq(&self, other: &ShortString) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for ShortString {}

impl PartialOrd for ShortString {
    fn partial_cmp(&self, other: &ShortString) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ShortString {
    fn cmp(&self, other: &ShortString) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for ShortString {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

/// Deserializes a string without an intermediate allocation.
pub struct ShortStringVisitor;

impl serde::de::Visitor<'_> for ShortStringVisitor {
    type Value = ShortString;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, string: &str) -> Result<ShortString, E> {
        Ok(ShortString::from(string))
    }

    fn visit_string<E: serde::de::Error>(self, string: String) -> Result<ShortString, E> {
        Ok(ShortString::from(string))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_size_of_a_string() {
        assert_eq!(size_of::<ShortString>(), size_of::<String>());
        assert_eq!(size_of::<Option<ShortString>>(), size_of::<String>());
    }

    #[test]
    fn preserves_strings_of_every_length() {
        let text = "۱۲ سلام 📦 ".repeat(20);
        let ends = text.char_indices().map(|(index, _)| index);
        let mut earlier: Option<ShortString> = None;
        for end in ends {
            let string = &text[..end];
            let short = ShortString::from(string);
            assert_eq!(short.as_str(), string);
            assert_eq!(short, ShortString::from(string.to_owned()));
            assert_eq!(short.clone().into_string(), string);
            assert_eq!(matches!(short, ShortString::Inline(..)), end <= MAX_INLINE);
            assert!(earlier.is_none_or(|earlier| earlier < short));
            earlier = Some(short);
        }
    }
}
