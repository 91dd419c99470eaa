//! Snippets of the original text, with the words that were found.

use std::ops::Range;

use super::expression::{Expression, Term};
use super::{Snippet, Words};
use crate::fold::Tokens;

/// Finds the words of a query in a text.
#[derive(Debug, Default)]
pub(super) struct Matcher {
    words: Words,
    prefixes: Vec<String>,
}

impl Matcher {
    pub(super) fn new(expression: &Expression) -> Matcher {
        let mut matcher = Matcher::default();
        for Term { words, is_prefix } in expression.terms() {
            let count = words.len();
            for (number, word) in (1..).zip(words) {
                match *is_prefix && number == count {
                    true => matcher.prefixes.push(word.clone()),
                    false => _ = matcher.words.insert(word.clone()),
                }
            }
        }
        matcher
    }

    fn matches(&self, word: &str) -> bool {
        self.words.contains(word) || self.prefixes.iter().any(|it| word.starts_with(it))
    }

    /// Returns the part of a text around the first word that is found, of up to `length` characters.
    pub(super) fn snippet(&self, text: &str, length: usize) -> Snippet {
        let found = self.find(text);
        let first = found.first().map_or(0, |it| it.start);
        let range = window(text, first, length);
        let matches = found
            .into_iter()
            .filter(|it| range.start <= it.start && it.end <= range.end);
        let matches = matches.map(|it| it.start - range.start..it.end - range.start);
        Snippet {
            matches: matches.collect(),
            cut_before: range.start > 0,
            cut_after: range.end < text.len(),
            text: text[range].to_owned(),
        }
    }

    /// Returns the ranges of the words that are found, in ascending order and without overlaps.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let tokens = Tokens::of(text);
        let words = tokens.words().filter(|(word, _)| self.matches(word));
        let mut found: Vec<Range<usize>> = words.map(|(_, source)| source).collect();
        tokens.for_each_joined(|word, source| {
            if self.matches(word) {
                found.push(source);
            }
        });
        found.sort_by_key(|it| (it.start, it.end));
        let mut merged: Vec<Range<usize>> = Vec::new();
        for range in found {
            match merged.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        merged
    }
}

/// Returns the range of up to `length` characters, a quarter of which are before `position`. It starts and ends between
/// words if possible.
fn window(text: &str, position: usize, length: usize) -> Range<usize> {
    let before = text[..position].char_indices().rev().take(length / 4);
    let start = before.last().map_or(position, |(index, _)| index);
    let start = match start {
        0 => 0,
        // After the first space.
        start => text[start..position]
            .find(char::is_whitespace)
            .map_or(start, |it| start + it + 1),
    };
    let start = (start..=position)
        .find(|it| text.is_char_boundary(*it))
        .unwrap_or(position);
    let end = text[start..]
        .char_indices()
        .nth(length)
        .map_or(text.len(), |(index, _)| start + index);
    let end = match end == text.len() {
        true => end,
        false => match text[position.min(end)..end].rfind(char::is_whitespace) {
            Some(space) if space > 0 => position + space,
            _ => end,
        },
    };
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::SearchQuery;

    fn snippet(query: &str, text: &str, length: usize) -> Snippet {
        Matcher::new(&Expression::new(&SearchQuery::new(query))).snippet(text, length)
    }

    fn found(query: &str, text: &str) -> Vec<String> {
        let snippet = snippet(query, text, 200);
        snippet
            .matches
            .iter()
            .map(|it| snippet.text[it.clone()].to_owned())
            .collect()
    }

    #[test]
    fn words_are_found_in_the_original_spelling() {
        assert_eq!(found("كتاب", "این کتاب خوب است"), ["کتاب"]);
        assert_eq!(
            found("می خواهم", "مي\u{200c}خواهم بروم"),
            ["مي\u{200c}خواهم"]
        );
        assert_eq!(found("میخواهم", "من می خواهم"), ["می خواهم"]);
        assert_eq!(found("محمد", "مُحَمَّد!"), ["مُحَمَّد"]);
        assert_eq!(found("ارسا*", "ارسال و ارسالی"), ["ارسال", "ارسالی"]);
        assert_eq!(found("1250", "قیمت ۱٬۲۵۰ تومان"), ["۱٬۲۵۰"]);
        assert_eq!(found("x", "nothing"), [""; 0]);
    }

    #[test]
    fn snippet_is_cut_between_words_around_the_first_match() {
        let text = format!("{} کتاب {}", "سلام ".repeat(100), "خوب ".repeat(100));
        let snippet = snippet("کتاب", &text, 60);
        assert!(snippet.text.chars().count() <= 60, "{snippet:?}");
        assert!(snippet.cut_before && snippet.cut_after);
        assert_eq!(&snippet.text[snippet.matches[0].clone()], "کتاب");
        assert!(snippet.text.starts_with("سلام"), "{snippet:?}");
        assert!(snippet.text.ends_with("خوب"), "{snippet:?}");
    }

    #[test]
    fn every_length_and_text_is_accepted() {
        for text in [
            "",
            "ا",
            "aaaa",
            "é\u{301}",
            " \u{3000} ",
            "👍🏽👍🏽",
            &"ب".repeat(500),
        ] {
            for length in [0, 1, 2, 5, 1000] {
                for query in ["", "ا", "👍", "ب", "é"] {
                    let snippet = snippet(query, text, length);
                    assert!(
                        snippet.text.chars().count() <= length.max(1),
                        "{text} {length} {snippet:?}"
                    );
                }
            }
        }
    }
}
