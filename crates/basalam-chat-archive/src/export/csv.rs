//! Tables for spreadsheets.

use std::fmt::{self, Write as _};
use std::io::Write;

use rusqlite::Connection;

use super::ExportReport;
use super::output::Output;
use super::rows::{Selection, files};
use crate::error::Error;

const HEADER: [&str; 12] = [
    "chat_id",
    "chat_title",
    "message_id",
    "sent_at",
    "sender_id",
    "sender",
    "type",
    "text",
    "entity_id",
    "reply_to",
    "files",
    "deleted_at",
];

/// The character between the columns of a table in CSV.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CsvSeparator {
    /// A comma, as in RFC 4180.
    #[default]
    Comma,
    /// A semicolon, which spreadsheets expect if the list separator of the system is one, such as for Persian and for
    /// languages with a decimal comma.
    Semicolon,
    /// A tab.
    Tab,
}

impl CsvSeparator {
    fn character(self) -> char {
        match self {
            CsvSeparator::Comma => ',',
            CsvSeparator::Semicolon => ';',
            CsvSeparator::Tab => '\t',
        }
    }
}

pub(super) fn write(
    connection: &Connection,
    selection: &Selection,
    separator: CsvSeparator,
    writer: impl Write,
) -> Result<ExportReport, Error> {
    let separator = separator.character();
    let mut output = Output::new(writer);
    let mut report = ExportReport::default();
    // Without a byte order mark, spreadsheets guess the encoding.
    output.write_str("\u{feff}")?;
    output.write(format_args!("{}\r\n", HEADER.join(&separator.to_string())))?;
    for chat in selection.chats(connection)? {
        report.chats += 1;
        let title = chat.title.unwrap_or_default();
        selection.for_each_message(connection, chat.id, |message| {
            report.messages += 1;
            let files = files(connection, chat.id, message.id)?;
            let urls: Vec<&str> = files.iter().filter_map(|it| it.url.as_deref()).collect();
            let urls = urls.join(" ");
            let text = |text| Text { text, separator };
            let columns: [&dyn fmt::Display; HEADER.len()] = [
                &chat.id,
                &text(&title),
                &message.id,
                &text(&message.sent_at),
                &Number(message.sender_id),
                &text(message.sender_name.as_deref().unwrap_or_default()),
                &text(&message.message_type),
                &text(message.text.as_deref().unwrap_or_default()),
                &Number(message.entity_id),
                &Number(message.reply_to),
                &text(&urls),
                &text(message.deleted_at.as_deref().unwrap_or_default()),
            ];
            for (index, column) in columns.iter().enumerate() {
                if index > 0 {
                    output.write(separator)?;
                }
                output.write(column)?;
            }
            output.write_str("\r\n")
        })?;
    }
    output.finish()?;
    Ok(report)
}

/// An id, which is never changed.
struct Number(Option<i64>);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |number| write!(f, "{number}"))
    }
}

/// A text in quotation marks, which no spreadsheet runs as a formula.
struct Text<'a> {
    text: &'a str,
    /// That of the file.
    separator: char,
}

impl Text<'_> {
    /// Returns `true` if a spreadsheet that expects another separator starts a cell after the character. It then also ignores
    /// the quotation marks.
    fn ends_cell(&self, character: char) -> bool {
        matches!(character, '\n' | '\r' | ',' | ';' | '\t') && character != self.separator
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        if is_formula(self.text) {
            f.write_str("'")?;
        }
        for (index, character) in self.text.char_indices() {
            match character {
                '"' => f.write_str("\"\"")?,
                // Control characters other than line breaks and tabs have no place in a table, and some readers end at a
                // NUL.
                it if is_forbidden(it) => f.write_str("\u{fffd}")?,
                it => f.write_char(it)?,
            }
            if self.ends_cell(character)
                && is_operator(self.text[index + character.len_utf8()..].trim_start_matches('"'))
            {
                f.write_str("'")?;
            }
        }
        f.write_str("\"")
    }
}

fn is_forbidden(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\r' | '\t')
}

/// Returns `true` if a spreadsheet may run the text: it starts with an operator or a control character, perhaps after
/// characters that cannot be seen.
fn is_formula(text: &str) -> bool {
    let is_control = |text: &str| text.starts_with(['\t', '\r', '\n']);
    is_control(text) || is_control(visible(text)) || is_operator(text)
}

fn is_operator(text: &str) -> bool {
    visible(text).starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// Returns the text without what spreadsheets may ignore before a formula.
fn visible(text: &str) -> &str {
    text.trim_start_matches(|it: char| it == ' ' || it == '\'' || is_invisible(it))
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || (character.is_control() && !matches!(character, '\t' | '\r' | '\n'))
        || (character.is_whitespace() && !matches!(character, '\t' | '\r' | '\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEPARATORS: [CsvSeparator; 3] = [
        CsvSeparator::Comma,
        CsvSeparator::Semicolon,
        CsvSeparator::Tab,
    ];

    fn cell(text: &str, separator: CsvSeparator) -> String {
        let separator = separator.character();
        Text { text, separator }.to_string()
    }

    #[test]
    fn formulas_start_with_an_apostrophe() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1",
            "＋1",
            "－1",
            "＠a",
            "\u{200b}=1",
            "\u{feff}=1",
            " =1",
            "\u{202e}=1",
            "\0=1",
            "'=1",
            "\u{a0}+1",
            "=cmd|' /C calc'!A0",
        ] {
            let cell = cell(text, CsvSeparator::Comma);
            assert!(cell.starts_with("\"'"), "{text:?}: {cell:?}");
        }
    }

    #[test]
    fn other_texts_are_kept() {
        for text in [
            "",
            "سلام",
            "a=b",
            "1-2",
            "a\nb",
            "قیمت: -5",
            "'quoted'",
            " a",
            "a; b, c\td\n\ne",
        ] {
            for separator in SEPARATORS {
                assert_eq!(cell(text, separator), format!("\"{text}\""));
            }
        }
        let cell = |text| cell(text, CsvSeparator::Comma);
        assert_eq!(cell("a\"b"), "\"a\"\"b\"");
        assert_eq!(cell("a\0\u{1b}[31mb"), "\"a\u{fffd}\u{fffd}[31mb\"");
    }

    #[test]
    fn formulas_stay_texts_if_the_reader_expects_another_separator() {
        let starts = |separator| match separator {
            CsvSeparator::Comma => [';', '\t', '\n', '\r'],
            CsvSeparator::Semicolon => [',', '\t', '\n', '\r'],
            CsvSeparator::Tab => [',', ';', '\n', '\r'],
        };
        for separator in SEPARATORS {
            for start in starts(separator) {
                for formula in ["=1+1", "@SUM(A1)", " -1", "\u{200b}+1", "＝1"] {
                    assert_eq!(
                        cell(&format!("a{start}{formula};b"), separator),
                        format!("\"a{start}'{formula};b\"")
                    );
                }
                assert_eq!(
                    cell(&format!("a{start}\"=1"), separator),
                    format!("\"a{start}'\"\"=1\"")
                );
            }
            let own = separator.character();
            let text = format!("a{own}=1");
            assert_eq!(cell(&text, separator), format!("\"{text}\""));
        }
    }
}
