//! JSON that a terminal cannot misread.
//!
//! JSON escapes the control characters below U+0020 only. Terminals also act on U+007F to U+009F, and reorder text at
//! directional characters, so these are escaped, too. No value changes.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use crate::text::is_directional;

/// Serializes a value on one line.
pub(crate) fn to_line(value: &impl Serialize) -> serde_json::Result<String> {
    let mut line = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut line, Safe))?;
    // The serializer writes strings only.
    Ok(String::from_utf8_lossy(&line).into_owned())
}

struct Safe;

impl Formatter for Safe {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        write_escaped(writer, fragment)
    }

    /// Writes JSON as it was received. Outside of strings it has no characters to escape but line breaks.
    fn write_raw_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        write_escaped(writer, &fragment.replace(['\n', '\r', '\t'], " "))
    }
}

fn write_escaped<W: ?Sized + io::Write>(writer: &mut W, text: &str) -> io::Result<()> {
    let mut rest = 0;
    for (position, character) in text.char_indices() {
        if is_dangerous(character) {
            writer.write_all(&text.as_bytes()[rest..position])?;
            write!(writer, "\\u{:04x}", u32::from(character))?;
            rest = position + character.len_utf8();
        }
    }
    writer.write_all(&text.as_bytes()[rest..])
}

fn is_dangerous(character: char) -> bool {
    character.is_control()
        || is_directional(character)
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn dangerous_characters_are_escaped_without_loss() {
        let all: String = (0..=0x9f_u8).map(char::from).collect();
        let text = format!("{all}\u{202e}\u{2066}\u{61c}\u{2028}سلام می\u{200c}خواهم");
        let value = json!({ "key\u{9b}": text });
        let line = to_line(&value).unwrap();
        assert!(!line.chars().any(is_dangerous), "{line}");
        assert!(line.contains("\\u009b") && line.contains("سلام"));
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
    }

    #[test]
    fn raw_json_is_escaped_and_stays_on_its_line() {
        let raw = "{\n\t\"text\": \"a\u{9b}2J\", \"n\": 1e400\r\n}".to_owned();
        let line = to_line(&RawValue::from_string(raw).unwrap()).unwrap();
        assert_eq!(line, r#"{  "text": "a\u009b2J", "n": 1e400  }"#);
    }
}
