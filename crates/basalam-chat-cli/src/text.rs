//! Text of other people, made safe for a terminal.
//!
//! Control characters could move the cursor, change the title or answer as if the user had typed; directional
//! characters could show a text in another order than it is read. Both never reach the terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The number of characters after which a message is cut, unless the user asks for all of it.
pub(crate) const MAX_MESSAGE: usize = 4_000;

/// The number of characters after which a name or the like is cut.
const MAX_FIELD: usize = 200;

/// The number of characters without a width that may follow each other. More of them could cover other lines.
const MAX_ZERO_WIDTH: usize = 8;

/// Returns `true` if a character changes the direction of text, or isolates it.
pub(crate) fn is_directional(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns the character to show, or `None` to leave it out.
fn shown(character: char) -> Option<char> {
    match character {
        '\t' | '\n' | '\u{2028}' | '\u{2029}' => Some(' '),
        // A byte order mark is invisible.
        '\u{feff}' => None,
        _ if is_directional(character) => None,
        _ if character.is_control() => Some('\u{fffd}'),
        _ => Some(character),
    }
}

/// Appends what may be shown of a text.
fn push_shown(output: &mut String, text: &str) {
    let mut zero_width = 0;
    for character in text.chars().filter_map(shown) {
        zero_width = match character.width() {
            Some(0) => zero_width + 1,
            _ => 0,
        };
        if zero_width <= MAX_ZERO_WIDTH {
            output.push(character);
        }
    }
}

/// Returns a text on one line, cut after some characters.
pub(crate) fn field(text: &str) -> String {
    let mut output = String::new();
    match text.char_indices().nth(MAX_FIELD) {
        Some((end, _)) => {
            push_shown(&mut output, &text[..end]);
            output.push('…');
        }
        None => push_shown(&mut output, text),
    }
    output
}

/// Returns a text of the program on one line, whatever it contains.
pub(crate) fn own(text: &str) -> String {
    let mut output = String::new();
    push_shown(&mut output, text);
    output
}

/// The lines of a text.
pub(crate) struct Lines {
    pub(crate) lines: Vec<String>,
    /// The number of characters that were left out at the end.
    pub(crate) cut: usize,
}

/// Returns the lines of a text, cut after `limit` characters.
pub(crate) fn lines(text: &str, limit: usize) -> Lines {
    let (text, cut) = match text.char_indices().nth(limit) {
        Some((end, _)) => (&text[..end], text[end..].chars().count()),
        None => (text, 0),
    };
    let split = text.split(['\n', '\u{2028}', '\u{2029}']);
    let lines = split.map(|line| own(line.strip_suffix('\r').unwrap_or(line)));
    Lines {
        lines: lines.collect(),
        cut,
    }
}

/// Returns the number of columns that a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// Returns a text that takes at most so many columns.
pub(crate) fn truncate(text: &str, max: usize) -> String {
    if columns(text) <= max {
        return text.to_owned();
    }
    let mut output = String::new();
    let mut width = 0;
    for character in text.chars() {
        width += character.width().unwrap_or(0);
        if width >= max {
            break;
        }
        output.push(character);
    }
    output.push('…');
    output
}

/// Returns an integer with separators between groups of three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut output = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            output.push(',');
        }
        output.push(digit);
    }
    output
}

/// Returns a count with its noun, such as `1 chat` or `2,000 chats`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", grouped(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_replaced() {
        assert_eq!(field("a\u{1b}[31mb"), "a\u{fffd}[31mb");
        assert_eq!(field("\u{1b}]0;title\u{7}"), "\u{fffd}]0;title\u{fffd}");
        assert_eq!(
            field("a\u{9b}2Jb\u{7f}\u{8}"),
            "a\u{fffd}2Jb\u{fffd}\u{fffd}"
        );
        assert_eq!(field("a\r\nb\tc"), "a\u{fffd} b c");
        let all: String = (0..=0x9f_u8).map(char::from).collect();
        assert!(!field(&all).chars().any(char::is_control));
    }

    #[test]
    fn directional_characters_are_left_out_and_joiners_stay() {
        assert_eq!(field("a\u{202e}b\u{2066}c\u{200f}d\u{61c}\u{feff}"), "abcd");
        assert_eq!(field("می\u{200c}خواهم"), "می\u{200c}خواهم");
        assert_eq!(field("👩\u{200d}🚀"), "👩\u{200d}🚀");
    }

    #[test]
    fn many_characters_without_width_are_cut() {
        let shown = field(&format!("a{}b", "\u{300}".repeat(100)));
        assert_eq!(shown.chars().count(), 2 + MAX_ZERO_WIDTH);
        assert!(shown.ends_with('b'));
    }

    #[test]
    fn long_texts_are_cut_with_a_count() {
        let cut = lines(&"ب".repeat(1_000_000), MAX_MESSAGE);
        assert_eq!(cut.lines[0].chars().count(), MAX_MESSAGE);
        assert_eq!(cut.cut, 1_000_000 - MAX_MESSAGE);
        assert_eq!(lines("ab", 2).cut, 0);
        assert_eq!(field(&"x".repeat(201)).chars().count(), 201);
        assert_eq!(field(&"x".repeat(200)), "x".repeat(200));
    }

    #[test]
    fn line_breaks_of_all_systems_split_lines() {
        assert_eq!(lines("a\r\nb\nc\u{2028}d", 100).lines, ["a", "b", "c", "d"]);
        assert_eq!(lines("a\rb", 100).lines, ["a\u{fffd}b"]);
        assert_eq!(lines("", 100).lines, [""]);
    }

    #[test]
    fn truncate_counts_columns() {
        assert_eq!(truncate("abcdef", 4), "abc…");
        assert_eq!(truncate("abcd", 4), "abcd");
        assert_eq!(truncate("日本語", 4), "日…");
    }

    #[test]
    fn grouped_separates_thousands() {
        let numbers = [0, 999, 1_000, 996_000, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,000", "996,000", "1,234,567"]);
        let chats = [0, 1, 2_000].map(|count| counted(count, "chat"));
        assert_eq!(chats, ["0 chats", "1 chat", "2,000 chats"]);
    }
}
