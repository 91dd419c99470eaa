//! Comparison of texts that the service may have changed.

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::html::character_reference;

/// The number of times that a text may be HTML-escaped.
const MAX_HTML_LEVELS: usize = 3;

/// The number of letters and digits from which a part of a text is specific enough to identify it.
const MIN_PART_LENGTH: usize = 10;

/// Returns `true` if a service may have changed `sent` to `stored`.
pub(super) fn is_similar(sent: &str, stored: &str) -> bool {
    let (sent, stored) = (fold(sent), fold(stored));
    if sent == stored {
        return true;
    }
    let is_part = |part: &str| part.chars().count() >= MIN_PART_LENGTH;
    let is_truncated = is_part(&stored) && sent.starts_with(&stored);
    let has_addition = is_part(&sent) && stored.contains(&sent);
    let words = without_digits(&sent);
    let is_masked = is_part(&words) && words == without_digits(&stored);
    is_truncated || has_addition || is_masked
}

fn without_digits(text: &str) -> String {
    let letters = text.chars().filter(|it| !it.is_ascii_digit());
    letters.collect()
}

/// Returns the letters and digits of a text in one of several spellings, or everything but spaces and invisible
/// characters if it has none.
fn fold(text: &str) -> String {
    let text = decode_html(text);
    // The compatibility form also unifies presentation forms of Arabic letters.
    let text = ComposingNormalizerBorrowed::new_nfkc().normalize(&text);
    let visible = text
        .chars()
        .filter(|it| !is_invisible(*it) && !it.is_whitespace());
    let folded: String = visible.map(fold_character).collect();
    let letters: String = folded.chars().filter(|it| it.is_alphanumeric()).collect();
    match letters.is_empty() {
        true => folded,
        false => letters,
    }
}

fn decode_html(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..MAX_HTML_LEVELS {
        let mut decoded = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(character) = rest.chars().next() {
            let reference = character_reference(rest.as_bytes());
            let (character, length) = reference.unwrap_or((character, character.len_utf8()));
            decoded.push(character);
            rest = &rest[length..];
        }
        if decoded == text {
            break;
        }
        text = decoded;
    }
    text
}

/// Returns `true` for joiners, marks of direction, variation selectors, Arabic diacritics and the like.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{640}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0100}'..='\u{e01ef}'
    ) || character.is_control() && !character.is_whitespace()
}

/// Returns the Persian form of a letter without hamza and madda, and the ASCII form of a digit.
fn fold_character(character: char) -> char {
    match character {
        'ي' | 'ى' | 'ئ' => 'ی',
        'ك' => 'ک',
        'ة' | 'ۀ' | 'ە' | 'ہ' => 'ه',
        'آ' | 'أ' | 'إ' | 'ٱ' => 'ا',
        'ؤ' => 'و',
        '٠'..='٩' => digit(character, '٠'),
        '۰'..='۹' => digit(character, '۰'),
        other => other,
    }
}

fn digit(character: char, zero: char) -> char {
    let value = u32::from(character) - u32::from(zero);
    char::from_digit(value, 10).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_the_same_text_are_similar() {
        for (sent, stored) in [
            ("a & b < c", "a &amp; b &lt; c"),
            ("it's \"new\"", "it&#39;s &quot;new&quot;"),
            ("a & b", "a &amp;amp; b"),
            ("a b", "a&nbsp;b"),
            ("آب", "ا\u{653}ب"),
            ("café", "cafe\u{301}"),
            ("❤\u{fe0f}", "❤"),
            ("كتاب علي", "کتاب علی"),
            ("خانة", "خانه"),
            ("أمل", "امل"),
            ("کد ۱۲۳", "کد 123"),
            ("کد ٤٥", "کد 45"),
            ("می\u{200c}شود", "میشود"),
            ("\u{feff}hi\u{200f}", "hi"),
            ("so\u{ad}ft", "soft"),
            ("سلامـــــ", "سلام"),
            ("one\r\ntwo", "one\ntwo"),
            ("  one   two ", "one two"),
            ("ﺳﻼﻡ", "سلام"),
            ("ｆｕｌｌ", "full"),
        ] {
            assert!(is_similar(sent, stored), "{sent} {stored}");
            assert!(is_similar(stored, sent), "{stored} {sent}");
        }
    }

    #[test]
    fn truncated_masked_and_longer_texts_are_similar() {
        let sent = "Your parcel 09121234567 is on its way";
        for stored in [
            "Your parcel 09121234567 is on …",
            "Your parcel ****4567 is on its way",
            "Note: Your parcel 09121234567 is on its way",
            "Your parcel 09121234567 is on its way. Never pay outside of the marketplace!",
        ] {
            assert!(is_similar(sent, stored), "{stored}");
        }
        assert!(is_similar(&"سلام ".repeat(2000), &"سلام ".repeat(800)));
    }

    #[test]
    fn different_texts_are_not_similar() {
        for (sent, stored) in [
            ("yes", "no"),
            ("yes", ""),
            ("yes", "yes it is"),
            ("the long text that was sent", "the long"),
            ("1", "2"),
            (":)", ":("),
            ("👍", "❤"),
            ("خانه", "خامه"),
        ] {
            assert!(!is_similar(sent, stored), "{sent} {stored}");
        }
    }
}
