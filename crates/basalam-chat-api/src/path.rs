//! Percent-encoding of what goes into a path.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but RFC 3986's unreserved characters and the colon of a bot token.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':');

/// Encodes a value so that it stays one segment of a path.
///
/// A value of `.` or `..` cannot be kept from being read as a step in the path, so it becomes an
/// empty segment, which no operation has.
#[must_use]
pub fn encode_segment(value: &str) -> Cow<'_, str> {
    match value {
        "." | ".." => Cow::Borrowed(""),
        // Numbers and most tokens stay as they are, without a copy.
        value => utf8_percent_encode(value, SEGMENT).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::encode_segment;

    #[test]
    fn nothing_leaves_its_segment() {
        assert_eq!(encode_segment("1:a/../b"), "1:a%2F..%2Fb");
        assert_eq!(encode_segment("1:a\\..\\b"), "1:a%5C..%5Cb");
        assert_eq!(encode_segment("1:a?b#c"), "1:a%3Fb%23c");
        assert_eq!(encode_segment(".."), "");
        assert_eq!(encode_segment("%2e%2e"), "%252e%252e");
        assert_eq!(encode_segment("12345:Abc_d-e"), "12345:Abc_d-e");
    }
}
