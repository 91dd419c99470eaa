//! Where in a JSON text its reader stopped.
//!
//! A reader that keeps the path while it reads is compiled a second time for every type that it reads.
//! This one knows no types: it walks the text once to the place that the error names.

/// How long the names of members are that are shown, in bytes: longer than those of the document.
const LONGEST_NAME: usize = 48;

/// How deep serde_json reads values, so that nothing below is ever at fault.
const DEEPEST: usize = 128;

/// The path to where reading `text` failed, such as `data.messages[3].id`; empty for the text as a whole.
///
/// A name that is no plain word is shown as `?`: it may be a part of what people write to each other.
///
/// It leads to the value that is of the wrong type, to the object that lacks a member, or to what a
/// text that breaks off was about to hold. Where a container begins right inside another, the inner one is
/// named; where a type reads a value into memory before it looks at it, as serde's untagged enums do, the
/// whole value is.
pub(crate) fn json_path(text: &[u8], error: &serde_json::Error) -> String {
    let Some(stop) = offset(text, error) else {
        return String::new();
    };
    let walk = Walk {
        text,
        stop,
        at: 0,
        open: Vec::new(),
        deeper: 0,
    };
    match error.is_data() {
        true => walk.until_value(),
        false => walk.until_break(),
    }
}

/// The bytes that were read before the error; `None` where it has no place.
fn offset(text: &[u8], error: &serde_json::Error) -> Option<usize> {
    let lines_before = error.line().checked_sub(1)?;
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    let before: usize = lines.take(lines_before).map(<[u8]>::len).sum();
    Some(before.saturating_add(error.column()).min(text.len()))
}

/// A way along a text, which stops at a place in it.
struct Walk<'a> {
    text: &'a [u8],
    /// The place to find, in bytes.
    stop: usize,
    at: usize,
    /// The containers around `at`, from the outermost.
    open: Vec<Place<'a>>,
    /// How many more there are, deeper than any reader goes.
    deeper: usize,
}

/// What comes next in a container.
enum Place<'a> {
    /// A member without a name so far, or the end.
    Name,
    /// The value of the member with this name, as it is spelled, quotes included.
    Member(&'a [u8]),
    /// The item with this number, or the end.
    Item(usize),
}

/// What the walk came past.
enum Step {
    /// The beginning of a container, which is not entered yet.
    Open(Place<'static>),
    Close,
    /// A string, a number or a word; `is_whole` where nothing is missing at its end.
    Scalar {
        is_whole: bool,
    },
    Punctuation,
}

impl<'a> Walk<'a> {
    /// The path of the value that is not what a type asks for.
    fn until_value(mut self) -> String {
        while let Some((begin, step)) = self.next() {
            match step {
                // A container is looked at before its beginning is read, everything else when its end was.
                Step::Open(_) if begin == self.stop => return self.path(),
                _ if begin >= self.stop => break,
                Step::Open(place) => self.enter(place),
                Step::Close => {
                    self.leave();
                    if self.at >= self.stop {
                        return self.path();
                    }
                    self.pass();
                }
                Step::Scalar { .. } if self.is_name() => self.name(begin),
                Step::Scalar { .. } if self.at >= self.stop => return self.path(),
                Step::Scalar { .. } => self.pass(),
                Step::Punctuation => {}
            }
        }
        // Between two values it is the container that is wrong.
        self.open.pop();
        self.path()
    }

    /// The path of what could not be read on.
    fn until_break(mut self) -> String {
        while let Some((begin, step)) = self.next() {
            match step {
                _ if begin >= self.stop => break,
                Step::Open(place) => self.enter(place),
                Step::Close => {
                    self.leave();
                    self.pass();
                }
                Step::Scalar { is_whole } if !is_whole || self.at > self.stop => {
                    return self.path();
                }
                Step::Scalar { .. } if self.is_name() => match self.is_before_colon() {
                    true => self.name(begin),
                    false => break,
                },
                Step::Scalar { .. } => self.pass(),
                Step::Punctuation => {}
            }
        }
        // Nobody knows whether there was to be another item.
        self.open.pop_if(|place| matches!(place, Place::Item(_)));
        self.path()
    }

    /// Goes past the next token, and gives its beginning.
    fn next(&mut self) -> Option<(usize, Step)> {
        let rest = self.text.get(self.at..)?;
        let begin = self.at + rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let token = self.text.get(begin..)?;
        let (length, step) = match token.first()? {
            b'{' => (1, Step::Open(Place::Name)),
            b'[' => (1, Step::Open(Place::Item(0))),
            b'}' | b']' => (1, Step::Close),
            b',' | b':' => (1, Step::Punctuation),
            b'"' => string(token),
            _ => word(token),
        };
        self.at = begin + length;
        Some((begin, step))
    }

    fn enter(&mut self, place: Place<'static>) {
        match self.open.len() < DEEPEST {
            true => self.open.push(place),
            false => self.deeper += 1,
        }
    }

    fn leave(&mut self) {
        match self.deeper.checked_sub(1) {
            Some(deeper) => self.deeper = deeper,
            None => {
                self.open.pop();
            }
        }
    }

    /// Goes on behind a value.
    fn pass(&mut self) {
        if self.deeper > 0 {
            return;
        }
        match self.open.last_mut() {
            Some(Place::Item(number)) => *number += 1,
            Some(place) => *place = Place::Name,
            None => {}
        }
    }

    fn is_name(&self) -> bool {
        self.deeper == 0 && matches!(self.open.last(), Some(Place::Name))
    }

    fn is_before_colon(&self) -> bool {
        let mut rest = self.text.iter().skip(self.at);
        rest.find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
    }

    /// Takes the token from `begin` on for the name of a member.
    fn name(&mut self, begin: usize) {
        if let Some(place) = self.open.last_mut() {
            *place = Place::Member(&self.text[begin..self.at]);
        }
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for place in &self.open {
            match place {
                Place::Name => {}
                Place::Member(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name_to_show(name));
                }
                Place::Item(number) => path.push_str(&format!("[{number}]")),
            }
        }
        path
    }
}

/// The name of a member where it is one of a format. Others may be what people wrote, and have any length.
fn name_to_show(quoted: &[u8]) -> &str {
    let name = std::str::from_utf8(quoted).unwrap_or_default();
    let name = name.trim_matches('"');
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    match (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(is_word) {
        true => name,
        false => "?",
    }
}

/// The length of the string that a text begins with, quotes included.
fn string(text: &[u8]) -> (usize, Step) {
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
    let is_whole = end.is_some();
    let length = end.map_or(text.len(), |end| end + 2);
    (length, Step::Scalar { is_whole })
}

/// The length of the number or the word that a text begins with, or of what is neither.
fn word(text: &[u8]) -> (usize, Step) {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b",:\"[]{}".contains(byte);
    let length = text.iter().position(ends).unwrap_or(text.len());
    let word = &text[..length];
    let is_whole = match word {
        b"true" | b"false" | b"null" => true,
        word => word.last().is_some_and(u8::is_ascii_digit),
    };
    (length, Step::Scalar { is_whole })
}

#[cfg(test)]
mod tests;
