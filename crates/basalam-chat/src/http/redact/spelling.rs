//! Decoding of escapes, with the position of each decoded byte in the original text.

use crate::html::character_reference;

/// The decoded bytes of a text.
pub(super) struct Spelling {
    bytes: Vec<u8>,
    /// The position in the original text at which each byte starts, and the end of the text.
    starts: Vec<usize>,
}

impl Spelling {
    /// Returns the bytes of the text as they are.
    pub(super) fn literal(text: &str) -> Spelling {
        Spelling {
            bytes: text.as_bytes().to_vec(),
            starts: (0..=text.len()).collect(),
        }
    }

    /// Decodes one level of escapes: percent-encoding, escapes of JSON and JavaScript, and HTML character
    /// references. Returns `None` if there are none.
    pub(super) fn decoded(&self) -> Option<Spelling> {
        let mut decoded = Spelling {
            bytes: Vec::with_capacity(self.bytes.len()),
            starts: Vec::with_capacity(self.starts.len()),
        };
        let mut position = 0;
        while let Some(rest) = self.bytes.get(position..).filter(|rest| !rest.is_empty()) {
            let (bytes, length) = match read_escape(rest) {
                Some((Escape::Byte(byte), length)) => (vec![byte], length),
                Some((Escape::Char(character), length)) => {
                    (character.to_string().into_bytes(), length)
                }
                None => (vec![rest[0]], 1),
            };
            let start = self.starts[position];
            decoded.starts.extend(bytes.iter().map(|_| start));
            decoded.bytes.extend(bytes);
            position += length;
        }
        decoded.starts.push(self.starts[self.bytes.len()]);
        (decoded.bytes.len() < self.bytes.len()).then_some(decoded)
    }

    /// Returns the decoded bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the range of the original text that spells these decoded bytes.
    pub(super) fn original(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        self.starts[start]..self.starts[end]
    }
}

enum Escape {
    Byte(u8),
    Char(char),
}

/// Reads the escape at the start of `rest`, and returns its length.
fn read_escape(rest: &[u8]) -> Option<(Escape, usize)> {
    match rest {
        [b'%', digits @ ..] => Some((Escape::Byte(hex(digits, 2)? as u8), 3)),
        [b'\\', b'x', digits @ ..] => Some((Escape::Byte(hex(digits, 2)? as u8), 4)),
        [b'\\', b'u', digits @ ..] => Some((Escape::Char(char::from_u32(hex(digits, 4)?)?), 6)),
        [b'\\', escaped @ (b'/' | b'\\' | b'"' | b'\''), ..] => Some((Escape::Byte(*escaped), 2)),
        _ => {
            let (character, length) = character_reference(rest)?;
            Some((Escape::Char(character), length))
        }
    }
}

fn hex(digits: &[u8], count: usize) -> Option<u32> {
    let digits = digits.get(..count)?;
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_each_kind_of_escape_and_keeps_positions() {
        let text = r"a%3d\u003D\/\x2f&#61;&amp;%zz\q";
        let decoded = Spelling::literal(text).decoded().unwrap();
        assert_eq!(decoded.bytes(), br"a==//=&%zz\q");
        assert_eq!(decoded.original(1, 2), 1..4);
        assert_eq!(decoded.original(2, 4), 4..12);
        let end = decoded.bytes().len();
        assert_eq!(decoded.original(0, end), 0..text.len());
    }

    #[test]
    fn text_without_escapes_has_no_other_level() {
        assert!(Spelling::literal("100 % & more \\ سلام").decoded().is_none());
        assert!(Spelling::literal("").decoded().is_none());
    }
}
