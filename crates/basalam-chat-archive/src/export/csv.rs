//! Tables for spreadsheets.

use std::fmt;
use std::io::Write;

use rusqlite::Connection;

use super::ExportReport;
use super::output::Output;
use super::rows::{Selection, files};
use crate::error::Error;

const HEADER: &str = "chat_id,chat_title,message_id,sent_at,sender_id,sender,type,text,entity_id,reply_to,files,deleted_at\r\n";

pub(super) fn write(
    connection: &Connection,
    selection: &Selection,
    writer: impl Write,
) -> Result<ExportReport, Error> {
    let mut output = Output::new(writer);
    let mut report = ExportReport::default();
    // Without a byte order mark, spreadsheets guess the encoding.
    output.write_str("\u{feff}")?;
    output.write_str(HEADER)?;
    for chat in selection.chats(connection)? {
        report.chats += 1;
        let title = chat.title.unwrap_or_default();
        selection.for_each_message(connection, chat.id, |message| {
            report.messages += 1;
            let files = files(connection, chat.id, message.id)?;
            let urls: Vec<&str> = files.iter().filter_map(|it| it.url.as_deref()).collect();
            output.write(format_args!(
                "{},{},{},{},{},{},{},{},{},{},{},{}\r\n",
                chat.id,
                Text(&title),
                message.id,
                Text(&message.sent_at),
                Number(message.sender_id),
                Text(message.sender_name.as_deref().unwrap_or_default()),
                Text(&message.message_type),
                Text(message.text.as_deref().unwrap_or_default()),
                Number(message.entity_id),
                Number(message.reply_to),
                Text(&urls.join(" ")),
                Text(message.deleted_at.as_deref().unwrap_or_default()),
            ))
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
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        if is_formula(self.0) {
            f.write_str("'")?;
        }
        // Control characters other than line breaks and tabs have no place in a table, and some readers end at a NUL.
        for (index, part) in self.0.split(is_forbidden).enumerate() {
            if index > 0 {
                f.write_str("\u{fffd}")?;
            }
            f.write_str(&part.replace('"', "\"\""))?;
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
    let start = text.trim_start_matches(|it: char| it == ' ' || it == '\'' || is_invisible(it));
    text.starts_with(['\t', '\r', '\n'])
        || start.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'])
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
            let cell = Text(text).to_string();
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
        ] {
            assert_eq!(Text(text).to_string(), format!("\"{text}\""));
        }
        assert_eq!(Text("a\"b").to_string(), "\"a\"\"b\"");
        assert_eq!(
            Text("a\0\u{1b}[31mb").to_string(),
            "\"a\u{fffd}\u{fffd}[31mb\""
        );
    }
}
