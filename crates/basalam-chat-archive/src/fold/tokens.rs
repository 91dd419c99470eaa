//! Splitting of text into folded words that remember where they are in the original.

use std::ops::Range;

use super::MAX_BYTES;
use super::affixes::{is_prefix, is_suffix};
use super::characters::{
    Class, Role, class, fold_character, is_arabic_letter, is_digit, is_plain, role,
};

/// The folded words of a text.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// The words, separated by spaces.
    body: String,
    tokens: Vec<Token>,
}

#[derive(Clone, Debug)]
struct Token {
    /// The range of the folded form in the body.
    folded: Range<usize>,
    /// The range of the original.
    source: Range<usize>,
    gap: Gap,
}

/// What is between a word and the one before it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Gap {
    NonJoiner,
    /// Nothing but spaces.
    Space,
    Other,
}

impl Tokens {
    pub(crate) fn of(text: &str) -> Tokens {
        let text = cut(text);
        let mut builder = Builder {
            body: String::with_capacity(text.len()),
            tokens: Vec::new(),
            start: None,
            gap: Gap::Other,
            digits: Digits::default(),
        };
        builder.read(text);
        Tokens {
            body: builder.body,
            tokens: builder.tokens,
        }
    }

    pub(crate) fn into_body(self) -> String {
        self.body
    }

    /// Returns the words and their ranges of the original.
    pub(crate) fn words(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        let tokens = self.tokens.iter();
        tokens.map(|it| (&self.body[it.folded.clone()], it.source.clone()))
    }

    /// Returns the joined form.
    pub(crate) fn joined(&self) -> String {
        let mut joined = String::with_capacity(self.body.len());
        self.for_each_joined(|word, _| {
            if !joined.is_empty() {
                joined.push(' ');
            }
            joined.push_str(word);
        });
        joined
    }

    /// Calls a function with each joined word and its range of the original.
    pub(crate) fn for_each_joined(&self, mut visit: impl FnMut(&str, Range<usize>)) {
        let mut word = String::new();
        let mut source = 0..0;
        // The last part of the word is a prefix that awaits the next word.
        let mut ends_with_prefix = false;
        for token in &self.tokens {
            let text = &self.body[token.folded.clone()];
            let is_attached = match token.gap {
                Gap::NonJoiner => true,
                Gap::Space => ends_with_prefix || is_suffix(text),
                Gap::Other => false,
            };
            if !is_attached || word.is_empty() {
                if !word.is_empty() {
                    visit(&word, source.clone());
                }
                word.clear();
                source.start = token.source.start;
            }
            ends_with_prefix = word.is_empty() && is_prefix(text);
            word.push_str(text);
            source.end = token.source.end;
        }
        if !word.is_empty() {
            visit(&word, source);
        }
    }
}

/// Cuts a text to the maximum length.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

struct Builder {
    body: String,
    tokens: Vec<Token>,
    /// The offsets of the current word in the body and in the original.
    start: Option<(usize, usize)>,
    /// What is between the last word and the current position.
    gap: Gap,
    digits: Digits,
}

/// The digits at the end of the current word.
#[derive(Clone, Copy, Debug, Default)]
struct Digits {
    count: usize,
    is_after_separator: bool,
}

