//! Folding of texts. The tests of the search have a table of Persian spelling.

use super::*;

#[test]
fn numbers_fold_across_scripts_and_separators() {
    for number in [
        "1250",
        "۱۲۵۰",
        "١٢٥٠",
        "1,250",
        "۱٬۲۵۰",
        "١،٢٥٠",
        "１２５０",
    ] {
        assert_eq!(fold(number).body, "1250", "{number}");
    }
    assert_eq!(fold("1,250,000").body, "1250000");
    // Not groups of three digits.
    for (text, body) in [
        ("1,25", "1 25"),
        ("1,2500", "1 2500"),
        ("2024,123", "2024 123"),
        ("1,250,00", "1250 00"),
        ("12,", "12"),
        (",123", "123"),
        ("3.5", "3 5"),
        ("۳٫۵", "3 5"),
    ] {
        assert_eq!(fold(text).body, body, "{text}");
    }
}

#[test]
fn one_character_can_fold_to_several_words() {
    assert_eq!(fold("ﷺ").body, "صلی الله علیه وسلم");
    assert_eq!(fold("﷼").body, "ریال");
    assert_eq!(fold("ﻻ").body, "لا");
}

#[test]
fn emoji_and_ideographs_are_words() {
    assert_eq!(fold("سلام👍🏽خوبی").body, "سلام 👍 🏽 خوبی");
    assert_eq!(fold("❤️").body, "❤");
    assert_eq!(fold("你好").body, "你 好");
}

#[test]
fn case_and_accents_are_folded() {
    assert_eq!(
        fold("Café STRASSE straße ẞ ΣΊΣΥΦΟΣ").body,
        "cafe strasse strasse ss σισυφοσ"
    );
}

#[test]
fn long_texts_are_cut_and_do_not_grow() {
    let folded = fold(&"ﷺ".repeat(100_000));
    assert!(folded.body.len() <= MAX_BYTES + 64, "{}", folded.body.len());
    assert!(folded.joined.len() <= MAX_BYTES + 64);
    let folded = fold(&"ا".repeat(100_000));
    assert_eq!(folded.body.len(), MAX_BYTES);
    // The limit is within a character.
    fold(&format!("a{}", "ا".repeat(100_000)));
}

#[test]
fn text_without_words_is_empty() {
    for text in ["", " ", "\u{200c}", "ـ", "!؟«»", "\u{202e}\u{64b}"] {
        assert_eq!(fold(text), Folded::default(), "{text:?}");
    }
}

#[test]
fn words_know_their_place_in_the_original() {
    let text = "مي\u{200c}خواهمِ، كتاب!";
    let tokens = Tokens::of(text);
    let words: Vec<_> = tokens
        .words()
        .map(|(word, source)| (word, &text[source]))
        .collect();
    assert_eq!(words, [("می", "مي"), ("خواهم", "خواهمِ"), ("کتاب", "كتاب")]);
    let mut joined = Vec::new();
    tokens.for_each_joined(|word, source| joined.push((word.to_owned(), &text[source])));
    assert_eq!(joined[0], ("میخواهم".to_owned(), "مي\u{200c}خواهمِ"));
    assert_eq!(joined.len(), 2);
}
