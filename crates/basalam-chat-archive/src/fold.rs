//! Folding of text, so that a search finds a word however it is spelled.

mod affixes;
mod characters;
#[cfg(test)]
mod tests;
mod tokens;

pub(crate) use tokens::Tokens;

/// The maximum number of bytes of a text that are indexed, and of its folded form. Some characters decompose into
/// many: U+FDFA grows elevenfold.
const MAX_BYTES: usize = 64 * 1024;

/// A folded text: its words, separated by spaces.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Folded {
    /// The words, with a space in place of a zero-width non-joiner.
    pub body: String,
    /// The words, with nothing in place of a zero-width non-joiner, and with detached affixes attached: `می`, `نمی`,
    /// `ها`, `های`, `ام` and others.
    pub joined: String,
}

/// Folds a text as [`Archive::search`](crate::Archive::search) does, for both messages and queries.
///
/// The two are compared in two forms, and match if either matches. Removes differences that do not change a word:
///
/// - compatibility forms, accents, vowel marks, elongation and invisible characters;
/// - `ي` and `ی`, `ك` and `ک`, `ة` and `ه`, `آ`, `أ` and `ا`, and others of the kind;
/// - Arabic, Persian and ASCII digits, and separators between groups of three digits;
/// - upper and lower case;
/// - a zero-width non-joiner, a space and nothing before or after an affix.
///
/// Letters of Persian, Kurdish and Urdu that distinguish words stay distinct. Words are not reduced to their stems.
/// Emoji and ideographs are words of their own. Texts longer than 64 KiB are cut.
///
/// # Examples
///
/// ```
/// use basalam_chat_archive::fold;
///
/// assert_eq!(fold("مي\u{200c}خواهم").joined, fold("می خواهم").joined);
/// assert_eq!(fold("۱٬۲۵۰ تومان").body, "1250 تومان");
/// assert_ne!(fold("پر").body, fold("بر").body);
/// ```
pub fn fold(text: &str) -> Folded {
    let tokens = Tokens::of(text);
    Folded {
        joined: tokens.joined(),
        body: tokens.into_body(),
    }
}
