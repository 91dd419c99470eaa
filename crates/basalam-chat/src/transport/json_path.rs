//! The path of a decode error in a JSON document.
//!
//! A decoder that tracks the path, such as `serde_path_to_error`, is compiled a second time for every type.
//! This scanner is independent of types: it scans the document once, up to the position of the error.

use crate::error::known_field_name;

/// The recursion limit of serde_json. Decoded values are never nested deeper, but ignored values may be.
const MAX_DEPTH: usize = 128;

/// Returns the path at which decoding `text` failed, such as `data.messages[3].id`. It is empty for the
/// document as a whole.
///
/// A field name that the contract does not have is shown as `?`: it may be a part of private messages.
///
/// The path is that of the value with the wrong type, of the object that lacks a field, or of the value that
/// is missing at the end of a truncated document. If a container is the first token of another one, the path
/// is that of the inner one. If a type buffers a value before it decodes it, as serde's untagged enums do,
/// the path is that of the whole value.
pub(crate) fn json_path(text: &[u8], error: &serde_json::Error) -> String {
    let Some(stop) = offset(text, error) else {
        return String::new();
    };
    let scanner = Scanner {
        text,
        stop,
        position: 0,
        open: Vec::new(),
        excess_depth: 0,
    };
    match error.is_data() {
        true => scanner.path_of_value(),
        false => scanner.path_of_syntax_error(),
    }
}

/// Returns the number of bytes decoded before the error, or `None` if it has no position.
fn offset(text: &[u8], error: &serde_json::Error) -> Option<usize> {
    let lines_before = error.line().checked_sub(1)?;
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    let before: usize = lines.take(lines_before).map(<[u8]>::len).sum();
    Some(before.saturating_add(error.column()).min(text.len()))
}

/// A JSON scanner that stops at a position.
struct Scanner<'a> {
    text: &'a [u8],
    /// The position to find, in bytes.
    stop: usize,
    position: usize,
    /// The containers around `position`, from the outermost.
    open: Vec<Segment<'a>>,
    /// The number of open containers that are nested deeper than the recursion limit.
    excess_depth: usize,
}

/// The next element of a container.
enum Segment<'a> {
    /// A field name, or the end.
    Name,
    /// The value of the field with this raw name, quotes included.
    Field(&'a [u8]),
    /// The item with this index, or the end.
    Index(usize),
}

/// A token.
enum Token {
    /// The start of a container, which is not entered yet.
    Open(Segment<'static>),
    Close,
    /// A string, a number or a literal. `is_complete` is `false` if its end is missing.
    Scalar {
        is_complete: bool,
    },
    Punctuation,
}

impl<'a> Scanner<'a> {
    /// Returns the path of a value of the wrong type.
    fn path_of_value(mut self) -> String {
        while let Some((start, token)) = self.next() {
            match token {
                // serde_json visits a container before it reads its start, and all others after their end.
                Token::Open(_) if start == self.stop => return self.path(),
                _ if start >= self.stop => break,
                Token::Open(segment) => self.enter(segment),
                Token::Close => {
                    self.leave();
                    if self.position >= self.stop {
                        return self.path();
                    }
                    self.advance();
                }
                Token::Scalar { .. } if self.is_name() => self.set_name(start),
                Token::Scalar { .. } if self.position >= self.stop => return self.path(),
                Token::Scalar { .. } => self.advance(),
                Token::Punctuation => {}
            }
        }
        // Between two values, the error is that of the container.
        self.open.pop();
        self.path()
    }

    /// Returns the path of a syntax error or of the end of a truncated document.
    fn path_of_syntax_error(mut self) -> String {
        while let Some((start, token)) = self.next() {
            match token {
                _ if start >= self.stop => break,
                Token::Open(segment) => self.enter(segment),
                Token::Close => {
                    self.leave();
                    self.advance();
                }
                Token::Scalar { is_complete } if !is_complete || self.position > self.stop => {
                    return self.path();
                }
                Token::Scalar { .. } if self.is_name() => match self.is_before_colon() {
                    true => self.set_name(start),
                    false => break,
                },
                Token::Scalar { .. } => self.advance(),
                Token::Punctuation => {}
            }
        }
        // Whether another item would follow is unknown.
        self.open
            .pop_if(|segment| matches!(segment, Segment::Index(_)));
        self.path()
    }

    /// Reads the next token and returns its start.
    fn next(&mut self) -> Option<(usize, Token)> {
        let rest = self.text.get(self.position..)?;
        let spaces = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let start = self.position + spaces;
        let rest = self.text.get(start..)?;
        let (length, token) = match rest.first()? {
            b'{' => (1, Token::Open(Segment::Name)),
            b'[' => (1, Token::Open(Segment::Index(0))),
            b'}' | b']' => (1, Token::Close),
            b',' | b':' => (1, Token::Punctuation),
            b'"' => string(rest),
            _ => literal(rest),
        };
        self.position = start + length;
        Some((start, token))
    }

    fn enter(&mut self, segment: Segment<'static>) {
        match self.open.len() < MAX_DEPTH {
            true => self.open.push(segment),
            false => self.excess_depth += 1,
        }
    }

    fn leave(&mut self) {
        match self.excess_depth.checked_sub(1) {
            Some(depth) => self.excess_depth = depth,
            None => {
                self.open.pop();
            }
        }
    }

    /// Continues after a value.
    fn advance(&mut self) {
        if self.excess_depth > 0 {
            return;
        }
        match self.open.last_mut() {
            Some(Segment::Index(index)) => *index += 1,
            Some(segment) => *segment = Segment::Name,
            None => {}
        }
    }

    fn is_name(&self) -> bool {
        self.excess_depth == 0 && matches!(self.open.last(), Some(Segment::Name))
    }

    fn is_before_colon(&self) -> bool {
        let mut rest = self.text.iter().skip(self.position);
        rest.find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
    }

    /// Uses the token that starts at `start` as a field name.
    fn set_name(&mut self, start: usize) {
        if let Some(segment) = self.open.last_mut() {
            *segment = Segment::Field(&self.text[start..self.position]);
        }
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for segment in &self.open {
            match segment {
                Segment::Name => {}
                Segment::Field(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(public_name(name));
                }
                Segment::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }
}

/// Returns a field name if the contract has it.
fn public_name(quoted: &[u8]) -> &str {
    let name = std::str::from_utf8(quoted).unwrap_or_default();
    known_field_name(name.trim_matches('"'))
}

/// Reads the string at the start of `text`, and returns its length, quotes included.
fn string(text: &[u8]) -> (usize, Token) {
    let mut is_escaped = false;
    let end = text.iter().skip(1).position(|byte| match byte {
        _ if is_escaped => {
            is_escaped = false;
            false
        }
        b'\\' => {
            is_escaped = true;
            false
        }
        byte => *byte == b'"',
    });
    let is_complete = end.is_some();
    let length = end.map_or(text.len(), |end| end + 2);
    (length, Token::Scalar { is_complete })
}

/// Reads the number, literal or invalid token at the start of `text`, and returns its length.
fn literal(text: &[u8]) -> (usize, Token) {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b",:\"[]{}".contains(byte);
    let length = text.iter().position(ends).unwrap_or(text.len());
    let literal = &text[..length];
    let is_complete = match literal {
        b"true" | b"false" | b"null" => true,
        literal => literal.last().is_some_and(u8::is_ascii_digit),
    };
    (length, Token::Scalar { is_complete })
}

#[cfg(test)]
mod tests;