impl Builder {
    fn read(&mut self, text: &str) {
        let mut previous = None;
        let mut index = 0;
        while let Some(character) = text[index..].chars().next() {
            // Almost all characters are plain ones and spaces.
            let plain = text[index..].find(|it| !is_plain(it));
            let plain = &text[index..plain.map_or(text.len(), |length| index + length)];
            if !plain.is_empty() {
                self.push_plain(plain, index);
                previous = plain.chars().next_back();
                index += plain.len();
                continue;
            }
            let start = index;
            let next_index = index + character.len_utf8();
            index = next_index;
            if character == ' ' {
                self.separate(true);
                previous = Some(character);
                continue;
            }
            match role(character) {
                Role::Removed => self.extend_source(next_index),
                Role::NonJoiner => self.non_joiner(),
                Role::NotSign => {
                    let next = text[next_index..].chars().next();
                    match [previous, next].map(|it| it.is_some_and(is_arabic_letter)) {
                        [true, true] => self.non_joiner(),
                        _ => self.separate(false),
                    }
                }
                Role::GroupSeparator => match self.continues_number(&text[next_index..]) {
                    true => {
                        self.digits = Digits {
                            count: 0,
                            is_after_separator: true,
                        }
                    }
                    false => self.separate(false),
                },
                Role::Other => fold_character(character, &mut |folded| {
                    self.push(folded, start..next_index);
                }),
            }
            // The texts themselves are not longer, so only characters that grow have to be counted.
            if self.body.len() >= MAX_BYTES {
                break;
            }
            previous = Some(character);
        }
        self.finish();
    }

    /// Returns `true` if a separator after the current word is within a number: after a group of up to three digits,
    /// and before exactly three.
    fn continues_number(&self, rest: &str) -> bool {
        let is_group = match self.digits.is_after_separator {
            true => self.digits.count == 3,
            false => (1..=3).contains(&self.digits.count),
        };
        let digits = rest.chars().take(4).take_while(|it| is_digit(*it)).count();
        is_group && self.start.is_some() && digits == 3
    }

    fn push(&mut self, folded: char, source: Range<usize>) {
        match class(folded) {
            Class::Separator => self.separate(folded.is_whitespace()),
            Class::Single => {
                self.finish();
                self.push_to_word(folded, &source);
                self.finish();
            }
            Class::Word => self.push_to_word(folded, &source),
        }
    }

    fn push_to_word(&mut self, folded: char, source: &Range<usize>) {
        self.start_word(source.start);
        self.body.push(folded);
        match folded.is_ascii_digit() {
            true => self.digits.count += 1,
            false => self.digits = Digits::default(),
        }
        self.extend_source(source.end);
    }

    /// Appends characters that fold to themselves to the current word.
    fn push_plain(&mut self, text: &str, start: usize) {
        self.start_word(start);
        self.body.push_str(text);
        let others = text.trim_end_matches(|it: char| it.is_ascii_digit());
        if !others.is_empty() {
            self.digits = Digits::default();
        }
        self.digits.count += text.len() - others.len();
        self.extend_source(start + text.len());
    }

    /// Starts a word unless there is one.
    fn start_word(&mut self, source: usize) {
        if self.start.is_some() {
            return;
        }
        if !self.tokens.is_empty() {
            self.body.push(' ');
        }
        let start = self.body.len();
        self.start = Some((start, source));
        self.digits = Digits::default();
        self.tokens.push(Token {
            folded: start..start,
            source: source..source,
            gap: self.gap,
        });
        // Until something follows the word.
        self.gap = Gap::Space;
    }

    /// Extends the current word to a position of the original.
    fn extend_source(&mut self, end: usize) {
        if self.start.is_some()
            && let Some(token) = self.tokens.last_mut()
        {
            token.source.end = end;
        }
    }

    fn non_joiner(&mut self) {
        if self.start.is_some() {
            self.finish();
            self.gap = Gap::NonJoiner;
        }
    }

    fn separate(&mut self, is_space: bool) {
        self.finish();
        self.gap = match (self.gap, is_space) {
            (Gap::Other, _) | (_, false) => Gap::Other,
            _ => Gap::Space,
        };
    }

    /// Ends the current word.
    fn finish(&mut self) {
        let Some((start, _)) = self.start.take() else {
            return;
        };
        // A final hamza after an alef is often omitted.
        if self.body[start..].ends_with("اء") {
            self.body.pop();
        }
        if let Some(token) = self.tokens.last_mut() {
            token.folded = start..self.body.len();
        }
        self.gap = Gap::Space;
    }
}
